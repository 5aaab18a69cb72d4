//! Idempotency keys: the same request under the same key is done once, and every repetition gets the first answer.
//!
//! A key is taken before the request's body is read and its fingerprint is known only after, so the fingerprint is
//! handed in at the end. The change and the key's mark are one commit: a crash between the change and the answer leaves
//! a key that tells what the change came to, never a second change. Whatever writes a line of the audit log marks the key
//! of its request, so no kind of change can forget to.
//!
//! Until then a key is held by a lease that its request renews for as long as it lives: a killed process frees its keys
//! within a minute, and a long upload never loses its own. A request whose key went to another one commits nothing under it.

use crate::table::once;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Caller, Core, Errand, entropy};
use attache_model::error::{Code, Error};
use attache_model::{AccountNo, FileNo, FolderNo, Result, Time, limits::Limits, task::TaskResult};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// Longest key, in bytes.
pub const KEY_MAX: usize = 255;
/// How long a key is held when its request gives no sign of life. The end is written by the clock of the holder's node and
/// judged by that of whoever asks, so clocks may differ by 40 seconds, and by 20 where one renewal fails. Beyond that a
/// repetition takes the key over too early: then the first request's commit is refused, and nothing is made twice.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is renewed, by the steady clock. A request that ends before costs no renewal.
const RENEWAL: Duration = Duration::from_secs(20);
/// Pauses before each try to free a key. While the database is away nobody can be told that it is taken, and after the last
/// one its lease is over.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(10), Duration::from_secs(50)];

/// What the client gave as its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceKey(String);

impl OnceKey {
    /// A key from a header's text: 1 to 255 printable ASCII characters.
    ///
    /// # Errors
    /// `HeaderInvalid` for anything else.
    pub fn new(text: &str) -> Result<OnceKey> {
        let fits = !text.is_empty() && text.len() <= KEY_MAX && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !fits {
            let why = format!("a key is 1 to {KEY_MAX} printable ASCII characters");
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
    /// Tells this request's hold of the key from another one's.
    taker: String,
    open: bool,
}

/// What a change needs to mark its request's key in its own commit.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    key: String,
    taker: String,
    /// How long the key is kept from then on.
    life: Duration,
}

/// Marks the key of the request that the unit runs for, if it has one in this account, with what its change came to: `None`
/// where a repetition's answer could not be made from it, such as one with a secret.
///
/// # Errors
/// `InFlight` when the key is another request's by now; then this change must not be a second one.
pub(crate) async fn mark(t: &mut Tenanted<'_>, now: Time, came_to: Option<TaskResult>) -> Outcome<()> {
    let Some(mark) = t.errand().and_then(|errand| errand.key(t.account())).cloned() else { return Ok(()) };
    // A test plants this fault, to see that a repetition after a crash shows it.
    attache_point::fail_point!("core.key_unmarked", |_| Ok(()));
    let effect = came_to.map(written).unwrap_or_default();
    if !once::mark(t, &mark.key, &mark.taker, &effect, now.plus(mark.life)).await? {
        return Err(Error::InFlight.into());
    }
    Ok(())
}

impl Once {
    fn mark(&self) -> Mark {
        let life = Limits::seconds(self.core.limits().idempotency_life);
        Mark { key: self.key.clone(), taker: self.taker.clone(), life }
    }

    /// Does the request's work, whose changes mark the key, and renews the hold of it meanwhile.
    ///
    /// # Errors
    /// `InFlight` when the key was found to be another request's: then the work is given up.
    pub async fn hold<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let errand = Errand::current().unwrap_or_else(|| Errand::new(""));
        errand.hold(self.account, self.mark());
        tokio::select! {
            biased;
            done = errand.run(work) => Ok(done),
            () = self.keep() => Err(Error::InFlight),
        }
    }

    /// Renews the hold until it is lost.
    async fn keep(&self) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self.renew().await {
                Ok(true) => {}
                Ok(false) => return,
                // The row tells whose the key is. As long as it cannot be read, nothing is committed under the key either.
                Err(error) => tracing::warn!(%error, "the hold of an idempotency key could not be renewed yet"),
            }
        }
    }

    /// Whether the key was still this request's. One that was late keeps it if nobody else came.
    async fn renew(&self) -> Result<bool> {
        let held = Arc::new((self.key.clone(), self.taker.clone()));
        let until = self.core.now().plus(LEASE);
        let unit = tenanted::<bool, _>(move |mut t| {
            let held = held.clone();
            Box::pin(async move { once::renew(&mut t, &held.0, &held.1, until).await })
        });
        self.core.write("renew the hold of an idempotency key", self.account, unit).await
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        if self.open {
            let (core, account) = (self.core.clone(), self.account);
            let (key, taker) = (self.key.clone(), self.taker.clone());
            self.core.0.undivided.begin(async move {
                for pause in PAUSES {
                    tokio::time::sleep(pause).await;
                    match free(&core, account, &key, &taker).await {
                        Ok(()) => return,
                        Err(error) => tracing::warn!(%error, "an idempotency key could not be freed"),
                    }
                }
            });
        }
    }
}

async fn free(core: &Core, account: AccountNo, key: &str, taker: &str) -> Result<()> {
    let held = Arc::new((key.to_owned(), taker.to_owned()));
    let unit = tenanted::<u64, _>(move |mut t| {
        let held = held.clone();
        Box::pin(async move { once::drop(&mut t, &held.0, &held.1).await })
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
    /// The first request's change is committed and its answer was lost: render it again from what it came to, where that
    /// is known.
    Committed(Option<TaskResult>),
}

impl Core {
    /// Takes a key for a request, or tells what stands under it.
    ///
    /// # Errors
    /// `InFlight` while the first request is being worked on.
    pub async fn once(&self, caller: &Caller, key: &OnceKey) -> Result<Answer> {
        let (now, text) = (self.now(), key.0.clone());
        let (core, account, taker) = (self.clone(), caller.account(), entropy::row_key());
        // Without an answer the key may be taken all the same: then this frees it.
        let mut once = Once { core, account, key: text.clone(), taker: taker.clone(), open: true };
        let take = tenanted::<Option<once::Row>, _>(move |mut t| {
            let (text, taker) = (text.clone(), taker.clone());
            Box::pin(async move {
                if once::begin(&mut t, &text, &taker, now, now.plus(LEASE)).await? {
                    return Ok(None);
                }
                once::get(&mut t, &text).await
            })
        });
        let taken = self.write("take an idempotency key", caller.account(), take).await?;
        attache_point::fail_point!("core.key_taken");
        match taken {
            None => Ok(Answer::Fresh(once)),
            Some(row) => {
                once.open = false;
                standing(row)
            }
        }
    }

    /// Keeps the answer of a request for those that repeat it, if the key is still that request's.
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
        let held = Arc::new((std::mem::take(&mut once.key), std::mem::take(&mut once.taker)));
        let keep = tenanted::<u64, _>(move |mut t| {
            let (held, row) = (held.clone(), row.clone());
            Box::pin(async move { once::answer(&mut t, &held.0, &held.1, &row, until).await })
        });
        self.write("keep an answer", caller.account(), keep).await?;
        attache_point::fail_point!("core.answer_kept");
        Ok(())
    }

    /// Frees the key of a request that changed nothing, so that it can be tried again.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn once_dropped(&self, caller: &Caller, mut once: Once) -> Result<()> {
        free(self, caller.account(), &once.key, &once.taker).await?;
        once.open = false;
        Ok(())
    }
}

fn standing(row: once::Row) -> Result<Answer> {
    match row.state {
        0 => Err(Error::InFlight),
        1 => read(&row.effect).map(Answer::Committed),
        _ => Ok(Answer::Kept {
            fingerprint: row.fingerprint,
            status: u16::try_from(row.status).map_err(|_| Error::bug("a kept status is none"))?,
            headers: row.headers,
            body: row.body.into(),
        }),
    }
}

/// What a change came to, as its row has it.
fn written(came_to: TaskResult) -> String {
    match came_to {
        TaskResult::File(no) => format!("file/{no}"),
        TaskResult::Folder(no) => format!("folder/{no}"),
    }
}

fn read(effect: &str) -> Result<Option<TaskResult>> {
    if effect.is_empty() {
        return Ok(None);
    }
    let (what, no) = effect.split_once('/').unwrap_or_default();
    match (what, no.parse()) {
        ("file", Ok(no)) => Ok(Some(TaskResult::File(FileNo(no)))),
        ("folder", Ok(no)) => Ok(Some(TaskResult::Folder(FolderNo(no)))),
        _ => Err(Error::bug("a kept effect cannot be read")),
    }
}
