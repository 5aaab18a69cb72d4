//! `attache token`

use super::{installation, refusal, run};
use crate::PROGRAM;
use attache_tests::{Client, Process, said};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::json;

#[test]
fn token_create_prints_the_token_and_nothing_else() {
    let home = installation();
    let made = run(home.path(), &["token", "create", "--account", "default", "--scopes", "files:read"]);
    let token = said(&made);
    assert_eq!(token.lines().count(), 1, "{token}");
    assert_eq!(token.split_whitespace().count(), 1, "{token}");
    assert_eq!(String::from_utf8_lossy(&made.stderr), "");
}

#[test]
fn the_form_with_jwt_has_the_three_parts_that_clients_look_for() {
    let home = installation();
    let token = said(&run(home.path(), &["token", "create", "--scopes", "all", "--jwt", "--ttl", "90d"]));
    let parts: Vec<&str> = token.trim().split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let (begin, end) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    assert_eq!(end - begin, 90 * 24 * 3600, "{claims}");
    assert_eq!((&claims["account_id"], &claims["sub"]), (&serde_json::json!(1), &serde_json::json!("1")));
    let scopes: Vec<&str> = claims["scopes"].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap()).collect();
    for scope in ["files", "files_delete", "crm", "files:read"] {
        assert!(scopes.contains(&scope), "{scopes:?}");
    }
}

#[test]
fn vendors_scopes_stand_behind_the_vendors_prefix() {
    let home = installation();
    said(&run(home.path(), &["token", "create", "--scopes", "hubspot:files,settings"]));
    let listed = said(&run(home.path(), &["token", "list"]));
    assert!(listed.contains("files:write") && listed.contains("settings"), "{listed}");
}

#[test]
fn an_unknown_scope_or_account_is_refused_with_what_would_be_right() {
    let home = installation();
    let why = refusal(&run(home.path(), &["token", "create", "--scopes", "files:fly"]));
    assert!(why.contains("files:fly") && why.contains("files:read") && why.contains("hubspot:"), "{why}");
    let why = refusal(&run(home.path(), &["token", "create", "--scopes", "all", "--account", "nobody"]));
    assert!(why.contains("'nobody'") && why.contains("account list"), "{why}");
    let why = refusal(&run(home.path(), &["token", "create", "--scopes", "all", "--ttl", "soon"]));
    assert!(why.contains("90d"), "{why}");
    assert_eq!(said(&run(home.path(), &["token", "list", "--json"])).trim(), "[]");
}

#[test]
fn token_list_shows_everything_but_the_secret() {
    let home = installation();
    let secret = said(&run(home.path(), &["token", "create", "--scopes", "files:read", "--user", "7", "--ttl", "1d"]));
    let list: serde_json::Value = serde_json::from_str(&said(&run(home.path(), &["token", "list", "--json"]))).unwrap();
    let token = &list[0];
    assert_eq!(token["account"], "default");
    assert_eq!(token["user"], 7);
    assert_eq!(token["scopes"], serde_json::json!(["files:read"]));
    assert!(token["expires_at"].is_string() && token["last_used_at"].is_null(), "{token}");

    let table = said(&run(home.path(), &["token", "list", "--account", "default"]));
    assert!(table.contains(token["id"].as_str().unwrap()), "{table}");
    assert!(!table.contains(secret.trim()) && !list.to_string().contains(secret.trim()));
}

#[test]
fn a_token_has_a_number_in_its_account_and_the_name_that_it_was_given() {
    let home = installation();
    said(&run(home.path(), &["token", "create", "--scopes", "files:read"]));
    said(&run(home.path(), &["token", "create", "--scopes", "files:read", "--name", "nightly import"]));
    let list: serde_json::Value = serde_json::from_str(&said(&run(home.path(), &["token", "list", "--json"]))).unwrap();
    let told: Vec<_> = list.as_array().unwrap().iter().map(|token| (&token["no"], &token["name"])).collect();
    assert_eq!(told, [(&json!(1), &json!("")), (&json!(2), &json!("nightly import"))]);
    let table = said(&run(home.path(), &["token", "list"]));
    let ends: Vec<&str> = table.lines().map(|line| line.rsplit("  ").next().unwrap_or_default().trim()).collect();
    assert_eq!(ends, ["NAME", "never", "nightly import"], "{table}");

    let why = refusal(&run(home.path(), &["token", "create", "--scopes", "files:read", "--name", "two\nlines"]));
    assert!(why.contains("--name") && why.contains("one line"), "{why}");
    let after = said(&run(home.path(), &["token", "list", "--json"]));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&after).unwrap(), list);
}

#[tokio::test]
async fn a_token_works_at_once_and_is_refused_once_revoked_while_the_server_runs() {
    let home = installation();
    let server = Process::serve(PROGRAM, home.path(), &[]);
    let client: Client = server.client(PROGRAM, "files:read");
    let status = async || client.get("/v1/files").send().await.expect("the server answers").status();
    assert_eq!(status().await, StatusCode::OK);

    let list: serde_json::Value = serde_json::from_str(&said(&run(home.path(), &["token", "list", "--json"]))).unwrap();
    said(&run(home.path(), &["token", "revoke", list[0]["id"].as_str().unwrap()]));
    assert_eq!(said(&run(home.path(), &["token", "list", "--json"])).trim(), "[]");
    // The server keeps what it knows of a token for a few seconds.
    while status().await != StatusCode::UNAUTHORIZED {}
}

#[test]
fn revoking_a_token_that_is_not_there_is_an_error() {
    let home = installation();
    for id in ["nonsense", "00000000-0000-0000-0000-000000000000"] {
        let why = refusal(&run(home.path(), &["token", "revoke", id]));
        assert!(why.contains(id), "{why}");
    }
}
