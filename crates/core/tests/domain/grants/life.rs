//! How long vouchers work: to their end, and a used one for a moment more.

use crate::grants::acts::{shut_out, worthless};
use crate::home::Home;
use crate::on_both_engines;
use attache_model::Error;
use attache_model::error::Shown;
use attache_model::limits::Limits;

on_both_engines!(
    a_code_works_to_the_end_of_its_life_and_not_longer,
    a_refresh_token_works_to_the_end_of_its_life_and_not_longer,
    a_token_ends_after_its_life_and_is_known_as_one_that_did,
    a_used_refresh_token_gives_another_pair_to_a_client_whose_answer_got_lost,
    a_used_refresh_token_that_comes_late_ends_its_grant,
    a_code_that_comes_again_ends_its_grant,
    what_is_over_is_forgotten,
);

async fn a_code_works_to_the_end_of_its_life_and_not_longer(home: Home) {
    let (one, two) = (home.grant().await, home.grant().await);
    home.wait(Limits::default().grant_code_life - 1);
    assert!(home.redeem(&one).await.is_ok());
    home.wait(1);
    worthless(home.redeem(&two).await);
}

async fn a_refresh_token_works_to_the_end_of_its_life_and_not_longer(home: Home) {
    let ((one, first), (two, second)) = (home.granted().await, home.granted().await);
    home.wait(Limits::default().grant_refresh_life - 1);
    assert!(home.refresh(&one, &first.refresh).await.is_ok());
    home.wait(1);
    worthless(home.refresh(&two, &second.refresh).await);
}

async fn a_token_ends_after_its_life_and_is_known_as_one_that_did(home: Home) {
    let (made, granted) = home.granted().await;
    home.wait(Limits::default().grant_token_life - 1);
    assert!(home.admit(&granted.token).await.is_ok());
    home.wait(1);
    assert!(matches!(home.admit(&granted.token).await, Err(Error::Unauthenticated(Shown::Expired))));
    let next = home.refresh(&made, &granted.refresh).await.unwrap();
    assert!(home.admit(&next.token).await.is_ok());
}

async fn a_used_refresh_token_gives_another_pair_to_a_client_whose_answer_got_lost(home: Home) {
    let (made, granted) = home.granted().await;
    let lost = home.refresh(&made, &granted.refresh).await.unwrap();
    home.wait(Limits::default().grant_refresh_grace - 1);
    let again = home.refresh(&made, &granted.refresh).await.unwrap();
    assert_ne!(again.refresh, lost.refresh);
    for token in [&lost.token, &again.token] {
        assert!(home.admit(token).await.is_ok());
    }
    // The moment counts from the first use, so it cannot be drawn out.
    home.wait(1);
    worthless(home.refresh(&made, &granted.refresh).await);
}

async fn a_used_refresh_token_that_comes_late_ends_its_grant(home: Home) {
    let (made, granted) = home.granted().await;
    let next = home.refresh(&made, &granted.refresh).await.unwrap();
    assert!(home.admit(&next.token).await.is_ok());
    home.wait(Limits::default().grant_refresh_grace);
    worthless(home.refresh(&made, &granted.refresh).await);
    worthless(home.refresh(&made, &next.refresh).await);
    shut_out(home.admit(&granted.token).await);
    shut_out(home.admit(&next.token).await);
    assert_eq!(home.core.operator().grants(None).await.unwrap(), []);
}

async fn a_code_that_comes_again_ends_its_grant(home: Home) {
    let (made, granted) = home.granted().await;
    assert!(home.admit(&granted.token).await.is_ok());
    worthless(home.redeem(&made).await);
    shut_out(home.admit(&granted.token).await);
    worthless(home.refresh(&made, &granted.refresh).await);
}

async fn what_is_over_is_forgotten(home: Home) {
    let ((ended, _), (_, living)) = (home.granted().await, home.granted().await);
    home.core.operator().revoke_grant(ended.grant.id).await.unwrap();
    home.wait(Limits::default().grant_refresh_life + 31 * 24 * 3600);
    let gone = async {
        while !home.core.operator().grants(None).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    home.core.work().run(gone).await;
    shut_out(home.admit(&living.token).await);
    // Their client is nobody's any more.
    shut_out(home.redeem(&ended).await);
}
