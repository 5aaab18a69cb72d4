//! Lists of what a bucket holds, page by page; and the sweep of what crashes have left in it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, future, stream};
use object_store::{ObjectMeta, path::Path};

use super::{Cloud, Places, refusal};
use crate::{Error, Found, Key, Leftover, Leftovers, Listing, walk::file_clock};

impl Cloud {
    /// Every object below `folder`.
    pub(crate) fn objects(&self, folder: &Path) -> impl Stream<Item = Result<ObjectMeta, Error>> + Send + use<> {
        self.store.objects.list(Some(folder)).map_err(refusal::during("list the blobs"))
    }

    pub(crate) fn keys(&self) -> Listing {
        let cloud = self.clone();
        let found = async move {
            let landed = cloud.landed().await?;
            let objects = cloud.objects(&cloud.places.blobs());
            Ok(objects.try_filter_map(move |object| future::ok(kept(&object, &landed))))
        };
        Listing::of_cloud(stream::once(found).try_flatten().boxed())
    }

    /// When contents have landed that a store may date by their beginning. There are few: a sweep removes them.
    async fn landed(&self) -> Result<HashMap<Key, SystemTime>, Error> {
        let objects = self.objects(&self.places.all_landed());
        let landed = objects.try_filter_map(|object| {
            future::ok(Places::key_of_marker(&object.location).map(|key| (key, object.last_modified.into())))
        });
        landed.try_collect().await
    }

    /// One entry for each growing content. Its length is as far as its last segment tells; of what lies in parts alone
    /// the bucket tells no length, and it counts as none.
    pub(crate) fn growths(&self) -> Listing {
        let objects = self.objects(&self.places.all_growing()).try_filter_map(|object| future::ok(growing(&object)));
        let ends = objects.map_ok(Some).chain(stream::once(future::ok(None)));
        // All objects of one content follow each other.
        let merged = ends.scan(None::<Found>, |gathering, next| {
            let found = match (next, gathering.take()) {
                (Err(error), before) => {
                    *gathering = before;
                    Some(Err(error))
                }
                (Ok(Some(object)), Some(before)) if before.key == object.key => {
                    *gathering = Some(later(before, &object));
                    None
                }
                (Ok(next), before) => {
                    *gathering = next;
                    before.map(Ok)
                }
            };
            future::ready(Some(found))
        });
        Listing::of_cloud(merged.filter_map(future::ready).boxed())
    }

    pub(crate) fn leftovers(&self) -> Leftovers {
        let markers = self.objects(&self.places.stagings());
        Leftovers::of_cloud(markers.map_ok(|marker| leftover(&marker)).boxed())
    }

    /// Removes the parts of puts that nobody has marked as being at work for `older_than`.
    pub(crate) async fn sweep_staging(&self, older_than: Duration) -> Result<u64, Error> {
        let now = file_clock();
        let old =
            |object: &ObjectMeta| now.duration_since(object.last_modified.into()).unwrap_or_default() >= older_than;
        let mut swept = 0;
        let mut markers = Box::pin(self.objects(&self.places.stagings()));
        while let Some(marker) = markers.try_next().await? {
            if old(&marker) {
                self.sweep(&marker.location).await?;
                swept += 1;
            }
        }
        let mut landed = Box::pin(self.objects(&self.places.all_landed()));
        while let Some(note) = landed.try_next().await? {
            if old(&note) {
                self.delete(&note.location, "sweep staging").await?;
            }
        }
        Ok(swept)
    }

    /// The marker goes last, so that a sweep that is cut is done again.
    async fn sweep(&self, marker: &Path) -> Result<(), Error> {
        let op = "sweep staging";
        if let Some(key) = Places::key_of_marker(marker)
            && let Some(id) = self.read_text(marker, op).await?
        {
            self.abort_upload(&key, &id).await?;
        }
        self.delete(marker, op).await
    }
}

fn kept(object: &ObjectMeta, landed: &HashMap<Key, SystemTime>) -> Option<Found> {
    let key = Places::key_of_blob(&object.location)?;
    let modified = SystemTime::from(object.last_modified);
    let modified = landed.get(&key).map_or(modified, |landed| modified.max(*landed));
    Some(Found { key, len: object.size, modified })
}

fn growing(object: &ObjectMeta) -> Option<Found> {
    let (key, name) = Places::part_of_growing(&object.location)?;
    Some(Found { key, len: crate::growth::end_of(name), modified: object.last_modified.into() })
}

fn later(found: Found, other: &Found) -> Found {
    Found { key: found.key, len: found.len.max(other.len), modified: found.modified.max(other.modified) }
}

fn leftover(marker: &ObjectMeta) -> Leftover {
    let name = marker.location.filename().unwrap_or_default().to_owned();
    Leftover { name, len: marker.size, modified: marker.last_modified.into() }
}
