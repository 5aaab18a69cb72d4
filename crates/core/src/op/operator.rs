//! What the machine's owner does: accounts and tokens, without a caller. Only the command line and the first start
//! come here; no dialect does.

use crate::admit::digest;
use crate::op::audit::{Entry, note};
use crate::op::grant;
use crate::table::{account, book, folder, token};
use crate::unit::{Outcome, Tenanted, bare, tenanted};
use crate::{Caller, Core, Errand, entropy};
use attache_db::Tx;
use attache_model::account::Account;
use attache_model::audit::Deed;
use attache_model::error::What;
use attache_model::id::TokenId;
use attache_model::scope::Scopes;
use attache_model::token::{Pass, Secret, Token, check_name};
use attache_model::{AccountNo, Error, FolderId, Result, Time, UserNo, name};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use std::time::Duration;

/// Days that a deleted file stays in the trash of a new account.
const TRASH_DAYS: u32 = 30;

/// The operator's operations.
#[derive(Clone, Debug)]
pub struct Operator(pub(crate) Core);

/// What the first start made.
#[derive(Clone, Debug)]
pub struct FirstStart {
    /// The account.
    pub account: Account,
    /// A token with every scope. It is shown once and kept nowhere.
    pub token: Secret,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Name of the account.
    pub account: String,
    /// Who acts with it; made on demand.
    pub user: UserNo,
    /// What people call it; empty for nothing.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// How long it works; `None` is for ever.
    pub life: Option<Duration>,
    /// Its shape.
    pub form: TokenForm,
}

/// The shape of a token's text. It is presentation only: every token is verified by the digest of its whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// `att_<id>_<secret>`.
    Plain,
    /// Three parts like a JWT, for clients that read claims from what they are given. Among its scopes stand the names
    /// that vendors have for them.
    Jwt {
        /// Those names.
        vendors: Vec<&'static str>,
    },
}

impl Core {
    /// The machine's owner.
    pub fn operator(&self) -> Operator {
        Operator(self.clone())
    }
}

impl Operator {
    /// Makes the account `default` and a token for it, if there is no account at all.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn first_start(&self) -> Result<Option<FirstStart>> {
        let last = self.0.read_all("count accounts", |tx| Box::pin(async move { account::last(tx).await })).await?;
        if last > 0 {
            return Ok(None);
        }
        let account = match self.make_account("default").await {
            Ok(account) => account,
            // Another process was first.
            Err(Error::Exists { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let plan = Mint {
            account: account.no,
            user: UserNo::OWNER,
            name: String::from("first start"),
            scopes: Scopes::all(),
            life: None,
            form: TokenForm::Plain,
            panel: None,
        };
        let (_, token) = mint(&self.0, plan, None).await?;
        Ok(Some(FirstStart { account, token }))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// `Exists` for a taken name, `NameInvalid`.
    pub async fn make_account(&self, name: &str) -> Result<Account> {
        let (name, now) = (Arc::new(name::check(name)?), self.0.now());
        let root = FolderId(entropy::uuid(now));
        let unit = bare::<Account, _>(move |tx| {
            let name = name.clone();
            Box::pin(async move { make_account(tx, &name, root, now).await })
        });
        self.0.write_all("make an account", unit).await
    }

    /// All accounts.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        self.0.read_all("list accounts", |tx| Box::pin(async move { account::list(tx).await })).await
    }

    /// Makes a token.
    ///
    /// # Errors
    /// `NotFound(Account)`; `Invalid` for a name that is none.
    pub async fn make_token(&self, new: NewToken) -> Result<(Token, Secret)> {
        let name = check_name(&new.name)?;
        let account = self.account_called(&new.account).await?;
        let (user, now) = (new.user, self.0.now());
        let unit = tenanted::<(), _>(move |mut t| {
            Box::pin(async move {
                if account::ensure_user(&mut t, user, &format!("user {user}"), now).await? == 1 {
                    note(&mut t, Entry::operator(now, Deed::UserCreated, format!("user/{user}"))).await?;
                }
                Ok(())
            })
        });
        self.0.write("make a user", account, unit).await?;
        let plan = Mint { account, user, name, scopes: new.scopes, life: new.life, form: new.form, panel: None };
        mint(&self.0, plan, None).await
    }

    /// Every token with the name of its account, or those of one account.
    ///
    /// # Errors
    /// `NotFound(Account)`.
    pub async fn tokens(&self, account: Option<&str>) -> Result<Vec<(Token, String)>> {
        let only = match account {
            Some(name) => Some(self.account_called(name).await?),
            None => None,
        };
        let accounts = self.accounts().await?;
        let name_of = |no: AccountNo| accounts.iter().find(|a| a.no == no).map(|a| a.name.clone()).unwrap_or_default();
        let list = bare::<Vec<Token>, _>(|tx| Box::pin(token::list(tx)));
        let all = self.0.read_all("list tokens", list).await?;
        let wanted = all.into_iter().filter(|token| only.is_none_or(|no| token.account == no));
        Ok(wanted.map(|token| (token.clone(), name_of(token.account))).collect())
    }

    /// Takes a token back; and the grant that it was got by, which would give its client another one.
    ///
    /// # Errors
    /// `NotFound(Token)`.
    pub async fn revoke_token(&self, id: TokenId) -> Result<()> {
        let now = self.0.now();
        let by = (Entry::operator(now, Deed::TokenRevoked, ""), None);
        let unit = bare::<bool, _>(move |tx| Box::pin(revoke_token(tx, id, None, now, by.clone())));
        let revoked = self.0.write_all("revoke a token", unit).await?;
        self.0.0.tokens.forget();
        if revoked { Ok(()) } else { Err(Error::NotFound(What::Token)) }
    }

    pub(crate) async fn account_called(&self, name: &str) -> Result<AccountNo> {
        let name = Arc::new(name.to_owned());
        let unit = bare::<Option<AccountNo>, _>(move |tx| {
            let name = name.clone();
            Box::pin(async move { account::by_name(tx, &name).await })
        });
        self.0.read_all("find an account", unit).await?.ok_or(Error::NotFound(What::Account))
    }
}

async fn make_account(tx: &mut Tx, name: &str, root: FolderId, now: Time) -> Outcome<Account> {
    if let Some(no) = account::by_name(tx, name).await? {
        return Err(Error::Exists { what: What::Account, no: no.0, id: no.to_string() }.into());
    }
    let no = AccountNo(account::last(tx).await? + 1);
    account::add(tx, no, name, now, TRASH_DAYS).await?;
    let mut t = Tenanted::new(tx, no);
    book::open(&mut t).await?;
    folder::add_root(&mut t, root, now).await?;
    account::ensure_user(&mut t, UserNo::OWNER, "owner", now).await?;
    note(&mut t, Entry::operator(now, Deed::AccountCreated, "")).await?;
    Ok(account::get(&mut t).await?.ok_or(Error::bug("a new account is not there"))?)
}

/// Takes a token back, with the grant that it was got by; false when there is none, or none of the account `only`.
pub(crate) async fn revoke_token(
    tx: &mut Tx,
    id: TokenId,
    only: Option<AccountNo>,
    now: Time,
    (by, errand): (Entry, Option<Arc<Errand>>),
) -> Outcome<bool> {
    let found = token::by_id(tx, id).await?.filter(|token| only.is_none_or(|account| token.account == account));
    let Some(found) = found else { return Ok(false) };
    take_back(&mut Tenanted::new(tx, found.account).on(errand), &found, now, by).await?;
    Ok(true)
}

/// Takes a token of the unit's account back, with the grant that it was got by.
pub(crate) async fn take_back(t: &mut Tenanted<'_>, token: &Token, now: Time, by: Entry) -> Outcome<()> {
    if let Some(grant) = token.grant {
        grant::end(t, grant, now).await?;
    }
    token::revoke(t.bare(), token.id, now).await?;
    let grant = token.grant.map(|grant| format!(" grant/{grant}")).unwrap_or_default();
    note(t, by.to(format!("token/{}{grant}", token.id))).await
}

/// What a token is made of.
pub(crate) struct Mint {
    pub(crate) account: AccountNo,
    pub(crate) user: UserNo,
    /// Checked.
    pub(crate) name: String,
    pub(crate) scopes: Scopes,
    pub(crate) life: Option<Duration>,
    pub(crate) form: TokenForm,
    /// What it opens instead of the account, for a panel.
    pub(crate) panel: Option<Pass>,
}

/// Makes a token for a caller, or for the operator; its text exists only in what this returns.
pub(crate) async fn mint(core: &Core, plan: Mint, by: Option<&Caller>) -> Result<(Token, Secret)> {
    let now = core.now();
    let token = Token {
        id: TokenId(entropy::uuid(now)),
        no: 0,
        name: plan.name,
        account: plan.account,
        user: plan.user,
        scopes: plan.scopes,
        created_at: now,
        expires_at: plan.life.map(|life| now.plus(life)),
        last_used_at: None,
        grant: None,
        panel: plan.panel,
    };
    let secret = URL_SAFE_NO_PAD.encode(entropy::secret());
    let text = match &plan.form {
        TokenForm::Plain => plain(token.id, &secret),
        TokenForm::Jwt { vendors } => jwt(&token, &core.0.domain, vendors, &secret),
    };
    let target = format!("token/{} user/{}", token.id, token.user);
    let by = match by {
        Some(caller) => Entry::by(caller, now, Deed::TokenCreated, target),
        None => Entry::operator(now, Deed::TokenCreated, target),
    };
    let fixed = Arc::new((token, hex::encode(digest(&text)), by));
    let unit = tenanted::<Token, _>(move |mut t| {
        let fixed = fixed.clone();
        Box::pin(async move {
            let token = token::add(&mut t, &fixed.0, &fixed.1).await?;
            note(&mut t, fixed.2.clone()).await?;
            Ok(token)
        })
    });
    let token = core.write("keep a token", plan.account, unit).await?;
    Ok((token, Secret::new(text)))
}

/// A plain token's text.
pub(crate) fn plain(id: TokenId, secret: &str) -> String {
    format!("att_{}_{secret}", id.0.simple())
}

/// When a token without an end ends for those who read its claims: 2100-01-01. It works longer.
const EXP_NEVER: i64 = 4_102_444_800;

/// A text of a JWT's shape, with the claims that a vendor's clients look for. Where the signature stands is the secret:
/// nothing is signed, since the whole text is looked up.
fn jwt(token: &Token, domain: &str, vendors: &[&'static str], secret: &str) -> String {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let scopes = token.scopes.iter().map(attache_model::Scope::word);
    let header = part(serde_json::json!({ "typ": "JWT", "alg": "HS256" }));
    let payload = part(serde_json::json!({
        "aud": "attache",
        "jti": token.id.0.simple().to_string(),
        "iat": token.created_at.seconds(),
        "nbf": token.created_at.seconds(),
        "exp": token.expires_at.map_or(EXP_NEVER, Time::seconds),
        "sub": token.user.to_string(),
        "grant_type": "",
        "account_id": token.account.0,
        "base_domain": domain,
        "api_domain": domain,
        "version": 2,
        "scopes": scopes.chain(vendors.iter().copied()).collect::<Vec<_>>(),
    }));
    format!("{header}.{payload}.{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::{Scope, id::TokenId};

    #[test]
    fn a_token_in_a_jwts_shape_says_what_clients_look_for_and_hides_its_secret_from_the_claims() {
        let token = Token {
            id: TokenId(uuid::Uuid::nil()),
            no: 9,
            name: String::from("for a test"),
            account: AccountNo(7),
            user: UserNo(3),
            scopes: [Scope::FilesRead].into_iter().collect(),
            created_at: Time(5_000_000),
            expires_at: None,
            last_used_at: None,
            grant: None,
            panel: None,
        };
        let secret = URL_SAFE_NO_PAD.encode([9; 32]);
        let text = jwt(&token, "files.example.com", &["files"], &secret);
        let parts: Vec<&str> = text.split('.').collect();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(read(parts[0]), serde_json::json!({ "typ": "JWT", "alg": "HS256" }));
        assert_eq!(
            read(parts[1]),
            serde_json::json!({
                "aud": "attache", "jti": "00000000000000000000000000000000", "iat": 5, "nbf": 5, "exp": EXP_NEVER,
                "sub": "3", "grant_type": "", "account_id": 7, "base_domain": "files.example.com",
                "api_domain": "files.example.com", "version": 2, "scopes": ["files:read", "files"]
            })
        );
        assert_eq!(parts[2..], [secret.as_str()]);
    }
}
