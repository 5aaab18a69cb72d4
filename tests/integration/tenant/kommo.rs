//! For every route of Kommo's drive, the requests that name something in it. A route without a row here ends the test.

use super::names::Names;
use super::routes::Operation;
use attache_model::{FileId, VersionId};
use attache_tests::Client;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// A drive that is nobody's.
const NO_DRIVE: &str = "00000000-0000-8000-8000-000000000000";

/// Every route of the drive.
pub(super) fn operations() -> impl Iterator<Item = Operation> {
    attache_kommo::DRIVE_ROUTES
        .iter()
        .map(|(method, path)| (method.to_uppercase().parse().unwrap(), (*path).to_owned()))
}

/// Addresses that are keys themselves.
pub(super) fn is_public(path: &str) -> bool {
    ["/upload/", "/v1.0/upload/", "/v1.0/sessions/upload/", "/download/", "/preview/"]
        .iter()
        .any(|place| path.starts_with(place))
}

/// The requests of a route that name things by `names`; `None` for one that is not the drive's.
pub(super) fn requests(client: &Client, operation: &Operation, names: &Names) -> Option<Vec<RequestBuilder>> {
    let (method, path) = (operation.0.as_str(), operation.1.as_str());
    if !operations().any(|known| known == *operation) {
        return None;
    }
    let request = |path: String| client.request(operation.0.clone(), &path);
    let files = [&names.file, &names.trashed];
    let each = || files.iter().map(|file| path.replace("{uuid}", file));
    let version = |file: &str| VersionId::of(file.parse::<FileId>().unwrap(), 1).to_string();
    let sessions = || vec![request(path.replace("{session_id}", &names.session))];
    let batch = || -> Value { files.iter().map(|file| json!({ "uuid": file })).collect() };
    let place = |file: &str, rest: &str| request(path.replace("{*address}", &format!("{NO_DRIVE}/{file}/{rest}")));
    Some(match (method, path) {
        // They name nothing of anybody's; that they show nothing of the other account is seen by all lists.
        ("GET", "/v1.0/files/count" | "/v1.0/files/stats") | ("OPTIONS", _) => Vec::new(),
        // An address of a part is a key by itself; this one is nobody's.
        ("POST", "/upload/{*token}" | "/v1.0/upload/{token}" | "/v1.0/sessions/upload/{token}") => {
            vec![request(path.replace("{*token}", "a.b.c").replace("{token}", "a.b.c")).body("x")]
        }
        ("POST", "/v1.0/sessions") => files
            .iter()
            .map(|file| request(path.into()).json(&json!({ "file_name": "n", "file_size": 1, "file_uuid": file })))
            .collect(),
        ("GET" | "DELETE", "/v1.0/sessions/{session_id}") => sessions(),
        ("GET", "/v1.0/files") => lists_of(names).iter().map(|query| request(format!("{path}?{query}"))).collect(),
        ("DELETE", "/v1.0/files") | ("POST", "/v1.0/files/restore") => vec![request(path.into()).json(&batch())],
        ("GET" | "DELETE", "/v1.0/files/{uuid}") | ("GET", "/v1.0/files/{uuid}/versions") => {
            each().map(request).collect()
        }
        ("PATCH", "/v1.0/files/{uuid}") => {
            let change = |file: &str| json!({ "version_uuid": version(file) });
            let named = each().map(|path| request(path).json(&json!({ "name": "mine" })));
            let versions = files.iter().map(|file| request(path.replace("{uuid}", file)).json(&change(file)));
            named.chain(versions).collect()
        }
        ("GET", "/v1.0/files/{uuid}/versions/{version_uuid}") => files
            .iter()
            .map(|file| request(path.replace("{uuid}", file).replace("{version_uuid}", &version(file))))
            .collect(),
        ("GET", "/download/{*address}") => files
            .iter()
            .flat_map(|file| [place(file, "plan.txt"), place(file, &format!("{}/plan.txt", version(file)))])
            .collect(),
        ("GET", "/preview/{*address}") => {
            files.iter().map(|file| place(file, &format!("{}/thumb/plan.txt", version(file)))).collect()
        }
        (method, path) => panic!("{method} {path} is new: say here what it names"),
    })
}

/// Questions that name something.
fn lists_of(names: &Names) -> Vec<String> {
    let id = names.record.rsplit('/').next().unwrap();
    vec![
        format!("filter[uuid]={},{}", names.file, names.trashed),
        format!("filter[uuid][]={}&with=deleted", names.trashed),
        format!("filter[uuid][]={}&filter[deleted]=1", names.trashed),
        format!("filter[name]={}", names.name),
        format!("filter[term]={}", names.name.trim_end_matches(".txt")),
        format!("filter[entity_type]=leads&filter[entity_id]={id}"),
    ]
}
