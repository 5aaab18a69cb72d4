//! Grants as the machine's owner makes, lists and takes them back: what a client of OAuth may get tokens for. Trading is
//! in `op::trade`.

use crate::admit::digest;
use crate::entropy;
use crate::op::audit::{Entry, note};
use crate::op::operator::Operator;
use crate::table::grant::{self, Kind};
use crate::table::{account, token};
use crate::unit::{Outcome, Tenanted, bare, tenanted};
use attache_db::Tx;
use attache_model::audit::Deed;
use attache_model::grant::Grant;
use attache_model::id::GrantId;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{AccountNo, Error, Result, Time, UserNo, What};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// Random bytes in the name of a client that brought none.
const CLIENT_BYTES: usize = 16;
/// Longest name and longest secret of a client, in bytes.
const CLIENT_MAX: usize = 200;
/// Shortest secret of a client, in bytes.
const SECRET_MIN: usize = 8;

/// A grant to be made.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// Name of the account.
    pub account: String,
    /// Who acts with its tokens; made on demand.
    pub user: UserNo,
    /// What its tokens may do.
    pub scopes: Scopes,
    /// The client's name; `None` makes one.
    pub client: Option<String>,
    /// The client's secret; `None` makes one.
    pub secret: Option<Secret>,
}

/// A grant that was made. The secrets are shown once and kept nowhere.
#[derive(Clone, Debug)]
pub struct MadeGrant {
    /// The grant; it ends with the code, unless that is traded.
    pub grant: Grant,
    /// What the client shows together with its name.
    pub secret: Secret,
    /// What the client trades for its first token.
    pub code: Secret,
}

impl Operator {
    /// Lets a client get tokens: makes a code for its first one.
    ///
    /// # Errors
    /// `NotFound(Account)`; `Invalid` for a client's name or secret that cannot be one.
    pub async fn grant(&self, new: NewGrant) -> Result<MadeGrant> {
        let client = new.client.unwrap_or_else(|| hex::encode(&entropy::secret()[..CLIENT_BYTES]));
        let secret = new.secret.unwrap_or_else(|| Secret::new(random()));
        fits("client_id", &client, 1)?;
        fits("client_secret", secret.reveal(), SECRET_MIN)?;
        let (account, now) = (self.account_called(&new.account).await?, self.0.now());
        let expires_at = now.plus(Limits::seconds(self.0.limits().grant_code_life));
        let id = GrantId(entropy::uuid(now));
        let (user, scopes) = (new.user, new.scopes);
        let grant = Grant { id, account, user, scopes, client, created_at: now, expires_at, used_at: None };
        let code = code();
        let fixed = Arc::new((grant.clone(), hashed(&secret), hashed(&code)));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move { keep(&mut t, &fixed.0, &fixed.1, &fixed.2).await })
        });
        self.0.write("keep a grant", account, unit).await?;
        Ok(MadeGrant { grant, secret, code })
    }

    /// Every grant that was not taken back with the name of its account, or those of one account.
    ///
    /// # Errors
    /// `NotFound(Account)`.
    pub async fn grants(&self, account: Option<&str>) -> Result<Vec<(Grant, String)>> {
        let only = match account {
            Some(name) => Some(self.account_called(name).await?),
            None => None,
        };
        let accounts = self.accounts().await?;
        let name_of = |no: AccountNo| accounts.iter().find(|a| a.no == no).map(|a| a.name.clone()).unwrap_or_default();
        let all = self.0.read_all("list grants", bare::<Vec<Grant>, _>(|tx| Box::pin(grant::list(tx)))).await?;
        let wanted = all.into_iter().filter(|grant| only.is_none_or(|no| grant.account == no));
        Ok(wanted.map(|grant| (grant.clone(), name_of(grant.account))).collect())
    }

    /// Takes a grant back, and every token that was got by it.
    ///
    /// # Errors
    /// `NotFound(Grant)`.
    pub async fn revoke_grant(&self, id: GrantId) -> Result<()> {
        let now = self.0.now();
        let unit = bare::<bool, _>(move |tx| Box::pin(async move { revoke(tx, id, now).await }));
        let revoked = self.0.write_all("revoke a grant", unit).await?;
        self.0.0.tokens.forget();
        if revoked { Ok(()) } else { Err(Error::NotFound(What::Grant)) }
    }
}

async fn keep(t: &mut Tenanted<'_>, grant: &Grant, client_digest: &str, code_digest: &str) -> Outcome<()> {
    account::ensure_user(t, grant.user, &format!("user {}", grant.user), grant.created_at).await?;
    grant::add(t, grant, client_digest).await?;
    grant::add_voucher(t, grant.id, Kind::Code, code_digest, grant.created_at, grant.expires_at).await?;
    let target = format!("grant/{} user/{}", grant.id, grant.user);
    note(t, Entry::operator(grant.created_at, Deed::GrantCreated, target)).await
}

async fn revoke(tx: &mut Tx, id: GrantId, now: Time) -> Outcome<bool> {
    let Some(account) = grant::account(tx, id).await? else { return Ok(false) };
    let mut t = Tenanted::new(tx, account);
    let ended = end(&mut t, id, now).await?;
    if ended {
        note(&mut t, Entry::operator(now, Deed::GrantRevoked, format!("grant/{id}"))).await?;
    }
    Ok(ended)
}

/// Ends a grant and every token that was got by it; false when it had ended already.
pub(crate) async fn end(t: &mut Tenanted<'_>, id: GrantId, now: Time) -> Outcome<bool> {
    // The grant first: a trade of the same moment has either made its token by then, or comes to nothing.
    let ended = grant::revoke(t, id, now).await? == 1;
    token::revoke_granted(t, id, now).await?;
    Ok(ended)
}

/// Names and secrets of clients stand in forms and headers: letters, digits and what no encoding changes.
fn fits(field: &str, text: &str, least: usize) -> Result<()> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if plain && (least..=CLIENT_MAX).contains(&text.len()) {
        return Ok(());
    }
    let why = format!("it has {least} to {CLIENT_MAX} characters: letters, digits, '-', '.', '_' and '~'");
    Err(Error::invalid(field, why))
}

/// Text that nobody guesses.
pub(crate) fn random() -> String {
    URL_SAFE_NO_PAD.encode(entropy::secret())
}

fn code() -> Secret {
    Secret::new(format!("atc_{}", random()))
}

/// A refresh token's text.
pub(crate) fn refresh() -> Secret {
    Secret::new(format!("atr_{}", random()))
}

/// The digest that a secret is kept by.
pub(crate) fn hashed(secret: &Secret) -> String {
    hex::encode(digest(secret.reveal()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_name_and_secret_have_bounds_and_no_character_that_an_encoding_changes() {
        for good in ["a", "A-z.0_9~", &"x".repeat(CLIENT_MAX)] {
            assert!(fits("client_id", good, 1).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a:b", "a+b", "a%20", "\u{e4}", &"x".repeat(CLIENT_MAX + 1)] {
            assert!(fits("client_id", bad, 1).is_err(), "{bad}");
        }
        assert!(fits("client_secret", "1234567", SECRET_MIN).is_err());
        assert!(fits("client_secret", "12345678", SECRET_MIN).is_ok());
    }
}
