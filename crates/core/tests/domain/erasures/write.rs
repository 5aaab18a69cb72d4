//! What the ledger says of a removal.

use super::LARGE;
use crate::home::{Home, START};
use crate::on_both_engines;
use attache_core::{Condition, NewShare, Start};
use attache_model::erasure::{ErasureKind, Fate, Removed};
use attache_model::link::Record;
use attache_model::{Error, Scope, UserNo, What};
use std::time::Duration;

on_both_engines!(
    every_version_and_every_row_of_an_erased_file_is_in_the_ledger,
    neither_name_nor_digest_of_an_erased_file_is_in_the_ledger,
    a_content_that_another_file_has_is_told_to_be_kept_and_stays_readable,
    two_versions_of_one_content_go_together,
    what_went_at_its_end_is_in_the_ledger_too,
    a_refused_erase_leaves_no_line,
    the_ledger_is_listed_page_by_page_and_shows_nothing_of_another_account,
);

async fn every_version_and_every_row_of_an_erased_file_is_in_the_ledger(home: Home) {
    let file = home.put("a.txt", b"first".to_vec()).await;
    home.give(file.no, vec![7; LARGE]).await;
    let edit = home.core.edit(&home.owner).unwrap();
    let record = Record::new("deal", "7").unwrap();
    edit.link_files(&record, &[file.id]).await.unwrap();
    let life = Duration::from_secs(60);
    let share = NewShare { life, version: None, size: None, upscale: false, download: false, listed: true };
    edit.share(file.no, &share).await.unwrap();
    let id = home.erase(file.no).await;
    let found = home.erasure(id).await;
    assert_eq!((found.file, found.file_id, found.kind), (file.no, file.id, ErasureKind::Erase));
    assert_eq!((found.actor, found.asked_at), (UserNo::OWNER, START.to_millis()));
    assert_eq!(found.gone_at, Some(START.to_millis()), "it was looked for before the answer: {found:?}");
    let contents = &found.parts.contents;
    assert_eq!(contents.iter().map(|one| (one.version, one.size)).collect::<Vec<_>>(), [(1, 5), (2, LARGE as u64)]);
    assert!(matches!(contents[0].fate, Fate::Row { .. }), "{contents:?}");
    assert!(matches!(contents[1].fate, Fate::Store { .. }), "{contents:?}");
    assert_eq!(found.parts.removed, Removed { versions: 2, links: 1, signed_links: 1, ..Removed::default() });
}

async fn neither_name_nor_digest_of_an_erased_file_is_in_the_ledger(home: Home) {
    let file = home.put("Anna Smith.txt", b"what she said".to_vec()).await;
    home.erase(file.no).await;
    let lines = home.ask("SELECT parts || ' ' || waits_for || ' ' || file_id FROM erasure", 0, 0).await.unwrap();
    assert_eq!(lines.len(), 1);
    let digest = file.version.sha256.to_string();
    for word in ["Anna", "anna", "Smith", digest.as_str(), file.version.md5.to_string().as_str()] {
        assert!(!lines[0].contains(word), "{word} is in {}", lines[0]);
    }
}

async fn a_content_that_another_file_has_is_told_to_be_kept_and_stays_readable(home: Home) {
    for (no, bytes) in [b"short".to_vec(), vec![7; LARGE]].into_iter().enumerate() {
        let (one, twin) =
            (home.put(&format!("{no}.a"), bytes.clone()).await, home.put(&format!("{no}.b"), bytes).await);
        let first = home.erasure(home.erase(one.no).await).await;
        assert_eq!(first.parts.contents[0].fate, Fate::Kept);
        assert!(first.gone_at.is_some(), "nothing of it is left to go: {first:?}");
        assert!(home.core.view(&home.owner).unwrap().open(twin.no, None).await.is_ok());
        let last = home.erasure(home.erase(twin.no).await).await;
        assert_ne!(last.parts.contents[0].fate, Fate::Kept);
        assert!(last.gone_at.is_some());
    }
}

async fn two_versions_of_one_content_go_together(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.give(file.no, vec![8; LARGE]).await;
    home.give(file.no, vec![7; LARGE]).await;
    let found = home.erasure(home.erase(file.no).await).await;
    let contents = &found.parts.contents;
    assert_eq!(contents.len(), 3);
    assert_eq!(contents[0].fate, contents[2].fate);
    assert!(contents.iter().all(|one| matches!(one.fate, Fate::Store { .. })), "{contents:?}");
    assert_eq!(contents[0].sealed, contents[2].sealed);
    assert_ne!(contents[0].sealed, contents[1].sealed);
    assert!(found.gone_at.is_some());
}

async fn what_went_at_its_end_is_in_the_ledger_too(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.core.remove(&home.owner).unwrap().trash_file(file.no, Condition::Always).await.unwrap();
    home.core.remove(&home.owner).unwrap().empty_trash().await.unwrap();
    home.clock.advance(Duration::from_millis(2));
    let emptied = async {
        while home.erasures().await.iter().all(|one| one.gone_at.is_none()) {
            tokio::task::yield_now().await;
        }
    };
    home.core.work().run(emptied).await;
    let found = home.erasures().await.remove(0);
    assert_eq!((found.file, found.kind), (file.no, ErasureKind::Purge));
    assert!(matches!(found.parts.contents[0].fate, Fate::Store { .. }));
}

async fn a_refused_erase_leaves_no_line(home: Home) {
    let file = home.put("a.txt", b"x".to_vec()).await;
    let remove = home.core.remove(&home.owner).unwrap();
    let other = Condition::Matches(vec![String::from("another")]);
    assert!(matches!(remove.erase_file(file.no, other).await, Err(Error::Precondition)));
    assert!(home.erasures().await.is_empty());
    home.erase(file.no).await;
    assert!(matches!(remove.erase_file(file.no, Condition::Always).await, Err(Error::NotFound(What::File))));
    assert_eq!(home.erasures().await.len(), 1);
}

async fn the_ledger_is_listed_page_by_page_and_shows_nothing_of_another_account(home: Home) {
    let mut made = Vec::new();
    for no in 0..5 {
        let file = home.put(&format!("{no}.txt"), b"x".to_vec()).await;
        home.clock.advance(Duration::from_millis(1));
        made.push(home.erase(file.no).await);
    }
    made.reverse();
    let remove = home.core.remove(&home.owner).unwrap();
    let (mut seen, mut start) = (Vec::new(), Start::First);
    loop {
        let page = remove.erasures(start, 2).await.unwrap();
        seen.extend(page.items.iter().map(|one| one.id));
        match page.next {
            Some(attache_model::page::Next::Cursor(cursor)) => start = Start::Cursor(cursor),
            _ => break,
        }
    }
    assert_eq!(seen, made);
    let stranger = home.stranger().await;
    let theirs = home.core.remove(&stranger).unwrap();
    assert!(theirs.erasures(Start::First, 10).await.unwrap().items.is_empty());
    assert!(matches!(theirs.erasure(made[0]).await, Err(Error::NotFound(What::Erasure))));
    assert!(matches!(theirs.certificate(made[0]).await, Err(Error::NotFound(What::Erasure))));
    let reader = home.user(7, &[Scope::FilesRead, Scope::FilesWrite]).await;
    assert!(home.core.remove(&reader).is_err(), "who may not erase does not see what was erased");
}
