use super::*;
use attache_model::error::{Cause, QuotaKind, Shown};
use http::Method;
use std::time::Duration;

fn request() -> RequestInfo {
    RequestInfo { id: "job-17".to_owned(), uuid: uuid::Uuid::nil(), method: Method::PUT, path: "/files".to_owned() }
}

/// Every variant, some with the values that make a difference.
fn every_error() -> Vec<(&'static str, Error)> {
    let cause = || Cause { op: "insert version", source: None };
    let exists = |what| Error::Exists { what, no: 101, id: "an-id".to_owned() };
    let unsupported = "POST is not possible here; the Allow header tells which methods are";
    vec![
        ("unauthenticated", Error::Unauthenticated(Shown::Nothing)),
        ("missing_scope_read", Error::MissingScope(Scope::FilesRead)),
        ("missing_scope_settings", Error::MissingScope(Scope::Settings)),
        ("not_found", Error::NotFound(What::File)),
        ("exists_file", exists(What::File)),
        ("exists_folder", exists(What::Folder)),
        ("malformed", Error::malformed(Code::ValueInvalid, "options", "options parameter is required")),
        (
            "malformed_type",
            Error::malformed(Code::MediaTypeUnsupported, "Content-Type", "it must be multipart/form-data"),
        ),
        ("invalid", Error::refuse(Code::ExpiryInvalid, "options.ttl", "'PT24H' is not a period")),
        ("too_large", Error::TooLarge { code: Code::FileTooLarge, limit: 2_147_483_648 }),
        ("quota", Error::Quota { which: QuotaKind::Bytes, limit: 1000 }),
        ("checksum", Error::Checksum),
        ("length", Error::Length { expected: 10, got: 7 }),
        ("cut", Error::Cut),
        ("precondition", Error::Precondition),
        ("state", Error::State { what: What::File, why: "it is in the trash".to_owned() }),
        ("offset", Error::Offset { expected: 4096 }),
        ("superseded", Error::Superseded),
        ("gone", Error::Gone(What::Upload)),
        ("too_many", Error::TooMany { what: What::Upload, limit: 1000 }),
        ("expired", Error::Expired),
        ("forged", Error::Forged),
        ("url_refused", Error::UrlRefused),
        ("unsupported", Error::Unsupported { why: unsupported.to_owned() }),
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
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let headers = head.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
    format!("{}\n{}\n{}", head.status, headers.collect::<String>(), serde_json::to_string_pretty(&json).unwrap())
}

#[tokio::test]
async fn every_error_has_its_envelope() {
    for (name, error) in every_error() {
        insta::assert_snapshot!(name, shown(answer(&error, &request())).await);
    }
}

#[tokio::test]
async fn answers_that_are_no_errors_of_the_domain_have_the_envelope_too() {
    insta::assert_snapshot!("method_not_allowed", shown(method_not_allowed(&request())).await);
    insta::assert_snapshot!("sensitive", shown(sensitive(&request())).await);
}

#[tokio::test]
async fn a_range_behind_the_end_keeps_the_header_that_tells_the_length() {
    let mut answer = Response::new(axum::body::Body::empty());
    answer.headers_mut().insert("content-range", HeaderValue::from_static("bytes */10"));
    insta::assert_snapshot!("unsatisfiable", shown(unsatisfiable(answer, &request())).await);
}

#[test]
fn nothing_of_the_inside_is_told() {
    let cause = Cause::new("insert version", std::io::Error::other("disk sda1 is on fire"));
    for error in [Error::Internal(cause.clone()), Error::Unavailable(cause)] {
        let told = refusal(&error).message;
        assert!(!told.contains("insert") && !told.contains("sda1"), "{told}");
    }
}
