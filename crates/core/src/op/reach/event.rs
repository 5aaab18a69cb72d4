//! What happened to a file within reach.

use super::Reach;
use crate::op::get;
use crate::sight::standing;
use crate::table::event;
use crate::unit::tenanted;
use attache_model::event::Event;
use attache_model::{FileNo, FileRef, Result};

impl Reach<'_> {
    /// The first or the last `limit` events of a file, in that order.
    ///
    /// # Errors
    /// As [`Reach::file`].
    pub async fn events_of(&self, file: FileNo, newest_first: bool, limit: u32) -> Result<Vec<Event>> {
        let (now, sight, sees) = (self.now(), self.sight(), self.caller().sees_hidden());
        let unit = tenanted::<Vec<Event>, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, FileRef::No(file), now, sees).await?;
                sight.read(standing(&mut t, &row).await?)?;
                event::of_file(&mut t, file, newest_first, limit).await
            })
        });
        self.edit.read("read a file's events", unit).await
    }
}
