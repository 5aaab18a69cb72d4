//! Deliveries: one event on its way to one webhook.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, Val, sql};
use attache_model::event::{Event, EventKind};
use attache_model::id::{DeliveryId, WebhookId};
use attache_model::webhook::{Delivery, DeliveryState};
use attache_model::{AccountNo, FileId, Time};

sql!(
    DELIVERY_ADD,
    "INSERT INTO delivery (account_no, webhook_id, event_no, id, state, attempts, queued_at, next_at, tried_at, status, error)
     VALUES ($1, $2, $3, $4, 0, 0, $5, $5, 0, 0, '')
     ON CONFLICT (account_no, webhook_id, event_no)
       DO UPDATE SET state = 0, attempts = 0, queued_at = excluded.queued_at, next_at = excluded.next_at"
);
sql!(
    DELIVERY_DUE,
    "SELECT e.no, e.kind, e.file_no, e.folder_no, e.record, e.actor_no, e.at, f.id, d.id, d.attempts, d.queued_at
     FROM delivery d JOIN event e ON e.account_no = $1 AND e.no = d.event_no
       LEFT JOIN file f ON f.account_no = $1 AND f.no = e.file_no
     WHERE d.account_no = $1 AND d.webhook_id = $2 AND d.state = 0 AND d.next_at <= $3
     ORDER BY d.next_at, d.event_no LIMIT $4"
);
sql!(DELIVERY_NEXT, "SELECT MIN(next_at) FROM delivery WHERE account_no = $1 AND webhook_id = $2 AND state = 0");
sql!(
    DELIVERY_TRIED,
    "UPDATE delivery SET state = $5, attempts = attempts + 1, tried_at = $6, next_at = $7, status = $8, error = $9
     WHERE account_no = $1 AND webhook_id = $2 AND event_no = $3 AND state = 0 AND attempts = $4"
);
sql!(
    DELIVERY_AGAIN,
    "UPDATE delivery SET state = 0, attempts = 0, queued_at = $4, next_at = $4
     WHERE account_no = $1 AND webhook_id = $2 AND id = $3"
);
sql!(
    DELIVERY_REVIVE,
    "UPDATE delivery SET attempts = 0, queued_at = $3, next_at = $3 WHERE account_no = $1 AND webhook_id = $2 AND state = 0"
);
sql!(
    DELIVERY_GET,
    "SELECT d.id, d.event_no, e.kind, d.state, d.attempts, d.queued_at, d.next_at, d.tried_at, d.status, d.error
     FROM delivery d JOIN event e ON e.account_no = $1 AND e.no = d.event_no
     WHERE d.account_no = $1 AND d.webhook_id = $2 AND d.id = $3"
);
sql!(
    DELIVERY_LIST,
    "SELECT d.id, d.event_no, e.kind, d.state, d.attempts, d.queued_at, d.next_at, d.tried_at, d.status, d.error
     FROM delivery d JOIN event e ON e.account_no = $1 AND e.no = d.event_no
     WHERE d.account_no = $1 AND d.webhook_id = $2 AND d.event_no < $3
     ORDER BY d.event_no DESC LIMIT $4"
);
sql!(
    DELIVERY_LIST_OF_STATE,
    "SELECT d.id, d.event_no, e.kind, d.state, d.attempts, d.queued_at, d.next_at, d.tried_at, d.status, d.error
     FROM delivery d JOIN event e ON e.account_no = $1 AND e.no = d.event_no
     WHERE d.account_no = $1 AND d.webhook_id = $2 AND d.state = $5 AND d.event_no < $3
     ORDER BY d.event_no DESC LIMIT $4"
);
sql!(
    DELIVERY_STRANDED,
    "SELECT w.account_no, w.id FROM webhook w
     WHERE w.disabled_at = 0
       AND EXISTS (SELECT 1 FROM delivery d WHERE d.account_no = w.account_no AND d.webhook_id = w.id AND d.state = 0)
       AND NOT EXISTS (SELECT 1 FROM task t
         WHERE t.account_no = w.account_no AND t.kind = $1 AND t.dedup = w.id AND t.state < 2)
     LIMIT $2"
);
sql!(DELIVERY_FORGET, "DELETE FROM delivery WHERE state > 0 AND tried_at < $1");

/// A delivery whose time has come, with what its message tells.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) id: DeliveryId,
    pub(crate) event: Event,
    /// The id of the event's file, where it is still there.
    pub(crate) file: Option<FileId>,
    pub(crate) attempts: i64,
    pub(crate) queued_at: Time,
}

/// How a try ended.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) state: DeliveryState,
    pub(crate) at: Time,
    pub(crate) next_at: Time,
    pub(crate) status: Option<u16>,
    pub(crate) error: String,
}

fn read(rec: &Rec<'_>) -> Result<Delivery, attache_db::Error> {
    let state = super::coded(rec, 3, DeliveryState::from_code, "a delivery's state")?;
    Ok(Delivery {
        id: DeliveryId(super::uuid(rec, 0)?),
        event: rec.int(1)?,
        kind: EventKind::from_word(&rec.text(2)?).ok_or_else(|| super::foreign(2, "a kind of event"))?,
        state,
        attempts: super::unsigned(rec, 4)?,
        queued_at: super::time(rec, 5)?,
        next_at: Some(super::time(rec, 6)?).filter(|_| state == DeliveryState::Waiting),
        tried_at: super::time_or_none(rec, 7)?,
        status: u16::try_from(rec.int(8)?).ok().filter(|status| *status > 0),
        error: rec.text(9)?,
    })
}

/// Puts deliveries of events in line; those that were there already are put in line once more.
pub(crate) async fn add(t: &mut Tenanted<'_>, webhook: WebhookId, new: &[(i64, DeliveryId)], now: Time) -> Outcome<()> {
    let webhook = webhook.to_string();
    let ids: Vec<String> = new.iter().map(|(_, id)| id.to_string()).collect();
    let vals: Vec<[Val<'_>; 4]> = new
        .iter()
        .zip(&ids)
        .map(|((event, _), id)| [Val::from(&webhook), Val::from(*event), Val::from(id), Val::from(now.0)])
        .collect();
    let items: Vec<_> = vals.iter().map(|vals| (&DELIVERY_ADD, vals.as_slice())).collect();
    t.batch(&items).await
}

/// Deliveries of a webhook that are due, those first that wait for longest, then in the order of their events.
pub(crate) async fn due(t: &mut Tenanted<'_>, webhook: WebhookId, now: Time, limit: u32) -> Outcome<Vec<Due>> {
    t.all(&DELIVERY_DUE, vals![&webhook.to_string(), now.0, limit], |rec| {
        let file = rec.text_or_null(7)?.map(|_| super::uuid(rec, 7)).transpose()?;
        Ok(Due {
            event: super::event::read(rec)?,
            file: file.map(FileId),
            id: DeliveryId(super::uuid(rec, 8)?),
            attempts: rec.int(9)?,
            queued_at: super::time(rec, 10)?,
        })
    })
    .await
}

/// When a webhook's next delivery is due; `None` when none waits.
pub(crate) async fn next(t: &mut Tenanted<'_>, webhook: WebhookId) -> Outcome<Option<Time>> {
    let first = t.one(&DELIVERY_NEXT, vals![&webhook.to_string()], |rec| rec.int_or_null(0)).await?;
    Ok(first.flatten().map(Time))
}

/// Notes how a try ended; 0 when the delivery was put in line anew meanwhile, or somebody else's try counts.
pub(crate) async fn tried(t: &mut Tenanted<'_>, webhook: WebhookId, of: &Due, trial: &Trial) -> Outcome<u64> {
    let webhook = webhook.to_string();
    let vals = vals![
        &webhook,
        of.event.no,
        of.attempts,
        trial.state.code(),
        trial.at.0,
        trial.next_at.0,
        i64::from(trial.status.unwrap_or(0)),
        &trial.error,
    ];
    t.run(&DELIVERY_TRIED, vals).await
}

/// Puts a delivery in line once more, in whatever state it is.
pub(crate) async fn again(t: &mut Tenanted<'_>, webhook: WebhookId, id: DeliveryId, now: Time) -> Outcome<u64> {
    t.run(&DELIVERY_AGAIN, vals![&webhook.to_string(), &id.to_string(), now.0]).await
}

/// Puts everything that waits in line anew.
pub(crate) async fn revive(t: &mut Tenanted<'_>, webhook: WebhookId, now: Time) -> Outcome<u64> {
    t.run(&DELIVERY_REVIVE, vals![&webhook.to_string(), now.0]).await
}

/// A delivery of a webhook.
pub(crate) async fn get(t: &mut Tenanted<'_>, webhook: WebhookId, id: DeliveryId) -> Outcome<Option<Delivery>> {
    t.one(&DELIVERY_GET, vals![&webhook.to_string(), &id.to_string()], read).await
}

/// Deliveries of a webhook of events before number `before`, newest first.
pub(crate) async fn list(
    t: &mut Tenanted<'_>,
    webhook: WebhookId,
    state: Option<DeliveryState>,
    before: i64,
    limit: u32,
) -> Outcome<Vec<Delivery>> {
    let webhook = webhook.to_string();
    match state {
        None => t.all(&DELIVERY_LIST, vals![&webhook, before, limit], read).await,
        Some(state) => t.all(&DELIVERY_LIST_OF_STATE, vals![&webhook, before, limit, state.code()], read).await,
    }
}

/// Working webhooks, of all accounts, for which something waits and no task of this kind is open.
pub(crate) async fn stranded(tx: &mut Tx, kind: &str, limit: u32) -> Outcome<Vec<(AccountNo, WebhookId)>> {
    let read = |rec: &Rec<'_>| Ok((AccountNo(rec.int(0)?), WebhookId(super::uuid(rec, 1)?)));
    Ok(tx.all(&DELIVERY_STRANDED, vals![kind, limit], read).await?)
}

/// Forgets deliveries that ended before `before`.
pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Outcome<u64> {
    Ok(tx.run(&DELIVERY_FORGET, vals![before.0]).await?)
}
