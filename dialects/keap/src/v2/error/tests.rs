use super::*;
use attache_model::Scope;
use attache_model::error::{Cause, Code, QuotaKind, Shown};
use std::time::Duration;

fn request(method: Method, path: &str) -> RequestInfo {
    RequestInfo { id: "job-17".to_owned(), uuid: uuid::Uuid::nil(), method, path: path.to_owned() }
}

fn get() -> RequestInfo {
    request(Method::GET, "/crm/rest/v2/files/404")
}

/// Every variant, some with the values that make a difference.
fn every_error() -> Vec<(&'static str, Error)> {
    let cause = || Cause { op: "insert version", source: None };
    let unsupported = "PUT is not possible here; the Allow header tells which methods are";
    vec![
        ("unauthenticated", Error::Unauthenticated(Shown::Nothing)),
        ("unknown", Error::Unauthenticated(Shown::Unknown)),
        ("token_expired", Error::Unauthenticated(Shown::Expired)),
        ("missing_scope", Error::MissingScope(Scope::FilesCompany)),
        ("not_found_file", Error::NotFound(What::File)),
        ("not_found_contact", Error::NotFound(What::Record)),
        ("not_found_route", Error::NotFound(What::Route)),
        ("exists", Error::Exists { what: What::File, no: 101, id: "an-id".to_owned() }),
        ("malformed", Error::malformed(Code::ParameterInvalid, "filter", "'size' is no field to filter by")),
        ("malformed_type", Error::malformed(Code::MediaTypeUnsupported, "Content-Type", "it must be a form")),
        ("invalid", Error::invalid("contact_id", "contact_id is required when file_association is CONTACT")),
        ("key_reused", Error::refuse(Code::KeyReused, "Idempotency-Key", "the key was used for another request")),
        ("too_large", Error::TooLarge { code: Code::FileTooLarge, limit: 104_857_600 }),
        ("quota", Error::Quota { which: QuotaKind::Bytes, limit: 1000 }),
        ("checksum", Error::Checksum),
        ("length", Error::Length { expected: 10, got: 7 }),
        ("cut", Error::Cut),
        ("precondition", Error::Precondition),
        ("state", Error::State { what: What::File, why: "a note keeps it on contact/7".to_owned() }),
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
        insta::assert_snapshot!(name, shown(answer(&error, &get())).await);
    }
}

#[tokio::test]
async fn whoever_may_not_change_a_file_hears_of_editing() {
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        let answer = answer(&Error::MissingScope(Scope::FilesCompanyWrite), &request(method, "/crm/rest/v2/files/7"));
        assert!(shown(answer).await.contains("User does not have permission to edit this File"));
    }
}

#[tokio::test]
async fn a_files_bytes_say_themselves_which_methods_they_have() {
    let error = Error::Unsupported { why: "no".to_owned() };
    for path in ["/crm/rest/v2/files/7:data", "/crm/rest/v2/files/7%3adata/"] {
        let answer = answer(&error, &request(Method::POST, path));
        assert_eq!(answer.headers()[ALLOW], "GET,HEAD");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert!(!answer(&error, &get()).headers().contains_key(ALLOW));
}

#[tokio::test]
async fn a_range_behind_the_end_keeps_the_header_that_tells_the_length() {
    let mut answer = Response::new(axum::body::Body::empty());
    answer.headers_mut().insert("content-range", HeaderValue::from_static("bytes */10"));
    insta::assert_snapshot!("unsatisfiable", shown(unsatisfiable(answer, &get())).await);
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    let cause = Cause::new("insert version", std::io::Error::other("disk sda1 is on fire"));
    for error in [Error::Internal(cause.clone()), Error::Unavailable(cause)] {
        let told = shown(answer(&error, &get())).await;
        assert!(!told.contains("insert") && !told.contains("sda1"), "{told}");
    }
}
