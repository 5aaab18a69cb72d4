//! A hundred previews at once, next to uploads.

use super::Latencies;
use crate::PROGRAM;
use crate::native::noise;
use attache_tests::{Ask, Client, Home, Process, figure};
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;

/// Previews at once.
const PREVIEWS: usize = 100;
/// Uploads that are timed without them, and at most with them.
const UPLOADS: usize = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_previews_at_once_are_all_answered_and_uploads_go_on() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let (mut pictures, picture) = (Vec::new(), picture());
    for no in 0..PREVIEWS {
        // What stands behind a picture's end makes it a content like no other.
        let bytes = [picture.as_slice(), &no.to_le_bytes()].concat();
        let made = client.put(&format!("/v1/files/by-path/{no}.jpg")).body(bytes).ask().await.expect(201);
        pictures.push(made["id"].as_str().unwrap().to_owned());
    }
    let never = Arc::new(AtomicBool::new(false));
    let mut alone = uploads(&client, "alone", &never).await;

    let mut asked = JoinSet::new();
    let over = Arc::new(AtomicBool::new(false));
    for id in pictures {
        let own = Client::new(server.url(), client.token().map(str::to_owned));
        asked.spawn(async move {
            let answer = own.get(&format!("/v1/files/{id}/preview?size=thumb")).ask().await;
            (answer.status.as_u16(), answer.header("retry-after").to_owned(), answer.text())
        });
    }
    let beside = tokio::spawn({
        let (client, over) = (client.clone(), over.clone());
        async move { uploads(&client, "beside", &over).await }
    });
    let (mut drawn, mut later) = (0, 0);
    while let Some(answer) = asked.join_next().await {
        match answer.unwrap() {
            (200, ..) => drawn += 1,
            (503, retry_after, _) if !retry_after.is_empty() => later += 1,
            other => panic!("{other:?}"),
        }
    }
    over.store(true, Ordering::SeqCst);
    let mut beside = beside.await.unwrap();
    figure(
        "load",
        &format!(
            "{PREVIEWS} previews at once: {drawn} drawn, {later} told to come again; uploads alone {}, beside them {} ({} of \
             them): p99 {:+.0} %",
            alone.told(),
            beside.told(),
            beside.len(),
            beside.growth_over(&mut alone)
        ),
    );
    assert!(drawn > 0 && beside.len() > 0);
    assert!(is_well(&server).await);
}

async fn is_well(server: &Process) -> bool {
    Client::new(server.url(), None).get("/readyz").ask().await.status == 200
}

/// Uploads one after the other, until there were enough or `over` says so.
async fn uploads(client: &Client, what: &str, over: &AtomicBool) -> Latencies {
    let mut latencies = Latencies::default();
    for no in 0..UPLOADS {
        let begun = Instant::now();
        let request = client.put(&format!("/v1/files/by-path/{what}-{no}.bin")).body(noise(no as u64, 10_000));
        request.ask().await.expect(201);
        latencies.add(begun.elapsed());
        if over.load(Ordering::SeqCst) {
            break;
        }
    }
    latencies
}

/// A photo of some megapixels.
fn picture() -> Vec<u8> {
    let picture = RgbImage::from_fn(1600, 1200, |x, y| Rgb([x as u8, y as u8, 7]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
