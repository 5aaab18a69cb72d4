//! Accounts, their users, and the counters that their numbers come from.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Tx, sql};
use attache_model::account::{Account, Quota};
use attache_model::{AccountNo, Time, User, UserNo};

sql!(ACCOUNT_LAST, "SELECT COALESCE(MAX(no), 0) FROM account");
sql!(ACCOUNT_ADD, "INSERT INTO account (no, name, created_at, trash_days) VALUES ($1, $2, $3, $4)");
sql!(
    ACCOUNT_LIST,
    "SELECT a.no, a.name, a.created_at, a.trash_days, b.quota_bytes, b.quota_files, a.panel_origins
     FROM account a JOIN book b ON b.account_no = a.no ORDER BY a.no"
);
sql!(
    ACCOUNT_GET,
    "SELECT a.no, a.name, a.created_at, a.trash_days, b.quota_bytes, b.quota_files, a.panel_origins
     FROM account a JOIN book b ON b.account_no = a.no WHERE a.no = $1 AND b.account_no = $1"
);
sql!(ACCOUNT_BY_NAME, "SELECT no FROM account WHERE name = $1");
sql!(ACCOUNT_PANEL_ORIGINS, "SELECT panel_origins FROM account WHERE no = $1");
sql!(ACCOUNT_SET_PANEL_ORIGINS, "UPDATE account SET panel_origins = $2 WHERE no = $1");
sql!(ACCOUNT_SET_TRASH_DAYS, "UPDATE account SET trash_days = $2 WHERE no = $1");
sql!(
    USER_ENSURE,
    "INSERT INTO account_user (account_no, no, name, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_no, no) DO NOTHING"
);
sql!(USER_LIST, "SELECT no, name, created_at FROM account_user WHERE account_no = $1 ORDER BY no");
sql!(USER_GET, "SELECT no FROM account_user WHERE account_no = $1 AND no = $2");
sql!(
    COUNTER_TAKE,
    "INSERT INTO counter (account_no, kind, next) VALUES ($1, $2, $3 + 1)
     ON CONFLICT (account_no, kind) DO UPDATE SET next = counter.next + $3
     RETURNING next"
);

fn read(rec: &attache_db::Rec<'_>) -> Result<Account, attache_db::Error> {
    let limit = |column| rec.int(column).map(|limit| u64::try_from(limit).ok());
    Ok(Account {
        no: AccountNo(rec.int(0)?),
        name: rec.text(1)?,
        created_at: super::time(rec, 2)?,
        trash_days: u32::try_from(rec.int(3)?).unwrap_or(u32::MAX),
        quota: Quota { bytes: limit(4)?, files: limit(5)? },
        panel_origins: rec.text(6)?.split(' ').filter(|origin| !origin.is_empty()).map(str::to_owned).collect(),
    })
}

/// The greatest account number there is, 0 for none.
pub(crate) async fn last(tx: &mut Tx) -> Outcome<i64> {
    Ok(tx.one(&ACCOUNT_LAST, &[], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// Makes an account's row.
pub(crate) async fn add(tx: &mut Tx, no: AccountNo, name: &str, now: Time, trash_days: u32) -> Outcome<u64> {
    Ok(tx.run(&ACCOUNT_ADD, vals![no.0, name, now.0, trash_days]).await?)
}

/// All accounts by number.
pub(crate) async fn list(tx: &mut Tx) -> Outcome<Vec<Account>> {
    Ok(tx.all(&ACCOUNT_LIST, &[], read).await?)
}

/// The number of the account called `name`.
pub(crate) async fn by_name(tx: &mut Tx, name: &str) -> Outcome<Option<AccountNo>> {
    Ok(tx.one(&ACCOUNT_BY_NAME, vals![name], |rec| rec.int(0).map(AccountNo)).await?)
}

/// The account of this unit.
pub(crate) async fn get(t: &mut Tenanted<'_>) -> Outcome<Option<Account>> {
    t.one(&ACCOUNT_GET, &[], read).await
}

/// Changes how long deleted files stay in the trash.
pub(crate) async fn set_trash_days(t: &mut Tenanted<'_>, days: u32) -> Outcome<u64> {
    t.run(&ACCOUNT_SET_TRASH_DAYS, vals![days]).await
}

/// The origins of pages that may show the account's panels, joined by blanks; empty for an account that is not there.
pub(crate) async fn panel_origins(t: &mut Tenanted<'_>) -> Outcome<String> {
    Ok(t.one(&ACCOUNT_PANEL_ORIGINS, &[], |rec| rec.text(0)).await?.unwrap_or_default())
}

/// Changes which pages may show the account's panels.
pub(crate) async fn set_panel_origins(t: &mut Tenanted<'_>, origins: &str) -> Outcome<u64> {
    t.run(&ACCOUNT_SET_PANEL_ORIGINS, vals![origins]).await
}

/// Makes a user where there is none of that number.
pub(crate) async fn ensure_user(t: &mut Tenanted<'_>, user: UserNo, name: &str, now: Time) -> Outcome<u64> {
    t.run(&USER_ENSURE, vals![user.0, name, now.0]).await
}

/// Whether the account has a user of that number.
pub(crate) async fn has_user(t: &mut Tenanted<'_>, user: UserNo) -> Outcome<bool> {
    Ok(t.one(&USER_GET, vals![user.0], |rec| rec.int(0)).await?.is_some())
}

/// The account's users, by number.
pub(crate) async fn users(t: &mut Tenanted<'_>) -> Outcome<Vec<User>> {
    let read = |rec: &attache_db::Rec<'_>| {
        Ok(User { no: UserNo(rec.int(0)?), name: rec.text(1)?, created_at: super::time(rec, 2)? })
    };
    t.all(&USER_LIST, &[], read).await
}

/// Takes `count` numbers of a kind; the first that was not taken yet.
pub(crate) async fn take_numbers(t: &mut Tenanted<'_>, kind: &str, count: i64) -> Outcome<i64> {
    let next = t.one(&COUNTER_TAKE, vals![kind, count], |rec| rec.int(0)).await?;
    Ok(next.unwrap_or(count + 1) - count)
}
