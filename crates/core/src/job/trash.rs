//! Emptying the trash: a few files in each commit, so that nobody who changes something waits for it.

use super::Ended;
use crate::table::file;
use crate::unit::tenanted;
use crate::{Caller, Core};
use attache_model::{AccountNo, FileNo, Result, Time, UserNo};
use serde::{Deserialize, Serialize};

/// The kind's word.
pub(crate) const KIND: &str = "empty_trash";
/// How many files one look finds.
const LOOK: u32 = 256;
/// How many files are gone with one commit: a few milliseconds of the writer's time.
const COMMIT: usize = 16;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// What came into the trash before this goes.
    before: Time,
}

impl Payload {
    pub(crate) fn new(before: Time) -> Payload {
        Payload { before }
    }
}

pub(crate) async fn run(core: &Core, caller: &Caller, payload: Payload) -> Ended {
    empty(core, caller.account(), payload.before, caller.actor()).await?;
    Ok(None)
}

/// Removes for good what came into an account's trash before `before`.
pub(crate) async fn empty(core: &Core, account: AccountNo, before: Time, by: UserNo) -> Result<()> {
    loop {
        let find =
            tenanted::<Vec<FileNo>, _>(move |mut t| Box::pin(async move { file::ended(&mut t, before, LOOK).await }));
        let over = core.read("find ended trash", account, find).await?;
        let mut purged = 0;
        for few in over.chunks(COMMIT) {
            purged += core.purge_files(account, few, before, by).await?;
        }
        if purged == 0 {
            return Ok(());
        }
    }
}
