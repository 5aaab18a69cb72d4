//! What the disk promises about growing contents beyond the shared suite.

use std::{
    fs::{self, File},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use attache_blobs::{Blobs, Body, Disk, Error, Growth, Home, InlineLimit, Piece};
use bytes::Bytes;
use futures_util::stream;
use tempfile::TempDir;

use crate::{
    host::{SmallVolume, skip},
    sample::{
        INLINE, KIB, MIB, add, all_growths, any_piece, assert_holds_nothing, body, content, cut_body, disk, finish,
        grown, open,
    },
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn root(folder: &TempDir) -> PathBuf {
    folder.path().join("blobs")
}

/// The file of a growing content.
fn file(folder: &TempDir, growth: &Growth) -> PathBuf {
    root(folder).join("growing").join(growth.key.as_str().replace('/', "-"))
}

fn open_at(folder: &TempDir, inline_limit: usize) -> Blobs {
    Blobs::from(Disk::open(&root(folder), InlineLimit::new(inline_limit).unwrap()).unwrap())
}

#[tokio::test]
async fn a_content_goes_on_growing_after_the_volume_was_opened_again() {
    let (folder, mut store) = disk();
    let content = content(3 * MIB);
    let mut growth = store.grow().unwrap();
    for at in (0..content.len()).step_by(300 * KIB) {
        growth = add(&store, &growth, &content.slice(at..content.len().min(at + 300 * KIB))).await;
        drop(store);
        store = open(&folder);
    }
    let first = finish(&store, &growth, &content).await;
    drop(store);
    let store = open(&folder);
    assert_eq!(finish(&store, &growth, &content).await, first);
}

#[tokio::test]
async fn nobody_but_the_service_can_read_what_grows() {
    let (folder, store) = disk();
    let growth = add(&store, &store.grow().unwrap(), &content(KIB)).await;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(root(&folder).join("growing")) & 0o077, 0);
    assert_eq!(mode(file(&folder, &growth)) & 0o077, 0);
}

#[tokio::test]
async fn a_failed_piece_gives_its_room_back() {
    let (folder, store) = disk();
    let fresh = store.grow().unwrap();
    for len in [1, 3 * MIB] {
        let cut = store.append(&fresh, cut_body(&content(len)), &any_piece()).await;
        assert!(matches!(cut, Err(Error::Cut(_))), "{cut:?}");
        assert!(!file(&folder, &fresh).exists(), "a content without a piece has no file");
        let growth = add(&store, &store.grow().unwrap(), &content(KIB)).await;
        let cut = store.append(&growth, cut_body(&content(len)), &any_piece()).await;
        assert!(matches!(cut, Err(Error::Cut(_))), "{cut:?}");
        assert_eq!(fs::metadata(file(&folder, &growth)).unwrap().len(), growth.len);
    }
}

#[test]
fn a_dropped_append_ends_by_itself_and_leaves_what_is_on_record() {
    let (folder, store) = disk();
    let content = content(3 * MIB);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let growth = runtime.block_on(async {
        let growth = add(&store, &store.grow().unwrap(), &content.slice(..MIB)).await;
        let (sender, mut chunks) = tokio::sync::mpsc::channel(1);
        let waiting = stream::poll_fn(move |context| chunks.poll_recv(context).map(|chunk| chunk.map(Ok)));
        let piece = any_piece();
        let append = store.append(&growth, Body::new(waiting, None), &piece);
        let feed = async {
            // More than an append holds at once: when all are taken, its thread is writing.
            for _ in 0..8 {
                sender.send(Bytes::from(vec![7; 256 * KIB])).await.unwrap();
            }
        };
        tokio::select! {
            ended = append => panic!("the piece cannot end: {ended:?}"),
            () = feed => {}
        }
        growth
    });
    // Ends when the thread has ended.
    drop(runtime);
    assert_eq!(fs::metadata(file(&folder, &growth)).unwrap().len(), growth.len);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let growth = add(&store, &growth, &content.slice(MIB..)).await;
        finish(&store, &growth, &content).await;
    });
}

#[tokio::test]
async fn bytes_beyond_the_record_never_count() {
    let (folder, store) = disk();
    let content = content(2 * MIB);
    let growth = add(&store, &store.grow().unwrap(), &content.slice(..MIB)).await;
    let longer = |growth: &Growth| {
        let file = File::options().write(true).open(file(&folder, growth)).unwrap();
        file.set_len(growth.len + 5000).unwrap();
    };
    longer(&growth);
    assert_eq!(all_growths(&store).await, [(growth.key.clone(), growth.len + 5000)]);
    assert!(grown(&store, &growth).await == content[..MIB]);
    let growth = add(&store, &growth, &content.slice(MIB..=MIB)).await;
    assert_eq!(all_growths(&store).await, [(growth.key.clone(), growth.len)], "the next piece cuts them off");
    let growth = add(&store, &growth, &content.slice(MIB + 1..)).await;
    longer(&growth);
    finish(&store, &growth, &content).await;
    assert_eq!(store.len(&growth.key).await.unwrap(), Some(growth.len));
}

#[tokio::test]
async fn a_file_that_no_record_knows_is_written_anew() {
    let (folder, store) = disk();
    let fresh = store.grow().unwrap();
    fs::write(file(&folder, &fresh), vec![7; MIB]).unwrap();
    finish(&store, &fresh, b"").await;
    let growth = add(&store, &fresh, &content(100 * KIB)).await;
    finish(&store, &growth, &content(100 * KIB)).await;
}

#[tokio::test]
async fn the_age_of_a_finished_content_begins_with_its_finish() {
    let (folder, store) = disk();
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content).await;
    let long_ago = SystemTime::UNIX_EPOCH + 1000 * DAY;
    let date = |path: PathBuf| File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    date(file(&folder, &growth));
    let listed = store.growths().next_batch().await.unwrap().unwrap();
    assert_eq!(listed[0].modified, long_ago, "reading its age changes nothing");
    for _ in 0..2 {
        finish(&store, &growth, &content).await;
        let listed = store.keys().next_batch().await.unwrap().unwrap();
        assert!(listed[0].modified > long_ago + DAY, "a sweep would take it for an orphan");
        date(root(&folder).join(growth.key.as_str()));
    }
}

#[tokio::test]
async fn a_finish_answers_the_same_under_another_inline_limit() {
    let (folder, store) = disk();
    let content = content(INLINE);
    let growth = add(&store, &store.grow().unwrap(), &content).await;
    let small = finish(&store, &growth, &content).await;
    assert!(matches!(small.home, Home::Inline(_)));
    let kept = finish(&open_at(&folder, 0), &growth, &content).await;
    assert_eq!(kept.home, Home::Kept(growth.key.clone()), "nothing was handed back to a row yet");
    assert_eq!(finish(&store, &growth, &content).await, kept, "it is kept and stays so");
}

#[tokio::test]
async fn a_stranger_among_the_growing_contents_is_neither_listed_nor_touched() {
    let (folder, store) = disk();
    let growing = root(&folder).join("growing");
    for name in ["notes.txt", "3f00112233445566778899aabbccddeeff", "3f-00112233445566778899AABBCCDDEEFF"] {
        fs::write(growing.join(name), b"mine").unwrap();
    }
    fs::create_dir(growing.join("3f-00112233445566778899aabbccddeeff")).unwrap();
    assert_eq!(all_growths(&store).await, []);
    assert_eq!(store.sweep_staging(Duration::ZERO).await.unwrap(), 0);
    assert_eq!(fs::read_dir(growing).unwrap().count(), 4);
}

#[tokio::test]
async fn a_link_or_a_pipe_in_place_of_a_growing_content_is_not_followed() {
    let (folder, store) = disk();
    let secret = folder.path().join("secret");
    let growth = add(&store, &store.grow().unwrap(), &content(MIB)).await;
    let path = file(&folder, &growth);
    fs::remove_file(&path).unwrap();
    fs::write(&secret, vec![b's'; MIB]).unwrap();
    symlink(&secret, &path).unwrap();
    assert_untouchable(&store, &growth).await;
    assert_eq!(fs::read(&secret).unwrap(), vec![b's'; MIB]);
    assert!(store.abandon(&growth.key).await.unwrap(), "the link itself goes");
    let pipe = rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0);
    pipe.unwrap();
    assert_untouchable(&store, &growth).await;
}

async fn assert_untouchable(store: &Blobs, growth: &Growth) {
    let fresh = Growth { len: 0, ..growth.clone() };
    for growth in [growth, &fresh] {
        let appended = store.append(growth, body(&content(KIB)), &any_piece()).await;
        assert!(matches!(appended, Err(Error::Io { .. })), "{appended:?}");
    }
    let finished = store.finish(growth).await;
    assert!(matches!(finished, Err(Error::Io { .. })), "{finished:?}");
    assert!(store.read_growth(growth, 0..1).await.is_err());
    assert_eq!(all_growths(store).await, []);
}

#[tokio::test]
async fn a_link_in_place_of_the_growing_folder_is_not_followed() {
    let (folder, store) = disk();
    let outside = folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::rename(root(&folder).join("growing"), root(&folder).join("moved")).unwrap();
    symlink(&outside, root(&folder).join("growing")).unwrap();
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content).await;
    finish(&store, &growth, &content).await;
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "something was written through the link");
}

#[tokio::test]
async fn contents_that_grow_at_once_do_not_touch_each_other() {
    let (_folder, store) = disk();
    let contents: Vec<_> = (0..8).map(|n| content(MIB + n)).collect();
    let grow = |content: &Bytes| {
        let (store, content) = (store.clone(), content.clone());
        async move {
            let mut growth = store.grow().unwrap();
            for at in (0..content.len()).step_by(128 * KIB) {
                growth = add(&store, &growth, &content.slice(at..content.len().min(at + 128 * KIB))).await;
            }
            finish(&store, &growth, &content).await;
        }
    };
    futures_util::future::join_all(contents.iter().map(grow)).await;
}

#[tokio::test]
async fn a_piece_longer_than_what_may_wait_for_the_disk_is_taken() {
    let (_folder, store) = disk();
    let block = content(MIB);
    let chunks = stream::iter((0..65).map({
        let block = block.clone();
        move |_| Ok(block.clone())
    }));
    let growth = add(&store, &store.grow().unwrap(), &content(1)).await;
    let piece = Piece { len: Some(65 * MIB as u64), ..any_piece() };
    let growth = store.append(&growth, Body::new(chunks, None), &piece).await.unwrap().growth;
    let mut expected = content(1).to_vec();
    (0..65).for_each(|_| expected.extend_from_slice(&block));
    finish(&store, &growth, &expected).await;
}

#[tokio::test]
async fn a_full_volume_drops_the_piece_and_takes_it_when_there_is_room() {
    let Some(small) = SmallVolume::mount() else {
        return skip("no small file system can be mounted here, so a full disk is not tried");
    };
    let store = open(&small.0);
    let whole = content(3 * MIB);
    let in_the_way = add(&store, &store.grow().unwrap(), &content(MIB + 1)).await;
    let growth = add(&store, &store.grow().unwrap(), &whole.slice(..MIB)).await;
    let rest = whole.slice(MIB..);
    let full = store.append(&growth, body(&rest), &any_piece()).await;
    assert!(matches!(full, Err(Error::Full)), "{full:?}");
    assert!(store.healthy(), "a full disk is no failed disk");
    assert!(grown(&store, &growth).await == whole[..MIB], "reads go on");
    let on_volume = all_growths(&store).await;
    assert!(on_volume.contains(&(growth.key.clone(), growth.len)), "the failed piece keeps no room: {on_volume:?}");
    assert_holds_nothing(&store).await;
    assert!(store.abandon(&in_the_way.key).await.unwrap());
    let growth = add(&store, &growth, &rest).await;
    finish(&store, &growth, &whole).await;
}

#[tokio::test]
async fn a_volume_that_has_become_read_only_still_shows_what_grows() {
    let Some(small) = SmallVolume::mount() else {
        return skip("no small file system can be mounted here, so a read-only one is not tried");
    };
    let store = open(&small.0);
    let content = content(MIB);
    let growth = add(&store, &store.grow().unwrap(), &content).await;
    let finished = add(&store, &store.grow().unwrap(), &content).await;
    finish(&store, &finished, &content).await;
    small.make_read_only();
    for growth in [&growth, &finished] {
        assert!(grown(&store, growth).await == content);
        let refused = store.append(growth, body(&content), &any_piece()).await;
        assert!(refused.is_err(), "{refused:?}");
        let refused = store.finish(growth).await;
        assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
    }
}
