//! A round of one webhook's deliveries: the oldest first, each begun when the one before it was answered, or after a
//! moment where that takes long, a few at once. It is short, so that webhooks take turns.

use super::message;
use super::schedule::{self, Failed};
use super::send::{Sent, send};
use crate::Core;
use crate::table::delivery::{Due, Trial};
use crate::table::webhook::Row;
use crate::table::{delivery, webhook};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::id::WebhookId;
use attache_model::limits::Limits;
use attache_model::webhook::DeliveryState;
use attache_model::{AccountNo, Result, Time};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Deliveries of one webhook that are on their way at once.
const ON_THE_WAY: usize = 4;
/// Deliveries that a round begins.
const ROUND: u32 = 32;
/// After so long it begins no more.
const LONG: Duration = Duration::from_secs(20);
/// A receiver that takes longer than this gets the next delivery beside the one that it is at.
const SLOW: Duration = Duration::from_millis(500);

/// Sends deliveries that are due.
pub(super) async fn run(core: &Core, account: AccountNo, to: &Row) -> Result<()> {
    let (id, now) = (to.webhook.id, core.now());
    let find =
        tenanted::<Vec<Due>, _>(move |mut t| Box::pin(async move { delivery::due(&mut t, id, now, ROUND).await }));
    let mut due = VecDeque::from(core.read("read deliveries that are due", account, find).await?);
    let started = Instant::now();
    let mut on_the_way = FuturesUnordered::new();
    loop {
        // A process that is about to stop begins nothing more either.
        if started.elapsed() > LONG || core.0.heard.is_over() {
            due.clear();
        }
        if on_the_way.len() < ON_THE_WAY
            && let Some(next) = due.pop_front()
        {
            on_the_way.push(deliver(core, account, to, next));
        }
        let may_begin = on_the_way.len() < ON_THE_WAY && !due.is_empty();
        tokio::select! {
            biased;
            Some(wants_more) = on_the_way.next() => {
                if !wants_more? {
                    due.clear();
                }
            }
            () = sleep(SLOW), if may_begin => {}
            else => return Ok(()),
        }
    }
}

/// One try of one delivery; false when the receiver wants nothing more for now.
async fn deliver(core: &Core, account: AccountNo, to: &Row, due: Due) -> Result<bool> {
    let sent = send(core, to, message::of(account, &due)).await?;
    let (wants_more, now) = (sent.asked.is_none() && !sent.gone, core.now());
    let trial = trial(&due, &sent, now, core.limits());
    let life = Limits::seconds(core.limits().webhook_life);
    let fixed = Arc::new((due, sent, trial, to.webhook.id));
    let unit = tenanted::<(), _>(move |mut t| {
        let fixed = fixed.clone();
        Box::pin(async move {
            let (due, sent, trial, id) = &*fixed;
            note(&mut t, *id, sent, now, now.minus(life)).await?;
            delivery::tried(&mut t, *id, due, trial).await.map(|_| ())
        })
    });
    core.write("note how a delivery went", account, unit).await?;
    Ok(wants_more)
}

/// What becomes of a delivery after a try.
fn trial(due: &Due, sent: &Sent, now: Time, limits: &Limits) -> Trial {
    let Some(error) = sent.tried.error.clone() else {
        let error = String::new();
        return Trial { state: DeliveryState::Arrived, at: now, next_at: now, status: sent.tried.status, error };
    };
    let attempts = u64::try_from(due.attempts).unwrap_or(0) + 1;
    let failed = Failed { attempts, queued_at: due.queued_at, now, asked: sent.asked };
    let next_at = schedule::next(failed, schedule::jitter(), limits).filter(|_| !sent.gone);
    let state = if next_at.is_some() { DeliveryState::Waiting } else { DeliveryState::Failed };
    Trial { state, at: now, next_at: next_at.unwrap_or(now), status: sent.tried.status, error }
}

/// What a try says of the webhook itself.
async fn note(t: &mut Tenanted<'_>, id: WebhookId, sent: &Sent, now: Time, long_ago: Time) -> Outcome<()> {
    let Some(error) = &sent.tried.error else {
        webhook::reached(t, id).await?;
        return Ok(());
    };
    webhook::missed(t, id, now).await?;
    if sent.gone {
        webhook::disable(t, id, now, error).await?;
    }
    let days = (now.0 - long_ago.0) / Time::from_millis(24 * 3600 * 1000).0;
    let why = format!("Nothing has reached the receiver for {days} days. The last try: {error}");
    webhook::give_up(t, id, now, &why, long_ago).await?;
    if let Some(asked) = sent.asked {
        webhook::hold(t, id, now.plus(asked)).await?;
    }
    Ok(())
}
