//! The same source over locks whose schedule shuttle chooses: whatever order the threads get on in, nobody is told that a
//! name is durable before a sync that began after the name was made.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
};

use shuttle::{
    sync as locks,
    sync::Arc,
    thread::{spawn, yield_now},
};

use crate::{folder::Folder, sync_test::folders};

#[path = "sync.rs"]
#[expect(clippy::duplicate_mod, reason = "the same source over other locks is what is tried here")]
#[expect(dead_code, reason = "what the schedules do not need is tried with the system's threads")]
mod sync;

use sync::NameSync;

/// Schedules of each race.
const SCHEDULES: usize = 10_000;
/// Threads of a race.
const THREADS: usize = 3;

fn schedules(name: &str, race: impl Fn(Folder) + Send + Sync + 'static) {
    let (_place, folders) = folders(1);
    let folder = folders[0].clone();
    shuttle::check_random(move || race(folder.clone()), SCHEDULES);
    println!("FIGURE model: {name}: {SCHEDULES} shuttle schedules of {THREADS} threads, 0 wrong");
}

#[test]
fn in_no_schedule_a_call_returns_before_a_sync_that_began_after_it() {
    schedules("syncs of names", |folder| {
        let names = Arc::new(NameSync::default());
        let (made, durable) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (names, folder, made, durable) = (names.clone(), folder.clone(), made.clone(), durable.clone());
                spawn(move || {
                    let mine = made.fetch_add(1, SeqCst) + 1;
                    let sync = |_: &Folder| {
                        let seen = made.load(SeqCst);
                        yield_now();
                        durable.store(seen, SeqCst);
                        Ok(())
                    };
                    names.sync_by(&[&folder], sync).unwrap();
                    assert!(durable.load(SeqCst) >= mine, "told too early");
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn in_no_schedule_a_call_succeeds_after_a_sync_that_failed() {
    schedules("a sync of names that fails", |folder| {
        let (names, has_failed) = (Arc::new(NameSync::default()), Arc::new(AtomicU64::new(0)));
        let threads: Vec<_> = (0..THREADS)
            .map(|no| {
                let (names, folder, has_failed) = (names.clone(), folder.clone(), has_failed.clone());
                spawn(move || {
                    let before = has_failed.load(SeqCst);
                    let sync = |_: &Folder| {
                        yield_now();
                        if no == 0 { Err(io::Error::from(io::ErrorKind::Other)) } else { Ok(()) }
                    };
                    let end = names.sync_by(&[&folder], sync);
                    assert!(end.is_err() || before == 0, "a success after a failure");
                    has_failed.fetch_max(u64::from(end.is_err()), SeqCst);
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}
