//! What must hold after every restart.

use super::Place;
use super::book::{Book, Content, File, Stage, State};
use super::work::put_under_key;
use crate::native::list;
use attache_db::{Db, Options, Target, Tx};
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

/// Compares all books with what the server shows and stores. `wholly` looks at every file, not only at those that
/// changed.
pub(super) async fn after_restart(place: &Place, client: &Client, books: &mut [Book], wholly: bool) {
    for book in books.iter_mut() {
        ask_again(client, book).await;
        settle_folder(client, book).await;
    }
    let shown = all_that_is_shown(client).await;
    let mut owned = BTreeSet::new();
    for book in books.iter_mut() {
        settle_files(client, book, &shown).await;
        owned.extend(book.files.iter().filter(|file| file.known.stage != Stage::Nowhere).map(|file| file.no));
    }
    let strangers: Vec<_> = shown.iter().filter(|(no, _)| !owned.contains(no)).collect();
    assert!(strangers.is_empty(), "files that nobody asked for: {strangers:#?}");
    join_all(books.iter().flat_map(|book| &book.files).map(|file| read_whole(client, file, wholly))).await;
    books.iter_mut().flat_map(|book| &mut book.files).for_each(|file| file.fresh = false);
    check(place);
}

/// Sends each request again that has an idempotency key and got no answer: it ends in one file.
async fn ask_again(client: &Client, book: &mut Book) {
    for at in 0..book.files.len() {
        if book.files[at].wanted.is_none()
            || book.files[at].key.is_none()
            || book.files[at].known.stage != Stage::Nowhere
        {
            continue;
        }
        let again = put_under_key(book, client, at).ask().await;
        book.files[at].key = None;
        let wanted = book.files[at].wanted.clone().expect("it was looked at above");
        let found = list(client, &format!("/v1/files?name_contains={}", wanted.name.trim_end_matches(".bin"))).await;
        // The key of a request that was cut is in use until it is over; then nothing was made, or the key would say so.
        if again.code() == "in_flight" {
            assert!(found.is_empty(), "{found:#?}");
            continue;
        }
        // Either it is made now, or it was made and the answer is told again or was lost.
        assert!(again.status == 201 || again.code() == "state", "{}", again.text());
        assert_eq!(found.len(), 1, "one request under a key is one file: {found:#?}");
        book.files[at].no = found[0]["no"].as_i64().expect("a number");
        book.settle(at, &wanted);
    }
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
    let first = place.command(&["check", "--repair", "--older-than", "0s"]).output().expect("the check runs");
    let report = String::from_utf8_lossy(&first.stdout).into_owned();
    for fault in ["ghost:", "damaged:", "references:", "book:"] {
        assert!(!report.contains(fault), "{report}");
    }
    let second = place.command(&["check", "--older-than", "0s"]).output().expect("the check runs");
    assert!(
        second.status.success(),
        "{}{}",
        String::from_utf8_lossy(&second.stdout),
        String::from_utf8_lossy(&second.stderr)
    );
}

/// Waits until the database has noticed that the killed server's connections are gone, with what they were doing.
pub(crate) async fn wait_for_the_dead(place: &Place) {
    let Some(url) = place.0.database() else { return };
    let db = Db::open(&Target::Postgres(url.to_owned()), &Options::default()).await.expect("the database is there");
    let others = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while texts(&db, others).await != ["0"] {
        tokio::task::yield_now().await;
    }
    db.close().await;
}

/// Nothing that was erased is left: no row with its digest, no bytes in the store.
pub(super) async fn what_was_erased_is_gone(place: &Place, books: &[Book]) {
    let digests_of =
        |contents: Vec<Content>| -> BTreeSet<String> { contents.into_iter().map(Content::digest).collect() };
    let kept =
        digests_of(books.iter().flat_map(|book| &book.files).flat_map(|file| file.known.versions.clone()).collect());
    let erased = digests_of(books.iter().flat_map(|book| book.erased.clone()).collect());
    let gone: BTreeSet<&String> = erased.difference(&kept).collect();
    attache_tests::report(&format!("{} contents were erased for good", gone.len()));
    assert!(!gone.is_empty());

    let target = match place.0.database() {
        Some(url) => Target::Postgres(url.to_owned()),
        None => Target::Sqlite(place.path().join("attache.db")),
    };
    let db = Db::open(&target, &Options::default()).await.expect("the database is there");
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
