//! Files that wait to be put on a record: what nobody claims in time goes to the trash.

use crate::Core;
use crate::op::trash::trash;
use crate::settle::{Author, Change, settle};
use crate::table::{file, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::{AccountNo, FileNo, Result, Time, UserNo};
use std::sync::Arc;

impl Core {
    /// Ends the waiting of files whose time for it is over, in one commit. Those that no link names go to the trash.
    pub(crate) async fn end_claims(&self, account: AccountNo, files: &[FileNo]) -> Result<()> {
        let (now, files) = (self.now(), Arc::new(files.to_vec()));
        let unit = tenanted::<(), _>(move |mut t| {
            let files = files.clone();
            Box::pin(async move {
                file::hold_all(&mut t, &files.iter().map(|no| (*no).into()).collect::<Vec<_>>()).await?;
                let author = Author::of(UserNo::OWNER);
                let mut change = Change::default();
                for no in files.iter() {
                    change = end(&mut t, *no, &author, now, change).await?;
                }
                if !change.is_empty() {
                    settle(&mut t, &author, now, &change).await?;
                }
                Ok(())
            })
        });
        self.write("end the waiting of files", account, unit).await
    }
}

async fn end(t: &mut Tenanted<'_>, no: FileNo, author: &Author, now: Time, change: Change) -> Outcome<Change> {
    // Somebody may have claimed it, or trashed it, since it was found.
    let over = file::end_claim(t, no, now).await?;
    if !over || link::there(t, no).await?.0 {
        return Ok(change);
    }
    match file::hold(t, no.into()).await?.filter(|row| row.file.trashed_at.is_none()) {
        Some(row) => trash(t, &row, author, now, change).await,
        None => Ok(change),
    }
}
