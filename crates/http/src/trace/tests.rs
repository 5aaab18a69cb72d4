//! A request's surroundings, seen from outside of a mounted router.

use crate::dialect::Fail;
use crate::dialect::tests::Plain;
use crate::request::{REQUEST_ID, RequestInfo};
use crate::{Metrics, mount};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::routing::{get, post};
use http::{HeaderMap, Request, StatusCode};
use std::io::Write;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;
use tracing::instrument::WithSubscriber;

fn router(metrics: &Metrics) -> Router {
    let routes = Router::new()
        .route("/v1/files/{no}", get(async || "content"))
        .route("/v1/echo", post(async |body: Bytes| body))
        .route("/v1/who", get(async || RequestInfo::current().id.clone()))
        .route("/v1/panic", get(async || -> &'static str { panic!("secret detail") }));
    mount::<Plain, ()>(routes, &["/v1"], metrics)
}

async fn ask(metrics: &Metrics, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = router(metrics).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn plain_get(path: &str) -> Request<Body> {
    Request::get(path).header(REQUEST_ID, "job-17").body(Body::empty()).unwrap()
}

/// Log lines as a test sees them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn logged(request: Request<Body>) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    ask(&Metrics::new(), request).with_subscriber(log).await;
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn every_answer_carries_the_id_that_its_handler_saw() {
    let (_, headers, body) = ask(&Metrics::new(), plain_get("/v1/who")).await;
    assert_eq!((headers[REQUEST_ID].to_str().unwrap(), body.as_str()), ("job-17", "job-17"));
}

#[tokio::test]
async fn a_panic_is_a_500_in_the_words_of_the_dialect_that_tells_nothing() {
    let (status, headers, body) = ask(&Metrics::new(), plain_get("/v1/panic")).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(body, r#"{"error":"internal","request":"job-17"}"#);
    let log = logged(plain_get("/v1/panic")).await;
    assert!(log.contains("secret detail") && log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_in_the_words_of_the_dialect() {
    for path in ["/v1/nothing", "/v1///files", "/v1/"] {
        let (status, _, body) = ask(&Metrics::new(), plain_get(path)).await;
        assert_eq!((status, body.contains("not_found")), (StatusCode::NOT_FOUND, true), "{path}");
    }
    let wrong = Request::delete("/v1/files/7").body(Body::empty()).unwrap();
    let (status, headers, body) = ask(&Metrics::new(), wrong).await;
    assert_eq!((status, body.contains("unsupported")), (StatusCode::METHOD_NOT_ALLOWED, true));
    assert_eq!(headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn the_log_line_names_the_route_and_never_the_path_or_the_query() {
    let log = logged(plain_get("/v1/files/salaries?token=secret")).await;
    let line: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!(line["route"], "/v1/files/{no}");
    assert_eq!(line["status"], 200);
    assert_eq!(line["request_id"], "job-17");
    assert_eq!(line["sent_bytes"], 7);
    assert_eq!(line["complete"], true);
    assert!(!log.contains("salaries") && !log.contains("secret"), "{log}");
}

#[tokio::test]
async fn bytes_and_answers_are_counted() {
    let metrics = Metrics::new();
    ask(&metrics, Request::post("/v1/echo").body("12345".into()).unwrap()).await;
    ask(&metrics, plain_get("/v1/nothing")).await;
    let page = metrics.text();
    for line in [
        "attache_http_requests_total{dialect=\"plain\",method=\"POST\",status=\"2xx\"} 1",
        "attache_http_received_bytes_total{dialect=\"plain\"} 5",
        "attache_http_errors_total{dialect=\"plain\",code=\"not_found\"} 1",
        "attache_http_requests_in_flight{dialect=\"plain\"} 0",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_is_counted_and_ends_its_request() {
    let metrics = Metrics::new();
    let stuck = Router::new().route("/v1/stuck", get(std::future::pending::<Fail<Plain>>));
    let router = mount::<Plain, ()>(stuck, &[], &metrics);
    let asked = router.oneshot(plain_get("/v1/stuck"));
    tokio::select! {
        biased;
        _ = asked => panic!("the handler never answers"),
        () = tokio::task::yield_now() => {}
    }
    assert!(metrics.text().contains("status=\"none\"} 1"));
    assert!(metrics.text().contains("attache_http_requests_in_flight{dialect=\"plain\"} 0"));
}
