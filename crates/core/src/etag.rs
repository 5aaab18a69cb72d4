//! Entity tags, without their quotes. A file's tag changes with every change of the file; a content's tag is its
//! version's.

use crate::plan::Condition;
use attache_model::file::{File, Version};
use attache_model::{Error, Result};

/// The tag of a file with its properties.
pub fn etag(file: &File) -> String {
    format!("f{}-r{}", file.no, file.revision)
}

/// The tag of a version's bytes: equal for equal bytes, whatever file they are in.
pub fn content_etag(version: &Version) -> String {
    version.sha256.to_string()
}

/// Demands that a condition holds for a file as it is now.
pub(crate) fn demand(condition: &Condition, file: &File) -> Result<()> {
    match condition {
        Condition::Always => Ok(()),
        Condition::Matches(tags) => {
            let (whole, content) = (etag(file), content_etag(&file.version));
            let fits = tags.iter().any(|tag| tag == "*" || *tag == whole || *tag == content);
            if fits { Ok(()) } else { Err(Error::Precondition) }
        }
    }
}
