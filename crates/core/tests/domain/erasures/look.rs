//! An erasure counts as gone only when nothing of it is found any more.

use super::{HOLD, LARGE, LIFE};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Goal, NewFile, NewName, NewUpload};
use attache_model::erasure::{Fate, Trace};
use attache_model::{FolderRef, Name};
use std::path::{Path, PathBuf};

on_both_engines!(
    while_a_backup_keeps_the_bytes_an_erasure_is_open_and_it_ends_with_the_sweep_after_it,
    every_row_that_an_erase_would_leave_keeps_it_open,
    the_same_bytes_put_in_again_do_not_keep_an_erasure_open,
    a_number_that_was_given_anew_is_not_looked_at,
);

async fn while_a_backup_keeps_the_bytes_an_erasure_is_open_and_it_ends_with_the_sweep_after_it(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.tamper(HOLD).await;
    let id = home.erase(file.no).await;
    let open = home.erasure(id).await;
    assert_eq!((open.gone_at, open.waits_for), (None, vec![Trace::Contents, Trace::Bytes]));
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 1, "a look takes nothing from a backup");
    home.clock.advance(LIFE);
    home.sweep_until_gone(id).await;
    let gone = home.erasure(id).await;
    assert!(gone.waits_for.is_empty() && gone.gone_at.unwrap() > gone.asked_at);
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 0);
}

/// Rows that an erase forgot, planted one after another: each is found.
async fn every_row_that_an_erase_would_leave_keeps_it_open(home: Home) {
    let file = home.put("a.txt", b"x".to_vec()).await;
    let id = home.erase(file.no).await;
    assert_eq!(file.no.0, 1, "the rows below name it by this number");
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("never.bin").unwrap()));
    let new = NewUpload { length: Some(9), goal: Goal::File(Box::new(new)), memo: String::new() };
    home.core.edit(&home.owner).unwrap().open_upload(new).await.unwrap();
    let look = async || {
        home.tamper("UPDATE erasure SET gone_at = 0").await;
        let open = home.core.operator().look_for_erased().await.unwrap();
        let found = home.erasure(id).await;
        assert_eq!(open, usize::from(found.gone_at.is_none()));
        found.waits_for
    };
    for (trace, plant, remove) in PLANTED {
        assert_eq!(look().await, [], "{trace:?}");
        home.tamper(plant).await;
        assert_eq!(look().await, [trace]);
        home.tamper(remove).await;
    }
    assert_eq!(look().await, []);
}

/// What is planted, and how it goes again.
const PLANTED: [(Trace, &str, &str); 4] = [
    (
        Trace::KeptAnswers,
        "INSERT INTO once (account_no, key, fingerprint, state, effect, status, headers, body, created_at, expires_at)
         SELECT 1, 'k', 'f', 2, 'file/1', 200, '', secret, 0, 9000000000000000 FROM signing_key",
        "DELETE FROM once WHERE effect = 'file/1'",
    ),
    (
        Trace::Tasks,
        "INSERT INTO task (id, account_no, actor_no, scopes, kind, payload, state, run_at, attempts, lease_no, lease_until,
           dedup, requested_at, started_at, completed_at, result_file_no, result_folder_no, error_code, error)
         VALUES ('t', 1, 1, '', 'x', '', 2, 0, 0, 0, 0, NULL, 0, 0, 0, 1, NULL, '', '')",
        "DELETE FROM task WHERE id = 't'",
    ),
    (
        Trace::Notes,
        "INSERT INTO note (account_no, no, record_type, record_id, kind, text, file_no, file_id, pinned, version_no, name,
           created_at, updated_at, created_by, updated_by, responsible)
         VALUES (1, 1, 'deal', '1', 'attachment', '', 1, 'x', 0, 1, 'a.txt', 0, 0, 1, 1, 1)",
        "DELETE FROM note WHERE no = 1",
    ),
    (
        Trace::Uploads,
        "UPDATE upload SET file_no = 1 WHERE no = (SELECT MIN(no) FROM upload)",
        "UPDATE upload SET file_no = NULL WHERE file_no = 1",
    ),
];

async fn the_same_bytes_put_in_again_do_not_keep_an_erasure_open(home: Home) {
    for bytes in [b"short".to_vec(), vec![7; LARGE]] {
        let file = home.put("a.bin", bytes.clone()).await;
        home.tamper(HOLD).await;
        let id = home.erase(file.no).await;
        // What is dying is not given to anybody: the bytes come under a key of their own.
        let again = home.put("a.bin", bytes.clone()).await;
        home.tamper("DELETE FROM hold").await;
        home.sweep_until_gone(id).await;
        let content = home.core.view(&home.owner).unwrap().open(again.no, None).await.unwrap();
        let read = content.read(0..bytes.len() as u64).await.unwrap();
        let read: Vec<bytes::Bytes> = futures_util::TryStreamExt::try_collect(read).await.unwrap();
        assert_eq!(read.concat(), bytes);
        home.erase(again.no).await;
    }
}

async fn a_number_that_was_given_anew_is_not_looked_at(home: Home) {
    let file = home.put("a.txt", b"x".to_vec()).await;
    home.tamper(HOLD).await;
    let id = home.erase(file.no).await;
    let other = home.put("b.txt", b"y".to_vec()).await;
    home.tamper("UPDATE erasure SET gone_at = 0, file_no = 2").await;
    assert_eq!(other.no.0, 2);
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 0);
    assert!(home.erasure(id).await.gone_at.is_some());
}

#[tokio::test]
async fn bytes_that_a_store_keeps_in_spite_of_a_removal_keep_an_erasure_open_until_they_are_gone() {
    let home = Home::sqlite().await;
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.tamper(HOLD).await;
    let id = home.erase(file.no).await;
    let Fate::Store { key } = home.erasure(id).await.parts.contents.remove(0).fate else {
        panic!("it is in the store")
    };
    let place = find(&home.data().join("blobs"), key.rsplit('/').next().unwrap()).expect("the bytes are there");
    // A folder where the bytes were cannot be removed as a file is.
    std::fs::remove_file(&place).unwrap();
    std::fs::create_dir(&place).unwrap();
    home.tamper("DELETE FROM hold").await;
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 1);
    assert!(home.erasure(id).await.waits_for.contains(&Trace::Bytes));
    std::fs::remove_dir(&place).unwrap();
    home.sweep_until_gone(id).await;
}

#[tokio::test]
async fn bytes_that_are_there_again_under_an_erased_key_are_found_and_removed_again() {
    let home = Home::sqlite().await;
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.tamper(HOLD).await;
    let id = home.erase(file.no).await;
    let Fate::Store { key } = home.erasure(id).await.parts.contents.remove(0).fate else {
        panic!("it is in the store")
    };
    let place = find(&home.data().join("blobs"), key.rsplit('/').next().unwrap()).expect("the bytes are there");
    home.tamper("DELETE FROM hold").await;
    home.sweep_until_gone(id).await;
    assert!(!place.exists());
    // As if the removal had said that it was done and had not been.
    std::fs::write(&place, [7; 10]).unwrap();
    home.tamper("UPDATE erasure SET gone_at = 0").await;
    home.sweep_until_gone(id).await;
    assert!(!place.exists());
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(Result::unwrap).find_map(|entry| {
        let path = entry.path();
        if path.is_dir() { find(&path, name) } else { Some(path).filter(|path| path.ends_with(name)) }
    })
}
