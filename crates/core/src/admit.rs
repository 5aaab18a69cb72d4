//! The door: a credential becomes a caller by one digest look-up. Who was let in is remembered for a moment, so that the
//! hot path does not read the database; a revoked token therefore works for at most that long.

use crate::table::{account, token};
use crate::unit::{bare, tenanted};
use crate::{Caller, Core, Credential};
use attache_model::error::Shown;
use attache_model::token::Token;
use attache_model::{Error, Result, Time, UserNo, What};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long an admitted token is believed without asking the database again.
const REMEMBERED: Duration = Duration::from_millis(500);
/// How many tokens are remembered.
const ROOM: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
/// How exactly "last used" is kept.
const USED_STEP: Duration = Duration::from_secs(60);
/// Longest token that is looked at, in bytes; a longer one is nobody's.
const TOKEN_MAX: usize = 4096;

/// Tokens that were let in lately, by digest, with when that was.
pub(crate) struct Tokens(Mutex<LruCache<[u8; 32], (Token, Time)>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(..)")
    }
}

impl Default for Tokens {
    fn default() -> Tokens {
        Tokens(Mutex::new(LruCache::new(ROOM)))
    }
}

impl Tokens {
    fn get(&self, digest: &[u8; 32], now: Time) -> Option<Token> {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, at) = tokens.get(digest)?;
        // A clock that was set back must not keep a token alive.
        (*at <= now && now < at.plus(REMEMBERED)).then(|| token.clone())
    }

    fn put(&self, digest: [u8; 32], token: Token, now: Time) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(digest, (token, now));
    }

    /// Forgets everybody, after a token of this process's own was revoked.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The digest under which a token is kept.
pub(crate) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Core {
    /// Lets a caller in.
    ///
    /// # Errors
    /// `Unauthenticated` for a token that is unknown, revoked or expired.
    pub async fn admit(&self, credential: &Credential) -> Result<Caller> {
        let Credential::Token(secret) = credential;
        if secret.reveal().len() > TOKEN_MAX {
            return Err(Error::Unauthenticated(Shown::Unknown));
        }
        let (digest, now) = (digest(secret.reveal()), self.0.clock.now());
        let token = match self.0.tokens.get(&digest, now) {
            Some(token) => token,
            None => self.look_up(digest, now).await?,
        };
        if token.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::Unauthenticated(Shown::Expired));
        }
        Ok(Caller::new(token.account, token.user, token.scopes, Some(token.id)))
    }

    /// The same caller, acting as another user of its account.
    ///
    /// # Errors
    /// `MissingScope` for a caller that is neither the account's owner nor may change its settings; `NotFound(User)`.
    pub async fn act_as(&self, caller: &Caller, user: UserNo) -> Result<Caller> {
        caller.require_admin()?;
        let unit = tenanted::<bool, _>(move |mut t| Box::pin(async move { account::has_user(&mut t, user).await }));
        if !self.read("look a user up", caller.account(), unit).await? {
            return Err(Error::NotFound(What::User));
        }
        Ok(Caller::new(caller.account(), user, caller.scopes(), caller.token()))
    }

    async fn look_up(&self, digest: [u8; 32], now: Time) -> Result<Token> {
        let text = hex::encode(digest);
        let find = bare::<Option<Token>, _>(move |tx| {
            let text = text.clone();
            Box::pin(async move { token::by_digest(tx, &text).await })
        });
        let token = self.read_all("look a token up", find).await?.ok_or(Error::Unauthenticated(Shown::Unknown))?;
        self.0.tokens.put(digest, token.clone(), now);
        if token.last_used_at.is_none_or(|at| at.plus(USED_STEP) <= now) {
            self.note_use(&token, now);
        }
        Ok(token)
    }

    /// Notes the use beside the request; losing a note is no loss.
    fn note_use(&self, token: &Token, now: Time) {
        let (core, id) = (self.clone(), token.id);
        tokio::spawn(async move {
            let note = bare::<u64, _>(move |tx| Box::pin(token::used(tx, id, now)));
            if let Err(error) = core.write_all("note a token's use", note).await {
                tracing::warn!(%error, "a token's use was not noted");
            }
        });
    }
}
