//! Uploads that go on at another node: what was taken in counts, and nothing counts twice.

use super::Nodes;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Appended, Body, Chunk, Clash, Core, Goal, NewFile, NewName, NewUpload, Resume};
use attache_db::Signal;
use attache_model::limits::Limits;
use attache_model::upload::{Upload, UploadState};
use attache_model::{Error, FileNo, FolderRef, Name, What};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use std::io;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Enough for either one to be first.
const ROUNDS: usize = 20;

on_both_engines!(
    an_upload_goes_on_at_whichever_node_its_next_piece_comes_to,
    a_newer_request_at_another_node_calls_the_older_one_off_and_what_came_counts,
    a_part_that_comes_to_another_node_ends_the_one_that_hangs_and_comes_again_the_same,
    a_part_that_gets_on_at_another_node_is_not_taken_from_it_however_long_it_takes,
    what_a_node_brings_after_it_lost_the_turn_does_not_count,
    a_node_that_does_not_answer_in_time_loses_the_upload,
    a_node_that_is_gone_is_not_waited_for,
    a_node_that_goes_on_alone_asks_nobody,
    an_upload_that_is_given_up_at_another_node_leaves_nothing,
    the_last_piece_at_two_nodes_at_once_makes_one_file,
);

impl Nodes {
    pub(super) async fn open(&self, core: &Core, length: u64) -> Upload {
        let name = NewName::Exact(Name::parse("a.txt").unwrap());
        let goal = Goal::File(Box::new(NewFile { clash: Clash::Number, ..NewFile::new(FolderRef::ROOT, name) }));
        let new = NewUpload { length: Some(length), goal, memo: String::new() };
        core.edit(&self.owner).unwrap().open_upload(new).await.unwrap()
    }

    async fn resume(&self, core: &Core, upload: &Upload) -> Resume {
        core.edit(&self.owner).unwrap().resume(upload.no).await.unwrap()
    }

    async fn append(&self, core: &Core, upload: &Upload, at: u64, bytes: &'static [u8]) -> Result<Appended, Error> {
        let body = Body::from(Bytes::from_static(bytes));
        self.resume(core, upload).await.append(at, Chunk::default(), body).await
    }

    /// Where an upload stands for good, asked at a node.
    async fn offset(&self, core: &Core, upload: &Upload) -> u64 {
        self.resume(core, upload).await.upload().await.unwrap().offset
    }

    async fn bytes(&self, core: &Core, file: FileNo) -> Vec<u8> {
        let content = core.view(&self.owner).unwrap().open(file, None).await.unwrap();
        let len = content.version.size;
        let chunks: Vec<_> = content.read(0..len).await.unwrap().collect().await;
        chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect()
    }

    async fn files(&self) -> Vec<String> {
        self.home.ask("SELECT name FROM file ORDER BY no", 0, 0).await.unwrap()
    }

    /// What is reserved for uploads in the account's book.
    async fn reserved(&self) -> Vec<String> {
        self.home.ask("SELECT CAST(held_bytes AS TEXT) FROM upload WHERE state < 2", 0, 0).await.unwrap()
    }
}

/// A request that is at work and hangs: what it sent was taken in, and more may come.
struct Hanging<T> {
    sender: mpsc::UnboundedSender<io::Result<Bytes>>,
    ends: JoinHandle<Result<T, Error>>,
}

/// The body of a request, and where its blocks come from.
fn body() -> (mpsc::UnboundedSender<io::Result<Bytes>>, mpsc::UnboundedReceiver<()>, Body) {
    let (sender, blocks) = mpsc::unbounded_channel();
    let (asked, asks) = mpsc::unbounded_channel();
    let chunks = stream::unfold((blocks, asked), |(mut blocks, asked): (mpsc::UnboundedReceiver<_>, _)| async move {
        // Whoever asks for the next block has taken in those before it.
        let _ = asked.send(());
        blocks.recv().await.map(|block| (block, (blocks, asked)))
    });
    (sender, asks, Body::new(chunks, None))
}

impl Hanging<Appended> {
    /// A piece of which some bytes have come.
    async fn append(resume: Resume, at: u64, bytes: &'static [u8]) -> Hanging<Appended> {
        let (sender, mut asks, body) = body();
        let ends = tokio::spawn(async move { resume.append(at, Chunk::default(), body).await });
        sender.send(Ok(Bytes::from_static(bytes))).unwrap();
        asks.recv().await.unwrap();
        asks.recv().await.unwrap();
        Hanging { sender, ends }
    }

    /// A part of which some bytes have come.
    async fn part(resume: Resume, no: u32, bytes: &'static [u8]) -> Hanging<Appended> {
        let (sender, mut asks, body) = body();
        let ends = tokio::spawn(async move { resume.part(no, 100, body).await });
        sender.send(Ok(Bytes::from_static(bytes))).unwrap();
        asks.recv().await.unwrap();
        asks.recv().await.unwrap();
        Hanging { sender, ends }
    }

    /// How it ends by itself.
    async fn ended(self) -> Result<Appended, Error> {
        self.ends.await.unwrap()
    }

    /// How it ends after its last byte.
    async fn finish(self) -> Result<Appended, Error> {
        drop(self.sender);
        self.ends.await.unwrap()
    }
}

async fn an_upload_goes_on_at_whichever_node_its_next_piece_comes_to(home: Home) {
    let nodes = Nodes::new(home).await;
    let upload = nodes.open(&nodes.one, 30).await;
    for (at, core) in [&nodes.two, &nodes.one, &nodes.one, &nodes.two, &nodes.one].into_iter().enumerate() {
        let at = at as u64 * 5;
        assert_eq!(nodes.append(core, &upload, at, b"bytes").await.unwrap().upload.offset, at + 5);
    }
    let file = nodes.append(&nodes.two, &upload, 25, b"done!").await.unwrap().file.unwrap();
    assert_eq!(nodes.bytes(&nodes.one, file.no).await, b"bytesbytesbytesbytesbytesdone!");
    let told = nodes.resume(&nodes.one, &upload).await.upload().await.unwrap();
    assert_eq!((told.state, told.file), (UploadState::Done, Some(file.no)));
}

async fn a_newer_request_at_another_node_calls_the_older_one_off_and_what_came_counts(home: Home) {
    let nodes = Nodes::new(home).await;
    let upload = nodes.open(&nodes.one, 10).await;
    let hanging = Hanging::append(nodes.resume(&nodes.one, &upload).await, 0, b"these").await;
    assert_eq!(nodes.offset(&nodes.two, &upload).await, 5);
    assert!(matches!(hanging.ended().await, Err(Error::Superseded)));
    let file = nodes.append(&nodes.two, &upload, 5, b"bytes").await.unwrap().file.unwrap();
    assert_eq!(nodes.bytes(&nodes.one, file.no).await, b"thesebytes");
}

async fn a_part_that_comes_to_another_node_ends_the_one_that_hangs_and_comes_again_the_same(home: Home) {
    let nodes = Nodes::new(home).await;
    let upload = nodes.open(&nodes.one, 10).await;
    let hanging = Hanging::part(nodes.resume(&nodes.one, &upload).await, 1, b"the").await;
    let part = async |core, no, bytes: &'static [u8]| {
        nodes.resume(core, &upload).await.part(no, 100, Body::from(Bytes::from_static(bytes))).await
    };
    assert_eq!(part(&nodes.two, 1, b"these").await.unwrap().upload.offset, 5);
    assert!(matches!(hanging.ended().await, Err(Error::Superseded)));
    assert_eq!(part(&nodes.one, 1, b"these").await.unwrap().upload.offset, 5);
    assert!(matches!(part(&nodes.one, 1, b"other").await, Err(Error::State { what: What::Upload, .. })));
    let file = part(&nodes.two, 2, b"bytes").await.unwrap().file.unwrap();
    assert_eq!(part(&nodes.one, 2, b"bytes").await.unwrap().file.unwrap().no, file.no);
    assert_eq!(nodes.bytes(&nodes.one, file.no).await, b"thesebytes");
}

async fn a_part_that_gets_on_at_another_node_is_not_taken_from_it_however_long_it_takes(home: Home) {
    // Many times the pause between two signs, so that a slow machine is not taken for a dead one.
    let limits = Limits { upload_handover: 8, upload_stall: u64::from(u32::MAX), ..Limits::default() };
    let mut nodes = Nodes::quiet(home, &limits).await;
    for core in [nodes.one.clone(), nodes.two.clone()] {
        nodes.listen(core).await;
    }
    let upload = nodes.open(&nodes.one, 10).await;
    let slow = Hanging::part(nodes.resume(&nodes.one, &upload).await, 1, b"the").await;
    let mut ear = nodes.ear().await;
    let next = nodes.resume(&nodes.two, &upload).await;
    let next = tokio::spawn(async move { next.part(1, 100, Body::from(Bytes::from_static(b"these"))).await });
    // So many signs of life take longer than a node without any has.
    let mut signs = 0;
    while signs < 30 {
        let heard = ear.next().await;
        signs += usize::from(matches!(&heard, Some(Signal::Message { topic, .. }) if topic == "turn-kept"));
    }
    slow.sender.send(Ok(Bytes::from_static(b"se"))).unwrap();
    assert_eq!(slow.finish().await.unwrap().upload.offset, 5);
    assert_eq!(next.await.unwrap().unwrap().upload.offset, 5);
}

async fn what_a_node_brings_after_it_lost_the_turn_does_not_count(home: Home) {
    let nodes = Nodes::deaf(home, &Limits::default()).await;
    let upload = nodes.open(&nodes.one, 10).await;
    let stalled = Hanging::append(nodes.resume(&nodes.one, &upload).await, 0, b"stale").await;
    assert_eq!(nodes.offset(&nodes.two, &upload).await, 0);
    // It has every byte that it announced; only the turn is not its any more.
    assert!(matches!(stalled.finish().await, Err(Error::Superseded)));
    assert_eq!(nodes.offset(&nodes.two, &upload).await, 0);
    let file = nodes.append(&nodes.two, &upload, 0, b"freshbytes").await.unwrap().file.unwrap();
    assert_eq!(nodes.bytes(&nodes.two, file.no).await, b"freshbytes");
}

async fn a_node_that_does_not_answer_in_time_loses_the_upload(home: Home) {
    let nodes = Nodes::quiet(home, &Limits { upload_handover: 1, ..Limits::default() }).await;
    let upload = nodes.open(&nodes.one, 10).await;
    nodes.append(&nodes.one, &upload, 0, b"these").await.unwrap();
    // Somebody listens under its name, and does nothing about what it hears: a process that is stopped.
    let name = nodes.name(&nodes.one).await;
    let mut stopped = nodes.home.db.signals(&name);
    assert_eq!(stopped.next().await, Some(Signal::Regained));
    assert_eq!(nodes.offset(&nodes.two, &upload).await, 5);
    let heard = stopped.next().await;
    assert!(matches!(&heard, Some(Signal::Message { topic, text }) if topic == "turn-asked" && text.contains(&name)));
    assert_eq!(nodes.append(&nodes.two, &upload, 5, b"by").await.unwrap().upload.offset, 7);
}

async fn a_node_that_is_gone_is_not_waited_for(home: Home) {
    let nodes = Nodes::quiet(home, &Limits { upload_handover: u64::from(u32::MAX), ..Limits::default() }).await;
    let upload = nodes.open(&nodes.one, 10).await;
    assert_eq!(nodes.append(&nodes.two, &upload, 0, b"these").await.unwrap().upload.offset, 5);
    assert_eq!(nodes.append(&nodes.one, &upload, 5, b"by").await.unwrap().upload.offset, 7);
}

async fn a_node_that_goes_on_alone_asks_nobody(home: Home) {
    let nodes = Nodes::new(home).await;
    let mut ear = nodes.ear().await;
    let upload = nodes.open(&nodes.one, 10).await;
    nodes.append(&nodes.one, &upload, 0, b"these").await.unwrap();
    assert_eq!(nodes.offset(&nodes.one, &upload).await, 5);
    nodes.append(&nodes.one, &upload, 5, b"bytes").await.unwrap();
    // One that is done is asked after at every node alike.
    nodes.offset(&nodes.two, &upload).await;
    nodes.say_end().await;
    let heard = ear.next().await;
    assert!(matches!(&heard, Some(Signal::Message { topic, .. }) if topic == "end"), "{heard:?}");
}

async fn an_upload_that_is_given_up_at_another_node_leaves_nothing(home: Home) {
    let nodes = Nodes::new(home).await;
    let upload = nodes.open(&nodes.one, 10).await;
    let hanging = Hanging::append(nodes.resume(&nodes.one, &upload).await, 0, b"these").await;
    nodes.two.remove(&nodes.owner).unwrap().abort_upload(upload.no).await.unwrap();
    assert!(matches!(hanging.ended().await, Err(Error::Superseded)));
    assert!(nodes.reserved().await.is_empty());
    let check = attache_core::CheckPlan { repair: false, older_than: std::time::Duration::ZERO };
    assert!(nodes.one.operator().check(check).await.unwrap().is_clean());
}

async fn the_last_piece_at_two_nodes_at_once_makes_one_file(home: Home) {
    let nodes = Nodes::new(home).await;
    for round in 1..=ROUNDS {
        let upload = nodes.open(&nodes.one, 10).await;
        let (one, two) = tokio::join!(
            nodes.append(&nodes.one, &upload, 0, b"some bytes"),
            nodes.append(&nodes.two, &upload, 0, b"some bytes"),
        );
        let told = nodes.resume(&nodes.two, &upload).await.upload().await.unwrap();
        assert_eq!(told.state, UploadState::Done, "{one:?} {two:?}");
        assert_eq!(nodes.files().await.len(), round);
        for end in [one, two] {
            match end {
                Ok(appended) => assert_eq!(appended.file.map(|file| file.no), told.file),
                Err(error) => assert!(matches!(error, Error::Superseded | Error::Offset { .. }), "{error:?}"),
            }
        }
    }
}
