use super::*;
use attache_http::testing::{request, told};
use attache_model::Scope;
use attache_model::error::Cause;
use attache_model::error::examples::examples;

fn get() -> RequestInfo {
    request(Method::GET, "/crm/rest/v2/files/404")
}

/// Every error, and one whose sentence names the field already.
fn every_error() -> Vec<(&'static str, Error)> {
    let contact = Error::invalid("contact_id", "contact_id is required when file_association is CONTACT");
    let mut every = examples();
    every.push(("invalid_contact", contact));
    every
}

#[tokio::test]
async fn every_error_has_its_envelope() {
    for (name, error) in every_error() {
        insta::assert_snapshot!(name, told(answer(&error, &get())).await);
    }
}

#[tokio::test]
async fn whoever_may_not_change_a_file_hears_of_editing() {
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        let answer = answer(&Error::MissingScope(Scope::FilesCompanyWrite), &request(method, "/crm/rest/v2/files/7"));
        assert!(told(answer).await.contains("User does not have permission to edit this File"));
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
    insta::assert_snapshot!("unsatisfiable", told(unsatisfiable(answer, &get())).await);
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    let cause = Cause::new("insert version", std::io::Error::other("disk sda1 is on fire"));
    for error in [Error::Internal(cause.clone()), Error::Unavailable(cause)] {
        let told = told(answer(&error, &get())).await;
        assert!(!told.contains("insert") && !told.contains("sda1"), "{told}");
    }
}
