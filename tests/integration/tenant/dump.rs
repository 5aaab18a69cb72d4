//! Everything that is stored for an account, as text: what must not change while somebody else asks for it.

use attache::setting::Database;
use attache_db::{Db, Options, Target, Tx};
use attache_tests::TestApp;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;

/// The rows of an account, by table, in an order of their own.
pub(super) async fn rows_of(app: &TestApp, account: i64) -> BTreeMap<String, Vec<String>> {
    let target = match &app.settings().database {
        Database::Sqlite(path) => Target::Sqlite(path.clone()),
        Database::Postgres(url) => Target::Postgres(url.clone()),
    };
    let db = Db::open(&target, &Options::default()).await.unwrap();
    let mut dump = BTreeMap::new();
    for (table, columns) in tables() {
        let owner = if table == "account" { "no" } else { "account_no" };
        if !columns.iter().any(|(name, _)| name == owner) {
            continue;
        }
        let shown = columns.iter().map(|(name, kind)| match kind.as_str() {
            // Contents are told by the digests beside them.
            "{bytes}" => format!("COALESCE(CAST(LENGTH({name}) AS TEXT), '-')"),
            _ => format!("COALESCE(CAST({name} AS TEXT), '-')"),
        });
        // Refusals are written down beside the requests, a second or so after the first of them.
        let done = if table == "audit" { " AND outcome = 'done'" } else { "" };
        let shown = shown.collect::<Vec<_>>().join(" || '|' || ");
        let text = format!("SELECT {shown} FROM {table} WHERE {owner} = {account}{done}");
        let mut rows = texts(&db, text).await;
        rows.sort();
        dump.insert(table, rows);
    }
    db.close().await;
    assert!(dump["file"].len() > 1, "there is something to change: {dump:?}");
    dump
}

/// The tables of the schema with the names and kinds of their columns.
fn tables() -> BTreeMap<String, Vec<(String, String)>> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut table = None;
    for migration in attache_core::migrations() {
        for line in migration.text.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = Some(rest.trim_end_matches(" (").to_owned());
            } else if let (Some(table), Some((name, kind))) = (&table, column(line)) {
                tables.entry(table.clone()).or_default().push((name.to_owned(), kind.to_owned()));
            }
            if line.starts_with(')') {
                table = None;
            }
        }
    }
    tables
}

/// `  name {kind} ...`
fn column(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix("  ")?.split([' ', ',']);
    let (name, kind) = (words.next()?, words.next()?);
    kind.starts_with('{').then_some((name, kind))
}

async fn texts(db: &Db, text: String) -> Vec<String> {
    let unit = bare(move |tx| {
        let text = text.clone();
        Box::pin(async move { tx.all(&text, &[], |rec| rec.text(0)).await })
    });
    db.read(unit).await.unwrap()
}

fn bare<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<Vec<String>, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}
