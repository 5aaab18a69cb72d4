use super::*;
use crate::account::Account;
use crate::drive::Drive;
use attache_http::{Dialect, RequestInfo};
use attache_model::error::Cause;
use attache_model::error::examples::examples;

async fn shown(response: Response) -> String {
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers = head.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
    format!("{}\n{}\n{}\n", head.status, headers.collect::<String>(), std::str::from_utf8(&body).unwrap())
}

async fn every_answer<D: Dialect>() -> String {
    let mut all = String::new();
    for (name, error) in examples() {
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
