//! What lists can be asked for: tests that are all to hold, an order, and where to begin.

use attache_model::digest::{Md5, Sha256};
use attache_model::event::EventKind;
use attache_model::link::Record;
use attache_model::media::Kind;
use attache_model::{Access, Audience, FileId, FolderNo, UserNo};

/// An inclusive range; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Least value.
    pub from: Option<i64>,
    /// Greatest value.
    pub to: Option<i64>,
}

impl Span {
    /// Exactly one value.
    pub const fn exactly(value: i64) -> Span {
        Span { from: Some(value), to: Some(value) }
    }
}

/// A text with gaps in which anything may stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern(Vec<String>);

impl Pattern {
    /// Every `wildcard` in `text` is a gap.
    pub fn new(text: &str, wildcard: char) -> Pattern {
        Pattern(text.split(wildcard).map(str::to_owned).collect())
    }

    /// Only a `wildcard` at the beginning and one at the end of `text` are gaps.
    pub fn at_ends(text: &str, wildcard: char) -> Pattern {
        let mut pieces = Vec::new();
        let inner = text.strip_prefix(wildcard).inspect(|_| pieces.push(String::new())).unwrap_or(text);
        match inner.strip_suffix(wildcard) {
            Some(inner) => pieces.extend([inner.to_owned(), String::new()]),
            None => pieces.push(inner.to_owned()),
        }
        Pattern(pieces)
    }

    /// No gap at all.
    pub fn exactly(text: &str) -> Pattern {
        Pattern(vec![text.to_owned()])
    }

    /// A gap on both sides of `text`.
    pub fn containing(text: &str) -> Pattern {
        Pattern(vec![String::new(), text.to_owned(), String::new()])
    }

    /// The whole text, where there is no gap in it.
    pub fn whole(&self) -> Option<&str> {
        match self.0.as_slice() {
            [whole] => Some(whole),
            _ => None,
        }
    }

    /// What stands between the gaps.
    pub(crate) fn pieces(&self) -> &[String] {
        &self.0
    }
}

/// One test on a file. Times are microseconds. An empty list matches nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FileTest {
    /// Its number is one of these.
    NoIn(Vec<i64>),
    /// Its id is one of these.
    IdIn(Vec<FileId>),
    /// Its number lies in a range.
    No(Span),
    /// Made in a range of time.
    Created(Span),
    /// Last changed in a range of time.
    Updated(Span),
    /// Expires in a range of time; files that never expire do not match.
    Expires(Span),
    /// Length in bytes.
    Size(Span),
    /// Pixels across.
    Width(Span),
    /// Pixels down.
    Height(Span),
    /// The name contains this, ignoring case.
    NameContains(String),
    /// The whole name with extension, exactly.
    NameIs(String),
    /// The name is this, ignoring case; the extension may be left out.
    NameLike(String),
    /// Each of these words is in the name, or each in the title, or each in the description; ignoring case. Only the first
    /// eight count, and none finds everything.
    Words(Vec<String>),
    /// The name contains this, or the name of a record that it is on does; ignoring case.
    Term(String),
    /// The whole path; leading slash optional.
    PathIs(String),
    /// Directly in one of these folders.
    InFolder(Vec<FolderNo>),
    /// In this folder or any below it.
    Under(FolderNo),
    /// The extension without dot, any case, is one of these; `""` is "none".
    ExtensionIn(Vec<String>),
    /// The kind is one of these.
    KindIn(Vec<Kind>),
    /// The media type, exactly, or `image/*`.
    MediaType(String),
    /// The encoding, exactly.
    Encoding(String),
    /// HubSpot's "usable in content" mark.
    Usable(bool),
    /// Fetchable without a token, or not.
    Public(bool),
    /// The access level is one of these.
    AccessIn(Vec<Access>),
    /// MD5 of the active version.
    Md5(Md5),
    /// SHA-256 of the active version.
    Sha256(Sha256),
    /// Made by one of these users.
    CreatedBy(Vec<UserNo>),
    /// Last changed by one of these users.
    UpdatedBy(Vec<UserNo>),
    /// The title matches, ignoring case.
    TitleMatches(Pattern),
    /// What stands behind the title's last dot matches, ignoring case.
    ExtensionMatches(Pattern),
    /// The number's digits match.
    NoMatches(Pattern),
    /// The length's digits match.
    SizeMatches(Pattern),
    /// The digits of the contact that it is on match; `0` is none.
    ContactMatches(Pattern),
    /// The number of the contact that it is on; 0 is none. For a span of one contact, any of its contacts counts, else
    /// the one that it has been on for longest.
    Contact(Span),
    /// Whose it is, is one of these.
    AudienceIn(Vec<Audience>),
    /// The description matches, ignoring case.
    DescriptionMatches(Pattern),
    /// There is a description, or there is none.
    Described(bool),
    /// The media type matches, ignoring case.
    MediaTypeMatches(Pattern),
    /// The id's text matches.
    IdMatches(Pattern),
    /// The digits of the revision match.
    RevisionMatches(Pattern),
    /// It is the picture that is shown for its owner, or not.
    Cover(bool),
    /// The number of the user who made it.
    Maker(Span),
    /// It has an owner, or none.
    Owned(bool),
    /// Its owner is of one of these types, and the owner's number lies in a span. For a span of one number, any of the
    /// owners that it is on counts, else the one of its newest link.
    OwnerIs {
        /// The types.
        kinds: Vec<&'static str>,
        /// The number.
        id: Span,
    },
    /// It has an owner, and the digits of the owner's number match.
    OwnerIdMatches(Pattern),
    /// All of these hold; an empty list always does.
    AllOf(Vec<FileTest>),
    /// One of these holds; an empty list never does.
    AnyOf(Vec<FileTest>),
    /// That does not hold.
    Not(Box<FileTest>),
    /// On this record, for whatever reason.
    OnRecord(Record),
    /// On this record for another reason than a field's value alone.
    InTab(Record),
}

/// What files can be ordered by. Ties are always broken by number ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileSort {
    /// Number.
    No,
    /// Folded name.
    Name,
    /// Extension.
    Extension,
    /// Kind: audio, documents, images, video, the rest.
    Kind,
    /// Bytes.
    Size,
    /// Pixels across; files without come first.
    Width,
    /// Pixels down; files without come first.
    Height,
    /// When made.
    Created,
    /// When last changed.
    Updated,
    /// When it expires; never comes last.
    Expires,
    /// When it was moved to the trash.
    Trashed,
    /// Folded title.
    Title,
    /// The number of the contact that it has been on for longest; 0 is none. Lists by it go on by offset.
    Contact,
    /// Those that need a token first.
    Public,
    /// Id.
    Id,
    /// Description, folded; none comes first.
    Description,
    /// Media type.
    MediaType,
    /// Those that are no owner's picture first.
    Cover,
    /// The number of the user who made it.
    Maker,
    /// The type of its owner; none comes first.
    OwnerKind,
    /// The number of its owner; none comes first.
    OwnerId,
    /// How often it changed.
    Revision,
}

impl FileSort {
    /// Whether a cursor can remember where a list in this order goes on. One in another order goes on by offset.
    pub const fn has_cursor(self) -> bool {
        match self {
            FileSort::No
            | FileSort::Name
            | FileSort::Extension
            | FileSort::Kind
            | FileSort::Size
            | FileSort::Width
            | FileSort::Height
            | FileSort::Created
            | FileSort::Updated
            | FileSort::Expires
            | FileSort::Trashed
            | FileSort::Title => true,
            FileSort::Contact
            | FileSort::Public
            | FileSort::Id
            | FileSort::Description
            | FileSort::MediaType
            | FileSort::Cover
            | FileSort::Maker
            | FileSort::OwnerKind
            | FileSort::OwnerId
            | FileSort::Revision => false,
        }
    }
}

/// One test on a folder. The root is never listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FolderTest {
    /// Its number is one of these.
    NoIn(Vec<i64>),
    /// Its number lies in a range.
    No(Span),
    /// Made in a range of time.
    Created(Span),
    /// Last changed in a range of time.
    Updated(Span),
    /// The name contains this, ignoring case.
    NameContains(String),
    /// The name, exactly.
    NameIs(String),
    /// The whole path; leading slash optional.
    PathIs(String),
    /// Directly in one of these folders.
    InFolder(Vec<FolderNo>),
}

/// What folders can be ordered by. Ties are always broken by number ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FolderSort {
    /// Number.
    No,
    /// Folded name.
    Name,
    /// When made.
    Created,
    /// When last changed.
    Updated,
}

/// An order and whether it runs downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order<S> {
    /// By what.
    pub by: S,
    /// From great to small.
    pub descending: bool,
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// At the first item; the next page is told as a cursor.
    #[default]
    First,
    /// After so many items; the next page is told as an offset.
    Offset(u64),
    /// At a sealed cursor from an earlier page of the same list.
    Cursor(String),
}

/// Which of the living and the trashed things a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Life {
    /// Only what is not in the trash.
    #[default]
    Living,
    /// Only what is in the trash.
    Trashed,
    /// Both.
    Either,
}

/// A question for a page of files or folders.
#[derive(Clone, Debug)]
pub struct Query<T, S> {
    /// All of these must hold.
    pub tests: Vec<T>,
    /// The order; empty is by number ascending. A cursor needs one order at the most.
    pub order: Vec<Order<S>>,
    /// Where to begin.
    pub start: Start,
    /// Most items on the page.
    pub limit: u32,
    /// What lives, what is in the trash, or both.
    pub life: Life,
}

/// A question for files.
pub type FileQuery = Query<FileTest, FileSort>;
/// A question for folders.
pub type FolderQuery = Query<FolderTest, FolderSort>;

/// One test on an owner that a link or a card names. Times are microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OwnerTest {
    /// Its number lies in a range.
    Id(Span),
    /// First named in a range of time.
    Created(Span),
    /// Last changed in a range of time.
    Updated(Span),
    /// That does not hold.
    Not(Box<OwnerTest>),
    /// One of these holds; an empty list never does.
    AnyOf(Vec<OwnerTest>),
    /// All of these hold; an empty list always does.
    AllOf(Vec<OwnerTest>),
}

/// A question for a page of owners of one type, by number.
#[derive(Clone, Debug)]
pub struct OwnerQuery {
    /// The type, one of [`attache_model::owner::OWNERS`].
    pub kind: &'static str,
    /// All of these must hold.
    pub tests: Vec<OwnerTest>,
    /// From great numbers to small.
    pub descending: bool,
    /// After so many owners.
    pub offset: u64,
    /// Most owners on the page.
    pub limit: u32,
}

/// A question for a page of records, in the order of their types and ids.
#[derive(Clone, Debug)]
pub struct RecordQuery {
    /// Of this type alone; `None` for all.
    pub kind: Option<String>,
    /// Those of the type whose ids begin with this; counts where there is a type.
    pub prefix: String,
    /// Where to begin.
    pub start: Start,
    /// Most records on the page.
    pub limit: u32,
}

/// From where an account's events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those after this number, oldest first.
    After(i64),
    /// Those before this number, newest first.
    Before(i64),
}

/// A question for a part of what happened.
#[derive(Clone, Debug)]
pub struct EventQuery {
    /// From where.
    pub side: Side,
    /// One of these kinds; `None` for all.
    pub kinds: Option<Vec<EventKind>>,
    /// Most events.
    pub limit: u32,
}
