//! Two that come at the same moment.

use crate::grants::acts::{shut_out, worthless};
use crate::home::Home;
use crate::on_both_engines;

/// Enough for either one to be first.
const ROUNDS: usize = 20;

on_both_engines!(
    two_refreshes_with_one_token_at_once_each_give_a_pair_that_works,
    a_code_that_is_used_twice_at_once_gives_one_token_and_ends_with_it,
    a_trade_and_the_end_of_its_grant_at_once_leave_no_token_that_works,
);

async fn two_refreshes_with_one_token_at_once_each_give_a_pair_that_works(home: Home) {
    for _ in 0..ROUNDS {
        let (made, granted) = home.granted().await;
        let (one, two) = tokio::join!(home.refresh(&made, &granted.refresh), home.refresh(&made, &granted.refresh));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_ne!(one.refresh, two.refresh);
        for pair in [one, two] {
            assert!(home.admit(&pair.token).await.is_ok());
            assert!(home.refresh(&made, &pair.refresh).await.is_ok());
        }
    }
}

async fn a_code_that_is_used_twice_at_once_gives_one_token_and_ends_with_it(home: Home) {
    for _ in 0..ROUNDS {
        let made = home.grant().await;
        let (one, two) = tokio::join!(home.redeem(&made), home.redeem(&made));
        let (good, bad) = if one.is_ok() { (one, two) } else { (two, one) };
        let good = good.unwrap();
        worthless(bad);
        shut_out(home.admit(&good.token).await);
        worthless(home.refresh(&made, &good.refresh).await);
    }
}

async fn a_trade_and_the_end_of_its_grant_at_once_leave_no_token_that_works(home: Home) {
    for _ in 0..ROUNDS {
        let (made, granted) = home.granted().await;
        let operator = home.core.operator();
        let (traded, ended) = tokio::join!(home.refresh(&made, &granted.refresh), operator.revoke_grant(made.grant.id));
        ended.unwrap();
        if let Ok(pair) = traded {
            shut_out(home.admit(&pair.token).await);
            worthless(home.refresh(&made, &pair.refresh).await);
        }
        shut_out(home.admit(&granted.token).await);
    }
}
