//! Who asks: a [`Caller`] is made only from an admitted credential or by the task worker, and everything it may do
//! hangs on the handles that are made from it.

use crate::errand;
use attache_model::link::Record;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{AccountNo, Error, Result, Scope, Time, UserNo, id::TokenId};

/// What a client shows to be let in.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A token, from whichever header the dialect takes it.
    Token(Secret),
    /// A session that [`Core::open_session`](crate::Core::open_session) sealed: it stands for the token that it was opened with.
    Session(Secret),
}

/// Who was let in.
#[derive(Clone, Debug)]
pub enum Entrant {
    /// Somebody with a token of the account.
    Caller(Caller),
    /// Somebody with a token for the panel of one record.
    Guest(Guest),
}

/// Somebody who was let in. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    account: AccountNo,
    actor: UserNo,
    scopes: Scopes,
    token: Option<TokenId>,
}

impl Caller {
    pub(crate) fn new(account: AccountNo, actor: UserNo, scopes: Scopes, token: Option<TokenId>) -> Caller {
        Caller { account, actor, scopes, token }
    }

    /// The account that every look-up is bound to.
    pub fn account(&self) -> AccountNo {
        self.account
    }

    /// The user that acts.
    pub fn actor(&self) -> UserNo {
        self.actor
    }

    /// What it may do.
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// The token it came with; `None` for work of the server itself.
    pub fn token(&self) -> Option<TokenId> {
        self.token
    }

    /// Whether it has `scope`.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.has(scope)
    }

    /// Demands `scope`.
    ///
    /// # Errors
    /// [`Error::MissingScope`] when it is not there.
    pub fn require(&self, scope: Scope) -> Result<()> {
        if self.has(scope) { Ok(()) } else { Err(lacks(scope)) }
    }

    /// Demands somebody who may set up the account: its owner, or a token that may change its settings.
    ///
    /// # Errors
    /// [`Error::MissingScope`] for anybody else.
    pub(crate) fn require_admin(&self) -> Result<()> {
        if self.actor == UserNo::OWNER { Ok(()) } else { self.require(Scope::Settings) }
    }

    /// Whether files that lists leave out may be read.
    pub(crate) fn sees_hidden(&self) -> bool {
        self.has(Scope::FilesHidden)
    }

    /// Whether files that lists leave out may be changed: whoever may make them may.
    pub(crate) fn reaches_hidden(&self) -> bool {
        self.sees_hidden() || self.has(Scope::FilesHiddenWrite)
    }
}

/// The refusal of somebody who lacks a scope. The request's end tells the audit log of it, if that is what it was answered.
pub(crate) fn lacks(scope: Scope) -> Error {
    errand::refuse("missing_scope");
    Error::MissingScope(scope)
}

/// Somebody who was let in to the panel of one record, and nowhere else: no handle but [`Panel`](crate::Panel) takes a guest,
/// and nobody can make a [`Caller`] of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Acts in the panel. It stays inside of core, because its scopes are those of the panel alone.
    inner: Caller,
    record: Record,
    expires_at: Time,
}

impl Guest {
    pub(crate) fn new(inner: Caller, record: Record, expires_at: Time) -> Guest {
        Guest { inner, record, expires_at }
    }

    pub(crate) fn inner(&self) -> &Caller {
        &self.inner
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What may be done there.
    pub fn scopes(&self) -> Scopes {
        self.inner.scopes
    }

    /// Demands a scope of the panel.
    ///
    /// # Errors
    /// [`Error::MissingScope`] when it is not there.
    pub fn require(&self, scope: Scope) -> Result<()> {
        self.inner.require(scope)
    }

    /// When its token ends.
    pub fn expires_at(&self) -> Time {
        self.expires_at
    }
}
