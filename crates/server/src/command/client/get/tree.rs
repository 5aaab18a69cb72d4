//! A folder of a server with all that is in it, one folder after the other.

use super::super::failure::{Failure, Result};
use super::super::output::Output;
use super::super::tally::Tally;
use super::place::safe;
use super::{Count, Getter};
use crate::cli::GetWish;
use attache_client::Folder;
use std::path::{Path, PathBuf};

impl Getter {
    /// Gets everything in a folder into a folder of its name, here or where it was asked for. The root's goes there itself.
    pub(super) async fn tree(
        &self,
        top: &Folder,
        wish: &GetWish,
        out: &mut Output<'_>,
        tally: &mut Tally,
        count: &mut Count,
    ) -> Result<()> {
        let base = wish.output.clone().unwrap_or_else(|| PathBuf::from("."));
        let base = if top.no == 0 { base } else { base.join(safe(&top.name)?) };
        let mut waiting = vec![(top.no, base)];
        while let Some((no, here)) = waiting.pop() {
            std::fs::create_dir_all(&here).map_err(Failure::io(format!("make the folder {}", here.display())))?;
            self.files_in(no, &here, out, tally, count).await?;
            let mut folders = self.client.folders_in(no).all().await?;
            folders.reverse();
            for folder in folders {
                match safe(&folder.name) {
                    Ok(name) => waiting.push((folder.no, here.join(name))),
                    Err(failure) => tally.failed(&folder.path, failure, Some(&self.bar), out)?,
                }
            }
        }
        Ok(())
    }

    /// Gets the files right in a folder.
    async fn files_in(
        &self,
        folder: i64,
        here: &Path,
        out: &mut Output<'_>,
        tally: &mut Tally,
        count: &mut Count,
    ) -> Result<()> {
        let mut pages = self.client.files(&[("folder_id", folder.to_string()), ("sort", "name".into())]);
        while let Some(files) = pages.next().await? {
            let mut wanted = Vec::with_capacity(files.len());
            for file in files {
                match safe(&file.name).map(|name| here.join(name)) {
                    Ok(target) => wanted.push((file, target)),
                    Err(failure) => tally.failed(&file.path, failure, Some(&self.bar), out)?,
                }
            }
            self.several(wanted, out, tally, count).await?;
        }
        Ok(())
    }
}
