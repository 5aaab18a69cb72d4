//! Extension termination: giving an upload up.

use super::{ask, content, head, offset, open, patch, tus};
use crate::native::{is_sound, list, on_both_engines};
use attache_tests::{Ask, Setup};
use reqwest::Method;

on_both_engines!(
    an_upload_that_is_given_up_is_gone,
    the_file_of_a_finished_upload_stays_when_the_upload_is_given_up,
    giving_up_needs_the_scope_to_delete,
    looking_and_sending_need_the_scope_to_write,
);

async fn an_upload_that_is_given_up_is_gone(setup: Setup) {
    let app = setup.limits(|limits| limits.open_uploads = 1).start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "300000")]).await;
    patch(&client, &at, 0, vec![7; 200_000]).await;
    let ended = tus(&client, Method::DELETE, &at).ask().await;
    assert_eq!((ended.status.as_u16(), ended.body.len()), (204, 0));
    for answer in
        [head(&client, &at).await, patch(&client, &at, 5, "x").await, tus(&client, Method::DELETE, &at).ask().await]
    {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    let usage = client.get("/v1/account").ask().await.expect(200)["usage"]["bytes"].clone();
    assert_eq!(usage, 0, "its room is free again");
    assert_eq!(ask(&client, &[("Upload-Length", "5")]).await.status, 201, "it is not open any more");
    is_sound(&app).await;
    app.stop().await;
}

async fn the_file_of_a_finished_upload_stays_when_the_upload_is_given_up(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [5, 100_000] {
        let at = open(&client, &[("Upload-Length", &len.to_string())]).await;
        let done = patch(&client, &at, 0, vec![7; len]).await;
        assert_eq!(tus(&client, Method::DELETE, &at).ask().await.status, 204);
        assert_eq!(head(&client, &at).await.status, 404);
        assert_eq!(content(&client, &done).await, vec![7; len]);
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn giving_up_needs_the_scope_to_delete(setup: Setup) {
    let app = setup.start().await;
    let (client, writer) = (app.client("all").await, app.client("files:read,files:write").await);
    let at = open(&writer, &[("Upload-Length", "5")]).await;
    let refused = tus(&writer, Method::DELETE, &at).ask().await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("files:delete"), "{}", refused.text());
    let disguised = tus(&writer, Method::POST, &at).header("X-HTTP-Method-Override", "DELETE").ask().await;
    assert_eq!(disguised.status, 403);
    assert_eq!(offset(&writer, &at).await, 0);
    assert_eq!(tus(&client, Method::DELETE, &at).ask().await.status, 204);
    app.stop().await;
}

async fn looking_and_sending_need_the_scope_to_write(setup: Setup) {
    let app = setup.start().await;
    let (client, reader) = (app.client("all").await, app.client("files:read,files:delete").await);
    let at = open(&client, &[("Upload-Length", "5")]).await;
    // HEAD ends a request that is at work, so looking is not reading.
    for answer in
        [ask(&reader, &[("Upload-Length", "5")]).await, head(&reader, &at).await, patch(&reader, &at, 0, "x").await]
    {
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}
