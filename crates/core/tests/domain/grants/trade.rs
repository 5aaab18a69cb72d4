//! What a trade gives, and what it never gives.

use crate::grants::acts::{new, worthless};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::NewGrant;
use attache_model::scope::Scopes;
use attache_model::{Error, Scope, UserNo, What};

on_both_engines!(
    a_code_gives_a_token_and_a_refresh_token_gives_the_next,
    a_trade_never_adds_to_the_scopes,
    a_voucher_of_one_kind_is_none_of_the_other,
    a_grant_makes_its_user_and_needs_its_account,
    lists_show_grants_and_the_tokens_that_were_got_by_them,
);

async fn a_code_gives_a_token_and_a_refresh_token_gives_the_next(home: Home) {
    let (made, first) = home.granted().await;
    let caller = home.admit(&first.token).await.unwrap();
    assert_eq!((caller.account(), caller.actor()), (made.grant.account, UserNo(7)));
    assert_eq!((first.account, first.user), (made.grant.account, UserNo(7)));
    assert_eq!(first.expires_at, home.clock.now().plus(std::time::Duration::from_secs(24 * 3600)));

    home.wait(3600);
    let second = home.refresh(&made, &first.refresh).await.unwrap();
    assert_ne!(second.token, first.token);
    assert_ne!(second.refresh, first.refresh);
    assert!(home.admit(&second.token).await.is_ok());
    assert!(home.admit(&first.token).await.is_ok(), "a token works until its end, whatever came after it");
    assert!(home.refresh(&made, &second.refresh).await.is_ok());
}

async fn a_trade_never_adds_to_the_scopes(home: Home) {
    let (made, mut granted) = home.granted().await;
    let only: Scopes = [Scope::FilesRead].into_iter().collect();
    for _ in 0..3 {
        assert_eq!(granted.scopes, only);
        assert_eq!(home.admit(&granted.token).await.unwrap().scopes(), only);
        granted = home.refresh(&made, &granted.refresh).await.unwrap();
    }
}

async fn a_voucher_of_one_kind_is_none_of_the_other(home: Home) {
    let made = home.grant().await;
    worthless(home.refresh(&made, &made.code).await);
    let granted = home.redeem(&made).await.unwrap();
    worthless(home.core.redeem_code(&made.grant.client, &made.secret, &granted.refresh).await);
    worthless(home.refresh(&made, &granted.token).await);
    assert!(home.refresh(&made, &granted.refresh).await.is_ok(), "what was shown in the wrong place still works");
}

async fn a_grant_makes_its_user_and_needs_its_account(home: Home) {
    let made = home.core.operator().grant(NewGrant { user: UserNo(99), ..new("one") }).await.unwrap();
    assert_eq!(home.admit(&home.redeem(&made).await.unwrap().token).await.unwrap().actor(), UserNo(99));
    let refused = home.core.operator().grant(new("nobody")).await;
    assert!(matches!(refused, Err(Error::NotFound(What::Account))), "{refused:?}");
}

async fn lists_show_grants_and_the_tokens_that_were_got_by_them(home: Home) {
    let (made, granted) = home.granted().await;
    home.core.operator().make_account("two").await.unwrap();
    let other = home.core.operator().grant(new("two")).await.unwrap();

    let mine = home.core.operator().grants(Some("one")).await.unwrap();
    let [(grant, account)] = mine.as_slice() else { panic!("not one grant: {mine:?}") };
    assert_eq!((grant.id, account.as_str(), grant.used_at), (made.grant.id, "one", Some(home.clock.now())));
    assert!(grant.expires_at > granted.expires_at, "the refresh token outlives the token");
    let all = home.core.operator().grants(None).await.unwrap();
    assert_eq!(all.iter().map(|(grant, _)| grant.id).collect::<Vec<_>>(), [made.grant.id, other.grant.id]);

    let tokens = home.core.operator().tokens(Some("one")).await.unwrap();
    let by_grants: Vec<_> = tokens.iter().filter_map(|(token, _)| token.grant).collect();
    assert_eq!((tokens.len(), by_grants), (2, vec![made.grant.id]), "the other is the owner's, made by hand");
}
