//! Tokens of panels: whoever may do something with files may let others do it on one record, for a while.

use crate::View;
use crate::op::operator::{Mint, TokenForm, mint};
use crate::table::token;
use crate::unit::bare;
use attache_model::error::{Code, Shown};
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::scope::Scopes;
use attache_model::token::{Pass, Secret, Token};
use attache_model::{Error, Result, Scope};
use std::time::Duration;

/// What can be done in a panel.
const POSSIBLE: [Scope; 4] = [Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete, Scope::Records];

/// A panel's token to be made.
#[derive(Clone, Debug)]
pub struct NewPanelToken {
    /// The one record that it opens.
    pub record: Record,
    /// What may be done there.
    pub scopes: Scopes,
    /// How long it works; `None` is `panel_default`.
    pub life: Option<Duration>,
}

impl View<'_> {
    /// Makes a token for the panel of one record, with some of the caller's scopes. It ends with its time, and with the token
    /// that it was made with.
    ///
    /// # Errors
    /// `MissingScope` for a scope that the caller does not have; `Invalid` for one that panels do not know, and for a life of
    /// nothing or beyond `panel_life`.
    pub async fn make_panel_token(&self, new: NewPanelToken) -> Result<(Token, Secret)> {
        let life = self.panel_life(new.life)?;
        self.check_pass(new.scopes)?;
        let id = self.caller().token().ok_or_else(|| Error::bug("a panel's token was asked for without a token"))?;
        let find = bare::<Option<Token>, _>(move |tx| Box::pin(token::by_id(tx, id)));
        let own = self.core.read_all("look the minting token up", find).await?;
        let own = own.ok_or(Error::Unauthenticated(Shown::Unknown))?;
        let left = own.expires_at.map(|end| Duration::from_micros(u64::try_from(end.0 - self.now().0).unwrap_or(0)));
        let plan = Mint {
            account: self.caller().account(),
            user: self.caller().actor(),
            name: format!("panel {}", new.record),
            scopes: Scopes::default(),
            life: Some(left.map_or(life, |left| left.min(life))),
            form: TokenForm::Plain,
            panel: Some(Pass { record: new.record, scopes: new.scopes, minted_by: id }),
        };
        mint(self.core, plan, Some(self.caller())).await
    }

    fn panel_life(&self, asked: Option<Duration>) -> Result<Duration> {
        let limits = self.core.limits();
        let (most, life) = (Limits::seconds(limits.panel_life), asked.unwrap_or(Limits::seconds(limits.panel_default)));
        if life.is_zero() {
            return Err(Error::refuse(Code::ExpiryInvalid, "expires_in", "it must be at least 1 second"));
        }
        if life > most {
            let why = format!("a panel's token works for {} seconds at most", most.as_secs());
            return Err(Error::refuse(Code::ExpiryTooLong, "expires_in", why));
        }
        Ok(life)
    }

    fn check_pass(&self, scopes: Scopes) -> Result<()> {
        if scopes.iter().next().is_none() {
            return Err(Error::invalid("scopes", "name at least one scope"));
        }
        for scope in scopes.iter() {
            if !POSSIBLE.contains(&scope) {
                let words = POSSIBLE.map(Scope::word).join(", ");
                return Err(Error::invalid("scopes", format!("a panel knows {words}, and not {scope}")));
            }
            self.caller().require(scope)?;
        }
        Ok(())
    }
}
