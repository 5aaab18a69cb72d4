use super::*;
use crate::account::Account;
use crate::drive::Drive;
use attache_http::{Dialect, RequestInfo};
use attache_model::error::{Cause, QuotaKind, Shown};
use std::time::Duration;

/// Every variant, some with the values that make a difference.
fn every_error() -> Vec<(&'static str, Error)> {
    let cause = || Cause { op: "insert version", source: None };
    let state = |what, why: &str| Error::State { what, why: why.to_owned() };
    let unsupported = "POST is not possible here; the Allow header tells which methods are".to_owned();
    vec![
        ("unauthenticated", Error::Unauthenticated(Shown::Nothing)),
        ("missing_scope_read", Error::MissingScope(Scope::FilesRead)),
        ("missing_scope_delete", Error::MissingScope(Scope::FilesDelete)),
        ("missing_scope_records", Error::MissingScope(Scope::Records)),
        ("missing_scope_settings", Error::MissingScope(Scope::Settings)),
        ("not_found", Error::NotFound(What::File)),
        ("not_found_user", Error::NotFound(What::User)),
        ("exists", Error::Exists { what: What::File, no: 101, id: "an-id".to_owned() }),
        ("malformed", Error::malformed(Code::JsonInvalid, "body", "expected value at line 1 column 1")),
        ("invalid", Error::invalid("file_size", "it must be a number of bytes")),
        ("invalid_item", Error::invalid("2.uuid", "it is not a uuid")),
        ("too_large", Error::TooLarge { code: Code::FileTooLarge, limit: 524_288 }),
        ("quota", Error::Quota { which: QuotaKind::Bytes, limit: 1000 }),
        ("checksum", Error::Checksum),
        ("length", Error::Length { expected: 10, got: 12 }),
        ("cut", Error::Cut),
        ("precondition", Error::Precondition),
        ("state_file", state(What::File, "it is in the trash")),
        ("state_upload", state(What::Upload, "other bytes are there already")),
        ("offset", Error::Offset { expected: 10 }),
        ("superseded", Error::Superseded),
        ("gone", Error::Gone(What::Upload)),
        ("too_many", Error::TooMany { what: What::Upload, limit: 1000 }),
        ("too_many_parts", Error::TooMany { what: What::Part, limit: 100_000 }),
        ("expired", Error::Expired),
        ("forged", Error::Forged),
        ("url_refused", Error::UrlRefused),
        ("unsupported", Error::Unsupported { why: unsupported }),
        ("in_flight", Error::InFlight),
        ("busy", Error::Busy { after: Duration::from_secs(30) }),
        ("storage_full", Error::StorageFull),
        ("unavailable", Error::Unavailable(cause())),
        ("internal", Error::Internal(cause())),
    ]
}

async fn shown(response: Response) -> String {
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers = head.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
    format!("{}\n{}\n{}\n", head.status, headers.collect::<String>(), std::str::from_utf8(&body).unwrap())
}

async fn every_answer<D: Dialect>() -> String {
    let mut all = String::new();
    for (name, error) in every_error() {
        let told = shown(D::envelope(&error, &RequestInfo::current())).await;
        all.push_str(&format!("== {name}\n{told}\n"));
    }
    all
}

#[tokio::test]
async fn every_error_has_its_envelope_on_the_drive() {
    insta::assert_snapshot!("drive", every_answer::<Drive>().await);
}

#[tokio::test]
async fn every_error_has_its_envelope_on_the_accounts_host() {
    insta::assert_snapshot!("account", every_answer::<Account>().await);
}

#[tokio::test]
async fn a_batch_tells_every_faulty_item() {
    let item = |at: &str, path: &str| ItemErrors {
        request_id: at.to_owned(),
        errors: vec![ItemError {
            code: "NotFound",
            path: path.to_owned(),
            detail: "There is no such file.".to_owned(),
        }],
    };
    let items = [item("a", "0.file_uuid"), item("b", "3.file_uuid")];
    insta::assert_snapshot!("faulty_items", shown(faulty_items(&items, ACCOUNT)).await);
}

#[tokio::test]
async fn a_range_behind_the_end_keeps_the_header_that_tells_the_length() {
    let mut answer = Response::new(axum::body::Body::empty());
    answer.headers_mut().insert("content-range", HeaderValue::from_static("bytes */10"));
    insta::assert_snapshot!("unsatisfiable", shown(unsatisfiable(answer)).await);
}

#[test]
fn nothing_of_the_inside_is_told() {
    let cause = Cause::new("insert version", std::io::Error::other("disk sda1 is on fire"));
    for error in [Error::Internal(cause.clone()), Error::Unavailable(cause)] {
        let told = refusal(&error).detail;
        assert!(!told.contains("insert") && !told.contains("sda1"), "{told}");
    }
}
