//! What the tests of grants do to a home again and again, and a client of OAuth.

use crate::home::Home;
use attache_core::{Caller, Credential, Granted, MadeGrant, NewGrant};
use attache_model::error::Shown;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Error, Scope, UserNo, What};
use std::time::Duration;

impl Home {
    /// Lets time go by.
    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A grant of the account `one` for its user 7, who may read.
    pub(crate) async fn grant(&self) -> MadeGrant {
        self.core.operator().grant(new("one")).await.unwrap()
    }

    /// A grant whose code was traded.
    pub(crate) async fn granted(&self) -> (MadeGrant, Granted) {
        let made = self.grant().await;
        let granted = self.redeem(&made).await.unwrap();
        (made, granted)
    }

    /// The grant's client trades its code.
    pub(crate) async fn redeem(&self, made: &MadeGrant) -> Result<Granted, Error> {
        self.core.redeem_code(&made.grant.client, &made.secret, &made.code).await
    }

    /// The grant's client trades a refresh token.
    pub(crate) async fn refresh(&self, made: &MadeGrant, refresh: &Secret) -> Result<Granted, Error> {
        self.core.refresh(&made.grant.client, &made.secret, refresh).await
    }

    /// Whom a token lets in.
    pub(crate) async fn admit(&self, token: &Secret) -> Result<Caller, Error> {
        self.core.admit(&Credential::Token(token.clone())).await
    }
}

/// A grant for user 7 of an account, who may read.
pub(crate) fn new(account: &str) -> NewGrant {
    let scopes: Scopes = [Scope::FilesRead].into_iter().collect();
    NewGrant { account: account.into(), user: UserNo(7), scopes, client: None, secret: None }
}

/// Demands that a voucher was worth nothing.
#[track_caller]
pub(crate) fn worthless(result: Result<Granted, Error>) {
    match result {
        Err(Error::NotFound(What::Grant)) => {}
        other => panic!("not worthless: {other:?}"),
    }
}

/// Demands that a client or a token was not let in.
#[track_caller]
pub(crate) fn shut_out<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::Unauthenticated(Shown::Unknown)) => {}
        other => panic!("not shut out: {other:?}"),
    }
}
