//! How a content is split into pieces, and what went wrong on the way, never shows in the finished content.

use std::ops::Range;

use attache_blobs::{Algorithm, Blobs, Error, Growth, Memory, Piece, testing};
use bytes::Bytes;
use proptest::{
    prelude::*,
    test_runner::{Config, FileFailurePersistence},
};
use tempfile::TempDir;

use crate::{
    fake::Bucket,
    sample::{
        all_growths, any_piece, assert_holds_nothing, body, bucket, content, cut_body, digested, disk, finish, grown,
        open,
    },
};

fn config() -> Config {
    Config { cases: 24, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

/// What may happen while a content grows. Lengths are of the bytes that are sent.
#[derive(Clone, Debug)]
enum Step {
    /// A piece arrives, with its digest.
    Piece(usize),
    /// A piece breaks off; the part that came is kept, or not.
    Cut(usize, bool),
    /// A piece with a wrong digest.
    Wrong(usize),
    /// A piece that is longer than its limit.
    TooLong(usize),
    /// A piece is stored, but its row is not.
    Unrecorded(usize),
    /// The volume is opened again, or another node goes on.
    Reopen,
    /// The row has no state of the digests.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![1_usize..300, 1_usize..500_000];
    prop_oneof![
        4 => len.clone().prop_map(Step::Piece),
        2 => (len.clone(), any::<bool>()).prop_map(|(len, keep)| Step::Cut(len, keep)),
        1 => len.clone().prop_map(Step::Wrong),
        1 => len.clone().prop_map(Step::TooLong),
        2 => len.prop_map(Step::Unrecorded),
        1 => Just(Step::Reopen),
        1 => Just(Step::Forget),
    ]
}

/// Fewer of them, on stores that are asked over a network.
fn few() -> Config {
    Config { cases: 6, ..config() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_split_with_any_mishaps_gives_the_same_content(
        len in prop_oneof![0_usize..200_000, 0_usize..1_200_000],
        steps in prop::collection::vec(step(), 0..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (folder, on_disk) = disk();
        let in_memory = Blobs::from(Memory::default());
        let bucket = Bucket::new();
        let content = content(len);
        runtime.block_on(async {
            Growing::new(on_disk, Again::Disk(folder), content.clone()).run(&steps).await;
            Growing::new(in_memory, Again::Same, content.clone()).run(&steps).await;
            Growing::new(bucket.sound(), Again::Node(bucket.sound()), content).run(&steps).await;
            assert_eq!(bucket.open_uploads(), 0);
        });
    }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn any_split_with_any_mishaps_gives_the_same_content_in_any_bucket(
        len in prop_oneof![0_usize..1_200_000, 8_000_000_usize..18_000_000],
        steps in prop::collection::vec(step(), 0..8),
        long in 0_usize..17_000_000,
    ) {
        let urls = ["a_split"].map(|name| [testing::storage(name), testing::second_storage(name)]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let content = content(len);
        // One piece may be longer than a part of eight MiB.
        let steps = [steps, vec![Step::Reopen, Step::Piece(long)]].concat();
        for url in urls.into_iter().flatten().flatten() {
            let again = Again::Node(bucket(&url));
            runtime.block_on(Growing::new(bucket(&url), again, content.clone()).run(&steps));
        }
    }
}

/// How a store is opened again.
enum Again {
    Disk(TempDir),
    /// The other node of the same bucket.
    Node(Blobs),
    Same,
}

/// One content on its way, and the row of the one who sends it.
struct Growing {
    store: Blobs,
    again: Again,
    content: Bytes,
    row: Growth,
}

impl Growing {
    fn new(store: Blobs, again: Again, content: Bytes) -> Self {
        let row = store.grow().unwrap();
        Self { store, again, content, row }
    }

    async fn run(mut self, steps: &[Step]) {
        for step in steps {
            let before = self.row.clone();
            self.step(step).await;
            let expected = &self.content[..self.at()];
            assert!(grown(&self.store, &self.row).await == expected, "{step:?} after {} bytes", before.len);
            if !matches!(self.store, Blobs::Cloud(_)) {
                assert_holds_nothing(&self.store).await;
            }
        }
        self.piece(self.at()..self.content.len()).await;
        for _ in 0..2 {
            finish(&self.store, &self.row, &self.content).await;
        }
        self.store.abandon(&self.row.key).await.unwrap();
        assert_eq!(all_growths(&self.store).await, []);
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Piece(len) => self.piece(self.next(len)).await,
            Step::Cut(len, keep_cut) => self.cut(self.next(len), keep_cut).await,
            Step::Wrong(len) => self.wrong(self.next(len)).await,
            Step::TooLong(len) => self.too_long(self.next(len)).await,
            Step::Unrecorded(len) => {
                let other = body(&Bytes::from(vec![7; len]));
                self.store.append(&self.row, other, &any_piece()).await.unwrap();
            }
            Step::Reopen => match &mut self.again {
                Again::Disk(folder) => self.store = open(folder),
                Again::Node(other) => std::mem::swap(&mut self.store, other),
                Again::Same => {}
            },
            // In a bucket the state is all that there is.
            Step::Forget if matches!(self.store, Blobs::Cloud(_)) => {}
            Step::Forget => self.row.digests.clear(),
        }
    }

    /// How many bytes are on record.
    fn at(&self) -> usize {
        usize::try_from(self.row.len).unwrap()
    }

    /// The next bytes of the content, at most `len`.
    fn next(&self, len: usize) -> Range<usize> {
        self.at()..self.content.len().min(self.at() + len)
    }

    async fn piece(&mut self, range: Range<usize>) {
        let sent = self.content.slice(range);
        let equals = Some(digested(&sent).md5.to_vec());
        let piece = Piece { digest: Some(Algorithm::Md5), equals, len: Some(sent.len() as u64), ..any_piece() };
        self.row = self.store.append(&self.row, body(&sent), &piece).await.unwrap().growth;
    }

    async fn cut(&mut self, range: Range<usize>, keep_cut: bool) {
        let sent = self.content.slice(range);
        let answer = self.store.append(&self.row, cut_body(&sent), &Piece { keep_cut, ..any_piece() }).await;
        match answer {
            Ok(grown) => {
                assert!(keep_cut && matches!(grown.cut, Some(Error::Cut(_))), "{grown:?}");
                assert_eq!(grown.growth.len, self.row.len + sent.len() as u64);
                self.row = grown.growth;
            }
            Err(error) => assert!(!keep_cut && matches!(error, Error::Cut(_)), "{error:?}"),
        }
    }

    async fn wrong(&self, range: Range<usize>) {
        let piece = Piece { digest: Some(Algorithm::Sha1), equals: Some(vec![7; 20]), ..any_piece() };
        let refused = self.store.append(&self.row, body(&self.content.slice(range)), &piece).await.unwrap_err();
        assert!(matches!(refused, Error::Checksum { .. }), "{refused:?}");
    }

    async fn too_long(&self, range: Range<usize>) {
        let Some(max_len) = range.len().checked_sub(1) else { return };
        let piece = Piece { max_len: max_len as u64, ..any_piece() };
        let refused = self.store.append(&self.row, body(&self.content.slice(range)), &piece).await.unwrap_err();
        assert!(matches!(refused, Error::TooLarge { .. }), "{refused:?}");
    }
}
