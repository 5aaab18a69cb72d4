use super::*;
use attache_model::Scope;
use attache_model::error::{Cause, QuotaKind, Shown};
use axum::body::to_bytes;
use std::time::Duration;

fn request(method: Method) -> RequestInfo {
    RequestInfo { id: "job-17".to_owned(), uuid: uuid::Uuid::nil(), method, path: "/crm/rest/v1/files".to_owned() }
}

/// Every variant, some with the values that make a difference.
fn every_error() -> Vec<Error> {
    let cause = || Cause { op: "insert version", source: None };
    vec![
        Error::Unauthenticated(Shown::Nothing),
        Error::Unauthenticated(Shown::Unknown),
        Error::Unauthenticated(Shown::Expired),
        Error::MissingScope(Scope::FilesContact),
        Error::NotFound(What::File),
        Error::NotFound(What::Route),
        Error::Exists { what: What::File, no: 101, id: "an-id".to_owned() },
        Error::malformed(Code::JsonInvalid, "body", "it is no JSON: IncompleteDocument at byte 7"),
        Error::malformed(Code::Utf8Invalid, "body", "the JSON is not UTF-8 text"),
        Error::malformed(Code::MediaTypeUnsupported, "Content-Type", "send the body as JSON"),
        Error::invalid("file_association", "file_association is required"),
        Error::refuse(Code::NameInvalid, "file_name", "it must not be empty"),
        Error::TooLarge { code: Code::FileTooLarge, limit: 104_857_600 },
        Error::TooLarge { code: Code::BodyTooLarge, limit: 1_048_576 },
        Error::Quota { which: QuotaKind::Bytes, limit: 1000 },
        Error::Checksum,
        Error::Length { expected: 7, got: 5 },
        Error::Cut,
        Error::Precondition,
        Error::State { what: What::File, why: "a note keeps it on contact/7".to_owned() },
        Error::Offset { expected: 7 },
        Error::Superseded,
        Error::Gone(What::Upload),
        Error::TooMany { what: What::Upload, limit: 1000 },
        Error::Expired,
        Error::Forged,
        Error::UrlRefused,
        Error::Unsupported { why: "PATCH is not possible here; the Allow header tells which methods are".to_owned() },
        Error::InFlight,
        Error::Busy { after: Duration::from_secs(30) },
        Error::StorageFull,
        Error::Unavailable(cause()),
        Error::Internal(cause()),
    ]
}

async fn shown(answer: Response) -> String {
    let (head, body) = answer.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().into()).unwrap();
    let kind = head.headers.get(CONTENT_TYPE).map_or("none", |kind| kind.to_str().unwrap());
    format!("{} ({kind})\n    {body}", head.status.as_u16())
}

#[tokio::test]
async fn every_error_has_its_status_and_its_sentence() {
    let mut all = String::new();
    for error in every_error() {
        let name = format!("{error:?}");
        let name = name.split([' ', '(', '{']).next().unwrap();
        all += &format!("{name}: {}\n", shown(answer(&error, &request(Method::PUT))).await);
    }
    insta::assert_snapshot!("every_error", all);
}

#[tokio::test]
async fn who_may_not_view_a_file_is_told_something_else_than_who_may_not_edit_it() {
    for (method, told) in [
        (Method::GET, "User does not have permission to view this File"),
        (Method::HEAD, "User does not have permission to view this File"),
        (Method::POST, "User does not have permission to edit this File"),
        (Method::PUT, "User does not have permission to edit this File"),
        (Method::DELETE, "User does not have permission to edit this File"),
    ] {
        let answer = shown(answer(&Error::MissingScope(Scope::FilesCompany), &request(method))).await;
        assert!(answer.contains(told), "{answer}");
    }
}
