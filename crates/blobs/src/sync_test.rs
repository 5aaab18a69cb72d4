//! Names that many threads make durable at once, with the threads of the system.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
};

use crate::{folder::Folder, sync::NameSync};

/// Folders `0` to `count - 1`.
pub(crate) fn folders(count: usize) -> (tempfile::TempDir, Vec<Folder>) {
    let place = tempfile::tempdir().unwrap();
    let root = Folder::root(place.path()).unwrap();
    let folders = (0..count).map(|n| {
        root.make(&n.to_string()).unwrap();
        root.enter(&n.to_string()).unwrap()
    });
    let folders = folders.collect();
    (place, folders)
}

#[test]
fn no_call_returns_before_a_sync_that_began_after_it() {
    let (_place, folders) = folders(1);
    let names = NameSync::default();
    let (made, durable) = (AtomicU64::new(0), AtomicU64::new(0));
    let sync = |_: &Folder| {
        let seen = made.load(SeqCst);
        thread::yield_now();
        durable.store(seen, SeqCst);
        Ok(())
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let mine = made.fetch_add(1, SeqCst) + 1;
                    names.sync_by(&[&folders[0]], sync).unwrap();
                    assert!(durable.load(SeqCst) >= mine);
                }
            });
        }
    });
}

#[test]
fn all_who_come_during_a_round_share_the_next_one() {
    const OTHERS: usize = 7;
    let (_place, folders) = folders(1 + OTHERS);
    let names = NameSync::default();
    let rounds = || names.progress().0;
    // The first round lasts until all others wait for the second.
    let first = |_: &Folder| {
        while names.progress().1 < OTHERS {
            thread::yield_now();
        }
        Ok(())
    };
    thread::scope(|scope| {
        scope.spawn(|| names.sync_by(&[&folders[0]], first).unwrap());
        while rounds() == 0 {
            thread::yield_now();
        }
        for folder in &folders[1..] {
            scope.spawn(|| names.sync(&[folder]).unwrap());
        }
    });
    assert_eq!(rounds(), 2);
}

#[test]
fn a_failure_is_never_asked_about_again() {
    let (_place, folders) = folders(1);
    let names = NameSync::default();
    let failed = names.sync_by(&[&folders[0]], |_| Err(io::ErrorKind::Other.into()));
    assert!(failed.is_err());
    let again = names.sync_by(&[&folders[0]], |_| panic!("synced again"));
    assert!(again.is_err());
}
