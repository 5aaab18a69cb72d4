//! What every answer must be, whatever was asked.

use super::desk::{FILES, GRAPHQL};
use attache_tests::Answer;
use reqwest::Method;
use serde_json::Value;

/// The kinds of refusals that there are.
const CATEGORIES: [&str; 8] =
    ["graphql", "validation", "authentication", "authorization", "not_found", "conflict", "internal", "request"];
/// The members of one file of an upload, of which each is always there.
const STORED: [&str; 4] = ["failure_message", "filename", "id", "stored"];
/// The fields that are whole numbers written as texts.
const NUMBERS: [&str; 7] =
    ["id", "file_size_in_bytes", "fileable_id", "user_id", "loggable_id", "logged_entity_id", "role_id"];
/// What no client may read: words of the database, of the language, and of the machine.
const INNER: [&str; 7] = ["SELECT ", "INSERT ", "sqlite", "postgres", "panicked", ".rs:", "attache_"];

/// Judges the answer to a request.
#[track_caller]
pub(super) fn judge(answer: &Answer, method: &Method, path: &str) {
    let text = answer.text();
    let shown = format!("{method} {path} was answered {} {}", answer.status, clipped(&text));
    let path = path.split('?').next().unwrap_or_default();
    if method == Method::HEAD {
        return;
    }
    match (path, answer.status.as_u16()) {
        (_, 429) => {
            let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
            let limit = error.strip_prefix("Request limit of ").and_then(|rest| rest.strip_suffix("/min reached."));
            assert!(
                limit.is_some_and(|limit| limit.parse::<u64>().is_ok()) && keys(&answer.json()) == ["error"],
                "{shown}"
            );
            let after: u32 = answer.header("retry-after").parse().unwrap_or_default();
            assert!((1..=60).contains(&after), "{shown}");
        }
        (GRAPHQL, 200) => judge_graph(answer, &shown),
        (_, 400..) => judge_refusal(answer, &shown),
        (FILES, 200) => judge_stored(&answer.json(), answer.header("content-type"), &shown),
        _ => {}
    }
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(600)]
}

/// A refusal of REST, and of GraphQL before its text is looked at.
#[track_caller]
fn judge_refusal(answer: &Answer, shown: &str) {
    let body = answer.json();
    assert!(answer.header("content-type").starts_with("application/json"), "{shown}");
    assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{shown}");
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("no errors: {shown}"));
    assert!(!errors.is_empty(), "{shown}");
    errors.iter().for_each(|error| judge_error(error, shown));
    if answer.status == 401 {
        assert_eq!(body["message"], "Unauthenticated.", "{shown}");
        assert_eq!(errors[0]["extensions"]["category"], "authentication", "{shown}");
        assert!(body.as_object().is_some_and(|body| body.get("data") == Some(&Value::Null)), "{shown}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{shown}");
    }
}

#[track_caller]
fn judge_graph(answer: &Answer, shown: &str) {
    let kind = answer.header("content-type");
    let known = ["application/json", "application/graphql-response+json"];
    assert!(known.iter().any(|known| kind.starts_with(known)), "{kind}: {shown}");
    match answer.json() {
        Value::Array(all) => all.iter().for_each(|one| judge_result(one, shown)),
        one => judge_result(&one, shown),
    }
}

#[track_caller]
fn judge_result(body: &Value, shown: &str) {
    assert!(keys(body).iter().all(|key| ["data", "errors", "extensions"].contains(key)), "{shown}");
    match body.get("errors") {
        Some(errors) => {
            let errors = errors.as_array().unwrap_or_else(|| panic!("{shown}"));
            assert!(!errors.is_empty(), "an empty list of errors: {shown}");
            errors.iter().for_each(|error| judge_error(error, shown));
        }
        None => assert!(body["data"].is_object(), "neither data nor errors: {shown}"),
    }
    judge_values(&body["data"], shown);
}

#[track_caller]
fn judge_error(error: &Value, shown: &str) {
    let message = error["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{shown}");
    assert!(INNER.iter().all(|inner| !error.to_string().contains(inner)), "it tells of the inside: {shown}");
    let more = &error["extensions"];
    assert!(more["category"].as_str().is_some_and(|word| CATEGORIES.contains(&word)), "{shown}");
    assert!(more["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{shown}");
    let Some(validation) = more.get("validation") else { return };
    assert_eq!(more["category"], "validation", "{shown}");
    for (_, texts) in validation.as_object().unwrap_or_else(|| panic!("{shown}")) {
        let texts = texts.as_array().unwrap_or_else(|| panic!("{shown}"));
        assert!(!texts.is_empty() && texts.iter().all(|text| text.as_str().is_some_and(|t| !t.is_empty())), "{shown}");
    }
}

/// Numbers are texts and times have an offset, wherever they stand.
#[track_caller]
fn judge_values(value: &Value, shown: &str) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| judge_values(item, shown)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if NUMBERS.contains(&name.as_str()) && !value.is_null() {
                    assert!(value.as_str().is_some_and(|text| text.parse::<i64>().is_ok()), "{name}: {shown}");
                }
                if name.ends_with("_at") {
                    let time = value.as_str().unwrap_or_default();
                    let is_whole = time.len() == "2017-01-01T12:33:12+00:00".len() && time.ends_with("+00:00");
                    assert!(is_whole, "{name}: {shown}");
                }
                judge_values(value, shown);
            }
        }
        _ => {}
    }
}

#[track_caller]
fn judge_stored(body: &Value, kind: &str, shown: &str) {
    assert!(kind.starts_with("application/json"), "{shown}");
    assert_eq!(keys(body), ["files"], "{shown}");
    let files = body["files"].as_array().unwrap_or_else(|| panic!("{shown}"));
    assert!(!files.is_empty(), "{shown}");
    for file in files {
        assert_eq!(keys(file), STORED, "{shown}");
        assert!(file["filename"].is_string(), "{shown}");
        match file["stored"].as_bool() {
            Some(true) => {
                assert!(file["id"].as_i64().is_some_and(|id| id > 0) && file["failure_message"].is_null(), "{shown}");
            }
            Some(false) => {
                let said = file["failure_message"].as_str().is_some_and(|text| !text.is_empty());
                assert!(file["id"].is_null() && said, "{shown}");
            }
            None => panic!("{shown}"),
        }
    }
}

/// The names of an object's members, sorted.
pub(super) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> =
        value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
    keys.sort_unstable();
    keys
}
