//! What an operator's tools ask: is the process up, can it work, what does it count.

use crate::Metrics;
use attache_model::Result;
use axum::Router;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;

/// The type that Prometheus wants for its text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `/healthz` answers while the process runs. `/readyz` answers 200 while `ready` says so, else 503: give it what tells
/// whether the service can do its work, and make it an error while the server drains. The reason goes to the log, since
/// anybody may ask; what `ready` returns is told beside the word, a line for what goes on without harm for now.
pub fn probes<F>(ready: impl Fn() -> F + Clone + Send + Sync + 'static) -> Router
where
    F: Future<Output = Result<&'static str>> + Send + 'static,
{
    let readyz = move || async move {
        match ready().await {
            Ok(remark) => (StatusCode::OK, format!("ready\n{remark}")),
            Err(error) => {
                tracing::warn!(%error, cause = cause(&error), "not ready");
                (StatusCode::SERVICE_UNAVAILABLE, String::from("not ready\n"))
            }
        }
    };
    Router::new().route("/healthz", get(async || "up\n")).route("/readyz", get(readyz))
}

/// `/metrics`. The numbers tell about all accounts together, so offer it where only the operator reaches it.
pub fn page(metrics: Metrics) -> Router {
    let text = async move || ([(CONTENT_TYPE, OPEN_METRICS)], metrics.text());
    Router::new().route("/metrics", get(text))
}

fn cause(error: &attache_model::Error) -> String {
    match error {
        attache_model::Error::Unavailable(cause) | attache_model::Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::Error;
    use axum::body::{Body, to_bytes};
    use http::Request;
    use tower::ServiceExt;

    async fn get(router: Router, path: &str) -> (StatusCode, String) {
        let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_server_that_cannot_work_is_up_and_not_ready() {
        let probes = probes(async || Err(Error::bug("the volume is sick")));
        assert_eq!(get(probes.clone(), "/healthz").await.0, StatusCode::OK);
        let (status, body) = get(probes, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!body.contains("sick"), "the reason is for the log");
    }

    #[tokio::test]
    async fn a_server_that_can_work_is_ready_and_shows_its_numbers() {
        let ready = get(probes(async || Ok("the clock is doubted\n")), "/readyz").await;
        assert_eq!(ready, (StatusCode::OK, String::from("ready\nthe clock is doubted\n")));
        let (status, body) = get(page(Metrics::new()), "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.ends_with("# EOF\n"));
    }
}
