//! Sessions of browsers: what a cookie lets in, and what it does not.

use crate::native::{on_both_engines, put};
use attache_tests::{Answer, Ask, Client, Setup, TestApp};
use reqwest::Method;
use serde_json::json;

on_both_engines!(
    who_signs_in_with_a_token_is_who_the_token_is,
    a_wrong_token_signs_nobody_in,
    a_change_without_the_header_is_refused_and_changes_nothing,
    a_page_of_another_site_gets_nothing,
    a_session_ends_with_its_token,
    no_vendors_address_knows_the_cookie,
    signing_out_takes_the_cookie_away,
);

/// Signs in; the cookie as a browser sends it.
async fn sign_in(client: &Client) -> String {
    let answer = client.with_token(None).post("/v1/session").json(&json!({ "token": client.token() })).ask().await;
    answer.expect(200);
    cookie(&answer)
}

fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}

async fn asks(app: &TestApp, cookie: &str, method: Method, path: &str) -> Answer {
    app.stranger().request(method, path).header("cookie", cookie).ask().await
}

async fn who_signs_in_with_a_token_is_who_the_token_is(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("files:read").await;
    let cookie = sign_in(&client).await;
    let shown = asks(&app, &cookie, Method::GET, "/v1/session").await.expect(200);
    assert_eq!(shown["account"]["scopes"], json!(["files:read"]));
    asks(&app, &cookie, Method::GET, "/v1/files").await.expect(200);
    // What the token may not, the session may not.
    let refused = app.stranger().post("/v1/folders").json(&json!({ "path": "/x" }));
    let refused = refused.header("cookie", &cookie).header("x-attache-session", "1").ask().await;
    refused.refused(403, "scope_missing");
    app.stop().await;
}

async fn a_wrong_token_signs_nobody_in(setup: Setup) {
    let app = setup.start().await;
    for token in ["", "att_1", &"x".repeat(5000)] {
        let answer = app.stranger().post("/v1/session").json(&json!({ "token": token })).ask().await;
        answer.refused(401, "unauthenticated");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    for cookie in ["attache_session=abc", "attache_session="] {
        asks(&app, cookie, Method::GET, "/v1/session").await.refused(401, "unauthenticated");
    }
    app.stop().await;
}

async fn a_change_without_the_header_is_refused_and_changes_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "kept.txt", "kept").await;
    let cookie = sign_in(&client).await;
    let path = format!("/v1/files/{}", file["id"].as_str().unwrap());
    asks(&app, &cookie, Method::DELETE, &path).await.refused(403, "cross_site");
    client.get(&path).ask().await.expect(200);
    let upload = app.stranger().post("/v1/uploads").header("cookie", &cookie);
    let upload = upload.header("tus-resumable", "1.0.0").header("upload-length", "1").ask().await;
    assert_eq!(upload.status, 403, "{}", upload.text());
    let confirmed = app.stranger().delete(&path).header("cookie", &cookie).header("x-attache-session", "1");
    confirmed.ask().await.expect(204);
    app.stop().await;
}

async fn a_page_of_another_site_gets_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "kept.txt", "kept").await;
    let cookie = sign_in(&client).await;
    let path = format!("/v1/files/{}", file["id"].as_str().unwrap());
    for site in ["cross-site", "same-site"] {
        for method in [Method::GET, Method::DELETE] {
            let asked = app.stranger().request(method, &path).header("cookie", &cookie);
            let asked = asked.header("x-attache-session", "1").header("sec-fetch-site", site);
            asked.ask().await.refused(403, "cross_site");
        }
    }
    let own = app.stranger().get(&format!("{path}/content")).header("cookie", &cookie);
    assert_eq!(own.header("sec-fetch-site", "same-origin").ask().await.body, b"kept");
    app.stop().await;
}

async fn a_session_ends_with_its_token(setup: Setup) {
    let app = setup.start().await;
    let admin = app.client("all").await;
    let made = admin.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
    let client = app.stranger().with_token(made["secret"].as_str().map(str::to_owned));
    let cookie = sign_in(&client).await;
    asks(&app, &cookie, Method::GET, "/v1/session").await.expect(200);
    admin.delete(&format!("/v1/tokens/{}", made["id"].as_str().unwrap())).ask().await.expect(204);
    asks(&app, &cookie, Method::GET, "/v1/session").await.refused(401, "unauthenticated");
    app.stop().await;
}

async fn no_vendors_address_knows_the_cookie(setup: Setup) {
    let app = setup.start().await;
    let cookie = sign_in(&app.client("all").await).await;
    for path in [
        "/files/v3/files/search",
        "/v1.0/files",
        "/api/v4/account",
        "/crm/rest/v1/files",
        "/api/graphql",
        "/api/files/1",
    ] {
        let answer = app.stranger().get(path).header("cookie", &cookie).header("x-attache-session", "1").ask().await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.text());
    }
    let vendor = app.stranger().get("/files/v3/files/search").header("cookie", &cookie).ask().await;
    assert_eq!(vendor.status, 401);
    app.stop().await;
}

async fn signing_out_takes_the_cookie_away(setup: Setup) {
    let app = setup.start().await;
    let cookie = sign_in(&app.client("all").await).await;
    let out = asks(&app, &cookie, Method::DELETE, "/v1/session").await;
    assert_eq!(out.status, 204);
    assert!(
        out.header("set-cookie").starts_with("attache_session=; ") && out.header("set-cookie").contains("Max-Age=0")
    );
    app.stop().await;
}
