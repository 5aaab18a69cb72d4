//! The account itself: its settings, what it holds, and its tokens.

use crate::caller::lacks;
use crate::op::audit::{Entry, note};
use crate::op::operator::{Mint, TokenForm, mint, revoke_token, take_back};
use crate::table::{account, book, token};
use crate::unit::{bare, tenanted};
use crate::{Caller, Core, Errand, Manage, View};
use attache_model::account::{Account, Quota, Usage};
use attache_model::audit::Deed;
use attache_model::id::TokenId;
use attache_model::scope::Scopes;
use attache_model::token::{Secret, Token, check_name};
use attache_model::{Error, Result, User, What};
use std::time::Duration;

impl Core {
    /// The account of a caller, whatever it may do there.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn account(&self, caller: &Caller) -> Result<Account> {
        let unit = tenanted::<Account, _>(move |mut t| {
            Box::pin(async move { Ok(account::get(&mut t).await?.ok_or(Error::NotFound(What::Account))?) })
        });
        self.read("read the account", caller.account(), unit).await
    }
}

impl View<'_> {
    /// The caller's account.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn account(&self) -> Result<Account> {
        self.core.account(self.caller).await
    }

    /// The account's users, by number.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn users(&self) -> Result<Vec<User>> {
        let unit = tenanted::<Vec<User>, _>(|mut t| Box::pin(async move { account::users(&mut t).await }));
        self.read("list users", unit).await
    }

    /// What the account holds and what it may hold.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn usage(&self) -> Result<(Usage, Quota)> {
        let unit = tenanted::<(Usage, Quota), _>(move |mut t| {
            Box::pin(async move { Ok(book::get(&mut t).await?.ok_or(Error::NotFound(What::Account))?) })
        });
        self.read("read the account's book", unit).await
    }
}

impl Manage<'_> {
    /// Makes a token of the caller's account, for the caller's user, with some of the caller's scopes. `name` is what people
    /// call it, empty for nothing; `life` is how long it works, `None` for ever.
    ///
    /// # Errors
    /// `MissingScope` for a scope that the caller does not have; `Invalid` for a name that is none.
    pub async fn make_token(&self, name: &str, scopes: Scopes, life: Option<Duration>) -> Result<(Token, Secret)> {
        if let Some(scope) = scopes.iter().find(|scope| !self.caller().has(*scope)) {
            return Err(lacks(scope));
        }
        let (account, user) = (self.caller().account(), self.caller().actor());
        let plan = Mint { account, user, name: check_name(name)?, scopes, life, form: TokenForm::Plain, panel: None };
        mint(self.core, plan, Some(self.caller())).await
    }

    /// The account's tokens, oldest first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let account = self.caller().account();
        let list = bare::<Vec<Token>, _>(|tx| Box::pin(token::list(tx)));
        let all = self.core.read_all("list tokens", list).await?;
        Ok(all.into_iter().filter(|token| token.account == account).collect())
    }

    /// The tokens of the caller's user, in the order of their numbers.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn my_tokens(&self) -> Result<Vec<Token>> {
        let user = self.caller().actor();
        let unit = tenanted::<Vec<Token>, _>(move |mut t| Box::pin(async move { token::of_user(&mut t, user).await }));
        self.read("list a user's tokens", unit).await
    }

    /// Takes a token of the caller's user back, named by its number; and the grant that it was got by.
    ///
    /// # Errors
    /// `NotFound(Token)`, for another user's, too.
    pub async fn revoke_token_no(&self, no: i64) -> Result<()> {
        let (user, now) = (self.caller().actor(), self.now());
        let by = Entry::by(self.caller(), now, Deed::TokenRevoked, "");
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                let found = token::by_no(&mut t, user, no).await?.ok_or(Error::NotFound(What::Token))?;
                take_back(&mut t, &found, now, by).await
            })
        });
        let revoked = self.write("revoke a user's token", unit).await;
        self.core.0.tokens.forget();
        revoked
    }

    /// Takes a token of the account back; and the grant that it was got by, which would give its client another one.
    ///
    /// # Errors
    /// `NotFound(Token)`.
    pub async fn revoke_token(&self, id: TokenId) -> Result<()> {
        let (account, now) = (self.caller().account(), self.now());
        let by = (Entry::by(self.caller(), now, Deed::TokenRevoked, ""), Errand::current());
        let unit = bare::<bool, _>(move |tx| Box::pin(revoke_token(tx, id, Some(account), now, by.clone())));
        let revoked = self.core.write_all("revoke a token", unit).await?;
        self.core.0.tokens.forget();
        if revoked { Ok(()) } else { Err(Error::NotFound(What::Token)) }
    }

    /// Changes what the account may hold. What it holds already stays, whatever the new limit.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn set_quota(&self, quota: Quota) -> Result<()> {
        let by = Entry::by(self.caller(), self.now(), Deed::QuotaChanged, "");
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                book::set_quota(&mut t, quota).await?;
                note(&mut t, by).await
            })
        });
        self.write("set the quota", unit).await
    }

    /// Changes how many days a deleted file stays in the trash.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn set_trash_days(&self, days: u32) -> Result<()> {
        let by = Entry::by(self.caller(), self.now(), Deed::TrashChanged, "");
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                account::set_trash_days(&mut t, days).await?;
                note(&mut t, by).await
            })
        });
        self.write("set the days of the trash", unit).await
    }
}
