//! The ledger as a file, and its replay where an older state was brought back.

use super::LARGE;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{LedgerEntry, LedgerLine, Replayed};
use attache_model::{AccountNo, Error};

on_both_engines!(
    the_ledger_is_written_out_whole_and_reads_back,
    a_file_that_came_back_is_erased_again_under_the_same_id,
    a_line_of_a_file_that_is_not_there_is_noted_once,
    a_line_of_an_account_that_is_not_there_changes_nothing,
);

impl Home {
    async fn lines(&self) -> Vec<LedgerLine> {
        let (mut ledger, mut lines) = (self.core.operator().ledger().await.unwrap(), Vec::new());
        loop {
            let some = ledger.next().await.unwrap();
            if some.is_empty() {
                return lines;
            }
            lines.extend(some);
        }
    }

    /// The line of the one erasure.
    async fn entry(&self) -> LedgerEntry {
        let mut entries: Vec<_> = self.lines().await.into_iter().filter_map(entry_of).collect();
        assert_eq!(entries.len(), 1);
        entries.remove(0)
    }
}

fn entry_of(line: LedgerLine) -> Option<LedgerEntry> {
    match line {
        LedgerLine::Erasure(entry) => Some(entry),
        LedgerLine::Erasures { .. } | LedgerLine::End { .. } => None,
    }
}

async fn the_ledger_is_written_out_whole_and_reads_back(home: Home) {
    for no in 0..3 {
        let file = home.put(&format!("{no}.bin"), vec![no; LARGE]).await;
        home.erase(file.no).await;
    }
    let lines = home.lines().await;
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], LedgerLine::Erasures { installation: home.core.operator().installation().await.unwrap() });
    assert_eq!(lines[4], LedgerLine::End { erasures: 3 });
    for line in &lines {
        let text = line.to_text();
        assert!(!text.contains('\n'));
        assert_eq!(&LedgerLine::read(&text).unwrap(), line);
    }
    for wrong in ["", "{}", "x", "{\"line\":\"end\"}", "{\"line\":\"end\",\"erasures\":1,\"more\":1}"] {
        assert!(matches!(LedgerLine::read(wrong), Err(Error::Invalid { .. })), "{wrong}");
    }
}

async fn a_file_that_came_back_is_erased_again_under_the_same_id(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.give(file.no, b"short".to_vec()).await;
    // The ledger of a later time, in which the file was erased.
    let id = home.erase(file.no).await;
    let line = home.entry().await;
    home.tamper("DELETE FROM erasure").await;
    let again = home.put("a.bin", vec![7; LARGE]).await;
    let id_of = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    home.tamper(id_of(format!("UPDATE file SET id = '{}' WHERE no = {}", file.id, again.no))).await;

    let replayed = home.core.operator().replay(line.clone()).await.unwrap();
    assert_eq!(replayed, Replayed::Erased(AccountNo(1), again.no));
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 0);
    let found = home.erasure(id).await;
    assert!(found.gone_at.is_some());
    assert_eq!(found.file, again.no);
    assert!(home.core.edit(&home.owner).unwrap().trashed_file(again.no).await.is_err());
    assert_eq!(home.core.operator().replay(line).await.unwrap(), Replayed::Noted, "it is safe to repeat");
    assert!(home.erasure(id).await.gone_at.is_some());
}

async fn a_line_of_a_file_that_is_not_there_is_noted_once(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    let id = home.erase(file.no).await;
    let (line, whole) = (home.entry().await, home.erasure(id).await);
    home.tamper("DELETE FROM erasure").await;
    for _ in 0..2 {
        assert_eq!(home.core.operator().replay(line.clone()).await.unwrap(), Replayed::Noted);
    }
    assert_eq!(home.core.operator().look_for_erased().await.unwrap(), 0);
    assert_eq!(home.erasure(id).await, whole);
    assert!(home.core.remove(&home.owner).unwrap().certificate(id).await.is_ok());
}

async fn a_line_of_an_account_that_is_not_there_changes_nothing(home: Home) {
    let file = home.put("a.txt", b"x".to_vec()).await;
    home.erase(file.no).await;
    let text = LedgerLine::Erasure(home.entry().await).to_text().replace("\"account\":1,", "\"account\":9,");
    let line = entry_of(LedgerLine::read(&text).unwrap()).unwrap();
    assert_eq!(home.core.operator().replay(line).await.unwrap(), Replayed::NoAccount(AccountNo(9)));
    assert_eq!(home.erasures().await.len(), 1);
}
