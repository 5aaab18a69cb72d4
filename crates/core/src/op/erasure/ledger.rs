//! The ledger as a file: written out to be kept away from the backups, and replayed over one that was brought back, so
//! that nothing that was erased comes back with it.
//!
//! A line of JSON for each erasure, between a line that says whose they are and one that says how many. A file that was
//! cut off is seen to be.

use super::Wish;
use crate::Core;
use crate::op::erase::forget;
use crate::op::legal_hold;
use crate::op::operator::Operator;
use crate::settle::Author;
use crate::table::{account, erasure, file};
use crate::unit::tenanted;
use attache_model::erasure::{Erasure, ErasureKind, Parts};
use attache_model::id::ErasureId;
use attache_model::{AccountNo, Error, FileId, FileNo, FileRef, Result, Time, UserNo};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// Lines that are read at once.
const PAGE: u32 = 500;

/// A line of the ledger's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub enum LedgerLine {
    /// The first: which installation's ledger it is.
    Erasures {
        /// The installation's id.
        installation: String,
    },
    /// What was removed for good.
    Erasure(LedgerEntry),
    /// The last: how many there are.
    End {
        /// How many.
        erasures: u64,
    },
}

/// One erasure in the ledger's file. Times are microseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    account: AccountNo,
    id: ErasureId,
    file_no: FileNo,
    file_id: FileId,
    kind: ErasureKind,
    actor: UserNo,
    asked_at: Time,
    parts: Parts,
}

/// What became of a line that was replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The file was there again, and is erased again.
    Erased(AccountNo, FileNo),
    /// The file is there again, and under legal hold: it stays, and the line has to be replayed once the hold is lifted.
    Held(AccountNo, FileNo),
    /// The file was not there; the ledger has the line.
    Noted,
    /// There is no such account.
    NoAccount(AccountNo),
}

impl From<Erasure> for LedgerEntry {
    fn from(erasure: Erasure) -> LedgerEntry {
        let Erasure { id, account, file: file_no, file_id, kind, actor, asked_at, parts, .. } = erasure;
        LedgerEntry { account, id, file_no, file_id, kind, actor, asked_at, parts }
    }
}

impl LedgerEntry {
    fn into_erasure(self) -> Erasure {
        let LedgerEntry { account, id, file_no: file, file_id, kind, actor, asked_at, parts } = self;
        Erasure { id, account, file, file_id, kind, actor, asked_at, gone_at: None, waits_for: Vec::new(), parts }
    }
}

/// The ledger, being written out.
#[derive(Debug)]
pub struct Ledger {
    core: Core,
    accounts: VecDeque<AccountNo>,
    after: String,
    count: u64,
    begun: bool,
    ended: bool,
}

impl Ledger {
    /// The next lines; none after the last.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn next(&mut self) -> Result<Vec<LedgerLine>> {
        if !self.begun {
            self.begun = true;
            return Ok(vec![LedgerLine::Erasures { installation: self.core.installation().await? }]);
        }
        while let Some(account) = self.accounts.front().copied() {
            let after = Arc::<str>::from(self.after.as_str());
            let unit = tenanted::<Vec<Erasure>, _>(move |mut t| {
                let after = after.clone();
                Box::pin(async move { erasure::walk(&mut t, &after, PAGE).await })
            });
            let some = self.core.read("read the ledger", account, unit).await?;
            if let Some(last) = some.last() {
                self.after = last.id.to_string();
                self.count += some.len() as u64;
                return Ok(some.into_iter().map(|erasure| LedgerLine::Erasure(erasure.into())).collect());
            }
            self.accounts.pop_front();
            self.after.clear();
        }
        if std::mem::replace(&mut self.ended, true) {
            return Ok(Vec::new());
        }
        Ok(vec![LedgerLine::End { erasures: self.count }])
    }
}

impl Operator {
    /// The ledger of all accounts, to be written out.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn ledger(&self) -> Result<Ledger> {
        let accounts = self.accounts().await?.into_iter().map(|account| account.no).collect();
        Ok(Ledger { core: self.0.clone(), accounts, after: String::new(), count: 0, begun: false, ended: false })
    }

    /// The id of this installation, which its ledger carries.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn installation(&self) -> Result<String> {
        self.0.installation().await
    }

    /// Does what a line of the ledger says, where it has to be done again. It is safe to repeat. A legal hold wins: it is
    /// either one of the backup, and then nobody knows here that it was lifted, or it was put on since.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn replay(&self, entry: LedgerEntry) -> Result<Replayed> {
        let core = &self.0;
        let (account, now) = (entry.account, core.now());
        let wish = Wish::again(core, account, entry.id, entry.kind, entry.actor, entry.asked_at);
        let fixed = Arc::new((entry.into_erasure(), Author::of(wish.actor)));
        let unit = tenanted::<(Replayed, Vec<String>), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (line, author) = &*fixed;
                if account::get(&mut t).await?.is_none() {
                    return Ok((Replayed::NoAccount(line.account), Vec::new()));
                }
                // By its id: numbers may have been given anew since.
                if let Some(row) = file::hold(&mut t, FileRef::Id(line.file_id)).await? {
                    if legal_hold::demand(&row).is_err() {
                        return Ok((Replayed::Held(line.account, row.file.no), Vec::new()));
                    }
                    let dead = forget(&mut t, &row, author, now, &wish).await?;
                    return Ok((Replayed::Erased(line.account, row.file.no), dead));
                }
                if erasure::get(&mut t, line.id).await?.is_none() {
                    erasure::add(&mut t, line).await?;
                }
                Ok((Replayed::Noted, Vec::new()))
            })
        });
        let (replayed, dead) = core.write("replay an erasure", account, unit).await?;
        core.bury(account, dead).await;
        Ok(replayed)
    }

    /// Looks once more for everything that was erased and not seen to be gone yet; how many erasures are still open.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn look_for_erased(&self) -> Result<usize> {
        self.0.look_for_all().await
    }
}

impl LedgerLine {
    /// As it stands in the file, without its end of line.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From a line of the file.
    ///
    /// # Errors
    /// `Invalid` for a text that is no such line.
    pub fn read(text: &str) -> Result<LedgerLine> {
        serde_json::from_str(text)
            .map_err(|error| Error::invalid("line", format!("it is no line of a ledger: {error}")))
    }
}
