//! When nothing is sent any more, and how it goes on.

use super::Hooks;
use super::receiver::{Receiver, Reply};
use crate::home::Home;
use crate::on_both_engines;
use attache_model::event::EventKind;
use attache_model::webhook::DeliveryState;
use attache_model::{Error, What};
use std::time::Duration;

on_both_engines!(
    a_receiver_that_is_gone_gets_nothing_more,
    a_webhook_that_nothing_reached_for_five_days_is_disabled_and_loses_nothing,
    a_disabled_webhook_gets_what_it_missed_once_it_is_enabled,
    a_webhook_that_is_removed_takes_its_deliveries_along,
    deliveries_are_forgotten_a_month_after_their_end,
);

/// A day with all of its jitter.
const DAY: Duration = Duration::from_secs(30 * 3600);

async fn a_receiver_that_is_gone_gets_nothing_more(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.next([Reply::Status(410, "")]);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    let failed = hooks.until(id, |all| all.len() == 1 && all[0].state == DeliveryState::Failed).await.remove(0);
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let webhook = manage.webhook(id).await.unwrap();
    assert!(webhook.disabled_at.is_some() && webhook.disabled_why.contains("410"), "{webhook:?}");
    let refused = manage.replay_delivery(id, failed.id).await;
    assert!(matches!(refused, Err(Error::State { what: What::Webhook, .. })), "{refused:?}");
    assert!(matches!(manage.replay_webhook(id, 0).await, Err(Error::State { what: What::Webhook, .. })));
}

async fn a_webhook_that_nothing_reached_for_five_days_is_disabled_and_loses_nothing(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.always(Reply::Status(503, ""));
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let (mut tries, mut late) = (1, false);
    while manage.webhook(id).await.unwrap().disabled_at.is_none() {
        hooks.until(id, |all| all.iter().any(|one| one.attempts == tries)).await;
        if tries == 10 && !late {
            late = true;
            hooks.put("b.txt").await;
            receiver.message().await;
            hooks.until(id, |all| all.len() == 2 && all[0].attempts == 1).await;
        }
        let first = hooks.deliveries(id).await.pop().unwrap();
        let Some(next) = first.next_at else { break };
        hooks.pass(Duration::from_micros((next.0 - hooks.home.clock.now().0).cast_unsigned())).await;
        tries += 1;
    }
    let found = hooks.deliveries(id).await;
    assert!(
        late && found.len() == 2 && tries > hooks.core.limits().task_tries,
        "rounds are no tries of a task: {found:?}"
    );
    let why = manage.webhook(id).await.unwrap().disabled_why;
    assert!(why.starts_with("Nothing has reached the receiver for 5 days."), "{why}");
    let waits: Vec<_> = found.iter().filter(|one| one.state == DeliveryState::Waiting).collect();
    assert!(!waits.is_empty(), "the later one waits for better days: {found:?}");

    receiver.always(Reply::Status(204, ""));
    hooks.disable(id, false).await;
    hooks.arrived(id, waits.len()).await;
    let webhook = manage.webhook(id).await.unwrap();
    assert_eq!((webhook.disabled_at, webhook.disabled_why.as_str(), webhook.failing_since), (None, "", None));
}

async fn a_disabled_webhook_gets_what_it_missed_once_it_is_enabled(home: Home) {
    let hooks = Hooks::new(home).await;
    let (mut receiver, mut other) = (Receiver::new().await, Receiver::new().await);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.hook(&other.url, &[EventKind::FileCreated]).await;
    hooks.disable(id, true).await;
    hooks.put("a.txt").await;
    other.message().await;
    assert!(hooks.deliveries(id).await.is_empty() && receiver.came().is_none());
    let why = hooks.core.manage(&hooks.owner).unwrap().webhook(id).await.unwrap().disabled_why;
    assert_eq!(why, "Somebody disabled it.");
    hooks.disable(id, false).await;
    assert_eq!(receiver.message().await.event(), 1);
    hooks.arrived(id, 1).await;
}

async fn a_webhook_that_is_removed_takes_its_deliveries_along(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.always(Reply::Status(500, ""));
    let id = hooks.hook(&receiver.url, &[]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    hooks.until(id, |all| all.iter().any(|one| one.attempts == 1)).await;
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    manage.remove_webhook(id).await.unwrap();
    assert_eq!(hooks.home.ask("SELECT id FROM delivery", 0, 0).await.unwrap(), [""; 0]);
    hooks.pass(DAY).await;
    hooks.idle().await;
    assert!(matches!(manage.webhook(id).await, Err(Error::NotFound(What::Webhook))));
}

async fn deliveries_are_forgotten_a_month_after_their_end(home: Home) {
    let mut hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    hooks.arrived(id, 1).await;
    hooks.home.clock.advance(Duration::from_millis(1));
    hooks.put("b.txt").await;
    let kept = receiver.message().await.event();
    hooks.arrived(id, 2).await;
    hooks.stop().await;
    hooks.home.clock.advance(Duration::from_secs(hooks.core.limits().delivery_life));
    // A worker's first work is housekeeping.
    hooks.start();
    let left = hooks.until(id, |all| all.len() < 2).await;
    assert_eq!(left.iter().map(|one| one.event).collect::<Vec<_>>(), [kept], "only what is older than that goes");
}
