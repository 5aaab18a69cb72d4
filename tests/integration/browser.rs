//! The dashboard, the record panel and the intake page in a real browser: each test starts the program and runs one flow
//! of `tests/browser` against it.

use crate::PROGRAM;
use attache_tests::{Ask as _, Client, Home, Process, report, said};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to 1, a browser, Node or a dashboard that is not there is a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_BROWSER";

/// Webhooks and imports of the flows go to this machine.
const ARGUMENTS: [&str; 2] = ["--allow-private-network", "127.0.0.0/8"];

/// One test for each flow.
macro_rules! flows {
    ($($flow:literal: $statement:ident;)*) => {
        $(#[tokio::test]
        async fn $statement() {
            run($flow).await;
        })*
    };
}

flows! {
    "session": somebody_signs_in_with_a_token_and_out_again;
    "browse": folders_and_files_are_walked_through_as_a_list_and_as_a_grid;
    "search": files_are_found_by_name_and_by_filters;
    "uploads": files_and_folders_are_dropped_or_chosen_and_arrive_whole;
    "cut": an_upload_that_is_cut_or_paused_goes_on_and_arrives_whole;
    "changes": files_are_renamed_moved_linked_opened_to_others_and_put_on_records;
    "versions": an_older_version_comes_back_and_records_show_where_a_file_is_used;
    "previews": every_kind_of_content_has_its_preview;
    "record": a_record_has_a_screen_with_its_files;
    "trash": what_was_deleted_comes_back_or_is_erased;
    "links": signed_links_are_listed_and_taken_back;
    "tokens": a_token_is_made_shown_once_and_taken_back;
    "tasks": tasks_are_kept_up_to_date_while_one_looks;
    "events": events_appear_as_they_happen;
    "usage": storage_is_summed_up_by_folder_record_and_kind;
    "intake": an_intake_page_takes_files_with_script_and_without;
    "webhooks": a_webhook_is_made_tested_replayed_and_turned_off;
    "panel": the_record_panel_stands_in_another_sites_page_and_in_its_frame;
    "story": an_empty_server_comes_to_a_delivered_intake_by_the_screen_alone;
    "keyboard": everything_is_reached_by_the_keyboard_alone;
    "looks": every_screen_is_for_everybody_in_two_sizes_and_themes;
    "hostile": hostile_files_run_nothing;
    "paint": the_first_files_of_many_are_painted;
}

/// Runs a flow on an empty server of its own.
async fn run(flow: &str) {
    if let Some(missing) = missing() {
        return skip(missing);
    }
    let home = Home::new();
    let server = home.serve(PROGRAM, &ARGUMENTS);
    if !has_dashboard(&server).await {
        return skip("a dashboard in the program (npm ci && npm run build in dashboard/)");
    }
    let token = said(&home.command(PROGRAM, &["token", "create", "--scopes", "all"]).output().unwrap());
    let mut script = node(&["run.mjs", flow]);
    script.env("ATTACHE_URL", server.url()).env("ATTACHE_TOKEN", token.trim()).env("ATTACHE_PICTURES", pictures());
    report(said(&script.output().unwrap()).trim_end());
}

/// What this machine lacks for a browser's test, if anything.
fn missing() -> Option<&'static str> {
    let mut chromium = Command::new("chromium");
    let mut driver = node(&["-e", "await import('playwright-core')"]);
    let runs = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if !runs(&mut driver) {
        return Some("Node with its packages (npm ci in tests/browser)");
    }
    (!runs(chromium.arg("--version"))).then_some("chromium (on Debian: apt-get install chromium)")
}

/// Whether the page at `/` is the dashboard: without Node, the program is built without it and shows a note instead.
async fn has_dashboard(server: &Process) -> bool {
    let page = Client::new(server.url(), None).get("/").ask().await;
    page.status == 200 && page.text().contains("/assets/")
}

/// Node, in the folder of the browser's flows.
fn node(arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser"));
    command
}

/// Where the pictures of the screens are kept.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser")
}

#[expect(clippy::print_stderr, reason = "a skip is to be seen, and counted")]
fn skip(missing: &str) {
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "missing: {missing}");
    eprintln!("SKIPPED (needs {missing}): a test in the browser");
}
