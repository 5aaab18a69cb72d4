//! Stored contents are read again: what is damaged is found, told once, and given to nobody as whole.

mod clock;
mod count;
mod due;
mod mend;

use crate::home::{Home, bare};
use crate::on_both_engines;
use attache_blobs::{Blobs, InlineLimit, Key, Memory};
use attache_core::{Body, Condition, Content, Core, Expect, Finding, NewFile, NewName, Parts, ScrubReport};
use attache_db::Val;
use attache_model::file::File;
use attache_model::limits::Limits;
use attache_model::{Error, FileNo, FolderRef, Name};
use futures_util::StreamExt as _;

on_both_engines!(
    whatever_happened_to_a_stored_content_the_scrub_finds_it_and_nobody_is_given_it,
    a_content_in_a_row_is_looked_at_too,
    a_read_that_meets_damage_ends_before_its_end_and_marks_it,
    a_part_of_a_damaged_content_is_given_until_it_is_marked_and_not_after,
    contents_that_go_while_they_are_read_are_no_findings,
    two_nodes_that_find_the_same_damage_count_it_once,
    a_book_that_differs_is_told_and_left_as_it_is,
);

/// Of contents that are longer, the bytes are in the store.
const INLINE: usize = 64;

/// A core over a store that the test reaches into.
pub(crate) struct Shelf {
    pub(crate) home: Home,
    pub(crate) core: Core,
    pub(crate) blobs: Blobs,
}

impl Shelf {
    pub(crate) async fn new(home: Home, limits: &Limits) -> Shelf {
        let blobs: Blobs = Memory::new(InlineLimit::new(INLINE).unwrap()).into();
        let core = open(&home, &blobs, limits).await;
        Shelf { home, core, blobs }
    }

    /// Another process on the same installation.
    pub(crate) async fn other(&self, limits: &Limits) -> Core {
        open(&self.home, &self.blobs, limits).await
    }

    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) -> File {
        let edit = self.core.edit(&self.home.owner).unwrap();
        let staged = edit.stage(Body::from(bytes.to_vec()), &Expect::at_most(1 << 20)).await.unwrap();
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()));
        edit.put_file(new, staged).await.unwrap().into_file()
    }

    pub(crate) async fn open(&self, file: FileNo) -> Result<Content, Error> {
        self.core.view(&self.home.owner).unwrap().open(file, None).await
    }

    /// The bytes of a file, or the error that somebody who reads all of them gets.
    pub(crate) async fn read(&self, file: FileNo) -> Result<Vec<u8>, Error> {
        let content = self.open(file).await?;
        let mut body = content.read(0..content.version.size).await?;
        let mut bytes = Vec::new();
        while let Some(block) = body.next().await {
            bytes.extend_from_slice(&block.map_err(attache_core::broken)?);
        }
        Ok(bytes)
    }

    /// Keys of the contents that are in the store.
    pub(crate) async fn keys(&self) -> Vec<String> {
        self.home.ask("SELECT key FROM blob WHERE home = 1 ", 0, 0).await.unwrap()
    }

    /// The key of a file's content.
    pub(crate) async fn key_of(&self, file: FileNo) -> String {
        self.home.ask(&format!("SELECT blob_key FROM file WHERE no = {file}"), 0, 0).await.unwrap().remove(0)
    }

    /// Puts other bytes under a key; none takes them away.
    pub(crate) async fn tamper(&self, key: &str, bytes: Option<&[u8]>) {
        let key: Key = key.parse().unwrap();
        assert!(self.blobs.remove(&key).await.unwrap());
        if let Some(bytes) = bytes {
            self.blobs.put_as(&key, Body::from(bytes.to_vec()), &Expect::at_most(1 << 20)).await.unwrap();
        }
    }

    /// Puts other bytes in every row of contents.
    pub(crate) async fn tamper_rows(&self, bytes: &'static [u8]) {
        let text = "UPDATE blob_small SET bytes = $1";
        let unit = bare(move |tx| Box::pin(async move { tx.run(text, &[Val::from(bytes)]).await }));
        assert_eq!(self.home.db.write(unit).await.unwrap(), 1);
    }

    pub(crate) async fn scrub(&self) -> ScrubReport {
        self.core.operator().scrub().await.unwrap()
    }
}

async fn open(home: &Home, blobs: &Blobs, limits: &Limits) -> Core {
    let parts = Parts {
        db: home.db.clone(),
        blobs: blobs.clone(),
        clock: home.clock.clone(),
        limits: limits.clone(),
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    Core::open(parts).await.unwrap()
}

/// Bytes that are in the store, others for each `no`.
pub(crate) fn long(no: u64) -> Vec<u8> {
    (0..1000_u64).flat_map(|at| (at * 31 + no).to_le_bytes()).collect()
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 4;
    bytes
}

async fn whatever_happened_to_a_stored_content_the_scrub_finds_it_and_nobody_is_given_it(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let good = long(0);
    let end = good.len() - 1;
    let faults = [
        ("its digest is wrong", Some(flipped(&good, 0))),
        ("its digest is wrong", Some(flipped(&good, end / 2))),
        ("its digest is wrong", Some(flipped(&good, end))),
        ("its length is wrong", Some(good[..end].to_vec())),
        ("its length is wrong", Some(Vec::new())),
        ("its length is wrong", Some([good.as_slice(), b"x"].concat())),
        ("its bytes are not there", None),
    ];
    let sound = shelf.put("sound.bin", &long(99)).await;
    assert!(shelf.scrub().await.is_clean());
    for (no, (why, bytes)) in faults.iter().enumerate() {
        let file = shelf.put(&format!("{no}.bin"), &good).await;
        let key = shelf.key_of(file.no).await;
        shelf.tamper(&key, bytes.as_deref()).await;

        let report = shelf.scrub().await;
        let [damage] = report.damaged.as_slice() else { panic!("{why}: {report}") };
        assert_eq!((damage.key.as_str(), damage.why, damage.is_new), (key.as_str(), *why, true));
        assert_eq!(damage.files, [file.no]);
        assert!(!report.is_clean());
        assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)), "{why}");
        assert!(shelf.core.view(&shelf.home.owner).unwrap().file(file.no).await.is_ok(), "it is still told of");

        let again = shelf.scrub().await;
        assert_eq!((again.damaged.len(), again.damaged[0].is_new), (1, false), "{why}: found again, and known");
        assert_eq!(shelf.core.figures().care.damage_found, no as u64 + 1, "counted once");
        let gone = shelf.core.remove(&shelf.home.owner).unwrap().erase_file(file.no, Condition::Always).await;
        gone.unwrap();
    }
    assert_eq!(shelf.read(sound.no).await.unwrap(), long(99));
    assert!(shelf.scrub().await.is_clean());
}

async fn a_content_in_a_row_is_looked_at_too(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let file = shelf.put("small.txt", b"small").await;
    shelf.tamper_rows(b"smalL").await;
    assert!(matches!(shelf.read(file.no).await, Err(Error::Damaged)));
    let report = shelf.scrub().await;
    assert_eq!((report.damaged.len(), report.damaged[0].why), (1, "its digest is wrong"));
    assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)));

    shelf.home.tamper("DELETE FROM blob_small").await;
    assert_eq!(shelf.scrub().await.damaged[0].why, "its bytes are not there");
    assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)));
}

async fn a_read_that_meets_damage_ends_before_its_end_and_marks_it(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let good = long(1);
    let ends = [Some(flipped(&good, 5)), Some(good[1..].to_vec()), None];
    for (no, bytes) in ends.iter().enumerate() {
        let file = shelf.put(&format!("{no}.bin"), &good).await;
        shelf.tamper(&shelf.key_of(file.no).await, bytes.as_deref()).await;
        let error = shelf.read(file.no).await.unwrap_err();
        assert!(matches!(error, Error::Damaged), "{error:?}");
        while shelf.core.figures().care.damage_found <= no as u64 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)), "it is marked");
        assert_eq!(shelf.core.figures().care.damaged_reads, no as u64 + 1);
        shelf.core.remove(&shelf.home.owner).unwrap().erase_file(file.no, Condition::Always).await.unwrap();
    }
}

async fn a_part_of_a_damaged_content_is_given_until_it_is_marked_and_not_after(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let file = shelf.put("a.bin", &long(1)).await;
    shelf.tamper(&shelf.keys().await[0], Some(&flipped(&long(1), 5))).await;
    let before = shelf.open(file.no).await.unwrap();
    assert!(before.read(0..4).await.is_ok(), "a part has no digest of its own");
    shelf.scrub().await;
    assert!(matches!(shelf.open(file.no).await, Err(Error::Damaged)));
}

async fn contents_that_go_while_they_are_read_are_no_findings(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    let change = async {
        for no in 0..40 {
            let file = shelf.put(&format!("{no}.bin"), &long(no)).await;
            let remove = shelf.core.remove(&shelf.home.owner).unwrap();
            remove.erase_file(file.no, Condition::Always).await.unwrap();
        }
    };
    let look = async {
        let mut rounds = 0;
        loop {
            let report = shelf.scrub().await;
            assert!(report.is_clean(), "round {rounds}: {report}");
            rounds += 1;
        }
    };
    tokio::select! {
        () = change => {}
        () = look => {}
    }
    assert_eq!(shelf.core.figures().care.damage_found, 0);
}

async fn two_nodes_that_find_the_same_damage_count_it_once(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    for no in 0..20 {
        shelf.put(&format!("{no}.bin"), &long(no)).await;
    }
    for key in shelf.keys().await {
        shelf.tamper(&key, None).await;
    }
    let other = shelf.other(&Limits::default()).await;
    let (one, two) = (shelf.core.operator(), other.operator());
    let (one, two) = tokio::join!(one.scrub(), two.scrub());
    assert_eq!((one.unwrap().damaged.len(), two.unwrap().damaged.len()), (20, 20), "both say what they found");
    let found = [&shelf.core, &other].map(|core| core.figures().care.damage_found);
    assert_eq!(found[0] + found[1], 20, "{found:?}");
}

async fn a_book_that_differs_is_told_and_left_as_it_is(home: Home) {
    let shelf = Shelf::new(home, &Limits::default()).await;
    shelf.put("a.bin", &long(1)).await;
    let operator = shelf.core.operator();
    assert_eq!(operator.recount().await.unwrap(), []);
    shelf.home.tamper("UPDATE book SET used_bytes = used_bytes + 1").await;
    for times in 1..=2 {
        let found = operator.recount().await.unwrap();
        let [Finding::Book { told, counted, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(told.bytes, counted.bytes + 1, "it is left as it is");
        assert_eq!(shelf.core.figures().care.books_wrong, times);
    }
}
