//! Whoever asked has gone: what was begun comes to its end, and leaves a whole file or nothing.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Body, Caller, CheckPlan, Core, Expect, NewFile, NewName, Replacement};
use attache_db::testing::{Closed, Gate};
use attache_model::{FileNo, FolderRef, Name};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};

on_both_engines!(
    a_put_whose_sender_goes_away_leaves_a_whole_file_or_nothing,
    a_replace_whose_sender_goes_away_leaves_one_version_or_the_other,
);

/// More than is kept in a row.
const LEN: usize = 100_000;
/// So often everybody who can go on is let go on before it is looked who waits.
const SETTLE: usize = 24;
/// Far more than what was begun takes to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lets `count` units of the work in, and returns while it waits for the next one: whether there is a next one.
async fn lets_in<T>(closed: &Closed, count: usize, work: &mut JoinHandle<T>) -> bool {
    let mut let_in = 0;
    loop {
        for _ in 0..SETTLE {
            yield_now().await;
        }
        if work.is_finished() {
            return false;
        }
        match closed.waiting() {
            Some(waiting) if waiting > 0 && let_in == count => return true,
            Some(waiting) if waiting > 0 => {
                closed.let_in(0);
                let_in += 1;
            }
            _ => tokio::select! {
                () = closed.moved() => {}
                _ = &mut *work => return false,
            },
        }
    }
}

/// Begins the work again and again, and gives it up before its first unit, before its second, and so on to its last.
async fn is_sound_wherever_given_up<F>(home: &Home, begin: impl Fn(Core, Caller, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // That its token was used is noted beside whoever uses it.
    assert_eq!(home.core.finish(PATIENCE).await, 0);
    for count in 0.. {
        let closed = Gate::close();
        let mut work = tokio::spawn(begin(home.core.clone(), home.owner.clone(), count));
        let is_given_up = lets_in(&closed, count, &mut work).await;
        if is_given_up {
            work.abort();
            drop(work.await);
        }
        drop(closed);
        assert_eq!(home.core.finish(PATIENCE).await, 0);
        let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
        let report = home.core.operator().check(plan).await.unwrap();
        assert!(report.is_clean(), "given up before unit {count}: {report}");
        if !is_given_up {
            assert!(count > 0, "it has units");
            return;
        }
    }
}

async fn put(core: &Core, caller: &Caller, name: &str) -> FileNo {
    let edit = core.edit(caller).unwrap();
    let staged = edit.stage(Body::from(vec![7; LEN]), &Expect::at_most(LEN as u64)).await.unwrap();
    let new = NewFile::new(FolderRef::Path(format!("/{name}")), NewName::Exact(Name::parse(name).unwrap()));
    edit.put_file(NewFile { make_folders: true, ..new }, staged).await.unwrap().into_file().no
}

async fn a_put_whose_sender_goes_away_leaves_a_whole_file_or_nothing(home: Home) {
    is_sound_wherever_given_up(&home, |core, caller, count| async move {
        put(&core, &caller, &format!("{count}.bin")).await;
    })
    .await;
}

async fn a_replace_whose_sender_goes_away_leaves_one_version_or_the_other(home: Home) {
    let no = put(&home.core, &home.owner, "a.bin").await;
    is_sound_wherever_given_up(&home, move |core, caller, count| async move {
        let edit = core.edit(&caller).unwrap();
        let bytes = vec![count as u8; LEN];
        let staged = edit.stage(Body::from(bytes), &Expect::at_most(LEN as u64)).await.unwrap();
        edit.replace_file(no, Replacement::default(), staged).await.unwrap();
    })
    .await;
}
