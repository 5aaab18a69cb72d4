//! An account: a tenant, with its settings and its quota.

use crate::{AccountNo, Time, UserNo};

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number, which is also HubSpot's portal id in hosted URLs.
    pub no: AccountNo,
    /// Its name, unique in the installation.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// Days that a deleted file stays in the trash.
    pub trash_days: u32,
    /// What it may store.
    pub quota: Quota,
    /// The origins of pages that may show its panels in a frame.
    pub panel_origins: Vec<String>,
}

/// What an account may store. `None` is "no limit". Versions and trash count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of all versions together.
    pub bytes: Option<u64>,
    /// Number of files.
    pub files: Option<u64>,
}

/// What an account stores now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all versions, trash included.
    pub bytes: u64,
    /// Number of files, trash included.
    pub files: u64,
}

/// Somebody who works in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its number in the account.
    pub no: UserNo,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
}
