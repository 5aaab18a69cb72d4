//! The table `FileBox`: a row for each file within reach. It is read only.

use super::fault::{Fault, Kind};
use super::value::Value;
use attache_core::{FileSort, Reached};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The file's number.
    Id,
    /// Its name, extension and all.
    FileName,
    /// What stands behind the last dot of the name, in lower case.
    Extension,
    /// Bytes.
    FileSize,
    /// The contact whose it is; 0 for none.
    ContactId,
    /// Whether anybody may fetch it, as 1 or 0.
    Public,
}

impl Column {
    /// The column that is called `name`, in this very spelling.
    ///
    /// # Errors
    /// The fault for a field that there is not.
    pub(super) fn parse(name: &str) -> Result<Column, Fault> {
        match name {
            "Id" => Ok(Column::Id),
            "FileName" => Ok(Column::FileName),
            "Extension" => Ok(Column::Extension),
            "FileSize" => Ok(Column::FileSize),
            "ContactId" => Ok(Column::ContactId),
            "Public" => Ok(Column::Public),
            other => {
                let why = format!(
                    "FileBox has no field '{}'; it has Id, FileName, Extension, FileSize, ContactId and Public",
                    other.escape_debug()
                );
                Err(Fault::new(Kind::NoFieldFound, why))
            }
        }
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Column::Id => "Id",
            Column::FileName => "FileName",
            Column::Extension => "Extension",
            Column::FileSize => "FileSize",
            Column::ContactId => "ContactId",
            Column::Public => "Public",
        }
    }

    /// What lists are ordered by when they are ordered by it.
    pub(super) const fn sort(self) -> FileSort {
        match self {
            Column::Id => FileSort::No,
            Column::FileName => FileSort::Title,
            Column::Extension => FileSort::Extension,
            Column::FileSize => FileSort::Size,
            Column::ContactId => FileSort::Contact,
            Column::Public => FileSort::Public,
        }
    }

    /// What a file's row has in it.
    fn of(self, reached: &Reached) -> Value {
        let file = &reached.file;
        match self {
            Column::Id => Value::count(file.no.0.unsigned_abs()),
            Column::FileName => file.title().full().into(),
            Column::Extension => extension(file.title().full()).into(),
            Column::FileSize => Value::count(file.version.size),
            Column::ContactId => Value::count(reached.contact.unwrap_or(0).unsigned_abs()),
            Column::Public => i32::from(file.access.is_public()).into(),
        }
    }
}

/// A file's row, with the columns that were asked for.
pub(super) fn row(reached: &Reached, columns: &[Column]) -> Value {
    Value::Struct(columns.iter().map(|column| (column.name().to_owned(), column.of(reached))).collect())
}

/// What stands behind the last dot, in lower case; without a dot there is none.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c09_the_extension_is_what_stands_behind_the_last_dot() {
        for (name, ext) in [
            ("a.PDF", "pdf"),
            ("archive.tar.gz", "gz"),
            ("report.v2", "v2"),
            ("README", ""),
            (".png", "png"),
            ("\u{c4}.\u{c4}B", "\u{e4}b"),
        ] {
            assert_eq!(extension(name), ext, "{name}");
        }
    }

    #[test]
    fn c18_fields_are_found_by_their_exact_names_alone() {
        for column in ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"] {
            assert_eq!(Column::parse(column).unwrap().name(), column);
        }
        for unknown in ["id", "Filename", "", "ContactID", "DateCreated", "%"] {
            assert_eq!(Column::parse(unknown).unwrap_err().code, 10, "{unknown}");
        }
    }
}
