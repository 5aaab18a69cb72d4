//! `attache grant`

use super::{installation, refusal, run};
use attache_tests::said;
use serde_json::{Value, json};

fn list(home: &std::path::Path, more: &[&str]) -> Value {
    serde_json::from_str(&said(&run(home, &[&["grant", "list", "--json"], more].concat()))).unwrap()
}

#[test]
fn grant_create_prints_everything_that_a_client_needs_once() {
    let home = installation();
    let line = ["grant", "create", "--account", "default", "--scopes", "keap:user", "--user", "7"];
    let made = run(home.path(), &line);
    let text = said(&made);
    let names: Vec<&str> = text.lines().map(|line| line.split_once('=').expect("name=value").0).collect();
    assert_eq!(names, ["grant_id", "client_id", "client_secret", "code", "code_expires_at"]);
    assert_eq!(String::from_utf8_lossy(&made.stderr), "");

    let listed = list(home.path(), &[]);
    let grant = &listed[0];
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap();
    assert_eq!((&grant["id"], &grant["client_id"]), (&json!(value("grant_id")), &json!(value("client_id"))));
    assert_eq!((&grant["account"], &grant["user"]), (&json!("default"), &json!(7)));
    assert_eq!(grant["scopes"], json!(["files:personal", "files:contact"]));
    assert_eq!((&grant["expires_at"], &grant["last_used_at"]), (&json!(value("code_expires_at")), &Value::Null));
    let table = said(&run(home.path(), &["grant", "list", "--account", "default"]));
    assert!(table.contains(value("grant_id")), "{table}");
    for secret in [value("client_secret"), value("code")] {
        assert!(!table.contains(secret) && !listed.to_string().contains(secret));
    }
}

#[test]
fn a_client_may_bring_its_own_name_and_secret() {
    let home = installation();
    let line = ["grant", "create", "--scopes", "all", "--client-id", "desk", "--client-secret", "s3cret-of-desk"];
    let text = said(&run(home.path(), &line));
    assert!(text.contains("client_id=desk\n") && text.contains("client_secret=s3cret-of-desk\n"), "{text}");
}

#[test]
fn a_grant_that_cannot_be_made_says_what_would_be_right() {
    let home = installation();
    let create = |more: &[&str]| refusal(&run(home.path(), &[&["grant", "create", "--scopes"], more].concat()));
    assert!(create(&["files:fly"]).contains("files:read"));
    assert!(create(&["all", "--account", "nobody"]).contains("account list"));
    assert!(create(&["all", "--client-id", "a b"]).contains("--client-id: it has 1 to 200 characters"));
    assert!(create(&["all", "--client-id", "a", "--client-secret", "short"]).contains("--client-secret: it has 8"));
    assert!(create(&["all", "--client-secret", "long-enough"]).contains("--client-id"));
    assert_eq!(list(home.path(), &[]), json!([]));
}

#[test]
fn a_revoked_grant_is_gone_from_the_list() {
    let home = installation();
    said(&run(home.path(), &["grant", "create", "--scopes", "all"]));
    let id = list(home.path(), &[])[0]["id"].as_str().unwrap().to_owned();
    said(&run(home.path(), &["grant", "revoke", &id]));
    assert_eq!(list(home.path(), &[]), json!([]));
    for id in ["nonsense", &id] {
        let why = refusal(&run(home.path(), &["grant", "revoke", id]));
        assert!(why.contains(id) && why.contains("grant list"), "{why}");
    }
}
