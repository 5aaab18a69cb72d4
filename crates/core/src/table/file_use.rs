//! The columns by which values and notes use a file. A use outlives its file, so the file is joined where it is there.

use attache_db::Rec;
use attache_model::{FileId, FileNo, Time};

/// The columns of table `$use` and of the file joined as `f` that [`read`] takes, in its order.
macro_rules! columns {
    ($from:literal) => {
        concat!(
            $from,
            ".file_no, ",
            $from,
            ".file_id, ",
            $from,
            ".pinned, ",
            $from,
            ".version_no, ",
            $from,
            ".name, ",
            "f.name, f.version_no, f.size, f.trashed_at, f.expires_at, f.hidden"
        )
    };
}
pub(crate) use columns;

/// How many columns that are.
pub(crate) const COLUMNS: usize = 11;

/// Who looks, and when: what decides whether a file is shown as there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) now: Time,
    pub(crate) sees_hidden: bool,
}

/// A file as a value or a note uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) no: FileNo,
    pub(crate) id: FileId,
    pub(crate) pinned: bool,
    /// The version that counts.
    pub(crate) version: i64,
    /// The name to show.
    pub(crate) name: String,
    /// Whether the file is in the trash, over or gone.
    pub(crate) deleted: bool,
    /// Length of the file's active version; `None` when that is not to be told or not known.
    pub(crate) active_size: Option<u64>,
    /// Whether the one who looks may not know of the file: it is shown as one that was erased.
    pub(crate) unseen: bool,
}

/// Reads the columns, the first of which is column `at`.
pub(crate) fn read(rec: &Rec<'_>, at: usize, look: Look) -> Result<Used, attache_db::Error> {
    let mut used = Used {
        no: FileNo(rec.int(at)?),
        id: FileId(super::uuid(rec, at + 1)?),
        pinned: rec.int(at + 2)? != 0,
        version: rec.int(at + 3)?,
        name: rec.text(at + 4)?,
        deleted: true,
        active_size: None,
        unseen: false,
    };
    let Some(name) = rec.text_or_null(at + 5)? else { return Ok(used) };
    used.unseen = rec.int(at + 10)? != 0 && !look.sees_hidden;
    if used.unseen {
        used.name.clear();
        return Ok(used);
    }
    if used.name.is_empty() {
        used.name = name;
    }
    if !used.pinned {
        used.version = rec.int(at + 6)?;
    }
    used.active_size = Some(super::unsigned(rec, at + 7)?);
    used.deleted = rec.int(at + 8)? != 0 || rec.int(at + 9)? <= look.now.0;
    Ok(used)
}
