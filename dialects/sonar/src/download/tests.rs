use super::*;
use attache_http::testing::{request, told as shown};
use attache_model::error::examples::examples;
use http::HeaderValue;
use http::header::CONTENT_RANGE;

#[test]
fn a_path_ends_with_the_number_of_a_file() {
    for path in ["/api/files/61", "/api/files/61/", "/api/files/061"] {
        assert_eq!(file_no(path), Some(FileNo(61)), "{path}");
    }
    for none in ["", "abc", "6x", "-61", "+61", "6.1", "%36", "9223372036854775808", "6/1"] {
        assert_eq!(file_no(&format!("{FILES}{none}")), None, "{none}");
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_answered_as_what_is_not_there() {
    let missing = crate::error::rest(&Error::NotFound(What::File), &request(Method::GET, "/api/files/61"));
    let missing = shown(missing).await;
    for (name, error) in examples().into_iter().filter(|(name, _)| name.starts_with("missing_scope") || *name == "gone")
    {
        let answer = crate::error::rest(&hidden(error), &request(Method::GET, "/api/files/61"));
        assert_eq!(shown(answer).await, missing, "{name}");
    }
    insta::assert_snapshot!(missing);
}

#[tokio::test]
async fn a_range_behind_the_end_is_told_with_the_length() {
    let mut answer = Response::new(axum::body::Body::empty());
    answer.headers_mut().insert(CONTENT_RANGE, HeaderValue::from_static("bytes */10"));
    let refusal = unsatisfiable(answer);
    assert_eq!(refusal.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(refusal.headers()[CONTENT_RANGE], "bytes */10");
    let body = shown(refusal).await;
    assert!(body.contains("Range: the file ends before it; Content-Range tells its length"), "{body}");
}
