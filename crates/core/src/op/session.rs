//! Sessions: what a browser keeps instead of a token. A session is a sealed claim on a token; it shows what the token may and
//! ends with it, and nothing of it is kept here.

use crate::op::audit::Entry;
use crate::{Caller, Core, Credential};
use attache_model::audit::Deed;
use attache_model::error::Shown;
use attache_model::id::TokenId;
use attache_model::limits::Limits;
use attache_model::token::Secret;
use attache_model::{Error, Result, Scope, Time};
use serde::{Deserialize, Serialize};

const PURPOSE: &str = "session";

/// What is sealed in a session.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    #[serde(rename = "t")]
    token: TokenId,
    #[serde(rename = "e")]
    expires_at: Time,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub struct Session {
    /// What the browser shows from now on.
    pub secret: Secret,
    /// Who was let in.
    pub caller: Caller,
    /// When it ends, unless its token is taken back before.
    pub expires_at: Time,
    /// The same in whole seconds from now.
    pub seconds: u64,
}

impl Core {
    /// Opens a session with a token. It lives for `session_life`, and never longer than its token.
    ///
    /// # Errors
    /// `Unauthenticated` for a token that is unknown, revoked or expired; `MissingScope` for a panel's token.
    pub async fn open_session(&self, token: &Secret) -> Result<Session> {
        let token = self.token_of(&Credential::Token(token.clone())).await?;
        if token.panel.is_some() {
            return Err(Error::MissingScope(Scope::FilesRead));
        }
        let now = self.now();
        let end = now.plus(Limits::seconds(self.limits().session_life));
        let expires_at = token.expires_at.map_or(end, |own| own.min(end));
        let claim = Claim { token: token.id, expires_at };
        let sealed = self.0.keys.seal(PURPOSE, &serde_json::to_vec(&claim).unwrap_or_default());
        let caller = Caller::new(token.account, token.user, token.scopes, Some(token.id));
        self.note(token.account, Entry::by(&caller, now, Deed::SessionOpened, "")).await?;
        Ok(Session {
            secret: Secret::new(sealed),
            caller,
            expires_at,
            seconds: u64::try_from(expires_at.seconds().saturating_sub(now.seconds())).unwrap_or(0),
        })
    }

    /// The token that a session stands for.
    ///
    /// # Errors
    /// `Unauthenticated` for anything that we did not seal, and after the session's end.
    pub(crate) fn session_token(&self, sealed: &Secret, now: Time) -> Result<TokenId> {
        let unknown = || Error::Unauthenticated(Shown::Unknown);
        let payload = self.0.keys.open(PURPOSE, sealed.reveal()).ok_or_else(unknown)?;
        let claim: Claim = serde_json::from_slice(&payload).map_err(|_| unknown())?;
        match claim.expires_at > now {
            true => Ok(claim.token),
            false => Err(Error::Unauthenticated(Shown::Expired)),
        }
    }
}
