//! One server on a data folder.

use super::{installation, made, refusal, run};
use crate::PROGRAM;
use attache_tests::{Home, Process, said};

#[test]
fn a_second_server_on_the_same_data_is_refused_and_told_the_process() {
    let Some(home) = Home::on_disk().map(made) else { return };
    let server = Process::serve(PROGRAM, home.path(), &[]);
    let why = refusal(&run(home.path(), &["serve", "--listen", "127.0.0.1:0"]));
    assert!(why.contains(&format!("process {}", server.pid())), "{why}");
}

#[test]
fn other_commands_work_while_a_server_runs() {
    let home = installation();
    let _server = Process::serve(PROGRAM, home.path(), &[]);
    said(&run(home.path(), &["account", "create", "acme"]));
    said(&run(home.path(), &["token", "create", "--account", "acme", "--scopes", "all"]));
    said(&run(home.path(), &["check"]));
}

#[test]
fn a_killed_server_leaves_the_folder_free() {
    let home = installation();
    Process::serve(PROGRAM, home.path(), &[]).kill();
    Process::serve(PROGRAM, home.path(), &[]).kill();
}

#[test]
fn an_address_that_is_taken_is_told() {
    let (first, second) = (installation(), installation());
    let server = Process::serve(PROGRAM, first.path(), &[]);
    let taken = server.url().trim_start_matches("http://");
    let why = refusal(&run(second.path(), &["serve", "--listen", taken]));
    assert!(why.contains(taken) && why.contains("--listen"), "{why}");
}
