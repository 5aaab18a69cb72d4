//! The names of files as Keap's clients give them: blanks around a name do not count.

use attache_model::{Error, Name, Result};

/// The field that names a file.
pub(crate) const FILE_NAME: &str = "file_name";

/// A file's name, without the blanks around it.
///
/// # Errors
/// `NameInvalid` at `file_name` for one that no file can have.
pub(crate) fn parse(text: &str) -> Result<Name> {
    Name::parse(text.trim()).map_err(|error| match error {
        Error::Invalid { code, why, .. } => Error::refuse(code, FILE_NAME, why),
        other => other,
    })
}

/// The error of a new file without a name.
pub(crate) fn missing() -> Error {
    Error::invalid(FILE_NAME, "file_name is required")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c09_blanks_around_a_name_do_not_count_and_those_in_it_do() {
        assert_eq!(parse(" \t two words.pdf \n").unwrap().full(), "two words.pdf");
    }

    #[test]
    fn c09_a_name_that_no_file_can_have_is_refused_at_its_field() {
        let long = "x".repeat(256);
        for bad in ["", "  ", "a/b.txt", "a\\b.txt", "a\0b", "a\u{1b}b", "..", long.as_str()] {
            let error = parse(bad).unwrap_err();
            assert!(error.to_string().starts_with("file_name: "), "{error}");
        }
        assert!(parse(&"x".repeat(255)).is_ok());
    }
}
