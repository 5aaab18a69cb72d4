//! Intakes: links by which somebody without an account sends files in, for one record.

mod accepted;
mod template;

pub use accepted::Accepted;
pub use template::{Sent, Template};

use crate::id::IntakeId;
use crate::link::Record;
use crate::name::is_misleading;
use crate::{Error, FolderNo, Result, Time, UserNo};
use unicode_normalization::UnicodeNormalization;

/// Longest title, in bytes of UTF-8.
pub const TITLE_MAX: usize = 200;
/// Longest note, in bytes of UTF-8.
pub const NOTE_MAX: usize = 4096;
/// Longest password, in bytes of UTF-8.
pub const PASSWORD_MAX: usize = 256;

/// An intake link as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Its id.
    pub id: IntakeId,
    /// The record that its files are put on.
    pub record: Record,
    /// The files' part on the record, such as `passport`; empty for none.
    pub role: String,
    /// The folder that its files go to. They go to the root when it is gone.
    pub folder: FolderNo,
    /// What the page calls itself; empty for a title of the page's own.
    pub title: String,
    /// What the page tells its visitors, in plain text; empty for nothing.
    pub note: String,
    /// What the files are called.
    pub file_name: Template,
    /// Which kinds of file may come.
    pub types: Accepted,
    /// How many files may come.
    pub max_files: u64,
    /// The most bytes that each may have.
    pub max_bytes: u64,
    /// Whether its files are left out of lists.
    pub hidden: bool,
    /// Whether senders need a password.
    pub has_password: bool,
    /// How many files came.
    pub received: u64,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: UserNo,
    /// When it ends by itself.
    pub expires_at: Time,
    /// When it was closed; `None` for one that was not.
    pub closed_at: Option<Time>,
}

/// Whether an intake takes files, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It takes files.
    Open,
    /// Its owner closed it.
    Closed,
    /// Its time is over.
    Expired,
    /// As many files came as may.
    Full,
}

impl Intake {
    /// Whether it takes files at this moment.
    pub fn standing(&self, now: Time) -> Standing {
        match () {
            () if self.closed_at.is_some() => Standing::Closed,
            () if self.received >= self.max_files => Standing::Full,
            () if self.expires_at <= now => Standing::Expired,
            () => Standing::Open,
        }
    }

    /// How many files may still come.
    pub fn left(&self) -> u64 {
        self.max_files.saturating_sub(self.received)
    }
}

/// Brings a title into NFC, without blanks around it, and refuses what does not fit one line of [`TITLE_MAX`] bytes.
///
/// # Errors
/// `Invalid` at `title`.
pub fn check_title(text: &str) -> Result<String> {
    let title: String = text.trim().nfc().collect();
    if title.len() > TITLE_MAX || title.chars().any(|c| c.is_control() || is_misleading(c)) {
        let why = format!(
            "a title is one line of at most {TITLE_MAX} bytes without control, direction or zero-width characters"
        );
        return Err(Error::invalid("title", why));
    }
    Ok(title)
}

/// Brings a note into NFC with plain line ends, and refuses more than [`NOTE_MAX`] bytes and control characters.
///
/// # Errors
/// `Invalid` at `note`.
pub fn check_note(text: &str) -> Result<String> {
    let note: String = text.replace("\r\n", "\n").trim().nfc().collect();
    let strange = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_misleading(c);
    if note.len() > NOTE_MAX || note.chars().any(strange) {
        let why = format!(
            "a note is at most {NOTE_MAX} bytes of plain text without control, direction or zero-width characters"
        );
        return Err(Error::invalid("note", why));
    }
    Ok(note)
}

/// Brings a password into NFC, so that it is the same however a keyboard composes it, and refuses an empty or overlong one.
///
/// # Errors
/// `Invalid` at `password`, which does not show it.
pub fn check_password(text: &str) -> Result<String> {
    let password: String = if text.len() > PASSWORD_MAX { String::new() } else { text.nfc().collect() };
    if password.is_empty() || password.len() > PASSWORD_MAX || password.chars().any(char::is_control) {
        let why = format!("a password is 1 to {PASSWORD_MAX} bytes without control characters");
        return Err(Error::invalid("password", why));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(check_title("  Your passport ").unwrap(), "Your passport");
        assert_eq!(check_title(&"x".repeat(TITLE_MAX)).unwrap().len(), TITLE_MAX);
        for bad in ["a\nb", "a\u{202e}b", "a\0", &"x".repeat(TITLE_MAX + 1)] {
            assert!(check_title(bad).unwrap_err().to_string().starts_with("title: "), "{bad:?}");
        }
    }

    #[test]
    fn a_note_keeps_its_lines() {
        assert_eq!(check_note("one\r\ntwo\n\nthree\n").unwrap(), "one\ntwo\n\nthree");
        assert_eq!(check_note(&"x".repeat(NOTE_MAX)).unwrap().len(), NOTE_MAX);
        for bad in ["a\u{1b}[31m", "a\u{200b}b", &"x".repeat(NOTE_MAX + 1)] {
            assert!(check_note(bad).unwrap_err().to_string().starts_with("note: "), "{bad:?}");
        }
    }

    #[test]
    fn a_password_is_the_same_however_it_was_typed() {
        assert_eq!(check_password("caf\u{e9}").unwrap(), check_password("cafe\u{301}").unwrap());
        assert_eq!(check_password(&"x".repeat(PASSWORD_MAX)).unwrap().len(), PASSWORD_MAX);
        for bad in ["", "a\nb", &"x".repeat(PASSWORD_MAX + 1)] {
            let said = check_password(bad).unwrap_err().to_string();
            assert!(said.starts_with("password: ") && (bad.is_empty() || !said.contains(bad)), "{said}");
        }
    }
}
