//! Where on this machine something goes. Names come from a server that may be hostile: none of them may lead elsewhere.

use super::super::failure::{Failure, Result};
use attache_client::File;
use std::path::{Path, PathBuf};

/// Where a file goes that was named by itself; with others, a path that was given is a folder.
pub(super) fn of(file: &File, output: Option<&Path>, is_one_of_many: bool) -> Result<PathBuf> {
    let name = safe(&file.name)?;
    let Some(path) = output else { return Ok(PathBuf::from(name)) };
    let ends_with_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    if is_one_of_many || ends_with_slash || path.is_dir() {
        std::fs::create_dir_all(path).map_err(Failure::io(format!("make the folder {}", path.display())))?;
        return Ok(path.join(name));
    }
    Ok(path.to_owned())
}

/// A name that is one level of a path and nothing else.
pub(super) fn safe(name: &str) -> Result<&str> {
    let is_odd = matches!(name, "" | "." | "..") || name.contains(['/', '\0']);
    if is_odd {
        return Err(Failure::trouble(format!("the server calls a file {name:?}, which is no name on this machine")));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for bad in ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b"] {
            assert!(safe(bad).is_err(), "{bad:?}");
        }
        for good in ["a.txt", "...", "..a", "a\\b", "-o"] {
            assert_eq!(safe(good).unwrap(), good);
        }
    }
}
