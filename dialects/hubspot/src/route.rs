//! Reading the part of a path that names a file or folder. Clients put whole paths into one escaped segment, so what is
//! an id and what is a path is told by the raw segment, before it is decoded.

use crate::text;
use attache_model::error::Code;
use attache_model::id::TaskId;
use attache_model::{Error, FileNo, FolderNo, FolderRef, Result, What};
use http::Uri;
use percent_encoding::percent_decode_str;

/// The file that the address `/files/{id}` or one below it names.
///
/// # Errors
/// [`Error::NotFound`] for a route when it is no number: there is no such route then.
pub(crate) fn file(uri: &Uri) -> Result<FileNo> {
    let raw = rest(uri, "/files/").split('/').next().unwrap_or_default();
    text::id(raw).map(FileNo).ok_or(Error::NotFound(What::Route))
}

/// The task that the address `{before}{id}/status` names.
///
/// # Errors
/// [`Error::NotFound`] when it is no id of ours.
pub(crate) fn task(uri: &Uri, before: &str) -> Result<TaskId> {
    let raw = rest(uri, before).split('/').next().unwrap_or_default();
    raw.parse().map_err(|_| Error::NotFound(What::Task))
}

/// What stands behind `before` in the address, undecoded.
pub(crate) fn rest<'u>(uri: &'u Uri, before: &str) -> &'u str {
    uri.path().strip_prefix(before).unwrap_or_default()
}

/// A path as it may be meant, in the order to try: as it is written, and, where it holds a raw `+`, with blanks there,
/// because one client writes its blanks so.
///
/// # Errors
/// [`Code::Utf8Invalid`] when the escaped bytes are no text; those of [`text::check_path`].
pub(crate) fn path(raw: &str) -> Result<Readings<String>> {
    let decode = |raw: &str| {
        let text = percent_decode_str(raw).decode_utf8();
        let text = text.map_err(|_| {
            Error::malformed(Code::Utf8Invalid, "path", "the percent-encoded bytes of the path are not UTF-8")
        })?;
        let path = text::path(&text);
        text::check_path(&path, "path")?;
        Ok(path)
    };
    let second = if raw.contains('+') { Some(decode(&raw.replace('+', " "))?) } else { None };
    Ok(Readings { first: decode(raw)?, second })
}

/// The folder that a raw rest of a path names: by id when it is digits alone, else by path.
///
/// # Errors
/// As [`path`].
pub(crate) fn folder(raw: &str) -> Result<Readings<FolderRef>> {
    if let Some(no) = text::id(raw) {
        return Ok(Readings { first: FolderRef::No(FolderNo(no)), second: None });
    }
    let paths = path(raw)?;
    Ok(Readings { first: FolderRef::Path(paths.first), second: paths.second.map(FolderRef::Path) })
}

/// What a raw segment can mean.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Readings<T> {
    pub(crate) first: T,
    pub(crate) second: Option<T>,
}

impl<T> Readings<T> {
    /// Tries `look` with the first reading, and with the second when the first finds nothing.
    ///
    /// # Errors
    /// Those of `look`; that of the first reading when neither finds anything.
    pub(crate) async fn find<U, F: Future<Output = Result<U>>>(self, look: impl Fn(T) -> F) -> Result<U> {
        match (look(self.first).await, self.second) {
            (Err(missing @ Error::NotFound(_)), Some(second)) => match look(second).await {
                Err(Error::NotFound(_)) => Err(missing),
                other => other,
            },
            (found, _) => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_path(text: &str) -> FolderRef {
        FolderRef::Path(text.to_owned())
    }

    #[test]
    fn digits_are_an_id_and_an_escaped_slash_makes_a_path_of_them() {
        assert_eq!(folder("2024").unwrap().first, FolderRef::No(FolderNo(2024)));
        assert_eq!(folder("%2F2024").unwrap().first, by_path("/2024"));
        assert_eq!(folder("2024/05").unwrap().first, by_path("/2024/05"));
        assert_eq!(folder("%32024").unwrap().first, by_path("/2024"), "an escaped digit is not a digit");
    }

    #[test]
    fn escaped_and_raw_slashes_are_the_same_path() {
        for raw in ["%2Fa%2Fb%20c", "/a/b%20c", "a/b%20c", "a%2Fb%20c/", "//a//b%20c"] {
            assert_eq!(path(raw).unwrap(), Readings { first: "/a/b c".to_owned(), second: None }, "{raw}");
        }
        assert_eq!(path("%2Fd%2F%C3%A4.png").unwrap().first, "/d/\u{e4}.png");
        assert!(path("%ff").is_err());
    }

    #[test]
    fn a_raw_plus_may_stand_for_a_blank_and_an_escaped_one_may_not() {
        assert_eq!(path("a+b").unwrap(), Readings { first: "/a+b".to_owned(), second: Some("/a b".to_owned()) });
        assert_eq!(path("a%2Bb").unwrap(), Readings { first: "/a+b".to_owned(), second: None });
    }

    #[tokio::test]
    async fn the_second_reading_is_tried_only_when_the_first_finds_nothing() {
        let there = |known: &'static str| {
            let look = move |path: String| async move {
                if path == known { Ok(path) } else { Err(Error::NotFound(What::File)) }
            };
            path("a+b").unwrap().find(look)
        };
        assert_eq!(there("/a+b").await.unwrap(), "/a+b");
        assert_eq!(there("/a b").await.unwrap(), "/a b");
        assert!(there("/a-b").await.is_err());
        let faulty = |_| async { Err::<(), _>(Error::Cut) };
        assert!(matches!(path("a+b").unwrap().find(faulty).await, Err(Error::Cut)), "other errors are not covered up");
    }

    #[test]
    fn what_is_no_number_is_no_file_route() {
        let file = |path: &'static str| file(&Uri::from_static(path));
        assert_eq!(file("/files/101").unwrap(), FileNo(101));
        assert_eq!(file("/files/101/download").unwrap(), FileNo(101));
        for path in ["/files/abc", "/files/%31", "/files/-1"] {
            assert!(matches!(file(path), Err(Error::NotFound(What::Route))), "{path}");
        }
    }
}
