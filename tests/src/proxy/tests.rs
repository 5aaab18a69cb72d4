use super::{Fault, Proxy, Rule};
use crate::{Answer, Ask, Client};
use axum::Router;
use axum::routing::{get, put};
use bytes::Bytes;
use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Longer than one read from a socket.
const LEN: usize = 1 << 20;

/// A store that gives a megabyte, and gives back what it is sent.
struct Store {
    url: String,
    puts: Arc<AtomicUsize>,
}

impl Store {
    async fn start() -> Store {
        let puts = Arc::new(AtomicUsize::new(0));
        let counted = puts.clone();
        let echo = move |body: Bytes| {
            counted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(body)
        };
        let chunks = || async {
            let pieces = (0..4).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![7; LEN / 4])));
            axum::body::Body::from_stream(futures_util::stream::iter(pieces))
        };
        let router = Router::new()
            .route("/whole", get(|| async { vec![7_u8; LEN] }))
            .route("/chunks", get(chunks))
            .route("/echo", put(echo));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(axum::serve(listener, router.layer(axum::extract::DefaultBodyLimit::disable())).into_future());
        Store { url, puts }
    }

    fn puts(&self) -> usize {
        self.puts.load(Ordering::SeqCst)
    }
}

async fn around(rules: impl IntoIterator<Item = Rule>) -> (Store, Proxy, Client) {
    let store = Store::start().await;
    let proxy = Proxy::seeded(&store.url, 1);
    proxy.rules(rules);
    let client = Client::new(proxy.url(), None);
    (store, proxy, client)
}

/// The answer and its body; an error where one of them does not come whole.
async fn tried(request: reqwest::RequestBuilder) -> reqwest::Result<Vec<u8>> {
    Ok(request.send().await?.bytes().await?.to_vec())
}

#[tokio::test]
async fn without_rules_everything_comes_through_as_it_is() {
    let (store, proxy, client) = around([]).await;
    let sent = (0..=255).cycle().take(LEN).collect::<Vec<u8>>();
    let Answer { status, body, .. } = client.put("/echo?a=b").body(sent.clone()).ask().await;
    assert_eq!((status.as_u16(), body == sent), (200, true));
    assert_eq!(client.get("/whole").ask().await.body, vec![7; LEN]);
    assert_eq!(client.get("/chunks").ask().await.body, vec![7; LEN]);
    let head = client.head("/whole").ask().await;
    assert_eq!((head.header("content-length"), head.body.len()), (LEN.to_string().as_str(), 0));
    assert_eq!(client.get("/nowhere").ask().await.status, 404);
    let seen: Vec<_> = proxy.seen().into_iter().map(|seen| (seen.method, seen.target, seen.fault)).collect();
    assert_eq!(seen[0], ("PUT".to_owned(), "/echo?a=b".to_owned(), None));
    assert_eq!((seen.len(), store.puts()), (5, 1));
    assert!(proxy.faults().is_empty());
}

#[tokio::test]
async fn a_refused_request_never_reaches_the_store_and_its_connection_lives_on() {
    let (store, proxy, client) = around([Rule::new(Fault::SLOW_DOWN).first(2)]).await;
    for _ in 0..2 {
        let answer = client.put("/echo").body("x").ask().await;
        assert_eq!(answer.status, 503);
        assert!(answer.text().contains("<Code>SlowDown</Code>"), "{}", answer.text());
    }
    assert_eq!(store.puts(), 0);
    assert_eq!(client.put("/echo").body("x").ask().await.body, b"x");
    assert_eq!(proxy.faults()["SlowDown"], 2);
}

#[tokio::test]
async fn a_lost_answer_is_lost_after_the_store_has_done_its_work() {
    let (store, _proxy, client) = around([Rule::new(Fault::LoseAnswer)]).await;
    tried(client.put("/echo").body("x")).await.unwrap_err();
    assert_eq!(store.puts(), 1);
}

#[tokio::test]
async fn a_reset_request_never_reaches_the_store() {
    let (store, _proxy, client) = around([Rule::new(Fault::ResetRequest { after: 100 })]).await;
    tried(client.put("/echo").body(vec![1; LEN])).await.unwrap_err();
    assert_eq!(store.puts(), 0);
}

#[tokio::test]
async fn an_answer_breaks_off_where_it_is_told_to() {
    for fault in [Fault::CutAnswer { after: 1000 }, Fault::ResetAnswer { after: 1000 }] {
        for path in ["/whole", "/chunks"] {
            let (_store, _proxy, client) = around([Rule::new(fault.clone())]).await;
            let answer = client.get(path).send().await.expect("the head comes");
            assert_eq!(answer.status(), 200);
            answer.bytes().await.expect_err("the body does not come whole");
        }
    }
}

#[tokio::test]
async fn damage_is_one_bit_in_the_body() {
    let (_store, proxy, client) = around([Rule::new(Fault::DamageAnswer)]).await;
    let turned = |body: &[u8]| body.iter().map(|byte| (byte ^ 7).count_ones()).sum::<u32>();
    assert_eq!(turned(&client.get("/whole").ask().await.body), 1);
    proxy.rules([Rule::new(Fault::DamageRequest)]);
    let back = client.put("/echo").body(vec![7; LEN]).ask().await.body;
    assert_eq!((back.len(), turned(&back)), (LEN, 1));
}

#[tokio::test]
async fn silence_lasts_until_the_client_has_had_enough() {
    let (store, _proxy, client) = around([Rule::new(Fault::Silence)]).await;
    let error = tried(client.put("/echo").body("x").timeout(Duration::from_millis(200))).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(store.puts(), 0);
}

#[tokio::test]
async fn a_slow_way_loses_nothing() {
    let (_store, proxy, client) = around([Rule::new(Fault::Slow { bytes_per_second: 100_000 })]).await;
    let sent = vec![9; 20_000];
    assert_eq!(client.put("/echo").body(sent.clone()).ask().await.body, sent);
    assert_eq!(proxy.faults()["slow"], 1);
}

#[tokio::test]
async fn rules_choose_by_method_target_and_turn_and_the_first_that_wants_a_request_has_it() {
    let (store, proxy, client) = around([
        Rule::new(Fault::INTERNAL).method("PUT").target("b=2").every(2),
        Rule::new(Fault::SLOW_DOWN).target("whole"),
    ])
    .await;
    let mut statuses = Vec::new();
    for path in ["/echo?b=2", "/echo?b=1", "/echo?b=2", "/echo?b=2", "/echo?b=2"] {
        statuses.push(client.put(path).body("x").ask().await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 500, 200, 500]);
    assert_eq!(store.puts(), 3);
    assert_eq!(client.get("/whole").ask().await.status, 503);
    proxy.heal();
    assert_eq!(client.get("/whole").ask().await.status, 200);
    assert_eq!(proxy.seen().len(), 7);
    proxy.forget();
    assert_eq!(proxy.seen(), []);
}

#[tokio::test]
async fn a_share_of_faults_is_repeated_by_its_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let faults = [Fault::SLOW_DOWN, Fault::INTERNAL, Fault::LATE_ERROR];
        let (_store, proxy, client) = around([Rule::any_of(faults).percent(20)]).await;
        for _ in 0..200 {
            client.put("/echo").body("x").ask().await;
        }
        runs.push(proxy.seen().into_iter().map(|seen| seen.fault).collect::<Vec<_>>());
    }
    let met = runs[0].iter().flatten().count();
    assert!((15..=70).contains(&met), "{met} of 200");
    assert_eq!(runs[0], runs[1]);
}
