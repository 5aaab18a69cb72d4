use super::*;
use attache_http::testing::{self, told};
use attache_model::error::Cause;
use attache_model::error::examples::examples;
use http::Method;

fn request() -> RequestInfo {
    testing::request(Method::PUT, "/files")
}

/// Every error, and faults in places that only this dialect has.
fn every_error() -> Vec<(&'static str, Error)> {
    let options = Error::malformed(Code::ValueInvalid, "options", "options parameter is required");
    let mut every = examples();
    every.push(("malformed_options", options));
    every
}

#[tokio::test]
async fn every_error_has_its_envelope() {
    for (name, error) in every_error() {
        insta::assert_snapshot!(name, told(answer(&error, &request())).await);
    }
}

#[tokio::test]
async fn answers_that_are_no_errors_of_the_domain_have_the_envelope_too() {
    insta::assert_snapshot!("method_not_allowed", told(method_not_allowed(&request())).await);
    insta::assert_snapshot!("sensitive", told(sensitive(&request())).await);
}

#[tokio::test]
async fn a_range_behind_the_end_keeps_the_header_that_tells_the_length() {
    let mut answer = Response::new(axum::body::Body::empty());
    answer.headers_mut().insert("content-range", HeaderValue::from_static("bytes */10"));
    insta::assert_snapshot!("unsatisfiable", told(unsatisfiable(answer, &request())).await);
}

#[test]
fn nothing_of_the_inside_is_told() {
    let cause = Cause::new("insert version", std::io::Error::other("disk sda1 is on fire"));
    for error in [Error::Internal(cause.clone()), Error::Unavailable(cause)] {
        let told = refusal(&error).message;
        assert!(!told.contains("insert") && !told.contains("sda1"), "{told}");
    }
}
