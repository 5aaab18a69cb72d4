//! Every route asks who is there and what they may do.

use super::dump::rows_of;
use super::names::Names;
use super::routes::{Own, is_public, operations, requests};
use super::{keap, sonar};
use crate::native::{on_both_engines, put};
use attache_tests::{Ask, Setup};
use reqwest::Method;

on_both_engines!(nobody_gets_in_without_a_token_that_works, a_token_that_may_only_read_changes_nothing);

async fn nobody_gets_in_without_a_token_that_works(setup: Setup) {
    let app = setup.limits(|limits| limits.token_tries = u64::from(u32::MAX)).start().await;
    let owner = app.client("all").await;
    let names = Names::of_a_full_account(&owner).await;
    let revoked = app.client("all").await;
    revoked.get("/v1/account").ask().await.expect(200);
    for (token, _) in app.core().operator().tokens(None).await.unwrap() {
        let is_owners = owner.token().is_some_and(|text| text.contains(&token.id.0.simple().to_string()));
        if !is_owners {
            app.core().operator().revoke_token(token.id).await.unwrap();
        }
    }
    let wrong = format!("{}x", &owner.token().unwrap()[..owner.token().unwrap().len() - 1]);
    let own = Own::named(&names);
    let before = rows_of(&app, 1).await;
    for client in
        [app.stranger(), app.stranger().with_token(Some(wrong)), app.stranger().with_token(Some("att".into())), revoked]
    {
        for operation in operations().into_iter().filter(|(_, path)| !is_public(path)) {
            for request in requests(&client, &operation, &names, &own) {
                let answer = request.ask().await;
                assert_eq!(answer.status, 401, "{} {}: {}", operation.0, operation.1, answer.text());
                assert!(!answer.header("www-authenticate").is_empty(), "{} {}", operation.0, operation.1);
            }
        }
    }
    assert_eq!(rows_of(&app, 1).await, before);
    app.stop().await;
}

async fn a_token_that_may_only_read_changes_nothing(setup: Setup) {
    let app = setup.start().await;
    let owner = app.client("all").await;
    put(&owner, "a.txt", "x").await;
    let names = Names::of_a_full_account(&owner).await;
    let reader = app.client("files:read").await;
    reader.get("/v1/files").ask().await.expect(200);
    let own = Own::named(&names);
    let mut before = rows_of(&app, 1).await;
    for operation in operations().into_iter().filter(|(method, path)| method != Method::GET && !is_public(path)) {
        for request in requests(&reader, &operation, &names, &own) {
            let answer = request.ask().await;
            if keap::is_call(&operation.1) || sonar::is_graph(&operation.1) {
                assert_eq!(answer.status, 200, "{}: {}", operation.1, answer.text());
                continue;
            }
            if keap::asks_the_file(&operation.1) && answer.status == 404 {
                continue;
            }
            if operation.1.starts_with("/v1/panel/") {
                // No scope opens a panel: only a token of its own does.
                answer.refused(422, "unsupported");
                continue;
            }
            assert_eq!(answer.status, 403, "{} {}: {}", operation.0, operation.1, answer.text());
        }
    }
    let tokens = reader.get("/v1/tokens").ask().await;
    tokens.refused(403, "scope_missing");
    let mut after = rows_of(&app, 1).await;
    // When a token was last used is noted beside its requests.
    before.remove("token");
    after.remove("token");
    assert_eq!(after, before);
    app.stop().await;
}
