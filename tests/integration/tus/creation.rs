//! Opening uploads: extensions creation, creation-with-upload and creation-defer-length.

use super::{BYTES, ask, asking, content, file, head, metadata, offset, open, open_named, patch, patching};
use crate::native::{is_sound, list, names, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    a_new_upload_is_201_with_its_whole_address_on_the_public_host,
    an_upload_of_no_bytes_is_complete_with_its_creation,
    a_length_past_the_limit_is_413_with_the_limit_and_makes_no_upload,
    a_length_that_is_none_makes_no_upload,
    head_says_the_metadata_again_word_for_word,
    metadata_with_two_readings_makes_no_upload,
    without_a_name_a_file_is_called_by_its_content,
    a_name_that_is_taken_is_numbered,
    what_the_account_cannot_hold_is_refused_before_a_byte_is_sent,
    first_bytes_come_with_the_creation,
    first_bytes_of_another_type_are_415_and_make_no_upload,
    more_first_bytes_than_the_length_are_400_and_make_no_upload,
    a_length_may_come_later_and_then_stays,
    a_deferred_length_shorter_than_what_is_there_is_refused,
    a_deferred_length_may_come_with_no_further_bytes,
    an_upload_without_a_length_ends_at_the_largest_size,
    no_more_uploads_are_open_at_once_than_the_limit_says,
);

async fn a_new_upload_is_201_with_its_whole_address_on_the_public_host(setup: Setup) {
    let setup = setup.settings(|settings| settings.public_url = Some("https://files.example.com/base".into()));
    let app = setup.start().await;
    let client = app.client("all").await;
    let answer = asking(&client, &[("Upload-Length", "5"), ("X-Forwarded-Host", "evil.example")]).ask().await;
    assert_eq!(answer.status, 201);
    let at = answer.header("location").strip_prefix("https://files.example.com/base").expect("the public address");
    assert_eq!(offset(&client, at).await, 0);
    assert_eq!(answer.header("upload-offset"), "0");
    let done = patch(&client, at, 0, "hello").await;
    assert!(done.header("content-location").starts_with("/base/v1/files/"));
    app.stop().await;
}

async fn an_upload_of_no_bytes_is_complete_with_its_creation(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let given = metadata(&[("filename", "empty.txt")]);
    let answer = ask(&client, &[("Upload-Length", "0"), ("Upload-Metadata", &given)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("upload-offset")), (201, "0"));
    assert_eq!(content(&client, &answer).await, b"");
    let seen = head(&client, answer.header("location")).await;
    assert_eq!((seen.header("upload-offset"), seen.header("upload-length")), ("0", "0"));
    assert_eq!(seen.header("attache-file"), answer.header("attache-file"));
    is_sound(&app).await;
    app.stop().await;
}

async fn a_length_past_the_limit_is_413_with_the_limit_and_makes_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.file_bytes = 1000).start().await;
    let client = app.client("all").await;
    assert_eq!(ask(&client, &[("Upload-Length", "1000")]).await.status, 201);
    let answer = ask(&client, &[("Upload-Length", "1001")]).await;
    assert_eq!((answer.status.as_u16(), answer.header("tus-max-size")), (413, "1000"));
    assert_eq!(answer.header("location"), "");
    app.stop().await;
}

async fn a_length_that_is_none_makes_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let bad: [&[(&str, &str)]; 7] = [
        &[],
        &[("Upload-Length", "-1")],
        &[("Upload-Length", "five")],
        &[("Upload-Length", "99999999999999999999")],
        &[("Upload-Defer-Length", "2")],
        &[("Upload-Length", "5"), ("Upload-Defer-Length", "1")],
        &[("Upload-Length", "5"), ("Upload-Length", "6")],
    ];
    for headers in bad {
        let answer = ask(&client, headers).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{headers:?}");
    }
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "none of them is open");
    app.stop().await;
}

async fn head_says_the_metadata_again_word_for_word(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for given in ["filename YS50eHQ=, is_confidential", "x /w==", "relativePath bnVsbA==,filename YS50eHQ="] {
        let at = open(&client, &[("Upload-Length", "5"), ("Upload-Metadata", given)]).await;
        assert_eq!(head(&client, &at).await.header("upload-metadata"), given);
        patch(&client, &at, 0, "hello").await;
        assert_eq!(head(&client, &at).await.header("upload-metadata"), given, "when it is finished too");
    }
    for headers in [&[("Upload-Length", "5")][..], &[("Upload-Length", "5"), ("Upload-Metadata", "")]] {
        let at = open(&client, headers).await;
        assert!(!head(&client, &at).await.headers.contains_key("upload-metadata"));
    }
    app.stop().await;
}

async fn metadata_with_two_readings_makes_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    for given in ["filename YQ==,filename Yg==", "filename YQ", "filename *", "filename /w==", ",", "a,,b"] {
        let answer = ask(&client, &[("Upload-Length", "5"), ("Upload-Metadata", given)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{given}");
    }
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "none of them is open");
    app.stop().await;
}

async fn without_a_name_a_file_is_called_by_its_content(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let made = file(&client, &patch(&client, &at, 0, "hello").await).await;
    assert_eq!(made["name"], "5d41402abc4b", "the first 12 digits of its MD5");
    app.stop().await;
}

async fn a_name_that_is_taken_is_numbered(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for _ in 0..2 {
        let at = open_named(&client, 5, "a.txt").await;
        assert_eq!(patch(&client, &at, 0, "hello").await.status, 204);
    }
    let mut found = names(&client, "/v1/files").await;
    found.sort();
    assert_eq!(found, ["a-1.txt", "a.txt"]);
    app.stop().await;
}

async fn what_the_account_cannot_hold_is_refused_before_a_byte_is_sent(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    for (pairs, status) in [
        (&[("filename", "../../canary.txt")][..], 422),
        (&[("folder", "/a//b")], 422),
        (&[("folder_id", "987654")], 404),
        (&[("file", "987654")], 404),
        (&[("record", "nothing")], 422),
        (&[("access", "secret")], 422),
        (&[("filetype", "a, b")], 422),
        (&[("file", "1"), ("record", "deal/1")], 422),
    ] {
        let answer = ask(&client, &[("Upload-Length", "5"), ("Upload-Metadata", &metadata(pairs))]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (status, ""), "{pairs:?}: {}", answer.text());
    }
    let writer = app.client("files:write").await;
    let hidden = metadata(&[("access", "hidden_private")]);
    let answer = ask(&writer, &[("Upload-Length", "5"), ("Upload-Metadata", &hidden)]).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(list(&client, "/v1/folders").await, Vec::<serde_json::Value>::new());
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "none of them is open");
    app.stop().await;
}

async fn first_bytes_come_with_the_creation(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = asking(&client, &[("Upload-Length", "11"), ("Content-Type", BYTES)]).body("hello").ask().await;
    assert_eq!((first.status.as_u16(), first.header("upload-offset")), (201, "5"), "{}", first.text());
    assert!(!first.header("upload-expires").is_empty());
    let done = patch(&client, first.header("location"), 5, " world").await;
    assert_eq!(content(&client, &done).await, b"hello world");
    let whole = asking(&client, &[("Upload-Length", "5"), ("Content-Type", BYTES)]).body("hello").ask().await;
    assert_eq!((whole.status.as_u16(), whole.header("upload-offset")), (201, "5"));
    assert_eq!(content(&client, &whole).await, b"hello");
    app.stop().await;
}

async fn first_bytes_of_another_type_are_415_and_make_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let answer = asking(&client, &[("Upload-Length", "5"), ("Content-Type", "text/plain")]).body("hello").ask().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (415, ""));
    let answer = asking(&client, &[("Upload-Length", "5"), ("Content-Type", "text/plain")]).ask().await;
    assert_eq!(answer.status, 201, "the type of no bytes does not matter");
    app.stop().await;
}

async fn more_first_bytes_than_the_length_are_400_and_make_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let known = asking(&client, &[("Upload-Length", "5"), ("Content-Type", BYTES)]).body("hello!").ask().await;
    assert_eq!((known.status.as_u16(), known.header("location")), (400, ""));
    // Without a declared length it shows on the way.
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("hello"), Ok("!")]);
    let request = asking(&client, &[("Upload-Length", "5"), ("Content-Type", BYTES)]);
    let unknown = request.body(reqwest::Body::wrap_stream(pieces)).ask().await;
    assert_eq!((unknown.status.as_u16(), unknown.header("location")), (400, ""));
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "none of them is open");
    app.stop().await;
}

async fn a_length_may_come_later_and_then_stays(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Defer-Length", "1")]).await;
    let seen = head(&client, &at).await;
    assert_eq!((seen.header("upload-defer-length"), seen.header("upload-offset")), ("1", "0"));
    assert!(!seen.headers.contains_key("upload-length"));
    assert_eq!(patch(&client, &at, 0, "hello").await.header("upload-offset"), "5");
    let told = patching(&client, &at, 5, " wor").header("Upload-Length", "11").ask().await;
    assert_eq!((told.status.as_u16(), told.header("upload-offset")), (204, "9"));
    let seen = head(&client, &at).await;
    assert_eq!(seen.header("upload-length"), "11");
    assert!(!seen.headers.contains_key("upload-defer-length"));
    let changed = patching(&client, &at, 9, "ld!").header("Upload-Length", "12").ask().await;
    assert_eq!(changed.status, 400, "{}", changed.text());
    assert_eq!(offset(&client, &at).await, 9);
    let done = patching(&client, &at, 9, "ld").header("Upload-Length", "11").ask().await;
    assert_eq!(content(&client, &done).await, b"hello world");
    app.stop().await;
}

async fn a_deferred_length_shorter_than_what_is_there_is_refused(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Defer-Length", "1")]).await;
    patch(&client, &at, 0, "hello").await;
    let short = patching(&client, &at, 5, "").header("Upload-Length", "4").ask().await;
    assert_eq!(short.status, 400, "{}", short.text());
    assert_eq!(head(&client, &at).await.header("upload-defer-length"), "1");
    app.stop().await;
}

async fn a_deferred_length_may_come_with_no_further_bytes(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Defer-Length", "1")]).await;
    patch(&client, &at, 0, "hello").await;
    let done = patching(&client, &at, 5, "").header("Upload-Length", "5").ask().await;
    assert_eq!((done.status.as_u16(), done.header("upload-offset")), (204, "5"), "{}", done.text());
    assert_eq!(content(&client, &done).await, b"hello");
    app.stop().await;
}

async fn an_upload_without_a_length_ends_at_the_largest_size(setup: Setup) {
    let app = setup.limits(|limits| limits.file_bytes = 10).start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Defer-Length", "1")]).await;
    assert_eq!(patch(&client, &at, 0, "0123456789").await.status, 204);
    let more = patch(&client, &at, 10, "a").await;
    assert_eq!(more.status, 413, "{}", more.text());
    let done = patching(&client, &at, 10, "").header("Upload-Length", "10").ask().await;
    assert_eq!(content(&client, &done).await, b"0123456789");
    app.stop().await;
}

async fn no_more_uploads_are_open_at_once_than_the_limit_says(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 2).start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let first = open(&client, &[("Upload-Length", "5")]).await;
    open(&client, &[("Upload-Length", "5")]).await;
    let third = ask(&client, &[("Upload-Length", "5")]).await;
    assert_eq!(third.status, 429, "{}", third.text());
    assert!(!third.header("retry-after").is_empty());
    assert_eq!(ask(&other, &[("Upload-Length", "5")]).await.status, 201, "another account has its own");
    patch(&client, &first, 0, "hello").await;
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "a finished one is not open");
    let usage = client.get("/v1/account").ask().await.expect(200)["usage"].clone();
    assert_eq!(usage, json!({ "bytes": 15, "files": 3 }), "what is open has its room");
    app.stop().await;
}
