//! What is never sent to: this machine, its neighbours, and whatever a name hides.

use super::Hooks;
use super::receiver::Receiver;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{NewWebhook, WebhookChange};
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::{Error, Result};

on_both_engines!(
    an_address_that_is_not_public_makes_no_webhook,
    a_name_that_leads_to_an_address_that_is_not_public_gets_no_message,
);

async fn make(hooks: &Hooks, url: &str) -> Result<()> {
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    manage.make_webhook(NewWebhook { url: url.into(), ..NewWebhook::default() }).await.map(|_| ())
}

async fn an_address_that_is_not_public_makes_no_webhook(home: Home) {
    let hooks = Hooks::with(home, Limits::default(), &[]).await;
    for bad in [
        "http://127.0.0.1/",
        "http://10.0.0.1/x",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2130706433/",
    ] {
        assert!(matches!(make(&hooks, bad).await, Err(Error::UrlRefused)), "{bad}");
    }
    for bad in [
        "https://user:pw@crm.example.com/",
        "https://crm.example.com:22/",
        "ftp://crm.example.com/",
        "file:///etc/passwd",
    ] {
        assert!(matches!(make(&hooks, bad).await, Err(Error::UrlRefused)), "{bad}");
    }
    for bad in ["crm.example.com", ""] {
        let refused = make(&hooks, bad).await;
        assert!(matches!(refused, Err(Error::Malformed { code: Code::UrlInvalid, .. })), "{bad}: {refused:?}");
    }
    make(&hooks, "https://crm.example.com/attache").await.unwrap();
    let manage = hooks.core.manage(&hooks.owner).unwrap();
    let made = manage.webhooks().await.unwrap();
    assert_eq!(made.len(), 1);
    let change = WebhookChange { url: Some("http://192.168.1.1/".into()), ..WebhookChange::default() };
    assert!(matches!(manage.change_webhook(made[0].id, change).await, Err(Error::UrlRefused)));
    assert_eq!(manage.webhooks().await.unwrap(), made);
}

async fn a_name_that_leads_to_an_address_that_is_not_public_gets_no_message(home: Home) {
    // Some network is allowed, so that any port is, but not this machine's.
    let hooks = Hooks::with(home, Limits::default(), &["10.0.0.0/8"]).await;
    let mut receiver = Receiver::new().await;
    let named = receiver.url.replace("127.0.0.1", "localhost");
    let id = hooks.hook(&named, &[EventKind::FileCreated]).await;
    hooks.put("a.txt").await;
    let tried = hooks.until(id, |all| all.len() == 1 && all[0].attempts == 1).await.remove(0);
    assert!(tried.status.is_none() && tried.error.starts_with("The address is refused"), "{tried:?}");
    let told = hooks.core.manage(&hooks.owner).unwrap().test_webhook(id).await.unwrap();
    assert_eq!(told.error, Some(tried.error));
    assert!(receiver.came().is_none());
}
