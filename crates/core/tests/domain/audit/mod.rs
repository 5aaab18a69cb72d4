//! The audit log: one line for each change, in a chain that nobody can touch unseen.

mod census;
mod chain;
mod refuse;
mod tamper;
mod trim;

use crate::home::{Home, bare};
use attache_core::{AuditReport, Body, Edit, Expect, NewFile, NewName};
use attache_db::Val;
use attache_model::audit::{AuditHead, AuditLine};
use attache_model::{AccountNo, FileNo, FolderRef, Name};

/// The account of a home's owner.
const ACCOUNT: AccountNo = AccountNo(1);

impl Home {
    async fn audit(&self) -> Vec<AuditLine> {
        self.core.operator().audit_lines(ACCOUNT, 0, 10_000).await.unwrap()
    }

    async fn verify(&self, noted: Option<&AuditHead>) -> AuditReport {
        self.core.operator().verify_audit(ACCOUNT, noted).await.unwrap()
    }

    /// Changes rows behind the core's back; how many that were.
    async fn meddle(&self, text: &str) -> u64 {
        let text = text.to_owned();
        let unit = bare(move |tx| {
            let text = text.clone();
            Box::pin(async move { tx.run(&*text, &[] as &[Val<'_>]).await })
        });
        self.db.write(unit).await.unwrap()
    }
}

async fn put(edit: &Edit<'_>, name: &str) -> FileNo {
    let staged = edit.stage(Body::from(name.as_bytes().to_vec()), &Expect::at_most(1000)).await.unwrap();
    let name = NewName::Exact(Name::parse(name).unwrap());
    edit.put_file(NewFile::new(FolderRef::ROOT, name), staged).await.unwrap().into_file().no
}
