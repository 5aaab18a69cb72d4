//! The door: a credential becomes a caller by one digest look-up. Who was let in is remembered for a moment, so that the
//! hot path does not read the database. Who takes a token back says so to every node, which forgets at once whom it let
//! in; where that is not heard, a revoked token works for at most that moment.

use crate::table::{account, token};
use crate::unit::{bare, tenanted};
use crate::{Caller, Core, Credential};
use attache_model::error::Shown;
use attache_model::token::Token;
use attache_model::{Error, Result, Time, UserNo, What};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
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
pub(crate) struct Tokens(Mutex<Lately>);

struct Lately {
    tokens: LruCache<[u8; 32], (Token, Time)>,
    /// How often all of it was forgotten: what was read before the last time is not remembered after it.
    forgotten: u64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(..)")
    }
}

impl Default for Tokens {
    fn default() -> Tokens {
        Tokens(Mutex::new(Lately { tokens: LruCache::new(ROOM), forgotten: 0 }))
    }
}

impl Tokens {
    fn get(&self, digest: &[u8; 32], now: Time) -> Option<Token> {
        let mut lately = self.lock();
        let (token, at) = lately.tokens.get(digest)?;
        // A clock that was set back must not keep a token alive.
        (*at <= now && now < at.plus(REMEMBERED)).then(|| token.clone())
    }

    /// Where it stands, to be told with what is read from here on.
    fn standing(&self) -> u64 {
        self.lock().forgotten
    }

    /// Remembers a token that was read after `standing`.
    fn put(&self, digest: [u8; 32], token: Token, now: Time, standing: u64) {
        let mut lately = self.lock();
        if lately.forgotten == standing {
            lately.tokens.put(digest, (token, now));
        }
    }

    /// Forgets everybody, after a token was taken back.
    pub(crate) fn forget(&self) {
        let mut lately = self.lock();
        lately.tokens.clear();
        lately.forgotten += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Lately> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let (text, standing) = (hex::encode(digest), self.0.tokens.standing());
        let find = bare::<Option<Token>, _>(move |tx| {
            let text = text.clone();
            Box::pin(async move { token::by_digest(tx, &text).await })
        });
        let token = self.read_all("look a token up", find).await?.ok_or(Error::Unauthenticated(Shown::Unknown))?;
        self.0.tokens.put(digest, token.clone(), now, standing);
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
