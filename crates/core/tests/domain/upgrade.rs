//! What the steps of the schema make of rows that are there.

use crate::home::{START, admit, bare, core};
use attache_core::{Core, migrations};
use attache_db::{Db, Options, Target};
use attache_model::scope::Scopes;
use attache_model::{Clock, UserNo};

/// A core over what a release had stored when its last step of the schema was `last`.
async fn upgraded(target: &Target, last: usize, rows: &'static [&'static str]) -> Core {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(target, &Options::default()).await.unwrap();
    db.migrate(&migrations()[..last]).await.unwrap();
    let unit = bare(move |tx| {
        Box::pin(async move {
            for row in rows {
                tx.run(*row, &[]).await?;
            }
            Ok(())
        })
    });
    db.write(unit).await.unwrap();
    core(&db, folder.path(), &Clock::held(START)).await
}

/// Three accounts, and tokens that were not kept in the order of their age.
const TOKENS: &[&str] = &[
    "INSERT INTO account (no, name, created_at, trash_days) VALUES (1, 'one', 5, 30), (2, 'two', 5, 30), (3, 'three', 5, 30)",
    "INSERT INTO book (account_no, used_bytes, used_files, reserved_bytes, reserved_files, quota_bytes, quota_files, event_no)
     VALUES (1, 0, 0, 0, 0, -1, -1, 0), (2, 0, 0, 0, 0, -1, -1, 0), (3, 0, 0, 0, 0, -1, -1, 0)",
    "INSERT INTO token (id, digest, account_no, user_no, scopes, created_at, expires_at, last_used_at, revoked_at) VALUES
     ('00000000-0000-7000-8000-00000000000c', 'c', 1, 1, '', 30, 9223372036854775807, 0, 0),
     ('00000000-0000-7000-8000-00000000000a', 'a', 1, 1, '', 10, 9223372036854775807, 0, 0),
     ('00000000-0000-7000-8000-00000000000b', 'b', 1, 7, '', 10, 9223372036854775807, 0, 0),
     ('00000000-0000-7000-8000-00000000000d', 'd', 1, 1, '', 40, 9223372036854775807, 0, 50),
     ('00000000-0000-7000-8000-00000000000e', 'e', 2, 1, '', 20, 9223372036854775807, 0, 0)",
];

async fn tokens_are_numbered_by_age_in_each_account_and_later_ones_go_on(target: Target) {
    let core = upgraded(&target, 7, TOKENS).await;
    for account in ["one", "two", "three"] {
        admit(&core, account, UserNo::OWNER, Scopes::all()).await;
    }
    let all = core.operator().tokens(None).await.unwrap();
    let told: Vec<_> = all.iter().map(|(token, _)| (token.account.0, token.no, token.created_at.0)).collect();
    let now = START.0;
    // The one that was taken back has number 4.
    assert_eq!(told, [(1, 1, 10), (1, 2, 10), (1, 3, 30), (1, 5, now), (2, 1, 20), (2, 2, now), (3, 1, now)]);
    assert!(all.iter().all(|(token, _)| token.name.is_empty()));
}

#[tokio::test]
async fn tokens_of_a_sqlite_file_of_the_release_before_get_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    tokens_are_numbered_by_age_in_each_account_and_later_ones_go_on(Target::Sqlite(folder.path().join("a.db"))).await;
}

#[tokio::test]
async fn tokens_of_a_postgresql_database_of_the_release_before_get_their_numbers() {
    let Some(url) = attache_db::testing::database().await else { return };
    tokens_are_numbered_by_age_in_each_account_and_later_ones_go_on(Target::Postgres(url)).await;
}
