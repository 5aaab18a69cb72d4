//! Units of work: what runs inside one transaction, bound to one account.

use crate::errand::Errand;
use attache_db::{Rec, Sql, Take, Text, Tx, Val};
use attache_model::{AccountNo, Error};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Why a unit did not come to its end.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database said so.
    Db(attache_db::Error),
    /// The rules said so.
    Rule(Error),
    /// The unit needs more fresh numbers than it was given; asked again with more.
    Short,
}

/// What a unit returns.
pub(crate) type Outcome<T> = Result<T, Fault>;

/// A unit of work's future.
pub(crate) type Work<'t, T> = BoxFuture<'t, Outcome<T>>;

impl From<attache_db::Error> for Fault {
    fn from(error: attache_db::Error) -> Fault {
        Fault::Db(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Rule(error)
    }
}

/// The unique indexes of what a unit looks for before it takes it: names, and the next number of an account. One that
/// fails here was overtaken: run again, its look finds who was first.
const TAKEN: [&str; 4] = ["file_name", "folder_name", "account_name_key", "account_pkey"];

impl attache_db::Retryable for Fault {
    fn is_retry(&self) -> bool {
        match self {
            Fault::Db(attache_db::Error::Retry) => true,
            Fault::Db(attache_db::Error::Unique(index)) => TAKEN.contains(&index.as_str()),
            _ => false,
        }
    }
}

/// Whether the same unit may hold at another time, or after somebody has looked at the disk.
const fn is_passing(error: &attache_db::Error) -> bool {
    use attache_db::Error as E;
    matches!(error, E::Unavailable(_) | E::Retry | E::Unwritten(_) | E::Unread(_))
}

impl Fault {
    /// The error that callers see. `op` names the unit in the log.
    pub(crate) fn into_error(self, op: &'static str) -> Error {
        match self {
            Fault::Rule(error) => error,
            Fault::Short => Error::bug("a unit ran out of fresh numbers"),
            Fault::Db(attache_db::Error::Full) => Error::StorageFull,
            Fault::Db(error) if is_passing(&error) => Error::unavailable(op, error),
            Fault::Db(error) => Error::internal(op, error),
        }
    }
}

/// A transaction bound to one account, which becomes `$1` of every statement.
pub(crate) struct Tenanted<'t> {
    tx: &'t mut Tx,
    account: AccountNo,
    errand: Option<Arc<Errand>>,
}

impl<'t> Tenanted<'t> {
    pub(crate) fn new(tx: &'t mut Tx, account: AccountNo) -> Tenanted<'t> {
        Tenanted { tx, account, errand: None }
    }

    /// The same, for a request.
    pub(crate) fn on(self, errand: Option<Arc<Errand>>) -> Tenanted<'t> {
        Tenanted { errand, ..self }
    }

    /// The account.
    pub(crate) fn account(&self) -> AccountNo {
        self.account
    }

    /// The request that the unit runs for; none in the background.
    pub(crate) fn errand(&self) -> Option<&Errand> {
        self.errand.as_deref()
    }

    /// The first row, read by `read`; `None` when there is none.
    pub(crate) async fn one<T: Send>(
        &mut self,
        sql: impl Into<Text<'_>>,
        vals: &[Val<'_>],
        read: impl Fn(&Rec<'_>) -> Result<T, attache_db::Error> + Send + Sync,
    ) -> Outcome<Option<T>> {
        let mut first = None;
        let mut take = |rec: &Rec<'_>| read(rec).map(|value| first = Some(value)).map(|()| false);
        self.each(sql.into(), vals, &mut take).await?;
        Ok(first)
    }

    /// All rows.
    pub(crate) async fn all<T: Send>(
        &mut self,
        sql: impl Into<Text<'_>>,
        vals: &[Val<'_>],
        read: impl Fn(&Rec<'_>) -> Result<T, attache_db::Error> + Send + Sync,
    ) -> Outcome<Vec<T>> {
        let mut all = Vec::new();
        let mut take = |rec: &Rec<'_>| read(rec).map(|value| all.push(value)).map(|()| true);
        self.each(sql.into(), vals, &mut take).await?;
        Ok(all)
    }

    /// One row after another. Boxed, like [`Tenanted::run`]: statements are run everywhere, and what is not boxed is
    /// compiled again at each of these places.
    fn each<'a>(&'a mut self, text: Text<'a>, vals: &'a [Val<'a>], take: &'a mut Take<'_>) -> Work<'a, ()> {
        Box::pin(async move { Ok(self.tx.each(text, &bound(self.account, vals), take).await?) })
    }

    /// Runs a change and tells how many rows it touched.
    pub(crate) fn run<'a>(&'a mut self, sql: impl Into<Text<'a>>, vals: &'a [Val<'a>]) -> Work<'a, u64> {
        self.run_text(sql.into(), vals)
    }

    fn run_text<'a>(&'a mut self, text: Text<'a>, vals: &'a [Val<'a>]) -> Work<'a, u64> {
        Box::pin(async move { Ok(self.tx.run(text, &bound(self.account, vals)).await?) })
    }

    /// Runs several changes whose counts do not matter, in one round trip where the engine can.
    pub(crate) fn batch<'a>(&'a mut self, items: &'a [(&'static Sql, &'a [Val<'a>])]) -> Work<'a, ()> {
        Box::pin(async move {
            let bound: Vec<(&'static Sql, Vec<Val<'_>>)> =
                items.iter().map(|(sql, vals)| (*sql, bound(self.account, vals))).collect();
            let lent: Vec<(&'static Sql, &[Val<'_>])> =
                bound.iter().map(|(sql, vals)| (*sql, vals.as_slice())).collect();
            Ok(self.tx.batch(&lent).await?)
        })
    }

    /// Runs `hook` once the commit that holds this unit is durable.
    pub(crate) fn after_commit(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.tx.after_commit(hook);
    }

    /// The transaction itself, for the tables that are not an account's: tasks.
    pub(crate) fn bare(&mut self) -> &mut Tx {
        self.tx
    }
}

fn bound<'v>(account: AccountNo, vals: &[Val<'v>]) -> Vec<Val<'v>> {
    let mut all = Vec::with_capacity(vals.len() + 1);
    all.push(Val::Int(account.0));
    all.extend_from_slice(vals);
    all
}

/// Values of a statement, each through `Val::from`.
macro_rules! vals {
    ($($val:expr),* $(,)?) => { &[$(attache_db::Val::from($val)),*] };
}
pub(crate) use vals;

/// Tells the compiler that a closure is a unit of one account, for every lifetime of its transaction.
pub(crate) fn tenanted<T, F>(unit: F) -> F
where
    F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
{
    unit
}

/// As [`tenanted`], for a unit across accounts.
pub(crate) fn bare<T, F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> Work<'t, T> + Send + Sync + 'static,
{
    unit
}
