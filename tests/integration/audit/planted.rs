//! The check of the log can fail: a program whose digests leave something out does not find what the right one finds.

use crate::PROGRAM;
use attache_db::{Db, Options, Target, Tx};
use attache_tests::{Home, figure, said};
use futures_util::future::BoxFuture;

const FAULT: &str = "core.targets_undigested=return";

#[tokio::test]
async fn digests_that_leave_something_out_are_caught_on_sqlite() {
    let (Some(right), Some(planted)) = (Home::on_disk(), Home::on_disk()) else { return };
    assert!(finds_a_change(&right, "").await);
    assert!(!finds_a_change(&planted, FAULT).await, "the planted fault makes the check blind, and this test sees it");
    figure("audit", "1 planted fault (digests without the targets), caught");
}

/// Whether the program finds that somebody changed what a line says was touched.
async fn finds_a_change(home: &Home, faults: &str) -> bool {
    for arguments in [&["account", "create", "one"][..], &["token", "create", "--account", "one", "--scopes", "all"]] {
        said(&home.command(PROGRAM, arguments).env("FAILPOINTS", faults).output().unwrap());
    }
    let verify = || home.command(PROGRAM, &["audit", "verify"]).env("FAILPOINTS", faults).output().unwrap();
    assert!(verify().status.success());
    let db = Db::open(&Target::Sqlite(home.path().join("attache.db")), &Options::default()).await.unwrap();
    let text = "UPDATE audit SET targets = targets || ' file/7' WHERE deed = 'token.created'";
    let changed = db.write(unit(move |tx| Box::pin(async move { tx.run(text, &[]).await }))).await.unwrap();
    assert_eq!(changed, 1);
    db.close().await;
    verify().status.code() == Some(1)
}

fn unit<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}
