//! The parameters of a search: filters, order and page, as tests that core understands.

use crate::convert::{self, Face};
use crate::reader::Reader;
use crate::text;
use attache_core::{FileSort, FileTest, FolderSort, FolderTest, Order, Span, Start};
use attache_http::Query;
use attache_model::digest::Md5;
use attache_model::error::Code;
use attache_model::{Error, FolderNo, Result};

/// Items on a page that names no limit.
const LIMIT_DEFAULT: i64 = 10;
/// Most items on one page.
const LIMIT_MAX: i64 = 100;
/// The furthest that a search can be paged through by offset.
pub(crate) const AFTER_MAX: i64 = 10_000;

const FILE_SORTS: &[(&str, FileSort)] = &[
    ("id", FileSort::No),
    ("name", FileSort::Name),
    ("extension", FileSort::Extension),
    ("type", FileSort::Kind),
    ("size", FileSort::Size),
    ("width", FileSort::Width),
    ("height", FileSort::Height),
    ("createdAt", FileSort::Created),
    ("updatedAt", FileSort::Updated),
    ("expiresAt", FileSort::Expires),
];

const FOLDER_SORTS: &[(&str, FolderSort)] = &[
    ("id", FolderSort::No),
    ("name", FolderSort::Name),
    ("createdAt", FolderSort::Created),
    ("updatedAt", FolderSort::Updated),
];

/// The tests of a file search; all of them must hold.
///
/// # Errors
/// [`Code::ParameterInvalid`] that names the first parameter that cannot be read.
pub(crate) fn files(query: &Query, face: Face<'_>) -> Result<Vec<FileTest>> {
    let read = Reader::of(query);
    let mut tests = Vec::new();
    tests.extend(read.ids(&["ids", "id"])?.map(FileTest::NoIn));
    tests.extend(read.ids(&["parentFolderIds", "parentFolderId"])?.map(|nos| FileTest::InFolder(folders_of(nos))));
    tests.extend(read.ends("id")?.map(FileTest::No));
    tests.extend(read.moments("createdAt")?.map(FileTest::Created));
    tests.extend(read.moments("updatedAt")?.map(FileTest::Updated));
    tests.extend(read.moments("expiresAt")?.map(FileTest::Expires));
    tests.extend(read.before()?.map(FileTest::Updated));
    for (name, test) in
        [("size", FileTest::Size as fn(Span) -> FileTest), ("height", FileTest::Height), ("width", FileTest::Width)]
    {
        tests.extend(read.numbers(name)?.map(test));
    }
    tests.extend(read.flag("isUsableInContent")?.map(FileTest::Usable));
    tests.extend(read.flag("allowsAnonymousAccess")?.map(FileTest::Public));
    tests.extend(read.text("name").map(|name| FileTest::NameContains(name.to_owned())));
    tests.extend(read.text("encoding").map(|encoding| FileTest::Encoding(encoding.to_owned())));
    tests.extend(read.text("extension").map(|ext| FileTest::ExtensionIn(vec![ext.trim_start_matches('.').to_owned()])));
    // What is no path, kind, digest or address of ours is a text that no file has.
    let none = || FileTest::NoIn(Vec::new());
    tests.extend(read.text("path").map(|path| text::possible_path(path).map_or_else(none, FileTest::PathIs)));
    tests.extend(
        read.text("type").map(|word| convert::kind(word).map_or_else(none, |kind| FileTest::KindIn(vec![kind]))),
    );
    tests.extend(read.text("fileMd5").map(|hex| Md5::from_hex(hex).map_or_else(none, FileTest::Md5)));
    tests.extend(read.text("url").map(|url| {
        face.hosted_path(url).and_then(|path| text::possible_path(&path)).map_or_else(none, FileTest::PathIs)
    }));
    Ok(tests)
}

/// The tests of a folder search; all of them must hold.
///
/// # Errors
/// As [`files`].
pub(crate) fn folders(query: &Query) -> Result<Vec<FolderTest>> {
    let read = Reader::of(query);
    let mut tests = Vec::new();
    tests.extend(read.ids(&["ids", "id"])?.map(FolderTest::NoIn));
    tests.extend(read.ids(&["parentFolderIds", "parentFolderId"])?.map(|nos| FolderTest::InFolder(folders_of(nos))));
    tests.extend(read.ends("id")?.map(FolderTest::No));
    tests.extend(read.moments("createdAt")?.map(FolderTest::Created));
    tests.extend(read.moments("updatedAt")?.map(FolderTest::Updated));
    tests.extend(read.before()?.map(FolderTest::Updated));
    tests.extend(read.text("name").map(|name| FolderTest::NameContains(name.to_owned())));
    let none = || FolderTest::NoIn(Vec::new());
    tests.extend(read.text("path").map(|path| text::possible_path(path).map_or_else(none, FolderTest::PathIs)));
    Ok(tests)
}

/// The order of a file search.
///
/// # Errors
/// [`Code::SortInvalid`] that names the known keys.
pub(crate) fn file_order(query: &Query) -> Result<Vec<Order<FileSort>>> {
    order(query, FILE_SORTS)
}

/// The order of a folder search.
///
/// # Errors
/// As [`file_order`].
pub(crate) fn folder_order(query: &Query) -> Result<Vec<Order<FolderSort>>> {
    order(query, FOLDER_SORTS)
}

/// Where a page begins and how many items it has at most.
///
/// # Errors
/// [`Code::ParameterInvalid`] for an `after` or a `limit` that is no number or out of bounds.
pub(crate) fn page(query: &Query) -> Result<(Start, u32)> {
    let read = Reader::of(query);
    let after = read.bounded("after", 0, AFTER_MAX)?.unwrap_or(0);
    let limit = read.bounded("limit", 1, LIMIT_MAX)?.unwrap_or(LIMIT_DEFAULT);
    Ok((Start::Offset(after.unsigned_abs()), u32::try_from(limit).unwrap_or(u32::MAX)))
}

fn folders_of(nos: Vec<i64>) -> Vec<FolderNo> {
    nos.into_iter().map(FolderNo).collect()
}

fn order<S: Copy>(query: &Query, known: &[(&str, S)]) -> Result<Vec<Order<S>>> {
    let one = |key: &str| {
        let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        let by = known.iter().find(|(word, _)| *word == name).map(|(_, by)| *by);
        by.map(|by| Order { by, descending }).ok_or_else(|| {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let why =
                format!("'{}' is no sort key; known are {}, also with '-' before", text::shown(key), words.join(", "));
            Error::malformed(Code::SortInvalid, "sort", why)
        })
    };
    query.list("sort").map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_http::PublicUrl;
    use attache_model::{AccountNo, media::Kind};

    fn tests_of(query: &str) -> Result<Vec<FileTest>> {
        let public = PublicUrl::parse("https://files.example.com").unwrap();
        files(&Query::parse(query)?, Face { public: &public, account: AccountNo(1) })
    }

    fn one(query: &str) -> FileTest {
        let mut tests = tests_of(query).unwrap();
        assert_eq!(tests.len(), 1, "{query}");
        tests.remove(0)
    }

    #[test]
    fn arrays_come_repeated_joined_or_both_and_empty_ones_filter_nothing() {
        assert_eq!(one("ids=1&ids=2,3&id=4"), FileTest::NoIn(vec![1, 2, 3, 4]));
        assert_eq!(one("parentFolderIds=0"), FileTest::InFolder(vec![FolderNo::ROOT]));
        assert_eq!(tests_of("ids=&parentFolderIds=,&name=").unwrap(), []);
    }

    #[test]
    fn a_plain_value_and_its_bounds_leave_what_they_share() {
        assert_eq!(one("size=5"), FileTest::Size(Span::exactly(5)));
        assert_eq!(one("sizeGte=2&sizeLte=9"), FileTest::Size(Span { from: Some(2), to: Some(9) }));
        assert_eq!(one("size=5&sizeGte=7"), FileTest::Size(Span { from: Some(7), to: Some(5) }));
        assert_eq!(one("idGte=7"), FileTest::No(Span { from: Some(7), to: None }));
    }

    #[test]
    fn times_are_compared_by_the_millisecond() {
        assert_eq!(
            one("createdAt=1970-01-01T00:00:00.005Z"),
            FileTest::Created(Span { from: Some(5000), to: Some(5999) })
        );
        assert_eq!(one("updatedAtLte=5"), FileTest::Updated(Span { from: None, to: Some(5999) }));
        assert_eq!(one("before=5"), FileTest::Updated(Span { from: None, to: Some(4999) }));
    }

    #[test]
    fn texts_that_no_file_can_have_match_nothing_instead_of_everything() {
        for query in ["type=PICTURE", "fileMd5=xyz", "path=/a/../b", "url=https://elsewhere.example/hubfs/1/a.png"] {
            assert_eq!(one(query), FileTest::NoIn(Vec::new()), "{query}");
        }
        assert_eq!(one("type=img"), FileTest::KindIn(vec![Kind::Image]));
        assert_eq!(one("extension=.png"), FileTest::ExtensionIn(vec!["png".into()]));
        assert_eq!(one("url=https://files.example.com/hubfs/1/a%2520b.png"), FileTest::PathIs("/a b.png".into()));
    }

    #[test]
    fn values_that_cannot_be_read_name_their_parameter() {
        for (query, name) in [
            ("ids=1,x", "ids"),
            ("sizeGte=big", "sizeGte"),
            ("isUsableInContent=maybe", "isUsableInContent"),
            ("createdAtGte=yesterday", "createdAtGte"),
        ] {
            let Err(Error::Malformed { field, .. }) = tests_of(query) else { panic!("{query} is refused") };
            assert_eq!(field, name);
        }
    }

    #[test]
    fn sort_keys_come_several_and_descending_and_unknown_ones_are_refused() {
        let query = Query::parse("sort=-name&sort=id,createdAt").unwrap();
        let keys: Vec<_> = file_order(&query).unwrap().into_iter().map(|order| (order.by, order.descending)).collect();
        assert_eq!(keys, [(FileSort::Name, true), (FileSort::No, false), (FileSort::Created, false)]);
        assert!(file_order(&Query::parse("sort=colour").unwrap()).is_err());
        assert!(folder_order(&Query::parse("sort=size").unwrap()).is_err(), "folders have no size");
    }

    #[test]
    fn a_page_has_1_to_100_items_and_begins_at_10000_at_the_latest() {
        let page = |query: &str| page(&Query::parse(query).unwrap());
        assert_eq!(page("").unwrap(), (Start::Offset(0), 10));
        assert_eq!(page("limit=100&after=10000").unwrap(), (Start::Offset(10_000), 100));
        assert_eq!(page("limit=1").unwrap().1, 1);
        for query in ["limit=0", "limit=101", "limit=x", "after=-1", "after=10001", "after=next"] {
            assert!(page(query).is_err(), "{query}");
        }
    }
}
