//! A SQLite connection whose steps run on threads that may block.

use rusqlite::Connection;
use tokio::task::spawn_blocking;

use crate::Error;

/// One connection; its steps run one after another.
pub(super) struct Lane(Option<Connection>);

impl Lane {
    pub(super) fn new(conn: Connection) -> Self {
        Self(Some(conn))
    }

    /// Runs a step. If this is dropped before it ends, nobody knows how the step ended, and the connection is closed.
    pub(super) async fn run<T: Send + 'static>(
        &mut self,
        step: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let mut conn = self.0.take().ok_or_else(Error::closed)?;
        let ran = spawn_blocking(move || {
            let end = step(&mut conn);
            (conn, end)
        });
        let (conn, end) = ran.await.map_err(|error| Error::other("run a step", &error))?;
        self.0 = Some(conn);
        end
    }
}
