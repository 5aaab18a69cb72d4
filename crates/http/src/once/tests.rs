use super::*;
use crate::dialect::tests::Plain;
use std::convert::Infallible;

impl Repeatable<()> for Plain {
    async fn again(_: &(), _: &Caller, _: TaskResult, _: &str) -> Result<Response> {
        Err(lost())
    }
}

async fn kept_of(answer: Response) -> Kept {
    kept::<Plain, ()>(answer).await.unwrap().1
}

#[tokio::test]
async fn a_kept_answer_comes_back_as_it_was() {
    let mut answer = Response::new(Body::from("{}"));
    *answer.status_mut() = StatusCode::CREATED;
    answer.headers_mut().insert(LOCATION, HeaderValue::from_static("https://a.example/v1/files/1"));
    let (status, headers, body) = kept_of(answer).await;
    let again = replay(status, &headers, body).unwrap();
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.headers()[LOCATION], "https://a.example/v1/files/1");
    assert_eq!(again.headers()[REPLAYED], "true");
    assert_eq!(axum::body::to_bytes(again.into_body(), 9).await.unwrap(), "{}");
}

#[tokio::test]
async fn the_first_one_gets_its_answer_although_it_is_kept() {
    let (answer, _) = kept::<Plain, ()>(Response::new(Body::from("{}"))).await.unwrap();
    assert_eq!(axum::body::to_bytes(answer.into_body(), 9).await.unwrap(), "{}");
}

#[tokio::test]
async fn a_secret_is_never_kept() {
    let mut answer = Response::new(Body::from("att_secret"));
    answer.extensions_mut().insert(Unrepeatable("it was shown once"));
    let (status, _, body) = kept_of(answer).await;
    assert_eq!(status, 400, "the envelope's own status");
    assert!(!String::from_utf8_lossy(&body).contains("att_secret"));
}

#[test]
fn an_answer_is_kept_when_it_is_whole_and_small() {
    let of = |len: u64| Response::new(Body::from(vec![0; usize::try_from(len).unwrap()]));
    assert!(is_keepable(&of(ANSWER_MAX)));
    assert!(!is_keepable(&of(ANSWER_MAX + 1)));
    let stream = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"x"))]);
    assert!(!is_keepable(&Response::new(Body::from_stream(stream))));
}

#[test]
fn two_keys_are_no_key() {
    let mut headers = HeaderMap::new();
    headers.append(KEY, HeaderValue::from_static("a"));
    assert!(key(&headers).is_ok());
    headers.append(KEY, HeaderValue::from_static("b"));
    assert!(key(&headers).is_err());
}
