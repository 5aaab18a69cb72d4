//! One line for each thing that keeps a command from its work, and the exit code that goes with it.

use super::{Desk, Said};
use crate::native::on_both_engines;
use attache_core::Credential;
use attache_model::account::Quota;
use attache_model::token::Secret;
use attache_tests::Setup;
use tokio::net::TcpSocket;

on_both_engines!(
    a_token_that_is_not_known_or_may_not_is_told_so,
    a_server_that_is_away_is_told_from_one_that_is_none,
    an_account_that_is_full_is_told_so,
);

async fn a_token_that_is_not_known_or_may_not_is_told_so(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    desk.write("large.bin", vec![0; (8 << 20) + 1]);
    let with =
        |token: &str, arguments: &[&str]| Said::of(desk.command(arguments).env("ATTACHE_TOKEN", token).output()).bad(3);
    let unknown = "the server does not know this token (any more); run 'attache login' with another one";
    for arguments in [&["ls"][..], &["put", "a.txt", "large.bin"], &["put", "large.bin"], &["rm", "17"], &["whoami"]] {
        assert_eq!(with("att_nonsense", arguments), unknown, "{arguments:?}");
    }
    let reader = desk.app.token("default", "files:read").await;
    for (arguments, scope) in [
        (&["put", "a.txt"][..], "files:write"),
        (&["put", "large.bin"], "files:write"),
        (&["rm", "17"], "files:delete"),
    ] {
        let words = with(&reader, arguments);
        assert!(words.starts_with("this token may not do that: ") && words.contains(scope), "{words}");
        assert!(words.ends_with("; run 'attache login' with one that may"), "{words}");
    }
    desk.app.stop().await;
}

async fn a_server_that_is_away_is_told_from_one_that_is_none(setup: Setup) {
    let desk = Desk::new(setup).await;
    // Taken, so that nobody else gets it, and not listened at.
    let away = TcpSocket::new_v4().unwrap();
    away.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", away.local_addr().unwrap());
    desk.write("a.txt", "a");
    for arguments in [&["ls"][..], &["put", "a.txt"]] {
        let words = Said::of(desk.command_at(&url, arguments).output()).bad(5);
        let expected = format!(
            "cannot reach the server at {url}: connection refused; see whether it runs and whether the address is right"
        );
        assert_eq!(words, expected);
    }
    let words = Said::of(desk.command_at(&format!("{}/metrics", desk.app.url()), &["ls"]).output());
    assert_eq!(words.code, Some(1), "{}", words.err);
    let words = Said::of(desk.command_at("files example", &["ls"]).output()).bad(2);
    assert!(words.contains("https://files.example.com"), "{words}");
    desk.app.stop().await;
}

async fn an_account_that_is_full_is_told_so(setup: Setup) {
    let desk = Desk::new(setup).await;
    let caller = desk.app.core().admit(&Credential::Token(Secret::new(desk.token.clone()))).await.unwrap();
    let quota = Quota { bytes: Some(1000), files: None };
    desk.app.core().manage(&caller).unwrap().set_quota(quota).await.unwrap();
    desk.write("a.bin", vec![1; 1001]);
    desk.write("large.bin", vec![1; (8 << 20) + 1]);
    for name in ["a.bin", "large.bin"] {
        let words = desk.run(&["put", name]).bad(2);
        assert_eq!(words, format!("{name}: the account has no room left; remove files, or ask its operator for more"));
    }
    assert_eq!(desk.run(&["find", "--json"]).code, Some(1));
    desk.app.stop().await;
}
