//! The six races, with the core itself.

use super::order::Order;
use super::{Desk, every_order, new, put};
use crate::plan::Clash;
use attache_model::upload::UploadState;
use attache_model::{Error, FileNo, Result, UserNo};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// Contents that are rows, and contents that are in the store.
const CONTENTS: [&[u8]; 2] = [b"a row", b"longer than what is kept in rows"];

/// A content by turns.
fn content(desk: &Desk) -> &'static [u8] {
    CONTENTS[desk.races % CONTENTS.len()]
}

/// The file that everybody who was told of one was told of.
fn the_one(files: impl IntoIterator<Item = Option<FileNo>>) -> Option<FileNo> {
    let mut told: Vec<FileNo> = files.into_iter().flatten().collect();
    told.dedup();
    assert!(told.len() <= 1, "one upload became several files: {told:?}");
    told.pop()
}

/// Completes at once, at one node or at two by turns.
async fn completes(desk: &mut Desk, order: &mut Order, many: usize, nodes: usize) {
    let (name, bytes) = (desk.fresh_name(), content(desk));
    let (upload, resume) = desk.whole_upload(&name, bytes).await;
    let before = desk.book().await;
    let asking = if nodes == 1 { vec![resume.clone(); many] } else { desk.at_nodes(&upload, many).await };
    let racers =
        asking.into_iter().map(|resume| -> BoxFuture<'static, _> { Box::pin(async move { resume.upload().await }) });
    let ends = order.race(racers.collect()).await;
    // Whoever is told of an end is told of the same one; a node that lost the upload meanwhile says so.
    let told = ends.into_iter().map(|end| match end {
        Ok(upload) => upload.file,
        Err(Error::Superseded) if nodes > 1 => None,
        Err(error) => panic!("{error:?}"),
    });
    let file = the_one(told);
    let file = file.or(resume.upload().await.unwrap().file).expect("it is a file in the end");
    assert_eq!(desk.bytes(file).await.unwrap(), bytes);
    let after = desk.book().await;
    assert_eq!(after.files, before.files + 1, "one file was made");
    assert_eq!((after.reserved_bytes, after.reserved_files), (0, 0));
    desk.erase(file).await;
}

#[test]
fn completes_at_once_make_one_file() {
    every_order("complete/complete", &async |desk: &mut Desk, order: &mut Order, many| {
        completes(desk, order, many, 1).await;
    });
}

#[test]
fn completes_at_two_nodes_make_one_file() {
    every_order("complete/complete at two nodes", &async |desk: &mut Desk, order: &mut Order, many| {
        completes(desk, order, many, 2).await;
    });
}

/// An abort, and completes: at the abort's node or at the other one.
async fn completes_and_an_abort(desk: &mut Desk, order: &mut Order, many: usize, nodes: usize) {
    let (name, bytes) = (desk.fresh_name(), content(desk));
    let (upload, resume) = desk.whole_upload(&name, bytes).await;
    let before = desk.book().await;
    let asking = if nodes == 1 { vec![resume; many - 1] } else { desk.at_nodes(&upload, many - 1).await };
    let mut racers: Vec<BoxFuture<'static, Result<Option<FileNo>>>> = Vec::new();
    for resume in asking {
        racers.push(Box::pin(async move { resume.upload().await.map(|upload| upload.file) }));
    }
    let aborts = if nodes == 1 { desk.core.clone() } else { desk.other.clone() };
    let caller = desk.caller.clone();
    racers.push(Box::pin(async move { aborts.edit(&caller)?.abort_upload(upload.id).await.map(|()| None) }));
    let mut ends = order.race(racers).await;
    let aborted = ends.pop().expect("all ended");
    let file = the_one(ends.into_iter().map(|end| match end {
        Ok(file) => file,
        Err(Error::NotFound(_) | Error::Superseded | Error::State { .. }) => None,
        Err(error) => panic!("{error:?}"),
    }));
    assert!(matches!(aborted, Ok(_) | Err(Error::Superseded)), "{aborted:?}");
    if aborted.is_err() {
        // It goes on as if nobody had given it up.
        drop(desk.core.edit(&desk.caller).unwrap().abort_upload(upload.id).await);
    }
    let after = desk.book().await;
    let made = after.files - before.files;
    assert_eq!((after.reserved_bytes, after.reserved_files), (0, 0), "what was kept free is free again");
    match file {
        Some(file) => {
            assert_eq!((made, desk.bytes(file).await.unwrap().as_slice()), (1, bytes));
            desk.erase(file).await;
        }
        None => assert_eq!(made, 0, "there is a file that nobody was told of"),
    }
}

#[test]
fn an_upload_given_up_while_it_is_completed_is_a_whole_file_or_none() {
    every_order("complete/abort", &async |desk: &mut Desk, order: &mut Order, many| {
        completes_and_an_abort(desk, order, many, 1).await;
    });
}

#[test]
fn an_upload_given_up_at_one_node_while_another_completes_it_is_a_whole_file_or_none() {
    every_order("complete/abort at two nodes", &async |desk: &mut Desk, order: &mut Order, many| {
        completes_and_an_abort(desk, order, many, 2).await;
    });
}

#[test]
fn a_complete_and_a_put_of_one_name_are_two_files_or_one_refusal() {
    every_order("complete/put", &async |desk: &mut Desk, order: &mut Order, many| {
        let (name, bytes) = (desk.fresh_name(), content(desk));
        let (_, resume) = desk.whole_upload(&name, bytes).await;
        let before = desk.book().await;
        let completes = resume.clone();
        let mut racers: Vec<BoxFuture<'static, Result<FileNo>>> =
            vec![Box::pin(
                async move { completes.upload().await.map(|upload| upload.file.expect("nobody overtakes it")) },
            )];
        for _ in 1..many {
            let (core, caller, staged) =
                (desk.core.clone(), desk.caller.clone(), desk.stage(b"of the put, and long enough").await);
            racers.push(Box::pin(put(core, caller, new(&name, Clash::Refuse), staged)));
        }
        let mut ends = order.race(racers).await;
        let completed = ends.remove(0).unwrap();
        let puts: Vec<FileNo> = ends
            .into_iter()
            .filter_map(|end| match end {
                Ok(file) => Some(file),
                Err(Error::Exists { .. }) => None,
                Err(error) => panic!("{error:?}"),
            })
            .collect();
        assert!(puts.len() <= 1, "one name was given twice");
        assert_eq!(desk.bytes(completed).await.unwrap(), bytes);
        assert_eq!(resume.upload().await.unwrap().state, UploadState::Done);
        assert_eq!(desk.book().await.files - before.files, 1 + puts.len() as i64);
        for file in puts.into_iter().chain([completed]) {
            desk.erase(file).await;
        }
    });
}

#[test]
fn equal_bytes_erased_and_put_at_once_stay_whole() {
    every_order("erase/dedup", &async |desk: &mut Desk, order: &mut Order, many| {
        let (name, bytes) = (desk.fresh_name(), content(desk));
        let old = desk.put(&name, bytes).await;
        let (core, caller) = (desk.core.clone(), desk.caller.clone());
        let mut racers: Vec<BoxFuture<'static, Result<FileNo>>> = vec![Box::pin(async move {
            core.remove(&caller)?.erase_file(old, crate::Condition::Always).await.map(|_| old)
        })];
        for _ in 1..many {
            let (core, caller, staged) = (desk.core.clone(), desk.caller.clone(), desk.stage(bytes).await);
            racers.push(Box::pin(put(core, caller, new(&desk.fresh_name(), Clash::Refuse), staged)));
        }
        let ends: Vec<FileNo> = order.race(racers).await.into_iter().map(Result::unwrap).collect();
        assert!(matches!(desk.bytes(old).await, Err(Error::NotFound(_))));
        for file in &ends[1..] {
            assert_eq!(desk.bytes(*file).await.unwrap(), bytes, "the twin of an erased file lost its bytes");
        }
        for file in &ends[1..] {
            desk.erase(*file).await;
        }
    });
}

#[test]
fn puts_that_do_not_fit_together_are_not_both_let_in() {
    every_order("quota/quota", &async |desk: &mut Desk, order: &mut Order, many| {
        let bytes: Vec<Vec<u8>> = (0..many).map(|no| vec![no as u8; 60]).collect();
        desk.set_quota(Some(100)).await;
        let mut racers: Vec<BoxFuture<'static, Result<FileNo>>> = Vec::new();
        for bytes in &bytes {
            let (core, caller, staged) = (desk.core.clone(), desk.caller.clone(), desk.stage(bytes).await);
            let new = new(&desk.fresh_name(), Clash::Refuse);
            racers.push(Box::pin(async move {
                core.edit(&caller)?.foresee(&new, Some(60)).await?;
                put(core, caller, new, staged).await
            }));
        }
        let ends = order.race(racers).await;
        let made: Vec<FileNo> = ends.iter().filter_map(|end| end.as_ref().ok().copied()).collect();
        assert_eq!(made.len(), 1, "{ends:?}");
        assert!(ends.iter().all(|end| matches!(end, Ok(_) | Err(Error::Quota { .. }))), "{ends:?}");
        assert_eq!(desk.book().await.bytes, 60);
        desk.erase(made[0]).await;
    });
}

#[test]
fn what_is_restored_is_not_purged() {
    every_order("restore/purge", &async |desk: &mut Desk, order: &mut Order, many| {
        let (name, bytes) = (desk.fresh_name(), content(desk));
        let file = desk.put(&name, bytes).await;
        desk.core.remove(&desk.caller).unwrap().trash_file(file, crate::Condition::Always).await.unwrap();
        desk.clock.advance(Duration::from_secs(60));
        let before = desk.core.now();
        let (core, caller) = (desk.core.clone(), desk.caller.clone());
        let mut racers: Vec<BoxFuture<'static, Result<bool>>> =
            vec![Box::pin(async move { core.remove(&caller)?.restore_file(file).await.map(|_| true) })];
        for _ in 1..many {
            let (core, account) = (desk.core.clone(), desk.caller.account());
            racers.push(Box::pin(
                async move { Ok(core.purge_files(account, &[file], before, UserNo::OWNER).await? > 0) },
            ));
        }
        let mut ends = order.race(racers).await;
        let restored = ends.remove(0);
        let purged = ends.into_iter().filter(|end| *end.as_ref().unwrap()).count();
        match restored {
            Ok(_) => {
                assert_eq!((purged, desk.bytes(file).await.unwrap().as_slice()), (0, bytes));
                desk.erase(file).await;
            }
            Err(error) => {
                assert!(matches!(error, Error::NotFound(_)), "{error:?}");
                assert_eq!(purged, 1);
            }
        }
        assert_eq!(desk.book().await.files, 0);
    });
}
