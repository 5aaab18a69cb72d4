//! What stands in an address.

use attache_model::{Error, FileId, Result, VersionId, What};
use http::Uri;
use uuid::Uuid;

/// The segment at `at`, counted from 0; empty where there is none.
pub(crate) fn segment(uri: &Uri, at: usize) -> &str {
    uri.path().split('/').nth(at + 1).unwrap_or_default()
}

/// How many segments an address has.
pub(crate) fn len(uri: &Uri) -> usize {
    uri.path().split('/').count() - 1
}

/// The file that the segment at `at` names.
///
/// # Errors
/// `NotFound(File)` for what is no uuid.
pub(crate) fn file(uri: &Uri, at: usize) -> Result<FileId> {
    uuid(uri, at).map(FileId).ok_or(Error::NotFound(What::File))
}

/// The version that the segment at `at` names.
///
/// # Errors
/// `NotFound(Version)` for what is no uuid.
pub(crate) fn version(uri: &Uri, at: usize) -> Result<VersionId> {
    uuid(uri, at).map(VersionId).ok_or(Error::NotFound(What::Version))
}

/// A uuid in the segment at `at`.
pub(crate) fn uuid(uri: &Uri, at: usize) -> Option<Uuid> {
    let text = segment(uri, at);
    // Other spellings of a uuid are no addresses of ours.
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_spelling_of_a_uuid_is_an_address() {
        let uuid = "367b9f38-5f01-4cea-947e-dfab47aea522";
        let file = |path: &str| file(&path.parse().unwrap(), 2).is_ok();
        assert!(file(&format!("/v1.0/files/{uuid}?with=deleted")));
        assert!(file(&format!("/v1.0/files/{}/versions", uuid.to_uppercase())));
        for bad in [&uuid.replace('-', ""), "7", "", "urn:uuid:367b9f38-5f01-4cea-947e-dfab47aea522"] {
            assert!(!file(&format!("/v1.0/files/{bad}")), "{bad}");
        }
    }
}
