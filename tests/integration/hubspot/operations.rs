//! All 21 operations, judged by the specification, and what holds for each of them.

use super::contract::Contract;
use super::desk::HubSpot;
use super::*;
use attache_tests::Answer;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// One request for each operation.
async fn each(hubspot: &HubSpot, file: &str, folder: &str, path: &str, tasks: [&str; 2]) -> Vec<(String, Answer)> {
    let url = "http://127.0.0.1:9/";
    let escaped = path.replace('/', "%2F");
    let mut answers = Vec::new();
    let mut keep = |name: &str, answer: Answer| answers.push((name.to_owned(), answer));
    keep("upload", hubspot.upload(Form::of("new.txt", "new").field("folderId", folder)).await);
    keep("replace", hubspot.replace(file, Form::of("a.txt", "other")).await);
    keep("change", hubspot.patch(&format!("/files/{file}"), json!({"name": "b"})).await);
    keep("read", hubspot.get(&format!("/files/{file}")).await);
    keep("sign", hubspot.get(&format!("/files/{file}/signed-url")).await);
    keep("download", hubspot.get(&format!("/files/{file}/download")).await);
    keep("search", hubspot.get("/files/search").await);
    keep("stat", hubspot.get(&format!("/files/stat/{escaped}")).await);
    let import = json!({"url": url, "access": "PRIVATE", "folderId": folder});
    keep("import", hubspot.post("/files/import-from-url/async", import).await);
    keep("import status", hubspot.get(&format!("/files/import-from-url/async/tasks/{}/status", tasks[0])).await);
    keep("make folder", hubspot.post("/folders", json!({"name": "made", "parentFolderId": folder})).await);
    keep("read folder", hubspot.get(&format!("/folders/{folder}")).await);
    keep("read folder by path", hubspot.get(&format!("/folders/{escaped}")).await);
    keep("change folder", hubspot.patch(&format!("/folders/{folder}"), json!({"name": "changed"})).await);
    let later = json!({"id": folder, "name": "changed again"});
    keep("change folder later", hubspot.post("/folders/update/async", later).await);
    keep("change status", hubspot.get(&format!("/folders/update/async/tasks/{}/status", tasks[1])).await);
    keep("search folders", hubspot.get("/folders/search").await);
    keep("delete", hubspot.delete(&format!("/files/{file}")).await);
    keep("erase", hubspot.delete(&format!("/files/{file}/gdpr-delete")).await);
    keep("delete folder", hubspot.delete(&format!("/folders/{folder}")).await);
    keep("delete folder by path", hubspot.delete(&format!("/folders/{escaped}")).await);
    answers
}

async fn each_for_nobody(hubspot: &HubSpot) -> Vec<(String, Answer)> {
    each(hubspot, NOBODY, NOBODY, "/nothing/there", [NO_TASK; 2]).await
}

fn all() -> BTreeSet<String> {
    Contract::get().names().collect()
}

#[tokio::test]
async fn every_operation_answers_as_its_specification_says() {
    for desk in Desk::on_both().await {
        let hubspot = &desk.hubspot;
        let folder = hubspot.make_folder("/by path").await;
        let file = hubspot.put("/folder/a.txt", b"bytes").await;
        let parent = file["parentFolderId"].as_str().unwrap();
        let import = json!({"url": "http://127.0.0.1:9/", "access": "PRIVATE"});
        let import = hubspot.post("/files/import-from-url/async", import).await.expect(202);
        let change = json!({"id": id(&folder)});
        let change = hubspot.post("/folders/update/async", change).await.expect(202);
        each(hubspot, id(&file), parent, "/by path", [id(&import), id(&change)]).await;
        // The path was a folder's, so one of the two readings of it is still to be asked for.
        hubspot.get("/files/stat/by%20path").await;
        assert_eq!(hubspot.succeeded(), all());
    }
}

#[tokio::test]
async fn every_operation_says_401_without_a_good_token_and_403_without_the_scope() {
    let desk = Desk::open().await;
    for token in [None, Some("att_nobody_knows_it"), Some("")] {
        for (name, answer) in each_for_nobody(&desk.with_token(token)).await {
            assert_eq!(answer.status, 401, "{name} with {token:?}");
        }
    }
    let lacking = desk.with_scopes("settings").await;
    for (name, answer) in each_for_nobody(&lacking).await {
        let error = answer.expect(403);
        let scopes = error["errors"][0]["context"]["requiredGranularScopes"].as_array().unwrap();
        assert!(scopes.contains(&json!("files")), "{name}: {error}");
        assert!(error["links"]["scopes"].is_string(), "{name}: {error}");
    }
    assert_eq!(desk.hubspot.refused(), all());
}

#[tokio::test]
async fn each_scope_opens_its_operations_and_no_others() {
    let desk = Desk::open().await;
    let reads = [
        "read",
        "sign",
        "download",
        "search",
        "stat",
        "import status",
        "read folder",
        "read folder by path",
        "search folders",
    ];
    let writes = [
        "upload",
        "replace",
        "change",
        "import",
        "make folder",
        "change folder",
        "change folder later",
        "change status",
    ];
    let deletes = ["delete", "erase", "delete folder", "delete folder by path"];
    for (scope, opened) in [
        ("files", [&reads[..], &writes, &deletes].concat()),
        ("files.read", reads.to_vec()),
        ("files.write", writes.to_vec()),
        ("files.delete", deletes.to_vec()),
        ("files.ui_hidden.read", reads.to_vec()),
        ("files.ui_hidden.write", [&writes[..], &deletes].concat()),
    ] {
        let hubspot = desk.with_scopes(&format!("hubspot:{scope}")).await;
        let answers = each_for_nobody(&hubspot).await;
        let open: BTreeSet<&str> =
            answers.iter().filter(|(_, answer)| answer.status != 403).map(|(name, _)| name.as_str()).collect();
        assert_eq!(open, opened.into_iter().collect(), "{scope}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_for_every_operation_that_names_something() {
    for desk in Desk::on_both().await {
        for (name, answer) in each_for_nobody(&desk.hubspot).await {
            let expected = if name.starts_with("search") { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{name}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn another_accounts_things_are_not_there() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/folder/a.txt", b"bytes").await;
    let other = desk.other_account().await;
    let parent = file["parentFolderId"].as_str().unwrap();
    for (name, answer) in each(&other, id(&file), parent, "/folder", [NO_TASK; 2]).await {
        let expected = if name.starts_with("search") { 200 } else { 404 };
        assert_eq!(answer.status, expected, "{name}: {}", answer.text());
    }
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200), file);
}

#[tokio::test]
async fn what_no_operation_is_for_is_answered_in_the_envelope() {
    let desk = Desk::open().await;
    let hubspot = &desk.hubspot;
    for path in
        ["/nowhere", "/files/abc", "/files/abc/download", "/files/1/nothing", "/files/-1", "/files/1.5", "/", ""]
    {
        assert_eq!(hubspot.get(path).await.status, 404, "{path}");
    }
    for (method, path) in [
        (Method::GET, "/files"),
        (Method::PUT, "/files"),
        (Method::POST, "/files/search"),
        (Method::POST, "/files/1"),
        (Method::POST, "/files/1/signed-url"),
        (Method::DELETE, "/files/1/download"),
        (Method::GET, "/folders"),
        (Method::POST, "/folders/1"),
        (Method::PUT, "/folders/%2Fa"),
        (Method::PATCH, "/folders/%2Fa"),
        (Method::GET, "/folders/update/async"),
    ] {
        let answer = hubspot.ask(method.clone(), path, |request| request).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
    }
    for (method, path) in [(Method::POST, "/files"), (Method::PUT, "/files/1")] {
        let file = hubspot.put("/a.txt", b"bytes").await;
        let path = path.replace('1', id(&file));
        let answer = hubspot.ask(method, &path, |request| request.json(&json!({"access": "PRIVATE"}))).await;
        assert_eq!(answer.status, 415, "{path}");
    }
}

#[tokio::test]
async fn a_json_body_of_another_type_is_415_and_one_that_is_no_object_is_400() {
    let desk = Desk::open().await;
    let hubspot = &desk.hubspot;
    let file = hubspot.put("/f/a.txt", b"bytes").await;
    let folder = file["parentFolderId"].as_str().unwrap();
    for (method, path) in [
        (Method::PATCH, format!("/files/{}", id(&file))),
        (Method::POST, "/files/import-from-url/async".to_owned()),
        (Method::POST, "/folders".to_owned()),
        (Method::PATCH, format!("/folders/{folder}")),
        (Method::POST, "/folders/update/async".to_owned()),
    ] {
        let send = |media_type: &'static str, body: &'static str| {
            hubspot.ask(method.clone(), &path, move |request| request.header("content-type", media_type).body(body))
        };
        assert_eq!(send("text/plain", "{}").await.status, 415, "{method} {path}");
        for body in ["", "{", "[]", "7", "null", "\"text\"", "{\"name\":\"a\"} {}", "{\"name\":\"\\ud800\"}"] {
            assert_eq!(send("application/json", body).await.status, 400, "{method} {path} {body}");
        }
    }
}

#[tokio::test]
async fn the_newer_release_and_a_doubled_slash_lead_to_the_same_operations() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/a.txt", b"bytes").await;
    for place in ["/files/2026-03", "//files/v3", "//files/2026-03"] {
        let path = format!("{place}/files/{}", id(&file));
        let answer = desk.hubspot.ask_at(Method::GET, &path, |request| request).await;
        assert_eq!(answer.expect(200), file, "{place}");
        let lost = desk.hubspot.ask_at(Method::GET, &format!("{place}/nowhere"), |request| request).await;
        assert_eq!(lost.status, 404, "{place}");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let desk = Desk::open().await;
    let mut ids = BTreeSet::new();
    for path in ["/files/search", "/files/search", "/files/1", "/nowhere"] {
        let answer = desk.hubspot.get(path).await;
        let id = answer.header("x-hubspot-correlation-id").to_owned();
        assert_eq!(id.len(), 36, "{path}: {id}");
        ids.insert(id);
    }
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn nothing_is_said_about_rate_limits_while_there_are_none() {
    let desk = Desk::open().await;
    let answer = desk.hubspot.get("/files/search").await;
    assert!(answer.headers.keys().all(|name| !name.as_str().contains("ratelimit")), "{:?}", answer.headers);
}
