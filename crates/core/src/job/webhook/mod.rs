//! Webhooks: an account's events become deliveries, and deliveries become messages that are sent until they arrive. There
//! is one open task for each webhook for which something waits, so a receiver that hangs holds up nobody else's.

mod fan;
mod message;
mod round;
mod schedule;
mod send;

pub(crate) use fan::{revive, watch};
pub(crate) use message::{new_secret, test};
pub(crate) use send::send;

use super::{Ended, Verdict};
use crate::figure::End;
use crate::settle::Held;
use crate::table::{delivery, task, webhook};
use crate::task::worker::LEASE;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Caller, Core, entropy};
use attache_model::id::{TaskId, WebhookId};
use attache_model::{Error, Result, Time, UserNo};
use serde::{Deserialize, Serialize};

/// The kind's word.
pub(crate) const KIND: &str = "webhook";
/// Webhooks that a process sends to at once. Each has few connections.
pub(crate) const AT_ONCE: usize = 32;

/// Whose deliveries go out.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    webhook: WebhookId,
}

/// Sends a few of what is due, and writes down when it goes on. Receivers' failures are no failures of the task.
pub(crate) async fn run(core: &Core, caller: &Caller, held: Held, payload: Payload) -> Ended {
    let id = payload.webhook;
    let find =
        tenanted::<Option<webhook::Row>, _>(move |mut t| Box::pin(async move { webhook::get(&mut t, id).await }));
    let found = core.read("read a webhook", caller.account(), find).await?;
    if let Some(row) = found.filter(|row| row.webhook.disabled_at.is_none() && row.resume_at <= core.now()) {
        round::run(core, caller.account(), &row).await?;
    }
    Err(Verdict::Written(rest(core, caller, held, id).await?))
}

/// Puts the task back until the next delivery is due, or ends it where none waits.
async fn rest(core: &Core, caller: &Caller, held: Held, id: WebhookId) -> Result<End> {
    let now = core.now();
    let unit = tenanted::<End, _>(move |mut t| {
        Box::pin(async move {
            // Held first: who puts deliveries in line calls the task, and this waits for them, or they wait for this.
            if !task::renew(t.bare(), held.id, held.lease, now.plus(LEASE)).await? {
                return Ok(End::PutOff);
            }
            match goes_on(&mut t, id).await? {
                Some(at) => task::rest(t.bare(), held.id, held.lease, at).await.map(|_| End::PutOff),
                None => task::leave(t.bare(), held.id, held.lease).await.map(|_| End::Done),
            }
        })
    });
    core.write("put a webhook's task back", caller.account(), unit).await
}

/// When there is something to send; `None` for nothing, and while it is disabled.
async fn goes_on(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<Option<Time>> {
    let Some(row) = webhook::get(t, id).await?.filter(|row| row.webhook.disabled_at.is_none()) else {
        return Ok(None);
    };
    Ok(delivery::next(t, id).await?.map(|at| at.max(row.resume_at)))
}

/// Makes the webhook's task due, in the unit that put something in line.
pub(crate) async fn call(t: &mut Tenanted<'_>, core: &Core, id: WebhookId, now: Time) -> Outcome<()> {
    let payload =
        serde_json::to_string(&Payload { webhook: id }).map_err(|error| Error::internal("name a webhook", error))?;
    let new = task::NewTask {
        id: TaskId(entropy::uuid(now)),
        actor: UserNo::OWNER,
        scopes: std::iter::empty().collect(),
        kind: KIND,
        payload,
        run_at: now,
        dedup: Some(id.to_string()),
        requested_at: now,
    };
    task::call(t, &new).await?;
    let core = core.clone();
    t.after_commit(move || core.wake());
    Ok(())
}
