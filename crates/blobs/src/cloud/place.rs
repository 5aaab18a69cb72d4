//! Where things are in a bucket: the names of all objects, under the prefix of the installation.

use object_store::path::Path;

use crate::{Key, mark::INSTALLATION};

/// The name of what says that the parts of a growing content have been made an object already.
const SEALED: &str = "sealed";

/// The names of objects.
#[derive(Debug)]
pub(crate) struct Places {
    prefix: String,
}

impl Places {
    /// `prefix` is empty or ends with a slash.
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    fn at(&self, name: &str) -> Path {
        Path::from(format!("{}{name}", self.prefix))
    }

    /// A kept content.
    pub(crate) fn blob(&self, key: &Key) -> Path {
        self.at(&format!("blobs/{key}"))
    }

    /// All kept contents.
    pub(crate) fn blobs(&self) -> Path {
        self.at("blobs")
    }

    /// The key of an object among the kept contents.
    pub(crate) fn key_of_blob(path: &Path) -> Option<Key> {
        let (folder, name) = path.as_ref().rsplit_once('/')?;
        let shard = folder.rsplit('/').next()?;
        Key::parse(&format!("{shard}/{name}")).ok()
    }

    /// The marker of a put in progress: its text is the id of the multipart upload.
    pub(crate) fn staging(&self, key: &Key) -> Path {
        self.at(&format!("staging/{}", key.flat_name()))
    }

    /// All such markers.
    pub(crate) fn stagings(&self) -> Path {
        self.at("staging")
    }

    /// What says that a content is as young as this object, whatever the store thinks.
    pub(crate) fn landed(&self, key: &Key) -> Path {
        self.at(&format!("landed/{}", key.flat_name()))
    }

    /// All of these.
    pub(crate) fn all_landed(&self) -> Path {
        self.at("landed")
    }

    /// The key in the last segment of the name of a marker.
    pub(crate) fn key_of_marker(path: &Path) -> Option<Key> {
        Key::of_flat_name(path.filename()?)
    }

    /// Everything of one growing content.
    pub(crate) fn growing(&self, key: &Key) -> Path {
        self.at(&format!("growing/{}", key.flat_name()))
    }

    /// All growing contents.
    pub(crate) fn all_growing(&self) -> Path {
        self.at("growing")
    }

    /// One object of a growing content: a segment, or the marker of a multipart upload, whose text is the upload's id.
    pub(crate) fn segment(&self, key: &Key, name: &str) -> Path {
        self.at(&format!("growing/{}/{name}", key.flat_name()))
    }

    /// What says that the parts of a growing content have been made an object already.
    pub(crate) fn sealed(&self, key: &Key) -> Path {
        self.segment(key, SEALED)
    }

    /// The key and the last name of an object of a growing content.
    pub(crate) fn part_of_growing(path: &Path) -> Option<(Key, &str)> {
        let (folder, name) = path.as_ref().rsplit_once('/')?;
        Some((Key::of_flat_name(folder.rsplit('/').next()?)?, name))
    }

    /// What says whose the bucket is.
    pub(crate) fn installation(&self) -> Path {
        self.at(INSTALLATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_key() {
        let key = Key::random(0x3f).unwrap();
        for prefix in ["", "a/b/"] {
            let places = Places::new(prefix);
            assert_eq!(Places::key_of_blob(&places.blob(&key)), Some(key.clone()));
            assert_eq!(Places::key_of_marker(&places.staging(&key)), Some(key.clone()));
            assert_eq!(Places::key_of_marker(&places.landed(&key)), Some(key.clone()));
            let (found, name) = Places::part_of_growing(&places.sealed(&key)).map(|(k, n)| (k, n.to_owned())).unwrap();
            assert_eq!((found, name.as_str()), (key.clone(), SEALED));
        }
    }

    #[test]
    fn a_stranger_has_no_key() {
        let places = Places::new("");
        for name in
            ["blobs/notes.txt", "blobs/3f/notes.txt", "staging/old", "blobs/3F/00112233445566778899aabbccddeeff"]
        {
            assert_eq!(Places::key_of_blob(&places.at(name)), None, "{name}");
            assert_eq!(Places::key_of_marker(&places.at(name)), None, "{name}");
        }
    }
}
