//! What happened to a file within reach.

use super::Reach;
use crate::op::get;
use crate::op::list::asked;
use crate::query::{FileTest, Life};
use crate::sight::standing;
use crate::table::{event, padded};
use crate::unit::tenanted;
use attache_model::event::Event;
use attache_model::{FileNo, FileRef, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// Most files that one statement asks about: each is a value of it, and SQLite takes 32766.
const FILES_AT_ONCE: usize = 4096;

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

    /// The first or the last `limit` events of each of some files that were listed, in that order, by one statement. A
    /// file that lists leave out is missing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn events_of_files(
        &self,
        files: &[FileNo],
        newest_first: bool,
        limit: u32,
    ) -> Result<HashMap<FileNo, Vec<Event>>> {
        let (now, sight, mut all) = (self.now(), self.sight(), HashMap::<FileNo, Vec<Event>>::new());
        for some in files.chunks(FILES_AT_ONCE) {
            let some: Arc<Vec<i64>> = Arc::new(padded(some).map(|no| no.0).collect());
            let unit = tenanted::<Vec<Event>, _>(move |mut t| {
                let some = some.clone();
                Box::pin(async move {
                    let built = asked(&mut t, &[FileTest::NoIn(some.to_vec())], Life::Living, sight, now).await?;
                    let text = of_files(&built.conditions.join(" AND "), newest_first, limit);
                    t.all(&text, &built.vals(), event::read).await
                })
            });
            for event in self.edit.read("read the events of files", unit).await? {
                all.entry(event.file.unwrap_or(FileNo(0))).or_default().push(event);
            }
        }
        Ok(all)
    }
}

/// The first or the last events of each of the files that a condition leaves.
fn of_files(condition: &str, newest_first: bool, limit: u32) -> String {
    let down = if newest_first { " DESC" } else { "" };
    format!(
        "SELECT no, kind, file_no, folder_no, record, actor_no, at FROM \
         (SELECT no, kind, file_no, folder_no, record, actor_no, at, \
          ROW_NUMBER() OVER (PARTITION BY file_no ORDER BY no{down}) AS place FROM event WHERE account_no = $1 \
          AND file_no IN (SELECT no FROM file WHERE account_no = $1 AND {condition})) placed \
         WHERE place <= {limit} ORDER BY file_no, no{down}"
    )
}
