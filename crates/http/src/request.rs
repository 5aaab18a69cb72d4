//! What is known about the request that is being answered, reachable from everywhere in its task.

use http::{HeaderMap, Method, Request};
use std::sync::Arc;
use uuid::Uuid;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: &str = "x-request-id";

/// Longest request id that is taken over from a client, in bytes.
const ID_MAX: usize = 64;

tokio::task_local! {
    static CURRENT: Arc<RequestInfo>;
}

/// A request's id and its outward marks. Handlers find it in the request's extensions as `Arc<RequestInfo>`; envelopes
/// get it handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestInfo {
    /// The client's own id where it sent a short and plain one, else the text of [`RequestInfo::uuid`].
    pub id: String,
    /// The id as a UUID, for vendors that show one. The log has it wherever it differs from `id`.
    pub uuid: Uuid,
    /// The method.
    pub method: Method,
    /// The raw path, still percent-encoded, without the query.
    pub path: String,
}

impl RequestInfo {
    /// Reads the marks of `request`.
    pub fn of<B>(request: &Request<B>) -> RequestInfo {
        let sent = sent_id(request.headers());
        let uuid = sent.and_then(|id| Uuid::try_parse(id).ok()).unwrap_or_else(fresh);
        RequestInfo {
            id: sent.map_or_else(|| uuid.to_string(), str::to_owned),
            uuid,
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
        }
    }

    /// The request of the running task. Outside of one (a spawned task, a test) it is a request without path that has
    /// an id of its own, so that an error's answer always names one.
    pub fn current() -> Arc<RequestInfo> {
        CURRENT.try_with(Arc::clone).unwrap_or_else(|_| {
            let uuid = fresh();
            Arc::new(RequestInfo { id: uuid.to_string(), uuid, method: Method::GET, path: String::new() })
        })
    }

    /// Whether the id is its UUID already.
    pub(crate) fn id_is_uuid(&self) -> bool {
        Uuid::try_parse(&self.id).is_ok_and(|uuid| uuid == self.uuid)
    }

    /// Runs `work` with this as the current request.
    pub(crate) async fn scope<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

/// The client's id, if it is one that can stand in a header and a log line without care.
fn sent_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    (plain && !id.is_empty() && id.len() <= ID_MAX).then_some(id)
}

fn fresh() -> Uuid {
    let mut bytes = [0; 16];
    // Ids of requests are no secrets: without randomness they are all alike, which only makes the log harder to read.
    if getrandom::fill(&mut bytes).is_err() {
        tracing::warn!("the system gives no random bytes; request ids are not unique");
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(sent: &str) -> RequestInfo {
        RequestInfo::of(&Request::get("/v1/files?token=secret").header(REQUEST_ID, sent).body(()).unwrap())
    }

    #[test]
    fn a_short_plain_id_of_the_client_is_kept() {
        let uuid = "0190a5a4-5d5c-7000-8000-000000000001";
        assert_eq!(info("job-17").id, "job-17");
        assert_eq!((info(uuid).id, info(uuid).uuid.to_string()), (uuid.to_owned(), uuid.to_owned()));
        assert_eq!(info(&"a".repeat(ID_MAX)).id.len(), ID_MAX);
    }

    #[test]
    fn a_long_or_strange_id_is_replaced_by_a_fresh_one() {
        for bad in ["", "a b", "{\"a\":1}", &"a".repeat(ID_MAX + 1)] {
            let info = info(bad);
            assert_eq!(info.id, info.uuid.to_string(), "{bad:?}");
        }
        assert_ne!(info("").id, info("").id);
    }

    #[test]
    fn the_path_is_kept_without_the_query() {
        assert_eq!(info("x").path, "/v1/files");
    }

    #[tokio::test]
    async fn the_current_request_is_found_anywhere_in_its_task() {
        let info = Arc::new(info("job-17"));
        let seen = info.clone().scope(async { RequestInfo::current() }).await;
        assert_eq!(seen, info);
    }
}
