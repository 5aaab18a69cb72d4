//! A webhook's deliveries: listed, and sent once more.

use crate::Manage;
use crate::cursor::{self, Key, Place};
use crate::job::webhook::call;
use crate::op::audit::{Entry, note};
use crate::query::Start;
use crate::table::{delivery, webhook};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::audit::Deed;
use attache_model::id::{DeliveryId, WebhookId};
use attache_model::page::{Next, Page};
use attache_model::webhook::{Delivery, DeliveryState};
use attache_model::{Error, Result, What};

impl Manage<'_> {
    /// A webhook's deliveries, those of the newest events first; of one state, or of all.
    ///
    /// # Errors
    /// `NotFound(Webhook)`; `CursorInvalid`.
    pub async fn deliveries(
        &self,
        id: WebhookId,
        state: Option<DeliveryState>,
        start: Start,
        limit: u32,
    ) -> Result<Page<Delivery>> {
        let account = self.caller().account();
        let list = format!("{account}|deliveries|{id}|{state:?}");
        let keys = &self.core.0.keys;
        let before = match &start {
            Start::Cursor(text) => match cursor::open(keys, account, &list, text)?.key {
                Key::Int(no) => no,
                Key::Text(_) => return Err(Error::bug("a cursor of deliveries holds a text")),
            },
            Start::First | Start::Offset(_) => i64::MAX,
        };
        let unit = tenanted::<Vec<Delivery>, _>(move |mut t| {
            Box::pin(async move {
                webhook::get(&mut t, id).await?.ok_or(Error::NotFound(What::Webhook))?;
                delivery::list(&mut t, id, state, before, limit + 1).await
            })
        });
        let mut items = self.read("list deliveries", unit).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more);
        let place = last.map(|last| Place { key: Key::Int(last.event), tie: Key::Int(last.event) });
        let next = place.map(|place| Next::Cursor(cursor::seal(keys, account, &list, &place)));
        Ok(Page { items, next })
    }

    /// Sends a delivery once more, as if it were new; its message has the same id.
    ///
    /// # Errors
    /// `NotFound(Webhook)`, `NotFound(Delivery)`; `State` while the webhook is disabled.
    pub async fn replay_delivery(&self, id: WebhookId, delivery: DeliveryId) -> Result<Delivery> {
        let (now, core) = (self.now(), self.core.clone());
        let targets = format!("webhook/{id} delivery/{delivery}");
        let by = Entry::by(self.caller(), now, Deed::DeliveryRepeated, targets);
        let unit = tenanted::<Delivery, _>(move |mut t| {
            let (core, by) = (core.clone(), by.clone());
            Box::pin(async move {
                working(&mut t, id).await?;
                delivery::again(&mut t, id, delivery, now).await?;
                let found = delivery::get(&mut t, id, delivery).await?.ok_or(Error::NotFound(What::Delivery))?;
                call(&mut t, &core, id, now).await?;
                note(&mut t, by).await?;
                Ok(found)
            })
        });
        self.write("send a delivery once more", unit).await
    }

    /// Sends every event after number `after` that the webhook wants once more, also those that happened before there was
    /// the webhook.
    ///
    /// # Errors
    /// `NotFound(Webhook)`; `State` while the webhook is disabled.
    pub async fn replay_webhook(&self, id: WebhookId, after: i64) -> Result<()> {
        let targets = format!("webhook/{id} event/{after}-");
        let by = Entry::by(self.caller(), self.now(), Deed::DeliveryRepeated, targets);
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                working(&mut t, id).await?;
                webhook::rewind(&mut t, id, after).await?;
                note(&mut t, by).await
            })
        });
        self.write("send events once more", unit).await
    }
}

async fn working(t: &mut Tenanted<'_>, id: WebhookId) -> Outcome<()> {
    let row = webhook::get(t, id).await?.ok_or(Error::NotFound(What::Webhook))?;
    if row.webhook.disabled_at.is_some() {
        let why = String::from("it is disabled; enable it first");
        return Err(Error::State { what: What::Webhook, why }.into());
    }
    Ok(())
}
