//! Verifying a chain: every line is read once, a page at a time, and its digest is made again.

use super::line::digest;
use crate::table::audit::{self, Ends};
use crate::unit::tenanted;
use crate::{Core, Operator};
use attache_model::audit::{AuditHead, AuditLine};
use attache_model::{AccountNo, Error, Result, What};
use std::fmt;

/// Lines that are read at once.
const PAGE: u32 = 500;
/// Findings that are kept; the rest are counted.
const KEPT: usize = 100;

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditFinding {
    /// The line's digest does not fit what it says and the line before it: one of the two was changed.
    Changed {
        /// Its number.
        no: i64,
    },
    /// Lines are missing.
    Removed {
        /// The first one's number.
        from: i64,
        /// The last one's.
        to: i64,
    },
    /// A line stands where none was written.
    Inserted {
        /// Its number.
        no: i64,
    },
    /// The last line is not the one that the account's book knows.
    Head {
        /// Its number.
        no: i64,
    },
    /// The line that was noted down earlier is another one, or there is none any more.
    Noted {
        /// Its number.
        no: i64,
    },
}

impl fmt::Display for AuditFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditFinding::Changed { no } => {
                write!(f, "line {no} was changed, or the one before it: its digest does not fit")
            }
            AuditFinding::Removed { from, to } if from == to => write!(f, "line {from} was removed"),
            AuditFinding::Removed { from, to } => write!(f, "lines {from} to {to} were removed"),
            AuditFinding::Inserted { no } => write!(f, "line {no} was put in: no line of this number was written"),
            AuditFinding::Head { no } => write!(f, "line {no} is not the last one that the account's book knows"),
            AuditFinding::Noted { no } => {
                write!(f, "line {no} is not the one that was noted: it was changed, or the log was cut off before it")
            }
        }
    }
}

/// What was found in a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Lines that were read.
    pub lines: u64,
    /// The last line that was taken from the beginning because of its age; its digest is what the first line builds on.
    pub trimmed: AuditHead,
    /// The last line that was read.
    pub head: AuditHead,
    /// The first findings, in order.
    pub findings: Vec<AuditFinding>,
    /// How many there are.
    pub found: u64,
    /// The noted line is among those that were taken from the beginning, so it could not be looked at.
    pub noted_is_trimmed: bool,
}

impl AuditReport {
    fn find(&mut self, finding: AuditFinding) {
        self.found += 1;
        if self.findings.len() < KEPT {
            self.findings.push(finding);
        }
    }
}

impl Operator {
    /// Walks over an account's whole audit log and makes every digest again; `noted` is a head that somebody kept. It can
    /// run beside a server.
    ///
    /// # Errors
    /// `NotFound(Account)`. What is wrong with the log is in the report.
    pub async fn verify_audit(&self, account: AccountNo, noted: Option<&AuditHead>) -> Result<AuditReport> {
        loop {
            let before = ends(&self.0, account).await?.ok_or(Error::NotFound(What::Account))?;
            let report = walk(&self.0, account, &before, noted).await?;
            let after = ends(&self.0, account).await?.ok_or(Error::NotFound(What::Account))?;
            // Lines that a trim took meanwhile look like removed ones.
            if report.found == 0 || after.trimmed == before.trimmed {
                return Ok(report);
            }
        }
    }
}

/// Both ends of an account's chain, as its book knows them.
pub(super) async fn ends(core: &Core, account: AccountNo) -> Result<Option<Ends>> {
    let unit = tenanted::<Option<Ends>, _>(|mut t| Box::pin(async move { audit::ends(&mut t).await }));
    core.read("read the ends of the audit log", account, unit).await
}

/// A walk along a chain, of which the last line is remembered and no other.
struct Walk<'w> {
    account: AccountNo,
    noted: Option<&'w AuditHead>,
    known: &'w Ends,
    last: AuditHead,
    report: AuditReport,
}

async fn walk(core: &Core, account: AccountNo, known: &Ends, noted: Option<&AuditHead>) -> Result<AuditReport> {
    let report = AuditReport { trimmed: known.trimmed.clone(), ..AuditReport::default() };
    let mut walk = Walk { account, noted, known, last: known.trimmed.clone(), report };
    let mut place = i64::MIN;
    loop {
        let unit = tenanted::<(Vec<AuditLine>, Option<Ends>), _>(move |mut t| {
            Box::pin(async move { Ok((audit::after(&mut t, place, PAGE).await?, audit::ends(&mut t).await?)) })
        });
        let (lines, now) = core.read("read the audit log", account, unit).await?;
        let written = now.map_or(0, |ends| ends.head.no);
        let Some(last) = lines.last() else { break };
        place = last.no;
        lines.iter().for_each(|line| walk.take(line, written));
    }
    Ok(walk.end())
}

impl Walk<'_> {
    /// Looks at the next line, of a log of which `written` lines were written by now.
    fn take(&mut self, line: &AuditLine, written: i64) {
        self.report.lines += 1;
        if line.no <= self.known.trimmed.no || line.no > written {
            return self.report.find(AuditFinding::Inserted { no: line.no });
        }
        if line.no > self.last.no + 1 {
            self.report.find(AuditFinding::Removed { from: self.last.no + 1, to: line.no - 1 });
        } else if digest(self.account, &self.last, line) != line.digest {
            self.report.find(AuditFinding::Changed { no: line.no });
        }
        if line.no == self.known.head.no && line.digest != self.known.head.digest {
            self.report.find(AuditFinding::Head { no: line.no });
        }
        self.last = AuditHead { no: line.no, digest: line.digest.clone() };
        self.noted_at(&self.last.clone());
    }

    /// Compares a line with the noted one of its number.
    fn noted_at(&mut self, line: &AuditHead) {
        if let Some(noted) = self.noted.filter(|noted| noted.no == line.no) {
            if noted.digest != line.digest {
                self.report.find(AuditFinding::Noted { no: noted.no });
            }
            self.noted = None;
        }
    }

    fn end(mut self) -> AuditReport {
        if self.last.no < self.known.head.no {
            let (from, to) = (self.last.no + 1, self.known.head.no);
            self.report.find(AuditFinding::Removed { from, to });
        }
        self.noted_at(&self.known.trimmed.clone());
        match self.noted {
            Some(noted) if noted.no > 0 && noted.no < self.known.trimmed.no => self.report.noted_is_trimmed = true,
            Some(noted) if noted.no > 0 => self.report.find(AuditFinding::Noted { no: noted.no }),
            _ => {}
        }
        self.report.head = self.last;
        self.report
    }
}
