//! The six races once more as statements of a database that lets other transactions come between any two of them, as
//! PostgreSQL does. Rows have locks that are held until the commit, a guarded change looks at its row as it is when it has
//! the lock, and a unit that loses to a guard is undone as a whole. What is tried here is that the guards themselves are
//! enough; each race is tried without one of them too, and then the schedules must find what goes wrong.

use super::{SHUTTLE, figure};
use shuttle::sync::{Arc, Mutex, MutexGuard};
use shuttle::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An upload's states in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upload {
    Whole,
    Done,
    Forgotten,
}

/// A blob's states in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blob {
    Live { refs: u32 },
    Dying,
    Gone,
}

/// A file's states in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    Trashed,
    Living,
    Purged,
}

/// What an account holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Book {
    files: u32,
    reserved: u32,
}

/// Most files that the account may hold.
const QUOTA: u32 = 1;

/// The rows that a race is about, each with its lock.
struct Rows {
    upload: Mutex<Upload>,
    /// Who has the one name that is fought for.
    name: Mutex<Option<&'static str>>,
    /// Whether the upload's file got a number, because the name was taken.
    numbered: Mutex<bool>,
    blob: Mutex<Blob>,
    /// Whether the blob's bytes are in the store; it knows no transactions.
    bytes: Mutex<bool>,
    file: Mutex<File>,
    book: Mutex<Book>,
    /// Whether the guards of the statements are heeded.
    guards: bool,
}

impl Rows {
    fn new(guards: bool) -> Rows {
        Rows {
            upload: Mutex::new(Upload::Whole),
            name: Mutex::new(None),
            numbered: Mutex::new(false),
            blob: Mutex::new(Blob::Live { refs: 1 }),
            bytes: Mutex::new(true),
            file: Mutex::new(File::Trashed),
            book: Mutex::new(Book { files: 0, reserved: 1 }),
            guards,
        }
    }
}

/// A row as a statement without a lock sees it: what holds now may not hold in the next statement.
fn read<T: Copy>(row: &Mutex<T>) -> T {
    *row.lock().unwrap()
}

/// A row that this transaction has locked. Dropped before its commit it is as it was.
struct Locked<'r, T: Copy> {
    row: MutexGuard<'r, T>,
    before: T,
    commits: bool,
}

fn lock<T: Copy>(row: &Mutex<T>) -> Locked<'_, T> {
    let row = row.lock().unwrap();
    Locked { before: *row, row, commits: false }
}

impl<T: Copy> Locked<'_, T> {
    fn commit(mut self) {
        self.commits = true;
    }
}

impl<T: Copy> Drop for Locked<'_, T> {
    fn drop(&mut self) {
        if !self.commits {
            *self.row = self.before;
        }
    }
}

/// A whole upload becomes a file: the name is taken, then the upload is ended if it is still whole, then the book is posted.
/// Whether it did.
fn complete(rows: &Rows, me: &'static str) -> bool {
    if read(&rows.upload) != Upload::Whole {
        return false;
    }
    let mut name = lock(&rows.name);
    // A name that is taken gets a number: another row, which nobody else wants.
    match *name.row {
        None => *name.row = Some(me),
        Some(_) => *rows.numbered.lock().unwrap() = true,
    }
    let mut upload = lock(&rows.upload);
    if rows.guards && *upload.row != Upload::Whole {
        return false;
    }
    *upload.row = Upload::Done;
    let mut book = lock(&rows.book);
    book.row.reserved = book.row.reserved.saturating_sub(1);
    book.row.files += 1;
    name.commit();
    upload.commit();
    book.commit();
    true
}

/// An upload is forgotten, and what it kept free is free; whether it was there.
fn abort(rows: &Rows) -> bool {
    let seen = read(&rows.upload);
    let mut upload = lock(&rows.upload);
    let now = if rows.guards { *upload.row } else { seen };
    if now != Upload::Whole {
        return false;
    }
    *upload.row = Upload::Forgotten;
    let mut book = lock(&rows.book);
    book.row.reserved = book.row.reserved.saturating_sub(1);
    upload.commit();
    book.commit();
    true
}

/// A file takes the name, or is refused.
fn put(rows: &Rows, me: &'static str) -> bool {
    let seen = read(&rows.name);
    let mut name = lock(&rows.name);
    let taken = if rows.guards { *name.row } else { seen };
    if taken.is_some() {
        return false;
    }
    *name.row = Some(me);
    let mut book = lock(&rows.book);
    book.row.files += 1;
    name.commit();
    book.commit();
    true
}

/// The last reference goes: the blob is dying with the commit, its bytes go after it, its row last.
fn erase(rows: &Rows) {
    let mut blob = lock(&rows.blob);
    let Blob::Live { refs } = *blob.row else { return };
    *blob.row = if refs == 1 { Blob::Dying } else { Blob::Live { refs: refs - 1 } };
    let died = refs == 1;
    blob.commit();
    if died {
        *rows.bytes.lock().unwrap() = false;
        let mut blob = lock(&rows.blob);
        *blob.row = Blob::Gone;
        blob.commit();
    }
}

/// Equal bytes come: they are attached to a living blob, else kept under a key of their own. Whether they were attached.
fn attach(rows: &Rows) -> bool {
    let seen = read(&rows.blob);
    let mut blob = lock(&rows.blob);
    let now = if rows.guards { *blob.row } else { seen };
    let Blob::Live { refs } = now else { return false };
    *blob.row = Blob::Live { refs: refs + 1 };
    blob.commit();
    true
}

/// A file is put in where the account may hold one more.
fn grow(rows: &Rows) -> bool {
    let seen = read(&rows.book).files;
    let mut book = lock(&rows.book);
    let now = if rows.guards { book.row.files } else { seen };
    if now + 1 > QUOTA {
        return false;
    }
    book.row.files += 1;
    book.commit();
    true
}

/// A file in the trash lives again, or goes for good; whether it did.
fn move_on(rows: &Rows, to: File) -> bool {
    let seen = read(&rows.file);
    let mut file = lock(&rows.file);
    let now = if rows.guards { *file.row } else { seen };
    if now != File::Trashed {
        return false;
    }
    *file.row = to;
    file.commit();
    true
}

type Racer = fn(&Rows) -> bool;

/// Two racers, and what must hold of their ends and of the rows.
fn race(guards: bool, racers: [Racer; 2], holds: fn(&Rows, [bool; 2])) {
    let rows = Arc::new(Rows::new(guards));
    let [one, other] = racers.map(|racer| {
        let rows = rows.clone();
        thread::spawn(move || racer(&rows))
    });
    let ends = [one.join().unwrap(), other.join().unwrap()];
    holds(&rows, ends);
}

/// Runs a race under many schedules; then without its guards, where the schedules must find what goes wrong.
fn schedules(name: &str, racers: [Racer; 2], holds: fn(&Rows, [bool; 2])) {
    shuttle::check_random(move || race(true, racers, holds), SHUTTLE);
    let unguarded = catch_unwind(AssertUnwindSafe(|| {
        shuttle::check_random(move || race(false, racers, holds), SHUTTLE);
    }));
    assert!(unguarded.is_err(), "{SHUTTLE} schedules did not find that the guards are gone");
    figure(&format!("{name}: {SHUTTLE} shuttle schedules of its statements, 0 wrong; without its guard it is found"));
}

#[test]
fn of_two_completes_one_ends_the_upload() {
    schedules("complete/complete", [|rows| complete(rows, "one"), |rows| complete(rows, "other")], |rows, ends| {
        assert_eq!(ends.iter().filter(|end| **end).count(), 1);
        assert_eq!((read(&rows.upload), read(&rows.book)), (Upload::Done, Book { files: 1, reserved: 0 }));
    });
}

#[test]
fn of_a_complete_and_an_abort_one_ends_the_upload() {
    schedules("complete/abort", [|rows| complete(rows, "one"), abort], |rows, [completed, aborted]| {
        assert!(completed != aborted);
        let state = if completed { Upload::Done } else { Upload::Forgotten };
        assert_eq!((read(&rows.upload), read(&rows.book)), (state, Book { files: completed.into(), reserved: 0 }));
    });
}

#[test]
fn a_complete_and_a_put_never_have_one_name() {
    schedules("complete/put", [|rows| complete(rows, "upload"), |rows| put(rows, "put")], |rows, [completed, put]| {
        assert!(completed);
        assert_eq!(read(&rows.numbered), put, "both have the name");
        assert_eq!(read(&rows.book).files, 1 + u32::from(put));
    });
}

#[test]
fn bytes_that_are_attached_to_are_never_removed() {
    fn erases(rows: &Rows) -> bool {
        erase(rows);
        true
    }
    schedules("erase/dedup", [erases, attach], |rows, [_, attached]| {
        let blob = read(&rows.blob);
        assert_eq!(
            (blob, read(&rows.bytes)),
            if attached { (Blob::Live { refs: 1 }, true) } else { (Blob::Gone, false) }
        );
    });
}

#[test]
fn of_two_that_do_not_fit_together_one_is_let_in() {
    schedules("quota/quota", [grow, grow], |rows, ends| {
        assert!(ends[0] != ends[1]);
        assert_eq!(read(&rows.book).files, QUOTA);
    });
}

#[test]
fn what_is_restored_is_not_purged_and_the_other_way_round() {
    schedules(
        "restore/purge",
        [|rows| move_on(rows, File::Living), |rows| move_on(rows, File::Purged)],
        |rows, ends| {
            assert!(ends[0] != ends[1]);
            assert_eq!(read(&rows.file), if ends[0] { File::Living } else { File::Purged });
        },
    );
}
