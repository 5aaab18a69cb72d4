//! The version of the protocol, what the server can do, and the method that is meant.

use super::{BYTES, UPLOADS, ask, content, head, offset, open, patch, tus};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use reqwest::Method;

on_both_engines!(
    options_tell_version_extensions_size_and_digests_without_a_token,
    every_answer_but_to_options_speaks_the_version_and_stays_out_of_caches,
    a_request_of_another_version_or_none_is_412_and_changes_nothing,
    a_method_that_is_overridden_is_the_one_that_counts,
    a_method_that_an_address_does_not_have_is_405_with_those_that_it_has,
    the_address_may_end_in_a_slash,
);

async fn options_tell_version_extensions_size_and_digests_without_a_token(setup: Setup) {
    let app = setup.limits(|limits| limits.file_bytes = 12_345).start().await;
    for path in [UPLOADS, "/v1/uploads/", "/v1/uploads/0190a5a4-5d5c-7f00-8000-00000000000a"] {
        // The version that the client speaks is ignored here.
        let answer = app.stranger().request(Method::OPTIONS, path).header("Tus-Resumable", "0.2.2").ask().await;
        assert!([200, 204].contains(&answer.status.as_u16()) && answer.body.is_empty());
        assert_eq!(answer.header("tus-version"), "1.0.0");
        assert_eq!(answer.header("tus-max-size"), "12345");
        assert_eq!(answer.header("tus-checksum-algorithm"), "sha1,sha256,md5");
        assert_eq!(
            answer.header("tus-extension"),
            "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation"
        );
    }
    app.stop().await;
}

async fn every_answer_but_to_options_speaks_the_version_and_stays_out_of_caches(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let answers = [
        ask(&client, &[("Upload-Length", "5")]).await,
        head(&client, &at).await,
        patch(&client, &at, 0, "hello").await,
        patch(&client, &at, 3, "hello").await,
        head(&client, "/v1/uploads/none").await,
        ask(&client, &[]).await,
        client.post(UPLOADS).ask().await,
        client.get(UPLOADS).ask().await,
        ask(&app.stranger(), &[("Upload-Length", "5")]).await,
        tus(&client, Method::DELETE, &at).ask().await,
    ];
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [201, 200, 204, 409, 404, 400, 412, 405, 401, 204]);
    for answer in answers {
        assert_eq!(answer.header("tus-resumable"), "1.0.0", "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    }
    app.stop().await;
}

async fn a_request_of_another_version_or_none_is_412_and_changes_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    for version in ["0.2.2", "1.0", "1.0.0, 1.0.0", ""] {
        for (method, path) in
            [(Method::POST, UPLOADS), (Method::HEAD, &at), (Method::PATCH, &at), (Method::DELETE, &at)]
        {
            let request = client.request(method.clone(), path).header("Upload-Length", "5");
            let request = request.header("Upload-Offset", "0").header("Content-Type", BYTES);
            // The empty one stands for none.
            let request = if version.is_empty() { request } else { request.header("Tus-Resumable", version) };
            let request = if method == Method::PATCH { request.body("hello") } else { request };
            let answer = request.ask().await;
            assert_eq!((answer.status.as_u16(), answer.header("tus-version")), (412, "1.0.0"), "{method} {version}");
            assert_eq!(answer.header("location"), "");
        }
    }
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn a_method_that_is_overridden_is_the_one_that_counts(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let meaning = |method: &str| tus(&client, Method::POST, &at).header("X-HTTP-Method-Override", method);
    let sent = meaning("PATCH").header("Upload-Offset", "0").header("Content-Type", BYTES).body("hello").ask().await;
    assert_eq!((sent.status.as_u16(), sent.header("upload-offset")), (204, "5"), "{}", sent.text());
    let seen = meaning("HEAD").ask().await;
    assert_eq!((seen.status.as_u16(), seen.header("upload-offset")), (200, "5"));
    assert_eq!(content(&client, &seen).await, b"hello");
    assert_eq!(meaning("DELETE").ask().await.status, 204);
    assert_eq!(head(&client, &at).await.status, 404);
    assert_eq!(meaning("BREW").ask().await.status, 405);
    app.stop().await;
}

async fn a_method_that_an_address_does_not_have_is_405_with_those_that_it_has(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let answer = tus(&client, Method::GET, &at).ask().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "HEAD,PATCH,DELETE"), "{answer:?}");
    let answer = tus(&client, Method::DELETE, UPLOADS).ask().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{answer:?}");
    app.stop().await;
}

async fn the_address_may_end_in_a_slash(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let answer = tus(&client, Method::POST, "/v1/uploads/").header("Upload-Length", "5").ask().await;
    assert_eq!(answer.status, 201);
    assert_eq!(offset(&client, answer.header("location")).await, 0);
    app.stop().await;
}
