//! The door: a credential becomes a caller by one digest look-up. Who was let in is remembered for a moment, so that the
//! hot path does not read the database. Who takes a token back says so to every node, which forgets at once whom it let
//! in; where that is not heard, a revoked token works for at most that moment.

use crate::errand::{self, By};
use crate::table::{account, token};
use crate::unit::{bare, tenanted};
use crate::{Caller, Core, Credential, Entrant, Guest};
use attache_model::error::Shown;
use attache_model::id::TokenId;
use attache_model::token::Token;
use attache_model::{Error, Result, Scope, Time, UserNo, What};
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

/// What a token is looked for by. The two are kept apart: no text that somebody sends can be taken for an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sought {
    /// The digest of its text.
    Text([u8; 32]),
    /// Its id, from a session that we sealed.
    Id(TokenId),
}

/// Tokens that were let in lately, by what they were looked for, with when that was.
pub(crate) struct Tokens(Mutex<Lately>);

struct Lately {
    tokens: LruCache<Sought, (Token, Time)>,
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
    fn get(&self, sought: &Sought, now: Time) -> Option<Token> {
        let mut lately = self.lock();
        let (token, at) = lately.tokens.get(sought)?;
        // A clock that was set back must not keep a token alive.
        (*at <= now && now < at.plus(REMEMBERED)).then(|| token.clone())
    }

    /// Where it stands, to be told with what is read from here on.
    fn standing(&self) -> u64 {
        self.lock().forgotten
    }

    /// Remembers a token that was read after `standing`.
    fn put(&self, sought: Sought, token: Token, now: Time, standing: u64) {
        let mut lately = self.lock();
        if lately.forgotten == standing {
            lately.tokens.put(sought, (token, now));
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
    /// `Unauthenticated` for a credential that is unknown, revoked or expired; `MissingScope` for a panel's token, which may do
    /// nothing outside of its panel.
    pub async fn admit(&self, credential: &Credential) -> Result<Caller> {
        match self.admit_any(credential).await? {
            Entrant::Caller(caller) => Ok(caller),
            Entrant::Guest(_) => Err(Error::MissingScope(Scope::FilesRead)),
        }
    }

    /// Lets a caller in, or a guest of a panel.
    ///
    /// # Errors
    /// `Unauthenticated` for a credential that is unknown, revoked or expired.
    pub async fn admit_any(&self, credential: &Credential) -> Result<Entrant> {
        let token = self.token_of(credential).await?;
        self.comes_from(&token);
        let caller = |scopes| Caller::new(token.account, token.user, scopes, Some(token.id));
        Ok(match token.panel {
            None => Entrant::Caller(caller(token.scopes)),
            Some(pass) => {
                let end = token.expires_at.unwrap_or(Time::NEVER);
                Entrant::Guest(Guest::new(caller(pass.scopes), pass.record, end))
            }
        })
    }

    /// The token that a credential stands for, which neither was taken back nor has ended.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub(crate) async fn token_of(&self, credential: &Credential) -> Result<Token> {
        let now = self.closing_now();
        let sought = match credential {
            Credential::Token(secret) if secret.reveal().len() > TOKEN_MAX => {
                return Err(Error::Unauthenticated(Shown::Unknown));
            }
            Credential::Token(secret) => Sought::Text(digest(secret.reveal())),
            Credential::Session(secret) => Sought::Id(self.session_token(secret, now)?),
        };
        let token = match self.0.tokens.get(&sought, now) {
            Some(token) => token,
            None => self.look_up(sought, now).await?,
        };
        if token.expires_at.is_some_and(|end| end <= now) {
            self.comes_from(&token);
            return Err(Error::Unauthenticated(Shown::Expired));
        }
        Ok(token)
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

    async fn look_up(&self, sought: Sought, now: Time) -> Result<Token> {
        let standing = self.0.tokens.standing();
        let find = bare::<Option<Token>, _>(move |tx| {
            Box::pin(async move {
                match sought {
                    Sought::Text(digest) => token::by_digest(tx, &hex::encode(digest)).await,
                    Sought::Id(id) => token::by_id(tx, id).await,
                }
            })
        });
        let Some(token) = self.read_all("look a token up", find).await? else {
            self.blame(sought).await?;
            return Err(Error::Unauthenticated(Shown::Unknown));
        };
        self.0.tokens.put(sought, token.clone(), now, standing);
        if token.last_used_at.is_none_or(|at| at.plus(USED_STEP) <= now) {
            self.note_use(&token, now);
        }
        Ok(token)
    }

    /// Whose token was shown that does not work any more: its account's audit log tells of it.
    async fn blame(&self, sought: Sought) -> Result<()> {
        let find = bare::<Option<By>, _>(move |tx| {
            Box::pin(async move {
                match sought {
                    Sought::Text(digest) => token::was_by_digest(tx, &hex::encode(digest)).await,
                    Sought::Id(id) => token::was_by_id(tx, id).await,
                }
            })
        });
        if let Some(by) = self.read_all("look a former token up", find).await? {
            errand::comes_from(by, &self.0.refusals);
        }
        Ok(())
    }

    fn comes_from(&self, token: &Token) {
        let by = By { account: token.account, user: token.user, token: Some(token.id) };
        errand::comes_from(by, &self.0.refusals);
    }

    /// Notes the use beside the request; losing a note is no loss.
    fn note_use(&self, token: &Token, now: Time) {
        let (core, id) = (self.clone(), token.id);
        self.0.undivided.begin(async move {
            let note = bare::<u64, _>(move |tx| Box::pin(token::used(tx, id, now)));
            if let Err(error) = core.write_all("note a token's use", note).await {
                tracing::warn!(%error, "a token's use was not noted");
            }
        });
    }
}
