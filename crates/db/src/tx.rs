//! The transaction as a unit of work sees it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::health::Health;
use crate::postgres::Session;
use crate::signal::Hub;
use crate::unit::panic_text;
use crate::{Error, Rec, Sql, Text, Val, postgres, sqlite};

/// What runs after a commit.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// What takes the rows of a statement, and says whether it wants more of them.
pub type Take<'a> = dyn FnMut(&Rec<'_>) -> Result<bool, Error> + Send + 'a;

/// An open transaction. A unit awaits its methods and nothing else.
///
/// A statement that fails spoils the unit, on both engines: even if the unit goes on and returns `Ok`, it is rolled back
/// and its caller gets the first failure. To bear a clash, write `ON CONFLICT` and look at the affected rows.
pub struct Tx {
    conn: Conn,
    hooks: Vec<Hook>,
    failure: Option<Error>,
}

enum Conn {
    Sqlite(rusqlite::Connection, Hub, Arc<Health>),
    Postgres(Box<Session>),
}

impl Tx {
    /// Runs a statement and reads its first row; `None` if there is none.
    pub async fn one<T: Send>(
        &mut self,
        sql: impl Into<Text<'_>>,
        vals: &[Val<'_>],
        read: impl Fn(&Rec<'_>) -> Result<T, Error> + Send + Sync,
    ) -> Result<Option<T>, Error> {
        let mut first = None;
        let mut take = |rec: &Rec<'_>| read(rec).map(|value| first = Some(value)).map(|()| false);
        self.each(sql.into(), vals, &mut take).await?;
        Ok(first)
    }

    /// Runs a statement and reads all its rows. The statement itself must bound their number.
    pub async fn all<T: Send>(
        &mut self,
        sql: impl Into<Text<'_>>,
        vals: &[Val<'_>],
        read: impl Fn(&Rec<'_>) -> Result<T, Error> + Send + Sync,
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut take = |rec: &Rec<'_>| read(rec).map(|value| all.push(value)).map(|()| true);
        self.each(sql.into(), vals, &mut take).await?;
        Ok(all)
    }

    /// Runs a statement and gives `take` one row after another for as long as it says `true`.
    pub async fn each(&mut self, text: Text<'_>, vals: &[Val<'_>], take: &mut Take<'_>) -> Result<(), Error> {
        text.trace();
        let result = match &mut self.conn {
            Conn::Sqlite(conn, ..) => sqlite::each(conn, &text, vals, take),
            Conn::Postgres(session) => match session.rows(&text, vals).await {
                Ok(rows) => read_while(&rows, take),
                Err(error) => Err(error),
            },
        };
        self.note(result)
    }

    /// Runs a statement that returns no rows; answers how many rows it affected.
    pub async fn run(&mut self, sql: impl Into<Text<'_>>, vals: &[Val<'_>]) -> Result<u64, Error> {
        let text = sql.into();
        text.trace();
        let result = match &mut self.conn {
            Conn::Sqlite(conn, ..) => sqlite::run(conn, &text, vals),
            Conn::Postgres(session) => session.run(&text, vals).await,
        };
        self.note(result)
    }

    /// Runs statements that return no rows, in this order; one round trip on PostgreSQL. Fails with the first failure.
    pub async fn batch(&mut self, items: &[(&'static Sql, &[Val<'_>])]) -> Result<(), Error> {
        items.iter().for_each(|(sql, _)| Text::Fixed(sql).trace());
        let result = match &mut self.conn {
            Conn::Sqlite(conn, ..) => {
                items.iter().try_for_each(|(sql, vals)| sqlite::run(conn, &Text::Fixed(sql), vals).map(drop))
            }
            Conn::Postgres(session) => session.batch(items).await,
        };
        self.note(result)
    }

    /// Keeps a hook that runs once the commit that holds this unit is durable, and never if it is rolled back. It runs
    /// on the thread that committed: it must be short and must not wait.
    pub fn after_commit(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// Sends a signal to everybody who listens at this database, in this process and in others; it is heard once this
    /// unit holds, and never if it is rolled back. `topic` is one word; both together are less than 7,000 bytes.
    pub async fn signal(&mut self, topic: &str, text: &str) -> Result<(), Error> {
        match &self.conn {
            Conn::Sqlite(_, hub, _) => {
                let (hub, topic, text) = (hub.clone(), topic.to_owned(), text.to_owned());
                self.after_commit(move || hub.pass(&topic, &text));
                Ok(())
            }
            Conn::Postgres(_) => {
                let spelled = postgres::spell(topic, text);
                self.run(postgres::SEND, &[Val::from(&spelled)]).await.map(drop)
            }
        }
    }

    /// Whether somebody listens at this database under a name, as [`Db::signals`](crate::Db::signals) was given it. One
    /// whose connection was just lost does not.
    pub async fn is_heard_by(&mut self, name: &str) -> Result<bool, Error> {
        match &self.conn {
            Conn::Sqlite(_, hub, _) => Ok(hub.is_heard_by(name)),
            Conn::Postgres(_) => {
                let named = postgres::named(name);
                let count = self.one(postgres::HEARD_BY, &[Val::from(&named)], |rec| rec.int(0)).await?;
                Ok(count.unwrap_or(0) > 0)
            }
        }
    }

    pub(crate) fn over_sqlite(conn: rusqlite::Connection, hub: Hub, health: Arc<Health>) -> Self {
        Self { conn: Conn::Sqlite(conn, hub, health), hooks: Vec::new(), failure: None }
    }

    pub(crate) fn over_postgres(session: Session) -> Self {
        Self { conn: Conn::Postgres(Box::new(session)), hooks: Vec::new(), failure: None }
    }

    /// The connection of a `Tx` made by [`Tx::over_sqlite`].
    pub(crate) fn sqlite(&mut self) -> &mut rusqlite::Connection {
        match &mut self.conn {
            Conn::Sqlite(conn, ..) => conn,
            Conn::Postgres(_) => unreachable!("the threads of SQLite make their Tx over SQLite"),
        }
    }

    /// The session of a `Tx` made by [`Tx::over_postgres`].
    pub(crate) fn postgres(&mut self) -> &mut Session {
        match &mut self.conn {
            Conn::Sqlite(..) => unreachable!("the pool of PostgreSQL makes its Tx over PostgreSQL"),
            Conn::Postgres(session) => session,
        }
    }

    pub(crate) fn take_hooks(&mut self) -> Vec<Hook> {
        std::mem::take(&mut self.hooks)
    }

    pub(crate) fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Remembers the first failure of the engine. What a reader could not decode hurts no transaction.
    fn note<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let (Err(error), Conn::Sqlite(_, _, health)) = (&result, &self.conn) {
            health.note(error);
        }
        if let Err(error) = &result
            && self.failure.is_none()
            && !matches!(error, Error::Decode { .. })
        {
            self.failure = Some(error.clone());
        }
        result
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("hooks", &self.hooks.len()).field("failure", &self.failure).finish_non_exhaustive()
    }
}

fn read_while(rows: &[tokio_postgres::Row], take: &mut Take<'_>) -> Result<(), Error> {
    for row in rows {
        if !take(&Rec::postgres(row))? {
            break;
        }
    }
    Ok(())
}

/// Runs hooks after their commit. A hook that panics is logged: the commit holds, and the other hooks run.
pub(crate) fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(hook)) {
            tracing::error!(panic = panic_text(&*panic), "a hook panicked after its commit");
        }
    }
}
