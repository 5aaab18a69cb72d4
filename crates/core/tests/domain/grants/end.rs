//! Taking back: a grant with its tokens, and a token with its grant.

use crate::grants::acts::{new, shut_out, worthless};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Credential, NewToken, TokenForm};
use attache_model::id::GrantId;
use attache_model::scope::Scopes;
use attache_model::{Error, UserNo, What};

on_both_engines!(
    a_grant_that_is_taken_back_takes_its_tokens_along_and_no_others,
    a_code_of_a_grant_that_was_taken_back_is_worth_nothing,
    a_token_that_is_taken_back_takes_its_grant_along,
    an_accounts_manager_ends_grants_of_the_own_account_alone,
    a_grant_is_taken_back_once,
);

async fn a_grant_that_is_taken_back_takes_its_tokens_along_and_no_others(home: Home) {
    let ((made, first), (other, theirs)) = (home.granted().await, home.granted().await);
    let second = home.refresh(&made, &first.refresh).await.unwrap();
    home.core.operator().revoke_grant(made.grant.id).await.unwrap();
    shut_out(home.admit(&first.token).await);
    shut_out(home.admit(&second.token).await);
    worthless(home.refresh(&made, &second.refresh).await);
    assert!(home.admit(&theirs.token).await.is_ok());
    assert!(home.refresh(&other, &theirs.refresh).await.is_ok());
}

async fn a_code_of_a_grant_that_was_taken_back_is_worth_nothing(home: Home) {
    let made = home.grant().await;
    home.core.operator().revoke_grant(made.grant.id).await.unwrap();
    worthless(home.redeem(&made).await);
}

async fn a_token_that_is_taken_back_takes_its_grant_along(home: Home) {
    let (made, first) = home.granted().await;
    let second = home.refresh(&made, &first.refresh).await.unwrap();
    let id = home.admit(&first.token).await.unwrap().token().unwrap();
    home.core.operator().revoke_token(id).await.unwrap();
    shut_out(home.admit(&first.token).await);
    shut_out(home.admit(&second.token).await);
    worthless(home.refresh(&made, &second.refresh).await);
    let left = home.core.operator().tokens(None).await.unwrap();
    let left: Vec<_> = left.iter().map(|(token, _)| token.id).collect();
    assert_eq!(left, [home.owner.token().unwrap()], "the one that was made by hand");
}

async fn an_accounts_manager_ends_grants_of_the_own_account_alone(home: Home) {
    home.core.operator().make_account("two").await.unwrap();
    let (made, mine) = home.granted().await;
    let other = home.core.operator().grant(new("two")).await.unwrap();
    let theirs = home.redeem(&other).await.unwrap();
    let wish = NewToken {
        account: "one".into(),
        user: UserNo::OWNER,
        name: String::new(),
        scopes: Scopes::all(),
        life: None,
        form: TokenForm::Plain,
    };
    let (_, secret) = home.core.operator().make_token(wish).await.unwrap();
    let caller = home.core.admit(&Credential::Token(secret)).await.unwrap();
    let manage = home.core.manage(&caller).unwrap();

    let foreign = home.admit(&theirs.token).await.unwrap().token().unwrap();
    assert!(matches!(manage.revoke_token(foreign).await, Err(Error::NotFound(What::Token))));
    assert!(home.refresh(&other, &theirs.refresh).await.is_ok());
    let own = home.admit(&mine.token).await.unwrap().token().unwrap();
    manage.revoke_token(own).await.unwrap();
    worthless(home.refresh(&made, &mine.refresh).await);
}

async fn a_grant_is_taken_back_once(home: Home) {
    let made = home.grant().await;
    home.core.operator().revoke_grant(made.grant.id).await.unwrap();
    for id in [made.grant.id, GrantId(uuid::Uuid::nil())] {
        let again = home.core.operator().revoke_grant(id).await;
        assert!(matches!(again, Err(Error::NotFound(What::Grant))), "{again:?}");
    }
}
