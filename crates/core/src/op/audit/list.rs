//! Reading the audit log.

use crate::table::audit;
use crate::unit::tenanted;
use crate::{Core, Manage, Operator};
use attache_model::audit::{AuditHead, AuditLine};
use attache_model::{AccountNo, Error, Result, What};

impl Manage<'_> {
    /// At most `limit` lines of the account's audit log after number `after`, in order.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn audit_lines(&self, after: i64, limit: u32) -> Result<Vec<AuditLine>> {
        lines(self.core, self.caller().account(), after, limit).await
    }

    /// The last line of the account's audit log.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn audit_head(&self) -> Result<AuditHead> {
        head(self.core, self.caller().account()).await
    }
}

impl Operator {
    /// At most `limit` lines of an account's audit log after number `after`, in order. What a request did is found by its
    /// lines' `request`, and what was done to a file by `file/` and its number among their `targets`.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn audit_lines(&self, account: AccountNo, after: i64, limit: u32) -> Result<Vec<AuditLine>> {
        lines(&self.0, account, after, limit).await
    }

    /// The last line of an account's audit log.
    ///
    /// # Errors
    /// `NotFound(Account)`.
    pub async fn audit_head(&self, account: AccountNo) -> Result<AuditHead> {
        head(&self.0, account).await
    }
}

async fn lines(core: &Core, account: AccountNo, after: i64, limit: u32) -> Result<Vec<AuditLine>> {
    let unit =
        tenanted::<Vec<AuditLine>, _>(move |mut t| Box::pin(async move { audit::after(&mut t, after, limit).await }));
    core.read("read the audit log", account, unit).await
}

async fn head(core: &Core, account: AccountNo) -> Result<AuditHead> {
    Ok(super::verify::ends(core, account).await?.ok_or(Error::NotFound(What::Account))?.head)
}
