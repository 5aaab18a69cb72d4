//! `attache migrate`, the setting `migrate`, and two releases on one database.

use super::{refusal, run};
use crate::PROGRAM;
use attache_core::migrations;
use attache_db::{Db, Migration, Options, Schema, Target};
use attache_tests::{Ask, Engine, Home, Process, command, said};
use std::process::{Child, Stdio};

/// A migration that only a later release knows.
const LATER: &str = "CREATE TABLE of_a_later_release (no {int} NOT NULL PRIMARY KEY) {strict}";

/// What a release before this one knew.
fn before() -> Vec<Migration> {
    let mut known = migrations();
    known.pop();
    known
}

/// What a release after this one will know, whose last step needs programs that know `floor` migrations.
fn after(floor: usize) -> Vec<Migration> {
    let (mut known, number) = (migrations(), migrations().len() + 1);
    let number = u32::try_from(number).unwrap();
    known.push(Migration::new(number, "later", LATER).with_floor(u32::try_from(floor).unwrap()));
    known
}

async fn open(home: &Home) -> Db {
    let target = match home.database() {
        Some(url) => Target::Postgres(url.to_owned()),
        None => Target::Sqlite(home.path().join("attache.db")),
    };
    Db::open(&target, &Options::default()).await.unwrap()
}

/// Brings the schema to where another release would.
async fn bring(home: &Home, migrations: &[Migration]) {
    let db = open(home).await;
    db.migrate(migrations).await.unwrap();
    db.close().await;
}

async fn schema(home: &Home) -> Schema {
    let db = open(home).await;
    let schema = db.schema(&migrations()).await.unwrap();
    db.close().await;
    schema
}

/// A server that leaves the schema to `attache migrate`.
fn serve_careful(home: &Home) -> Process {
    let mut line = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    line.env("ATTACHE_MIGRATE", "check");
    Process::start(line, home.path())
}

/// Demands that the server works: a file goes in and comes out, and the check finds nothing.
async fn works(home: &Home, server: &Process) {
    let client = server.client(PROGRAM, "all");
    client.put("/v1/files/by-path/a.txt").body("a").ask().await.expect(201);
    assert_eq!(client.get("/v1/files").ask().await.expect(200)["items"][0]["name"], "a.txt");
    said(&run(home.path(), &["check"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_is_brought_up_to_date_and_what_was_done_is_said() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        let all: String = migrations().iter().map(|one| format!("applied: {} ({})\n", one.number, one.name)).collect();
        assert_eq!(said(&run(home.path(), &["migrate"])), all);
        assert_eq!(said(&run(home.path(), &["migrate"])).lines().count(), 1, "nothing is left to do");
        assert_eq!(schema(&home).await, Schema::Current);
        works(&home, &serve_careful(&home)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lacking_can_be_asked_for_and_is_not_applied() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        bring(&home, &before()).await;
        for _ in 0..2 {
            let check = run(home.path(), &["migrate", "--check"]);
            assert_eq!(check.status.code(), Some(1));
            let last = migrations()[before().len()];
            assert_eq!(String::from_utf8_lossy(&check.stdout), format!("lacking: {} ({})\n", last.number, last.name));
        }
        said(&run(home.path(), &["migrate"]));
        said(&run(home.path(), &["migrate", "--check"]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_leaves_the_schema_to_the_operator_refuses_an_old_one_and_changes_nothing() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        bring(&home, &before()).await;
        let lines: [&[&str]; 3] =
            [&["serve", "--listen", "127.0.0.1:0"], &["token", "create", "--scopes", "all"], &["check"]];
        for line in lines {
            let refused = command(PROGRAM, home.path(), line).env("ATTACHE_MIGRATE", "check").output().unwrap();
            let why = refusal(&refused);
            let last = migrations()[before().len()];
            assert!(
                why.contains("attache migrate") && why.contains(&format!("{} ({})", last.number, last.name)),
                "{why}"
            );
        }
        assert!(matches!(schema(&home).await, Schema::Behind(lacking) if lacking.len() == 1));
        said(&run(home.path(), &["migrate"]));
        works(&home, &serve_careful(&home)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_release_works_on_the_database_of_a_later_one_that_lets_it() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        bring(&home, &after(migrations().len())).await;
        let told = said(&run(home.path(), &["migrate"]));
        assert!(told.contains("1 migrations more"), "{told}");
        works(&home, &serve_careful(&home)).await;
        assert_eq!(schema(&home).await, Schema::Ahead(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_goes_on_while_a_later_release_brings_the_schema_further() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        let server = home.serve(PROGRAM, &[]);
        bring(&home, &after(migrations().len())).await;
        works(&home, &server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_shuts_this_release_out_is_refused_with_the_release_to_run() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        bring(&home, &after(migrations().len() + 1)).await;
        let lines: [&[&str]; 4] =
            [&["serve", "--listen", "127.0.0.1:0"], &["migrate"], &["migrate", "--check"], &["account", "list"]];
        for line in lines {
            let why = refusal(&run(home.path(), line));
            assert!(why.contains("(later)") && why.contains("run release"), "{why}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_bring_one_database_up_to_date_at_once() {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        let start = |line: &[&str]| -> Child {
            let mut line = home.command(PROGRAM, line);
            line.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let mut running: Vec<Child> = (0..4).map(|_| start(&["migrate"])).collect();
        running.extend(["default", "second"].map(|name| start(&["account", "create", name])));
        for one in running {
            said(&one.wait_with_output().unwrap());
        }
        assert_eq!(schema(&home).await, Schema::Current);
        works(&home, &home.serve(PROGRAM, &[])).await;
    }
}

#[test]
fn a_mistyped_data_folder_is_not_migrated() {
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("dta");
    assert!(refusal(&run(&missing, &["migrate"])).contains("dta"));
    assert!(!missing.exists());
}
