//! Taking old lines from the beginning of the log, where the limit `audit_days` asks for that. The digest of the last one
//! that goes stays in the book, so what is left can be verified as before.

use super::Entry;
use crate::Operator;
use crate::table::{audit, book};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::audit::{AuditHead, Deed};
use attache_model::{AccountNo, Result, Time};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Most lines that one commit takes away.
const CHUNK: u32 = 500;

impl Operator {
    /// Takes the lines of every account that are older than the limit says. It begins once the oldest is a day beyond it,
    /// so that it leaves at most one line of its own for each day. The sweep does it.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn trim_audits(&self) -> Result<()> {
        let days = u32::try_from(self.0.limits().audit_days).unwrap_or(u32::MAX);
        if days == 0 {
            return Ok(());
        }
        let before = self.0.now().minus(DAY.saturating_mul(days));
        for account in self.accounts().await? {
            let oldest = self.audit_lines(account.no, i64::MIN, 1).await?;
            if oldest.first().is_some_and(|line| line.at < before.minus(DAY)) {
                self.trim_audit(account.no, before).await?;
            }
        }
        Ok(())
    }

    async fn trim_audit(&self, account: AccountNo, before: Time) -> Result<()> {
        let now = self.0.now();
        let mut gone = None;
        loop {
            let unit =
                tenanted::<Option<AuditHead>, _>(move |mut t| Box::pin(async move { trim(&mut t, before).await }));
            match self.0.write("trim the audit log", account, unit).await? {
                Some(last) => gone = Some(last),
                None => break,
            }
        }
        match gone {
            Some(last) => self.0.note(account, Entry::operator(now, Deed::Trimmed, format!("audit/{}", last.no))).await,
            None => Ok(()),
        }
    }
}

/// Takes some lines from before a moment away; the last of them, none when there are no more.
async fn trim(t: &mut Tenanted<'_>, before: Time) -> Outcome<Option<AuditHead>> {
    // Another node may be at it, too: what is read here still holds when it is written.
    book::hold(t).await?;
    let Some(ends) = audit::ends(t).await? else { return Ok(None) };
    let lines = audit::after(t, ends.trimmed.no, CHUNK).await?;
    // The last line of all stays: the chain goes on from it.
    let old = lines.iter().take_while(|line| line.at < before && line.no < ends.head.no).last();
    let Some(last) = old.map(|line| AuditHead { no: line.no, digest: line.digest.clone() }) else { return Ok(None) };
    audit::trim(t, &last).await?;
    Ok(Some(last))
}
