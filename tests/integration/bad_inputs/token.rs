//! Credentials that are none.

use crate::keap::xml::call;
use crate::native::{at, post};
use attache_core::{NewToken, TokenForm};
use attache_model::scope::Scopes;
use attache_model::{Clock, Time, UserNo};
use attache_tests::{Ask, Setup, TestApp};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_token_ends_with_its_second() {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = Setup::new().clock(clock.clone()).start().await;
    let new = NewToken {
        account: "default".into(),
        user: UserNo::OWNER,
        name: String::new(),
        scopes: Scopes::all(),
        life: Some(Duration::from_secs(60)),
        form: TokenForm::Plain,
    };
    let (_, secret) = app.core().operator().make_token(new).await.unwrap();
    let client = app.stranger().with_token(Some(secret.reveal().to_owned()));
    clock.advance(Duration::from_secs(59));
    client.get("/v1/account").ask().await.expect(200);
    clock.advance(Duration::from_secs(1));
    client.get("/v1/account").ask().await.refused(401, "unauthenticated");
    app.stop().await;
}

#[tokio::test]
async fn a_token_makes_none_that_may_do_more() {
    let app = TestApp::start().await;
    let client = app.client("settings,files:read").await;
    let before = client.get("/v1/tokens").ask().await.expect(200)["items"].as_array().unwrap().len();
    for scopes in [json!(["files:write"]), json!(["files:read", "files:delete"]), json!(["settings", "files:hidden"])] {
        let made = client.post("/v1/tokens").json(&json!({ "scopes": scopes })).ask().await;
        made.refused(403, "scope_missing");
    }
    let listed = client.get("/v1/tokens").ask().await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), before);
    client.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
    app.stop().await;
}

#[tokio::test]
async fn only_the_authorization_header_says_who_asks() {
    let app = TestApp::start().await;
    let client = app.client("files:read").await;
    let token = client.token().unwrap().to_owned();
    let file = post(&app.client("all").await, "name=a.txt", "x").await.expect(201);
    let twice = app.stranger().get("/v1/files").header("Authorization", format!("Bearer {token}"));
    let twice = twice.header("Authorization", "Bearer other").ask().await;
    twice.refused(400, "header_invalid");
    for header in ["X-Forwarded-User", "X-Webauth-User", "X-Remote-User", "X-Token", "Cookie"] {
        let asked = app.stranger().get("/v1/files").header(header, &token).ask().await;
        asked.refused(401, "unauthenticated");
        let raised = client.delete(&at(&file)).header(header, "admin").ask().await;
        raised.refused(403, "scope_missing");
    }
    for query in ["token", "access_token", "hapikey"] {
        let asked = app.stranger().get(&format!("/v1/files?{query}={token}")).ask().await;
        asked.refused(401, "unauthenticated");
    }
    app.stop().await;
}

#[tokio::test]
async fn no_usable_token_lies_in_the_data_folder() {
    let Some(app) = TestApp::on_disk().await else { return };
    let client = app.client("all").await;
    client.get("/v1/account").ask().await.expect(200);
    // att_<id>_<secret>
    let secret = client.token().unwrap().splitn(3, '_').nth(2).unwrap().as_bytes().to_vec();
    assert!(secret.len() > 40);
    let mut stack = vec![app.data().to_owned()];
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(bytes) = std::fs::read(&path) {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_token_as_a_password_opens_nothing() {
    let app = TestApp::start().await;
    let client = app.client("files:read").await;
    let file = post(&app.client("all").await, "name=a.txt", "x").await.expect(201);
    for (user, password) in [("x", client.token().unwrap()), (client.token().unwrap(), "")] {
        let basic = |request: reqwest::RequestBuilder| request.basic_auth(user, Some(password));
        basic(app.stranger().get("/v1/files")).ask().await.refused(400, "header_invalid");
        basic(app.stranger().delete(&at(&file))).ask().await.refused(400, "header_invalid");
        for path in
            ["/files/v3/files/search", "/v1.0/files", "/crm/rest/v1/files", "/crm/rest/v2/files", "/api/files/1"]
        {
            let status = basic(app.stranger().get(path)).ask().await.status.as_u16();
            assert!([400, 401].contains(&status), "{path}: {status}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn unknown_tokens_are_told_to_wait_and_valid_ones_are_not() {
    let most = 40;
    let app = Setup::new().limits(|limits| limits.token_tries = most).start().await;
    let client = app.client("all").await;
    let nobody = app.stranger().with_token(Some("att_wrong_wrong".into()));
    let faces = [
        "/v1/files",
        "/files/v3/files/search",
        "/v1.0/files",
        "/crm/rest/v1/files",
        "/crm/rest/v2/files",
        "/api/files/1",
        "/v1/uploads/0",
    ];
    let tried = async |path: &str| nobody.get(path).header("Tus-Resumable", "1.0.0").ask().await;
    let mut refused = 0;
    // A window of a minute may end on the way, and another one begin.
    for no in 0..3 * most as usize {
        let answer = tried(faces[no % faces.len()]).await;
        match answer.status.as_u16() {
            429 => refused += 1,
            401 | 405 => assert!(no < 2 * most as usize || refused > 0, "{no}: {}", answer.text()),
            status => panic!("{status}: {}", answer.text()),
        }
    }
    assert!(refused >= most as usize / 2, "{refused} were told to wait");
    // If it ended just now, the next one is used up, too.
    for _ in 0..most {
        tried("/v1/files").await;
    }
    for path in faces {
        let answer = tried(path).await;
        assert!([405, 429].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
        assert!(answer.status == 405 || !answer.header("retry-after").is_empty(), "{path}");
    }
    tried("/v1/files").await.refused(429, "too_many_tries");
    client.get("/v1/files").ask().await.expect(200);
    app.stranger().get("/v1/files").ask().await.refused(401, "unauthenticated");
    app.stop().await;
}

#[tokio::test]
async fn unknown_keys_of_calls_are_told_to_wait_like_unknown_tokens() {
    let most = 20;
    let app = Setup::new().limits(|limits| limits.token_tries = most).start().await;
    let document = call("DataService.getAppSetting", &["wrong".into(), "a".into(), "b".into()]);
    for face in ["/api/xmlrpc", "/api/xmlrpc/"] {
        let mut waits = 0;
        for _ in 0..3 * most {
            let answer = app.stranger().post(face).body(document.clone()).ask().await;
            assert_eq!(answer.status, 200, "its clients look at the fault alone");
            waits += usize::from(!answer.header("retry-after").is_empty());
        }
        assert!(waits >= most as usize / 2, "{face}: {waits} were told to wait");
    }
    app.stop().await;
}
