//! Refusals: who is known and is refused has a line, soon after.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Credential, Errand};
use attache_model::Scope;
use attache_model::token::Secret;
use std::time::Duration;

on_both_engines!(
    a_missing_scope_is_a_line_with_who_and_how_often,
    a_token_that_ended_or_was_taken_back_is_a_line_of_its_account,
    who_is_not_known_leaves_no_line,
    a_refusal_that_was_not_the_end_of_its_request_is_none,
);

/// One request that shows a token and asks for the account's affairs; how it ends is told as a dialect does.
async fn ask(home: &Home, token: &Secret, request: &str) {
    let errand = Errand::new(request);
    let told = errand.clone();
    let work = async {
        match home.core.admit(&Credential::Token(token.clone())).await {
            Ok(caller) => drop(home.core.manage(&caller)),
            Err(_) => told.refuse("unauthenticated"),
        }
    };
    errand.clone().run(work).await;
    errand.end("GET /v1/audit");
}

async fn refusals(home: &Home) -> Vec<(String, String, i64, String, String)> {
    home.core.write_refusals().await;
    let lines = home.audit().await.into_iter().filter(|line| line.outcome != "done");
    lines.map(|line| (line.deed, line.outcome, line.times, line.request, line.token)).collect()
}

async fn a_missing_scope_is_a_line_with_who_and_how_often(home: Home) {
    let manage = home.core.manage(&home.owner).unwrap();
    let (token, secret) = manage.make_token("", [Scope::FilesRead].into_iter().collect(), None).await.unwrap();
    for no in 0..50 {
        ask(&home, &secret, &format!("r{no}")).await;
    }
    let wanted =
        (String::from("GET /v1/audit"), String::from("missing_scope"), 50, String::from("r0"), token.id.to_string());
    assert_eq!(refusals(&home).await, [wanted]);
    assert_eq!(home.verify(None).await.found, 0);
}

async fn a_token_that_ended_or_was_taken_back_is_a_line_of_its_account(home: Home) {
    let manage = home.core.manage(&home.owner).unwrap();
    let scopes = [Scope::FilesRead].into_iter().collect();
    let (over, secret) = manage.make_token("", scopes, Some(Duration::from_secs(60))).await.unwrap();
    home.clock.advance(Duration::from_secs(61));
    ask(&home, &secret, "late").await;
    home.clock.advance(Duration::from_secs(1));
    let (back, secret) = manage.make_token("", scopes, None).await.unwrap();
    manage.revoke_token(back.id).await.unwrap();
    ask(&home, &secret, "back").await;
    let told = refusals(&home).await;
    let of = |id: &attache_model::id::TokenId, request: &str| {
        (String::from("GET /v1/audit"), String::from("unauthenticated"), 1, request.to_owned(), id.to_string())
    };
    assert_eq!(told, [of(&over.id, "late"), of(&back.id, "back")]);
}

async fn who_is_not_known_leaves_no_line(home: Home) {
    for unknown in ["att_00000000000000000000000000000000_x", "", "\n"] {
        ask(&home, &Secret::new(unknown), "r").await;
    }
    assert_eq!(refusals(&home).await, []);
}

async fn a_refusal_that_was_not_the_end_of_its_request_is_none(home: Home) {
    let caller = home.user(7, &[Scope::FilesRead]).await;
    let errand = Errand::new("r");
    errand.clone().run(async { assert!(home.core.manage(&caller).is_err()) }).await;
    assert_eq!(refusals(&home).await, []);
}
