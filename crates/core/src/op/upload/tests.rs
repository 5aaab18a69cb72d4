//! Uploads against a core with everything in memory but the rows.

use super::*;
use crate::plan::{Chunk, Goal, NewFile, NewName, NewUpload, Replacement};
use crate::{Body, Credential, Parts};
use attache_blobs::Memory;
use attache_db::{Db, Options, Target};
use attache_model::limits::Limits;
use attache_model::{Clock, FileNo, FolderRef, Name, UploadId};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use std::io;
use std::time::Duration;

/// A core with one account, and somebody who may do everything in it.
struct Desk {
    core: Core,
    caller: Caller,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Desk {
        Desk::with(|_| {}).await
    }

    async fn with(set: impl FnOnce(&mut Limits)) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::held(Time::from_millis(1_800_000_000_000));
        let mut limits = Limits::default();
        set(&mut limits);
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let parts = Parts {
            db: Db::open(&target, &Options::default()).await.unwrap(),
            blobs: Memory::default().into(),
            clock: clock.clone(),
            limits,
            allowed_networks: Vec::new(),
            public_url: String::from("http://localhost"),
            renderer: None,
            redirect: false,
        };
        let core = Core::open(parts).await.unwrap();
        let first = core.operator().first_start().await.unwrap().unwrap();
        let caller = core.admit(&Credential::Token(first.token)).await.unwrap();
        Desk { core, caller, clock, _folder: folder }
    }

    fn edit(&self) -> Edit<'_> {
        self.core.edit(&self.caller).unwrap()
    }

    async fn open(&self, length: impl Into<Option<u64>>) -> Upload {
        self.open_as(length, file("a.txt")).await
    }

    async fn open_as(&self, length: impl Into<Option<u64>>, goal: Goal) -> Upload {
        let new = NewUpload { length: length.into(), goal, memo: String::from("memo") };
        self.edit().open_upload(new).await.unwrap()
    }

    async fn resume(&self, upload: &Upload) -> Resume {
        self.edit().resume(upload.no).await.unwrap()
    }

    async fn append(&self, upload: &Upload, at: u64, bytes: &'static [u8]) -> Result<Appended> {
        self.resume(upload).await.append(at, Chunk::default(), Body::from(Bytes::from_static(bytes))).await
    }

    async fn part(&self, upload: &Upload, no: u32, bytes: &'static [u8]) -> Result<Appended> {
        self.resume(upload).await.part(no, 100, Body::from(Bytes::from_static(bytes))).await
    }

    async fn bytes(&self, file: FileNo) -> Vec<u8> {
        let content = self.edit().open(file, None).await.unwrap();
        let len = content.version.size;
        let chunks: Vec<_> = content.read(0..len).await.unwrap().collect().await;
        chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect()
    }

    /// Reserved bytes and files.
    async fn reserved(&self) -> (i64, i64) {
        let unit = tenanted::<_, _>(|mut t| Box::pin(async move { crate::table::book::told(&mut t).await }));
        let told = self.core.read("read the book", self.caller.account(), unit).await.unwrap();
        (told.reserved_bytes, told.reserved_files)
    }
}

fn file(name: &str) -> Goal {
    Goal::File(Box::new(NewFile {
        clash: crate::Clash::Number,
        ..NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()))
    }))
}

/// A body that gives some bytes and then breaks.
fn cut(bytes: &'static [u8]) -> Body {
    let chunks = [Ok(Bytes::from_static(bytes)), Err(io::ErrorKind::ConnectionReset.into())];
    Body::new(stream::iter(chunks), None)
}

#[tokio::test]
async fn an_upload_in_pieces_becomes_a_file_and_its_reservation_ends() {
    let desk = Desk::new().await;
    let upload = desk.open(8).await;
    assert_eq!(desk.reserved().await, (8, 1));
    let first = desk.append(&upload, 0, b"abcd").await.unwrap();
    assert_eq!((first.upload.offset, first.upload.state), (4, UploadState::Open));
    let last = desk.append(&upload, 4, b"efgh").await.unwrap();
    let file = last.file.expect("the file is made");
    assert_eq!((last.upload.state, file.upload), (UploadState::Done, Some(upload.no)));
    assert_eq!(desk.bytes(file.no).await, b"abcdefgh");
    assert_eq!(desk.reserved().await, (0, 0));
}

#[tokio::test]
async fn bytes_for_another_place_than_the_uploads_end_change_nothing() {
    let desk = Desk::new().await;
    let upload = desk.open(8).await;
    desk.append(&upload, 0, b"abcd").await.unwrap();
    for at in [0, 3, 5, 8] {
        let refused = desk.append(&upload, at, b"xx").await;
        assert!(matches!(refused, Err(Error::Offset { expected: 4 })), "{at}");
    }
    assert!(matches!(desk.append(&upload, 4, b"efghi").await, Err(Error::Length { expected: 8, .. })));
    assert_eq!(desk.edit().upload(upload.no).await.unwrap().offset, 4);
}

#[tokio::test]
async fn of_a_cut_body_what_came_is_kept_and_of_a_cut_part_nothing() {
    let desk = Desk::new().await;
    let upload = desk.open(8).await;
    let resume = desk.resume(&upload).await;
    assert!(matches!(resume.append(0, Chunk::default(), cut(b"abc")).await, Err(Error::Cut)));
    assert_eq!(resume.upload().await.unwrap().offset, 3);
    assert!(matches!(resume.part(1, 100, cut(b"defgh")).await, Err(Error::Cut)));
    assert_eq!(resume.upload().await.unwrap().offset, 3);
    let checksum = Some((crate::Algorithm::Sha256, vec![0; 32]));
    let announced = Chunk { checksum, ..Chunk::default() };
    assert!(matches!(resume.append(3, announced.clone(), cut(b"de")).await, Err(Error::Cut)));
    let wrong = resume.append(3, announced, Body::from(Bytes::from_static(b"de"))).await;
    assert!(matches!(wrong, Err(Error::Checksum)));
    let done = desk.append(&upload, 3, b"defgh").await.unwrap();
    assert_eq!(desk.bytes(done.file.unwrap().no).await, b"abcdefgh");
}

#[tokio::test]
async fn who_asks_where_an_upload_stands_is_told_also_when_a_newer_request_takes_over() {
    let desk = Desk::new().await;
    let upload = desk.open(8).await;
    let resume = desk.resume(&upload).await;
    let (at_work, began) = tokio::sync::oneshot::channel();
    let endless = stream::once(async move {
        at_work.send(()).unwrap();
        std::future::pending().await
    });
    let first = tokio::spawn({
        let resume = resume.clone();
        async move { resume.append(0, Chunk::default(), Body::new(endless, None)).await }
    });
    began.await.unwrap();
    let newer = resume.append(0, Chunk::default(), Body::from(Bytes::from_static(b"abcd")));
    // One after the other they ask for the turn, before the first has heard that it is called off.
    let (asked, newer) = tokio::join!(resume.upload(), newer);
    assert!(matches!(asked.unwrap().offset, 0 | 4));
    assert_eq!(newer.unwrap().upload.offset, 4);
    assert!(matches!(first.await.unwrap(), Err(Error::Superseded)));
}

#[tokio::test]
async fn a_part_that_comes_again_is_answered_again_and_one_with_other_bytes_is_refused() {
    let desk = Desk::new().await;
    let upload = desk.open(5).await;
    for _ in 0..2 {
        let first = desk.part(&upload, 1, b"abc").await.unwrap();
        assert_eq!((first.upload.parts, first.file.is_none()), (1, true));
    }
    assert!(matches!(desk.part(&upload, 1, b"abX").await, Err(Error::State { what: What::Upload, .. })));
    assert!(matches!(desk.part(&upload, 3, b"de").await, Err(Error::NotFound(What::Upload))));
    let done = desk.part(&upload, 2, b"de").await.unwrap().file.unwrap();
    let again = desk.part(&upload, 2, b"de").await.unwrap().file.unwrap();
    assert_eq!((again.no, desk.bytes(done.no).await), (done.no, b"abcde".to_vec()));
    assert!(desk.part(&upload, 1, b"abc").await.unwrap().file.is_none());
}

#[tokio::test]
async fn parts_are_bounded_and_an_empty_one_is_only_for_an_empty_file() {
    let desk = Desk::new().await;
    let upload = desk.open(200).await;
    let part = |len: usize| Body::from(vec![b'x'; len]);
    let resume = desk.resume(&upload).await;
    assert!(matches!(resume.part(1, 100, part(101)).await, Err(Error::TooLarge { limit: 100, .. })));
    assert!(matches!(resume.part(1, 100, part(0)).await, Err(Error::Invalid { .. })));
    assert!(resume.part(1, 100, part(100)).await.is_ok());
    assert!(matches!(resume.part(2, 1000, part(101)).await, Err(Error::Length { expected: 200, .. })));
    assert!(resume.part(2, 100, part(100)).await.unwrap().file.is_some());
    let empty = desk.open(0).await;
    assert_eq!(desk.part(&empty, 1, b"").await.unwrap().file.unwrap().version.size, 0);
}

#[tokio::test]
async fn the_last_of_several_uploads_for_one_file_is_its_active_version() {
    let desk = Desk::new().await;
    let first = desk.open(1).await;
    let file = desk.append(&first, 0, b"1").await.unwrap().file.unwrap();
    let version = || Goal::Version { file: file.no.into(), with: Replacement::default() };
    let (early, late) = (desk.open_as(1, version()).await, desk.open_as(1, version()).await);
    desk.append(&late, 0, b"2").await.unwrap();
    let last = desk.append(&early, 0, b"3").await.unwrap().file.unwrap();
    assert_eq!((last.no, last.versions, desk.bytes(file.no).await), (file.no, 3, b"3".to_vec()));
}

#[tokio::test]
async fn an_upload_whose_target_went_to_the_trash_stays_and_is_completed_when_it_is_back() {
    let desk = Desk::new().await;
    let first = desk.open(1).await;
    let file = desk.append(&first, 0, b"1").await.unwrap().file.unwrap();
    let upload = desk.open_as(1, Goal::Version { file: file.no.into(), with: Replacement::default() }).await;
    let remove = desk.core.remove(&desk.caller).unwrap();
    remove.trash_file(file.no, crate::Condition::Always).await.unwrap();
    assert!(matches!(desk.append(&upload, 0, b"2").await, Err(Error::State { what: What::File, .. })));
    remove.restore_file(file.no).await.unwrap();
    assert_eq!(desk.resume(&upload).await.upload().await.unwrap().state, UploadState::Done);
    assert_eq!(desk.bytes(file.no).await, b"2");
}

#[tokio::test]
async fn a_length_may_be_said_late_but_only_once_and_the_quota_counts_from_the_first_byte() {
    let desk = Desk::new().await;
    let upload = desk.open(None).await;
    desk.append(&upload, 0, b"abc").await.unwrap();
    assert_eq!(desk.reserved().await, (3, 1));
    let resume = desk.resume(&upload).await;
    let declare = |length| Chunk { declares: Some(length), ..Chunk::default() };
    assert!(matches!(resume.append(3, declare(2), Body::empty()).await, Err(Error::Invalid { .. })));
    resume.append(3, declare(5), Body::empty()).await.unwrap();
    assert_eq!(desk.reserved().await, (5, 1));
    assert!(matches!(resume.append(3, declare(6), Body::empty()).await, Err(Error::Invalid { .. })));
    assert!(desk.append(&upload, 3, b"de").await.unwrap().file.is_some());
}

#[tokio::test]
async fn uploads_are_refused_beyond_the_quota_and_beyond_their_number() {
    let desk = Desk::with(|limits| limits.open_uploads = 2).await;
    let quota = attache_model::account::Quota { bytes: Some(10), files: None };
    desk.core.manage(&desk.caller).unwrap().set_quota(quota).await.unwrap();
    let open = async |length| {
        let new = NewUpload { length: Some(length), goal: file("b"), memo: String::new() };
        desk.edit().open_upload(new).await
    };
    let first = open(6).await.unwrap();
    assert!(matches!(open(5).await, Err(Error::Quota { limit: 10, .. })));
    desk.edit().abort_upload(first.no).await.unwrap();
    assert!(matches!(desk.edit().upload(first.no).await, Err(Error::NotFound(What::Upload))));
    open(5).await.unwrap();
    open(5).await.unwrap();
    assert!(matches!(open(0).await, Err(Error::TooMany { what: What::Upload, limit: 2 })));
}

#[tokio::test]
async fn an_upload_ends_with_its_time_and_gives_back_what_it_held() {
    let desk = Desk::new().await;
    let upload = desk.open(8).await;
    desk.append(&upload, 0, b"abcd").await.unwrap();
    desk.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert!(desk.edit().upload(upload.no).await.is_ok());
    desk.clock.advance(Duration::from_secs(1));
    assert!(matches!(desk.edit().upload(upload.no).await, Err(Error::Gone(What::Upload))));
    crate::job::sweep::run(desk.core.clone()).await.unwrap();
    assert_eq!(desk.reserved().await, (0, 0));
    assert!(desk.core.0.blobs.growths().next_batch().await.unwrap().is_none(), "its bytes are gone");
    assert!(matches!(desk.edit().upload(upload.no).await, Err(Error::Gone(What::Upload))));
    desk.clock.advance(Duration::from_secs(24 * 3600));
    crate::job::sweep::run(desk.core.clone()).await.unwrap();
    assert!(matches!(desk.edit().upload(upload.no).await, Err(Error::NotFound(What::Upload))));
}

#[tokio::test]
async fn whole_pieces_are_joined_into_a_file_as_often_as_one_likes() {
    let desk = Desk::new().await;
    let (one, two) = (desk.open_as(3, Goal::Joining).await, desk.open_as(2, Goal::Joining).await);
    desk.append(&one, 0, b"abc").await.unwrap();
    let join = async |pieces: &[UploadId]| {
        desk.edit().join_uploads(NewUpload { length: None, goal: file("j"), memo: String::new() }, pieces).await
    };
    assert!(matches!(join(&[one.id, two.id]).await, Err(Error::State { what: What::Upload, .. })));
    let whole = desk.append(&two, 0, b"de").await.unwrap();
    assert!(whole.file.is_none() && whole.upload.state == UploadState::Done);
    for _ in 0..2 {
        let joined = join(&[one.id, two.id, one.id]).await.unwrap();
        assert_eq!(desk.bytes(joined.file.unwrap().no).await, b"abcdeabc");
    }
    assert!(matches!(join(&[desk.open(1).await.id]).await, Err(Error::State { what: What::Upload, .. })));
}

#[tokio::test]
async fn a_ticket_lets_in_its_own_part_of_its_own_upload_until_its_time() {
    let desk = Desk::new().await;
    let upload = desk.open(3).await;
    let ticket = desk.core.ticket(desk.caller.account(), &upload, 1);
    let (resume, part) = desk.core.resume_ticket(&ticket).await.unwrap();
    assert_eq!((resume.no, part), (upload.no, 1));
    let gone = async |ticket: &str| matches!(desk.core.resume_ticket(ticket).await, Err(Error::NotFound(What::Upload)));
    assert!(gone(&ticket[1..]).await && gone("").await);
    assert!(gone(&desk.core.ticket(AccountNo(2), &upload, 1)).await, "another account has no such upload");
    desk.clock.advance(Duration::from_secs(24 * 3600));
    assert!(gone(&ticket).await);
}

#[tokio::test]
async fn a_drives_address_gives_its_own_living_files_alone() {
    let desk = Desk::new().await;
    let upload = desk.open(1).await;
    let file = desk.append(&upload, 0, b"1").await.unwrap().file.unwrap();
    let drive = desk.core.drive(desk.caller.account());
    let open = async |drive, version| desk.core.open_drive(drive, file.id, version).await;
    assert!(open(drive, None).await.is_ok());
    assert!(open(drive, Some(file.version_id())).await.is_ok());
    let missing = |result: Result<crate::Content>| matches!(result, Err(Error::NotFound(What::File)));
    assert!(missing(open(desk.core.drive(AccountNo(2)), None).await));
    assert!(missing(open(uuid::Uuid::from_u128(drive.as_u128() ^ 1), None).await));
    assert!(missing(open(drive, Some(attache_model::VersionId::of(file.id, 2))).await));
    desk.core.remove(&desk.caller).unwrap().trash_file(file.no, crate::Condition::Always).await.unwrap();
    assert!(missing(open(drive, None).await));
}

#[tokio::test]
async fn an_erased_file_takes_the_upload_that_made_it_with_it() {
    let desk = Desk::new().await;
    let upload = desk.open(1).await;
    let file = desk.append(&upload, 0, b"1").await.unwrap().file.unwrap();
    desk.core.remove(&desk.caller).unwrap().erase_file(file.no, crate::Condition::Always).await.unwrap();
    assert!(matches!(desk.edit().upload(upload.no).await, Err(Error::NotFound(What::Upload))));
}

#[tokio::test]
async fn what_the_trash_holds_does_not_count_and_what_comes_back_does() {
    let desk = Desk::new().await;
    let file = desk.append(&desk.open(6).await, 0, b"abcdef").await.unwrap().file.unwrap();
    let manage = desk.core.manage(&desk.caller).unwrap();
    manage.set_quota(attache_model::account::Quota { bytes: Some(6), files: Some(1) }).await.unwrap();
    let remove = desk.core.remove(&desk.caller).unwrap();
    assert_eq!(remove.trash_files(&[file.no.into(), FileNo(999).into()]).await.unwrap(), 1);
    assert_eq!(remove.trash_files(&[file.no.into()]).await.unwrap(), 0);
    let other = desk.append(&desk.open(6).await, 0, b"ghijkl").await.unwrap().file.unwrap();
    assert!(matches!(desk.edit().restore_files(&[file.no.into()]).await, Err(Error::Quota { .. })));
    remove.erase_file(other.no, crate::Condition::Always).await.unwrap();
    let back = desk.edit().restore_files(&[file.no.into(), other.no.into()]).await.unwrap();
    assert_eq!(back.iter().map(|file| (file.no, file.trashed_by)).collect::<Vec<_>>(), [(file.no, None)]);
    assert!(
        desk.core
            .operator()
            .check(crate::CheckPlan { repair: false, older_than: Duration::ZERO })
            .await
            .unwrap()
            .is_clean()
    );
}
