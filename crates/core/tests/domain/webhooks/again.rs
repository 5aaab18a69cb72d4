//! What does not arrive is sent again, for days; what arrived can be sent once more.

use super::Hooks;
use super::receiver::{Receiver, Reply};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::Start;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::webhook::DeliveryState;
use attache_model::{Error, What};
use std::time::Duration;

on_both_engines!(
    a_delivery_is_sent_again_until_it_arrives,
    a_receiver_that_asks_for_time_gets_it_for_everything,
    a_receiver_that_never_answers_is_cut_off_and_holds_up_nobody,
    a_delivery_is_given_up_after_its_tries_and_can_be_sent_once_more,
    everything_after_a_number_can_be_sent_once_more_under_the_same_ids,
    what_was_in_line_is_sent_although_its_task_was_given_up,
);

/// Longer than the first waits with all of their jitter.
const A_WHILE: Duration = Duration::from_secs(60);

async fn a_delivery_is_sent_again_until_it_arrives(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.next([Reply::Status(500, ""), Reply::Status(302, "Location: http://127.0.0.1:9/\r\n")]);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    let first = receiver.message().await;
    let waiting = hooks.until(id, |all| all.len() == 1 && all[0].attempts == 1).await.remove(0);
    let now = hooks.home.clock.now().to_millis();
    assert_eq!((waiting.state, waiting.status), (DeliveryState::Waiting, Some(500)));
    let (soonest, latest) = (now.plus(Duration::from_secs(5)), now.plus(Duration::from_secs(6)));
    assert!(waiting.next_at.is_some_and(|at| (soonest..=latest).contains(&at)), "{waiting:?}");
    let webhook = hooks.core.manage(&hooks.owner).unwrap().webhook(id).await.unwrap();
    assert_eq!(webhook.failing_since, Some(now));

    hooks.pass(A_WHILE).await;
    let second = receiver.message().await;
    let waiting = hooks.until(id, |all| all[0].attempts == 2).await.remove(0);
    assert!(waiting.error.contains("302") && waiting.error.contains("no redirect"), "{waiting:?}");
    hooks.pass(A_WHILE).await;
    let third = receiver.message().await;
    assert!(first.id() == second.id() && second.id() == third.id() && first.body == third.body);
    assert_ne!(first.header("webhook-timestamp"), third.header("webhook-timestamp"));
    let delivery = hooks.arrived(id, 1).await.remove(0);
    assert_eq!((delivery.attempts, delivery.error.as_str(), delivery.next_at), (3, "", None));
    let webhook = hooks.core.manage(&hooks.owner).unwrap().webhook(id).await.unwrap();
    assert_eq!(webhook.failing_since, None);
}

async fn a_receiver_that_asks_for_time_gets_it_for_everything(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.next([Reply::Status(429, "Retry-After: 3600\r\n")]);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    let waiting = hooks.until(id, |all| all.len() == 1 && all[0].attempts == 1).await.remove(0);
    let hour = Duration::from_secs(3600);
    assert_eq!(waiting.next_at, Some(hooks.home.clock.now().to_millis().plus(hour)));
    hooks.put("b.txt").await;
    hooks.until(id, |all| all.len() == 2).await;
    hooks.pass(hour - Duration::from_secs(1)).await;
    // Another webhook is served in the meantime: the worker has looked by then.
    let mut other = Receiver::new().await;
    hooks.hook(&other.url, &[EventKind::FileCreated]).await;
    hooks.put("c.txt").await;
    other.message().await;
    assert!(receiver.came().is_none());
    hooks.pass(Duration::from_secs(1)).await;
    hooks.arrived(id, 3).await;
}

async fn a_receiver_that_never_answers_is_cut_off_and_holds_up_nobody(home: Home) {
    let limits = Limits { webhook_timeout: 9, ..Limits::default() };
    let hooks = Hooks::with(home, limits, &["127.0.0.0/8"]).await;
    let (mut silent, mut quick) = (Receiver::new().await, Receiver::new().await);
    silent.always(Reply::Silence);
    let hangs = hooks.hook(&silent.url, &[EventKind::FileCreated]).await;
    let works = hooks.hook(&quick.url, &[EventKind::FileCreated]).await;
    for no in 0..6 {
        hooks.put(&format!("{no}.txt")).await;
    }
    silent.message().await;
    for _ in 0..6 {
        quick.message().await;
    }
    hooks.arrived(works, 6).await;
    let late = hooks.until(hangs, |all| all.len() == 6 && all.iter().all(|one| one.attempts == 1)).await;
    assert!(late.iter().all(|one| one.status.is_none() && one.error.contains("within 9 seconds")), "{late:?}");
}

async fn a_delivery_is_given_up_after_its_tries_and_can_be_sent_once_more(home: Home) {
    let limits = Limits { webhook_tries: 2, ..Limits::default() };
    let hooks = Hooks::with(home, limits, &["127.0.0.0/8"]).await;
    let mut receiver = Receiver::new().await;
    receiver.next([Reply::Status(500, ""), Reply::Status(404, "")]);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    hooks.until(id, |all| all.len() == 1 && all[0].attempts == 1).await;
    hooks.pass(A_WHILE).await;
    let last = receiver.message().await;
    let failed = hooks.until(id, |all| all[0].state == DeliveryState::Failed).await.remove(0);
    assert_eq!((failed.attempts, failed.status), (2, Some(404)));
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let of = |state| manage.deliveries(id, Some(state), Start::First, 10);
    assert_eq!(of(DeliveryState::Failed).await.unwrap().items, std::slice::from_ref(&failed));
    assert!(of(DeliveryState::Waiting).await.unwrap().items.is_empty());
    let again = manage.replay_delivery(id, failed.id).await.unwrap();
    assert_eq!((again.state, again.attempts), (DeliveryState::Waiting, 0));
    assert_eq!(receiver.message().await.id(), last.id());
    hooks.arrived(id, 1).await;
    let unknown = manage.replay_delivery(id, attache_model::id::DeliveryId(id.0)).await;
    assert!(matches!(unknown, Err(Error::NotFound(What::Delivery))));
}

async fn everything_after_a_number_can_be_sent_once_more_under_the_same_ids(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    hooks.put("before.txt").await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    hooks.put("b.txt").await;
    let (a, b) = (receiver.message().await, receiver.message().await);
    hooks.arrived(id, 2).await;
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    manage.replay_webhook(id, a.event()).await.unwrap();
    let again = receiver.message().await;
    assert_eq!((again.id(), again.event()), (b.id(), b.event()));
    hooks.arrived(id, 2).await;

    // What was forgotten meanwhile has the ids that it had, and what happened before is told too.
    let gone = hooks.home.ask("DELETE FROM delivery RETURNING id", 0, 0).await.unwrap();
    assert_eq!(gone.len(), 2);
    manage.replay_webhook(id, 0).await.unwrap();
    let all = [receiver.message().await, receiver.message().await, receiver.message().await];
    assert_eq!(all.each_ref().map(super::receiver::Message::event), [1, a.event(), b.event()]);
    assert_eq!((all[1].id(), all[2].id()), (a.id(), b.id()));
    hooks.arrived(id, 3).await;
}

async fn what_was_in_line_is_sent_although_its_task_was_given_up(home: Home) {
    let mut hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    receiver.next([Reply::Status(500, "")]);
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    hooks.until(id, |all| all.len() == 1 && all[0].attempts == 1).await;
    hooks.stop().await;
    hooks.home.tamper("UPDATE task SET state = 3, completed_at = requested_at").await;
    hooks.home.clock.advance(A_WHILE);
    // Housekeeping finds what nobody sends.
    hooks.start();
    receiver.message().await;
    hooks.arrived(id, 1).await;
}
