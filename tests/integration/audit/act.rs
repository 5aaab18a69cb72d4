//! Every operation of the API that changes something leaves exactly the lines that are told here. An operation that is not
//! told here ends the test.

use super::{is_unbroken, lines, operations};
use crate::native::{at, on_both_engines, put};
use attache_tests::{Ask, Client, Patience, Setup};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

on_both_engines!(every_change_that_is_acknowledged_has_exactly_its_lines);

async fn every_change_that_is_acknowledged_has_exactly_its_lines(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let mut tried = 0;
    for (method, path, name) in operations() {
        if method == "GET" || method == "HEAD" {
            continue;
        }
        let (request, wanted) = act(&client, &method.parse().unwrap(), &path, &name).await;
        let id = format!("act-{name}");
        let answer = request.header("x-request-id", &id).ask().await;
        assert!(answer.status.is_success(), "{name}: {}", answer.text());
        let told: Vec<_> = lines(&app).await.into_iter().filter(|line| line.request == id).collect();
        let deeds: Vec<&str> = told.iter().map(|line| line.deed.as_str()).collect();
        assert_eq!(deeds, wanted, "{name}: {told:?}");
        assert!(told.iter().all(|line| line.outcome == "done" && line.times == 1), "{name}: {told:?}");
        tried += 1;
    }
    let count = is_unbroken(&app).await;
    attache_tests::figure(
        "audit",
        &format!(
            "{tried} of {tried} operations that change something have exactly their lines; {count} lines, unbroken"
        ),
    );
    app.stop().await;
}

/// A request of an operation that will be answered well, and the deeds of its lines.
pub(crate) async fn act(
    client: &Client,
    method: &Method,
    path: &str,
    name: &str,
) -> (RequestBuilder, Vec<&'static str>) {
    let file = async || put(client, &format!("{name}.txt"), format!("for {name}")).await;
    let request = |path: String| client.request(method.clone(), &path);
    let with = |path: String, body: Value| request(path).json(&body);
    let form = || Form::new().part("file", Part::bytes(b"sent".to_vec()).file_name(format!("form-{name}.txt")));
    match name {
        "changeAccount" => (with(path.into(), json!({ "panel_origins": [] })), vec!["account.panel_pages"]),
        "putFile" => (request(format!("{path}?name=put.txt")).body("x"), vec!["file.created"]),
        "putFileByPath" => (request("/v1/files/by-path/new/by-path.txt".into()).body("x"), vec!["file.created"]),
        "deleteFile" => (request(at(&file().await)), vec!["file.trashed"]),
        "changeFile" => (with(at(&file().await), json!({ "name": "changed.txt" })), vec!["file.updated"]),
        "putVersion" => (request(format!("{}/content", at(&file().await))).body("y"), vec!["file.replaced"]),
        "createSignedLink" => (with(format!("{}/links", at(&file().await)), json!({})), vec!["share.created"]),
        "restoreFile" => (request(format!("{}/restore", at(&trashed(client, name).await))), vec!["file.restored"]),
        "deleteFiles" => (with(path.into(), json!({ "files": [file().await["id"]] })), vec!["file.trashed"]),
        "restoreFiles" => {
            (with(path.into(), json!({ "files": [trashed(client, name).await["id"]] })), vec!["file.restored"])
        }
        "linkFiles" => {
            let body = json!({ "items": [{ "file": file().await["id"], "record": "contact/42" }] });
            (with(path.into(), body), vec!["file.linked"])
        }
        "unlinkFiles" => {
            let body = json!({ "items": [{ "file": linked(client, name).await["id"], "record": "contact/42" }] });
            (with(path.into(), body), vec!["file.unlinked"])
        }
        "holdFile" => (with(named(path, &file().await), json!({ "reason": "case 7" })), vec!["hold.placed"]),
        "liftHold" => {
            let path = named(path, &file().await);
            client.put(&path).json(&json!({ "reason": "case 7" })).ask().await.expect(200);
            (request(path), vec!["hold.lifted"])
        }
        "createFolder" => (with(path.into(), json!({ "path": "/made" })), vec!["folder.created"]),
        "deleteFolder" => (request(folder(client, name).await), vec!["folder.trashed"]),
        "changeFolder" => (with(folder(client, name).await, json!({ "name": "renamed" })), vec!["folder.updated"]),
        "importFile" => {
            let body = json!({ "url": "https://files.example.com/x.txt", "name": "imported.txt" });
            (with(path.into(), body), vec!["task.created"])
        }
        "createIntake" => (with(path.into(), json!({ "record": "contact/42" })), vec!["intake.created"]),
        "closeIntake" => {
            let made = client.post("/v1/intakes").json(&json!({ "record": "contact/42" })).ask().await.expect(201);
            (request(named(path, &made)), vec!["intake.closed"])
        }
        "revokeSignedLink" => {
            let made = client.post(&format!("{}/links", at(&file().await))).json(&json!({})).ask().await.expect(201);
            (request(named(path, &made)), vec!["share.revoked"])
        }
        "createPanelToken" => {
            let body = json!({ "record": "contact/42", "scopes": ["files:read"] });
            (with(path.into(), body), vec!["token.created"])
        }
        "putPanelFile" => {
            let guest = panel(client).await;
            (guest.post("/v1/panel/files").multipart(form()), vec!["file.created"])
        }
        "removePanelFile" => {
            let file = linked(client, name).await;
            (panel(client).await.delete(&named(path, &file)), vec!["file.unlinked"])
        }
        "putPanelVersion" => {
            let file = linked(client, name).await;
            (panel(client).await.put(&named(path, &file)).body("y"), vec!["file.replaced"])
        }
        "putRecordFile" => (request("/v1/records/contact/42/files".into()).multipart(form()), vec!["file.created"]),
        "linkFile" => {
            let no = file().await["no"].to_string();
            (request(format!("/v1/records/contact/42/files/{no}")), vec!["file.linked"])
        }
        "unlinkFile" => {
            let no = linked(client, name).await["no"].to_string();
            (request(format!("/v1/records/contact/42/files/{no}")), vec!["file.unlinked"])
        }
        "openSession" => {
            let token = client.token().unwrap();
            (with(path.into(), json!({ "token": token })), vec!["session.opened"])
        }
        // The cookie is taken from the browser; nothing is kept here.
        "endSession" => (request(path.into()), vec![]),
        "createToken" => (with(path.into(), json!({ "scopes": ["files:read"] })), vec!["token.created"]),
        "revokeToken" => {
            let body = json!({ "scopes": ["files:read"] });
            let made = client.post("/v1/tokens").json(&body).ask().await.expect(201);
            (request(named(path, &made)), vec!["token.revoked"])
        }
        "emptyTrash" => (request(path.into()), vec!["task.created"]),
        "createWebhook" => (with(path.into(), json!({ "url": "https://crm.example.com/" })), vec!["webhook.created"]),
        "removeWebhook" => (request(named(path, &webhook(client).await)), vec!["webhook.removed"]),
        "changeWebhook" => {
            (with(named(path, &webhook(client).await), json!({ "name": "crm" })), vec!["webhook.changed"])
        }
        "replayDelivery" => {
            let path = named(path, &webhook_with_delivery(client).await);
            (request(path), vec!["delivery.repeated"])
        }
        "replayWebhook" => {
            (with(named(path, &webhook(client).await), json!({ "after": 0 })), vec!["delivery.repeated"])
        }
        "rotateWebhookSecret" => (request(named(path, &webhook(client).await)), vec!["webhook.secret"]),
        // A message is sent, and nothing is changed.
        "testWebhook" => (request(named(path, &webhook(client).await)), vec![]),
        _ => panic!("{name} ({method} {path}) is new: say here how it is asked for, and which lines it leaves"),
    }
}

/// A path with the ids of what it names.
fn named(path: &str, thing: &Value) -> String {
    let id = thing["id"].as_str().unwrap();
    path.replace("{id}", id).replace("{delivery}", thing["delivery"].as_str().unwrap_or_default())
}

async fn trashed(client: &Client, name: &str) -> Value {
    let file = put(client, &format!("trashed-{name}.txt"), name).await;
    client.delete(&at(&file)).ask().await.expect(204);
    file
}

async fn linked(client: &Client, name: &str) -> Value {
    let file = put(client, &format!("linked-{name}.txt"), name).await;
    client.put(&format!("/v1/records/contact/42/files/{}", file["no"])).ask().await.expect(200);
    file
}

async fn folder(client: &Client, name: &str) -> String {
    let made = client.post("/v1/folders").json(&json!({ "path": format!("/{name}") })).ask().await.expect(201);
    format!("/v1/folders/{}", made["id"].as_str().unwrap())
}

/// A guest of the panel of contact 42.
async fn panel(client: &Client) -> Client {
    let body = json!({ "record": "contact/42", "scopes": ["files:read", "files:write", "files:delete"] });
    let made = client.post("/v1/panel-tokens").json(&body).ask().await.expect(201);
    client.with_token(Some(made["token"].as_str().unwrap().to_owned()))
}

async fn webhook(client: &Client) -> Value {
    client.post("/v1/webhooks").json(&json!({ "url": "https://crm.example.com/" })).ask().await.expect(201)
}

/// A webhook that a delivery was made for.
async fn webhook_with_delivery(client: &Client) -> Value {
    let mut made = webhook(client).await;
    put(client, "delivered.txt", "x").await;
    let path = format!("/v1/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    let patience = Patience::new();
    loop {
        let found = client.get(&path).ask().await.expect(200);
        if let Some(delivery) = found["items"].as_array().unwrap().first() {
            made["delivery"] = delivery["id"].clone();
            return made;
        }
        assert!(!patience.is_over(), "no delivery was made for {made}");
        tokio::task::yield_now().await;
    }
}
