//! From events to deliveries. A webhook's position says how many events of its account it has deliveries for, so this is
//! done beside the changes and not in them, and nothing is lost when a process dies in between.

use super::{KIND, call};
use crate::Core;
use crate::table::webhook::Behind;
use crate::table::{delivery, event, webhook};
use crate::unit::{Outcome, Tenanted, bare, tenanted};
use attache_model::id::{DeliveryId, WebhookId};
use attache_model::{AccountNo, Result, Time};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// Events that one unit makes deliveries for.
const EVENTS: u32 = 200;
/// Webhooks that one look finds.
const WEBHOOKS: u32 = 100;
/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it looks where nothing was changed in this process: the net under other nodes' changes.
const LOOK: Duration = Duration::from_secs(5);

/// Makes deliveries of events soon after they happened, for ever.
pub(crate) async fn watch(core: &Core) {
    loop {
        if let Err(error) = catch_up(core).await {
            tracing::warn!(%error, "events could not be put in line for webhooks; it is tried again");
        }
        tokio::time::sleep(PAUSE).await;
        tokio::select! {
            () = core.0.heard.any().notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Makes deliveries of all events that have none yet.
async fn catch_up(core: &Core) -> Result<()> {
    loop {
        let find = bare::<Vec<Behind>, _>(|tx| Box::pin(webhook::behind(tx, WEBHOOKS)));
        let behind = core.read_all("look for events that webhooks wait for", find).await?;
        if behind.is_empty() {
            return Ok(());
        }
        for one in behind {
            move_on(core, one).await?;
        }
    }
}

/// Puts the next events in line for a webhook. Where another node was faster, this does nothing.
async fn move_on(core: &Core, behind: Behind) -> Result<()> {
    let (account, now, fixed) = (behind.account, core.now(), Arc::new((behind, core.clone())));
    let unit = tenanted::<(), _>(move |mut t| {
        let fixed = fixed.clone();
        Box::pin(async move {
            let (behind, core) = &*fixed;
            let events = event::after(&mut t, behind.position, EVENTS).await?;
            let to = events.last().map_or(behind.last, |event| event.no);
            if !webhook::move_on(&mut t, behind.id, behind.position, to).await? {
                return Ok(());
            }
            let wanted = events.iter().filter(|event| behind.kinds.want(event.kind));
            let wanted: Vec<i64> = wanted.map(|event| event.no).collect();
            put_in_line(&mut t, core, behind.id, &wanted, now).await
        })
    });
    core.write("put events in line for a webhook", account, unit).await
}

/// Puts the deliveries of events in line, the second time too, and makes the webhook's task due.
async fn put_in_line(t: &mut Tenanted<'_>, core: &Core, id: WebhookId, events: &[i64], now: Time) -> Outcome<()> {
    if events.is_empty() {
        return Ok(());
    }
    let new: Vec<(i64, DeliveryId)> = events.iter().map(|no| (*no, delivery_id(id, *no))).collect();
    delivery::add(t, id, &new, now).await?;
    call(t, core, id, now).await
}

/// The id of an event's delivery to a webhook. It follows from both, so that a replay of what was forgotten long ago has
/// the id that the receiver knows.
fn delivery_id(webhook: WebhookId, event: i64) -> DeliveryId {
    let digest = Sha256::new().chain_update(webhook.0.as_bytes()).chain_update(event.to_be_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    DeliveryId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Tasks of webhooks for which something waits although their task was given up: it is asked for once more.
pub(crate) async fn revive(core: &Core) -> Result<()> {
    let find = bare::<Vec<(AccountNo, WebhookId)>, _>(|tx| Box::pin(delivery::stranded(tx, KIND, WEBHOOKS)));
    for (account, id) in core.read_all("look for deliveries that nobody sends", find).await? {
        let (now, core_) = (core.now(), core.clone());
        let unit = tenanted::<(), _>(move |mut t| {
            let core = core_.clone();
            Box::pin(async move { call(&mut t, &core, id, now).await })
        });
        core.write("have deliveries sent", account, unit).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_deliverys_id_follows_from_its_webhook_and_its_event() {
        let (one, two) = (WebhookId(Uuid::from_u128(1)), WebhookId(Uuid::from_u128(2)));
        assert_eq!(delivery_id(one, 7), delivery_id(one, 7));
        assert_ne!(delivery_id(one, 7), delivery_id(one, 8));
        assert_ne!(delivery_id(one, 7), delivery_id(two, 7));
        assert_eq!(delivery_id(one, 7).0.get_version_num(), 8);
    }
}
