//! Who is let in: links that are not ours, that ended, and those with a password.

use super::Part::{File, Text};
use super::{intake, names, received, send, url};
use crate::native::on_both_engines;
use attache_model::{Clock, Time};
use attache_tests::{Ask, Setup};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    a_link_that_is_not_ours_is_no_page,
    a_link_that_ended_says_so_in_plain_words,
    a_password_is_asked_for_and_counted_when_wrong,
    files_before_the_password_are_not_taken,
);

const A: super::Part<'_> = File("a.txt", "text/plain", b"a");

async fn a_link_that_is_not_ours_is_no_page(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({})).await;
    let stranger = app.stranger();
    let (base, sealed) = url(&made).rsplit_once('/').unwrap();
    let strip = |text: String, id: &str| text.replace(id, "");
    let unknown = stranger.get(&format!("{base}/nonsense")).ask().await;
    assert_eq!(unknown.status, 404);
    let unknown_text = strip(unknown.text(), unknown.header("x-request-id"));
    let mut forged = vec![sealed[1..].to_owned(), sealed.repeat(2), String::from("%ff"), String::from("..%2f")];
    for place in (0..sealed.len()).step_by(7) {
        let mut changed = sealed.as_bytes().to_vec();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(changed).unwrap());
    }
    // Another kind of link that we did seal.
    let file = crate::native::put(&client, "a.txt", "x").await;
    let share = client.post(&format!("{}/links", crate::native::at(&file))).json(&json!({})).ask().await.expect(201);
    forged.push(share["url"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned());
    for forged in forged {
        let got = stranger.get(&format!("{base}/{forged}")).ask().await;
        assert_eq!((got.status.as_u16(), strip(got.text(), got.header("x-request-id"))), (404, unknown_text.clone()));
        let sent = send(&stranger, &format!("{base}/{forged}"), &[A]).await;
        assert_eq!(sent.status, 404, "{forged}");
    }
    assert_eq!(received(&client, &made).await, 0);
    app.stop().await;
}

async fn a_link_that_ended_says_so_in_plain_words(setup: Setup) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let stranger = app.stranger();
    let closed = intake(&client, json!({})).await;
    client.delete(&format!("/v1/intakes/{}", closed["id"].as_str().unwrap())).ask().await.expect(204);
    let full = intake(&client, json!({ "max_files": 1 })).await;
    let last = send(&stranger, url(&full), &[A]).await;
    assert_eq!(last.status, 200);
    assert!(last.text().contains("The file was received") && last.text().contains("All the files that were asked for"));
    let over = intake(&client, json!({ "expires_in": 60 })).await;
    clock.advance(Duration::from_secs(59));
    assert_eq!(stranger.get(url(&over)).ask().await.status, 200);
    clock.advance(Duration::from_secs(1));
    for (ended, words, state) in [
        (&closed, "This link was closed.", "closed"),
        (&full, "All the files that were asked for have come.", "full"),
        (&over, "The time of this link is over.", "expired"),
    ] {
        for answer in [stranger.get(url(ended)).ask().await, send(&stranger, url(ended), &[A]).await] {
            assert_eq!(answer.status, 410, "{}", answer.text());
            assert!(answer.text().contains(words) && !answer.text().contains("<form"), "{}", answer.text());
        }
        let shown = client.get(&format!("/v1/intakes/{}", ended["id"].as_str().unwrap())).ask().await.expect(200);
        assert_eq!(shown["state"], state);
    }
    assert_eq!(names(&client).await, ["a.txt"]);
    app.stop().await;
}

async fn a_password_is_asked_for_and_counted_when_wrong(setup: Setup) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).limits(|limits| limits.intake_tries = 3).start().await;
    let client = app.client("all").await;
    let stranger = app.stranger();
    let made = intake(&client, json!({ "password": "open sesame" })).await;
    let page = stranger.get(url(&made)).ask().await.text();
    let (password, file) = (page.find("type=\"password\"").unwrap(), page.find("type=\"file\"").unwrap());
    assert!(password < file, "{page}");
    assert!(!page.contains("sesame"));
    assert_eq!(send(&stranger, url(&made), &[Text("password", "open sesame"), A]).await.status, 200);
    for wrong in [&[Text("password", "sesame"), A][..], &[Text("password", ""), A], &[A]] {
        let answer = send(&stranger, url(&made), wrong).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(answer.text().contains("The password is not the right one.") && answer.text().contains("aria-invalid"));
    }
    // An empty one, or none, is no guess.
    for _ in 0..2 {
        assert_eq!(send(&stranger, url(&made), &[Text("password", "x"), A]).await.status, 403);
    }
    let told = send(&stranger, url(&made), &[Text("password", "open sesame"), A]).await;
    assert_eq!(told.status, 429, "{}", told.text());
    assert!((1..=60).contains(&told.header("retry-after").parse::<u64>().unwrap()));
    clock.advance(Duration::from_secs(60));
    assert_eq!(send(&stranger, url(&made), &[Text("password", "open sesame"), A]).await.status, 200);
    assert_eq!(names(&client).await, ["a.txt", "a-1.txt"]);
    app.stop().await;
}

async fn files_before_the_password_are_not_taken(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "password": "x" })).await;
    let answer = send(&app.stranger(), url(&made), &[A, Text("password", "x"), A]).await;
    assert_eq!(answer.status, 403);
    let large = [7; 200_000];
    let large = File("large.bin", "application/octet-stream", &large);
    let answer = send(&app.stranger(), url(&made), &[Text("password", "y"), large]).await;
    assert_eq!(answer.status, 403, "the answer is heard although the form was sent to its end");
    assert_eq!(received(&client, &made).await, 0);
    app.stop().await;
}
