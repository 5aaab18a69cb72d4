//! How files of a server are named on the command line: by path, number or id.

use super::failure::{Exit, Failure, Result};
use attache_client::{Client, Error, File};

/// A name that was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name<'t> {
    /// It begins with a slash.
    Path(&'t str),
    /// A number or an id, which a server tells apart by itself.
    Key(&'t str),
}

impl<'t> Name<'t> {
    /// Reads a name.
    ///
    /// # Errors
    /// Trouble that says how files are named.
    pub(super) fn parse(text: &'t str) -> Result<Name<'t>> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_id = text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        match text {
            path if path.starts_with('/') => Ok(Name::Path(path)),
            key if is_number || is_id => Ok(Name::Key(key)),
            _ => Err(Failure::trouble(format!(
                "'{text}' names no file of a server; write its path, such as /contracts/{text}, its number or its id"
            ))),
        }
    }

    /// The living file of this name.
    pub(super) async fn file(&self, client: &Client) -> Result<File> {
        let found = match self {
            Name::Path(path) => client.file_at(path).await,
            Name::Key(key) => client.file(key).await,
        };
        found.map_err(|error| self.missing(error))
    }

    /// The id or number of the file of this name; one that is in the trash by its path is looked for there if `trashed`.
    pub(super) async fn key(&self, client: &Client, trashed: bool) -> Result<String> {
        match self {
            Name::Key(key) => Ok((*key).to_owned()),
            Name::Path(path) => match client.file_at(path).await {
                Ok(file) => Ok(file.id),
                Err(error) if trashed && is_missing(&error) => self.in_trash(client, path).await.map(|file| file.id),
                Err(error) => Err(self.missing(error)),
            },
        }
    }

    /// The file of this path that went to the trash last.
    pub(super) async fn in_trash(&self, client: &Client, path: &str) -> Result<File> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut pages = client.trash(&[("name", name.to_owned())]);
        while let Some(files) = pages.next().await? {
            if let Some(file) = files.into_iter().find(|file| file.path == path) {
                return Ok(file);
            }
        }
        Err(Failure::missing(format!("there is no file {path} in the trash")))
    }

    /// Says which file it is that is not there.
    pub(super) fn missing(&self, error: Error) -> Failure {
        let failure = Failure::from(error);
        let (Name::Path(text) | Name::Key(text)) = self;
        match failure.exit {
            Exit::Missing => Failure { words: format!("there is no file {text}"), ..failure },
            _ => failure,
        }
    }
}

/// Whether it is a refusal for want of the thing itself.
pub(super) fn is_missing(error: &Error) -> bool {
    error.is("not_found") || error.is("gone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_path_number_or_id() {
        assert_eq!(Name::parse("/a b/c.txt").unwrap(), Name::Path("/a b/c.txt"));
        assert_eq!(Name::parse("17").unwrap(), Name::Key("17"));
        let id = "0190a5a4-5d5c-7f00-8000-000000000001";
        assert_eq!(Name::parse(id).unwrap(), Name::Key(id));
    }

    #[test]
    fn what_could_be_anything_is_refused_with_a_path_to_write_instead() {
        for bad in ["", "a.txt", "-1", "contact/42", "0190a5a4-5d5c-7f00-8000-00000000000"] {
            let failure = Name::parse(bad).unwrap_err();
            assert!(failure.exit == Exit::Trouble && failure.words.contains("/contracts/"), "{bad}");
        }
    }
}
