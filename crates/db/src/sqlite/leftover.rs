//! What deleting leaves behind: when SQLite splits or joins pages it moves cells and does not clear the free room that
//! they leave inside a page, not even with `secure_delete`, which clears only what is deleted later. A name can so
//! outlive its row. Here the free room of every page that was written is cleared before erased content counts as gone.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use rusqlite::{Connection, params};

/// Pages that are looked at in one transaction, so that no unit waits long.
const SLICE: usize = 512;
/// From so many pages on (128 GiB) the first byte of a page does not tell its kind for certain, so none is touched.
const TOO_MANY: u32 = 1 << 25;
/// Lengths in the log: its header, and the header of each frame.
const LOG_HEAD: u64 = 32;
const FRAME_HEAD: u64 = 24;

/// The pages that may hold something in their free room.
#[derive(Debug)]
pub(crate) struct Leftovers {
    log: PathBuf,
    /// One bit for each page that was written since it was last looked at.
    marked: Vec<u64>,
    /// How many pages are from before the start and were not looked at yet.
    before: u32,
    /// Where the walk over them is, and where it ends.
    walk: (u32, u32),
}

impl Leftovers {
    /// Of the file of `conn`. What earlier processes wrote is looked at once there is something to erase.
    pub(crate) fn of(conn: &Connection) -> rusqlite::Result<Self> {
        let log = PathBuf::from(format!("{}-wal", conn.path().unwrap_or_default()));
        Ok(Self { log, marked: Vec::new(), before: page_count(conn)?, walk: (1, 0) })
    }

    /// Lets the pages from before the start be looked at too, bit by bit, while nobody waits: the first erase of a process
    /// does, so that a start costs nothing and a store that never erases is never read through.
    pub(crate) fn walk_back(&mut self) {
        if self.before > 0 {
            self.walk = (1, std::mem::take(&mut self.before));
        }
    }

    /// Whether there are pages from before the start left to look at.
    pub(crate) fn walks(&self) -> bool {
        self.walk.0 <= self.walk.1
    }

    /// Marks the pages in the log, which is about to be moved into the file.
    pub(crate) fn note(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        match pages_in(&self.log) {
            Ok(pages) => pages.into_iter().for_each(|page| self.mark(page)),
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be read; every page is looked at instead");
                self.walk = (1, page_count(conn)?);
            }
        }
        Ok(())
    }

    /// Clears a slice of the marked pages; `true` once none is left.
    pub(crate) fn clear_marked(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        let pages = self.take_marked();
        clear_all(conn, &pages)?;
        Ok(pages.len() < SLICE)
    }

    /// Goes on with the pages from before the start; whether any of them was cleared.
    pub(crate) fn step(&mut self, conn: &Connection) -> rusqlite::Result<bool> {
        let from = self.walk.0;
        let to = self.walk.1.min(from.saturating_add(SLICE as u32 - 1));
        self.walk.0 = to.saturating_add(1);
        clear_all(conn, &(from..=to).collect::<Vec<_>>())
    }

    fn mark(&mut self, page: u32) {
        let (word, bit) = (page as usize / 64, page % 64);
        if self.marked.len() <= word {
            self.marked.resize(word + 1, 0);
        }
        self.marked[word] |= 1 << bit;
    }

    fn take_marked(&mut self) -> Vec<u32> {
        let mut pages = Vec::new();
        for (word, bits) in (0..).zip(&mut self.marked) {
            while *bits != 0 && pages.len() < SLICE {
                pages.push(word * 64 + bits.trailing_zeros());
                *bits &= *bits - 1;
            }
        }
        pages
    }
}

/// Clears the free room of these pages in one transaction; whether there was anything in any of them.
fn clear_all(conn: &Connection, pages: &[u32]) -> rusqlite::Result<bool> {
    if pages.is_empty() || page_count(conn)? >= TOO_MANY {
        return Ok(false);
    }
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let cleared = pages.iter().try_fold(false, |any, page| Ok(clear_one(conn, *page)? || any));
    conn.execute_batch(if cleared.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    cleared
}

fn clear_one(conn: &Connection, number: u32) -> rusqlite::Result<bool> {
    let mut read = conn.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
    let mut rows = read.query(params![number])?;
    // The file may have become shorter.
    let Some(row) = rows.next()? else { return Ok(false) };
    let mut page: Vec<u8> = row.get(0)?;
    drop(rows);
    if !clear(&mut page, number) {
        return Ok(false);
    }
    conn.prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?.execute(params![number, page])?;
    Ok(true)
}

/// Zeroes the room between the cell pointers and the cells of a page of a table or index; whether there was anything in
/// it. A page of another kind is left alone.
fn clear(page: &mut [u8], number: u32) -> bool {
    // The first page begins with the header of the file.
    let start = if number == 1 { 100 } else { 0 };
    let Some(head) = page.get(start..start + 8) else { return false };
    let head_len = match head[0] {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return false,
    };
    let cells = usize::from(u16::from_be_bytes([head[3], head[4]]));
    let content = match u16::from_be_bytes([head[5], head[6]]) {
        0 => 1 << 16,
        content => usize::from(content),
    };
    let Some(room) = page.get_mut(start + head_len + 2 * cells..content) else { return false };
    let held = room.iter().any(|byte| *byte != 0);
    room.fill(0);
    held
}

fn page_count(conn: &Connection) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, "page_count", |row| row.get(0))
}

/// The numbers of the pages in a log, however often they are in it.
fn pages_in(log: &PathBuf) -> io::Result<Vec<u32>> {
    let file = match File::open(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened?,
    };
    let mut head = [0; LOG_HEAD as usize];
    if file.metadata()?.len() < LOG_HEAD {
        return Ok(Vec::new());
    }
    file.read_exact_at(&mut head, 0)?;
    let page_len = u64::from(u32::from_be_bytes([head[8], head[9], head[10], head[11]]));
    let (salt, mut at, mut pages) = (&head[16..24], LOG_HEAD, Vec::new());
    let mut frame = [0; FRAME_HEAD as usize];
    while file.read_exact_at(&mut frame, at).is_ok() && frame[8..16] == *salt {
        pages.push(u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]));
        at += FRAME_HEAD + page_len;
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::clear;

    /// A leaf page of a table with one cell pointer, whose cells begin at byte 60 of 64.
    fn leaf(room: &[u8]) -> Vec<u8> {
        let mut page = vec![0; 64];
        page[..8].copy_from_slice(&[13, 0, 0, 0, 1, 0, 60, 0]);
        page[8..10].copy_from_slice(&[0, 60]);
        page[60..].copy_from_slice(b"cell");
        page[20..20 + room.len()].copy_from_slice(room);
        page
    }

    #[test]
    fn only_the_free_room_is_cleared() {
        let mut page = leaf(b"left behind");
        assert!(clear(&mut page, 7));
        assert_eq!(page, leaf(b""));
        assert!(!clear(&mut page, 7), "there is nothing left to clear");
    }

    #[test]
    fn a_page_that_is_none_of_a_table_or_index_is_left_alone() {
        for kind in [0, 1, 3, 14, 255] {
            let mut page = leaf(b"content");
            page[0] = kind;
            let before = page.clone();
            assert!(!clear(&mut page, 7));
            assert_eq!(page, before);
        }
    }

    #[test]
    fn a_page_whose_head_makes_no_sense_is_left_alone() {
        let mut page = leaf(b"content");
        page[3] = 255;
        let before = page.clone();
        assert!(!clear(&mut page, 7));
        assert_eq!(page, before);
        assert!(!clear(&mut [13], 7));
    }
}
