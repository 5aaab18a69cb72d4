//! The ledger of erasures: what stands in it, when something counts as gone, what a certificate says, and how a recovered
//! backup is cleared of what was erased.

mod certify;
mod look;
mod replay;
mod write;

use crate::home::Home;
use attache_core::{Body, Condition, Expect, NewFile, NewName, Replacement, Start};
use attache_model::erasure::Erasure;
use attache_model::file::File;
use attache_model::id::ErasureId;
use attache_model::{FileNo, FolderRef, Name};
use std::time::Duration;

/// A hold until a quarter of an hour after every test's beginning.
const HOLD: &str = "INSERT INTO hold (id, reason, until_at) VALUES ('a', 'backup', 1800000900250000)";
const LIFE: Duration = Duration::from_secs(15 * 60);
/// More than is kept in the rows.
const LARGE: usize = 5000;

impl Home {
    /// Puts a file of some bytes.
    async fn put(&self, name: &str, bytes: Vec<u8>) -> File {
        let edit = self.core.edit(&self.owner).unwrap();
        let staged = edit.stage(Body::from(bytes), &Expect::at_most(1 << 20)).await.unwrap();
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()));
        edit.put_file(new, staged).await.unwrap().into_file()
    }

    /// Gives a file another version.
    async fn give(&self, file: FileNo, bytes: Vec<u8>) {
        let edit = self.core.edit(&self.owner).unwrap();
        let staged = edit.stage(Body::from(bytes), &Expect::at_most(1 << 20)).await.unwrap();
        edit.replace_file(file, Replacement::default(), staged).await.unwrap();
    }

    async fn erase(&self, file: FileNo) -> ErasureId {
        self.core.remove(&self.owner).unwrap().erase_file(file, Condition::Always).await.unwrap()
    }

    async fn erasure(&self, id: ErasureId) -> Erasure {
        self.core.remove(&self.owner).unwrap().erasure(id).await.unwrap()
    }

    /// The whole ledger, newest first.
    async fn erasures(&self) -> Vec<Erasure> {
        self.core.remove(&self.owner).unwrap().erasures(Start::First, 100).await.unwrap().items
    }

    /// Lets the housekeeping run until the erasure is gone.
    async fn sweep_until_gone(&self, id: ErasureId) {
        let gone = async {
            while self.erasure(id).await.gone_at.is_none() {
                tokio::task::yield_now().await;
            }
        };
        self.core.work().run(gone).await;
    }
}
