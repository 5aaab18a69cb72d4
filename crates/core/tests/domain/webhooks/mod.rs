//! Webhooks, by a clock that the tests hold: what is sent, when it is sent again, and when no more.

mod again;
mod guard;
mod nodes;
mod receiver;
mod stop;

use crate::home::Home;
use crate::on_both_engines;
use attache_blobs::{InlineLimit, Memory};
use attache_core::{Body, Caller, Core, Expect, NewFile, NewLink, NewName, NewWebhook, Parts, Start, WebhookChange};
use attache_model::event::EventKind;
use attache_model::id::WebhookId;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::webhook::{Delivery, DeliveryState};
use attache_model::{Error, FileNo, FolderRef, Name, What};
use receiver::{Receiver, Reply};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

on_both_engines!(
    an_event_is_told_once_to_everybody_who_wants_it,
    events_arrive_in_the_order_of_their_numbers_where_nothing_fails,
    two_secrets_sign_for_a_day_after_a_rotation,
    an_account_has_as_many_webhooks_as_its_limit_says,
    a_webhook_of_another_account_is_not_found,
    a_webhook_can_be_tried_out_at_any_time,
);

/// A node that sends to this machine, with its worker.
pub(crate) struct Hooks {
    core: Core,
    home: Home,
    owner: Caller,
    working: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    listening: JoinHandle<()>,
}

impl Hooks {
    async fn new(home: Home) -> Hooks {
        Hooks::with(home, Limits::default(), &["127.0.0.0/8"]).await
    }

    async fn with(home: Home, limits: Limits, networks: &[&str]) -> Hooks {
        let core = node(&home, limits, networks).await;
        let owner = home.owner.clone();
        let heard = core.clone();
        let listening = tokio::spawn(async move { heard.listen().await });
        let mut hooks = Hooks { core, home, owner, working: None, listening };
        hooks.start();
        hooks
    }

    fn start(&mut self) {
        self.working = Some(work(&self.core));
    }

    /// Ends the worker in good order.
    async fn stop(&mut self) {
        if let Some((stop, working)) = self.working.take() {
            stop.send_replace(true);
            working.await.unwrap();
        }
    }

    async fn hook(&self, url: &str, kinds: &[EventKind]) -> WebhookId {
        let new = NewWebhook { url: url.to_owned(), name: String::new(), kinds: kinds.to_vec() };
        self.core.manage(&self.owner).unwrap().make_webhook(new).await.unwrap().0.id
    }

    /// Makes a file on a record, which are two events.
    async fn put(&self, name: &str) -> FileNo {
        put(&self.core, &self.owner, name).await
    }

    async fn deliveries(&self, id: WebhookId) -> Vec<Delivery> {
        self.core.manage(&self.owner).unwrap().deliveries(id, None, Start::First, 100).await.unwrap().items
    }

    /// Waits until a webhook's deliveries are as a test wants them.
    async fn until(&self, id: WebhookId, wanted: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        loop {
            let found = self.deliveries(id).await;
            if wanted(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until as many have ended well.
    async fn arrived(&self, id: WebhookId, count: usize) -> Vec<Delivery> {
        let arrived = |all: &[Delivery]| all.iter().filter(|one| one.state == DeliveryState::Arrived).count() == count;
        self.until(id, arrived).await
    }

    /// Waits until no task is left: one that has nothing to do leaves nothing behind, but its row goes after what it did.
    async fn idle(&self) {
        while !self.home.ask("SELECT id FROM task", 0, 0).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    /// Lets time pass, and the worker look for what is due by now.
    async fn pass(&self, time: Duration) {
        self.home.clock.advance(time);
        let say = self.home.db.write(|tx| Box::pin(async move { tx.signal("task", "").await }));
        let said: Result<(), attache_db::Error> = say.await;
        said.unwrap();
    }

    /// Changes a webhook.
    async fn disable(&self, id: WebhookId, disabled: bool) {
        let change = WebhookChange { disabled: Some(disabled), ..WebhookChange::default() };
        self.core.manage(&self.owner).unwrap().change_webhook(id, change).await.unwrap();
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.listening.abort();
        if let Some((_, working)) = &self.working {
            working.abort();
        }
    }
}

async fn node(home: &Home, limits: Limits, networks: &[&str]) -> Core {
    let parts = Parts {
        db: home.db.clone(),
        blobs: Memory::new(InlineLimit::new(1024).unwrap()).into(),
        clock: home.clock.clone(),
        limits,
        allowed_networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    Core::open(parts).await.unwrap()
}

fn work(core: &Core) -> (watch::Sender<bool>, JoinHandle<()>) {
    let (stop, mut stopped) = watch::channel(false);
    let worker = core.work();
    (stop, tokio::spawn(worker.run(async move { drop(stopped.wait_for(|stopped| *stopped).await) })))
}

async fn put(core: &Core, caller: &Caller, name: &str) -> FileNo {
    let edit = core.edit(caller).unwrap();
    let staged = edit.stage(Body::from(name.as_bytes().to_vec()), &Expect::at_most(100)).await.unwrap();
    let links = vec![NewLink::attached(Record::new("contact", "42").unwrap())];
    let new = NewFile { links, ..NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap())) };
    edit.put_file(new, staged).await.unwrap().into_file().no
}

async fn an_event_is_told_once_to_everybody_who_wants_it(home: Home) {
    let hooks = Hooks::new(home).await;
    let (mut all, mut some) = (Receiver::new().await, Receiver::new().await);
    let everything = hooks.hook(&all.url, &[]).await;
    let linked = hooks.hook(&some.url, &[EventKind::FileLinked]).await;
    let file = hooks.put("a.txt").await;
    let told = [all.message().await, all.message().await];
    assert!(told[0].tells(r#""type":"file.created""#) && told[1].tells(r#""type":"file.linked""#), "{told:?}");
    let message = some.message().await;
    assert!(
        message.tells(r#""record":"contact/42""#) && message.tells(&format!(r#""file_no":{file},"#)),
        "{message:?}"
    );
    assert_eq!(message.header("content-type"), "application/json");
    assert!(message.header("user-agent").starts_with("attache/"), "{message:?}");
    assert_eq!(message.header("webhook-timestamp"), hooks.home.clock.now().seconds().to_string());
    assert_ne!(message.id(), told[1].id(), "each webhook has deliveries of its own");
    assert_eq!(hooks.arrived(everything, 2).await.len(), 2);
    let delivery = hooks.arrived(linked, 1).await.remove(0);
    assert_eq!((delivery.kind, delivery.status, delivery.attempts), (EventKind::FileLinked, Some(204), 1));
    assert_eq!(delivery.id.to_string(), message.id());
    hooks.idle().await;
    assert!(all.came().is_none() && some.came().is_none());
}

async fn events_arrive_in_the_order_of_their_numbers_where_nothing_fails(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    for no in 0..40 {
        hooks.put(&format!("{no}.txt")).await;
    }
    let mut numbers = Vec::new();
    for _ in 0..40 {
        numbers.push(receiver.message().await.event());
    }
    assert!(numbers.is_sorted(), "{numbers:?}");
    hooks.arrived(id, 40).await;
}

async fn two_secrets_sign_for_a_day_after_a_rotation(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    let signatures = |message: &receiver::Message| -> Vec<String> {
        message.header("webhook-signature").split(' ').map(str::to_owned).collect()
    };
    hooks.put("a.txt").await;
    assert_eq!(signatures(&receiver.message().await).len(), 1);
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let (rotated, secret) = manage.rotate_webhook(id).await.unwrap();
    assert_eq!(manage.webhook_secret(id).await.unwrap(), secret);
    let overlap = Duration::from_secs(hooks.core.limits().webhook_overlap);
    assert_eq!(rotated.old_until, hooks.home.clock.now().to_millis().plus(overlap));
    hooks.put("b.txt").await;
    let both = signatures(&receiver.message().await);
    assert!(both.len() == 2 && both.iter().all(|one| one.starts_with("v1,")), "{both:?}");
    hooks.pass(overlap).await;
    hooks.put("c.txt").await;
    assert_eq!(signatures(&receiver.message().await).len(), 1, "the old one's time is over");
}

async fn an_account_has_as_many_webhooks_as_its_limit_says(home: Home) {
    let limits = Limits { webhooks: 2, ..Limits::default() };
    let hooks = Hooks::with(home, limits, &["127.0.0.0/8"]).await;
    let first = hooks.hook("http://127.0.0.1:9/", &[]).await;
    hooks.hook("http://127.0.0.1:9/", &[]).await;
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let third = || manage.make_webhook(NewWebhook { url: "http://127.0.0.1:9/".into(), ..NewWebhook::default() });
    assert!(matches!(third().await, Err(Error::TooMany { what: What::Webhook, limit: 2 })));
    manage.remove_webhook(first).await.unwrap();
    third().await.unwrap();
}

async fn a_webhook_of_another_account_is_not_found(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    receiver.message().await;
    let delivery = hooks.arrived(id, 1).await.remove(0).id;
    let stranger = hooks.home.stranger().await;
    let manage = hooks.core.manage(&stranger).unwrap();
    let missing = |error: Error| assert!(matches!(error, Error::NotFound(What::Webhook)), "{error:?}");
    assert!(manage.webhooks().await.unwrap().is_empty());
    missing(manage.webhook(id).await.unwrap_err());
    missing(manage.webhook_secret(id).await.unwrap_err());
    missing(manage.change_webhook(id, WebhookChange::default()).await.unwrap_err());
    missing(manage.rotate_webhook(id).await.unwrap_err());
    missing(manage.test_webhook(id).await.unwrap_err());
    missing(manage.deliveries(id, None, Start::First, 10).await.unwrap_err());
    missing(manage.replay_delivery(id, delivery).await.unwrap_err());
    missing(manage.replay_webhook(id, 0).await.unwrap_err());
    missing(manage.remove_webhook(id).await.unwrap_err());
    put(&hooks.core, &stranger, "theirs.txt").await;
    hooks.put("b.txt").await;
    assert_eq!(receiver.message().await.event(), 3, "nothing of the other account's is told");
    assert!(matches!(hooks.core.manage(&hooks.home.user(2, &[]).await), Err(Error::MissingScope(_))));
}

async fn a_webhook_can_be_tried_out_at_any_time(home: Home) {
    let hooks = Hooks::new(home).await;
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::IntakeReceived]).await;
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let tried = manage.test_webhook(id).await.unwrap();
    assert_eq!((tried.status, tried.error), (Some(204), None));
    let message = receiver.message().await;
    assert!(message.tells(r#""type":"webhook.test""#) && !message.id().is_empty(), "{message:?}");
    hooks.disable(id, true).await;
    receiver.next([Reply::Status(500, "")]);
    let tried = manage.test_webhook(id).await.unwrap();
    assert_eq!((tried.status, tried.error.as_deref()), (Some(500), Some("The receiver answered 500.")));
    assert!(hooks.deliveries(id).await.is_empty(), "a try is no delivery");
}
