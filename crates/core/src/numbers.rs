//! Fresh numbers for files, folders, links and the like, taken from the account's counters in blocks so that an upload
//! needs no statement for its number. Numbers of different nodes are out of blocks of their own, so they tell things
//! apart and do not tell which came first; where that counts, they are taken one by one.

use crate::table::account;
use crate::unit::tenanted;
use crate::{Core, entropy};
use attache_db::Engine;
use attache_model::{AccountNo, FolderId, FolderNo, Result};
use std::collections::HashMap;
use tokio::sync::Mutex;

/// How many numbers are taken at once.
const BLOCK: i64 = 64;

/// What numbers are for. Each kind counts by itself within its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Upload,
    Field,
    Note,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Folder => "folder",
            Kind::Link => "link",
            Kind::Field => "field",
            Kind::Note => "note",
            Kind::Upload => "upload",
        }
    }
}

/// The blocks that this process holds: next number and end, by account and kind.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Mutex<HashMap<(AccountNo, Kind), (i64, i64)>>);

impl Core {
    /// A fresh number.
    pub(crate) async fn number(&self, account: AccountNo, kind: Kind) -> Result<i64> {
        let mut held = self.0.numbers.0.lock().await;
        let block = held.entry((account, kind)).or_insert((0, 0));
        if block.0 == block.1 {
            let take = tenanted::<i64, _>(move |mut t| {
                Box::pin(async move { account::take_numbers(&mut t, kind.word(), BLOCK).await })
            });
            let first = self.write("take numbers", account, take).await?;
            *block = (first, first + BLOCK);
        }
        let number = block.0;
        block.0 += 1;
        Ok(number)
    }

    /// Holds so many numbers that none are ever taken: for tests in which every unit of work counts.
    #[cfg(test)]
    pub(crate) async fn stock_numbers(&self, account: AccountNo, from: i64) {
        let mut held = self.0.numbers.0.lock().await;
        for kind in [Kind::File, Kind::Folder, Kind::Link, Kind::Upload] {
            held.insert((account, kind), (from, i64::MAX));
        }
    }

    /// Fresh numbers that are above all that were given out before, at any node: for what is told apart by which came
    /// last. They cost a commit where other nodes may hold blocks of their own.
    pub(crate) async fn newest_numbers(&self, account: AccountNo, kind: Kind, count: usize) -> Result<Vec<i64>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        if self.0.db.engine() == Engine::Sqlite {
            let mut numbers = Vec::with_capacity(count);
            for _ in 0..count {
                numbers.push(self.number(account, kind).await?);
            }
            return Ok(numbers);
        }
        let many = i64::try_from(count).unwrap_or(i64::MAX);
        let take = tenanted::<i64, _>(move |mut t| {
            Box::pin(async move { account::take_numbers(&mut t, kind.word(), many).await })
        });
        let first = self.write("take numbers", account, take).await?;
        Ok((first..first + many).collect())
    }

    /// Fresh numbers and ids for `count` folders.
    pub(crate) async fn folder_numbers(&self, account: AccountNo, count: usize) -> Result<Vec<(FolderNo, FolderId)>> {
        let now = self.now();
        let mut fresh = Vec::with_capacity(count);
        for _ in 0..count {
            let no = self.number(account, Kind::Folder).await?;
            fresh.push((FolderNo(no), FolderId(entropy::uuid(now))));
        }
        Ok(fresh)
    }
}
