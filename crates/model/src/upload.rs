//! Resumable uploads: bytes that come in pieces over hours, until they are a file.

use crate::id::UploadId;
use crate::{FileNo, Time, UploadNo, UserNo};

/// A resumable upload as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its number in the account.
    pub no: UploadNo,
    /// Its id.
    pub id: UploadId,
    /// How far it is.
    pub state: UploadState,
    /// How many bytes there will be; `None` while the sender has not said.
    pub length: Option<u64>,
    /// How many bytes are here, durably.
    pub offset: u64,
    /// How many numbered parts are here.
    pub parts: u32,
    /// It is to be joined with others, and never becomes a file by itself.
    pub for_joining: bool,
    /// The dialect's own words about it, kept as they are.
    pub memo: String,
    /// When it was opened.
    pub created_at: Time,
    /// When it goes, finished or not.
    pub expires_at: Time,
    /// Who opened it.
    pub created_by: UserNo,
    /// What became of it, when done.
    pub file: Option<FileNo>,
}

impl Upload {
    /// Whether every byte is here.
    pub fn is_whole(&self) -> bool {
        self.length == Some(self.offset)
    }
}

/// How far an upload is. It only moves forward; an upload that is given up is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are missing.
    Open,
    /// Every byte is here, and the file is being made.
    Completing,
    /// The file is made.
    Done,
}

impl UploadState {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub const fn from_code(code: i64) -> Option<UploadState> {
        match code {
            0 => Some(UploadState::Open),
            1 => Some(UploadState::Completing),
            2 => Some(UploadState::Done),
            _ => None,
        }
    }
}
