//! An installation with rows in every table, made quickly: through the domain, in the test's own process.

use attache::cli::{Place, Reach};
use attache::{Settings, wire};
use attache_core::{
    Answer, Body, Caller, CardChange, Chunk, Clash, Condition, Core, Credential, Edit, Expect, FileUse, FolderChange,
    Goal, NewCard, NewField, NewFile, NewFolder, NewGrant, NewIntake, NewLink, NewName, NewNote, NewShare, NewUpload,
    NewValue, NewWebhook, OnceKey, Replacement, SentFile, Start, WebhookChange,
};
use attache_db::Db;
use attache_model::file::File;
use attache_model::link::Record;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Clock, FolderRef, Name, UserNo};
use attache_tests::Home;
use futures_util::{StreamExt, stream};
use std::time::Duration;

/// Contents of more bytes than this are kept in the store, and not in the rows.
pub(crate) const INLINE: &str = "600";
/// A content that some files share.
const SHARED: &[u8] = &[b's'; 2000];
/// More than one part of an object store.
const LARGE: usize = 9 << 20;

/// An open installation.
pub(crate) struct Office {
    core: Core,
    db: Db,
    owner: Caller,
}

impl Office {
    /// Opens a home as a server would, without one.
    pub(crate) async fn open(home: &Home) -> Office {
        let place = Place { data: Some(home.path().to_owned()), ..Place::default() };
        let inline = [("ATTACHE_LIMIT_INLINE_BYTES".into(), INLINE.into())];
        let settings = Settings::resolve(&place, &Reach::default(), inline).unwrap();
        let parts = wire::open(&settings, "http://127.0.0.1:1".into(), Clock::System).await.unwrap();
        let first = parts.core.operator().first_start().await.unwrap().expect("a new installation");
        let owner = parts.core.admit(&Credential::Token(first.token)).await.unwrap();
        Office { core: parts.core, db: parts.db, owner }
    }

    /// Fills every table, with `files` files.
    pub(crate) async fn fill(self, files: usize) {
        let made = self.files(files).await;
        self.versions(&made).await;
        self.records(&made).await;
        self.shares(&made).await;
        self.intakes().await;
        self.webhooks().await;
        self.trash(&made).await;
        self.uploads().await;
        self.credentials().await;
        self.others().await;
        self.db.close().await;
    }

    fn edit(&self) -> Edit<'_> {
        self.core.edit(&self.owner).unwrap()
    }

    /// Files in a tree of folders, where the oldest folder stands under the newest.
    async fn files(&self, files: usize) -> Vec<File> {
        let edit = self.edit();
        let mut folders = Vec::new();
        for no in 0..20 {
            let parent = folders.last().filter(|_| no % 4 != 0).cloned().unwrap_or(FolderRef::ROOT);
            let new = NewFolder { parent, make_parents: false, name: format!("Folder {no}"), or_existing: false };
            folders.push(FolderRef::No(edit.make_folder(new).await.unwrap().no));
        }
        let under = FolderChange { parent: Some(folders[19].clone()), ..FolderChange::default() };
        edit.change_folder(&folders[0], under).await.unwrap();
        let made = stream::iter(0..files).map(|no| self.file(no, &folders[no % folders.len()]));
        made.buffer_unordered(64).collect().await
    }

    async fn file(&self, no: usize, folder: &FolderRef) -> File {
        let record = Record::new("contact", &(no % 500).to_string()).unwrap();
        let new = NewFile {
            links: vec![NewLink::attached(record)],
            description: format!("The file of {no}"),
            metadata: [("no".to_owned(), no.to_string())].into_iter().collect(),
            ..NewFile::new(folder.clone(), name(&format!("File {no} – größer.txt")))
        };
        self.put(new, content(no)).await
    }

    async fn put(&self, new: NewFile, content: Vec<u8>) -> File {
        let edit = self.edit();
        let staged = edit.stage(Body::from(content), &Expect::at_most(1 << 30)).await.unwrap();
        edit.put_file(new, staged).await.unwrap().into_file()
    }

    async fn versions(&self, files: &[File]) {
        for (no, file) in files.iter().enumerate().step_by(37) {
            let edit = self.edit();
            let staged = edit.stage(Body::from(content(no + 1_000_000)), &Expect::at_most(1 << 20)).await.unwrap();
            edit.replace_file(file.no, Replacement::default(), staged).await.unwrap();
        }
    }

    async fn records(&self, files: &[File]) {
        let records = self.core.records(&self.owner).unwrap();
        let new = NewField { name: "Contract".into(), code: Some("CONTRACT".into()), sort: None };
        let field = records.setup().unwrap().put_fields("deal", vec![new]).await.unwrap()[0].no;
        for (no, file) in files.iter().enumerate().take(60) {
            let new = NewCard { name: format!("Lease {no}"), ..NewCard::default() };
            let deal = records.put_cards("deal", vec![new]).await.unwrap().remove(0).record;
            let values = vec![NewValue { field, file: Some(FileUse::of(file.id)) }];
            records.change_cards(vec![CardChange { values, ..CardChange::of(deal.clone()) }]).await.unwrap();
            let note =
                NewNote { file: Some(FileUse::of(file.id)), text: "so\nit is".into(), ..NewNote::of(deal, "common") };
            records.put_notes(vec![note]).await.unwrap();
        }
    }

    async fn shares(&self, files: &[File]) {
        let life = Duration::from_secs(3600);
        for file in files.iter().take(40) {
            let new = NewShare { life, version: None, size: None, upscale: false, download: true, listed: true };
            self.edit().share(file.no, &new).await.unwrap();
        }
    }

    /// Intakes: with files that came, closed, and with a password.
    async fn intakes(&self) {
        for no in 0..30 {
            let record = Record::new("contact", &no.to_string()).unwrap();
            let password = (no % 10 == 0).then(|| Secret::new("open sesame"));
            let new = NewIntake {
                note: "so\nit is".into(),
                file_name: "{record}".into(),
                password,
                ..NewIntake::new(record)
            };
            let made = self.edit().make_intake(new).await.unwrap();
            if no % 3 == 0 {
                let seal = self.edit().intake_seal(made.id);
                let mut sender =
                    self.core.visit_intake(&seal).await.unwrap().unlock(Some("open sesame")).await.unwrap();
                let sent = SentFile { name: format!("{no}.bin"), media_type: None };
                sender.receive(&sent, Body::from(content(no + 2_000_001))).await.unwrap();
            }
            if no % 5 == 0 {
                self.edit().close_intake(made.id).await.unwrap();
            }
        }
    }

    /// A webhook with deliveries that wait. They are made by a worker, which finds nothing else to do yet.
    async fn webhooks(&self) {
        let manage = self.core.manage(&self.owner).unwrap();
        let new = NewWebhook { url: "https://hooks.invalid/".into(), ..NewWebhook::default() };
        let (made, _) = manage.make_webhook(new).await.unwrap();
        manage.replay_webhook(made.id, 0).await.unwrap();
        let in_line = async {
            while manage.deliveries(made.id, None, Start::First, 1).await.unwrap().items.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        self.core.work().run(in_line).await;
        let disable = WebhookChange { disabled: Some(true), ..WebhookChange::default() };
        manage.change_webhook(made.id, disable).await.unwrap();
    }

    /// Some files in the trash, one of them under legal hold, some erased, and the trash to be emptied by a task that nobody has done yet.
    async fn trash(&self, files: &[File]) {
        let remove = self.core.remove(&self.owner).unwrap();
        for file in files.iter().rev().take(files.len() / 50) {
            remove.trash_file(file.no, Condition::Always).await.unwrap();
        }
        for file in files.iter().rev().take(files.len() / 500) {
            remove.erase_file(file.no, Condition::Always).await.unwrap();
        }
        let held = files.iter().rev().nth((files.len() / 50).saturating_sub(1)).expect("there are some");
        self.core.manage(&self.owner).unwrap().hold_file(held.no, "case 7").await.unwrap();
        remove.empty_trash().await.unwrap();
    }

    /// Uploads at every stage: begun, in the middle of a part of the store and behind one, whole and to be joined, in
    /// numbered parts, done, given up.
    async fn uploads(&self) {
        let goal = |name_: &str| {
            Goal::File(Box::new(NewFile { clash: Clash::Number, ..NewFile::new(FolderRef::ROOT, name(name_)) }))
        };
        let open = async |length: usize, goal: Goal| {
            let new = NewUpload { length: Some(length as u64), goal, memo: "by a test".into() };
            let upload = self.edit().open_upload(new).await.unwrap();
            self.edit().resume(upload.no).await.unwrap()
        };
        open(100, goal("begun.bin")).await;
        for (no, here) in [1, 5000, 300_000, LARGE].into_iter().enumerate() {
            let resume = open(here + 10, goal("middle.bin")).await;
            resume.append(0, Chunk::default(), Body::from(noise(no as u64, here))).await.unwrap();
        }
        let piece = open(2000, Goal::Joining).await;
        piece.append(0, Chunk::default(), Body::from(noise(70, 2000))).await.unwrap();
        let parts = open(9000, goal("parts.bin")).await;
        for no in 1..=2 {
            parts.part(no, 1 << 20, Body::from(noise(80 + u64::from(no), 3000))).await.unwrap();
        }
        for (no, len) in [50, 70_000].into_iter().enumerate() {
            let done = open(len, goal("done.bin")).await;
            done.append(0, Chunk::default(), Body::from(noise(90 + no as u64, len))).await.unwrap();
        }
        let given_up = open(100, goal("never.bin")).await;
        given_up.append(0, Chunk::default(), Body::from(noise(99, 50))).await.unwrap();
        let upload = given_up.upload().await.unwrap();
        self.edit().abort_upload(upload.no).await.unwrap();
    }

    async fn credentials(&self) {
        let operator = self.core.operator();
        let new =
            NewGrant { account: "default".into(), user: UserNo(7), scopes: Scopes::all(), client: None, secret: None };
        let made = operator.grant(new).await.unwrap();
        self.core.redeem_code(&made.grant.client, &made.secret, &made.code).await.unwrap();
        let manage = self.core.manage(&self.owner).unwrap();
        let (token, _) = manage.make_token("to be revoked", Scopes::all(), None).await.unwrap();
        manage.revoke_token(token.id).await.unwrap();
    }

    /// Another account, and an answer under an idempotency key.
    async fn others(&self) {
        self.core.operator().make_account("second").await.unwrap();
        let key = OnceKey::new("a key").unwrap();
        let Answer::Fresh(once) = self.core.once(&self.owner, &key).await.unwrap() else { panic!("nobody had it") };
        let answered = self.core.once_answered(&self.owner, once, "f".into(), 201, "{}".into(), b"{}".to_vec().into());
        answered.await.unwrap();
    }
}

fn name(text: &str) -> NewName {
    NewName::Exact(Name::parse(text).unwrap())
}

/// What a file holds: one in five more than is kept in the rows; some share theirs.
fn content(no: usize) -> Vec<u8> {
    match no % 50 {
        7 => SHARED.to_vec(),
        8 => Vec::new(),
        other => noise(no as u64, if other % 5 == 0 { 700 + no * 37 % 3000 } else { 50 + no * 37 % 500 }),
    }
}

/// Bytes that look random and are the same for one number.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut dice = attache_tests::dice::Dice::new(seed + 1);
    let words = std::iter::repeat_with(|| dice.next().to_le_bytes());
    words.take(len.div_ceil(8)).flatten().take(len).collect()
}
