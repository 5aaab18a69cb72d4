//! A token that is taken back at one node is worth nothing at any other, as soon as that hears of it.

use super::Nodes;
use crate::home::{Home, admit};
use crate::on_both_engines;
use attache_core::{Core, Credential};
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Error, Scope};
use std::time::Duration;
use tokio::time::timeout;

on_both_engines!(
    a_token_that_is_taken_back_in_any_way_is_forgotten_everywhere,
    what_was_not_heard_of_ends_with_the_memory_of_it,
);

/// More than long enough.
const PATIENCE: Duration = Duration::from_secs(30);

async fn lets_in(core: &Core, secret: &Secret) -> bool {
    match core.admit(&Credential::Token(secret.clone())).await {
        Ok(_) => true,
        Err(Error::Unauthenticated(_)) => false,
        Err(error) => panic!("{error:?}"),
    }
}

/// Until a node refuses a token. The clock stands still, so that it does not happen by the passing of time.
async fn refused(core: &Core, secret: &Secret) {
    let refused = async {
        while lets_in(core, secret).await {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, refused).await.expect("it hears of it");
}

async fn a_token_that_is_taken_back_in_any_way_is_forgotten_everywhere(home: Home) {
    let mut secrets = Vec::new();
    let mine: Scopes = [Scope::FilesRead].into_iter().collect();
    let manage = home.core.manage(&home.owner).unwrap();
    let (by_id, secret) = manage.make_token("by id", mine, None).await.unwrap();
    secrets.push(secret);
    let (by_no, secret) = manage.make_token("by number", mine, None).await.unwrap();
    secrets.push(secret);
    let (by_operator, secret) = manage.make_token("by the operator", mine, None).await.unwrap();
    secrets.push(secret);
    let (made, granted) = home.granted().await;
    secrets.push(granted.token);
    let (replayed, second) = home.granted().await;
    secrets.push(second.token);

    let nodes = Nodes::new(home).await;
    for secret in &secrets {
        assert!(lets_in(&nodes.two, secret).await);
    }
    let manage = nodes.one.manage(&nodes.owner).unwrap();
    manage.revoke_token(by_id.id).await.unwrap();
    refused(&nodes.two, &secrets[0]).await;
    manage.revoke_token_no(by_no.no).await.unwrap();
    refused(&nodes.two, &secrets[1]).await;
    nodes.one.operator().revoke_token(by_operator.id).await.unwrap();
    refused(&nodes.two, &secrets[2]).await;
    nodes.one.operator().revoke_grant(made.grant.id).await.unwrap();
    refused(&nodes.two, &secrets[3]).await;
    // A code that comes again ends its grant.
    nodes.one.redeem_code(&replayed.grant.client, &replayed.secret, &replayed.code).await.unwrap_err();
    refused(&nodes.two, &secrets[4]).await;
}

async fn what_was_not_heard_of_ends_with_the_memory_of_it(home: Home) {
    let clock = home.clock.clone();
    let caller = admit(&home.core, "one", attache_model::UserNo::OWNER, Scopes::all()).await;
    let scopes: Scopes = [Scope::FilesRead].into_iter().collect();
    let (token, secret) = home.core.manage(&caller).unwrap().make_token("", scopes, None).await.unwrap();
    let nodes = Nodes::deaf(home, &Default::default()).await;
    assert!(lets_in(&nodes.two, &secret).await);
    nodes.one.manage(&nodes.owner).unwrap().revoke_token(token.id).await.unwrap();
    assert!(!lets_in(&nodes.one, &secret).await);
    clock.advance(Duration::from_millis(499));
    assert!(lets_in(&nodes.two, &secret).await, "it could not know");
    clock.advance(Duration::from_millis(1));
    assert!(!lets_in(&nodes.two, &secret).await);
}
