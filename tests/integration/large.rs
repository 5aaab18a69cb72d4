//! The lists of a large account, by the clock. It fills 100,000 files, so it runs when it is asked for:
//! `cargo test --release -p attache-tests --test integration large -- --ignored --nocapture`.

use attache::setting::Database;
use attache_db::{Db, Error, Options, Target, Tx};
use attache_tests::{Ask, Client, Engine, Setup, TestApp, report};
use futures_util::future::BoxFuture;
use std::time::{Duration, Instant};

/// How often each list is asked for.
const ROUNDS: usize = 40;

/// What the dashboard asks for. `{q}` words: one that nothing has, one that few have, one that all have.
const LISTS: [(&str, &str); 22] = [
    ("a folder's files by name", "/v1/files?folder_id=17&sort=name"),
    ("a folder's files, newest first", "/v1/files?folder_id=17&sort=-created"),
    ("all files, newest first", "/v1/files?sort=-created"),
    ("all files by name", "/v1/files?sort=name"),
    ("all files by size", "/v1/files?sort=-size"),
    ("search for what nobody has", "/v1/files?q=no+such+word"),
    ("search for what few have, newest first", "/v1/files?q=contract+4711&sort=-created"),
    ("search for what all have, newest first", "/v1/files?q=contract&sort=-created"),
    ("search for part of a word, by name", "/v1/files?q=ontr+77&sort=name"),
    ("search in a folder", "/v1/files?q=contract&under=17&sort=-updated"),
    ("files of a kind, newest first", "/v1/files?kind=video&sort=-created"),
    ("the trash", "/v1/trash"),
    ("folders of a folder, with counts", "/v1/folders?parent=/&counts=true&sort=name"),
    ("folders of a name", "/v1/folders?name_contains=49"),
    ("a record's files", "/v1/records/contact/42/files"),
    ("a record's feed", "/v1/records/contact/42/feed"),
    ("records", "/v1/records"),
    ("records of a type", "/v1/records?type=contact&prefix=19"),
    ("events, newest first", "/v1/events?before=end"),
    ("usage by folder", "/v1/usage?by=folder"),
    ("usage by record", "/v1/usage?by=record"),
    ("usage by kind", "/v1/usage?by=kind"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute and says figures"]
async fn the_lists_of_a_hundred_thousand_files_on_sqlite() {
    measure(Setup::new().on(Engine::Sqlite).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute and says figures"]
async fn the_lists_of_a_hundred_thousand_files_on_postgresql() {
    if let Some(setup) = Setup::new().on(Engine::Postgres).await {
        measure(setup).await;
    }
}

async fn measure(setup: Setup) {
    let app = setup.start().await;
    fill(&app).await;
    let client = app.client("all").await;
    for (name, path) in LISTS {
        let mut took = Vec::with_capacity(ROUNDS);
        let mut items = 0;
        for _ in 0..ROUNDS {
            let (time, count) = ask(&client, path).await;
            took.push(time);
            items = count;
        }
        took.sort();
        let ms = |at: usize| took[at].as_secs_f64() * 1000.0;
        report(&format!("{name:40} {items:4} items  p50 {:7.1} ms  p99 {:7.1} ms", ms(ROUNDS / 2), ms(ROUNDS - 1)));
    }
    app.stop().await;
}

async fn ask(client: &Client, path: &str) -> (Duration, usize) {
    let begun = Instant::now();
    let page = client.get(path).ask().await.expect(200);
    (begun.elapsed(), page["items"].as_array().unwrap().len())
}

/// Puts 100,000 files in 500 folders on 2,000 records, and 10,000 more into the trash, by statements: there is one content
/// that all of them have.
async fn fill(app: &TestApp) {
    let target = match &app.settings().database {
        Database::Sqlite(path) => Target::Sqlite(path.clone()),
        Database::Postgres(url) => Target::Postgres(url.clone()),
    };
    let db = Db::open(&target, &Options::default()).await.unwrap();
    let statements: Vec<&str> = FILL.split(';').map(str::trim).filter(|text| !text.is_empty()).collect();
    for text in statements {
        run(&db, text.to_owned()).await;
    }
    if let Target::Postgres(_) = target {
        run(&db, String::from("ANALYZE")).await;
    }
    db.close().await;
}

async fn run(db: &Db, text: String) {
    let unit = writing(move |tx| {
        let text = text.clone();
        Box::pin(async move { tx.run(&*text, &[]).await })
    });
    db.write(unit).await.unwrap();
}

fn writing<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, Error>> + Send + Sync + 'static,
{
    unit
}

const FILL: &str = "
INSERT INTO folder (account_no, no, id, parent_no, name, name_key, created_at, updated_at, trashed_at)
  WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500)
  SELECT 1, n, '00000000-0000-4000-8000-' || CAST(100000000000 + n AS TEXT), CASE WHEN n <= 20 THEN 0 ELSE 1 + n % 20 END,
    'folder ' || CAST(n AS TEXT), 'folder ' || CAST(n AS TEXT), n, n, 0 FROM c;
INSERT INTO blob (account_no, key, home, size, sha256, refs, state, created_at)
  VALUES (1, 'k', 0, 4, '88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589', 110000, 1, 1);
INSERT INTO file (account_no, no, id, folder_no, name, name_key, ext, access, hidden, usable, source, metadata, created_at,
    updated_at, expires_at, trashed_at, created_by, revision, version_no, blob_key, size, media_type, kind, encoding, width,
    height, sha256, md5, versioned_at, versioned_by)
  WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 110000)
  SELECT 1, n, '00000000-0000-4000-8000-' || CAST(100000000000 + n AS TEXT), n % 501,
    'Scan of contract ' || CAST(n AS TEXT) || '.pdf', 'scan of contract ' || CAST(n AS TEXT) || '\tpdf', 'pdf', 2, 0, 1, 0, '',
    1700000000000000 + n * 1000, 1700000000000000 + n * 1000, 9223372036854775807,
    CASE WHEN n > 100000 THEN 1700000000000000 + n * 1000 ELSE 0 END, 1, 1, 1, 'k', 4 + n % 1000, 'application/pdf', n % 5, '',
    NULL, NULL, '88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589', 'e2fc714c4727ee9395f324cd2e7f331f', 1, 1
  FROM c;
INSERT INTO version (account_no, file_no, no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5,
    created_at, created_by)
  SELECT 1, no, 1, 'k', size, media_type, kind, '', NULL, NULL, sha256, md5, created_at, 1 FROM file WHERE account_no = 1;
INSERT INTO link (account_no, no, file_no, record_type, record_id, origin, role, visible, created_at, created_by)
  SELECT 1, no, no, CASE no % 4 WHEN 0 THEN 'deal' ELSE 'contact' END, CAST(1 + no % 2000 AS TEXT), 0, '', 1, created_at, 1
  FROM file WHERE account_no = 1;
INSERT INTO card (account_no, record_type, record_id, no, name, name_key, numbers, created_at, updated_at, created_by,
    updated_by, responsible)
  WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)
  SELECT 1, 'contact', CAST(n AS TEXT), n, 'Ada Lovelace ' || CAST(n AS TEXT), 'ada lovelace ' || CAST(n AS TEXT), '{}', 1, 1, 1,
    1, 1 FROM c;
INSERT INTO event (account_no, no, kind, file_no, folder_no, record, actor_no, at)
  SELECT 1, no, 'file.created', no, NULL, '', 1, created_at FROM file WHERE account_no = 1;
UPDATE book SET event_no = 110000, used_files = 100000, used_bytes = 50000000 WHERE account_no = 1";
