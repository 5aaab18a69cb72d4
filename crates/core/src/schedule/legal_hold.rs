//! A legal hold that races with what removes its file: whichever is told to be done first has it, and the other one is told so.

use super::order::Order;
use super::{Desk, every_order};
use crate::Condition;
use attache_model::{Error, FileNo, Result, UserNo};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// Contents that are rows, and contents that are in the store.
const CONTENTS: [&[u8]; 2] = [b"a row", b"longer than what is kept in rows"];

/// Whether it was done: put under hold, or removed.
type Racer = BoxFuture<'static, Result<bool>>;

/// A file in the trash whose time there is over.
async fn over(desk: &mut Desk) -> (FileNo, &'static [u8]) {
    let (name, bytes) = (desk.fresh_name(), CONTENTS[desk.races % CONTENTS.len()]);
    let file = desk.put(&name, bytes).await;
    desk.core.remove(&desk.caller).unwrap().trash_file(file, Condition::Always).await.unwrap();
    desk.clock.advance(Duration::from_secs(60));
    (file, bytes)
}

/// One puts the file under hold while all others remove it.
async fn race(desk: &mut Desk, order: &mut Order, many: usize, remove: impl Fn(&Desk, FileNo) -> Racer) {
    let (file, bytes) = over(desk).await;
    let (core, caller) = (desk.other.clone(), desk.caller.clone());
    let mut racers: Vec<Racer> = vec![Box::pin(async move {
        match core.manage(&caller)?.hold_file(file, "case 7").await {
            Ok(_) => Ok(true),
            Err(Error::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    })];
    racers.extend((1..many).map(|_| remove(desk, file)));
    let mut ends: Vec<bool> = order.race(racers).await.into_iter().map(Result::unwrap).collect();
    let (held, removed) = (ends.remove(0), ends.into_iter().filter(|removed| *removed).count());
    assert_eq!(removed, usize::from(!held), "held: {held}");
    if held {
        desk.core.remove(&desk.caller).unwrap().restore_file(file).await.unwrap();
        assert_eq!(desk.bytes(file).await.unwrap(), bytes, "a file under hold lost its bytes");
        desk.core.manage(&desk.caller).unwrap().lift_hold(file).await.unwrap();
        desk.erase(file).await;
    }
    assert_eq!(desk.book().await.files, 0);
}

#[test]
fn a_file_is_held_or_erased_and_never_both() {
    every_order("hold/erase", &async |desk: &mut Desk, order: &mut Order, many| {
        race(desk, order, many, |desk, file| {
            let (core, caller) = (desk.core.clone(), desk.caller.clone());
            Box::pin(async move {
                match core.remove(&caller)?.erase_file(file, Condition::Always).await {
                    Ok(_) => Ok(true),
                    Err(Error::Held(_) | Error::NotFound(_)) => Ok(false),
                    Err(error) => Err(error),
                }
            })
        })
        .await;
    });
}

#[test]
fn a_file_is_held_or_purged_and_never_both() {
    every_order("hold/purge", &async |desk: &mut Desk, order: &mut Order, many| {
        race(desk, order, many, |desk, file| {
            let (core, account, before) = (desk.core.clone(), desk.caller.account(), desk.core.now());
            Box::pin(async move { Ok(core.purge_files(account, &[file], before, UserNo::OWNER).await? > 0) })
        })
        .await;
    });
}
