//! Faults that stay: three tries, then an answer that asks to come again, and nothing of the attempt is left.

use super::site::Site;
use super::way::Way;
use super::{Maker, on_both_stores};
use crate::native::{at, content, names, noise, put};
use attache_tests::Ask;
use attache_tests::proxy::{Fault, Rule};

on_both_stores!(
    every_face_asks_to_try_again_after_three_tries_and_keeps_nothing,
    a_read_that_cannot_be_done_is_no_whole_answer,
    a_picture_that_cannot_be_read_is_not_called_a_bad_one,
    a_store_that_says_nothing_is_given_up,
);

/// Longer than what is kept beside the rows, shorter than a part.
const LEN: usize = 150_000;
/// The most that one thing is asked of the store.
const TRIES: usize = 3;

async fn every_face_asks_to_try_again_after_three_tries_and_keeps_nothing(maker: Maker) {
    let Some(site) = Site::new(maker, "lasting-put").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let kept = put(&client, "kept.bin", noise(1, LEN)).await;
    let before = site.contents().await;
    for fault in [Fault::SLOW_DOWN, Fault::INTERNAL, Fault::ResetRequest { after: 1000 }] {
        site.proxy.rules([Rule::new(fault.clone()).method("PUT")]);
        for way in Way::ALL {
            let answer = way.put(&client, "a.bin", &noise(2, LEN)).await;
            way.asks_to_try_again(&answer);
        }
        assert_eq!(site.most_tries(), TRIES, "{fault:?}");
        site.proxy.heal();
        site.proxy.forget();
        assert_eq!(names(&client, "/v1/files").await, ["kept.bin"], "{fault:?}");
        assert_eq!(site.contents().await, before, "{fault:?}");
    }
    // The same again, now that the store is well.
    for way in Way::ALL {
        way.took(&way.put(&client, &format!("{way:?}.bin"), &noise(2, LEN)).await);
    }
    assert_eq!(names(&client, "/v1/files").await.len(), 1 + Way::ALL.len());
    assert!(content(&client, &kept).await == noise(1, LEN));
    site.is_sound().await;
}

async fn a_read_that_cannot_be_done_is_no_whole_answer(maker: Maker) {
    let Some(site) = Site::new(maker, "lasting-read").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let bytes = noise(1, 2 << 20);
    let file = put(&client, "a.bin", bytes.clone()).await;
    let path = format!("{}/content", at(&file));
    for fault in [Fault::SLOW_DOWN, Fault::INTERNAL, Fault::LoseAnswer] {
        site.proxy.rules([Rule::new(fault.clone()).method("GET")]);
        Way::Native.asks_to_try_again(&client.get(&path).ask().await);
        assert!(site.most_tries() <= TRIES, "{fault:?}");
        site.proxy.forget();
    }
    for fault in [Fault::CutAnswer { after: 10_000 }, Fault::ResetAnswer { after: 10_000 }] {
        site.proxy.rules([Rule::new(fault.clone()).method("GET")]);
        // The head has left before the store broke off; then the answer breaks off as well.
        let answer = client.get(&path).send().await.expect("the head comes");
        assert_eq!(answer.status(), 200);
        answer.bytes().await.expect_err("the body is not whole");
        assert!(site.most_tries() <= TRIES, "{fault:?}");
        site.proxy.forget();
    }
    site.proxy.heal();
    assert!(content(&client, &file).await == bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_on_the_way_in_is_never_kept() {
    let Some(site) = Site::new(Maker::SeaweedFs, "lasting-damage").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let before = site.contents().await;
    // In one request, and in parts.
    for len in [LEN, 9 << 20] {
        site.proxy.rules([Rule::new(Fault::DamageRequest).method("PUT").target("/blobs/")]);
        let answer = Way::Native.put(&client, "a.bin", &noise(1, len)).await;
        Way::Native.asks_to_try_again(&answer);
        site.proxy.heal();
        assert_eq!(site.contents().await, before, "{len}");
        assert!(names(&client, "/v1/files").await.is_empty());
    }
    site.is_sound().await;
}

async fn a_store_that_says_nothing_is_given_up(maker: Maker) {
    let Some(site) = Site::new(maker, "lasting-silence").await else { return };
    let server = site.start_with(&[("ATTACHE_LIMIT_STORAGE_DEADLINE", "3")]);
    let client = site.client(&server);
    let bytes = noise(1, LEN);
    let file = put(&client, "a.bin", bytes.clone()).await;
    site.proxy.rules([Rule::new(Fault::Silence).target("/blobs/")]);
    let path = format!("{}/content", at(&file));
    let putting = Way::Native.put(&client, "b.bin", &bytes);
    let (put, read) = tokio::join!(putting, client.get(&path).ask());
    Way::Native.asks_to_try_again(&put);
    Way::Native.asks_to_try_again(&read);
    site.proxy.heal();
    assert_eq!(names(&client, "/v1/files").await, ["a.bin"]);
    assert!(content(&client, &file).await == bytes);
    site.is_sound().await;
}

async fn a_picture_that_cannot_be_read_is_not_called_a_bad_one(maker: Maker) {
    let Some(site) = Site::new(maker, "lasting-picture").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let pixels = image::RgbImage::from_raw(200, 200, noise(1, 200 * 200 * 3)).unwrap();
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let file = put(&client, "a.png", png.into_inner()).await;
    let path = format!("{}/preview", at(&file));
    for fault in [Fault::INTERNAL, Fault::CutAnswer { after: 10_000 }] {
        site.proxy.rules([Rule::new(fault).method("GET").target("/blobs/")]);
        Way::Native.asks_to_try_again(&client.get(&path).ask().await);
    }
    site.proxy.heal();
    assert_eq!(client.get(&path).ask().await.status, 200);
}
