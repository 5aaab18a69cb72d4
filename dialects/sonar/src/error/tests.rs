use super::*;
use attache_http::testing;
use attache_model::error::examples::{SECRET, examples};
use axum::body::to_bytes;
use http::Method;

async fn body(answer: Response) -> Json {
    serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap()
}

#[tokio::test]
async fn every_error_has_its_category_and_its_sentence() {
    let mut all = String::new();
    for (name, error) in examples() {
        let answer = rest(&error, &testing::request(Method::POST, "/api/files"));
        let status = answer.status().as_u16();
        all += &format!("{name}: {status}\n    {}\n", body(answer).await);
    }
    assert!(!all.contains(SECRET), "{all}");
    insta::assert_snapshot!("every_error", all);
}

#[tokio::test]
async fn both_faces_tell_an_error_alike() {
    for (name, error) in examples() {
        let request = testing::request(Method::POST, "/api/graphql");
        let (rest, graph) = (rest(&error, &request), graph(&error, &request));
        assert_eq!(rest.status(), graph.status(), "{name}");
        assert_eq!(body(rest).await, body(graph).await, "{name}");
    }
}

#[test]
fn every_category_has_a_word_of_its_own() {
    for category in Category::ALL {
        assert_eq!(Category::from_word(category.word()), Some(category));
    }
    assert_eq!(Category::from_word("other"), None);
}
