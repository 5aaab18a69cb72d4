//! Extension expiration: an upload has its time, by a clock that the test holds.

use super::{ask, content, head, open, patch, tus};
use crate::native::{is_sound, on_both_engines};
use attache_model::{Clock, Time};
use attache_tests::{Ask, Setup};
use reqwest::Method;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

on_both_engines!(
    every_answer_about_an_unfinished_upload_tells_when_it_goes,
    an_upload_is_there_to_the_last_moment_and_then_410,
    the_file_of_an_upload_outlives_it,
    what_is_over_is_not_open_any_more,
);

fn clock() -> Clock {
    // Sat, 21 Nov 2026 18:39:00 GMT
    Clock::held(Time::from_millis(1_795_286_340_000))
}

async fn every_answer_about_an_unfinished_upload_tells_when_it_goes(setup: Setup) {
    let app = setup.clock(clock()).start().await;
    let client = app.client("all").await;
    let opened = ask(&client, &[("Upload-Length", "10")]).await;
    let at = opened.header("location");
    let (sent, seen) = (patch(&client, at, 0, "hello").await, head(&client, at).await);
    for answer in [&opened, &sent, &seen] {
        assert_eq!(answer.header("upload-expires"), "Sun, 22 Nov 2026 18:39:00 GMT");
    }
    let done = patch(&client, at, 5, "world").await;
    assert!(!done.headers.contains_key("upload-expires"), "the file does not go");
    app.stop().await;
}

async fn an_upload_is_there_to_the_last_moment_and_then_410(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "10")]).await;
    patch(&client, &at, 0, "hello").await;
    clock.advance(DAY - Duration::from_millis(1));
    assert_eq!(head(&client, &at).await.header("upload-offset"), "5");
    clock.advance(Duration::from_millis(1));
    for answer in
        [head(&client, &at).await, patch(&client, &at, 5, "world").await, tus(&client, Method::DELETE, &at).ask().await]
    {
        assert!([404, 410].contains(&answer.status.as_u16()), "{answer:?}");
        assert!(!answer.headers.contains_key("upload-offset"));
    }
    assert_eq!(head(&client, &at).await.status, 410);
    app.stop().await;
}

async fn the_file_of_an_upload_outlives_it(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let done = patch(&client, &at, 0, "hello").await;
    clock.advance(DAY - Duration::from_millis(1));
    assert_eq!(head(&client, &at).await.header("attache-file"), done.header("attache-file"));
    clock.advance(Duration::from_millis(1));
    assert_eq!(head(&client, &at).await.status, 410);
    assert_eq!(content(&client, &done).await, b"hello");
    is_sound(&app).await;
    app.stop().await;
}

async fn what_is_over_is_not_open_any_more(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    open(&client, &[("Upload-Length", "5")]).await;
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 429);
    clock.advance(DAY);
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201);
    app.stop().await;
}
