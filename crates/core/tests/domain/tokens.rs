//! Tokens by number and name, on both engines: numbers count up in an account, and users see and end their own alone.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Caller, Credential, NewToken, TokenForm};
use attache_model::scope::Scopes;
use attache_model::token::{Secret, TOKEN_NAME_MAX, Token};
use attache_model::{Error, Scope, UserNo, What};
use futures_util::future::join_all;
use std::collections::BTreeSet;

on_both_engines!(
    tokens_are_numbered_in_their_account_however_they_are_made,
    many_that_are_made_at_once_get_a_number_each,
    a_number_is_not_used_again,
    a_name_to_the_end_of_its_length_is_kept_and_a_longer_one_makes_nothing,
    users_see_their_own_tokens_alone,
    users_end_their_own_tokens_alone,
    a_token_that_is_ended_by_its_number_takes_its_grant_along,
);

const READ: &[Scope] = &[Scope::FilesRead, Scope::Settings];

fn wish(account: &str, name: &str) -> NewToken {
    let (account, name, scopes) = (account.to_owned(), name.to_owned(), Scopes::all());
    NewToken { account, user: UserNo::OWNER, name, scopes, life: None, form: TokenForm::Plain }
}

impl Home {
    /// A token of the caller's user, made by the caller.
    async fn own(&self, caller: &Caller, name: &str) -> Result<(Token, Secret), Error> {
        let scopes: Scopes = [Scope::FilesRead].into_iter().collect();
        self.core.manage(caller).unwrap().make_token(name, scopes, None).await
    }

    /// The numbers and names of the tokens of the caller's user.
    async fn mine(&self, caller: &Caller) -> Vec<(i64, String)> {
        let tokens = self.core.manage(caller).unwrap().my_tokens().await.unwrap();
        tokens.into_iter().map(|token| (token.no, token.name)).collect()
    }
}

async fn tokens_are_numbered_in_their_account_however_they_are_made(home: Home) {
    let stranger = home.stranger().await;
    let (by_operator, _) = home.core.operator().make_token(wish("one", "nightly import")).await.unwrap();
    let (by_caller, _) = home.own(&home.owner, "  desk  ").await.unwrap();
    let (made, granted) = home.granted().await;
    let by_client = home.admit(&granted.token).await.unwrap().token();
    let (theirs, _) = home.own(&stranger, "desk").await.unwrap();

    let mut all = home.core.operator().tokens(None).await.unwrap();
    all.sort_by_key(|(token, _)| (token.account, token.no));
    let told: Vec<_> = all.iter().map(|(token, account)| (account.as_str(), token.no, token.name.as_str())).collect();
    let client = made.grant.client.as_str();
    let one = [("one", 1, ""), ("one", 2, "nightly import"), ("one", 3, "desk"), ("one", 4, client)];
    assert_eq!(told, [one.as_slice(), &[("two", 1, ""), ("two", 2, "desk")]].concat());
    let ids: Vec<_> = all.iter().map(|(token, _)| Some(token.id)).collect();
    assert_eq!(ids[1..4], [Some(by_operator.id), Some(by_caller.id), by_client]);
    // What the maker is told is what is kept.
    for token in [by_operator, by_caller, theirs] {
        assert!(all.iter().any(|(kept, _)| *kept == token), "{token:?}");
    }
}

async fn many_that_are_made_at_once_get_a_number_each(home: Home) {
    let made = join_all((0..30).map(|_| home.own(&home.owner, ""))).await;
    let numbers: BTreeSet<i64> = made.into_iter().map(|made| made.unwrap().0.no).collect();
    assert_eq!(numbers, (2..=31).collect());
}

async fn a_number_is_not_used_again(home: Home) {
    let (last, _) = home.own(&home.owner, "a").await.unwrap();
    home.core.manage(&home.owner).unwrap().revoke_token_no(last.no).await.unwrap();
    let (next, _) = home.own(&home.owner, "b").await.unwrap();
    assert_eq!(next.no, last.no + 1);
}

async fn a_name_to_the_end_of_its_length_is_kept_and_a_longer_one_makes_nothing(home: Home) {
    let longest = "x".repeat(TOKEN_NAME_MAX);
    home.own(&home.owner, &longest).await.unwrap();
    let longer = format!("{longest}x");
    let refused = [
        home.own(&home.owner, &longer).await,
        home.own(&home.owner, "two\nlines").await,
        home.core.operator().make_token(wish("one", &longer)).await,
    ];
    for answer in refused {
        assert!(matches!(&answer, Err(Error::Invalid { field, .. }) if field == "name"), "{answer:?}");
    }
    assert_eq!(home.mine(&home.owner).await, [(1, String::new()), (2, longest)]);
}

async fn users_see_their_own_tokens_alone(home: Home) {
    let (user, stranger) = (home.user(7, READ).await, home.stranger().await);
    home.own(&user, "mine").await.unwrap();
    home.own(&home.owner, "the owner's").await.unwrap();
    assert_eq!(home.mine(&user).await, [(2, String::new()), (3, "mine".into())]);
    assert_eq!(home.mine(&home.owner).await, [(1, String::new()), (4, "the owner's".into())]);
    assert_eq!(home.mine(&stranger).await, [(1, String::new())]);
}

async fn users_end_their_own_tokens_alone(home: Home) {
    let (user, stranger) = (home.user(7, READ).await, home.stranger().await);
    let (mine, secret) = home.own(&user, "mine").await.unwrap();
    let credential = Credential::Token(secret);
    let unknown =
        |answer: Result<(), Error>| assert!(matches!(answer, Err(Error::NotFound(What::Token))), "{answer:?}");
    for caller in [&home.owner, &stranger] {
        unknown(home.core.manage(caller).unwrap().revoke_token_no(mine.no).await);
    }
    for none in [0, -1, 99, i64::MAX] {
        unknown(home.core.manage(&user).unwrap().revoke_token_no(none).await);
    }
    assert!(home.core.admit(&credential).await.is_ok());

    home.core.manage(&user).unwrap().revoke_token_no(mine.no).await.unwrap();
    assert!(matches!(home.core.admit(&credential).await, Err(Error::Unauthenticated(_))));
    assert_eq!(home.mine(&user).await, [(2, String::new())]);
    unknown(home.core.manage(&user).unwrap().revoke_token_no(mine.no).await);
}

async fn a_token_that_is_ended_by_its_number_takes_its_grant_along(home: Home) {
    let (made, granted) = home.granted().await;
    let user = home.user(7, READ).await;
    let (no, name) = home.mine(&user).await.remove(0);
    assert_eq!(name, made.grant.client);
    home.core.manage(&user).unwrap().revoke_token_no(no).await.unwrap();
    assert!(matches!(home.admit(&granted.token).await, Err(Error::Unauthenticated(_))));
    assert!(matches!(home.refresh(&made, &granted.refresh).await, Err(Error::NotFound(What::Grant))));
}
