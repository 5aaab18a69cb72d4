//! Who asks, on both hosts: a bearer token, which may act as another user of its account.

use attache_core::{Caller, Core, Credential};
use attache_http::dialect::bearer;
use attache_model::{Error, Result, UserNo, What};
use http::request::Parts;

/// The header that names the user to act as.
const ACT_AS: &str = "x-context-user-id";

/// The credential of a request. One that cannot be read is none: Kommo's clients know 401 and no other answer to it.
pub(crate) fn credential(parts: &Parts) -> Option<Credential> {
    bearer(parts).ok().flatten()
}

/// The caller as the user that the request names.
///
/// # Errors
/// `NotFound(User)` for a user that the account does not have, and for a text that is no number.
pub(crate) async fn acting(core: &Core, caller: Caller, parts: &Parts) -> Result<Caller> {
    let Some(named) = parts.headers.get(ACT_AS) else { return Ok(caller) };
    let user = named.to_str().ok().and_then(|text| text.trim().parse().ok());
    let user = user.map(UserNo).ok_or(Error::NotFound(What::User))?;
    core.act_as(&caller, user).await
}
