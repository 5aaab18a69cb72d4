//! What Keap's headers tell a client, and what happens to who sends too much where the operator says so.

use super::desk::{Desk, LEGACY, Place, RPC, V1, V2};
use super::xml::{call, told};
use attache_model::limits::Limits;
use attache_tests::{Answer, Ask, Client, Setup};
use std::time::Duration;

/// The headers that every answer has.
const PRODUCT: [&str; 12] = [
    "x-keap-product-quota-limit",
    "x-keap-product-quota-time-unit",
    "x-keap-product-quota-interval",
    "x-keap-product-quota-available",
    "x-keap-product-quota-used",
    "x-keap-product-quota-expiry-time",
    "x-keap-product-throttle-limit",
    "x-keap-product-throttle-time-unit",
    "x-keap-product-throttle-interval",
    "x-keap-product-throttle-available",
    "x-keap-product-throttle-used",
    "x-keap-product-spike-limit",
];

fn tight(limits: &mut Limits) {
    limits.keap_throttle = 1;
    limits.keap_second = 4;
    limits.keap_minute = 6;
    limits.keap_day = 10;
}

async fn list(client: &Client) -> Answer {
    client.get(V1).ask().await
}

#[tokio::test]
async fn c21_every_answer_tells_the_limits_and_what_is_used() {
    let desk = Desk::open(Setup::new()).await;
    let no = desk.keap.file("a.txt", b"x", Place::Company).await;
    let client = &desk.keap.0;
    let get = call("FileService.getFile", &["k".into(), no.into()]);
    let answers = [
        (client.get(V1).ask().await, 200),
        (client.get(&format!("{V1}/99")).ask().await, 404),
        (client.get(&format!("{V2}/{no}:data")).ask().await, 200),
        (client.patch(&format!("{V1}/{no}")).ask().await, 405),
        (client.get("/crm/rest/v2/nothing").ask().await, 404),
        (client.post(RPC).body(get).ask().await, 200),
        (client.get("/crm/rest/v1/oauth/connect/userinfo").ask().await, 200),
    ];
    let mut used = 1;
    for (answer, status) in answers {
        assert_eq!(answer.status, status, "{}", answer.text());
        used += 1;
        assert!(PRODUCT.iter().all(|name| !answer.header(name).is_empty()), "{:?}", answer.headers);
        assert_eq!(answer.header("x-keap-product-quota-used"), used.to_string());
        assert_eq!(answer.header("x-keap-product-throttle-used"), used.to_string());
        assert_eq!(answer.header("x-keap-product-quota-available"), (150_000 - used).to_string());
        assert_eq!(answer.header("x-keap-tenant-id"), "at1.infusionsoft.com");
        assert_eq!(answer.header("x-keap-tenant-throttle-used"), used.to_string());
        assert_eq!(answer.header("x-keap-tenant-throttle-limit"), "10000");
        assert!(!answer.header("x-request-id").is_empty());
    }
    desk.stop().await;
}

#[tokio::test]
async fn c21_who_is_not_let_in_hears_the_limits_and_is_not_counted() {
    let desk = Desk::open(Setup::new()).await;
    for answer in [desk.anybody(V1).await, desk.app.stranger().post("/token").ask().await] {
        assert!(answer.status.is_client_error());
        assert!(PRODUCT.iter().all(|name| !answer.header(name).is_empty()), "{:?}", answer.headers);
        assert_eq!(answer.header("x-keap-tenant-id"), "");
    }
    assert_eq!(list(&desk.keap.0).await.header("x-keap-product-quota-used"), "1");
    desk.stop().await;
}

#[tokio::test]
async fn c21_a_key_in_the_call_is_counted_as_every_other_credential() {
    let desk = Desk::open(Setup::new()).await;
    desk.keap.file("a.txt", b"x", Place::Company).await;
    let key = desk.keap.0.token().unwrap();
    let get = || call("FileService.getFile", &[key.into(), 1.into()]);
    let answer = desk.app.stranger().post(LEGACY).body(get()).ask().await;
    assert_eq!(answer.header("x-keap-product-quota-used"), "2");
    assert_eq!(answer.header("x-keap-tenant-id"), "at1.infusionsoft.com");
    let answer = desk.keap.0.post(LEGACY).body(get()).ask().await;
    assert_eq!(answer.header("x-keap-product-quota-used"), "3");
    desk.stop().await;
}

#[tokio::test]
async fn c21_a_download_has_none_of_these_headers() {
    let desk = Desk::open(Setup::new()).await;
    let file = desk.keap.upload("a.txt", b"x", Place::Company).await;
    let answer = desk.anybody(file["download_url"].as_str().unwrap()).await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("x-keap")), "{:?}", answer.headers);
    desk.stop().await;
}

#[tokio::test]
async fn c21_nobody_is_refused_by_default() {
    let desk = Desk::open(Setup::new().limits(|limits| {
        tight(limits);
        limits.keap_throttle = 0;
    }))
    .await;
    for used in 1..=20_u64 {
        let answer = list(&desk.keap.0).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-keap-product-throttle-available"), 6_u64.saturating_sub(used).to_string());
    }
    desk.stop().await;
}

#[tokio::test]
async fn c21_a_request_too_many_is_told_when_to_come_again_and_does_nothing() {
    let desk = Desk::open(Setup::new().limits(tight)).await;
    let client = &desk.keap.0;
    let second = async |requests: usize| {
        for _ in 0..requests {
            assert_eq!(list(client).await.status, 200);
        }
        list(client).await
    };
    let spike = second(4).await;
    let fault = |answer: &Answer| answer.clone().expect(429)["fault"]["detail"]["errorcode"].clone();
    assert_eq!(fault(&spike), "policies.ratelimit.SpikeArrestViolation");
    assert_eq!(spike.header("retry-after"), "1");
    assert_eq!(spike.header("x-keap-product-throttle-available"), "2");

    desk.pass(Duration::from_secs(1));
    let minute = second(2).await;
    assert_eq!(fault(&minute), "policies.ratelimit.QuotaViolation");
    assert_eq!(minute.header("retry-after"), "59");
    assert!(!minute.header("x-request-id").is_empty());

    desk.pass(Duration::from_secs(59));
    let day = second(4).await;
    assert_eq!(fault(&day), "policies.ratelimit.QuotaViolation");
    assert_eq!(day.header("retry-after"), (12 * 3600 - 60).to_string(), "it is noon and a minute");
    let refused = client.post(V1).json(&super::desk::upload_body("a.txt", b"x", Place::Company)).ask().await;
    assert_eq!(refused.status, 429);

    desk.pass(Duration::from_secs(12 * 3600));
    assert_eq!(desk.keap.list1("").await, [0_i64; 0], "the day is another one, and nothing was made");
    desk.stop().await;
}

#[tokio::test]
async fn c21_each_token_has_limits_of_its_own_below_those_of_the_account() {
    let desk = Desk::open(Setup::new().limits(|limits| {
        tight(limits);
        limits.keap_tenant_minute = 6;
    }))
    .await;
    let (one, two) = (&desk.keap.0, desk.app.client("keap:user").await);
    let theirs = desk.app.other_account("other").await;
    for _ in 0..4 {
        assert_eq!(list(one).await.status, 200);
    }
    assert_eq!(list(one).await.status, 429);
    for _ in 0..2 {
        assert_eq!(list(&two).await.status, 200);
    }
    assert_eq!(list(&two).await.status, 429, "the account has sent six");
    assert_eq!(list(&theirs).await.status, 200);
    desk.stop().await;
}

#[tokio::test]
async fn c21_the_old_address_of_xml_rpc_says_it_in_a_fault() {
    let desk = Desk::open(Setup::new().limits(tight)).await;
    let key = desk.keap.0.token().unwrap();
    let count = || call("DataService.count", &[key.into(), "FileBox".into(), super::xml::Xml::Record(Vec::new())]);
    for _ in 0..4 {
        let answer = desk.app.stranger().post(LEGACY).body(count()).ask().await;
        assert_eq!(told(&answer.text()).unwrap().int(), 0);
    }
    for client in [desk.app.stranger(), desk.keap.0.clone()] {
        let answer = client.post(LEGACY).body(count()).ask().await;
        assert_eq!(answer.status, 200);
        let (_, text) = told(&answer.text()).unwrap_err();
        assert!(text.contains("com.infusionsoft.throttle.ThrottlingException: Maximum number of threads"), "{text}");
    }
    assert_eq!(desk.keap.0.post(RPC).body(count()).ask().await.status, 429);
    desk.stop().await;
}

#[tokio::test]
async fn c21_a_refusal_is_in_the_metrics_as_every_answer_is() {
    let desk = Desk::open(Setup::new().limits(tight)).await;
    for _ in 0..5 {
        list(&desk.keap.0).await;
    }
    let page = desk.anybody("/metrics").await.text();
    let line = "attache_http_requests_total{dialect=\"keap_v1\",method=\"GET\",status=\"4xx\"} 1";
    assert!(page.contains(line), "{page}");
    desk.stop().await;
}
