//! The check: rows against bytes, both ways, and the books against a recount.

use crate::Operator;
use crate::job::scrub::{Content, Pace, Seen, compare};
use crate::op::audit::{Entry, note};
use crate::staged::refusal;
use crate::table::book::{self, Tally};
use crate::table::{blob, upload};
use crate::unit::{bare, tenanted};
use attache_blobs::{Found, Key};
use attache_model::audit::Deed;
use attache_model::{AccountNo, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many blobs are read from the database at once.
const CHUNK: i64 = 256;

/// What a check does.
#[derive(Clone, Copy, Debug)]
pub struct CheckPlan {
    /// Put right what can be: remove orphans, correct books and reference counts.
    pub repair: bool,
    /// Orphans younger than this may belong to an upload that is running.
    pub older_than: Duration,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Bytes on the volume that no row refers to.
    Orphan {
        /// Their key.
        key: String,
        /// How many they are.
        len: u64,
    },
    /// A row whose bytes are not there.
    Ghost {
        /// The account.
        account: AccountNo,
        /// The key.
        key: String,
    },
    /// Bytes that are not those of their row.
    Damaged {
        /// The account.
        account: AccountNo,
        /// The key.
        key: String,
        /// What is wrong with them.
        why: &'static str,
    },
    /// A blob whose count of references is wrong.
    References {
        /// The account.
        account: AccountNo,
        /// The key.
        key: String,
        /// What the row says.
        told: i64,
        /// What was counted.
        counted: i64,
    },
    /// An account whose book differs from its files.
    Book {
        /// The account.
        account: AccountNo,
        /// What the book says.
        told: Tally,
        /// What was counted.
        counted: Tally,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Orphan { key, len } => write!(f, "orphan: {len} bytes under {key} belong to no file"),
            Finding::Ghost { account, key } => {
                write!(f, "ghost: account {account} refers to {key}, which is not there")
            }
            Finding::Damaged { account, key, why } => write!(f, "damaged: {key} of account {account}: {why}"),
            Finding::References { account, key, told, counted } => {
                write!(f, "references: {key} of account {account} says {told} and has {counted}")
            }
            Finding::Book { account, told, counted } => write!(
                f,
                "book: account {account} says {} bytes in {} files (reserved: {} in {}) and has {} in {} (reserved: {} in {})",
                told.bytes,
                told.files,
                told.reserved_bytes,
                told.reserved_files,
                counted.bytes,
                counted.files,
                counted.reserved_bytes,
                counted.reserved_files,
            ),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Blobs that were read and compared.
    pub blobs: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// How many of these were put right.
    pub repaired: u64,
}

impl Report {
    /// Nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    /// A line for each finding, then the sum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        let (findings, repaired) = (self.findings.len(), self.repaired);
        write!(f, "{} blobs with {} bytes checked, {findings} findings, {repaired} repaired", self.blobs, self.bytes)
    }
}

impl Operator {
    /// Compares every row with its bytes, every stored content with its rows, and every book with its account.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when something cannot be read at all.
    pub async fn check(&self, plan: CheckPlan) -> Result<Report> {
        let mut report = Report::default();
        self.check_rows(plan, &mut report).await?;
        self.check_volume(plan, &mut report).await?;
        self.check_books(plan, &mut report).await?;
        Ok(report)
    }

    async fn check_rows(&self, plan: CheckPlan, report: &mut Report) -> Result<()> {
        let mut at = (0, String::new());
        loop {
            let from = Arc::new(at.clone());
            let walk = bare::<Vec<blob::Row>, _>(move |tx| {
                let from = from.clone();
                Box::pin(async move { blob::walk(tx, from.0, &from.1, CHUNK).await })
            });
            let rows = self.0.read_all("walk over the blobs", walk).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            at = (last.account, last.key.clone());
            for row in rows.iter().filter(|row| !row.dying) {
                self.check_row(plan, row, report).await?;
            }
        }
    }

    async fn check_row(&self, plan: CheckPlan, row: &blob::Row, report: &mut Report) -> Result<()> {
        let account = AccountNo(row.account);
        report.blobs += 1;
        report.bytes += row.size;
        if let Some(finding) = self.compare(account, row).await? {
            report.findings.push(finding);
        }
        let Some((told, counted)) = self.wrong_refs(account, &row.key).await? else { return Ok(()) };
        report.findings.push(Finding::References { account, key: row.key.clone(), told, counted });
        if plan.repair {
            report.repaired += u64::from(self.correct_refs(account, &row.key).await?);
        }
        Ok(())
    }

    /// A row against its bytes.
    async fn compare(&self, account: AccountNo, row: &blob::Row) -> Result<Option<Finding>> {
        let content = Content { account, key: &row.key, home: row.home, size: row.size, sha256: row.sha256 };
        match compare(&self.0, &content, &mut Pace::free()).await? {
            Seen::Whole => Ok(None),
            Seen::Missing => self.missing(account, row).await,
            Seen::Damaged(why) => Ok(Some(Finding::Damaged { account, key: row.key.clone(), why })),
        }
    }

    /// Bytes that are not there: a ghost, unless the row went in the meantime.
    async fn missing(&self, account: AccountNo, row: &blob::Row) -> Result<Option<Finding>> {
        let gone = self.count_refs(account, &row.key).await? == 0;
        Ok((!gone).then(|| Finding::Ghost { account, key: row.key.clone() }))
    }

    async fn check_volume(&self, plan: CheckPlan, report: &mut Report) -> Result<()> {
        let mut listing = self.0.0.blobs.keys();
        while let Some(batch) = listing.next_batch().await.map_err(refusal)? {
            for found in batch {
                if self.old_enough(plan, found.modified) && !self.is_known(&found.key).await? {
                    self.orphan(plan, &found, report).await?;
                }
            }
        }
        let mut leftovers = self.0.0.blobs.leftovers();
        while let Some(batch) = leftovers.next_batch().await.map_err(refusal)? {
            for found in batch.into_iter().filter(|found| self.old_enough(plan, found.modified)) {
                report.findings.push(Finding::Orphan { key: found.name, len: found.len });
                report.repaired += u64::from(plan.repair);
            }
        }
        let mut growths = self.0.0.blobs.growths();
        while let Some(batch) = growths.next_batch().await.map_err(refusal)? {
            for found in batch {
                if self.old_enough(plan, found.modified) && !self.grows(&found.key).await? {
                    self.abandoned(plan, &found, report).await?;
                }
            }
        }
        if plan.repair {
            self.0.0.blobs.sweep_staging(plan.older_than).await.map_err(refusal)?;
        }
        Ok(())
    }

    /// Removes what no row refers to from the volume, if it is old enough; how many contents that were.
    pub(crate) async fn remove_orphans(&self, older_than: Duration) -> Result<u64> {
        let mut report = Report::default();
        self.check_volume(CheckPlan { repair: true, older_than }, &mut report).await?;
        Ok(report.repaired)
    }

    async fn orphan(&self, plan: CheckPlan, found: &Found, report: &mut Report) -> Result<()> {
        report.findings.push(Finding::Orphan { key: found.key.as_str().to_owned(), len: found.len });
        if plan.repair && !self.0.is_held().await? {
            self.0.0.blobs.remove(&found.key).await.map_err(refusal)?;
            report.repaired += 1;
        }
        Ok(())
    }

    async fn abandoned(&self, plan: CheckPlan, found: &Found, report: &mut Report) -> Result<()> {
        report.findings.push(Finding::Orphan { key: found.key.as_str().to_owned(), len: found.len });
        if plan.repair && !self.0.is_held().await? {
            self.0.0.blobs.abandon(&found.key).await.map_err(refusal)?;
            report.repaired += 1;
        }
        Ok(())
    }

    /// Whether bytes belong to an open upload.
    async fn grows(&self, key: &Key) -> Result<bool> {
        let key = Arc::new(key.as_str().to_owned());
        let unit = bare::<bool, _>(move |tx| {
            let key = key.clone();
            Box::pin(async move { upload::holds(tx, &key).await })
        });
        self.0.read_all("look an upload's key up", unit).await
    }

    /// Whether bytes are older than the plan's age, by the machine's clock, which also stamps files.
    fn old_enough(&self, plan: CheckPlan, modified: std::time::SystemTime) -> bool {
        let made = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let made = attache_model::Time(i64::try_from(made.as_micros()).unwrap_or(i64::MAX));
        made.plus(plan.older_than) <= self.0.clock().now()
    }

    async fn is_known(&self, key: &Key) -> Result<bool> {
        let key = Arc::new(key.as_str().to_owned());
        let unit = bare::<bool, _>(move |tx| {
            let key = key.clone();
            Box::pin(async move { Ok(blob::known(tx, &key).await? || upload::holds(tx, &key).await?) })
        });
        self.0.read_all("look a key up", unit).await
    }

    async fn count_refs(&self, account: AccountNo, key: &str) -> Result<i64> {
        let key = Arc::new(key.to_owned());
        let unit = tenanted::<i64, _>(move |mut t| {
            let key = key.clone();
            Box::pin(async move { blob::count_refs(&mut t, &key).await })
        });
        self.0.read("count references", account, unit).await
    }

    /// How many references a blob tells and how many it has, where they differ. Both are of one moment: servers may be adding
    /// some and taking some away meanwhile.
    async fn wrong_refs(&self, account: AccountNo, key: &str) -> Result<Option<(i64, i64)>> {
        let key = Arc::new(key.to_owned());
        let unit = tenanted::<Option<(i64, i64)>, _>(move |mut t| {
            let key = key.clone();
            Box::pin(async move { blob::refs(&mut t, &key).await })
        });
        let found = self.0.read("compare references", account, unit).await?;
        Ok(found.filter(|(told, counted)| told != counted))
    }

    /// Writes down how many references a blob has, while nobody changes that; false when it was right by then. One that has
    /// none dies: nobody would ever give it up.
    async fn correct_refs(&self, account: AccountNo, key: &str) -> Result<bool> {
        let (key, now) = (Arc::new(key.to_owned()), self.0.now());
        let unit = tenanted::<bool, _>(move |mut t| {
            let key = key.clone();
            Box::pin(async move {
                let Some(told) = blob::hold_refs(&mut t, &key).await? else { return Ok(false) };
                let counted = blob::count_refs(&mut t, &key).await?;
                if told == counted {
                    return Ok(false);
                }
                match counted {
                    0 => blob::die(&mut t, &key).await?,
                    _ => blob::set_refs(&mut t, &key, counted).await?,
                }
                note(&mut t, Entry::operator(now, Deed::Corrected, "")).await?;
                Ok(true)
            })
        });
        self.0.write("correct references", account, unit).await
    }

    async fn check_books(&self, plan: CheckPlan, report: &mut Report) -> Result<()> {
        let wrong = self.wrong_books(plan.repair).await?;
        report.repaired += if plan.repair { wrong.len() as u64 } else { 0 };
        report.findings.extend(wrong);
        Ok(())
    }

    /// The books that differ from a recount, which is written into them for a repair.
    pub(crate) async fn wrong_books(&self, repair: bool) -> Result<Vec<Finding>> {
        let mut wrong = Vec::new();
        let now = self.0.now();
        for account in self.accounts().await? {
            let unit = tenanted::<(Tally, Tally), _>(move |mut t| {
                Box::pin(async move {
                    if repair {
                        book::hold(&mut t).await?;
                    }
                    let told = book::told(&mut t).await?;
                    let counted = book::recount(&mut t).await?;
                    if told != counted && repair {
                        book::correct(&mut t, counted).await?;
                        note(&mut t, Entry::operator(now, Deed::Corrected, "")).await?;
                    }
                    Ok((told, counted))
                })
            });
            let op = "recount a book";
            // A repair holds the book, so that nothing is counted while it changes; a mere check reads a snapshot.
            let (told, counted) = match repair {
                true => self.0.write(op, account.no, unit).await?,
                false => self.0.read(op, account.no, unit).await?,
            };
            if told != counted {
                wrong.push(Finding::Book { account: account.no, told, counted });
            }
        }
        Ok(wrong)
    }
}
