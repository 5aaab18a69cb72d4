//! Which client may trade a voucher: the one that it was made for, with its secret.

use crate::grants::acts::{new, shut_out, worthless};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::NewGrant;
use attache_model::Error;
use attache_model::token::Secret;

on_both_engines!(
    a_client_with_another_secret_is_not_let_in_and_uses_nothing_up,
    a_client_that_nobody_made_is_not_let_in,
    another_clients_voucher_is_worth_nothing_and_stays_good,
    one_client_may_have_grants_in_several_accounts,
    a_client_brings_its_own_name_and_secret,
    no_secret_is_kept,
);

async fn a_client_with_another_secret_is_not_let_in_and_uses_nothing_up(home: Home) {
    let made = home.grant().await;
    let wrong = Secret::new("not-the-secret");
    shut_out(home.core.redeem_code(&made.grant.client, &wrong, &made.code).await);
    let granted = home.redeem(&made).await.unwrap();
    shut_out(home.core.refresh(&made.grant.client, &wrong, &granted.refresh).await);
    assert!(home.refresh(&made, &granted.refresh).await.is_ok());
}

async fn a_client_that_nobody_made_is_not_let_in(home: Home) {
    let made = home.grant().await;
    shut_out(home.core.redeem_code("nobody", &made.secret, &made.code).await);
    shut_out(home.core.redeem_code("", &Secret::new(""), &Secret::new("")).await);
    shut_out(home.core.refresh("nobody", &Secret::new("whatever"), &Secret::new("atr_made_up")).await);
    worthless(home.refresh(&made, &Secret::new("atr_made_up")).await);
}

async fn another_clients_voucher_is_worth_nothing_and_stays_good(home: Home) {
    let (mine, theirs) = (home.grant().await, home.grant().await);
    worthless(home.core.redeem_code(&mine.grant.client, &mine.secret, &theirs.code).await);
    let granted = home.redeem(&theirs).await.unwrap();
    // Not even one that was used already ends what is theirs.
    worthless(home.core.redeem_code(&mine.grant.client, &mine.secret, &theirs.code).await);
    worthless(home.refresh(&mine, &granted.refresh).await);
    assert!(home.admit(&granted.token).await.is_ok());
    assert!(home.refresh(&theirs, &granted.refresh).await.is_ok());
}

async fn one_client_may_have_grants_in_several_accounts(home: Home) {
    home.core.operator().make_account("two").await.unwrap();
    let mine = home.grant().await;
    let same = |account| NewGrant {
        client: Some(mine.grant.client.clone()),
        secret: Some(mine.secret.clone()),
        ..new(account)
    };
    let theirs = home.core.operator().grant(same("two")).await.unwrap();
    let (one, two) = (home.redeem(&mine).await.unwrap(), home.redeem(&theirs).await.unwrap());
    assert_ne!(one.account, two.account);
    home.core.operator().revoke_grant(mine.grant.id).await.unwrap();
    worthless(home.refresh(&mine, &one.refresh).await);
    assert_eq!(home.refresh(&theirs, &two.refresh).await.unwrap().account, two.account);
}

async fn a_client_brings_its_own_name_and_secret(home: Home) {
    let own = |client: &str, secret: &str| NewGrant {
        client: Some(client.into()),
        secret: Some(Secret::new(secret)),
        ..new("one")
    };
    let made = home.core.operator().grant(own("desk.app", "s3cret-of-the-desk")).await.unwrap();
    assert_eq!((made.grant.client.as_str(), made.secret.reveal()), ("desk.app", "s3cret-of-the-desk"));
    assert!(home.redeem(&made).await.is_ok());
    for (client, secret) in [("", "long-enough"), ("a b", "long-enough"), ("desk", "short"), ("desk", "with a blank")] {
        let refused = home.core.operator().grant(own(client, secret)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{client} {secret}");
    }
}

async fn no_secret_is_kept(home: Home) {
    let (made, granted) = home.granted().await;
    let again = home.refresh(&made, &granted.refresh).await.unwrap();
    let secrets = [&made.secret, &made.code, &granted.token, &granted.refresh, &again.token, &again.refresh];
    for entry in std::fs::read_dir(home.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { continue };
        for secret in secrets {
            let found = bytes.windows(secret.reveal().len()).any(|part| part == secret.reveal().as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
    let shown = format!("{made:?} {granted:?}");
    assert!(secrets.iter().all(|secret| !shown.contains(secret.reveal())), "{shown}");
}
