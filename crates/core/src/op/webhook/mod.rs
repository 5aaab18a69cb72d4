//! Webhooks: made, changed, given other secrets, removed, and tried out.

mod delivery;

use crate::Manage;
use crate::job::webhook::{call, new_secret, send, test};
use crate::op::audit::{Entry, note};
use crate::outgoing;
use crate::table::{delivery as deliveries, webhook};
use crate::unit::tenanted;
use crate::{Core, entropy};
use attache_model::audit::Deed;
use attache_model::event::EventKind;
use attache_model::id::WebhookId;
use attache_model::limits::Limits;
use attache_model::token::Secret;
use attache_model::webhook::{Kinds, Tried, Webhook, check_name};
use attache_model::{Error, Result, Time, What};
use std::sync::Arc;

/// Why a webhook is disabled that somebody disabled.
const BY_HAND: &str = "Somebody disabled it.";

/// A webhook to be made.
#[derive(Clone, Debug, Default)]
pub struct NewWebhook {
    /// Where messages are to be sent to.
    pub url: String,
    /// What people call it; empty for nothing.
    pub name: String,
    /// The kinds of event that are wanted; empty for all.
    pub kinds: Vec<EventKind>,
}

/// What is to change of a webhook; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// Where messages are sent to.
    pub url: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// The kinds of event that are wanted; empty for all.
    pub kinds: Option<Vec<EventKind>>,
    /// Whether it is disabled.
    pub disabled: Option<bool>,
}

impl Manage<'_> {
    /// Makes a webhook, which gets the account's events from the next one on, and its secret.
    ///
    /// # Errors
    /// `UrlInvalid`, `UrlRefused` for an address that is not public; `Invalid` for a name that is none; `TooMany`.
    pub async fn make_webhook(&self, new: NewWebhook) -> Result<(Webhook, Secret)> {
        let now = self.now();
        let made = Webhook {
            id: WebhookId(entropy::uuid(now)),
            name: check_name(&new.name)?,
            url: check_url(self.core, &new.url)?,
            kinds: Kinds::new(&new.kinds),
            created_at: now,
            created_by: self.caller().actor(),
            failing_since: None,
            old_until: Time(0),
            disabled_at: None,
            disabled_why: String::new(),
        };
        let (secret, most) = (new_secret(), self.core.limits().webhooks);
        let by = Entry::by(self.caller(), now, Deed::WebhookCreated, format!("webhook/{}", made.id));
        let fixed = Arc::new((made.clone(), secret.clone(), by));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                if u64::try_from(webhook::count(&mut t).await?).unwrap_or(0) >= most {
                    return Err(Error::TooMany { what: What::Webhook, limit: most }.into());
                }
                webhook::add(&mut t, &fixed.0, &fixed.1).await?;
                note(&mut t, fixed.2.clone()).await
            })
        });
        self.write("keep a webhook", unit).await?;
        Ok((made, secret))
    }

    /// The account's webhooks, oldest first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>> {
        let unit = tenanted::<Vec<Webhook>, _>(|mut t| Box::pin(async move { webhook::list(&mut t).await }));
        self.read("list webhooks", unit).await
    }

    /// A webhook.
    ///
    /// # Errors
    /// `NotFound(Webhook)`.
    pub async fn webhook(&self, id: WebhookId) -> Result<Webhook> {
        Ok(self.webhook_row(id).await?.webhook)
    }

    /// A webhook's secret.
    ///
    /// # Errors
    /// `NotFound(Webhook)`.
    pub async fn webhook_secret(&self, id: WebhookId) -> Result<Secret> {
        Ok(self.webhook_row(id).await?.secret)
    }

    async fn webhook_row(&self, id: WebhookId) -> Result<webhook::Row> {
        let unit = tenanted::<webhook::Row, _>(move |mut t| {
            Box::pin(async move { Ok(webhook::get(&mut t, id).await?.ok_or(Error::NotFound(What::Webhook))?) })
        });
        self.read("read a webhook", unit).await
    }

    /// Changes a webhook. One that is enabled goes on where it stopped: what happened meanwhile is sent then.
    ///
    /// # Errors
    /// `NotFound(Webhook)`, and those of [`Manage::make_webhook`].
    pub async fn change_webhook(&self, id: WebhookId, change: WebhookChange) -> Result<Webhook> {
        let url = change.url.as_deref().map(|url| check_url(self.core, url)).transpose()?;
        let name = change.name.as_deref().map(check_name).transpose()?;
        let kinds = change.kinds.as_deref().map(Kinds::new);
        let (now, core) = (self.now(), self.core.clone());
        let by = Entry::by(self.caller(), now, Deed::WebhookChanged, format!("webhook/{id}"));
        let fixed = Arc::new((url, name, kinds, change.disabled, by));
        let unit = tenanted::<Webhook, _>(move |mut t| {
            let (fixed, core) = (fixed.clone(), core.clone());
            Box::pin(async move {
                let (url, name, kinds, disabled, by) = &*fixed;
                let found = webhook::get(&mut t, id).await?.ok_or(Error::NotFound(What::Webhook))?.webhook;
                let to = Webhook {
                    url: url.clone().unwrap_or(found.url),
                    name: name.clone().unwrap_or(found.name),
                    kinds: kinds.clone().unwrap_or(found.kinds),
                    ..found
                };
                webhook::change(&mut t, &to).await?;
                match disabled {
                    Some(true) => drop(webhook::disable(&mut t, id, now, BY_HAND).await?),
                    Some(false) if webhook::enable(&mut t, id).await? == 1 => {
                        deliveries::revive(&mut t, id, now).await?;
                        call(&mut t, &core, id, now).await?;
                    }
                    Some(false) | None => {}
                }
                note(&mut t, by.clone()).await?;
                Ok(webhook::get(&mut t, id).await?.ok_or(Error::NotFound(What::Webhook))?.webhook)
            })
        });
        self.write("change a webhook", unit).await
    }

    /// Removes a webhook with its deliveries.
    ///
    /// # Errors
    /// `NotFound(Webhook)`.
    pub async fn remove_webhook(&self, id: WebhookId) -> Result<()> {
        let by = Entry::by(self.caller(), self.now(), Deed::WebhookRemoved, format!("webhook/{id}"));
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                if webhook::delete(&mut t, id).await? == 0 {
                    return Err(Error::NotFound(What::Webhook).into());
                }
                note(&mut t, by).await
            })
        });
        self.write("remove a webhook", unit).await
    }

    /// Gives a webhook another secret. The one before signs beside it for as long as the limit `webhook_overlap` says.
    ///
    /// # Errors
    /// `NotFound(Webhook)`.
    pub async fn rotate_webhook(&self, id: WebhookId) -> Result<(Webhook, Secret)> {
        let until = self.now().plus(Limits::seconds(self.core.limits().webhook_overlap));
        let secret = Arc::new(new_secret());
        let by = Entry::by(self.caller(), self.now(), Deed::WebhookSecret, format!("webhook/{id}"));
        let fixed = Arc::new((secret.clone(), by));
        let unit = tenanted::<Webhook, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                webhook::rotate(&mut t, id, &fixed.0, until).await?;
                let webhook = webhook::get(&mut t, id).await?.ok_or(Error::NotFound(What::Webhook))?.webhook;
                note(&mut t, fixed.1.clone()).await?;
                Ok(webhook)
            })
        });
        let webhook = self.write("give a webhook another secret", unit).await?;
        Ok((webhook, (*secret).clone()))
    }

    /// Sends a message of the kind `webhook.test` now, once, to a disabled one too, and tells what came of it.
    ///
    /// # Errors
    /// `NotFound(Webhook)`. What the receiver does is no error.
    pub async fn test_webhook(&self, id: WebhookId) -> Result<Tried> {
        let row = self.webhook_row(id).await?;
        let message = test(self.caller().account(), id, self.now());
        Ok(send(self.core, &row, message).await?.tried)
    }
}

/// An address that messages may be sent to. What a name leads to is seen when one is.
fn check_url(core: &Core, text: &str) -> Result<String> {
    let url = outgoing::parse(text, core.limits())?;
    core.0.outgoing.check(&url)?;
    Ok(url.into())
}
