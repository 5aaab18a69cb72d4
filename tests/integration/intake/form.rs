//! The form of the page, posted as browsers without script post it.

use super::Part::{File, Text};
use super::{PNG, body, contents, intake, kind, names, received, send, url};
use crate::bad_inputs::face_of;
use crate::keap::cut::send as send_until;
use crate::native::{is_sound, noise, on_both_engines};
use attache_tests::{Ask, Setup};
use futures_util::future::join_all;
use serde_json::json;

on_both_engines!(
    every_file_of_a_form_lands_on_the_record_byte_by_byte,
    each_file_of_a_form_is_told_by_itself,
    a_form_without_a_file_asks_for_one,
    what_is_no_form_of_the_page_brings_nothing_in,
    sixteen_browsers_at_once_never_send_more_than_may_come,
    a_form_that_is_cut_leaves_nothing_of_the_file_that_was_cut,
    a_full_account_is_told_without_its_numbers,
    hidden_files_are_in_no_list,
);

async fn every_file_of_a_form_lands_on_the_record_byte_by_byte(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "file_name": "{record}-{number}", "role": "scan", "max_files": 4 })).await;
    let (small, large) = (noise(1, 3000), noise(2, 300_000));
    let parts = [File("Scan \"1\".pdf", "application/pdf", &small), File("b.bin", "application/octet-stream", &large)];
    let answer = send(&app.stranger(), url(&made), &parts).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("All 2 files were received") && page.contains("Scan &quot;1&quot;.pdf"), "{page}");
    assert!(page.contains("Send more") && page.contains("Up to 2 files"), "{page}");
    assert_eq!(names(&client).await, ["contact-42-1.pdf", "contact-42-2.bin"]);
    assert!(contents(&client).await == [small, large]);
    let on = client.get("/v1/records/contact/42/files").ask().await.expect(200);
    assert_eq!(
        (&on["items"][0]["link"]["origin"], &on["items"][0]["link"]["role"]),
        (&json!("intake"), &json!("scan"))
    );
    assert_eq!(on["items"][0]["file"]["source"], "intake");
    let events = client.get("/v1/events").ask().await.expect(200);
    let kinds: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    let one = ["file.created", "file.linked", "intake.received"];
    assert_eq!(kinds, [&["intake.created"][..], &one, &one].concat());
    let last = events["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["record"], &last["file_no"]), (&json!("contact/42"), &on["items"][0]["file"]["no"]));
    assert_eq!(received(&client, &made).await, 2);
    is_sound(&app).await;
    app.stop().await;
}

async fn each_file_of_a_form_is_told_by_itself(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "types": ["image/*"], "max_bytes": 100, "max_files": 2 })).await;
    let large = [PNG, &[0; 100]].concat();
    let edge = [PNG, &vec![0; 100 - PNG.len()]].concat();
    let parts = [
        File("page.html", "image/png", b"<html><script>alert(1)</script>"),
        File("large.png", "image/png", &large),
        File("empty.png", "image/png", b""),
        File("edge.png", "image/png", &edge),
        File("a\u{202e}gpj.exe", "image/png", PNG),
        File("two.png", "image/png", PNG),
        File("three.png", "image/png", PNG),
    ];
    let answer = send(&app.stranger(), url(&made), &parts).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    for said in [
        "2 of 7 files were received",
        "<strong>page.html</strong> <span>Not received. This kind of file is not asked for. Asked for: pictures.",
        "<strong>large.png</strong> <span>Not received. It is larger than 100 bytes.",
        "<strong>empty.png</strong> <span>Not received. It is empty.",
        "<strong>edge.png</strong> <span>Received, 100 bytes",
        "Its name cannot be kept.",
        "<strong>two.png</strong> <span>Received",
        "<strong>three.png</strong> <span>Not received. As many files as were asked for have come already.",
        "All the files that were asked for have come.",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("<form"), "{page}");
    assert_eq!(names(&client).await, ["edge.png", "two.png"]);
    is_sound(&app).await;
    app.stop().await;
}

async fn a_form_without_a_file_asks_for_one(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({})).await;
    let unchosen = [File("", "application/octet-stream", b"")];
    for parts in [&unchosen[..], &[], &[Text("file", "words")], &[Text("other", "x")]] {
        let answer = send(&app.stranger(), url(&made), parts).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains("Please choose a file first.") && answer.text().contains("<form"));
    }
    assert_eq!(received(&client, &made).await, 0);
    app.stop().await;
}

async fn what_is_no_form_of_the_page_brings_nothing_in(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "max_bytes": 10, "max_files": 1 })).await;
    let stranger = app.stranger();
    let post = |kind: &str, body: Vec<u8>| stranger.post(url(&made)).header("content-type", kind).body(body).ask();
    for (kind, body, status) in [
        ("application/json", b"{}".to_vec(), 400),
        ("multipart/form-data", b"x".to_vec(), 400),
        ("application/x-www-form-urlencoded", b"file=x".to_vec(), 400),
        (&kind(), b"nonsense".to_vec(), 400),
        (&kind(), Vec::new(), 400),
    ] {
        let answer = post(kind, body).await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("text/html"), "{kind}");
    }
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = stranger.request(method.parse().unwrap(), url(&made)).ask().await;
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(received(&client, &made).await, 0);
    app.stop().await;
}

async fn sixteen_browsers_at_once_never_send_more_than_may_come(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "max_files": 5 })).await;
    let all: Vec<_> = (0..16).map(|no| (format!("{no}.bin"), noise(no, 2000))).collect();
    let stranger = app.stranger();
    let sends = all
        .iter()
        .map(async |(name, bytes)| send(&stranger, url(&made), &[File(name, "application/octet-stream", bytes)]).await);
    let answers = join_all(sends).await;
    let (came, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((came.len(), refused.len()), (5, 11));
    assert!(refused.iter().all(|answer| answer.status == 410), "{:?}", refused[0].text());
    assert_eq!((received(&client, &made).await, names(&client).await.len()), (5, 5));
    for bytes in contents(&client).await {
        assert!(all.iter().any(|(_, sent)| *sent == bytes), "a file is none of those that were sent");
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn a_form_that_is_cut_leaves_nothing_of_the_file_that_was_cut(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({ "max_files": 100 })).await;
    let place = url(&made).strip_prefix(&app.url()).unwrap().to_owned();
    let before = face_of(&client).await;
    for len in [300_000, 100] {
        let whole = body(&[File("cut.bin", "application/octet-stream", &noise(3, len))]);
        for most in [0, 30, 100, 200, whole.len() / 2, whole.len() - 12, whole.len() - 5] {
            let sent = send_until(&app.url(), ("POST", &place, &kind()), "nobody", &whole, most).await;
            let answer = sent.cut().await;
            assert!(!answer.contains("The file was received"), "cut at {most}: {answer}");
            assert_eq!(face_of(&client).await, before, "cut at {most} of {}", whole.len());
        }
    }
    assert_eq!(received(&client, &made).await, 0);
    // A file whose end came before the cut is in.
    let first = [File("first.bin", "application/octet-stream", b"first")];
    let whole = body(&[
        File("first.bin", "application/octet-stream", b"first"),
        File("second.bin", "application/octet-stream", &noise(4, 100_000)),
    ]);
    let most = body(&first).len() + 50_000;
    send_until(&app.url(), ("POST", &place, &kind()), "nobody", &whole, most).await.cut().await;
    assert_eq!(names(&client).await, ["first.bin"]);
    is_sound(&app).await;
    app.stop().await;
}

async fn a_full_account_is_told_without_its_numbers(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({})).await;
    let caller = attache_core::Credential::Token(attache_model::token::Secret::new(client.token().unwrap()));
    let caller = app.core().admit(&caller).await.unwrap();
    let quota = attache_model::account::Quota { bytes: Some(1234), files: None };
    app.core().manage(&caller).unwrap().set_quota(quota).await.unwrap();
    let answer = send(&app.stranger(), url(&made), &[File("a.bin", "application/octet-stream", &[7; 1235])]).await;
    assert_eq!(answer.status, 507);
    assert!(answer.text().contains("There is no room for it at the moment.") && !answer.text().contains("1234"));
    assert_eq!(received(&client, &made).await, 0);
    app.stop().await;
}

async fn hidden_files_are_in_no_list(setup: Setup) {
    let app = setup.start().await;
    let (client, plain) = (app.client("all").await, app.client("files:read,files:write").await);
    let made = intake(&client, json!({ "hidden": true })).await;
    let answer = send(&app.stranger(), url(&made), &[File("a.txt", "text/plain", b"a")]).await;
    assert_eq!(answer.status, 200);
    assert!(names(&plain).await.is_empty() && crate::native::names(&plain, "/v1/files").await.is_empty());
    assert_eq!(names(&client).await, ["a.txt"]);
    let on = client.get("/v1/records/contact/42/files").ask().await.expect(200);
    assert_eq!(on["items"][0]["file"]["access"], "hidden_private");
    app.stop().await;
}
