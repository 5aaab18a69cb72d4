//! One connection of the pool while a unit holds it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use deadpool_postgres::Object;
use futures_util::future::{self, BoxFuture};
use futures_util::{FutureExt, TryStreamExt};
use lru::LruCache;
use tokio_postgres::{Row, Statement};

use super::explain;
use crate::{Error, Sql, Text, Val};

/// Statements of a batch that are on the way at once.
const PIPELINE: usize = 64;

/// A connection, and how far its transaction is. Dropped before its end, it closes the connection.
pub(crate) struct Session {
    client: Option<Object>,
    /// The text that begins the transaction, until the first statement has taken it along.
    begin: Option<String>,
    /// Set while a statement is on the way. If it is still set when the next one starts, the unit dropped the first
    /// one, and nobody knows how it ended.
    on_the_way: bool,
    built: Arc<Mutex<LruCache<String, ()>>>,
}

impl Session {
    pub(super) fn new(client: Object, begin: String, built: Arc<Mutex<LruCache<String, ()>>>) -> Self {
        Self { client: Some(client), begin: Some(begin), on_the_way: false, built }
    }

    /// Boxed, like its neighbours: they are awaited by every unit, and what is not boxed is compiled again for each.
    pub(crate) fn rows<'a>(
        &'a mut self,
        text: &'a Text<'_>,
        vals: &'a [Val<'_>],
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>> {
        Box::pin(async move {
            let statement = self.prepare(text).await?;
            let (client, begin) = self.start()?;
            let rows = async { client.query_raw(&statement, vals).await?.try_collect().await };
            let end = after(client, begin, rows).await;
            self.on_the_way = false;
            end.map_err(|error| explain(&text.label(), &error))
        })
    }

    pub(crate) fn run<'a>(&'a mut self, text: &'a Text<'_>, vals: &'a [Val<'_>]) -> BoxFuture<'a, Result<u64, Error>> {
        Box::pin(async move {
            let statement = self.prepare(text).await?;
            let (client, begin) = self.start()?;
            let end = after(client, begin, client.execute_raw(&statement, vals)).await;
            self.on_the_way = false;
            end.map_err(|error| explain(&text.label(), &error))
        })
    }

    pub(crate) fn batch<'a>(
        &'a mut self,
        items: &'a [(&'static Sql, &'a [Val<'a>])],
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.send(items))
    }

    async fn send(&mut self, items: &[(&'static Sql, &[Val<'_>])]) -> Result<(), Error> {
        for items in items.chunks(PIPELINE) {
            let mut statements = Vec::with_capacity(items.len());
            for (sql, _) in items {
                statements.push(self.prepare(&Text::Fixed(sql)).await?);
            }
            let (client, begin) = self.start()?;
            let sent = statements.iter().zip(items);
            let sent = sent.map(|(statement, (_, vals))| client.execute_raw(statement, *vals).boxed()).collect();
            let ends = after(client, begin, pipeline(sent).map(Ok)).await;
            self.on_the_way = false;
            let ends = ends.map_err(|error| explain("begin", &error))?;
            for (end, (sql, _)) in ends.into_iter().zip(items) {
                end.map_err(|error| explain(sql.name, &error))?;
            }
        }
        Ok(())
    }

    /// Commits; if no statement was run, there is nothing to commit.
    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        self.finish("COMMIT").await
    }

    /// Rolls back; if that fails, the connection is closed, which does the same.
    pub(super) async fn roll_back(&mut self) {
        drop(self.finish("ROLLBACK").await);
    }

    async fn finish(&mut self, text: &'static str) -> Result<(), Error> {
        if self.begin.is_none() {
            let (client, _) = self.start()?;
            client.batch_execute(text).await.map_err(|error| explain(text, &error))?;
        }
        // The connection is clean: it goes back to the pool.
        self.client = None;
        Ok(())
    }

    /// Marks a statement as on the way, and takes the text that must go before it.
    fn start(&mut self) -> Result<(&Object, Option<String>), Error> {
        if self.on_the_way {
            return Err(Error::Pending);
        }
        self.on_the_way = true;
        let begin = self.begin.take();
        let client = self.client.as_ref().ok_or_else(Error::closed)?;
        Ok((client, begin))
    }

    async fn prepare(&mut self, text: &Text<'_>) -> Result<Statement, Error> {
        let client = self.client.as_ref().ok_or_else(Error::closed)?;
        if let Text::Built(text) = text {
            let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((oldest, ())) = built.push((*text).to_owned(), ())
                && oldest != *text
                && let Some(pool) = Object::pool(client)
            {
                pool.manager().statement_caches.remove(&oldest, &[]);
            }
        }
        client.prepare_cached(text.postgres()).await.map_err(|error| explain(&text.label(), &error))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Its transaction is open. Outside of the pool the connection closes, and the server rolls back.
            drop(Object::take(client));
        }
    }
}

/// Sends the text that begins the transaction and the first statement in one round trip.
async fn after<T>(
    client: &Object,
    begin: Option<String>,
    statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, tokio_postgres::Error> {
    let Some(begin) = begin else {
        return statement.await;
    };
    // `join` polls its first future first, and a first poll sends.
    let (begun, end) = future::join(client.batch_execute(&begin), statement).await;
    begun?;
    end
}

/// Sends all statements, in order, before the first answer is awaited.
async fn pipeline<T>(mut sent: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut ends: Vec<Option<T>> = sent.iter().map(|_| None).collect();
    future::poll_fn(|context| {
        for (statement, end) in sent.iter_mut().zip(&mut ends) {
            if end.is_none()
                && let Poll::Ready(answer) = statement.as_mut().poll(context)
            {
                *end = Some(answer);
            }
        }
        if ends.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    ends.into_iter().flatten().collect()
}
