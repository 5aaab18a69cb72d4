//! Tokens: kept by the digest of the whole text; the secret itself is nowhere.

use crate::errand::By;
use crate::node;
use crate::table::account;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::id::{GrantId, TokenId};
use attache_model::scope::Scopes;
use attache_model::token::{Pass, Token};
use attache_model::{AccountNo, Time, UserNo};

sql!(
    TOKEN_ADD,
    "INSERT INTO token (account_no, no, id, digest, name, user_no, scopes, created_at, expires_at, last_used_at, revoked_at, grant_id,
       panel_record, panel_scopes, minted_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $12, $13)"
);
/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "token.id, token.account_no, token.user_no, token.scopes, token.created_at, token.expires_at, token.last_used_at, \
         token.grant_id, token.no, token.name, token.panel_record, token.panel_scopes, token.minted_by"
    };
}

/// The condition that neither a token was taken back nor the one it was made with.
macro_rules! works {
    () => {
        "token.revoked_at = 0 AND (token.minted_by = '' OR EXISTS (SELECT 1 FROM token m \
         WHERE m.id = token.minted_by AND m.revoked_at = 0))"
    };
}

sql!(TOKEN_BY_DIGEST, concat!("SELECT ", columns!(), " FROM token WHERE token.digest = $1 AND ", works!()));
sql!(TOKEN_WAS_BY_DIGEST, "SELECT account_no, user_no, id FROM token WHERE digest = $1");
sql!(TOKEN_WAS_BY_ID, "SELECT account_no, user_no, id FROM token WHERE id = $1");
sql!(TOKEN_BY_ID, concat!("SELECT ", columns!(), " FROM token WHERE token.id = $1 AND ", works!()));
// The lists have no tokens of panels: there may be one for each look at a record, and they end by themselves.
sql!(
    TOKEN_BY_NO,
    concat!(
        "SELECT ",
        columns!(),
        " FROM token WHERE account_no = $1 AND no = $2 AND no > 0 AND user_no = $3 AND revoked_at = 0 AND panel_record = ''"
    )
);
sql!(
    TOKEN_OF_USER,
    concat!(
        "SELECT ",
        columns!(),
        " FROM token WHERE account_no = $1 AND user_no = $2 AND revoked_at = 0 AND panel_record = '' ORDER BY no"
    )
);
sql!(
    TOKEN_LIST,
    concat!(
        "SELECT ",
        columns!(),
        " FROM token WHERE revoked_at = 0 AND panel_record = '' ORDER BY account_no, created_at, id"
    )
);
sql!(TOKEN_USED, "UPDATE token SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2");
sql!(TOKEN_REVOKE, "UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0");
sql!(
    TOKEN_REVOKE_GRANTED,
    "UPDATE token SET revoked_at = $3 WHERE account_no = $1 AND grant_id = $2 AND grant_id <> '' AND revoked_at = 0"
);
// Nobody asks for a panel's token that ended.
sql!(
    TOKEN_FORGET,
    "DELETE FROM token WHERE expires_at < $1 OR (revoked_at > 0 AND revoked_at < $1) OR (expires_at < $2 AND panel_record <> '')"
);

fn read(rec: &Rec<'_>) -> Result<Token, attache_db::Error> {
    Ok(Token {
        id: TokenId(super::uuid(rec, 0)?),
        account: AccountNo(rec.int(1)?),
        user: UserNo(rec.int(2)?),
        scopes: Scopes::from_text(&rec.text(3)?),
        created_at: super::time(rec, 4)?,
        expires_at: super::end_or_never(rec, 5)?,
        last_used_at: super::time_or_none(rec, 6)?,
        grant: granted_by(rec, 7)?,
        no: rec.int(8)?,
        name: rec.text(9)?,
        panel: pass(rec)?,
    })
}

fn pass(rec: &Rec<'_>) -> Result<Option<Pass>, attache_db::Error> {
    let record = rec.text(10)?;
    if record.is_empty() {
        return Ok(None);
    }
    Ok(Some(Pass {
        record: record.parse().map_err(|_| super::foreign(10, "a record"))?,
        scopes: Scopes::from_text(&rec.text(11)?),
        minted_by: TokenId(super::uuid(rec, 12)?),
    }))
}

fn granted_by(rec: &Rec<'_>, column: usize) -> Result<Option<GrantId>, attache_db::Error> {
    let text = rec.text(column)?;
    if text.is_empty() { Ok(None) } else { super::uuid(rec, column).map(|id| Some(GrantId(id))) }
}

/// Keeps a token under the digest of its text; gives it with its number, the next one of its account.
pub(crate) async fn add(t: &mut Tenanted<'_>, token: &Token, digest: &str) -> Outcome<Token> {
    let no = account::take_numbers(t, "token", 1).await?;
    let expires = token.expires_at.unwrap_or(Time::NEVER);
    let (id, scopes) = (token.id.to_string(), token.scopes.to_text());
    let grant = token.grant.map(|id| id.to_string()).unwrap_or_default();
    let [record, panel_scopes, minter] = token.panel.as_ref().map_or_else(Default::default, |pass| {
        [pass.record.to_string(), pass.scopes.to_text(), pass.minted_by.to_string()]
    });
    let vals = vals![
        no,
        &id,
        digest,
        &token.name,
        token.user.0,
        &scopes,
        token.created_at.0,
        expires.0,
        &grant,
        &record,
        &panel_scopes,
        &minter,
    ];
    t.run(&TOKEN_ADD, vals).await?;
    Ok(Token { no, ..token.clone() })
}

/// The token whose text has this digest, unless it or the one it was made with was revoked.
pub(crate) async fn by_digest(tx: &mut Tx, digest: &str) -> Outcome<Option<Token>> {
    Ok(tx.one(&TOKEN_BY_DIGEST, vals![digest], read).await?)
}

/// The token of that id, unless it or the one it was made with was revoked.
pub(crate) async fn by_id(tx: &mut Tx, id: TokenId) -> Outcome<Option<Token>> {
    Ok(tx.one(&TOKEN_BY_ID, vals![&id.to_string()], read).await?)
}

/// Whose the token is or was whose text has this digest.
pub(crate) async fn was_by_digest(tx: &mut Tx, digest: &str) -> Outcome<Option<By>> {
    Ok(tx.one(&TOKEN_WAS_BY_DIGEST, vals![digest], read_by).await?)
}

/// Whose the token of that id is or was.
pub(crate) async fn was_by_id(tx: &mut Tx, id: TokenId) -> Outcome<Option<By>> {
    Ok(tx.one(&TOKEN_WAS_BY_ID, vals![&id.to_string()], read_by).await?)
}

fn read_by(rec: &Rec<'_>) -> Result<By, attache_db::Error> {
    let token = Some(TokenId(super::uuid(rec, 2)?));
    Ok(By { account: AccountNo(rec.int(0)?), user: UserNo(rec.int(1)?), token })
}

/// A user's token of that number, unless it was revoked.
pub(crate) async fn by_no(t: &mut Tenanted<'_>, user: UserNo, no: i64) -> Outcome<Option<Token>> {
    t.one(&TOKEN_BY_NO, vals![no, user.0], read).await
}

/// A user's tokens that were not revoked, in the order of their numbers.
pub(crate) async fn of_user(t: &mut Tenanted<'_>, user: UserNo) -> Outcome<Vec<Token>> {
    t.all(&TOKEN_OF_USER, vals![user.0], read).await
}

/// Every token that was not revoked, but those of panels.
pub(crate) async fn list(tx: &mut Tx) -> Outcome<Vec<Token>> {
    Ok(tx.all(&TOKEN_LIST, &[], read).await?)
}

/// Notes that a token was used.
pub(crate) async fn used(tx: &mut Tx, id: TokenId, now: Time) -> Outcome<u64> {
    Ok(tx.run(&TOKEN_USED, vals![&id.to_string(), now.0]).await?)
}

/// Takes a token back, of which every node hears; 0 when there is none.
pub(crate) async fn revoke(tx: &mut Tx, id: TokenId, now: Time) -> Outcome<u64> {
    let revoked = tx.run(&TOKEN_REVOKE, vals![&id.to_string(), now.0]).await?;
    node::say_token(tx).await?;
    Ok(revoked)
}

/// Takes every token back that was got by a grant, of which every node hears.
pub(crate) async fn revoke_granted(t: &mut Tenanted<'_>, grant: GrantId, now: Time) -> Outcome<u64> {
    let revoked = t.run(&TOKEN_REVOKE_GRANTED, vals![&grant.to_string(), now.0]).await?;
    node::say_token(t.bare()).await?;
    Ok(revoked)
}

/// Forgets tokens that ended before `before`, and those of panels that have ended by `now`.
pub(crate) async fn forget(tx: &mut Tx, before: Time, now: Time) -> Outcome<u64> {
    Ok(tx.run(&TOKEN_FORGET, vals![before.0, now.0]).await?)
}
