//! Webhooks: where events go to, how far they have come, and the secrets that sign them.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::id::WebhookId;
use attache_model::token::Secret;
use attache_model::webhook::{Kinds, Webhook};
use attache_model::{AccountNo, Time, UserNo};

sql!(
    WEBHOOK_ADD,
    "INSERT INTO webhook (account_no, id, name, url, kinds, secret, old_secret, old_until, position, created_at, created_by,
       failing_since, resume_at, disabled_at, disabled_why)
     VALUES ($1, $2, $3, $4, $5, $6, '', 0, (SELECT event_no FROM book WHERE account_no = $1), $7, $8, 0, 0, 0, '')"
);
sql!(
    WEBHOOK_GET,
    "SELECT id, name, url, kinds, old_until, created_at, created_by, failing_since, disabled_at, disabled_why,
       secret, old_secret, resume_at
     FROM webhook WHERE account_no = $1 AND id = $2"
);
sql!(
    WEBHOOK_LIST,
    "SELECT id, name, url, kinds, old_until, created_at, created_by, failing_since, disabled_at, disabled_why
     FROM webhook WHERE account_no = $1 ORDER BY created_at, id"
);
sql!(WEBHOOK_COUNT, "SELECT COUNT(*) FROM webhook WHERE account_no = $1");
sql!(WEBHOOK_CHANGE, "UPDATE webhook SET name = $3, url = $4, kinds = $5 WHERE account_no = $1 AND id = $2");
sql!(
    WEBHOOK_ROTATE,
    "UPDATE webhook SET old_secret = secret, old_until = $4, secret = $3 WHERE account_no = $1 AND id = $2"
);
sql!(WEBHOOK_DELETE, "DELETE FROM webhook WHERE account_no = $1 AND id = $2");
sql!(
    WEBHOOK_ENABLE,
    "UPDATE webhook SET disabled_at = 0, disabled_why = '', failing_since = 0, resume_at = 0
     WHERE account_no = $1 AND id = $2 AND disabled_at > 0"
);
sql!(
    WEBHOOK_DISABLE,
    "UPDATE webhook SET disabled_at = $3, disabled_why = $4 WHERE account_no = $1 AND id = $2 AND disabled_at = 0"
);
sql!(WEBHOOK_REACHED, "UPDATE webhook SET failing_since = 0 WHERE account_no = $1 AND id = $2 AND failing_since > 0");
sql!(WEBHOOK_MISSED, "UPDATE webhook SET failing_since = $3 WHERE account_no = $1 AND id = $2 AND failing_since = 0");
sql!(
    WEBHOOK_GIVE_UP,
    "UPDATE webhook SET disabled_at = $3, disabled_why = $4
     WHERE account_no = $1 AND id = $2 AND disabled_at = 0 AND failing_since > 0 AND failing_since <= $5"
);
sql!(WEBHOOK_HOLD, "UPDATE webhook SET resume_at = $3 WHERE account_no = $1 AND id = $2 AND resume_at < $3");
sql!(
    WEBHOOK_MOVE,
    "UPDATE webhook SET position = $4 WHERE account_no = $1 AND id = $2 AND position = $3 AND disabled_at = 0"
);
sql!(WEBHOOK_REWIND, "UPDATE webhook SET position = $3 WHERE account_no = $1 AND id = $2 AND position > $3");
sql!(
    WEBHOOK_BEHIND,
    "SELECT w.account_no, w.id, w.kinds, w.position, b.event_no FROM webhook w JOIN book b ON b.account_no = w.account_no
     WHERE w.disabled_at = 0 AND b.event_no > w.position LIMIT $1"
);

/// A webhook with what it takes to send to it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) webhook: Webhook,
    pub(crate) secret: Secret,
    /// The secret before the last rotation.
    pub(crate) old_secret: Secret,
    /// Nothing is sent before.
    pub(crate) resume_at: Time,
}

/// A webhook that has not got deliveries for every event yet.
#[derive(Clone, Debug)]
pub(crate) struct Behind {
    pub(crate) account: AccountNo,
    pub(crate) id: WebhookId,
    pub(crate) kinds: Kinds,
    pub(crate) position: i64,
    /// The account's last event.
    pub(crate) last: i64,
}

fn read(rec: &Rec<'_>) -> Result<Webhook, attache_db::Error> {
    Ok(Webhook {
        id: WebhookId(super::uuid(rec, 0)?),
        name: rec.text(1)?,
        url: rec.text(2)?,
        kinds: Kinds::from_text(&rec.text(3)?),
        old_until: super::time(rec, 4)?,
        created_at: super::time(rec, 5)?,
        created_by: UserNo(rec.int(6)?),
        failing_since: super::time_or_none(rec, 7)?,
        disabled_at: super::time_or_none(rec, 8)?,
        disabled_why: rec.text(9)?,
    })
}

/// Keeps a webhook, which gets the account's events from the next one on.
pub(crate) async fn add(t: &mut Tenanted<'_>, new: &Webhook, secret: &Secret) -> Outcome<u64> {
    let (id, kinds) = (new.id.to_string(), new.kinds.to_text());
    let vals = vals![&id, &new.name, &new.url, &kinds, secret.reveal(), new.created_at.0, new.created_by.0];
    t.run(&WEBHOOK_ADD, vals).await
}

/// A webhook, in whatever state.
pub(crate) async fn get(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<Option<Row>> {
    t.one(&WEBHOOK_GET, vals![&id.to_string()], |rec| {
        Ok(Row {
            webhook: read(rec)?,
            secret: Secret::new(rec.text(10)?),
            old_secret: Secret::new(rec.text(11)?),
            resume_at: super::time(rec, 12)?,
        })
    })
    .await
}

/// All webhooks, oldest first.
pub(crate) async fn list(t: &mut Tenanted<'_>) -> Outcome<Vec<Webhook>> {
    t.all(&WEBHOOK_LIST, &[], read).await
}

/// How many there are.
pub(crate) async fn count(t: &mut Tenanted<'_>) -> Outcome<i64> {
    Ok(t.one(&WEBHOOK_COUNT, &[], |rec| rec.int(0)).await?.unwrap_or_default())
}

/// Writes name, address and kinds.
pub(crate) async fn change(t: &mut Tenanted<'_>, to: &Webhook) -> Outcome<u64> {
    let kinds = to.kinds.to_text();
    t.run(&WEBHOOK_CHANGE, vals![&to.id.to_string(), &to.name, &to.url, &kinds]).await
}

/// Gives it another secret; the one before signs too until `until`.
pub(crate) async fn rotate(t: &mut Tenanted<'_>, id: WebhookId, secret: &Secret, until: Time) -> Outcome<u64> {
    t.run(&WEBHOOK_ROTATE, vals![&id.to_string(), secret.reveal(), until.0]).await
}

/// Removes it with its deliveries.
pub(crate) async fn delete(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<u64> {
    t.run(&WEBHOOK_DELETE, vals![&id.to_string()]).await
}

/// Lets it work again; 0 when it does.
pub(crate) async fn enable(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<u64> {
    t.run(&WEBHOOK_ENABLE, vals![&id.to_string()]).await
}

/// Lets it work no more; 0 when it is disabled already.
pub(crate) async fn disable(t: &mut Tenanted<'_>, id: WebhookId, now: Time, why: &str) -> Outcome<u64> {
    t.run(&WEBHOOK_DISABLE, vals![&id.to_string(), now.0, why]).await
}

/// Notes that a delivery has reached it.
pub(crate) async fn reached(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<u64> {
    t.run(&WEBHOOK_REACHED, vals![&id.to_string()]).await
}

/// Notes that a delivery has not reached it, and since when that is so.
pub(crate) async fn missed(t: &mut Tenanted<'_>, id: WebhookId, now: Time) -> Outcome<u64> {
    t.run(&WEBHOOK_MISSED, vals![&id.to_string(), now.0]).await
}

/// Disables it where nothing has reached it since `since`.
pub(crate) async fn give_up(t: &mut Tenanted<'_>, id: WebhookId, now: Time, why: &str, since: Time) -> Outcome<u64> {
    t.run(&WEBHOOK_GIVE_UP, vals![&id.to_string(), now.0, why, since.0]).await
}

/// Sends nothing before `until`.
pub(crate) async fn hold(t: &mut Tenanted<'_>, id: WebhookId, until: Time) -> Outcome<u64> {
    t.run(&WEBHOOK_HOLD, vals![&id.to_string(), until.0]).await
}

/// Moves a working one on over events; false when another node did, or it was moved back.
pub(crate) async fn move_on(t: &mut Tenanted<'_>, id: WebhookId, from: i64, to: i64) -> Outcome<bool> {
    Ok(t.run(&WEBHOOK_MOVE, vals![&id.to_string(), from, to]).await? == 1)
}

/// Moves it back to before the events after number `after`.
pub(crate) async fn rewind(t: &mut Tenanted<'_>, id: WebhookId, after: i64) -> Outcome<u64> {
    t.run(&WEBHOOK_REWIND, vals![&id.to_string(), after]).await
}

/// Working webhooks, of all accounts, that are behind their account's events.
pub(crate) async fn behind(tx: &mut Tx, limit: u32) -> Outcome<Vec<Behind>> {
    let read = |rec: &Rec<'_>| {
        Ok(Behind {
            account: AccountNo(rec.int(0)?),
            id: WebhookId(super::uuid(rec, 1)?),
            kinds: Kinds::from_text(&rec.text(2)?),
            position: rec.int(3)?,
            last: rec.int(4)?,
        })
    };
    Ok(tx.all(&WEBHOOK_BEHIND, vals![limit], read).await?)
}
