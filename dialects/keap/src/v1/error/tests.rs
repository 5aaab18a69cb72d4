use super::*;
use attache_http::testing;
use attache_model::Scope;
use attache_model::error::examples::examples;
use axum::body::to_bytes;

fn request(method: Method) -> RequestInfo {
    testing::request(method, "/crm/rest/v1/files")
}

/// Every error, and one in a place of its own: a sentence that names the field already.
fn every_error() -> Vec<(&'static str, Error)> {
    let association = Error::invalid("file_association", "file_association is required");
    let mut every = examples();
    every.push(("invalid_association", association));
    every
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
    for (name, error) in every_error() {
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
