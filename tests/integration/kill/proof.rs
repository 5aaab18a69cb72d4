//! What must hold after every restart.

use super::Place;
use super::book::{Again, Book, Content, File, Stage, State};
use super::resume;
use super::work::put_under_key;
use crate::native::list;
use attache_db::{Db, Tx};
use attache_tests::{Ask, Client};
use futures_util::future::{BoxFuture, join_all};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every file that is shown, living and trashed, by number.
type Shown = BTreeMap<i64, Value>;

/// All living and trashed files.
pub(super) async fn all_that_is_shown(client: &Client) -> Shown {
    let (living, trashed) = tokio::join!(list(client, "/v1/files"), list(client, "/v1/trash"));
    living.into_iter().chain(trashed).map(|file| (file["no"].as_i64().expect("a number"), without_urls(file))).collect()
}

/// Addresses carry the port, which each life has anew.
fn without_urls(mut file: Value) -> Value {
    file["content_url"] = Value::Null;
    file["version"]["content_url"] = Value::Null;
    file
}

/// Compares all books with what the server shows, after what was cut has been asked for again; how many requests that
/// were. `wholly` looks at every file, not only at those that changed.
pub(super) async fn after_restart(client: &Client, books: &mut [Book], wholly: bool) -> usize {
    let repeated = join_all(books.iter_mut().map(|book| async {
        let repeated = ask_again(client, book).await;
        settle_folder(client, book).await;
        repeated
    }));
    let repeated = repeated.await.into_iter().sum();
    let shown = all_that_is_shown(client).await;
    let mut owned = BTreeSet::new();
    join_all(books.iter_mut().map(|book| settle_files(client, book, &shown))).await;
    for book in books.iter() {
        owned.extend(book.files.iter().filter(|file| file.known.stage != Stage::Nowhere).map(|file| file.no));
    }
    let strangers: Vec<_> = shown.iter().filter(|(no, _)| !owned.contains(no)).collect();
    assert!(strangers.is_empty(), "files that nobody asked for: {strangers:#?}");
    join_all(books.iter().flat_map(|book| &book.files).map(|file| read_whole(client, file, wholly))).await;
    books.iter_mut().flat_map(|book| &mut book.files).for_each(|file| file.fresh = false);
    repeated
}

/// Sends each request again that got no answer and may be sent again, or goes on with it: it ends in one file or one
/// version. How many there were.
async fn ask_again(client: &Client, book: &mut Book) -> usize {
    let mut repeated = 0;
    for at in 0..book.files.len() {
        if book.files[at].wanted.is_none() || book.files[at].may_still_come() {
            continue;
        }
        repeated += usize::from(book.files[at].again.is_some());
        resume::go_on(client, book, at).await;
        if !matches!(book.files[at].again, Some(Again::Key(_))) {
            continue;
        }
        let again = put_under_key(book, client, at).ask().await;
        book.files[at].again = None;
        let wanted = book.files[at].wanted.clone().expect("it was looked at above");
        let found = list(client, &format!("/v1/files?name_contains={}", wanted.name.trim_end_matches(".bin"))).await;
        // Either it is made now, or it was made and the answer is told again or was lost. The dead one's key is free.
        assert!(again.status == 201 || again.code() == "state", "{}", again.text());
        assert_eq!(found.len(), 1, "one request under a key is one file: {found:#?}");
        book.files[at].no = found[0]["no"].as_i64().expect("a number");
        book.settle(at, &wanted);
    }
    repeated
}

async fn settle_folder(client: &Client, book: &mut Book) {
    let Some(id) = &book.moving.id else { return };
    let folder = client.get(&format!("/v1/folders/{id}")).ask().await.expect(200);
    let name = folder["name"].as_str().expect("a name").to_owned();
    let wanted = book.moving.wanted.take();
    assert!(name == book.moving.name || Some(&name) == wanted.as_ref(), "{name} is neither {book:?} nor {wanted:?}");
    book.moving.name = name;
}

async fn settle_files(client: &Client, book: &mut Book, shown: &Shown) {
    for at in 0..book.files.len() {
        if book.files[at].no == 0 {
            // Its making got no answer: only its name can tell whether it is there.
            let name = &book.files[at].known.name;
            let found = shown.values().find(|file| file["name"] == name.as_str());
            book.files[at].no = found.and_then(|file| file["no"].as_i64()).unwrap_or(0);
            if found.is_none() && book.files[at].may_still_come() {
                continue;
            }
        }
        if let Some(face) = shown.get(&book.files[at].no) {
            book.files[at].id = face["id"].as_str().map(str::to_owned);
        }
        let state = match shown.get(&book.files[at].no) {
            None => State { stage: Stage::Nowhere, ..book.files[at].known.clone() },
            Some(face) => seen(client, book, at, face).await,
        };
        if state.stage == Stage::Nowhere && book.files[at].no != 0 {
            let gone = client.get(&format!("/v1/files/{}", book.files[at].no)).ask().await;
            gone.refused(404, "not_found");
        }
        book.settle(at, &state);
    }
}

/// What the server shows of a file, in the words of the book.
async fn seen(client: &Client, book: &Book, at: usize, face: &Value) -> State {
    let file = &book.files[at];
    let folder = face["folder"].as_str().expect("a folder");
    let in_moving = folder == book.folder(true);
    assert!(in_moving || folder == book.folder(false), "{folder} is none of {}'s folders", book.owner);
    let mut state = State {
        stage: if face["trashed_at"].is_null() { Stage::Living } else { Stage::Trashed },
        name: face["name"].as_str().expect("a name").to_owned(),
        in_moving,
        ..file.known.clone()
    };
    let longest = file.wanted.iter().chain([&file.known]).max_by_key(|state| state.versions.len()).expect("one state");
    let active = usize::try_from(face["version"]["no"].as_u64().expect("a version")).expect("a small number");
    state.versions = longest.versions.get(..active).map(<[Content]>::to_vec).unwrap_or_default();
    let digest = state.versions.last().map(|content| content.digest());
    assert_eq!(face["version"]["sha256"].as_str(), digest.as_deref(), "{file:?}");
    if state.stage == Stage::Living && file.fresh {
        let used = client.get(&format!("/v1/files/{}/records", file.no)).ask().await.expect(200);
        let records = used["items"].as_array().expect("a list").iter();
        state.records = records.filter_map(|link| link["record"].as_str().map(str::to_owned)).collect();
    } else if let Some(wanted) = &file.wanted {
        state.records = wanted.records.clone();
    }
    state
}

/// Every version of a living file comes back bit by bit.
async fn read_whole(client: &Client, file: &File, wholly: bool) {
    if file.known.stage != Stage::Living || !(file.fresh || wholly) {
        return;
    }
    for (no, content) in (1..).zip(&file.known.versions) {
        let answer = client.get(&format!("/v1/files/{}/versions/{no}/content", file.no)).ask().await;
        assert_eq!(answer.status, 200, "version {no} of {file:?}");
        assert!(answer.body == content.bytes(), "version {no} of {file:?} came back as other bytes");
    }
}

/// The server's own check: at most bytes of uploads that were cut, which it removes; then nothing.
pub(crate) fn check(place: &Place) {
    sweep(place, &mut BTreeSet::new());
    let second = place.command(&["check", "--older-than", "0s"]).output().expect("the check runs");
    assert!(
        second.status.success(),
        "{}{}",
        String::from_utf8_lossy(&second.stdout),
        String::from_utf8_lossy(&second.stderr)
    );
}

/// As [`check`] does at first. What an earlier sweep has `removed` is not found again.
pub(super) fn sweep(place: &Place, removed: &mut BTreeSet<String>) {
    let swept = place.command(&["check", "--repair", "--older-than", "0s"]).output().expect("the check runs");
    let report = String::from_utf8_lossy(&swept.stdout).into_owned();
    for fault in ["ghost:", "damaged:", "references:", "book:"] {
        assert!(!report.contains(fault), "{report}");
    }
    for orphan in report.lines().filter(|line| line.starts_with("orphan:")) {
        // Keys are random: the same one again is the same content.
        assert!(removed.insert(orphan.to_owned()), "{orphan}, although a sweep removed it");
    }
}

/// Waits until the database has noticed that the killed server's connections are gone, with what they were doing.
pub(crate) async fn wait_for_the_dead(place: &Place) {
    if place.0.database().is_none() {
        return;
    }
    let db = place.open_database().await;
    let others = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while texts(&db, others).await != ["0"] {
        tokio::task::yield_now().await;
    }
    db.close().await;
}

/// What must be before a dead server is started again: its connections are gone, and its tasks and keys are free, as they
/// would be a minute later.
pub(super) async fn after_death(place: &Place) {
    wait_for_the_dead(place).await;
    let_leases_end(place).await;
}

/// What dead servers held is free, as it would be a minute later.
pub(super) async fn let_leases_end(place: &Place) {
    let db = place.open_database().await;
    let end = counted(|tx| Box::pin(async move { tx.run("UPDATE task SET lease_until = 0", &[]).await }));
    db.write(end).await.expect("the leases can be ended");
    db.close().await;
    let_keys_end(place).await;
}

/// The idempotency keys that dead servers held are free, as they would be a minute later.
pub(super) async fn let_keys_end(place: &Place) {
    let db = place.open_database().await;
    let end =
        counted(|tx| Box::pin(async move { tx.run("UPDATE once SET expires_at = 0 WHERE state = 0", &[]).await }));
    db.write(end).await.expect("the keys can be freed");
    db.close().await;
}

/// Waits until nothing is promised any more.
pub(super) async fn until_tasks_have_ended(client: &Client) {
    while !list(client, "/v1/tasks?state=queued,running").await.is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Everything whose promise was acknowledged is there.
pub(super) fn what_was_promised_has_come(books: &[Book]) {
    let open =
        books.iter().flat_map(|book| &book.files).filter(|file| matches!(file.again, Some(Again::Task(Some(_)))));
    let open: Vec<_> = open.collect();
    assert!(open.is_empty(), "promised, and it never came: {open:#?}");
}

/// Nothing that was erased is left: no row with its digest, no bytes in the store. How many contents that were.
pub(super) async fn what_was_erased_is_gone(place: &Place, books: &[Book]) -> usize {
    let digests_of =
        |contents: Vec<Content>| -> BTreeSet<String> { contents.into_iter().map(Content::digest).collect() };
    let kept =
        digests_of(books.iter().flat_map(|book| &book.files).flat_map(|file| file.known.versions.clone()).collect());
    let erased = digests_of(books.iter().flat_map(|book| book.erased.clone()).collect());
    let gone: BTreeSet<&String> = erased.difference(&kept).collect();
    assert!(!gone.is_empty());

    let db = place.open_database().await;
    // The bytes of an erase that was cut short of its answer are removed by the sweep, with which each server begins.
    while !texts(&db, "SELECT key FROM blob WHERE state = 2").await.is_empty() {
        tokio::task::yield_now().await;
    }
    for table in ["blob", "version", "file"] {
        let left = texts(&db, &format!("SELECT sha256 FROM {table}")).await;
        let left: Vec<_> = left.iter().filter(|digest| gone.contains(digest)).collect();
        assert!(left.is_empty(), "{table} remembers what was erased: {left:?}");
    }
    db.close().await;
    let stored = digests(place).await;
    assert!(!gone.iter().any(|digest| stored.contains(*digest)), "the store keeps what was erased");
    gone.len()
}

async fn texts(db: &Db, text: &str) -> Vec<String> {
    let text = text.to_owned();
    let unit = bare(move |tx| {
        let text = text.clone();
        Box::pin(async move { tx.all(&text, &[], |rec| rec.text(0)).await })
    });
    db.read(unit).await.expect("the rows can be read")
}

fn bare<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<Vec<String>, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}

fn counted<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}

/// The digests of everything that is stored, read from the bytes.
async fn digests(place: &Place) -> BTreeSet<String> {
    let blobs = place.0.blobs();
    let (mut listing, mut digests) = (blobs.keys(), BTreeSet::new());
    while let Some(batch) = listing.next_batch().await.expect("the store can be listed") {
        for found in batch {
            digests.insert(hex::encode(blobs.digest(&found.key).await.expect("the bytes can be read").sha256));
        }
    }
    digests
}
