//! Extension checksum: a request's body must have the digest that it announces.

use super::{BYTES, ask, asking, content, metadata, offset, open, patch, patching};
use crate::native::{list, on_both_engines};
use attache_tests::{Ask, Setup};

/// `hello` in each digest.
const HELLO: [&str; 3] = [
    "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=",
    "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "md5 XUFAKrxLKna5cZ2REBfFkg==",
];

on_both_engines!(
    bytes_of_the_announced_digest_are_taken,
    bytes_of_another_digest_are_460_and_none_of_them_is_kept,
    a_digest_that_is_not_known_is_400_and_changes_nothing,
    of_a_checked_request_that_was_cut_nothing_is_kept,
    first_bytes_of_another_digest_are_460_and_make_no_upload,
);

async fn bytes_of_the_announced_digest_are_taken(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for digest in HELLO {
        let at = open(&client, &[("Upload-Length", "5")]).await;
        let done = patching(&client, &at, 0, "hello").header("Upload-Checksum", digest).ask().await;
        assert_eq!(done.status, 204, "{digest}: {}", done.text());
        assert_eq!(content(&client, &done).await, b"hello");
    }
    app.stop().await;
}

async fn bytes_of_another_digest_are_460_and_none_of_them_is_kept(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for digest in HELLO {
        let at = open(&client, &[("Upload-Length", "10")]).await;
        patch(&client, &at, 0, "first").await;
        let wrong = patching(&client, &at, 5, "hellO").header("Upload-Checksum", digest).ask().await;
        assert_eq!(wrong.status.as_u16(), 460, "{digest}: {}", wrong.text());
        assert_eq!(offset(&client, &at).await, 5);
        let done = patching(&client, &at, 5, "hello").header("Upload-Checksum", digest).ask().await;
        assert_eq!(content(&client, &done).await, b"firsthello");
    }
    app.stop().await;
}

async fn a_digest_that_is_not_known_is_400_and_changes_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    for bad in ["md4 x", "crc32 AAAAAA==", "sha1", "sha1 XUFAKrxLKna5cZ2REBfFkg==", "sha1 *", ""] {
        let answer = patching(&client, &at, 0, "hello").header("Upload-Checksum", bad).ask().await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn of_a_checked_request_that_was_cut_nothing_is_kept(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let broken = futures_util::stream::iter([Ok("hel"), Err(std::io::Error::other("the sender gives up"))]);
    let request = patching(&client, &at, 0, reqwest::Body::wrap_stream(broken));
    assert!(request.header("Upload-Checksum", HELLO[0]).send().await.is_err());
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn first_bytes_of_another_digest_are_460_and_make_no_upload(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let given = metadata(&[("filename", "a.txt")]);
    let headers = [("Upload-Length", "5"), ("Upload-Metadata", given.as_str()), ("Content-Type", BYTES)];
    let wrong = asking(&client, &headers).header("Upload-Checksum", HELLO[1]).body("hellO").ask().await;
    assert_eq!((wrong.status.as_u16(), wrong.header("location")), (460, ""));
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    let right = asking(&client, &headers).header("Upload-Checksum", HELLO[1]).body("hello").ask().await;
    assert_eq!(right.status, 201, "none is open: {}", right.text());
    assert_eq!(content(&client, &right).await, b"hello");
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201);
    app.stop().await;
}
