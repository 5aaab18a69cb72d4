//! Idempotency keys: the same request under the same key is done once, and every repetition gets the first answer.
//!
//! A key is taken before the request's body is read and its fingerprint is known only after, so the fingerprint is
//! handed in at the end. The change and the key's mark are one commit: a crash between the change and the answer leaves
//! a key that tells what the change came to, never a second change.

use crate::table::once;
use crate::unit::tenanted;
use crate::{Caller, Core};
use attache_model::error::{Code, Error};
use attache_model::{AccountNo, FileNo, FolderNo, Result, limits::Limits, task::TaskResult};
use bytes::Bytes;
use std::time::Duration;

/// Longest key, in bytes.
pub const KEY_MAX: usize = 255;
/// How long a request may be worked on before its key is free again, if it never changed anything.
const IN_FLIGHT: Duration = Duration::from_secs(3600);

/// What the client gave as its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceKey(String);

impl OnceKey {
    /// A key from a header's text: 1 to 255 visible ASCII characters.
    ///
    /// # Errors
    /// `HeaderInvalid` for anything else.
    pub fn new(text: &str) -> Result<OnceKey> {
        let fits = !text.is_empty() && text.len() <= KEY_MAX && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !fits {
            let why = format!("a key is 1 to {KEY_MAX} visible ASCII characters");
            return Err(Error::malformed(Code::HeaderInvalid, "Idempotency-Key", why));
        }
        Ok(OnceKey(text.to_owned()))
    }
}

/// A key that this request holds. A request that goes away without an answer frees it, unless its change is committed.
#[derive(Debug)]
pub struct Once {
    core: Core,
    account: AccountNo,
    key: String,
    open: bool,
}

impl Once {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::try_current().ok().filter(|_| self.open);
        if let Some(runtime) = runtime {
            let (core, account, key) = (self.core.clone(), self.account, self.key.clone());
            runtime.spawn(async move {
                if let Err(error) = free(&core, account, key).await {
                    tracing::warn!(%error, "an idempotency key stays taken until its time is over");
                }
            });
        }
    }
}

async fn free(core: &Core, account: AccountNo, key: String) -> Result<()> {
    let unit = tenanted::<u64, _>(move |mut t| {
        let key = key.clone();
        Box::pin(async move { once::drop(&mut t, &key).await })
    });
    core.write("free an idempotency key", account, unit).await.map(|_| ())
}

/// What stands under a key.
#[derive(Debug)]
pub enum Answer {
    /// The key is this request's: do the work, then [`Core::once_answered`] or [`Core::once_dropped`].
    Fresh(Once),
    /// The answer of the first request. Compare the fingerprint before replaying it.
    Kept {
        /// Of the first request.
        fingerprint: String,
        /// Its status.
        status: u16,
        /// Its headers that matter, in the dialect's own form.
        headers: String,
        /// Its body.
        body: Bytes,
    },
    /// The first request's change is committed and its answer was lost: render it again from what it came to.
    Committed(TaskResult),
}

impl Core {
    /// Takes a key for a request, or tells what stands under it.
    ///
    /// # Errors
    /// `InFlight` while the first request is being worked on.
    pub async fn once(&self, caller: &Caller, key: &OnceKey) -> Result<Answer> {
        let (now, text) = (self.now(), key.0.clone());
        let take = tenanted::<Option<once::Row>, _>(move |mut t| {
            let text = text.clone();
            Box::pin(async move {
                if once::begin(&mut t, &text, "", now, now.plus(IN_FLIGHT)).await? {
                    return Ok(None);
                }
                once::get(&mut t, &text).await
            })
        });
        match self.write("take an idempotency key", caller.account(), take).await? {
            None => {
                let account = caller.account();
                Ok(Answer::Fresh(Once { core: self.clone(), account, key: key.0.clone(), open: true }))
            }
            Some(row) => standing(row),
        }
    }

    /// Keeps the answer of a request for those that repeat it.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`; the change itself stands.
    pub async fn once_answered(
        &self,
        caller: &Caller,
        mut once: Once,
        fingerprint: String,
        status: u16,
        headers: String,
        body: Bytes,
    ) -> Result<()> {
        let until = self.now().plus(Limits::seconds(self.limits().idempotency_life));
        let row = once::Row {
            fingerprint,
            state: 2,
            effect: String::new(),
            status: i64::from(status),
            headers,
            body: body.to_vec(),
        };
        once.open = false;
        let key = std::mem::take(&mut once.key);
        let keep = tenanted::<u64, _>(move |mut t| {
            let (key, row) = (key.clone(), row.clone());
            Box::pin(async move { once::answer(&mut t, &key, &row, until).await })
        });
        self.write("keep an answer", caller.account(), keep).await?;
        Ok(())
    }

    /// Frees the key of a request that changed nothing, so that it can be tried again.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn once_dropped(&self, caller: &Caller, mut once: Once) -> Result<()> {
        once.open = false;
        free(self, caller.account(), std::mem::take(&mut once.key)).await
    }
}

fn standing(row: once::Row) -> Result<Answer> {
    match row.state {
        0 => Err(Error::InFlight),
        1 => effect(&row.effect).map(Answer::Committed).ok_or_else(|| Error::bug("a kept effect cannot be read")),
        _ => Ok(Answer::Kept {
            fingerprint: row.fingerprint,
            status: u16::try_from(row.status).map_err(|_| Error::bug("a kept status is none"))?,
            headers: row.headers,
            body: row.body.into(),
        }),
    }
}

fn effect(text: &str) -> Option<TaskResult> {
    let (what, no) = text.split_once('/')?;
    let no = no.parse().ok()?;
    match what {
        "file" => Some(TaskResult::File(FileNo(no))),
        "folder" => Some(TaskResult::Folder(FolderNo(no))),
        _ => None,
    }
}
