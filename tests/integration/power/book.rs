//! What one client knows, outside of the disk that loses its power: what it asked for, what was answered, and how far
//! the disk's tape had come each time. So it can tell what was promised at any moment.

use attache_tests::Content;
use attache_tests::dice::Dice;

/// Lengths of contents: in the rows, at the border, and in files of their own.
const LENGTHS: [usize; 7] = [10, 1_000, 20_000, 65_536, 65_537, 100_000, 200_000];
/// How many of them are kept in the rows.
const IN_ROWS: usize = 4;

/// Where a file is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not made, or erased.
    Nowhere,
    /// An upload in pieces.
    Growing,
    Living,
    Trashed,
}

/// All of a file that its client cares for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) stage: Stage,
    pub(super) name: String,
    /// Which of the client's two folders it is in.
    pub(super) folder: usize,
    /// Oldest first; the last is the active one.
    pub(super) versions: Vec<Content>,
    /// Bytes of an upload that were counted.
    pub(super) sent: usize,
}

/// A file in a client's book.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Its id, its number, or the address of its upload; `None` until an answer or a look told.
    pub(super) key: Option<String>,
    /// What was acknowledged.
    pub(super) known: State,
    /// What the request without an answer would make of it.
    pub(super) wanted: Option<State>,
}

/// What a client writes down.
#[derive(Clone, Debug)]
pub(super) enum Line {
    /// A page begins, or a change of one, before it is asked for.
    Asked { page: usize, wanted: State },
    /// The change was acknowledged; with what its file is called by from now on.
    Answered { page: usize, key: Option<String> },
}

/// A client's book.
#[derive(Debug)]
pub(super) struct Book {
    /// Its number, which its folders and names carry.
    pub(super) owner: usize,
    pub(super) dice: Dice,
    pub(super) pages: Vec<Page>,
    /// Whether this client erases nothing. An erasing empties the database's log, which then grows anew; and while it
    /// grows, a sync of it brings along what else the file system has to write.
    pub(super) keeps: bool,
    /// All that was written, with the length of the tape at that time.
    lines: Vec<(u64, Line)>,
}

impl Book {
    pub(super) fn new(owner: usize, keeps: bool, dice: Dice) -> Book {
        Book { owner, dice, pages: Vec::new(), keeps, lines: Vec::new() }
    }

    /// Writes a line when the tape is at `at`.
    pub(super) fn write(&mut self, at: u64, line: Line) {
        self.heed(line.clone());
        self.lines.push((at, line));
    }

    /// The book as it was when the tape was at `at`.
    pub(super) fn as_of(&self, at: u64) -> Book {
        let mut book = Book::new(self.owner, self.keeps, Dice::new(0));
        self.lines.iter().filter(|(then, _)| *then <= at).for_each(|(_, line)| book.heed(line.clone()));
        book
    }

    /// When the tape was at each acknowledgement.
    pub(super) fn acknowledged(&self) -> impl Iterator<Item = u64> {
        self.lines.iter().filter(|(_, line)| matches!(line, Line::Answered { .. })).map(|(at, _)| *at)
    }

    fn heed(&mut self, line: Line) {
        match line {
            Line::Asked { page, wanted } if page == self.pages.len() => {
                let known = State { stage: Stage::Nowhere, ..wanted.clone() };
                self.pages.push(Page { key: None, known, wanted: Some(wanted) });
            }
            Line::Asked { page, wanted } => self.pages[page].wanted = Some(wanted),
            Line::Answered { page, key } => {
                let page = &mut self.pages[page];
                page.known = page.wanted.take().expect("an answer to a request");
                page.key = key.or(page.key.take());
            }
        }
    }

    /// A page's file, as the requests of our own API name it.
    pub(super) fn address(&self, page: usize) -> String {
        format!("/v1/files/{}", self.pages[page].key.as_deref().expect("a file that was answered for"))
    }

    /// One of the client's folders.
    pub(super) fn folder(&self, folder: usize) -> String {
        format!("/client-{}/folder-{folder}", self.owner)
    }

    /// Pages of files that are there, as far as the client knows.
    pub(super) fn there(&self) -> Vec<usize> {
        (0..self.pages.len()).filter(|page| self.pages[*page].known.stage != Stage::Nowhere).collect()
    }

    /// Whether a request of this client got no answer.
    pub(super) fn waits(&self) -> bool {
        self.pages.iter().any(|page| page.wanted.is_some())
    }

    /// A name that was never there.
    pub(super) fn new_name(&mut self) -> String {
        format!("{}-{:016x}.bin", self.owner, self.dice.next())
    }

    /// Contents of those who erase nothing are in files of their own: in the rows they would make the log longer.
    pub(super) fn new_content(&mut self) -> Content {
        let lengths = if self.keeps { &LENGTHS[IN_ROWS..] } else { &LENGTHS };
        let len = lengths[self.dice.below(lengths.len())];
        Content::new(&mut self.dice, len)
    }
}
