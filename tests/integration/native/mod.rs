//! Our own API, end to end: what was promised is what a client sees, on every engine.

mod cursor;
mod description;
mod erase;
mod event;
mod expiry;
mod feed;
mod folder;
mod once;
mod overview;
mod page;
mod quota;
mod race;
mod record;
mod signed;
pub(crate) mod task;
mod token;
mod trash;
mod upload;
mod usage;
mod version;

pub(crate) use attache_tests::noise;
use attache_tests::{Answer, Ask, Client, Patience};
use serde_json::Value;

/// Makes a test on each engine of every check `async fn name(setup: Setup)`.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let setup = attache_tests::Setup::new().on(attache_tests::Engine::Sqlite).await;
                    super::$name(setup.unwrap()).await;
                }
            )+
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    if let Some(setup) = attache_tests::Setup::new().on(attache_tests::Engine::Postgres).await {
                        super::$name(setup).await;
                    }
                }
            )+
        }
        mod on_cluster {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    if let Some(setup) = attache_tests::Setup::new().on(attache_tests::Engine::Cluster).await {
                        super::$name(setup).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both_engines;

/// Puts content at a path; the file as the answer shows it.
#[track_caller]
pub(crate) fn put<'c>(client: &'c Client, path: &str, content: impl Into<Vec<u8>>) -> impl Future<Output = Value> + 'c {
    let request = client.put(&format!("/v1/files/by-path/{path}")).body(content.into());
    async move {
        let answer = request.ask().await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()
    }
}

/// Puts content in as the whole body of a POST, under a name and further parameters.
pub(crate) async fn post(client: &Client, query: &str, content: impl Into<Vec<u8>>) -> Answer {
    client.post(&format!("/v1/files?{query}")).body(content.into()).ask().await
}

/// The path of a file's own address.
pub(crate) fn at(file: &Value) -> String {
    format!("/v1/files/{}", file["id"].as_str().unwrap())
}

/// A file's active content.
pub(crate) async fn content(client: &Client, file: &Value) -> Vec<u8> {
    let answer = client.get(&format!("{}/content", at(file))).ask().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.body
}

/// The items of a list, all pages.
pub(crate) async fn list(client: &Client, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = client.get(&format!("{path}{joint}limit=500{cursor}")).ask().await.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// The names of the files of a list.
pub(crate) async fn names(client: &Client, path: &str) -> Vec<String> {
    list(client, path).await.iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
}

/// How many of the answers have each status, as `[(status, count)]` by status.
pub(crate) fn statuses(answers: &[Answer]) -> Vec<(u16, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status.as_u16()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// Demands that the server's own check finds nothing: rows, bytes and books agree.
pub(crate) async fn is_sound(app: &attache_tests::TestApp) {
    let plan = attache_core::CheckPlan { repair: false, older_than: std::time::Duration::ZERO };
    // Bytes that nobody wants any more are removed beside the request that gave them up.
    let patience = Patience::new();
    loop {
        let report = app.core().operator().check(plan).await.unwrap();
        if report.is_clean() {
            return;
        }
        let only_orphans =
            report.findings.iter().all(|finding| matches!(finding, attache_core::Finding::Orphan { .. }));
        assert!(only_orphans, "{:?}", report.findings);
        assert!(!patience.is_over(), "bytes of no file stay on the volume: {:?}", report.findings);
        tokio::task::yield_now().await;
    }
}
