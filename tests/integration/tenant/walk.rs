//! The walk over every route with the other account's names and with nobody's.

use super::dump::rows_of;
use super::names::{Names, shows_nothing_of};
use super::routes::{Own, operations, requests};
use crate::native::{on_both_engines, put};
use attache_tests::{Answer, Ask, Setup};
use serde_json::json;

on_both_engines!(what_belongs_to_another_account_is_answered_like_what_never_was);

async fn what_belongs_to_another_account_is_answered_like_what_never_was(setup: Setup) {
    let app = setup.start().await;
    let asking = app.client("all").await;
    let victim = app.other_account("victim").await;
    // Numbers come in blocks of 64: the victim's are beyond the first.
    for no in 0..70 {
        put(&victim, &format!("many/{no}.txt"), format!("{no}")).await;
        victim.post("/v1/folders").json(&json!({ "path": format!("/f{no}") })).ask().await.expect(201);
    }
    let theirs = Names::of_a_full_account(&victim).await;
    let nobodys = Names::of_nothing(&theirs);
    let file = put(&asking, "own.txt", "mine").await;
    let folder = asking.post("/v1/folders").json(&json!({ "path": "/own" })).ask().await.expect(201);
    let own = Own::of(&asking, &file, &folder).await;

    let before = rows_of(&app, 2).await;
    let mut walked = 0;
    for operation in operations() {
        let pairs =
            requests(&asking, &operation, &theirs, &own).into_iter().zip(requests(&asking, &operation, &nobodys, &own));
        for (no, (foreign, nothing)) in pairs.enumerate() {
            let (foreign, nothing) = (foreign.ask().await, nothing.ask().await);
            let (of_theirs, of_nobodys) = (face(&app.url(), &foreign, &theirs), face(&app.url(), &nothing, &nobodys));
            assert_eq!(of_theirs, of_nobodys, "{} {} ({no})", operation.0, operation.1);
            let told = foreign.text();
            assert!(!told.contains("what nobody else may know") && !told.contains("its second version"), "{told}");
            walked += 1;
        }
    }
    attache_tests::report(&format!("{walked} pairs of requests over {} operations", operations().len()));
    assert!(walked > 120, "{walked}");
    assert_eq!(rows_of(&app, 2).await, before, "the other account changed");
    shows_nothing_of(&asking, &theirs).await;
    app.stop().await;
}

/// An answer without what is another one each time.
fn face(url: &str, answer: &Answer, names: &Names) -> String {
    // Its port may look like one of the numbers.
    let veil = |text: &str| names.veil(&text.replace(url, "URL"));
    let own_time = ["date", "x-request-id", "x-hubspot-correlation-id"];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !own_time.contains(&name.as_str()) && name.as_str() != "content-length")
        // Keap's clients are told how many requests they have left.
        .filter(|(name, _)| !name.as_str().starts_with("x-keap-"))
        .map(|(name, value)| format!("{name}: {}", veil(&String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    headers.sort();
    let mut body = answer.text();
    for id in ["instance", "correlationId", "request_id"] {
        while let Some(at) = body.find(&format!("\"{id}\":\"")) {
            let start = at + id.len() + 4;
            let len = body[start..].find('"').unwrap_or(0);
            body.replace_range(at..start + len + 1, "");
        }
    }
    format!("{}\n{}\n{}", answer.status, headers.join("\n"), veil(&body))
}
