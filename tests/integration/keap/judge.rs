//! What every answer must be, whatever was asked.

use super::desk::{LEGACY, V1, V2};
use attache_tests::Answer;
use reqwest::Method;
use serde_json::Value;

/// The members of a file in REST v1, of which each is always there.
const DESCRIPTOR: [&str; 12] = [
    "category",
    "contact_id",
    "created_by",
    "date_created",
    "download_url",
    "file_box_type",
    "file_name",
    "file_size",
    "id",
    "last_updated",
    "public",
    "remote_file_key",
];
/// The members of a file in REST v2, of which the contact's is there for a contact's file alone.
const METADATA: [&str; 11] = [
    "category",
    "contact_id",
    "created_by_id",
    "created_time",
    "file_box_type",
    "file_name",
    "file_size",
    "id",
    "is_public",
    "remote_file_key",
    "updated_time",
];

/// Judges the answer to a request.
#[track_caller]
pub(super) fn judge(answer: &Answer, method: &Method, path: &str) {
    let status = answer.status.as_u16();
    let shown = format!("{method} {path} was answered {status} {}", clipped(&answer.text()));
    let kind = answer.header("content-type");
    let is_head = method == Method::HEAD;
    if status == 204 {
        assert!(answer.body.is_empty(), "{shown}");
    } else if status == 401 || (status == 429 && kind.contains("json")) {
        assert!(kind.starts_with("application/json"), "{shown}");
        let fault = &answer.json()["fault"];
        assert!(fault["faultstring"].is_string() && fault["detail"]["errorcode"].is_string(), "{shown}");
    } else if path.contains("xmlrpc") {
        judge_rpc(answer, method, path, &shown);
    } else if path.starts_with(V1) && !is_head {
        judge_v1(answer, &shown);
    } else if path.starts_with(V2) && !is_head && !path.contains(":data") {
        judge_v2(answer, method, path, &shown);
    } else if path.starts_with(V2) && status >= 400 && !is_head {
        judge_v2_error(answer, method, path, &shown);
    }
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(600)]
}

#[track_caller]
fn judge_rpc(answer: &Answer, method: &Method, path: &str, shown: &str) {
    let status = answer.status.as_u16();
    match status {
        200 => assert_eq!(answer.header("content-type"), "text/xml;charset=UTF-8", "{shown}"),
        413 => {}
        405 => assert_ne!(method, Method::POST, "{shown}"),
        _ => panic!("{shown}"),
    }
    assert!(status != 401 || !path.starts_with(LEGACY), "{shown}");
}

#[track_caller]
fn judge_v1(answer: &Answer, shown: &str) {
    let kind = answer.header("content-type");
    let body = answer.json();
    if answer.status.as_u16() >= 400 {
        assert_eq!(kind, "application/json;charset=UTF-8", "{shown}");
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{shown}");
        assert_eq!(keys(&body), ["message"], "{shown}");
        return;
    }
    assert!(kind.starts_with("application/json"), "{shown}");
    if let Some(files) = body["files"].as_array() {
        assert_eq!(keys(&body), ["count", "files", "next", "previous"], "{shown}");
        assert!(body["count"].is_u64(), "{shown}");
        for link in ["next", "previous"] {
            let url = body[link].as_str().unwrap_or_default();
            assert!(url.starts_with("http") && url.contains("/crm/rest/v1/files/?limit="), "{link}: {shown}");
        }
        files.iter().for_each(judge_descriptor);
    } else {
        assert!(keys(&body).iter().all(|key| *key == "file_descriptor" || *key == "file_data"), "{shown}");
        judge_descriptor(&body["file_descriptor"]);
    }
}

#[track_caller]
fn judge_descriptor(file: &Value) {
    assert_eq!(keys(file), DESCRIPTOR, "{file}");
    assert!(file["id"].as_i64().is_some_and(|id| id > 0 && i32::try_from(id).is_ok()), "{file}");
    assert!(file["file_size"].is_u64() && file["created_by"].is_i64() && file["public"].is_boolean(), "{file}");
    assert!(file["contact_id"].is_null() || file["contact_id"].is_i64(), "{file}");
    for key in ["category", "file_box_type", "file_name", "remote_file_key"] {
        assert!(file[key].is_string(), "{key}: {file}");
    }
    for key in ["date_created", "last_updated"] {
        let date = file[key].as_str().unwrap_or_default();
        assert!(date.len() == "2024-11-20T18:34:12.000+0000".len() && date.ends_with("+0000"), "{key}: {file}");
    }
    let key = file["remote_file_key"].as_str().unwrap_or_default();
    assert!(key.starts_with("at") && key.ends_with("-v2"), "{file}");
    if let Some(url) = file["download_url"].as_str() {
        assert!(url.starts_with("http") && url.contains(&format!("/{key}")), "{file}");
        assert_eq!(file["public"] == true, url.ends_with(key), "only a public file's link is bare: {file}");
    }
}

#[track_caller]
fn judge_v2(answer: &Answer, method: &Method, path: &str, shown: &str) {
    if answer.status.as_u16() >= 400 {
        return judge_v2_error(answer, method, path, shown);
    }
    assert!(answer.header("content-type").starts_with("application/json"), "{shown}");
    let body = answer.json();
    if let Some(files) = body["files"].as_array() {
        assert_eq!(keys(&body), ["files", "next_page_token"], "{shown}");
        assert!(body["next_page_token"].is_string(), "{shown}");
        files.iter().for_each(judge_metadata);
    } else {
        judge_metadata(&body);
    }
}

#[track_caller]
fn judge_v2_error(answer: &Answer, method: &Method, path: &str, shown: &str) {
    assert!(answer.header("content-type").starts_with("application/json"), "{shown}");
    let error = answer.json();
    assert_eq!(keys(&error), ["code", "details", "message", "status"], "{shown}");
    assert_eq!(error["code"], answer.status.as_u16(), "{shown}");
    assert_eq!(error["status"].as_str(), answer.status.canonical_reason(), "{shown}");
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{shown}");
    let resource = format!("{method} {}", path.split('?').next().unwrap_or_default().trim_start_matches("/crm"));
    assert_eq!(error["details"], serde_json::json!([{ "domain": "files", "resource": resource }]), "{shown}");
}

#[track_caller]
fn judge_metadata(file: &Value) {
    let with_contact = keys(file) == METADATA;
    let without: Vec<_> = METADATA.into_iter().filter(|key| *key != "contact_id").collect();
    assert!(with_contact || keys(file) == without, "{file}");
    for key in without.iter().filter(|key| !["file_size", "is_public"].contains(key)) {
        assert!(file[*key].is_string(), "{key}: {file}");
    }
    assert!(file["file_size"].is_u64() && file["is_public"].is_boolean(), "{file}");
    assert!(!with_contact || file["contact_id"].as_str().is_some_and(|id| id.parse::<i32>().is_ok()), "{file}");
    for key in ["created_time", "updated_time"] {
        assert!(file[key].as_str().is_some_and(|time| time.ends_with('Z')), "{key}: {file}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> =
        value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
    keys.sort_unstable();
    keys
}
