//! `attache account`

use super::{installation, refusal, run};
use attache_tests::said;

#[test]
fn accounts_are_made_and_listed() {
    let home = installation();
    said(&run(home.path(), &["account", "create", "acme"]));
    let list = said(&run(home.path(), &["account", "list"]));
    let names: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(names, ["default", "acme"], "{list}");
}

#[test]
fn an_account_of_a_name_that_is_taken_is_refused() {
    let home = installation();
    let why = refusal(&run(home.path(), &["account", "create", "default"]));
    assert!(why.contains("'default' already"), "{why}");
}

#[test]
fn a_mistyped_data_folder_does_not_become_an_installation() {
    let home = tempfile::tempdir().unwrap();
    let missing = home.path().join("dta");
    let why = refusal(&run(&missing, &["account", "list"]));
    assert!(why.contains("dta"), "{why}");
    assert!(!missing.exists());
}
