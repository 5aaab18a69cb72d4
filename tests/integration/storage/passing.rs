//! Faults that pass by themselves, as they do with every store: whoever puts in and reads does not notice.

use super::site::Site;
use super::{Maker, on_both_stores};
use crate::native::{content, noise, put};
use crate::tus;
use attache_tests::Ask;
use attache_tests::proxy::{Fault, Rule};

on_both_stores!(
    who_puts_in_does_not_notice_a_fault_that_passes,
    who_reads_does_not_notice_a_fault_that_passes,
    a_long_content_gets_over_a_fault_at_each_of_its_steps,
    an_upload_in_pieces_gets_over_a_fault_at_each_of_its_steps,
);

/// What can happen to a request, and be over when it is sent again.
fn faults(maker: Maker) -> Vec<Fault> {
    let mut faults = vec![
        Fault::SLOW_DOWN,
        Fault::INTERNAL,
        Fault::ResetRequest { after: 0 },
        Fault::ResetRequest { after: 30_000 },
        Fault::LoseAnswer,
    ];
    faults.extend(maker.is_strict().then_some(Fault::DamageRequest));
    faults
}

async fn who_puts_in_does_not_notice_a_fault_that_passes(maker: Maker) {
    let Some(site) = Site::new(maker, "passing-put").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let (mut files, before) = (Vec::new(), site.contents().await.len());
    for (no, fault) in faults(maker).into_iter().enumerate() {
        // Once, and once more than once.
        for times in [1, 2] {
            site.proxy.rules([Rule::new(fault.clone()).method("PUT").target("/blobs/").first(times)]);
            let bytes = noise(1 + files.len() as u64, 100_000);
            let file = put(&client, &format!("{no}-{times}.bin"), bytes.clone()).await;
            assert!(!site.proxy.faults().is_empty(), "{fault:?}");
            files.push((file, bytes));
            site.proxy.forget();
        }
    }
    site.proxy.heal();
    for (file, bytes) in &files {
        assert!(content(&client, file).await == *bytes, "{file}");
    }
    assert_eq!(site.contents().await.len() - before, files.len());
    site.is_sound().await;
}

async fn who_reads_does_not_notice_a_fault_that_passes(maker: Maker) {
    let Some(site) = Site::new(maker, "passing-read").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let bytes = noise(1, 3 << 20);
    let file = put(&client, "a.bin", bytes.clone()).await;
    let cuts = [0, 1, 50_000, 2 << 20];
    let cuts = cuts.into_iter().flat_map(|after| [Fault::CutAnswer { after }, Fault::ResetAnswer { after }]);
    for fault in [Fault::SLOW_DOWN, Fault::INTERNAL, Fault::LoseAnswer].into_iter().chain(cuts) {
        site.proxy.rules([Rule::new(fault.clone()).method("GET").target("/blobs/").first(1)]);
        assert!(content(&client, &file).await == bytes, "{fault:?}");
        assert_eq!(site.proxy.faults().values().sum::<usize>(), 1, "{fault:?}");

        site.proxy.rules([Rule::new(fault.clone()).method("GET").target("/blobs/").first(1)]);
        let request =
            client.get(&format!("{}/content", crate::native::at(&file))).header("Range", "bytes=1000-2999999");
        let part = request.ask().await;
        assert!(part.status == 206 && part.body == bytes[1000..3_000_000], "{fault:?}");
        site.proxy.forget();
    }
}

async fn a_long_content_gets_over_a_fault_at_each_of_its_steps(maker: Maker) {
    let Some(site) = Site::new(maker, "passing-parts").await else { return };
    let server = site.start();
    let client = site.client(&server);
    // Two parts.
    let bytes = noise(2, 9 << 20);
    let end = |fault| Rule::new(fault).method("POST").target("uploadId=");
    let steps = [
        Rule::new(Fault::INTERNAL).target("/staging/"),
        Rule::new(Fault::SLOW_DOWN).method("POST").target("uploads"),
        Rule::new(Fault::LoseAnswer).method("PUT").target("partNumber="),
        Rule::new(Fault::ResetRequest { after: 100_000 }).method("PUT").target("partNumber="),
        end(Fault::SLOW_DOWN),
        end(Fault::LATE_ERROR),
        // The store has made the object, and knows the upload no more when it is asked again.
        end(Fault::LoseAnswer),
        Rule::new(Fault::LoseAnswer).method("DELETE"),
    ];
    for (no, step) in steps.into_iter().enumerate() {
        let said = format!("{step:?}");
        site.proxy.rules([step.first(1)]);
        let file = put(&client, &format!("{no}.bin"), bytes.clone()).await;
        assert_eq!(site.proxy.faults().values().sum::<usize>(), 1, "{said}");
        assert!(content(&client, &file).await == bytes, "{said}");
        site.proxy.forget();
    }
    site.is_sound().await;
}

async fn an_upload_in_pieces_gets_over_a_fault_at_each_of_its_steps(maker: Maker) {
    let Some(site) = Site::new(maker, "passing-pieces").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let bytes = noise(3, 9 << 20);
    for (no, fault) in faults(maker).into_iter().enumerate() {
        // Every third request that brings something.
        site.proxy.rules([Rule::new(fault.clone()).method("PUT").every(3)]);
        let at = tus::open_named(&client, bytes.len(), &format!("{no}.bin")).await;
        let mut offset = 0;
        for len in [100_000, 5 << 20, 200_000, 4 << 20] {
            let piece = &bytes[offset..bytes.len().min(offset + len)];
            let answer = tus::patch(&client, &at, offset as u64, piece.to_vec()).await;
            assert_eq!(answer.status, 204, "{fault:?} at {offset}: {}", answer.text());
            offset += piece.len();
            if offset == bytes.len() {
                assert!(tus::content(&client, &answer).await == bytes, "{fault:?}");
            }
        }
        assert_eq!(offset, bytes.len());
        assert!(!site.proxy.faults().is_empty(), "{fault:?}");
        site.proxy.forget();
    }
    site.is_sound().await;
}
