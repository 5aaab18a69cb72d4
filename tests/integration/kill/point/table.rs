//! Which operation passes which named point. The points are those in the sources; a point that is not here, or that
//! nothing passes, fails a test. "changes" are all operations but the one that only reads.

use super::act::Act;
use attache_tests::Engine;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where contents are, when a point is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Any,
    Disk,
    Bucket,
}

/// A point, where it is passed, and by which operations.
type Row = (&'static str, On, &'static str);

/// The points that operations pass.
const PASSED: [Row; 60] = [
    ("blobs.growth_abandoned", On::Disk, "tus"),
    ("blobs.growth_dated", On::Disk, "parts"),
    ("blobs.growth_kept", On::Disk, "parts"),
    ("blobs.growth_published", On::Bucket, "parts"),
    ("blobs.growth_renamed", On::Disk, "parts"),
    ("blobs.growth_unlinked", On::Disk, "tus"),
    ("blobs.kept", On::Disk, "raw form base64 version overwrite twin import"),
    ("blobs.object_begun", On::Bucket, "raw form base64 version overwrite twin import"),
    ("blobs.object_put", On::Bucket, "raw form base64 version overwrite twin import"),
    ("blobs.object_removed", On::Bucket, "erase twin"),
    ("blobs.piece_begun", On::Disk, "parts tus"),
    ("blobs.piece_kept", On::Disk, "parts tus"),
    ("blobs.piece_written", On::Disk, "parts tus"),
    ("blobs.removed", On::Disk, "erase twin"),
    ("blobs.renamed", On::Disk, "raw form base64 version overwrite twin import"),
    ("blobs.segment_put", On::Bucket, "parts tus"),
    ("blobs.segments_removed", On::Bucket, "parts"),
    ("blobs.staged", On::Disk, "raw form base64 version overwrite twin import"),
    ("blobs.staging_created", On::Disk, "raw form base64 version overwrite twin import"),
    ("blobs.synced", On::Disk, "raw form base64 version overwrite twin import"),
    ("blobs.unlinked", On::Disk, "erase twin"),
    ("core.answer_kept", On::Any, "raw base64 twin"),
    ("core.buried", On::Any, "erase"),
    ("core.burying", On::Any, "erase"),
    ("core.bytes_buried", On::Any, "erase"),
    ("core.discarding", On::Any, "twin"),
    ("core.file_changed", On::Any, "move"),
    ("core.file_erased", On::Any, "erase"),
    ("core.file_offered", On::Any, "raw form base64 parts tus twin import"),
    ("core.file_put", On::Any, "raw form base64 parts tus twin import"),
    ("core.file_replaced", On::Any, "version overwrite"),
    ("core.file_restored", On::Any, "restore"),
    ("core.file_trashed", On::Any, "delete"),
    ("core.import_answered", On::Any, "import"),
    ("core.key_taken", On::Any, "raw base64 twin"),
    ("core.log_scrubbed", On::Any, "erase"),
    ("core.piece_counted", On::Any, "parts tus"),
    ("core.piece_taken", On::Any, "parts tus"),
    ("core.renderer_started", On::Any, "thumbnail"),
    ("core.settled", On::Any, "changes"),
    ("core.settling", On::Any, "changes"),
    ("core.staged", On::Any, "raw form base64 version overwrite twin import"),
    ("core.task_claimed", On::Any, "import"),
    ("core.task_ended", On::Any, "import"),
    ("core.task_kept", On::Any, "import"),
    ("core.task_run", On::Any, "import"),
    ("core.upload_ended", On::Any, "parts tus"),
    ("core.upload_finished", On::Any, "parts tus"),
    ("core.upload_opened", On::Any, "parts tus"),
    ("core.upload_turn", On::Any, "raw form base64 version overwrite twin import"),
    ("core.upload_whole", On::Any, "parts tus"),
    ("core.version_offered", On::Any, "version overwrite"),
    ("db.committed", On::Any, "changes"),
    ("db.committing", On::Any, "changes"),
    ("db.hooks_run", On::Any, "changes"),
    ("db.unit_begun", On::Any, "changes"),
    ("db.unit_run", On::Any, "changes"),
    ("http.answering", On::Any, "all"),
    ("http.keeping_answer", On::Any, "raw base64 twin"),
    ("http.let_in", On::Any, "raw form base64 parts version overwrite delete restore erase move twin thumbnail import"),
];

/// Points that no operation passes.
const APART: [&str; 1] = [
    // Where the housekeeping of a start is over.
    "core.swept",
];

/// The points that an operation passes.
pub(super) fn passed_by(act: Act, engine: Engine) -> BTreeSet<&'static str> {
    let word = act.word();
    let home = if engine == Engine::Cluster { On::Bucket } else { On::Disk };
    let passes = |(point, on, acts): &Row| {
        // On PostgreSQL a unit that only reads is a transaction as well.
        let reads = engine != Engine::Sqlite && point.starts_with("db.");
        (reads || words(acts).contains(&word)) && [On::Any, home].contains(on)
    };
    PASSED.iter().filter(|row| passes(row)).map(|row| row.0).collect()
}

/// The words of operations behind a row's own.
fn words(acts: &str) -> Vec<String> {
    let all = Act::ALL.into_iter();
    match acts {
        "all" => all.map(Act::word).collect(),
        "changes" => all.filter(|act| *act != Act::Thumbnail).map(Act::word).collect(),
        some => some.split(' ').map(str::to_owned).collect(),
    }
}

/// All points of the sources at which the program may die: not those that are there for faults that a test plants.
pub(super) fn named() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut names = BTreeSet::new();
    for place in fs::read_dir(crates).expect("the sources are there") {
        find(&place.expect("it is there").path().join("src"), &mut names);
    }
    names.into_iter().collect()
}

fn find(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("it is there").path();
        if path.is_dir() {
            find(&path, names);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = fs::read_to_string(&path).expect("sources are text");
            let named = text.split("fail_point!(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            let named = named.filter_map(|rest| rest.split_once('"'));
            names.extend(named.filter(|(_, rest)| rest.starts_with(')')).map(|(name, _)| name.to_owned()));
        }
    }
}

#[test]
fn every_named_point_is_passed_by_some_operation_or_has_a_reason() {
    let known: BTreeSet<&str> = PASSED.iter().map(|row| row.0).chain(APART).collect();
    let named = named();
    let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    assert_eq!(named, known, "the table has other points than the sources");
    assert!(PASSED.len() >= 30, "{}", PASSED.len());
    let acts: Vec<String> = Act::ALL.into_iter().map(Act::word).collect();
    for (point, _, some) in PASSED {
        assert!(words(some).iter().all(|word| acts.contains(word)), "{point}: {some}");
    }
}
