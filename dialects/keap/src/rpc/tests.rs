use super::*;
use attache_model::Scope;
use attache_model::error::Shown;
use axum::body::to_bytes;
use http::header::CONTENT_TYPE;

async fn told(error: Error) -> (u16, String, String) {
    let answer = refused(error.into());
    let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn whoever_is_not_let_in_at_the_gateway_gets_its_401_in_json() {
    let (status, kind, body) = told(Error::Unauthenticated(Shown::Unknown)).await;
    assert_eq!((status, kind.as_str()), (401, "application/json"));
    assert!(body.contains("keymanagement.service.invalid_access_token"), "{body}");
}

#[tokio::test]
async fn c26_a_request_past_its_limit_is_a_413_and_a_file_past_its_own_a_fault() {
    let (status, kind, body) = told(Error::TooLarge { code: Code::BodyTooLarge, limit: 10 }).await;
    assert_eq!((status, kind.as_str()), (413, "text/xml;charset=UTF-8"));
    assert!(body.contains("<fault>"), "{body}");
    let (status, _, body) = told(Error::TooLarge { code: Code::FileTooLarge, limit: 10 }).await;
    assert_eq!(status, 200);
    assert!(body.contains("<i4>12</i4>"), "{body}");
}

#[tokio::test]
async fn every_other_error_is_a_fault_in_a_200() {
    for (error, code) in [
        (Error::MissingScope(Scope::FilesCompany), 14),
        (Error::NotFound(What::File), 5),
        (Error::invalid("file_name", "it is empty"), 12),
        (Error::StorageFull, 4),
        (Error::bug("a bug"), 3),
    ] {
        let (status, kind, body) = told(error).await;
        assert_eq!((status, kind.as_str()), (200, "text/xml;charset=UTF-8"));
        assert!(body.contains(&format!("<name>faultCode</name><value><i4>{code}</i4></value>")), "{body}");
    }
}

#[tokio::test]
async fn an_address_that_there_is_not_is_a_404() {
    assert_eq!(told(Error::NotFound(What::Route)).await.0, 404);
}
