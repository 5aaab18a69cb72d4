//! Who holds how much.

use crate::View;
use crate::cursor::{Key, Place};
use crate::query::Start;
use crate::table::{folder, signed, usage};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::account::Usage;
use attache_model::listing::{Holder, Holding};
use attache_model::page::Page;
use attache_model::{Error, FolderNo, Result};
use std::sync::Arc;

/// What files are summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    /// The folder that they are directly in.
    Folder,
    /// The records that they are on.
    Record,
    /// Their kind.
    Kind,
}

/// Bytes after which the first page begins.
const ALL: i64 = i64::MAX;

impl View<'_> {
    /// Who holds how much of what lives, the most first. A file that is on several records counts for each of them. Hidden
    /// files count for those who see them.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn usage_by(&self, by: UsageBy, start: Start, limit: u32) -> Result<Page<Holding>> {
        let list = format!("usage|{by:?}");
        let place = Arc::new(self.place(&list, &start)?);
        let sees = self.caller.sees_hidden();
        let unit = tenanted::<Vec<Holding>, _>(move |mut t| {
            let place = place.clone();
            Box::pin(async move {
                match by {
                    UsageBy::Folder => {
                        let found =
                            usage::folders(&mut t, &after_number(place.as_ref().as_ref(), sees, limit)?).await?;
                        with_paths(&mut t, found).await
                    }
                    UsageBy::Kind => usage::kinds(&mut t, &after_number(place.as_ref().as_ref(), sees, limit)?).await,
                    UsageBy::Record => usage::records(&mut t, &after_text(place.as_ref().as_ref(), sees, limit)?).await,
                }
            })
        });
        // Sums go over all files: they never take every reader away from what is quick.
        let _turn = self.core.0.sums.lock().await;
        let items = self.read("sum files up", unit).await?;
        Ok(self
            .cut(&list, limit, items, |item| Place { key: Key::Int(signed(item.usage.bytes)), tie: tie(&item.holder) }))
    }

    /// What is in the trash.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn trash_usage(&self) -> Result<Usage> {
        let sees = self.caller.sees_hidden();
        let unit = tenanted::<Usage, _>(move |mut t| Box::pin(async move { usage::trash(&mut t, sees).await }));
        let _turn = self.core.0.sums.lock().await;
        self.read("sum the trash up", unit).await
    }
}

fn tie(holder: &Holder) -> Key {
    match holder {
        Holder::Folder { no, .. } => Key::Int(no.0),
        Holder::Record(record) => Key::Text(record.to_string()),
        Holder::Kind(kind) => Key::Int(kind.code()),
    }
}

fn after_number(place: Option<&Place>, sees_hidden: bool, limit: u32) -> Result<usage::After<i64>> {
    match place {
        None => Ok(usage::After { sees_hidden, bytes: ALL, key: -1, limit: limit + 1 }),
        Some(Place { key: Key::Int(bytes), tie: Key::Int(key) }) => {
            Ok(usage::After { sees_hidden, bytes: *bytes, key: *key, limit: limit + 1 })
        }
        Some(_) => Err(Error::bug("a cursor of usage holds something else")),
    }
}

fn after_text(place: Option<&Place>, sees_hidden: bool, limit: u32) -> Result<usage::After<String>> {
    match place {
        None => Ok(usage::After { sees_hidden, bytes: ALL, key: String::new(), limit: limit + 1 }),
        Some(Place { key: Key::Int(bytes), tie: Key::Text(key) }) => {
            Ok(usage::After { sees_hidden, bytes: *bytes, key: key.clone(), limit: limit + 1 })
        }
        Some(_) => Err(Error::bug("a cursor of usage holds something else")),
    }
}

/// Fills in the folders' paths, by one statement.
async fn with_paths(t: &mut Tenanted<'_>, mut found: Vec<Holding>) -> Outcome<Vec<Holding>> {
    let nos: Vec<FolderNo> = found
        .iter()
        .filter_map(|holding| match &holding.holder {
            Holder::Folder { no, .. } if *no != FolderNo::ROOT => Some(*no),
            _ => None,
        })
        .collect();
    let paths: std::collections::HashMap<FolderNo, String> = folder::paths(t, &nos).await?.into_iter().collect();
    for holding in &mut found {
        if let Holder::Folder { no, path, .. } = &mut holding.holder
            && let Some(own) = paths.get(no)
        {
            path.clone_from(own);
        }
    }
    Ok(found)
}
