//! In which order a growing content speaks to the disk, and what is left of it when the disk fails or the
//! process is killed between any two calls. Like `faults`, it needs `strace` and says SKIPPED without it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use attache_blobs::{Blobs, Error, Growth, Key};
use bytes::Bytes;
use tempfile::TempDir;

use crate::{
    host::{child_store, child_volume, count, has_strace, kill, position, skip, trace},
    sample::{KIB, add, all_growths, all_keys, any_piece, body, content, finish, grown, open},
};

const PIECE: usize = 300 * KIB;
const PIECES: usize = 3;
const KEY: &str = "3f/00112233445566778899aabbccddeeff";
const FILE: &str = "/blobs/growing/3f-00112233445566778899aabbccddeeff>";

fn whole() -> Bytes {
    content(PIECES * PIECE)
}

fn piece(n: usize) -> Bytes {
    whole().slice(n * PIECE..(n + 1) * PIECE)
}

fn fresh() -> Growth {
    Growth { key: Key::parse(KEY).unwrap(), len: 0, digests: Vec::new() }
}

/// The row of the content: a file beside the volume, replaced as a whole.
fn row(volume: &Path) -> PathBuf {
    volume.with_file_name("row")
}

fn read_row(volume: &Path) -> Growth {
    let Ok(row) = fs::read_to_string(row(volume)) else {
        return fresh();
    };
    let (len, digests) = row.split_once(' ').unwrap();
    Growth { len: len.parse().unwrap(), digests: hex::decode(digests).unwrap(), ..fresh() }
}

fn write_row(volume: &Path, growth: &Growth) {
    let new = volume.with_file_name("new-row");
    fs::write(&new, format!("{} {}", growth.len, hex::encode(&growth.digests))).unwrap();
    fs::rename(new, row(volume)).unwrap();
}

/// Goes on from the row to the end.
async fn go_on(store: &Blobs, volume: &Path) {
    let mut growth = read_row(volume);
    while growth.len < (PIECES * PIECE) as u64 {
        let n = usize::try_from(growth.len).unwrap() / PIECE;
        growth = add(store, &growth, &piece(n)).await;
        write_row(volume, &growth);
    }
    finish(store, &growth, &whole()).await;
}

/// Everything on one thread for disk work, so that the calls of a child can be counted.
fn on_one_thread(work: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.max_blocking_threads(1).build().unwrap().block_on(work);
}

fn volume() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    folder
}

#[test]
fn a_piece_is_written_and_synced_and_the_first_one_syncs_its_name() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of an append is not seen");
    }
    let folder = volume();
    let calls = trace(&folder, "growth_faults::child_grows", &[]);
    let mut at = 0;
    for n in 0..PIECES {
        let write = position(&calls, at, &[" write(", FILE, &(256 * KIB).to_string()]);
        let write = position(&calls, write + 1, &[" write(", FILE]);
        let sync = position(&calls, write, &["fdatasync(", FILE]);
        let recorded = position(&calls, sync, &[" rename(", "new-row"]);
        assert_eq!(count(&calls[sync..recorded], &[" write(", FILE]), 0, "all bytes come first");
        let names = count(&calls[sync..recorded], &[" fsync(", "/blobs/growing>"]);
        assert_eq!(names, usize::from(n == 0), "the name is new once");
        at = recorded;
    }
}

#[test]
fn a_late_piece_costs_no_more_than_its_own_bytes_and_a_finish_copies_nothing() {
    if !has_strace() {
        return skip("strace cannot trace here, so the cost of an append is not seen");
    }
    let folder = volume();
    let calls = trace(&folder, "growth_faults::child_grows", &[]);
    assert_eq!(count(&calls, &[" write(", FILE]), 2 * PIECES);
    assert_eq!(count(&calls, &["fdatasync("]), PIECES);
    assert_eq!(count(&calls, &["ftruncate("]), 0);
    // The head of the finished content alone.
    assert_eq!(count(&calls, &["read", FILE]), 1);
    assert_eq!(count(&calls, &["read", FILE, ", 65536, 0) = 65536"]), 1);
    let name = position(&calls, 0, &["renameat(", "/blobs/growing>"]);
    position(&calls, name, &[" fsync(", "/blobs/3f>"]);
    position(&calls, name, &[" fsync(", "/blobs/growing>"]);
    assert_eq!(count(&calls, &[" fsync("]), 3, "one for the first piece and two for the finish");
}

#[test]
fn a_finish_that_cuts_its_content_syncs_that_before_it_gets_its_name() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of a finish is not seen");
    }
    let folder = volume();
    let calls = trace(&folder, "growth_faults::child_finishes_with_bytes_beyond_its_row", &[]);
    let cut = position(&calls, 0, &["ftruncate(", FILE]);
    let sync = position(&calls, cut, &["fdatasync(", FILE]);
    position(&calls, sync, &["renameat(", "/blobs/growing>"]);
}

#[test]
fn an_abandoned_content_is_synced_away() {
    if !has_strace() {
        return skip("strace cannot trace here, so the order of abandoning is not seen");
    }
    let folder = volume();
    let calls = trace(&folder, "growth_faults::child_abandons", &[]);
    let gone = position(&calls, 0, &["unlinkat(", "/blobs/growing>"]);
    position(&calls, gone, &[" fsync(", "/blobs/growing>"]);
}

#[test]
fn a_content_whose_process_was_killed_before_any_call_goes_on_from_its_row() {
    if !has_strace() {
        return skip("strace cannot trace here, so no child is killed between two calls");
    }
    let calls = [
        ("write", 2 * PIECES, Some(FILE)),
        ("fdatasync", PIECES, None),
        ("fsync", 3, None),
        // The row is renamed into its place.
        ("rename", PIECES, None),
        ("renameat", 1, None),
    ];
    for (call, times, file) in calls {
        for nth in 1..=times {
            let folder = volume();
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            let file = file.map(|file| format!("{}{}", folder.path().display(), file.trim_end_matches('>')));
            let only = file.iter().flat_map(|file| ["-P", file]);
            let options: Vec<_> = ["-e", &inject].into_iter().chain(only).collect();
            kill(&folder, "growth_faults::child_grows", &options);
            on_one_thread(assert_goes_on(&folder, &inject));
        }
    }
}

async fn assert_goes_on(folder: &TempDir, killed_at: &str) {
    let (store, volume) = (open(folder), folder.path().join("blobs"));
    let growth = read_row(&volume);
    let recorded = usize::try_from(growth.len).unwrap();
    assert!(grown(&store, &growth).await == whole()[..recorded], "{killed_at}");
    go_on(&store, &volume).await;
    assert_eq!(all_keys(&store).await, [growth.key], "{killed_at}");
    assert_eq!(all_growths(&store).await, [], "{killed_at}");
}

#[test]
fn a_piece_that_cannot_be_made_durable_ends_all_writing_and_leaves_the_row_right() {
    if !has_strace() {
        return skip("strace cannot trace here, so a failed fdatasync is not made");
    }
    let folder = volume();
    let inject = ["-e", "inject=fdatasync:error=EIO:when=2"];
    let calls = trace(&folder, "growth_faults::child_sees_the_volume_fail", &inject);
    assert_eq!(count(&calls, &["fdatasync("]), 2, "it is never tried again");
    on_one_thread(assert_goes_on(&folder, "fdatasync"));
}

#[test]
fn a_first_name_that_cannot_be_made_durable_ends_all_writing() {
    if !has_strace() {
        return skip("strace cannot trace here, so a failed fsync is not made");
    }
    let folder = volume();
    let inject = ["-e", "inject=fsync:error=EIO"];
    let calls = trace(&folder, "growth_faults::child_sees_the_volume_fail", &inject);
    assert_eq!(count(&calls, &[" fsync("]), 1, "it is never tried again");
    on_one_thread(assert_goes_on(&folder, "fsync"));
}

#[test]
fn a_finish_that_cannot_be_made_durable_is_not_answered_and_can_be_asked_again_later() {
    if !has_strace() {
        return skip("strace cannot trace here, so a failed fsync is not made");
    }
    let folder = volume();
    let inject = ["-e", "inject=fsync:error=EIO:when=2+"];
    trace(&folder, "growth_faults::child_sees_the_finish_fail", &inject);
    on_one_thread(assert_goes_on(&folder, "fsync of a finish"));
}

#[test]
fn no_room_at_the_sync_of_a_piece_is_no_fault_of_the_volume() {
    if !has_strace() {
        return skip("strace cannot trace here, so a full fdatasync is not made");
    }
    let folder = volume();
    let inject = ["-e", "inject=fdatasync:error=ENOSPC:when=2"];
    trace(&folder, "growth_faults::child_finds_no_room_once", &inject);
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_grows() {
    on_one_thread(async { go_on(&child_store(), &child_volume()).await });
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_abandons() {
    on_one_thread(async {
        let store = child_store();
        let growth = add(&store, &fresh(), &piece(0)).await;
        assert!(store.abandon(&growth.key).await.unwrap());
    });
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_finishes_with_bytes_beyond_its_row() {
    on_one_thread(async {
        let store = child_store();
        let growth = add(&store, &fresh(), &piece(0)).await;
        add(&store, &growth, &piece(1)).await;
        finish(&store, &growth, &piece(0)).await;
    });
}

/// Appends until it fails, as it must, with all pieces recorded that were acknowledged.
async fn grow_until_it_fails(store: &Blobs, volume: &Path) -> (Growth, Error) {
    let mut growth = read_row(volume);
    for _ in 0..PIECES {
        match store.append(&growth, body(&piece(0)), &any_piece()).await {
            Ok(grown) => growth = grown.growth,
            Err(error) => return (growth, error),
        }
        write_row(volume, &growth);
    }
    panic!("nothing failed");
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_sees_the_volume_fail() {
    on_one_thread(async {
        let store = child_store();
        let (growth, failed) = grow_until_it_fails(&store, &child_volume()).await;
        assert!(matches!(failed, Error::Io { .. }), "{failed:?}");
        assert!(!store.healthy());
        assert_unhealthy(&store, &growth).await;
        assert!(grown(&store, &growth).await == piece(0)[..usize::try_from(growth.len).unwrap()], "reads go on");
    });
}

async fn assert_unhealthy(store: &Blobs, growth: &Growth) {
    let appended = store.append(growth, body(&piece(0)), &any_piece()).await;
    assert!(matches!(appended, Err(Error::Unhealthy)), "{appended:?}");
    let finished = store.finish(growth).await;
    assert!(matches!(finished, Err(Error::Unhealthy)), "{finished:?}");
    let abandoned = store.abandon(&growth.key).await;
    assert!(matches!(abandoned, Err(Error::Unhealthy)), "{abandoned:?}");
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_sees_the_finish_fail() {
    on_one_thread(async {
        let (store, volume) = (child_store(), child_volume());
        let mut growth = fresh();
        for n in 0..PIECES {
            growth = add(&store, &growth, &piece(n)).await;
            write_row(&volume, &growth);
        }
        let failed = store.finish(&growth).await;
        assert!(matches!(failed, Err(Error::Io { .. })), "{failed:?}");
        assert_unhealthy(&store, &growth).await;
        assert!(grown(&store, &growth).await == whole(), "reads go on");
    });
}

#[test]
#[ignore = "a part of the tests under strace"]
fn child_finds_no_room_once() {
    on_one_thread(async {
        let (store, volume) = (child_store(), child_volume());
        let (growth, failed) = grow_until_it_fails(&store, &volume).await;
        assert!(matches!(failed, Error::Full), "{failed:?}");
        assert!(store.healthy());
        assert_eq!(all_growths(&store).await, [(growth.key, growth.len)]);
        go_on(&store, &volume).await;
    });
}
