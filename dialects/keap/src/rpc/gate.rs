//! Who calls. At the gateway's addresses a request shows its credential before its body is read, as on every face. At
//! the old address the key is the call's first parameter, so that nobody is known before some of the body is read.
//!
//! No cookie and no other mark that a browser adds by itself lets anybody in. So it does no harm that the type of a
//! request is not looked at, although a form on a page of another site can send one: it comes from nobody.

use super::call::Call;
use super::value::Value;
use crate::throttle::Seen;
use crate::{App, door};
use attache_core::{Caller, Core, Credential};
use attache_model::error::Shown;
use attache_model::token::Secret;
use attache_model::{Error, Result};
use http::request::Parts;
use std::sync::OnceLock;

/// What is known of a request's caller before its body is read.
pub(super) enum Gate {
    /// It was let in.
    Passed(Caller),
    /// Its key is to come: the first parameter. Once that was read the call is counted.
    Key(OnceLock<Seen>),
}

impl Gate {
    /// Who calls at the old address: whoever shows a credential in front of the body is asked for no key. One that is
    /// there and wrong is not made good by the key.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub(super) async fn of(core: &Core, parts: &Parts) -> Result<Gate> {
        if !door::is_shown(parts) {
            return Ok(Gate::Key(OnceLock::new()));
        }
        let credential = door::credential(parts).ok_or(Error::Unauthenticated(Shown::Unknown))?;
        core.admit(&credential).await.map(Gate::Passed)
    }

    /// Who makes a call, of which no more than its first parameter needs to have been read. What the caller may do is
    /// what its token was made for; that a key is an old one gives it no further rights.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Busy`] for a call too many.
    pub(super) async fn caller(&self, app: &App, call: &Call) -> Result<Caller> {
        match (self, call.params.first()) {
            (Gate::Passed(caller), _) => Ok(caller.clone()),
            (Gate::Key(seen), Some(Value::Text(key))) => {
                let caller = app.core.admit(&Credential::Token(Secret::new(key.trim()))).await?;
                count(app, &caller, seen)?;
                Ok(caller)
            }
            (Gate::Key(_), _) => Err(Error::Unauthenticated(Shown::Nothing)),
        }
    }

    /// The counts of a caller who was known by a key.
    pub(super) fn seen(&self) -> Option<Seen> {
        match self {
            Gate::Passed(_) => None,
            Gate::Key(seen) => seen.get().copied(),
        }
    }
}

/// Counts a call, once, however often it is asked whose it is.
fn count(app: &App, caller: &Caller, seen: &OnceLock<Seen>) -> Result<()> {
    if seen.get().is_some() {
        return Ok(());
    }
    let counted = app.count(caller);
    // Nobody else has set it: a call is read by one task.
    let _ = seen.set(counted.unwrap_or_else(|excess| excess.seen));
    counted.map(drop).map_err(Error::from)
}
