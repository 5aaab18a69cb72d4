//! Reading what happened.

use crate::View;
use crate::table::event;
use crate::unit::tenanted;
use attache_model::Result;
use attache_model::event::Event;

impl View<'_> {
    /// The events after number `after` (0 for all), oldest first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>> {
        let unit =
            tenanted::<Vec<Event>, _>(move |mut t| Box::pin(async move { event::after(&mut t, after, limit).await }));
        self.read("read events", unit).await
    }
}
