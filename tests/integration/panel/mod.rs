//! Panels: a panel's token opens one record's files, and nothing else.

mod page;

use crate::native::{on_both_engines, put};
use attache_tests::{Ask, Client, Setup, TestApp};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

on_both_engines!(
    a_panels_token_gets_nothing_outside_of_its_panel,
    files_of_other_records_are_not_there,
    what_a_panel_puts_in_lands_on_its_record_whatever_it_says,
    a_file_that_left_the_record_is_gone_for_the_panel_at_once,
    each_scope_of_a_panel_allows_its_own_and_no_more,
    an_interrupted_upload_goes_on_with_another_token_of_the_same_record_alone,
    a_panels_token_ends_with_the_one_it_was_made_with,
);

const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

async fn panel(app: &TestApp, client: &Client, asked: Value) -> Client {
    let made = client.post("/v1/panel-tokens").json(&asked).ask().await.expect(201);
    assert!(made["frame_url"].as_str().unwrap().contains("/panel?record="), "{made}");
    app.stranger().with_token(made["token"].as_str().map(str::to_owned))
}

async fn on(client: &Client, record: &str, file: &Value) {
    client.put(&format!("/v1/records/{record}/files/{}", id(file))).ask().await.expect(200);
}

fn id(file: &Value) -> &str {
    file["id"].as_str().unwrap()
}

/// Every operation that is there: method, path, and whether it needs no token.
fn operations() -> Vec<(Method, String, bool)> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let open = operation["security"].as_array().is_some_and(|list| list.iter().all(|one| one == &json!({})));
            all.push((method.to_uppercase().parse().unwrap(), path.clone(), open));
        }
    }
    for (method, path) in attache_keap::OPERATIONS.iter().chain(&attache_sonar::OPERATIONS) {
        if let Ok(method) = method.parse() {
            all.push((method, (*path).to_owned(), false));
        }
    }
    for path in ["/files/v3/files/search", "/files/v3/folders/search", "/v1.0/files", "/api/v4/account"] {
        all.push((Method::GET, path.to_owned(), false));
    }
    all
}

async fn a_panels_token_gets_nothing_outside_of_its_panel(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "secret.txt", "what nobody else may know").await;
    on(&client, "contact/42", &file).await;
    let guest = panel(
        &app,
        &client,
        json!({ "record": "contact/42", "scopes": ["files:read", "files:write", "files:delete"] }),
    )
    .await;
    let before = client.get("/v1/events").ask().await.expect(200);
    let mut walked = 0;
    for (method, path, open) in operations() {
        if open || path == "/v1/panel" || path.starts_with("/v1/panel/") {
            continue;
        }
        let named = path.replace("{id}", id(&file)).replace("{type}", "contact").replace("{file}", id(&file));
        let named =
            named.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
        let answer = guest.request(method.clone(), &named).json(&json!({})).ask().await;
        let told = answer.text();
        // What is asked of GraphQL and XML-RPC is told to be refused with a status of its own.
        let refused = answer.status.is_client_error() || path.contains("graphql") || path.contains("xmlrpc");
        assert!(refused && !told.contains("secret.txt") && !told.contains("what nobody"), "{method} {path}: {told}");
        walked += 1;
    }
    assert!(walked > 80, "{walked}");
    assert_eq!(client.get("/v1/events").ask().await.expect(200), before, "something was changed");
    // It opens no session either.
    let session = app.stranger().post("/v1/session").json(&json!({ "token": guest.token() })).ask().await;
    session.refused(403, "scope_missing");
    app.stop().await;
}

async fn files_of_other_records_are_not_there(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let own = put(&client, "own.txt", "own").await;
    let other = put(&client, "other.txt", "other").await;
    let unseen = put(&client, "unseen.txt", "unseen").await;
    let hidden = client.put("/v1/files/by-path/hidden.txt?access=hidden_private").body("hidden").ask().await.json();
    on(&client, "contact/42", &own).await;
    on(&client, "contact/43", &other).await;
    on(&client, "contact/42", &hidden).await;
    let link = client.put(&format!("/v1/records/contact/42/files/{}", id(&unseen)));
    link.json(&json!({ "visible": false })).ask().await.expect(200);
    let foreign = put(&app.other_account("victim").await, "foreign.txt", "foreign").await;
    let guest = panel(&app, &client, json!({ "record": "contact/42" })).await;

    let shown = guest.get("/v1/panel/files").ask().await.expect(200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 1, "{shown}");
    let signed = guest.with_token(None).get(shown["items"][0]["content_url"].as_str().unwrap()).ask().await;
    assert_eq!(
        (signed.body.as_slice(), signed.header("content-security-policy")),
        (&b"own"[..], "default-src 'none'; sandbox")
    );
    let never = "0190a5a4-5d5c-7f00-8000-00000000ffff";
    for behind in ["", "/versions", "/content", "/preview"] {
        let mut bodies = Vec::new();
        for file in [id(&other), id(&unseen), id(&hidden), id(&foreign), never] {
            let mut body = guest.get(&format!("/v1/panel/files/{file}{behind}")).ask().await.expect(404);
            body["instance"].take();
            bodies.push(body);
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    }
    for file in [id(&other), id(&unseen), id(&hidden), id(&foreign)] {
        guest.delete(&format!("/v1/panel/files/{file}")).ask().await.refused(404, "not_found");
        guest.put(&format!("/v1/panel/files/{file}/content")).body("x").ask().await.refused(404, "not_found");
    }
    app.stop().await;
}

async fn what_a_panel_puts_in_lands_on_its_record_whatever_it_says(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "scan.txt", "of somebody else").await;
    let guest = panel(&app, &client, json!({ "record": "contact/42" })).await;
    let part = Part::text("mine").file_name("scan.txt");
    let form = Form::new()
        .text("record", "contact/43")
        .text("access", "public_indexable")
        .text("folder", "/x")
        .part("file", part);
    let made = guest.post("/v1/panel/files").multipart(form).ask().await.expect(201);
    assert_eq!((&made["file"]["name"], &made["link"]["record"]), (&json!("scan.txt"), &json!("contact/42")));
    let seen = client.get(&format!("/v1/files/{}", id(&made["file"]))).ask().await.expect(200);
    assert_eq!((&seen["access"], &seen["folder"]), (&json!("private"), &json!("/")));
    let elsewhere = client.get("/v1/records/contact/43/files").ask().await.expect(200);
    assert_eq!(elsewhere["items"], json!([]));
    // A new version is a version of the same file.
    let path = format!("/v1/panel/files/{}/content", id(&made["file"]));
    let again = guest.put(&path).body("mine, too").ask().await.expect(200);
    assert_eq!(again["file"]["version"]["no"], 2);
    app.stop().await;
}

async fn a_file_that_left_the_record_is_gone_for_the_panel_at_once(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "own.txt", "own").await;
    on(&client, "contact/42", &file).await;
    let guest = panel(&app, &client, json!({ "record": "contact/42" })).await;
    let shown = guest.get("/v1/panel/files").ask().await.expect(200);
    let link = shown["items"][0]["content_url"].as_str().unwrap().to_owned();
    client.delete(&format!("/v1/records/contact/42/files/{}", id(&file))).ask().await.expect(204);
    guest.get(&format!("/v1/panel/files/{}", id(&file))).ask().await.refused(404, "not_found");
    assert_eq!(app.stranger().get(&link).ask().await.status, 404);
    app.stop().await;
}

async fn each_scope_of_a_panel_allows_its_own_and_no_more(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "own.txt", "own").await;
    let both = put(&client, "both.txt", "both").await;
    on(&client, "contact/42", &file).await;
    on(&client, "contact/42", &both).await;
    on(&client, "deal/7", &both).await;
    let (path, shared) = (format!("/v1/panel/files/{}", id(&file)), format!("/v1/panel/files/{}", id(&both)));
    let reads = panel(&app, &client, json!({ "record": "contact/42", "scopes": ["files:read"] })).await;
    reads.get(&path).ask().await.expect(200);
    reads.delete(&path).ask().await.refused(403, "scope_missing");
    reads.put(&format!("{path}/content")).body("x").ask().await.refused(403, "scope_missing");
    let writes = panel(&app, &client, json!({ "record": "contact/42", "scopes": ["files:write"] })).await;
    writes.get("/v1/panel/files").ask().await.refused(403, "scope_missing");
    writes.get(&format!("{path}/content")).ask().await.refused(403, "scope_missing");
    writes.delete(&format!("{path}?trash=true")).ask().await.refused(403, "scope_missing");
    let deletes = panel(&app, &client, json!({ "record": "contact/42", "scopes": ["files:delete"] })).await;
    deletes.delete(&format!("{shared}?trash=true")).ask().await.refused(409, "state");
    deletes.delete(&format!("{path}?trash=true")).ask().await.expect(204);
    writes.delete(&shared).ask().await.expect(204);
    client.get(&format!("/v1/files/{}", id(&both))).ask().await.expect(200);
    // Nobody gives away what they do not have, and no panel knows the account's settings.
    let reader = app.client("files:read").await;
    let asked = json!({ "record": "contact/42", "scopes": ["files:write"] });
    reader.post("/v1/panel-tokens").json(&asked).ask().await.refused(403, "scope_missing");
    let asked = json!({ "record": "contact/42", "scopes": ["settings"] });
    client.post("/v1/panel-tokens").json(&asked).ask().await.refused(422, "value_invalid");
    let asked = json!({ "record": "contact/42", "expires_in": 24 * 3600 + 1 });
    client.post("/v1/panel-tokens").json(&asked).ask().await.refused(422, "expiry_too_long");
    app.stop().await;
}

async fn an_interrupted_upload_goes_on_with_another_token_of_the_same_record_alone(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = panel(&app, &client, json!({ "record": "contact/42" })).await;
    let second = panel(&app, &client, json!({ "record": "contact/42" })).await;
    let other = panel(&app, &client, json!({ "record": "contact/43" })).await;
    // filename a.txt, record contact/43
    let opened = first.post("/v1/uploads").header("tus-resumable", "1.0.0").header("upload-length", "6");
    let opened = opened.header("upload-metadata", "filename YS50eHQ=,record Y29udGFjdC80Mw==").ask().await;
    assert_eq!(opened.status, 201, "{}", opened.text());
    let place = opened.header("location").to_owned();
    let send = async |who: &Client, offset: &str, bytes: &'static str| {
        let request = who.patch(&place).header("tus-resumable", "1.0.0").header("upload-offset", offset);
        request.header("content-type", "application/offset+octet-stream").body(bytes).ask().await
    };
    assert_eq!(send(&first, "0", "abc").await.status, 204);
    assert_eq!(send(&other, "3", "xyz").await.status, 404);
    assert_eq!(other.head(&place).header("tus-resumable", "1.0.0").ask().await.status, 404);
    assert_eq!(other.delete(&place).header("tus-resumable", "1.0.0").ask().await.status, 404);
    let done = send(&second, "3", "def").await;
    assert_eq!(done.status, 204, "{}", done.text());
    assert!(done.header("content-location").contains("/v1/panel/files/"));
    let shown = second.get("/v1/panel/files").ask().await.expect(200);
    assert_eq!(shown["items"][0]["file"]["name"], "a.txt");
    assert_eq!(other.get("/v1/panel/files").ask().await.expect(200)["items"], json!([]));
    app.stop().await;
}

async fn a_panels_token_ends_with_the_one_it_was_made_with(setup: Setup) {
    let app = setup.start().await;
    let admin = app.client("all").await;
    let made = admin.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
    let minter = app.stranger().with_token(made["secret"].as_str().map(str::to_owned));
    let guest = panel(&app, &minter, json!({ "record": "contact/42", "scopes": ["files:read"] })).await;
    guest.get("/v1/panel").ask().await.expect(200);
    assert_eq!(admin.get("/v1/tokens").ask().await.text().matches("panel contact/42").count(), 0);
    admin.delete(&format!("/v1/tokens/{}", made["id"].as_str().unwrap())).ask().await.expect(204);
    guest.get("/v1/panel").ask().await.refused(401, "unauthenticated");
    app.stop().await;
}
