//! Legal holds: what is under one stays whatever is asked and whatever time is over, until the hold is lifted.

mod keep;
mod place;
mod race;

use crate::home::Home;
use attache_core::{Body, Condition, Expect, FileChange, NewFile, NewName};
use attache_model::file::File;
use attache_model::legal_hold::LegalHold;
use attache_model::{Error, FileNo, FolderRef, Name, Result};
use futures_util::StreamExt;
use std::time::Duration;

/// More than is kept in the rows.
const LARGE: usize = 5000;
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Home {
    async fn stored(&self, name: &str, bytes: Vec<u8>) -> File {
        let edit = self.core.edit(&self.owner).unwrap();
        let staged = edit.stage(Body::from(bytes), &Expect::at_most(1 << 20)).await.unwrap();
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()));
        edit.put_file(new, staged).await.unwrap().into_file()
    }

    async fn hold_it(&self, file: FileNo) -> LegalHold {
        self.core.manage(&self.owner).unwrap().hold_file(file, "case 7").await.unwrap()
    }

    async fn lift_it(&self, file: FileNo) {
        self.core.manage(&self.owner).unwrap().lift_hold(file).await.unwrap();
    }

    async fn try_erase(&self, file: FileNo) -> Result<()> {
        self.core.remove(&self.owner).unwrap().erase_file(file, Condition::Always).await.map(drop)
    }

    async fn throw_away(&self, file: FileNo) {
        self.core.remove(&self.owner).unwrap().trash_file(file, Condition::Always).await.unwrap();
    }

    async fn bring_back(&self, file: FileNo) -> Result<File> {
        self.core.remove(&self.owner).unwrap().restore_file(file).await
    }

    /// Lets a file end after a while.
    async fn end_after(&self, file: FileNo, life: Duration) {
        let change = FileChange { expires_at: Some(Some(self.clock.now().plus(life))), ..FileChange::default() };
        self.core.edit(&self.owner).unwrap().change_file(file, change).await.unwrap();
    }

    /// The bytes of a version of a living file.
    async fn bytes(&self, file: FileNo, version: i64) -> Vec<u8> {
        let content = self.core.view(&self.owner).unwrap().open(file, Some(version)).await.unwrap();
        let size = content.version.size;
        let blocks: Vec<_> = content.read(0..size).await.unwrap().collect().await;
        blocks.into_iter().flat_map(|block| block.unwrap().to_vec()).collect()
    }

    /// Runs the housekeeping until a file's row is gone.
    async fn sweep_away(&self, file: FileNo) {
        let text = format!("SELECT name FROM file WHERE no = {file}");
        let gone = async {
            while !self.ask(&text, 0, 0).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        self.core.work().run(gone).await;
    }

    /// The lines of the audit log about holds.
    async fn lines_of_holds(&self) -> Vec<String> {
        let text = "SELECT deed || ' ' || targets || ' ' || outcome FROM audit WHERE deed LIKE 'hold%' ORDER BY no";
        self.ask(text, 0, 0).await.unwrap()
    }
}

fn is_held<T>(end: &Result<T>) -> bool {
    matches!(end, Err(Error::Held(_)))
}
