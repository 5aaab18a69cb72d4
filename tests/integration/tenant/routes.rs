//! For every operation of the two OpenAPI documents, the requests that name something in it. An operation without a row
//! here ends the test.

use super::names::Names;
use super::{crm, keap, kommo, sonar, tus};
use attache_tests::Client;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// An operation: method and path as its document writes them.
pub(super) type Operation = (Method, String);

const NATIVE: &str = include_str!("../../../docs/openapi.json");
const HUBSPOT: &str = include_str!("../../contracts/hubspot-files-v3.openapi.json");

/// Every operation of both documents.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for document in [NATIVE, HUBSPOT] {
        let document: Value = serde_json::from_str(document).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                all.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
    }
    all.extend(kommo::operations());
    all.extend(crm::operations());
    all.extend(keap::operations());
    all.extend(sonar::operations());
    all.extend(tus::operations());
    assert!(all.len() > 60, "{} operations", all.len());
    all
}

/// The places that need no token: pages, and links that are keys themselves.
pub(super) fn is_public(path: &str) -> bool {
    path == "/openapi.json"
        || path.starts_with("/docs")
        || path.starts_with("/signed/")
        || kommo::is_public(path)
        || crm::is_public(path)
        || keap::is_public(path)
        || sonar::is_public(path)
}

/// What the asking account has itself.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) file: String,
    pub(super) file_id: String,
    pub(super) folder: String,
    /// A lead at Kommo's account host, and a field of leads.
    pub(super) lead: String,
    pub(super) field: String,
}

impl Own {
    /// What `names` names, for the account's own clients.
    pub(super) fn named(names: &Names) -> Own {
        Own {
            file: names.file_no.clone(),
            file_id: names.file.clone(),
            folder: names.folder_no.clone(),
            lead: "7007".into(),
            field: names.field.clone(),
        }
    }

    /// Of the account of `client`, which gets what is not there yet.
    pub(super) async fn of(client: &Client, file: &Value, folder: &Value) -> Own {
        let (lead, field) = crm::own(client).await;
        Own {
            file: file["no"].to_string(),
            file_id: file["id"].as_str().unwrap().to_owned(),
            folder: folder["no"].to_string(),
            lead,
            field,
        }
    }
}

/// The requests of an operation that name things by `names`.
#[expect(clippy::too_many_lines, reason = "it is one table: a row for each operation")]
pub(super) fn requests(client: &Client, operation: &Operation, names: &Names, own: &Own) -> Vec<RequestBuilder> {
    if let Some(requests) = kommo::requests(client, operation, names) {
        return requests;
    }
    if let Some(requests) = crm::requests(client, operation, names, own) {
        return requests;
    }
    if let Some(requests) = keap::requests(client, operation, names) {
        return requests;
    }
    if let Some(requests) = sonar::requests(client, operation, names, own) {
        return requests;
    }
    if let Some(requests) = tus::requests(client, operation, names) {
        return requests;
    }
    let files = [&names.file, &names.file_no, &names.trashed, &names.trashed_no];
    let numbers = [&names.file_no, &names.trashed_no];
    let folders = [&names.folder, &names.folder_no];
    let (method, path) = (operation.0.as_str(), operation.1.as_str());
    let request = |path: String| client.request(operation.0.clone(), &path);
    let each = |ids: &[&String], place: &str| -> Vec<RequestBuilder> {
        ids.iter().map(|id| request(path.replace(place, id))).collect()
    };
    let with = |ids: &[&String], place: &str, body: Value| -> Vec<RequestBuilder> {
        ids.iter().map(|id| request(path.replace(place, id)).json(&body)).collect()
    };
    let bodies = |bodies: Vec<Value>| -> Vec<RequestBuilder> {
        bodies.iter().map(|body| request(path.into()).json(body)).collect()
    };
    let queries = |queries: &[String]| -> Vec<RequestBuilder> {
        queries.iter().map(|query| request(format!("{path}?{query}"))).collect()
    };
    match (method, path) {
        // What names nothing of anybody's; that it shows nothing of the other account is seen by all lists.
        (
            "GET",
            "/v1/account"
            | "/v1/events"
            | "/v1/audit"
            | "/v1/tokens"
            | "/v1/users"
            | "/v1/erasures/key"
            | "/openapi.json"
            | "/docs"
            | "/docs/errors/{word}",
        ) => Vec::new(),
        ("PATCH", "/v1/account") | ("GET" | "POST" | "DELETE", "/v1/session") => Vec::new(),
        // It names a record, which is there when somebody names it; a panel is of the record that its token names.
        ("POST", "/v1/panel-tokens") | ("GET", "/v1/panel" | "/v1/panel/feed") => Vec::new(),
        ("GET" | "POST", "/v1/panel/files") => Vec::new(),
        ("GET" | "DELETE", "/v1/panel/files/{id}")
        | ("GET" | "PUT", "/v1/panel/files/{id}/content")
        | ("GET", "/v1/panel/files/{id}/versions" | "/v1/panel/files/{id}/preview") => each(&files, "{id}"),
        ("DELETE", "/v1/trash") => Vec::new(),
        // It names only the account's own scopes.
        ("POST", "/v1/tokens") => Vec::new(),
        // A link is a key by itself: whoever has it may use it.
        ("GET", "/signed/{token}") => Vec::new(),

        ("GET", "/v1/files" | "/v1/trash") => {
            let lists = lists_of(names);
            queries(&lists)
        }
        ("POST", "/v1/files") => {
            folders.iter().map(|id| request(format!("{path}?name=n.txt&folder_id={id}")).body("x")).collect()
        }
        ("GET", "/v1/files/by-path/{path}") => each(&[&names.path], "{path}"),
        ("PUT", "/v1/files/by-path/{path}") => {
            vec![request(path.replace("{path}", &names.path)).header("If-Match", "\"tag\"").body("x")]
        }
        ("PATCH", "/v1/files/{id}") => {
            let mut all = with(&files, "{id}", json!({ "name": "mine.txt", "access": "public_indexable" }));
            all.extend(
                folders.iter().map(|id| request(format!("/v1/files/{}", own.file)).json(&json!({ "folder_id": id }))),
            );
            all
        }
        ("GET" | "DELETE", "/v1/files/{id}") => {
            let mut all = each(&files, "{id}");
            if method == "DELETE" {
                all.extend(files.iter().map(|id| request(format!("/v1/files/{id}?erase=true"))));
            }
            all
        }
        (
            "GET",
            "/v1/files/{id}/content"
            | "/v1/files/{id}/preview"
            | "/v1/files/{id}/versions"
            | "/v1/files/{id}/records"
            | "/v1/files/{id}/events"
            | "/v1/files/{id}/links",
        )
        | ("POST", "/v1/files/{id}/restore") => each(&files, "{id}"),
        ("PUT", "/v1/files/{id}/content") => {
            files.iter().map(|id| request(path.replace("{id}", id)).body("mine")).collect()
        }
        ("GET", "/v1/files/{id}/versions/{version}/content") => {
            files.iter().map(|id| request(path.replace("{id}", id).replace("{version}", "1"))).collect()
        }
        ("POST", "/v1/files/{id}/links") => with(&files, "{id}", json!({})),
        ("POST", "/v1/files/batch/delete" | "/v1/files/batch/restore") => bodies(vec![json!({ "files": files })]),
        ("POST", "/v1/files/batch/link" | "/v1/files/batch/unlink") => {
            let items: Vec<_> = files.iter().map(|file| json!({ "file": file, "record": "deal/1" })).collect();
            bodies(vec![json!({ "items": items })])
        }
        ("GET", "/v1/records/{type}/{id}/files" | "/v1/records/{type}/{id}/feed") => {
            each(&[&names.record], "{type}/{id}")
        }
        ("POST", "/v1/records/{type}/{id}/files") => {
            let place = path.replace("{type}/{id}", "deal/1");
            folders.iter().map(|id| request(format!("{place}?name=n.txt&folder_id={id}")).body("x")).collect()
        }
        ("PUT" | "DELETE", "/v1/records/{type}/{id}/files/{file}") => {
            let mut all: Vec<_> = files
                .iter()
                .map(|id| request(path.replace("{type}/{id}", &names.record).replace("{file}", id)))
                .collect();
            all.extend(files.iter().map(|id| request(path.replace("{type}/{id}", "deal/1").replace("{file}", id))));
            all
        }
        ("GET", "/v1/folders") => folders.iter().map(|id| request(format!("{path}?parent_id={id}"))).collect(),
        ("POST", "/v1/folders") => {
            folders.iter().map(|id| request(path.into()).json(&json!({ "name": "mine", "parent_id": id }))).collect()
        }
        ("GET", "/v1/folders/by-path/{path}") => each(&[&names.folder_path], "{path}"),
        ("GET" | "DELETE", "/v1/folders/{id}") => each(&folders, "{id}"),
        ("PATCH", "/v1/folders/{id}") => {
            let mut all = with(&folders, "{id}", json!({ "name": "mine" }));
            let own = format!("/v1/folders/{}", own.folder);
            all.extend(folders.iter().map(|id| request(own.clone()).json(&json!({ "parent_id": id }))));
            all.push(request(own).json(&json!({ "parent": format!("/{}", names.folder_path) })));
            all
        }
        // It names a record, which is there when somebody names it.
        ("GET" | "POST", "/v1/webhooks") => Vec::new(),
        ("PATCH", "/v1/webhooks/{id}") => with(&[&names.webhook], "{id}", json!({ "disabled": true })),
        ("POST", "/v1/webhooks/{id}/replay") => with(&[&names.webhook], "{id}", json!({ "after": 0 })),
        ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/replay") => {
            vec![request(path.replace("{id}", &names.webhook).replace("{delivery}", &names.task))]
        }
        ("GET" | "DELETE", "/v1/webhooks/{id}")
        | ("GET", "/v1/webhooks/{id}/secret" | "/v1/webhooks/{id}/deliveries")
        | ("POST", "/v1/webhooks/{id}/rotate" | "/v1/webhooks/{id}/test") => each(&[&names.webhook], "{id}"),
        ("PUT", "/v1/files/{id}/hold") => with(&files, "{id}", json!({ "reason": "mine" })),
        ("DELETE", "/v1/files/{id}/hold") => each(&files, "{id}"),
        ("GET", "/v1/holds") => queries(&[format!("cursor={}", names.cursor)]),
        ("GET", "/v1/erasures") => queries(&[format!("cursor={}", names.cursor)]),
        ("GET", "/v1/erasures/{id}" | "/v1/erasures/{id}/certificate") => each(&[&names.erasure], "{id}"),
        ("POST", "/v1/intakes") => Vec::new(),
        ("GET", "/v1/intakes") => {
            queries(&[format!("record={}", names.record), format!("state=open&record={}", names.record)])
        }
        ("GET" | "DELETE", "/v1/intakes/{id}") => each(&[&names.intake], "{id}"),
        ("GET", "/v1/links") => queries(&[format!("cursor={}", names.cursor)]),
        ("DELETE", "/v1/links/{id}") => each(&[&names.share], "{id}"),
        ("GET", "/v1/tasks/{id}") => each(&[&names.task], "{id}"),
        ("GET", "/v1/tasks") => queries(&[format!("cursor={}", names.cursor)]),
        ("GET", "/v1/usage") => {
            queries(&["folder", "record", "kind"].map(|by| format!("by={by}&cursor={}", names.cursor)))
        }
        ("GET", "/v1/records") => {
            let (kind, id) = names.record.split_once('/').unwrap();
            queries(&[format!("cursor={}", names.cursor), format!("type={kind}&prefix={id}")])
        }
        ("POST", "/v1/imports") => folders
            .iter()
            .map(|id| request(path.into()).json(&json!({ "url": "http://127.0.0.1:9/", "folder_id": id })))
            .collect(),
        ("DELETE", "/v1/tokens/{id}") => each(&[&names.token], "{id}"),

        ("POST", "/files/v3/files") => {
            let form = Form::new()
                .text("folderId", names.folder_no.clone())
                .text("options", r#"{"access":"PRIVATE"}"#)
                .part("file", Part::text("x").file_name("n.txt"));
            vec![request(path.into()).multipart(form)]
        }
        ("POST", "/files/v3/files/import-from-url/async") => bodies(vec![json!({
            "access": "PRIVATE", "url": "http://127.0.0.1:9/", "folderId": names.folder_no, "name": "n"
        })]),
        (
            "GET",
            "/files/v3/files/import-from-url/async/tasks/{taskId}/status"
            | "/files/v3/folders/update/async/tasks/{taskId}/status",
        ) => each(&[&names.task], "{taskId}"),
        ("GET", "/files/v3/files/search") => queries(&[
            format!("ids={}", names.file_no),
            format!("parentFolderIds={}", names.folder_no),
            format!("fileMd5={}", names.md5),
            format!("path=/{}", names.path),
            format!("name={}", names.name.trim_end_matches(".txt")),
        ]),
        ("GET", "/files/v3/files/stat/{path}") => each(&[&names.path, &names.folder_path], "{path}"),
        ("GET" | "DELETE", "/files/v3/files/{fileId}")
        | ("GET", "/files/v3/files/{fileId}/download" | "/files/v3/files/{fileId}/signed-url")
        | ("DELETE", "/files/v3/files/{fileId}/gdpr-delete") => each(&numbers, "{fileId}"),
        ("PUT", "/files/v3/files/{fileId}") => numbers
            .iter()
            .map(|id| {
                let form = Form::new()
                    .text("options", r#"{"access":"PRIVATE"}"#)
                    .part("file", Part::text("mine").file_name("n.txt"));
                request(path.replace("{fileId}", id)).multipart(form)
            })
            .collect(),
        ("PATCH", "/files/v3/files/{fileId}") => {
            let mut all = with(&numbers, "{fileId}", json!({ "name": "mine" }));
            let own = path.replace("{fileId}", &own.file);
            all.push(request(own).json(&json!({ "parentFolderId": names.folder_no })));
            all
        }
        ("POST", "/files/v3/folders") => bodies(vec![json!({ "name": "mine", "parentFolderId": names.folder_no })]),
        ("GET", "/files/v3/folders/search") => queries(&[
            format!("ids={}", names.folder_no),
            format!("parentFolderIds={}", names.folder_no),
            format!("path=/{}", names.folder_path),
        ]),
        ("POST", "/files/v3/folders/update/async") => bodies(vec![
            json!({ "id": names.folder_no, "name": "mine" }),
            json!({ "id": own.folder, "parentFolderId": names.folder_no }),
        ]),
        ("GET" | "DELETE", "/files/v3/folders/{folderId}") => each(&[&names.folder_no], "{folderId}"),
        ("PATCH", "/files/v3/folders/{folderId}") => {
            let mut all = with(&[&names.folder_no], "{folderId}", json!({ "name": "mine" }));
            all.push(
                request(path.replace("{folderId}", &own.folder)).json(&json!({ "parentFolderId": names.folder_no })),
            );
            all
        }
        ("GET" | "DELETE", "/files/v3/folders/{folderPath}") => each(&[&names.folder_path], "{folderPath}"),
        (method, path) => panic!("{method} {path} is new: say here what it names"),
    }
}

/// Questions that name something.
fn lists_of(names: &Names) -> Vec<String> {
    vec![
        format!("folder_id={}", names.folder_no),
        format!("folder_id={}", names.folder),
        format!("folder=/{}", names.folder_path),
        format!("under={}", names.folder_no),
        format!("under=/{}", names.folder_path),
        format!("record={}", names.record),
        format!("sha256={}", names.sha256),
        format!("md5={}", names.md5),
        format!("name={}", names.name),
        format!("name_contains={}", names.name.trim_end_matches(".txt")),
        format!("limit=1&cursor={}", names.cursor),
        format!("tenant_id={}", names.file_no),
    ]
}
