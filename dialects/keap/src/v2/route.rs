//! Reading which file a path names, and whether it is the file or its bytes that are asked for: `12` or `12:data`.

use attache_model::{Error, FileNo, Result, What};
use http::Uri;

/// What stands before a file's id.
const FILES: &str = "/crm/rest/v2/files/";
/// What makes a file's path that of its bytes, as it is written and as careful clients escape it.
const DATA: [&str; 3] = [":data", "%3Adata", "%3adata"];

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file.
    File(FileNo),
    /// A file's bytes.
    Data(FileNo),
}

/// What a path below the files names.
///
/// # Errors
/// `NotFound(File)` for what is no id: ids are texts, and no file has that one.
pub(super) fn target(uri: &Uri) -> Result<Target> {
    let segment = segment(uri.path());
    match data(segment) {
        Some(id) => file_no(id).map(Target::Data),
        None => file_no(segment).map(Target::File),
    }
}

/// The file that a path names, for methods that its bytes do not have.
///
/// # Errors
/// As [`target`]; `Unsupported` for the path of its bytes.
pub(super) fn file(uri: &Uri) -> Result<FileNo> {
    match target(uri)? {
        Target::File(no) => Ok(no),
        Target::Data(_) => Err(Error::Unsupported {
            why: "a file's bytes can only be read here; change them with a POST to the file itself".to_owned(),
        }),
    }
}

/// Whether a path is that of a file's bytes.
pub(super) fn is_data(path: &str) -> bool {
    data(segment(path)).is_some()
}

/// The segment that stands behind the files' path, undecoded.
fn segment(path: &str) -> &str {
    let rest = path.strip_prefix(FILES).unwrap_or_default();
    rest.strip_suffix('/').unwrap_or(rest)
}

/// The id in a segment that asks for bytes.
fn data(segment: &str) -> Option<&str> {
    DATA.iter().find_map(|tail| segment.strip_suffix(tail))
}

fn file_no(id: &str) -> Result<FileNo> {
    let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|_| digits).map(FileNo).ok_or(Error::NotFound(What::File))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Result<Target> {
        target(&path.parse().unwrap())
    }

    #[test]
    fn a_path_names_a_file_or_its_bytes_with_and_without_a_slash_at_the_end() {
        for slash in ["", "/"] {
            assert_eq!(read(&format!("/crm/rest/v2/files/12{slash}")).unwrap(), Target::File(FileNo(12)));
            for data in [":data", "%3Adata", "%3adata"] {
                let path = format!("/crm/rest/v2/files/12{data}{slash}");
                assert_eq!(read(&path).unwrap(), Target::Data(FileNo(12)));
                assert!(is_data(&path));
            }
        }
        assert!(!is_data("/crm/rest/v2/files/12") && !is_data("/crm/rest/v2/files"));
    }

    #[test]
    fn what_is_no_id_is_no_file() {
        for id in ["abc", "-1", "+1", "1.0", "%31", ":data", "12:Data", "12:datax", "99999999999999999999"] {
            let error = read(&format!("/crm/rest/v2/files/{id}")).unwrap_err();
            assert!(matches!(error, Error::NotFound(What::File)), "{id}");
        }
    }

    #[test]
    fn bytes_are_only_read() {
        let error = file(&Uri::from_static("/crm/rest/v2/files/12:data")).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }));
        assert_eq!(file(&Uri::from_static("/crm/rest/v2/files/12")).unwrap(), FileNo(12));
    }
}
