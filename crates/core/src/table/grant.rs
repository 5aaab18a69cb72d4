//! Grants and their vouchers. A voucher and a client's secret are kept by their digests; the texts are nowhere.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::grant::Grant;
use attache_model::id::GrantId;
use attache_model::scope::Scopes;
use attache_model::{AccountNo, Time, UserNo};

sql!(
    GRANT_ADD,
    "INSERT INTO token_grant (account_no, id, user_no, scopes, client_id, client_digest, created_at, expires_at, used_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)"
);
sql!(
    GRANT_LIST,
    "SELECT account_no, id, user_no, scopes, client_id, created_at, expires_at, used_at FROM token_grant
     WHERE revoked_at = 0 ORDER BY account_no, created_at, id"
);
sql!(GRANT_ACCOUNT, "SELECT account_no FROM token_grant WHERE id = $1");
sql!(GRANT_CLIENT, "SELECT id FROM token_grant WHERE client_id = $1 AND client_digest = $2 LIMIT 1");
sql!(GRANT_HOLD, "UPDATE token_grant SET revoked_at = 0 WHERE account_no = $1 AND id = $2 AND revoked_at = 0");
sql!(GRANT_TRADED, "UPDATE token_grant SET used_at = $3, expires_at = $4 WHERE account_no = $1 AND id = $2");
sql!(
    GRANT_REVOKE,
    "UPDATE token_grant SET revoked_at = $3, expires_at = $3 WHERE account_no = $1 AND id = $2 AND revoked_at = 0"
);
sql!(GRANT_FORGET, "DELETE FROM token_grant WHERE expires_at < $1");
sql!(
    VOUCHER_ADD,
    "INSERT INTO voucher (account_no, grant_id, digest, kind, created_at, expires_at, used_at)
     VALUES ($1, $2, $3, $4, $5, $6, 0)"
);
sql!(
    VOUCHER_FIND,
    "SELECT v.account_no, v.grant_id, g.client_id, g.client_digest
     FROM voucher v JOIN token_grant g ON g.account_no = v.account_no AND g.id = v.grant_id WHERE v.digest = $1"
);
sql!(
    VOUCHER_GET,
    "SELECT v.kind, v.expires_at, v.used_at, g.user_no, g.scopes
     FROM voucher v JOIN token_grant g ON g.account_no = $1 AND g.id = v.grant_id
     WHERE v.account_no = $1 AND v.grant_id = $2 AND v.digest = $3"
);
sql!(
    VOUCHER_USED,
    "UPDATE voucher SET used_at = $4 WHERE account_no = $1 AND grant_id = $2 AND digest = $3 AND used_at = 0"
);
sql!(VOUCHER_FORGET, "DELETE FROM voucher WHERE expires_at < $1");

/// What is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first voucher of a grant.
    Code,
    /// Every later one.
    Refresh,
}

impl Kind {
    fn code(self) -> i64 {
        match self {
            Kind::Code => 0,
            Kind::Refresh => 1,
        }
    }

    fn from_code(code: i64) -> Option<Kind> {
        [Kind::Code, Kind::Refresh].into_iter().find(|kind| kind.code() == code)
    }
}

/// Whose voucher it is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) account: AccountNo,
    pub(crate) grant: GrantId,
    pub(crate) client: String,
    pub(crate) client_digest: String,
}

/// A voucher, and what its grant allows.
#[derive(Clone, Debug)]
pub(crate) struct Voucher {
    pub(crate) kind: Kind,
    pub(crate) expires_at: Time,
    pub(crate) used_at: Option<Time>,
    pub(crate) user: UserNo,
    pub(crate) scopes: Scopes,
}

/// Keeps a grant whose client's secret has this digest.
pub(crate) async fn add(t: &mut Tenanted<'_>, grant: &Grant, client_digest: &str) -> Outcome<u64> {
    let (id, scopes) = (grant.id.to_string(), grant.scopes.to_text());
    let (created, expires) = (grant.created_at.0, grant.expires_at.0);
    t.run(&GRANT_ADD, vals![&id, grant.user.0, &scopes, &grant.client, client_digest, created, expires]).await
}

/// Every grant that was not revoked.
pub(crate) async fn list(tx: &mut Tx) -> Outcome<Vec<Grant>> {
    let read = |rec: &Rec<'_>| {
        Ok(Grant {
            account: AccountNo(rec.int(0)?),
            id: GrantId(super::uuid(rec, 1)?),
            user: UserNo(rec.int(2)?),
            scopes: Scopes::from_text(&rec.text(3)?),
            client: rec.text(4)?,
            created_at: super::time(rec, 5)?,
            expires_at: super::time(rec, 6)?,
            used_at: super::time_or_none(rec, 7)?,
        })
    };
    Ok(tx.all(&GRANT_LIST, &[], read).await?)
}

/// Whose a grant is.
pub(crate) async fn account(tx: &mut Tx, id: GrantId) -> Outcome<Option<AccountNo>> {
    Ok(tx.one(&GRANT_ACCOUNT, vals![&id.to_string()], |rec| rec.int(0).map(AccountNo)).await?)
}

/// Whether any grant is a client's of this name and secret.
pub(crate) async fn knows_client(tx: &mut Tx, client: &str, client_digest: &str) -> Outcome<bool> {
    Ok(tx.one(&GRANT_CLIENT, vals![client, client_digest], |rec| rec.text(0)).await?.is_some())
}

/// Keeps everybody else from the grant until the end of the unit; false when it was revoked.
pub(crate) async fn hold(t: &mut Tenanted<'_>, id: GrantId) -> Outcome<bool> {
    Ok(t.run(&GRANT_HOLD, vals![&id.to_string()]).await? == 1)
}

/// Notes that a voucher was traded for one that ends at `until`.
pub(crate) async fn traded(t: &mut Tenanted<'_>, id: GrantId, now: Time, until: Time) -> Outcome<u64> {
    t.run(&GRANT_TRADED, vals![&id.to_string(), now.0, until.0]).await
}

/// Takes a grant back; 0 when there is none.
pub(crate) async fn revoke(t: &mut Tenanted<'_>, id: GrantId, now: Time) -> Outcome<u64> {
    t.run(&GRANT_REVOKE, vals![&id.to_string(), now.0]).await
}

/// Keeps a fresh voucher.
pub(crate) async fn add_voucher(
    t: &mut Tenanted<'_>,
    grant: GrantId,
    kind: Kind,
    digest: &str,
    now: Time,
    until: Time,
) -> Outcome<u64> {
    t.run(&VOUCHER_ADD, vals![&grant.to_string(), digest, kind.code(), now.0, until.0]).await
}

/// Whose the voucher is whose text has this digest.
pub(crate) async fn find(tx: &mut Tx, digest: &str) -> Outcome<Option<Place>> {
    let read = |rec: &Rec<'_>| {
        let (account, grant) = (AccountNo(rec.int(0)?), GrantId(super::uuid(rec, 1)?));
        Ok(Place { account, grant, client: rec.text(2)?, client_digest: rec.text(3)? })
    };
    Ok(tx.one(&VOUCHER_FIND, vals![digest], read).await?)
}

/// A grant's voucher.
pub(crate) async fn voucher(t: &mut Tenanted<'_>, grant: GrantId, digest: &str) -> Outcome<Option<Voucher>> {
    let read = |rec: &Rec<'_>| {
        Ok(Voucher {
            kind: super::coded(rec, 0, Kind::from_code, "a kind of voucher")?,
            expires_at: super::time(rec, 1)?,
            used_at: super::time_or_none(rec, 2)?,
            user: UserNo(rec.int(3)?),
            scopes: Scopes::from_text(&rec.text(4)?),
        })
    };
    t.one(&VOUCHER_GET, vals![&grant.to_string(), digest], read).await
}

/// Notes the first use of a voucher.
pub(crate) async fn used(t: &mut Tenanted<'_>, grant: GrantId, digest: &str, now: Time) -> Outcome<u64> {
    t.run(&VOUCHER_USED, vals![&grant.to_string(), digest, now.0]).await
}

/// Forgets vouchers that ended before `now`, and grants that ended before `before`.
pub(crate) async fn forget(tx: &mut Tx, now: Time, before: Time) -> Outcome<u64> {
    Ok(tx.run(&VOUCHER_FORGET, vals![now.0]).await? + tx.run(&GRANT_FORGET, vals![before.0]).await?)
}
