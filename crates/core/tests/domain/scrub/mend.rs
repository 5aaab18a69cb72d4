//! Damage ends: when the disk comes back, or when somebody brings the same bytes again.

use super::{Shelf, flipped, long};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{CheckPlan, Condition, Expect, Replacement};
use attache_model::Error;
use attache_model::limits::Limits;
use std::time::Duration;

on_both_engines!(
    what_is_whole_again_is_given_out_again,
    the_same_bytes_brought_again_make_every_file_whole_that_has_them,
    a_new_version_of_the_same_bytes_makes_the_old_one_whole,
);

async fn what_is_whole_again_is_given_out_again(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let file = shelf.put("a.bin", &long(1)).await;
    let key = shelf.key_of(file.no).await;
    shelf.tamper(&key, Some(&flipped(&long(1), 7))).await;
    assert_eq!(shelf.scrub().await.damaged.len(), 1);
    shelf.tamper(&key, Some(&long(1))).await;
    assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)), "nobody has looked yet");

    let report = shelf.scrub().await;
    assert_eq!((report.mended, report.is_clean()), (1, true));
    assert_eq!(shelf.read(file.no).await.unwrap(), long(1));
    assert_eq!(shelf.core.figures().care.damage_mended, 1);
    assert_eq!(shelf.scrub().await.mended, 0, "told once");
}

/// What a check finds after the sweep has removed what died.
async fn is_in_order(shelf: &Shelf) {
    let dying = async {
        while !shelf.home.ask("SELECT key FROM blob WHERE state = 2", 0, 0).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    shelf.core.work().run(dying).await;
    let report = shelf.core.operator().check(CheckPlan { repair: false, older_than: Duration::ZERO }).await.unwrap();
    assert!(report.is_clean(), "{report}");
}

async fn the_same_bytes_brought_again_make_every_file_whole_that_has_them(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    for (kind, bytes) in [("row", b"short".to_vec()), ("store", long(1))] {
        let one = shelf.put(&format!("{kind}-one"), &bytes).await;
        let two = shelf.put(&format!("{kind}-two"), &bytes).await;
        let blobs = "SELECT key FROM blob WHERE state = 1";
        let before = shelf.home.ask(blobs, 0, 0).await.unwrap().len();
        match kind {
            "row" => shelf.tamper_rows(b"shorT").await,
            _ => shelf.tamper(&shelf.keys().await[0], None).await,
        }
        assert_eq!(shelf.scrub().await.damaged.len(), 1);

        let three = shelf.put(&format!("{kind}-three"), &bytes).await;
        for file in [one, two, three] {
            assert_eq!(shelf.read(file.no).await.unwrap(), bytes, "{kind}");
        }
        assert_eq!(shelf.home.ask(blobs, 0, 0).await.unwrap().len(), before, "they are kept once, as before");
        assert!(shelf.scrub().await.is_clean());
        is_in_order(&shelf).await;
    }
}

async fn a_new_version_of_the_same_bytes_makes_the_old_one_whole(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let file = shelf.put("a.bin", &long(1)).await;
    shelf.tamper(&shelf.keys().await[0], Some(&flipped(&long(1), 0))).await;
    shelf.scrub().await;

    let edit = shelf.core.edit(&shelf.home.owner).unwrap();
    let staged = edit.stage(long(1).into(), &Expect::at_most(1 << 20)).await.unwrap();
    let with = Replacement { condition: Condition::Always, ..Replacement::default() };
    edit.replace_file(file.no, with, staged).await.unwrap();
    let view = shelf.core.view(&shelf.home.owner).unwrap();
    for version in [1, 2] {
        let content = view.open(file.no, Some(version)).await.unwrap();
        assert!(content.read(0..content.version.size).await.is_ok(), "version {version}");
    }
    assert_eq!(shelf.read(file.no).await.unwrap(), long(1));
    is_in_order(&shelf).await;
}
