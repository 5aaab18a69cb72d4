//! The question that a list's query parameters ask.

use crate::convert;
use crate::list;
use crate::plan;
use crate::types::{Access, Kind};
use attache_core::View;
use attache_core::{FileQuery, FileSort, FileTest, Life, Order, Pattern, Span};
use attache_http::Query;
use attache_model::digest::Md5;
use attache_model::error::Code;
use attache_model::id::FolderRef;
use attache_model::limits::Limits;
use attache_model::{Error, FolderNo, Result, UserNo};
use serde::de::DeserializeOwned;
use std::str::FromStr;
use utoipa::IntoParams;

/// Filters of a list of files. All that are given must hold. Times and sizes: `_after` and `_min` are inclusive,
/// `_before` is exclusive and `_max` inclusive. Parameters that take several values take them between commas or repeated; one
/// that is given without a value matches nothing.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct FileFilter {
    /// The whole name with extension, exactly.
    name: Option<String>,
    /// The name contains this, ignoring case.
    name_contains: Option<String>,
    /// Each of these words is somewhere in the name, or each in the title, or each in the description, ignoring case: what
    /// people type into a search box. Eight words count at most.
    q: Option<String>,
    /// The description contains this, ignoring case.
    description_contains: Option<String>,
    /// The extension without dot is one of these; an empty one is "none".
    extension: Option<Vec<String>>,
    /// The media type, exactly, or `image/*`.
    r#type: Option<String>,
    /// The kind is one of these.
    #[param(inline)]
    kind: Option<Vec<Kind>>,
    /// Least length in bytes.
    size_min: Option<u64>,
    /// Greatest length in bytes.
    size_max: Option<u64>,
    /// Made at this time or later.
    #[param(format = DateTime)]
    created_after: Option<String>,
    /// Made before this time.
    #[param(format = DateTime)]
    created_before: Option<String>,
    /// Last changed at this time or later.
    #[param(format = DateTime)]
    updated_after: Option<String>,
    /// Last changed before this time.
    #[param(format = DateTime)]
    updated_before: Option<String>,
    /// Expires at this time or later.
    #[param(format = DateTime)]
    expires_after: Option<String>,
    /// Expires before this time.
    #[param(format = DateTime)]
    expires_before: Option<String>,
    /// Made by one of these users.
    created_by: Option<Vec<i64>>,
    /// Directly in the folder of this path.
    folder: Option<String>,
    /// Directly in the folder of this id or number.
    folder_id: Option<String>,
    /// In this folder or anywhere below it: a path that begins with `/`, an id or a number.
    under: Option<String>,
    /// On this record, such as `contact/42`.
    record: Option<String>,
    /// The access level is one of these.
    #[param(inline)]
    access: Option<Vec<Access>>,
    /// SHA-256 of the active content, in hex.
    #[param(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
    /// MD5 of the active content, in hex.
    #[param(pattern = "^[0-9a-fA-F]{32}$")]
    md5: Option<String>,
    /// True lists what is in the trash instead.
    trashed: Option<bool>,
    /// `name`, `extension`, `kind`, `size`, `width`, `height`, `created`, `updated`, `expires`, `trashed` or `no`, with
    /// `-` before it for descending order. By number where it is not given.
    #[param(example = "-created")]
    sort: Option<String>,
}

/// The names of all filters.
pub(crate) const FILTERS: [&str; 25] = [
    "name",
    "name_contains",
    "q",
    "description_contains",
    "extension",
    "type",
    "kind",
    "size_min",
    "size_max",
    "created_after",
    "created_before",
    "updated_after",
    "updated_before",
    "expires_after",
    "expires_before",
    "created_by",
    "folder",
    "folder_id",
    "under",
    "record",
    "access",
    "sha256",
    "md5",
    "trashed",
    "sort",
];

/// Reads a list's whole query, page included.
///
/// # Errors
/// [`Code::UnknownParameter`], [`Code::DuplicateParameter`], [`Code::ParameterInvalid`], [`Code::SortInvalid`], and
/// [`Error::NotFound`] for a folder that is not there.
pub(crate) async fn read(view: &View<'_>, query: &Query, limits: &Limits) -> Result<FileQuery> {
    let known: Vec<&str> = FILTERS.into_iter().chain(list::PAGE).collect();
    query.only(&known)?;
    let mut tests = plain_tests(query)?;
    if let Some(folder) = folder(view, query).await? {
        tests.push(FileTest::InFolder(vec![folder]));
    }
    if let Some(under) = query.one("under")? {
        let at = if under.starts_with('/') { FolderRef::Path(under.to_owned()) } else { convert::folder_ref(under)? };
        tests.push(FileTest::Under(view.folder(&at).await?.no));
    }
    Ok(FileQuery {
        tests,
        order: query.one("sort")?.map(sort).transpose()?.into_iter().collect(),
        start: list::start(query)?,
        limit: list::limit(query, limits)?,
        life: match query.parsed("trashed", "true or false")? {
            Some(true) => Life::Trashed,
            Some(false) | None => Life::Living,
        },
    })
}

async fn folder(view: &View<'_>, query: &Query) -> Result<Option<FolderNo>> {
    let path = query.one("folder")?.map(str::to_owned);
    match convert::folder_choice("folder", path, query.one("folder_id")?)? {
        Some(at) => Ok(Some(view.folder(&at).await?.no)),
        None => Ok(None),
    }
}

/// The tests that need no look at the database.
fn plain_tests(query: &Query) -> Result<Vec<FileTest>> {
    let tests = [
        query.one("name")?.map(|name| FileTest::NameIs(name.to_owned())),
        query.one("name_contains")?.map(|part| FileTest::NameContains(part.to_owned())),
        query.one("q")?.map(|text| FileTest::Words(text.split_whitespace().map(str::to_owned).collect())),
        query.one("description_contains")?.map(|part| FileTest::DescriptionMatches(Pattern::containing(part))),
        extensions(query).map(FileTest::ExtensionIn),
        query.one("type")?.map(|kind| FileTest::MediaType(kind.to_owned())),
        words::<Kind>(query, "kind")?.map(|kinds| FileTest::KindIn(kinds.into_iter().map(Into::into).collect())),
        span(list::whole(query, "size_min", BYTES)?, list::whole(query, "size_max", BYTES)?).map(FileTest::Size),
        times(query, "created_after", "created_before")?.map(FileTest::Created),
        times(query, "updated_after", "updated_before")?.map(FileTest::Updated),
        times(query, "expires_after", "expires_before")?.map(FileTest::Expires),
        users(query)?.map(FileTest::CreatedBy),
        query.one("record")?.map(|record| record.parse().map(FileTest::OnRecord)).transpose()?,
        words::<Access>(query, "access")?.map(|all| FileTest::AccessIn(all.into_iter().map(Into::into).collect())),
        query.one("sha256")?.map(|text| plan::digest("sha256", text).map(FileTest::Sha256)).transpose()?,
        query.one("md5")?.map(|text| md5(text).map(FileTest::Md5)).transpose()?,
    ];
    Ok(tests.into_iter().flatten().collect())
}

const BYTES: &str = "a whole number of bytes";

fn span(from: Option<i64>, to: Option<i64>) -> Option<Span> {
    (from.is_some() || to.is_some()).then_some(Span { from, to })
}

/// A half-open span of time as the inclusive one that core takes.
fn times(query: &Query, after: &str, before: &str) -> Result<Option<Span>> {
    let read = |name: &str| query.one(name)?.map(|text| convert::time(Code::ParameterInvalid, name, text)).transpose();
    Ok(span(read(after)?.map(|at| at.0), read(before)?.map(|at| at.0 - 1)))
}

fn extensions(query: &Query) -> Option<Vec<String>> {
    let values: Vec<_> = query.each("extension").map(str::to_owned).collect();
    (!values.is_empty()).then_some(values)
}

fn words<T: DeserializeOwned>(query: &Query, name: &str) -> Result<Option<Vec<T>>> {
    list::values(query, name, |text| {
        plan::one_of(text).map_err(|why| Error::malformed(Code::ParameterInvalid, name, why))
    })
}

fn users(query: &Query) -> Result<Option<Vec<UserNo>>> {
    list::values(query, "created_by", |text| {
        let why = "a user is a whole number";
        i64::from_str(text).map(UserNo).map_err(|_| Error::malformed(Code::ParameterInvalid, "created_by", why))
    })
}

fn md5(text: &str) -> Result<Md5> {
    Md5::from_hex(text).ok_or_else(|| Error::malformed(Code::DigestInvalid, "md5", "an MD5 is 32 hex digits"))
}

const SORTS: [(&str, FileSort); 11] = [
    ("no", FileSort::No),
    ("name", FileSort::Name),
    ("extension", FileSort::Extension),
    ("kind", FileSort::Kind),
    ("size", FileSort::Size),
    ("width", FileSort::Width),
    ("height", FileSort::Height),
    ("created", FileSort::Created),
    ("updated", FileSort::Updated),
    ("expires", FileSort::Expires),
    ("trashed", FileSort::Trashed),
];

fn sort(text: &str) -> Result<Order<FileSort>> {
    list::order(text, &SORTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(query: &str) -> Result<Vec<FileTest>> {
        plain_tests(&Query::parse(query).unwrap())
    }

    #[test]
    fn the_document_names_the_filters_that_are_read() {
        let documented: Vec<_> = FileFilter::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
        assert_eq!(documented, FILTERS);
    }

    #[test]
    fn a_list_that_is_empty_matches_nothing_rather_than_everything() {
        assert_eq!(tests("kind=").unwrap(), [FileTest::KindIn(vec![])]);
        assert_eq!(tests("created_by=").unwrap(), [FileTest::CreatedBy(vec![])]);
        assert_eq!(tests("").unwrap(), []);
    }

    #[test]
    fn an_empty_value_beside_others_is_none_that_could_be_meant() {
        for query in ["kind=image,", "kind=&kind=image", "access=,", "created_by=1,,2"] {
            let refused = matches!(tests(query), Err(Error::Malformed { code: Code::ParameterInvalid, .. }));
            assert_eq!(refused, query != "access=,", "{query}");
        }
    }

    #[test]
    fn an_empty_extension_is_none() {
        assert_eq!(tests("extension=").unwrap(), [FileTest::ExtensionIn(vec![String::new()])]);
    }

    #[test]
    fn times_are_half_open() {
        let read = tests("created_after=1970-01-01T00:00:01Z&created_before=1970-01-01T00:00:02Z").unwrap();
        assert_eq!(read, [FileTest::Created(Span { from: Some(1_000_000), to: Some(1_999_999) })]);
    }

    #[test]
    fn values_that_cannot_be_read_are_refused_with_their_name() {
        for (query, name) in [
            ("size_min=-1x", "size_min"),
            ("created_after=yesterday", "created_after"),
            ("kind=image,film", "kind"),
            ("created_by=me", "created_by"),
            ("record=42", "record"),
            ("sha256=abc", "sha256"),
            ("name=a&name=b", "name"),
        ] {
            let error = tests(query).unwrap_err();
            assert!(error.to_string().starts_with(name), "{query}: {error}");
        }
    }

    #[test]
    fn only_listed_keys_can_be_sorted_by() {
        assert_eq!(sort("-created").unwrap(), Order { by: FileSort::Created, descending: true });
        let error = sort("password_hash").unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::SortInvalid, .. }));
    }
}
