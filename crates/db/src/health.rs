//! Whether the disk under a SQLite file can be trusted. What it failed to write or to sync is final: a second try may
//! say yes although the bytes are gone. What it failed to read is told for a while, since the next read may be good.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;

/// How long a read that failed is told.
const TOLD: Duration = Duration::from_secs(60);

/// What is known of the disk; shared by all threads of a file.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Why nothing more is written until a restart.
    broken: Option<Error>,
    /// When a read failed last.
    unread: Option<(Instant, Error)>,
}

impl Health {
    /// Notes what an error says about the disk, if anything.
    pub(crate) fn note(&self, error: &Error) {
        match error {
            Error::Unwritten(text) => self.fail(text),
            Error::Unread(_) => {
                tracing::error!(%error, "the disk failed to read");
                self.known().unread = Some((Instant::now(), error.clone()));
            }
            _ => {}
        }
    }

    /// From now on nothing is written.
    pub(crate) fn fail(&self, why: &str) {
        let mut known = self.known();
        if known.broken.is_none() {
            tracing::error!(why, "the disk failed; nothing more is written until a restart");
            known.broken = Some(Error::Unavailable(format!("the disk failed ({why}); check it, then restart")));
        }
    }

    /// Why nothing more is written, if so.
    pub(crate) fn broken(&self) -> Option<Error> {
        self.known().broken.clone()
    }

    /// An error while the disk is not trusted.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let known = self.known();
        let unread = known.unread.as_ref().filter(|(since, _)| since.elapsed() < TOLD).map(|(_, error)| error);
        known.broken.as_ref().or(unread).map_or(Ok(()), |error| Err(error.clone()))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_disk_failed_to_write_is_final_and_what_it_failed_to_read_is_told() {
        let health = Health::default();
        health.note(&Error::Full);
        assert_eq!(health.check(), Ok(()));
        health.note(&Error::Unread("a page".to_owned()));
        assert_eq!((health.check(), health.broken()), (Err(Error::Unread("a page".to_owned())), None));
        health.note(&Error::Unwritten("a log".to_owned()));
        assert!(matches!(health.check(), Err(Error::Unavailable(_))) && health.broken().is_some());
    }
}
