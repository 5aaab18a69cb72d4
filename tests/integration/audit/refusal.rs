//! Whoever is known and is refused is in the log, at every route and in every dialect.

use super::{is_unbroken, lines, operations};
use crate::native::on_both_engines;
use attache_tests::{Ask, Client, Setup};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both_engines!(
    a_token_that_was_taken_back_leaves_a_line_at_every_route,
    a_token_without_the_scope_leaves_a_line_in_every_dialect,
    a_wrong_password_of_an_intake_leaves_a_line,
    whoever_is_nobody_leaves_no_line,
);

/// Where no token is asked for, or another key than a token is.
fn is_public(path: &str) -> bool {
    path == "/openapi.json"
        || path == "/v1/erasures/key"
        || ["/docs", "/signed/", "/v1/session"].iter().any(|open| path.starts_with(open))
}

fn filled(path: &str) -> String {
    let mut filled = path.replace("{type}", "contact").replace("{path}", "a/b.txt");
    while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(from..=to, "1");
    }
    filled
}

/// A token that is not one any more; its client and its id.
async fn taken_back(client: &Client) -> (Client, String) {
    let made = client.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    client.delete(&format!("/v1/tokens/{id}")).ask().await.expect(204);
    (client.with_token(Some(made["secret"].as_str().unwrap().to_owned())), id)
}

async fn a_token_that_was_taken_back_leaves_a_line_at_every_route(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (former, id) = taken_back(&client).await;
    let mut asked = BTreeSet::new();
    for (method, path, _) in operations().into_iter().filter(|(_, path, _)| !is_public(path)) {
        let request = former.request(method.parse::<Method>().unwrap(), &filled(&path));
        for _ in 0..2 {
            let answer = request.try_clone().unwrap().ask().await;
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text());
        }
        asked.insert(format!("{method} {}", path.replace("by-path/{path}", "by-path/{*path}")));
    }
    let refused: Vec<_> = lines(&app).await.into_iter().filter(|line| line.outcome != "done").collect();
    assert!(refused.iter().all(|line| line.outcome == "unauthenticated" && line.token == id), "{refused:?}");
    let told: BTreeSet<String> = refused.iter().map(|line| line.deed.clone()).collect();
    assert_eq!(told, asked);
    let times: i64 = refused.iter().map(|line| line.times).sum();
    assert_eq!(times, 2 * i64::try_from(asked.len()).unwrap(), "none is lost");
    is_unbroken(&app).await;
    attache_tests::figure(
        "audit",
        &format!("{} routes refuse a token that was taken back; {times} refusals, all in the log", asked.len()),
    );
    app.stop().await;
}

async fn a_token_without_the_scope_leaves_a_line_in_every_dialect(setup: Setup) {
    let app = setup.start().await;
    let weak = app.client("records").await;
    let form = "<methodCall><methodName>FileService.getFile</methodName><params><param><value><string>KEY</string></value></param>\
        <param><value><int>1</int></value></param></params></methodCall>";
    let requests = [
        ("native", weak.get("/v1/files")),
        ("hubspot", weak.get("/files/v3/files/1")),
        ("kommo", weak.get("/v1.0/files")),
        ("keap", weak.get("/crm/rest/v1/files")),
        (
            "xmlrpc",
            weak.post("/crm/xmlrpc/v1")
                .header("content-type", "text/xml")
                .body(form.replace("KEY", weak.token().unwrap())),
        ),
        ("sonar", weak.post("/api/graphql").json(&json!({ "query": "mutation { deleteFile(id: 1) { success } }" }))),
        ("tus", weak.post("/v1/uploads").header("tus-resumable", "1.0.0").header("upload-length", "1")),
    ];
    let mut missing = Vec::new();
    for (dialect, request) in requests {
        let id = format!("refused-{dialect}");
        let answer = request.header("x-request-id", &id).ask().await;
        let told = lines(&app).await.into_iter().any(|line| line.request == id && line.outcome == "missing_scope");
        if !told {
            missing.push(format!("{dialect}: {} {}", answer.status, answer.text()));
        }
    }
    assert_eq!(missing, [""; 0]);
    is_unbroken(&app).await;
    app.stop().await;
}

async fn a_wrong_password_of_an_intake_leaves_a_line(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let asked = json!({ "record": "contact/42", "password": "open sesame" });
    let made = client.post("/v1/intakes").json(&asked).ask().await.expect(201);
    let url = made["url"].as_str().unwrap();
    let path = url.strip_prefix(&app.url()).unwrap();
    let form = reqwest::multipart::Form::new()
        .text("password", "guessed by somebody")
        .part("file", reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("x.txt"));
    app.stranger().post(path).header("x-request-id", "guess").multipart(form).ask().await;
    let all = lines(&app).await;
    let told: Vec<_> = all.iter().filter(|line| line.request == "guess").map(|line| line.outcome.as_str()).collect();
    assert_eq!(told, ["wrong_password"]);
    let shown = format!("{all:?}");
    assert!(!shown.contains("sesame") && !shown.contains("guessed by"), "{shown}");
    app.stop().await;
}

async fn whoever_is_nobody_leaves_no_line(setup: Setup) {
    let app = setup.start().await;
    let before = lines(&app).await;
    for token in [None, Some("att_unknown"), Some("\u{e4}")] {
        let nobody = app.stranger().with_token(None);
        let request = nobody.get("/v1/files");
        let request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}").into_bytes()),
            None => request,
        };
        let answer = request.ask().await;
        assert!(answer.status == 401 || answer.status == 400, "{}", answer.text());
    }
    assert_eq!(lines(&app).await, before);
    let client = app.client("all").await;
    let page: Value = client.get("/v1/audit?after=0&limit=1").ask().await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    app.client("files:read").await.get("/v1/audit").ask().await.refused(403, "scope_missing");
    app.stop().await;
}
