//! Who gets a certificate, and what it says.

use super::{HOLD, LARGE, LIFE};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Condition, StatedFate, verify_certificate};
use attache_model::Error;
use std::time::Duration;

on_both_engines!(
    a_certificate_says_which_contents_went_to_whoever_has_them,
    an_erasure_has_no_certificate_before_it_is_gone,
    what_went_at_its_end_has_no_certificate,
);

async fn a_certificate_says_which_contents_went_to_whoever_has_them(home: Home) {
    let file = home.put("a.bin", b"first".to_vec()).await;
    home.put("twin.bin", vec![7; LARGE]).await;
    home.give(file.no, vec![7; LARGE]).await;
    let second = home.core.view(&home.owner).unwrap().file(file.no).await.unwrap().version;
    let id = home.erase(file.no).await;
    let remove = home.core.remove(&home.owner).unwrap();
    let text = remove.certificate(id).await.unwrap().to_string();
    let statement = verify_certificate(&text, &home.core.erasure_keys()).unwrap();
    assert_eq!(statement.erasure, id.to_string());
    assert_eq!(statement.file_id, file.id.to_string());
    assert_eq!(statement.versions_of(&file.version.sha256), [1]);
    assert_eq!(statement.versions_of(&second.sha256), [2]);
    let fates: Vec<_> = statement.contents.iter().map(|content| content.bytes).collect();
    assert_eq!(fates, [StatedFate::Gone, StatedFate::KeptForAnotherFile]);
    for digest in [file.version.sha256, second.sha256] {
        assert!(!text.contains(&digest.to_string()), "the digest itself is told nobody");
    }
    assert_eq!(remove.certificate(id).await.unwrap().to_string(), text, "it is the same whenever it is asked for");
}

async fn an_erasure_has_no_certificate_before_it_is_gone(home: Home) {
    let file = home.put("a.bin", vec![7; LARGE]).await;
    home.tamper(HOLD).await;
    let id = home.erase(file.no).await;
    let remove = home.core.remove(&home.owner).unwrap();
    let Err(Error::State { why, .. }) = remove.certificate(id).await else { panic!("it is not gone") };
    assert!(why.contains("bytes"), "{why}");
    home.clock.advance(LIFE);
    home.sweep_until_gone(id).await;
    assert!(remove.certificate(id).await.is_ok());
}

async fn what_went_at_its_end_has_no_certificate(home: Home) {
    let file = home.put("a.txt", b"x".to_vec()).await;
    let remove = home.core.remove(&home.owner).unwrap();
    remove.trash_file(file.no, Condition::Always).await.unwrap();
    home.clock.advance(Duration::from_secs(31 * 24 * 3600));
    let purged = async {
        while home.erasures().await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    home.core.work().run(purged).await;
    let id = home.erasures().await[0].id;
    assert!(matches!(remove.certificate(id).await, Err(Error::State { .. })));
}
