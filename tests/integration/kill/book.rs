//! What one client knows: of each of its files what was acknowledged, and what the request that got no answer would
//! have made of it. The client outlives the server.

use super::dice::Dice;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::ops::Range;

/// Content that a file can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    /// So many bytes that mean nothing.
    Noise(u64, usize),
    /// A small picture of so many pixels in width and height.
    Picture(u32, u32),
}

impl Content {
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Content::Noise(seed, len) => crate::native::noise(seed, len),
            Content::Picture(width, height) => crate::preview::png(width, height),
        }
    }

    /// SHA-256 in hex, as files show it.
    pub(super) fn digest(self) -> String {
        hex::encode(Sha256::digest(self.bytes()))
    }
}

/// Where a file is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not made, or erased.
    Nowhere,
    Living,
    Trashed,
}

/// All of a file that its owner can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) stage: Stage,
    pub(super) name: String,
    /// Whether it is in the client's moving folder or in its fixed one.
    pub(super) in_moving: bool,
    /// Oldest first; the last is the active one.
    pub(super) versions: Vec<Content>,
    pub(super) records: BTreeSet<String>,
}

/// A file and what its owner knows of it.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Its id, once an answer or a look told it.
    pub(super) id: Option<String>,
    pub(super) no: i64,
    /// What was acknowledged.
    pub(super) known: State,
    /// What the unanswered request would make of it.
    pub(super) wanted: Option<State>,
    /// How what is wanted of it can be asked for again.
    pub(super) again: Option<Again>,
    /// Whether it changed since it was last looked at wholly.
    pub(super) fresh: bool,
}

/// How a client goes on with a request that got no answer.
#[derive(Clone, Debug)]
pub(super) enum Again {
    /// The idempotency key of its making.
    Key(String),
    /// The address of a resumable upload.
    Upload(String),
    /// Where the next part of a session goes, and which bytes it has.
    Part(String, Range<usize>),
    /// It is to be fetched by a task: of this id, if that was promised. It may come at any time.
    Task(Option<String>),
}

impl File {
    /// Whether it is waited for and nobody can say yet what becomes of it.
    pub(super) fn may_still_come(&self) -> bool {
        matches!(self.again, Some(Again::Task(_)))
    }
}

/// A folder that is renamed from time to time.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) wanted: Option<String>,
}

/// A client's book.
#[derive(Debug)]
pub(super) struct Book {
    /// Its number, which its folders and names carry.
    pub(super) owner: u64,
    pub(super) dice: Dice,
    pub(super) files: Vec<File>,
    pub(super) moving: Moving,
    pub(super) erased: Vec<Content>,
    made: u64,
}

impl Book {
    pub(super) fn new(owner: u64, dice: Dice) -> Book {
        let moving = Moving { id: None, name: format!("moving-{owner}-0"), wanted: None };
        Book { owner, dice, files: Vec::new(), moving, erased: Vec::new(), made: 0 }
    }

    /// Whether a request of this client got no answer.
    pub(super) fn waits(&self) -> bool {
        let is_cut = |file: &File| file.wanted.is_some() && !matches!(file.again, Some(Again::Task(Some(_))));
        self.moving.wanted.is_some() || self.files.iter().any(is_cut)
    }

    /// A number that this client never used.
    pub(super) fn fresh_number(&mut self) -> u64 {
        self.made += 1;
        (self.owner + 1) * 1_000_000 + self.made
    }

    /// New content. Some of it is equal to what others store, so that bytes are shared.
    pub(super) fn new_content(&mut self) -> Content {
        const LENGTHS: [usize; 7] = [0, 10, 1_000, 20_000, 65_536, 65_537, 300_000];
        let len = LENGTHS[self.dice.below(LENGTHS.len())];
        if self.dice.one_in(8) {
            return Content::Picture(16 + self.dice.below(40) as u32, 16 + self.dice.below(40) as u32);
        }
        if self.dice.one_in(4) {
            return Content::Noise(1 + self.dice.next() % 3, len);
        }
        Content::Noise(1_000_000_000 + self.fresh_number(), len)
    }

    /// The folder of a file.
    pub(super) fn folder(&self, in_moving: bool) -> String {
        if in_moving { format!("/{}", self.moving.name) } else { format!("/fixed-{}", self.owner) }
    }

    /// Notes what a look at the server told of the file at `at`: it is what was known, or wholly what was wanted.
    pub(super) fn settle(&mut self, at: usize, seen: &State) {
        let file = &mut self.files[at];
        let wanted = file.wanted.take();
        let fits = *seen == file.known || wanted.as_ref() == Some(seen);
        assert!(fits, "file {file:?}\nis {seen:?}\nand might have become {wanted:?}");
        let gone = file.known.versions.clone();
        if seen.stage == Stage::Nowhere && file.known.stage != Stage::Nowhere {
            self.erased.extend(gone);
        }
        self.files[at].known = seen.clone();
        self.files[at].again = None;
    }

    /// Notes that the request for the file at `at` was answered well.
    pub(super) fn acknowledge(&mut self, at: usize) {
        let wanted = self.files[at].wanted.clone().expect("an answer to a request");
        self.settle(at, &wanted);
        self.files[at].fresh = true;
    }
}
