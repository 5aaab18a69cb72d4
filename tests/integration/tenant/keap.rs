//! For every operation of Keap's faces and every method of its XML-RPC, the requests that name something. One without a
//! row here ends the test.

use super::names::Names;
use super::routes::Operation;
use crate::keap::xml::{Xml, call};
use attache_tests::Client;
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use serde_json::json;

/// Where methods are called.
const CALLS: &str = "/crm/xmlrpc/v1";

/// Every operation; a method is one of its own, whose name stands behind the address.
pub(super) fn operations() -> impl Iterator<Item = Operation> {
    attache_keap::OPERATIONS.iter().flat_map(|(method, path)| {
        let paths: Vec<String> = match *path {
            CALLS => attache_keap::METHODS.iter().map(|name| format!("{CALLS} {name}")).collect(),
            path => vec![path.to_owned()],
        };
        paths.into_iter().map(|path| (method.parse().unwrap(), path))
    })
}

/// Whose key is the address or the body.
pub(super) fn is_public(path: &str) -> bool {
    path == "/{key}" || path == "/token"
}

/// Whether an operation is a call, whose refusals have the status 200.
pub(super) fn is_call(path: &str) -> bool {
    path.starts_with(CALLS)
}

/// Whether what may be done with a file is told by the file: then one in the trash is not there, whoever asks.
pub(super) fn asks_the_file(path: &str) -> bool {
    path.starts_with("/crm/")
}

/// The requests of an operation that name things by `names`; `None` for one that is not Keap's.
pub(super) fn requests(client: &Client, operation: &Operation, names: &Names) -> Option<Vec<RequestBuilder>> {
    if !operations().any(|known| known == *operation) {
        return None;
    }
    let (method, path) = (operation.0.as_str(), operation.1.as_str());
    if let Some(name) = path.strip_prefix(CALLS) {
        return Some(calls(client, name.trim(), names));
    }
    let request = |path: String| client.request(operation.0.clone(), &path);
    let each = || [&names.file_no, &names.trashed_no].map(|no| path.replace("{id}", no)).into_iter();
    let form = || Form::new().text("file_name", "mine.txt").part("file", Part::text("mine"));
    Some(match (method, path) {
        // A contact is a number that everybody may use; these name nothing else.
        ("POST", "/crm/rest/v1/files" | "/crm/rest/v2/files") => Vec::new(),
        ("GET", "/crm/rest/v1/oauth/connect/userinfo" | "/crm/rest/v2/oauth/connect/userinfo") => Vec::new(),
        // Codes and tokens are keys by themselves.
        ("POST", "/token") => Vec::new(),
        ("GET", "/crm/rest/v1/files") => [
            format!("contact_id={}", names.contact()),
            format!("name={}", names.name),
            format!("contact_id={}&name={}&permission=USER", names.contact(), names.name),
        ]
        .iter()
        .map(|query| request(format!("{path}?{query}")))
        .collect(),
        ("GET", "/crm/rest/v2/files") => [
            format!("filter=contact_id%3D%3D{}", names.contact()),
            format!("filter=file_name%3D%3D{}", names.name),
            format!("page_token={}", names.cursor),
        ]
        .iter()
        .map(|query| request(format!("{path}?{query}")))
        .collect(),
        ("GET", "/crm/rest/v1/files/{id}") => {
            let data = each().map(|path| request(format!("{path}?optional_properties=file_data")));
            each().map(request).chain(data).collect()
        }
        ("PUT", "/crm/rest/v1/files/{id}") => each()
            .flat_map(|path| {
                let bodies =
                    [json!({ "file_name": "mine.txt", "is_public": true }), json!({ "file_data": "bWluZQ==" })];
                bodies.map(|body| request(path.clone()).json(&body))
            })
            .collect(),
        ("POST" | "PATCH", "/crm/rest/v2/files/{id}") => each().map(|path| request(path).multipart(form())).collect(),
        ("DELETE", _) | ("GET", "/crm/rest/v2/files/{id}" | "/crm/rest/v2/files/{id}:data") => {
            each().map(request).collect()
        }
        ("GET", "/{key}") => {
            [&names.file, &names.trashed].iter().map(|file| request(format!("/at2-{file}-v2"))).collect()
        }
        (method, path) => panic!("{method} {path} is new: say here what it names"),
    })
}

/// The calls of a method.
fn calls(client: &Client, method: &str, names: &Names) -> Vec<RequestBuilder> {
    let each = || [&names.file_no, &names.trashed_no].into_iter().map(|no| Xml::from(no.as_str()));
    let table = || Xml::from("FileBox");
    let fields = || Xml::list(["Id", "FileName", "FileSize", "ContactId"]);
    let tests = || {
        let mut all: Vec<_> = each().map(|no| ("Id", no)).collect();
        all.push(("ContactId", names.contact().into()));
        all.push(("FileName", names.name.as_str().into()));
        all.into_iter()
    };
    let args: Vec<Vec<Xml>> = match method {
        // A contact is a number that everybody may use; settings and people are the caller's own.
        "FileService.uploadFile" | "DataService.add" | "DataService.getAppSetting" | "DataService.getUserInfo" => {
            Vec::new()
        }
        "FileService.getFile" | "FileService.getDownloadUrl" => each().map(|no| vec![no]).collect(),
        "FileService.replaceFile" => each().map(|no| vec![no, Xml::content(b"mine")]).collect(),
        "FileService.renameFile" => each().map(|no| vec![no, "mine.txt".into()]).collect(),
        "DataService.query" => {
            tests().map(|test| vec![table(), 10.into(), 0.into(), Xml::record(vec![test]), fields()]).collect()
        }
        "DataService.findByField" => {
            tests().map(|(field, value)| vec![table(), 10.into(), 0.into(), field.into(), value, fields()]).collect()
        }
        "DataService.load" => each().map(|no| vec![table(), no, fields()]).collect(),
        "DataService.count" => tests().map(|test| vec![table(), Xml::record(vec![test])]).collect(),
        "DataService.update" => {
            each().map(|no| vec![table(), no, Xml::record(vec![("FileName", "mine.txt".into())])]).collect()
        }
        "DataService.delete" => each().map(|no| vec![table(), no]).collect(),
        method => panic!("{method} is new: say here what it names"),
    };
    args.into_iter()
        .map(|args| {
            let params: Vec<Xml> = std::iter::once(Xml::from("key")).chain(args).collect();
            client.post(CALLS).header("Content-Type", "text/xml").body(call(method, &params))
        })
        .collect()
}
