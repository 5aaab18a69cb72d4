//! A store that is gone for a while, or slow.

use super::site::Site;
use super::way::Way;
use super::{Maker, on_both_stores};
use crate::native::{at, content, noise, put};
use attache_tests::Ask;
use attache_tests::proxy::{Fault, Rule};

on_both_stores!(
    what_needs_no_store_goes_on_while_it_is_away_and_all_of_it_when_it_is_back,
    a_slow_store_is_slow_and_nothing_else,
);

async fn what_needs_no_store_goes_on_while_it_is_away_and_all_of_it_when_it_is_back(maker: Maker) {
    let Some(site) = Site::new(maker, "away").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let long = noise(1, 200_000);
    let there = put(&client, "long.bin", long.clone()).await;
    let small = put(&client, "small.txt", "small").await;

    site.proxy.rules([Rule::new(Fault::ResetRequest { after: 0 })]);
    Way::Native.asks_to_try_again(&Way::Native.put(&client, "new.bin", &long).await);
    Way::Native.asks_to_try_again(&client.get(&format!("{}/content", at(&there))).ask().await);
    // Small contents are rows, and so is everything but content.
    assert_eq!(content(&client, &small).await, b"small");
    put(&client, "tiny.txt", "tiny").await;
    client.patch(&at(&there)).json(&serde_json::json!({ "name": "renamed.bin" })).ask().await.expect(200);
    assert_eq!(client.delete(&at(&small)).ask().await.status, 204);

    site.proxy.heal();
    assert!(content(&client, &there).await == long);
    let new = put(&client, "new.bin", long.clone()).await;
    assert!(content(&client, &new).await == long);
    site.is_sound().await;
}

async fn a_slow_store_is_slow_and_nothing_else(maker: Maker) {
    let Some(site) = Site::new(maker, "slow").await else { return };
    let server = site.start();
    let client = site.client(&server);
    // The content takes six seconds each way.
    site.proxy.forget();
    let bytes = noise(1, 70_000);
    site.proxy.rules([Rule::new(Fault::Slow { bytes_per_second: 12_000 }).target("/blobs/")]);
    let file = put(&client, "a.bin", bytes.clone()).await;
    assert!(content(&client, &file).await == bytes);
    assert_eq!(site.proxy.seen().len(), 2, "nothing was asked twice");
    site.is_sound().await;
}
