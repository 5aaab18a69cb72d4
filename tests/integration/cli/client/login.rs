//! `attache login`, `logout`, `whoami`: what is kept, for whom, and what wins.

use super::{Desk, Said, bare, fed};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

on_both_engines!(
    a_login_is_kept_where_nobody_else_reads_it_and_used_from_then_on,
    logins_have_names_and_the_environment_wins_over_all,
    a_token_that_may_not_see_the_account_can_log_in,
    a_wrong_token_is_not_kept,
);

/// Logs in with a token on standard input.
fn login(home: &Path, arguments: &[&str], token: &str) -> Said {
    let line = [&["login", "--token-stdin"], arguments].concat();
    fed(bare(home, &line), token.as_bytes())
}

fn run(home: &Path, arguments: &[&str]) -> Said {
    Said::of(bare(home, arguments).output())
}

async fn a_login_is_kept_where_nobody_else_reads_it_and_used_from_then_on(setup: Setup) {
    let desk = Desk::new(setup).await;
    let (home, url) = (desk.person.path(), desk.app.url());
    let words = run(home, &["ls"]).bad(3);
    assert_eq!(words, "nobody is logged in; run 'attache login URL', or set ATTACHE_URL and ATTACHE_TOKEN");

    let said = login(home, &[&url], &format!("{}\n", desk.token));
    assert_eq!((said.code, said.out.as_slice()), (Some(0), &b""[..]));
    assert!(
        said.err.starts_with(&format!("logged in at {url} as user 1 of account default (files:read")),
        "{}",
        said.err
    );
    assert!(!said.err.contains(&desk.token));
    let kept = desk.at(".config/attache/login.toml");
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(kept.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);

    assert!(run(home, &["whoami"]).good().ends_with(&format!(" at {url}\n")));
    let who: Value = serde_json::from_str(&run(home, &["whoami", "--json"]).good()).unwrap();
    assert_eq!((who["url"].as_str(), who["account"]["name"].as_str()), (Some(&*url), Some("default")));

    // Once more without an address, as after a token was revoked.
    assert_eq!(login(home, &[], &desk.token).code, Some(0));
    run(home, &["logout"]).good();
    assert_eq!(run(home, &["logout"]).bad(1), "there is no login 'default'");
    run(home, &["ls"]).bad(3);
    assert!(!String::from_utf8_lossy(&std::fs::read(&kept).unwrap()).contains(&desk.token));
    desk.app.stop().await;
}

async fn logins_have_names_and_the_environment_wins_over_all(setup: Setup) {
    let desk = Desk::new(setup).await;
    let (home, url) = (desk.person.path(), desk.app.url());
    let reader = desk.app.token("default", "files:read").await;
    login(home, &[&url, "--profile", "reader", "--json"], &reader);
    let scopes = |said: Said| said.objects()[0]["account"]["caller"]["scopes"].clone();
    assert_eq!(scopes(run(home, &["whoami", "--json", "--profile", "reader"])), serde_json::json!(["files:read"]));
    assert_eq!(
        run(home, &["whoami", "--profile", "other"]).bad(3),
        "there is no login 'other'; run 'attache login URL --profile other'"
    );
    let mut named = bare(home, &["whoami", "--json"]);
    assert_eq!(scopes(Said::of(named.env("ATTACHE_PROFILE", "reader").output())), serde_json::json!(["files:read"]));
    let all = scopes(desk.run(&["whoami", "--json", "--profile", "reader"]));
    assert!(all.as_array().unwrap().len() > 1, "{all}");
    let mut half = bare(home, &["whoami"]);
    let words = Said::of(half.env("ATTACHE_URL", &url).output()).bad(2);
    assert_eq!(words, "ATTACHE_URL is set and ATTACHE_TOKEN is not; set both or none");
    desk.app.stop().await;
}

async fn a_token_that_may_not_see_the_account_can_log_in(setup: Setup) {
    let desk = Desk::new(setup).await;
    let writer = desk.app.token("default", "files:write").await;
    let said = login(desk.person.path(), &[&desk.app.url()], &writer);
    assert_eq!(said.code, Some(0), "{}", said.err);
    desk.write("a.txt", "a");
    assert_eq!(run(desk.person.path(), &["put", "a.txt"]).good(), "/a.txt\n");
    // What became of a large one it may not ask.
    desk.write("large.bin", vec![1; (8 << 20) + 1]);
    let put = run(desk.person.path(), &["put", "large.bin", "--json"]).objects();
    assert_eq!(put, [serde_json::json!({ "name": "large.bin", "outcome": "created", "file": null })]);
    desk.run(&["ls", "/large.bin"]).good();
    desk.app.stop().await;
}

async fn a_wrong_token_is_not_kept(setup: Setup) {
    let desk = Desk::new(setup).await;
    let home = desk.person.path();
    login(home, &[&desk.app.url()], "att_nonsense").bad(3);
    login(home, &[&desk.app.url()], "").bad(2);
    login(home, &["ftp://files.example.com"], "x").bad(2);
    login(home, &[], "x").bad(2);
    assert!(!desk.at(".config").exists());
    desk.app.stop().await;
}
