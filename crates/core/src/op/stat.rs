//! What stands at a path.

use crate::View;
use crate::op::place;
use crate::op::put::whole;
use crate::table::file;
use crate::unit::tenanted;
use attache_model::file::File;
use attache_model::folder::Folder;
use attache_model::name::split_path;
use attache_model::{Error, FolderRef, Result, What};
use std::sync::Arc;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "it is made once per request and handed on at once")]
pub enum Stat {
    /// A file.
    File(File),
    /// A folder.
    Folder(Folder),
}

impl View<'_> {
    /// The living file or folder at a path; a file goes before a folder of the same name. The root is a folder.
    ///
    /// # Errors
    /// `NotFound(File)`; `NameInvalid` for what cannot be a path.
    pub async fn stat(&self, path: &str) -> Result<Stat> {
        let names = Arc::new(split_path(path)?);
        let (now, sees) = (self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Stat, _>(move |mut t| {
            let names = names.clone();
            Box::pin(async move {
                let (at, missing) = match names.split_last() {
                    None => return Ok(Stat::Folder(place::find_whole(&mut t, &FolderRef::ROOT).await?)),
                    Some((_, folders)) => place::walk(&mut t, folders).await?,
                };
                let name = names.last().filter(|_| missing == 0).ok_or(Error::NotFound(What::File))?;
                let found = file::by_name(&mut t, at, name).await?;
                if let Some(row) = found.filter(|row| row.visible(now, sees)) {
                    return Ok(Stat::File(whole(&mut t, row).await?.file));
                }
                let (no, missing) = place::walk(&mut t, &names).await?;
                if missing > 0 {
                    return Err(Error::NotFound(What::File).into());
                }
                Ok(Stat::Folder(place::find_whole(&mut t, &FolderRef::No(no)).await?))
            })
        });
        self.read("look a path up", unit).await
    }
}
