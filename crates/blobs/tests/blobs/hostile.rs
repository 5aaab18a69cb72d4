//! Links planted in the volume lead nowhere.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use attache_blobs::{Disk, Error, InlineLimit};
use tempfile::TempDir;

use crate::sample::{KIB, anything, assert_holds_nothing, body, content, disk, keep};

const LEN: usize = 100 * KIB;

fn root(folder: &TempDir) -> PathBuf {
    folder.path().join("blobs")
}

/// A folder outside the volume, to which the links lead.
fn outside(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("outside");
    fs::create_dir(&path).unwrap();
    path
}

fn is_empty(path: &Path) -> bool {
    fs::read_dir(path).unwrap().next().is_none()
}

#[test]
fn a_link_or_a_file_in_place_of_a_folder_is_refused_at_opening() {
    for name in ["staging", "growing", "3f"] {
        let (folder, _store) = disk();
        let outside = outside(&folder);
        let place = root(&folder).join(name);
        fs::remove_dir(&place).unwrap();
        symlink(&outside, &place).unwrap();
        assert_refused(&folder, name);
        fs::remove_file(&place).unwrap();
        fs::write(&place, b"").unwrap();
        assert_refused(&folder, name);
    }
}

fn assert_refused(folder: &TempDir, name: &str) {
    match Disk::open(&root(folder), InlineLimit::default()).unwrap_err() {
        Error::Layout { path, why } => {
            assert_eq!(path, root(folder).join(name));
            assert_eq!(why, "must be a folder, not a link or a file");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_link_in_place_of_a_blob_is_not_followed() {
    let (folder, store) = disk();
    let key = keep(&store, &content(LEN)).await;
    let secret = outside(&folder).join("secret");
    fs::write(&secret, vec![b's'; LEN]).unwrap();
    let place = root(&folder).join(key.as_str());
    fs::remove_file(&place).unwrap();
    symlink(&secret, &place).unwrap();

    let len = LEN as u64;
    let read = store.read(&key, 0..len, len).await.unwrap_err();
    assert!(matches!(read, Error::Io { .. }), "{read:?}");
    assert!(store.len(&key).await.is_err());
    assert!(store.digest(&key).await.is_err());
    assert_eq!(store.keys().next_batch().await.unwrap(), None);
    assert!(store.remove(&key).await.unwrap(), "the link itself goes");
    assert_eq!(fs::read(&secret).unwrap(), vec![b's'; LEN]);
}

#[tokio::test]
async fn a_link_in_place_of_a_folder_of_blobs_is_not_followed() {
    let (folder, store) = disk();
    let outside = outside(&folder);
    // Neighbours in time share a folder, so the next blob would go where this one went.
    let key = keep(&store, &content(LEN)).await;
    assert!(store.remove(&key).await.unwrap());
    let place = root(&folder).join(&key.as_str()[..2]);
    fs::remove_dir(&place).unwrap();
    symlink(&outside, &place).unwrap();

    let refused = store.put(body(&content(LEN)), &anything()).await;
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
    assert!(is_empty(&outside), "something was written through the link");
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    assert_holds_nothing(&store).await;
}

#[tokio::test]
async fn a_link_in_place_of_staging_is_not_followed() {
    let (folder, store) = disk();
    let outside = outside(&folder);
    let staging = root(&folder).join("staging");
    fs::rename(&staging, root(&folder).join("moved")).unwrap();
    symlink(&outside, &staging).unwrap();
    keep(&store, &content(LEN)).await;
    assert!(is_empty(&outside), "something was written through the link");
    fs::write(outside.join("old"), b"not ours").unwrap();
    let swept = store.sweep_staging(std::time::Duration::ZERO).await;
    assert!(swept.is_err(), "{swept:?}");
    assert!(outside.join("old").exists());
}
