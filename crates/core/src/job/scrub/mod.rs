//! The scrub: every stored content is read again within some days and compared with its digest, and a few fresh ones soon
//! after they came. What is damaged is marked, so that nobody is given it as whole, and told to the operator.
//!
//! A row says when its content was read, so the work goes on where it was after a restart, and on whichever node. Reads
//! by users find damage, too: they ask for the content to be looked at at once.

mod compare;
mod count;
mod examine;
mod pace;
mod round;
mod sample;
mod write;

pub(crate) use compare::{Content, Seen, compare, is_unreadable};
pub(crate) use count::{Counts, count_marked};
pub(crate) use examine::{Examined, Examining, passing};
pub(crate) use pace::Pace;
pub(crate) use round::{Chunk, due, watch};
pub(crate) use sample::{first, is_chosen};

use attache_model::{AccountNo, FileNo};
use std::fmt;

/// A content that is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The account.
    pub account: AccountNo,
    /// The content's key.
    pub key: String,
    /// Files that have it in one of their versions; the first few of them.
    pub files: Vec<FileNo>,
    /// What is wrong with it.
    pub why: &'static str,
    /// Whether nobody had known.
    pub is_new: bool,
}

/// What a scrub did.
#[derive(Clone, Debug, Default)]
pub struct ScrubReport {
    /// Contents that were read and compared.
    pub contents: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Those that are damaged.
    pub damaged: Vec<Damage>,
    /// How many were known as damaged and are whole again.
    pub mended: u64,
    /// How many could not be read, which says nothing about them.
    pub unread: u64,
}

impl ScrubReport {
    /// Everything was read, and is whole.
    pub fn is_clean(&self) -> bool {
        self.damaged.is_empty() && self.unread == 0
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<String> = self.files.iter().map(ToString::to_string).collect();
        let Damage { account, key, why, .. } = self;
        write!(f, "damaged: {key} of account {account} (files {}): {why}", files.join(", "))
    }
}

impl fmt::Display for ScrubReport {
    /// A line for each damaged content, then the sum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for damage in &self.damaged {
            writeln!(f, "{damage}")?;
        }
        let ScrubReport { contents, bytes, damaged, mended, unread } = self;
        write!(f, "{contents} contents with {bytes} bytes read, {} damaged, {mended} whole again", damaged.len())?;
        match unread {
            0 => Ok(()),
            some => write!(f, ", {some} could not be read"),
        }
    }
}
