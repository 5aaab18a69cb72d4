//! Every unit that writes is told here: those that leave a line of the audit log, and those that do not, with why. A new one
//! ends the test until somebody has decided.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Units that write lines: each ends in `settle` or in `note`.
const AUDITED: &[&str] = &[
    "change a file",
    "change a file within reach",
    "change a folder",
    "change a webhook",
    "change cards",
    "change fields",
    "change notes",
    "close an intake",
    "correct references",
    "delete a folder",
    "end an upload",
    "end the waiting of files",
    "erase a file",
    "give a webhook another secret",
    "give an upload up",
    "keep a grant",
    "keep a signed link",
    "keep a task",
    "keep a token",
    "keep a webhook",
    "lift a legal hold",
    "make a folder",
    "make a user",
    "make an account",
    "make an intake",
    "make cards",
    "make fields",
    "move a file to the trash",
    "move a file within reach to the trash",
    "move a panel's file to the trash",
    "move files to the trash",
    "open an upload",
    "purge files",
    "put a file",
    "put a file on a record",
    "put a file under legal hold",
    "put files on a record",
    "put files on an owner",
    "put notes on records",
    "remove a field",
    "remove a webhook",
    "remove values of a field",
    "replace a file",
    "replay an erasure",
    "restore a file",
    "restore files",
    "revoke a grant",
    "revoke a token",
    "revoke a user's token",
    "say which pages may show panels",
    "send a delivery once more",
    "send events once more",
    "set the days of the trash",
    "set the quota",
    "take a file off a panel's record",
    "take a file off a record",
    "take a file off its owner",
    "take a signed link back",
    "take files off a record",
    "trade a voucher",
    "write a line of the audit log",
    "write refusals down",
];

/// Units that write none, and why.
const QUIET: &[(&str, &[&str])] = &[
    (
        "they change nothing that anybody asked for: numbers, leases, keys of repeated requests, figures",
        &[
            "claim a task",
            "confirm the clock",
            "end a task",
            "forget what is over",
            "free an idempotency key",
            "keep a chore",
            "keep an answer",
            "keep the newest moment",
            "leave a chore",
            "note a token's use",
            "renew a lease",
            "renew the hold of an idempotency key",
            "take a chore",
            "take an idempotency key",
            "take numbers",
        ],
    ),
    (
        "the change that it belongs to has its line",
        &["forget a dead blob", "note what is gone", "trim the audit log", "write down what was read again"],
    ),
    (
        "a piece of an upload is nothing before its end",
        &[
            "ask for an upload",
            "count an upload's bytes",
            "hand an upload over",
            "say that an upload is worked on",
            "take an upload over",
        ],
    ),
    (
        "an event that is on its way",
        &[
            "have deliveries sent",
            "note how a delivery went",
            "put a webhook's task back",
            "put events in line for a webhook",
        ],
    ),
];

#[test]
fn of_every_unit_that_writes_it_was_decided_whether_it_is_in_the_log() {
    let mut found = BTreeSet::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let quiet = QUIET.iter().flat_map(|(_, units)| units.iter());
    let told: BTreeSet<String> = AUDITED.iter().chain(quiet).map(|unit| (*unit).to_owned()).collect();
    let undecided: Vec<_> = found.difference(&told).collect();
    assert!(undecided.is_empty(), "say of these units whether they leave a line of the audit log: {undecided:?}");
    let gone: Vec<_> = told.difference(&found).collect();
    assert!(gone.is_empty(), "there are no such units any more: {gone:?}");
}

/// The names that units are given where they are run.
fn look(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The oracle and its like are tests.
        let is_test = path.ends_with("oracle") || path.ends_with("schedule") || path.ends_with("settle.rs");
        if path.is_dir() && !is_test {
            look(&path, found);
        } else if path.is_file() && !is_test {
            let text = fs::read_to_string(&path).unwrap();
            for call in [".write(", ".write_all(", ".write_in(", ".write_placed("] {
                for rest in text.split(call).skip(1) {
                    if let Some((name, _)) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                        found.insert(name.to_owned());
                    }
                }
            }
        }
    }
}
