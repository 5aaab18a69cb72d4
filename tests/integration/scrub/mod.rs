//! Stored contents that a disk or a store has lost or changed: found, told, never given out as whole, and mended.

mod clock;
mod fault;
mod pass;
mod surface;

use attache::setting::Database;
use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit, StorageUrl};
use attache_db::{Db, Options, Target, Tx, Val};
use attache_tests::{TestApp, command};
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use std::process::Output;

/// The rows of a running server, behind its back.
async fn rows(app: &TestApp) -> Db {
    let target = match &app.settings().database {
        Database::Sqlite(path) => Target::Sqlite(path.clone()),
        Database::Postgres(url) => Target::Postgres(url.clone()),
    };
    Db::open(&target, &Options::default()).await.unwrap()
}

/// The store of a running server, behind its back.
fn store(app: &TestApp) -> Blobs {
    let inline = InlineLimit::new(0).unwrap();
    match &app.settings().storage {
        StorageUrl::Folder(folder) => Disk::open(folder, inline).unwrap().into(),
        bucket @ StorageUrl::Bucket(_) => Cloud::open(bucket, inline, &CloudOptions::default()).unwrap().into(),
    }
}

/// Runs a command of the program on the installation of a running server.
async fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = command(super::PROGRAM, app.data(), arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Puts small contents in behind the server's back, some of which are damaged, evenly among the others.
pub(crate) async fn fill(db: &Db, contents: usize, damaged: usize) {
    let every = contents.checked_div(damaged).unwrap_or(usize::MAX);
    let fill = unit(move |tx| {
        Box::pin(async move {
            for no in 0..contents {
                let (key, bytes) = (format!("row/{no:032x}"), format!("content {no} ").repeat(20));
                let of = if damaged > 0 && no % every == 7 { "others" } else { bytes.as_str() };
                let sha256 = hex::encode(Sha256::digest(of));
                let size = i64::try_from(bytes.len()).unwrap();
                let blob = "INSERT INTO blob (account_no, key, home, size, sha256, refs, state, created_at)
                            VALUES (1, $1, 0, $2, $3, 0, 1, 1)";
                tx.run(blob, &[Val::from(key.as_str()), Val::from(size), Val::from(sha256.as_str())]).await?;
                let small = "INSERT INTO blob_small (account_no, key, bytes) VALUES (1, $1, $2)";
                tx.run(small, &[Val::from(key.as_str()), Val::from(bytes.as_bytes())]).await?;
            }
            Ok(())
        })
    });
    db.write(fill).await.unwrap();
}

/// A unit of work that a test writes itself.
pub(crate) fn unit<T, F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}
