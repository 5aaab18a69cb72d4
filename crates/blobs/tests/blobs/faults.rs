//! What happens when the disk is full or fails, and in which order a put speaks to it.
//!
//! The order is seen, and the failures are made, by `strace`, which runs this test binary again with one of the `child_`
//! tests. Where `strace` or a small file system cannot be had, the test says SKIPPED.

use std::process::Command;

use attache_blobs::{Disk, Error, Expect, InlineLimit};

use crate::{
    host::{SmallVolume, child_store, count, has_strace, position, skip, trace, unmount},
    sample::{KIB, MIB, anything, assert_holds_nothing, body, content, cut_body, keep, open, whole},
};

const LEN: usize = 300 * KIB;

#[test]
fn a_put_writes_then_syncs_then_names_then_syncs_the_names() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of a put is not seen");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let calls = trace(&folder, "faults::child_puts_one_blob", &[]);
    let staged = "/blobs/staging/";
    let write = position(&calls, 0, &[" write(", staged, &(256 * KIB).to_string()]);
    let write = position(&calls, write + 1, &[" write(", staged]);
    let bytes = position(&calls, write, &["fdatasync(", staged]);
    let name = position(&calls, bytes, &["rename", "/blobs/staging>"]);
    let shard = name_in_quotes(&calls[name], 0)[..2].to_owned();
    let names = position(&calls, name, &[" fsync(", &format!("/blobs/{shard}>")]);
    position(&calls, name, &[" fsync(", "/blobs/staging>"]);
    assert!(names > name);
    assert_eq!(count(&calls[bytes..], &[" write(", staged]), 0, "all bytes come first");
    assert_eq!(count(&calls, &["unlink", "/blobs"]), 0);
}

#[test]
fn an_upload_that_fails_never_gets_a_name() {
    if !has_strace() {
        return skip("strace cannot trace here, so the calls of a failed put are not seen");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let calls = trace(&folder, "faults::child_fails_twice", &[]);
    assert_eq!(count(&calls, &["rename", "/blobs"]), 0);
    assert_eq!(count(&calls, &["unlink", "/blobs/staging>"]), 2);
}

fn name_in_quotes(call: &str, nth: usize) -> &str {
    call.split('"').nth(2 * nth + 1).expect("a quoted name")
}

#[test]
fn a_removal_is_synced_before_it_is_acknowledged() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of a removal is not seen");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let calls = trace(&folder, "faults::child_puts_and_removes_one_blob", &[]);
    let gone = position(&calls, 0, &["unlink", "/blobs/"]);
    let shard = calls[gone].split_once("/blobs/").unwrap().1[..2].to_owned();
    position(&calls, gone, &[" fsync(", &format!("/blobs/{shard}>")]);
}

#[test]
fn opening_makes_its_folders_durable() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of opening is not seen");
    }
    let folder = tempfile::tempdir().unwrap();
    let calls = trace(&folder, "faults::child_opens", &[]);
    let parent = format!("{}>", folder.path().display());
    let root = position(&calls, 0, &[" fsync(", &parent]);
    position(&calls, root, &[" fsync(", "/blobs>"]);
}

#[test]
fn bytes_that_cannot_be_made_durable_are_dropped_and_end_all_writing() {
    if !has_strace() {
        return skip("strace cannot trace here, so a failed fdatasync is not made");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let inject = ["-e", "inject=fdatasync:error=EIO"];
    let calls = trace(&folder, "faults::child_sees_the_volume_fail", &inject);
    assert_eq!(count(&calls, &["fdatasync("]), 1, "it is never tried again");
    assert_eq!(count(&calls, &["rename", "/blobs"]), 0, "it got no name");
}

#[test]
fn a_name_that_cannot_be_made_durable_is_dropped_and_ends_all_writing() {
    if !has_strace() {
        return skip("strace cannot trace here, so a failed fsync is not made");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let inject = ["-e", "inject=fsync:error=EIO"];
    let calls = trace(&folder, "faults::child_sees_the_volume_fail", &inject);
    assert_eq!(count(&calls, &[" fsync("]), 1, "it is never tried again");
}

#[test]
fn no_room_at_the_last_sync_is_no_fault_of_the_volume() {
    if !has_strace() {
        return skip("strace cannot trace here, so a full fdatasync is not made");
    }
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let inject = ["-e", "inject=fdatasync:error=ENOSPC:when=1"];
    trace(&folder, "faults::child_finds_no_room_once", &inject);
}

#[tokio::test]
#[ignore = "a part of the tests under strace"]
async fn child_opens() {
    child_store();
}

#[tokio::test]
#[ignore = "a part of the tests under strace"]
async fn child_puts_one_blob() {
    keep(&child_store(), &content(LEN)).await;
}

#[tokio::test]
#[ignore = "a part of the tests under strace"]
async fn child_fails_twice() {
    let store = child_store();
    let cut = store.put(cut_body(&content(LEN)), &anything()).await;
    assert!(matches!(cut, Err(Error::Cut(_))), "{cut:?}");
    let wrong = Expect { md5: Some([7; 16]), ..anything() };
    let refused = store.put(body(&content(LEN)), &wrong).await;
    assert!(matches!(refused, Err(Error::Checksum { .. })), "{refused:?}");
}

#[tokio::test]
#[ignore = "a part of the tests under strace"]
async fn child_puts_and_removes_one_blob() {
    let store = child_store();
    let key = keep(&store, &content(LEN)).await;
    assert!(store.remove(&key).await.unwrap());
}

#[tokio::test]
#[ignore = "a part of the tests under strace"]
async fn child_sees_the_volume_fail() {
    let store = child_store();
    assert!(store.healthy());
    let failed = store.put(body(&content(LEN)), &anything()).await;
    assert!(matches!(failed, Err(Error::Io { .. })), "{failed:?}");
    assert!(!store.healthy());
    assert_holds_nothing(&store).await;
    for len in [1, LEN] {
        let refused = store.put(body(&content(len)), &anything()).await;
        assert!(matches!(refused, Err(Error::Unhealthy)), "{refused:?}");
    }
    let key = attache_blobs::Key::parse("00/00000000000000000000000000000000").unwrap();
    let refused = store.remove(&key).await;
    assert!(matches!(refused, Err(Error::Unhealthy)), "{refused:?}");
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_finds_no_room_once() {
    // The fault is injected into the first call of each thread, so both puts must use the same one.
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.max_blocking_threads(1).build().unwrap();
    let store = child_store();
    runtime.block_on(async {
        let failed = store.put(body(&content(LEN)), &anything()).await;
        assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
        assert_holds_nothing(&store).await;
        assert!(store.healthy());
        keep(&store, &content(LEN)).await;
    });
}

#[tokio::test]
async fn a_full_volume_drops_the_upload_and_works_again_when_there_is_room() {
    let Some(small) = SmallVolume::mount() else {
        return skip("no small file system can be mounted here, so a full disk is not tried");
    };
    let store = open(&small.0);
    let kept = content(2 * MIB);
    let key = keep(&store, &kept).await;
    let full = store.put(body(&content(3 * MIB)), &Expect::at_most(4 * MIB as u64)).await;
    assert!(matches!(full, Err(Error::Full)), "{full:?}");
    assert!(store.healthy(), "a full disk is no failed disk");
    assert_eq!(store.leftovers().next_batch().await.unwrap(), None);
    assert!(whole(&store, &key, kept.len()).await == kept, "reads go on");
    assert!(store.remove(&key).await.unwrap());
    keep(&store, &content(3 * MIB)).await;
}

#[test]
fn a_folder_on_another_file_system_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    let Some(small) = SmallVolume::mount() else {
        return skip("no file system can be mounted here, so one inside a volume is not tried");
    };
    let place = folder.path().join("blobs/3f");
    let bound = Command::new("mount").arg("--bind").arg(small.0.path()).arg(&place).status();
    assert!(bound.unwrap().success());
    let refused = Disk::open(&folder.path().join("blobs"), InlineLimit::default());
    unmount(&place);
    match refused.unwrap_err() {
        Error::Layout { path, why } => {
            assert_eq!(path, place);
            assert_eq!(why, "must be on the same file system as its parent folder");
        }
        other => panic!("{other:?}"),
    }
}
