//! Who is at work on which growing content, so that two calls at once cannot write into each other.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Error, Key};

/// The keys that calls are at work on. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims(Arc<Mutex<HashSet<Key>>>);

impl Claims {
    /// Takes a key for as long as the claim lives; [`Error::Busy`] when another call has it.
    pub(crate) fn claim(&self, key: &Key) -> Result<Claim, Error> {
        if self.lock().insert(key.clone()) {
            Ok(Claim { claims: self.clone(), key: key.clone() })
        } else {
            Err(Error::Busy)
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to change one growing content. It goes along to the thread that does the work, so that it outlives a caller
/// who has stopped waiting.
#[derive(Debug)]
pub(crate) struct Claim {
    claims: Claims,
    key: Key,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.lock().remove(&self.key);
    }
}
