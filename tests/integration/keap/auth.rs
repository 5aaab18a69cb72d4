//! Who is let in: by which sign, and what the gateway says to everybody else.

use super::desk::{Desk, Keap, LEGACY, Place, RPC, V1, V2};
use super::judge::judge;
use super::xml::{call, told};
use crate::native::on_both_engines;
use attache_tests::{Answer, Ask, Setup};
use reqwest::{Method, RequestBuilder};
use std::time::Duration;

on_both_engines!(
    c01_a_token_is_taken_in_each_of_its_three_places,
    c01_the_first_sign_that_is_there_counts_and_none_makes_it_good,
    c01_on_the_old_path_a_key_is_the_first_parameter,
    c04_a_clients_own_key_parameter_opens_nothing_behind_the_gateway,
    the_gateway_tells_nobody_unknown_and_expired_apart,
    c08_no_answer_is_kept_by_caches_for_others,
);

/// What a request is signed with.
type Sign<'s> = &'s [(&'s str, &'s str)];

/// A question to each face of the gateway.
async fn asked(desk: &Desk, query: &str, sign: Sign<'_>) -> Vec<Answer> {
    let signed =
        |request: RequestBuilder| sign.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut answers = Vec::new();
    for path in [V1, V2, "/crm/rest/v1/files/1", "/crm/rest/v2/files/1", "/crm/rest/v2/files/1:data"] {
        answers.push(signed(desk.app.stranger().get(&format!("{path}{query}"))).ask().await);
    }
    for path in [RPC, "/crm/xmlrpc"] {
        let document = call("FileService.getFile", &["backwards-compatability".into(), 1.into()]);
        answers.push(signed(desk.app.stranger().post(&format!("{path}{query}"))).body(document).ask().await);
    }
    answers
}

async fn with_a_file(setup: Setup) -> (Desk, String) {
    let desk = Desk::open(setup).await;
    assert_eq!(desk.keap.file("a.txt", b"hello", Place::Company).await, 1);
    let token = desk.keap.0.token().unwrap().to_owned();
    (desk, token)
}

async fn c01_a_token_is_taken_in_each_of_its_three_places(setup: Setup) {
    let (desk, token) = with_a_file(setup).await;
    let bearer = format!("Bearer {token}");
    let query = format!("?access_token={token}");
    let signs: [(&str, Sign<'_>); 6] = [
        ("", &[("Authorization", &bearer)]),
        ("", &[("authorization", &bearer.replace("Bearer", "bearer"))]),
        ("", &[("X-Keap-API-Key", &token)]),
        ("", &[("x-keap-api-key", &token)]),
        (&query, &[]),
        ("?access_token=wrong", &[("Authorization", &bearer)]),
    ];
    for (query, sign) in signs {
        for answer in asked(&desk, query, sign).await {
            assert_eq!(answer.status, 200, "{query} {sign:?}: {}", answer.text());
        }
    }
    desk.stop().await;
}

async fn c01_the_first_sign_that_is_there_counts_and_none_makes_it_good(setup: Setup) {
    let (desk, token) = with_a_file(setup).await;
    let bearer = format!("Bearer {token}");
    let query = format!("?access_token={token}");
    let signs: [(&str, Sign<'_>); 6] = [
        ("", &[("Authorization", "Bearer wrong"), ("X-Keap-API-Key", &token)]),
        (&query, &[("Authorization", "Bearer wrong")]),
        (&query, &[("X-Keap-API-Key", "wrong")]),
        (&query, &[("Authorization", "Basic YTpi")]),
        (&query, &[("X-Keap-API-Key", "")]),
        ("?access_token=wrong", &[]),
    ];
    for (query, sign) in signs {
        for answer in asked(&desk, query, sign).await {
            assert_eq!(answer.status, 401, "{sign:?}: {}", answer.text());
        }
    }
    let good: Sign<'_> = &[("Authorization", &bearer), ("X-Keap-API-Key", "wrong")];
    assert!(asked(&desk, "?access_token=wrong", good).await.iter().all(|answer| answer.status == 200));
    desk.stop().await;
}

async fn c01_on_the_old_path_a_key_is_the_first_parameter(setup: Setup) {
    let (desk, token) = with_a_file(setup).await;
    let nobody = Keap::of(desk.app.stranger());
    let get = |key: &str| call("FileService.getFile", &[key.into(), 1.into()]);
    assert_eq!(nobody.send(LEGACY, get(&token)).await.unwrap().bytes(), b"hello");
    for wrong in ["wrong", "", "backwards-compatability"] {
        let (code, text) = nobody.send(LEGACY, get(wrong)).await.unwrap_err();
        assert_eq!(code, 2, "{text}");
        assert!(text.starts_with("[InvalidKey]"), "{text}");
    }
    let (code, _) = nobody.send(LEGACY, call("FileService.getFile", &[1.into()])).await.unwrap_err();
    assert!([0, 2].contains(&code), "a call without a key is none, or one with a bad key: {code}");
    // Higher signs count on this path too, and are not made good by the key.
    let with_header = |name: &'static str, value: String, key: &str| {
        let request = desk.app.stranger().post(LEGACY).header(name, value).body(get(key));
        async move { request.ask().await }
    };
    let good = with_header("Authorization", format!("Bearer {token}"), "wrong").await;
    assert_eq!(told(&good.text()).unwrap().bytes(), b"hello");
    let bad = with_header("X-Keap-API-Key", "wrong".to_owned(), &token).await;
    let refused = bad.status == 401 || told(&bad.text()).unwrap_err().0 == 2;
    assert!(refused, "{}", bad.text());
    desk.stop().await;
}

async fn c04_a_clients_own_key_parameter_opens_nothing_behind_the_gateway(setup: Setup) {
    let (desk, token) = with_a_file(setup).await;
    let user = desk.user(2, "keap:user").await;
    let as_user = user.send(RPC, call("FileService.getFile", &[token.as_str().into(), 1.into()])).await;
    assert_eq!(as_user.unwrap_err().0, 14, "who asks is told by the header");
    let nobody = desk.app.stranger().post(RPC);
    let answer = nobody.body(call("FileService.getFile", &[token.as_str().into(), 1.into()])).ask().await;
    assert_eq!(answer.status, 401);
    desk.stop().await;
}

async fn the_gateway_tells_nobody_unknown_and_expired_apart(setup: Setup) {
    let (desk, _) = with_a_file(setup).await;
    let short = desk.app.token_of(1, "keap:full", Some(Duration::from_secs(60))).await;
    desk.pass(Duration::from_secs(61));
    let expired = format!("Bearer {short}");
    let cases: [(Sign<'_>, &str, &str); 5] = [
        (&[], "oauth.v2.InvalidAccessToken", "Invalid access token"),
        (&[("Authorization", "Basic YTpi")], "oauth.v2.InvalidAccessToken", "Invalid access token"),
        (&[("Authorization", "Bearer wrong")], "keymanagement.service.invalid_access_token", "Invalid Access Token"),
        (&[("X-Keap-API-Key", "KeapAK-123")], "keymanagement.service.invalid_access_token", "Invalid Access Token"),
        (&[("Authorization", &expired)], "keymanagement.service.access_token_expired", "Access Token expired"),
    ];
    for (sign, code, text) in cases {
        for answer in asked(&desk, "", sign).await {
            judge(&answer, &Method::GET, V1);
            let fault = answer.expect(401);
            let wanted = serde_json::json!({ "fault": { "faultstring": text, "detail": { "errorcode": code } } });
            assert_eq!(fault, wanted, "{sign:?}");
        }
    }
    desk.stop().await;
}

async fn c08_no_answer_is_kept_by_caches_for_others(setup: Setup) {
    let (desk, token) = with_a_file(setup).await;
    let bearer = format!("Bearer {token}");
    for answer in asked(&desk, "", &[("Authorization", &bearer)]).await {
        let kept = answer.header("cache-control");
        assert!(!kept.contains("public"), "{kept}");
    }
    desk.stop().await;
}
