//! Settings: where they may stand, and what wins.

use super::{refusal, run};
use crate::PROGRAM;
use attache_tests::{Client, Process, command, said};

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let home = tempfile::tempdir().unwrap();
    let file = "listen = '127.0.0.1:1111'\npublic_url = 'http://file.example'\nlog = 'warn'\n";
    std::fs::write(home.path().join("attache.toml"), file).unwrap();
    let config = command(PROGRAM, home.path(), &["config", "--listen", "127.0.0.1:3333"])
        .env("ATTACHE_LISTEN", "127.0.0.1:2222")
        .env("ATTACHE_PUBLIC_URL", "http://environment.example")
        .output()
        .unwrap();
    let config = said(&config);
    for line in [
        "listen = \"127.0.0.1:3333\"  # --listen",
        "public_url = \"http://environment.example\"  # ATTACHE_PUBLIC_URL",
        "log = \"warn\"  # ",
        "limits.file_bytes = 2147483648  # default",
    ] {
        assert!(config.contains(line), "{line} is missing in\n{config}");
    }
}

#[test]
fn an_unknown_setting_is_an_error_that_names_the_nearest_known_one() {
    let home = tempfile::tempdir().unwrap();
    let variable = command(PROGRAM, home.path(), &["config"]).env("ATTACHE_LISTENN", "x").output().unwrap();
    assert!(refusal(&variable).contains("'ATTACHE_LISTEN'"));
    std::fs::write(home.path().join("attache.toml"), "[limits]\nuplods = 3\n").unwrap();
    let why = refusal(&run(home.path(), &["config"]));
    assert!(why.contains("limits.uplods") && why.contains("'limits.uploads'"), "{why}");
}

#[test]
fn a_bad_setting_keeps_the_server_from_starting_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let why = refusal(&run(&data, &["serve", "--listen", "8080"]));
    assert!(why.contains("--listen") && why.contains("127.0.0.1:8080"), "{why}");
    assert!(!data.exists());
}

#[test]
fn the_password_of_the_database_is_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let config = said(&run(home.path(), &["config", "--database", "postgres://me:hunter2@db/files"]));
    assert!(config.contains("postgres://me:***@db/files") && !config.contains("hunter2"), "{config}");
}

#[tokio::test]
async fn the_commands_and_the_server_work_on_postgresql() {
    let Some(url) = attache_db::testing::database().await else { return };
    let home = tempfile::tempdir().unwrap();
    let on = |arguments: &[&str]| said(&run(home.path(), &[arguments, &["--database", &url]].concat()));
    on(&["account", "create", "default"]);
    let token = on(&["token", "create", "--scopes", "all"]);
    let server = Process::serve(PROGRAM, home.path(), &["--database", &url]);
    let client = Client::new(server.url(), Some(token.trim().to_owned()));
    assert_eq!(client.get("/v1/files").send().await.unwrap().status(), 200);
    on(&["check"]);
    assert!(!home.path().join("attache.db").exists());
}
