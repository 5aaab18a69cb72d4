//! The parsers, tried with changed inputs: each target of `fuzz/` from its kept seeds, with a cheap mutator in the place
//! of one that is led by coverage. `tests/fuzz` runs the same targets under libFuzzer where the compiler for it is.

use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, figure, report};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Inputs of each target in the gate.
const INPUTS: usize = 25_000;
/// The seed of the gate, whose inputs are the same in every run: what it finds is about the change it is run for. A run
/// that goes on for longer draws a seed of its own.
const SEED: u64 = 20_260_801;
/// Longest input, in bytes.
const LONGEST: usize = 4096;
/// Changes of one input at most.
const CHANGES: usize = 6;

/// Pieces that mean something to one parser or another.
const WORDS: [&[u8]; 40] = [
    b"\r\n",
    b"--XX",
    b"--",
    b"\"",
    b"'",
    b"\\",
    b"%",
    b"%2e",
    b"..",
    b"/",
    b";",
    b"=",
    b",",
    b"&",
    b"\0",
    b"*",
    b"bytes=",
    b"-",
    b"18446744073709551615",
    b"-1",
    b"name=",
    b"filename*=UTF-8''",
    b"final;",
    b"<value>",
    b"</value>",
    b"<!DOCTYPE",
    b"&#",
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"query",
    b"...",
    b"fragment",
    b"http://",
    b"@",
    b"[::1]",
    b"\xff",
    b"\xc3",
];

/// Single bytes that do.
const MARKS: &[u8] = b" aA0\n\t%\"</>{}[]=;,:";

macro_rules! trials {
    ($($name:ident: $target:expr;)*) => {
        /// Every target, as `fuzz/` names them.
        const TARGETS: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                run(stringify!($name), &$target);
            }
        )*
    };
}

trials! {
    form: attache_http::trial::any_form;
    head: attache_http::trial::any_head;
    tus: attache_tus::trial::any_headers;
    xmlrpc: attache_keap::trial::any_request;
    base64: attache_keap::trial::any_base64;
    graphql: attache_sonar::trial::any_bytes;
    name: attache_model::trial::any_name;
    range: attache_http::trial::any_range;
    options: |bytes: &[u8]| {
        attache_http::trial::any_parameters(bytes);
        attache_core::trial::any_search(bytes);
    };
    seal: attache_core::trial::any_seal;
    address: attache_core::trial::any_address;
    content: attache_core::trial::any_content;
    state: |bytes: &[u8]| {
        attache_blobs::trial::any_state(bytes);
        attache::setting::trial::any_settings(bytes);
    };
}

#[test]
fn every_fuzz_target_is_tried_here_too() {
    let targets = std::fs::read_dir(fuzz().join("fuzz_targets")).unwrap();
    let mut targets: Vec<_> = targets.map(|found| found.unwrap().path()).collect();
    targets.sort();
    let names: Vec<_> = targets.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    let mut tried = TARGETS.to_vec();
    tried.sort_unstable();
    assert_eq!(names, tried);
}

fn run(target: &str, trial: &dyn Fn(&[u8])) {
    let seeds = seeds(target);
    let mut effort = Effort::new(INPUTS);
    let seed = if effort.is_open() { dice::seed() } else { dice::seed_or(SEED) };
    report(&format!("ATTACHE_SEED={seed} repeats the inputs of this run"));
    let mut dice = Dice::new(seed);
    // What was found once is a seed, and tried as it is.
    let mut kept = seeds.iter().cloned();
    while effort.goes_on() {
        let input = kept.next().unwrap_or_else(|| changed(&mut dice, &seeds));
        if let Err(cause) = catch_unwind(AssertUnwindSafe(|| trial(&input))) {
            report(&format!("{target} fails with {:?}", input.escape_ascii().to_string()));
            std::panic::resume_unwind(cause);
        }
    }
    figure("fuzz", &format!("{target}: {} inputs from {} seeds, 0 failures", effort.done(), seeds.len()));
}

/// A seed with a few changes, or two of them in one.
fn changed(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(CHANGES) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = dice.next() as u8,
            2 => drop(bytes.splice(at..at, WORDS[dice.below(WORDS.len())].iter().copied())),
            3 => {
                let end = at + dice.below(bytes.len() - at + 1);
                bytes.drain(at..end);
            }
            4 => {
                let end = at + dice.below((bytes.len() - at).min(64) + 1);
                let again = bytes[at..end].repeat(1 + dice.below(4));
                bytes.splice(at..at, again);
            }
            5 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.insert(at, MARKS[dice.below(MARKS.len())]),
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

/// The kept inputs of a target, and none at all.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let found = std::fs::read_dir(fuzz().join("seeds").join(target)).expect("every target has seeds");
    let mut found: Vec<_> = found.map(|seed| seed.unwrap().path()).collect();
    found.sort();
    let mut seeds: Vec<_> = found.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!seeds.is_empty());
    seeds.push(Vec::new());
    seeds
}

fn fuzz() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"))
}
