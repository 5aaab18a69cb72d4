//! The request that work is done for: its id, who was let in for it, its idempotency key, and whether it was refused. The
//! audit log asks for them, and every commit for the key.
//!
//! It is the one thing that is not handed on as a parameter. Every change of every handle has it, the links of visitors and
//! the pieces of uploads too, so whoever forgot to hand it on would leave a hole in the log, or make a change that a
//! repetition makes again.

use crate::once::Mark;
use crate::op::audit::refusal::Refusals;
use attache_model::id::TokenId;
use attache_model::{AccountNo, UserNo};
use std::sync::{Arc, OnceLock};

tokio::task_local! {
    static CURRENT: Arc<Errand>;
}

/// One request on its way through the service.
#[derive(Debug)]
pub struct Errand {
    request: String,
    who: OnceLock<Who>,
    key: OnceLock<(AccountNo, Mark)>,
    refused: OnceLock<&'static str>,
}

/// Who a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct By {
    pub(crate) account: AccountNo,
    pub(crate) user: UserNo,
    pub(crate) token: Option<TokenId>,
}

#[derive(Debug)]
struct Who {
    by: By,
    refusals: Arc<Refusals>,
}

impl Errand {
    /// A request with its id.
    pub fn new(request: impl Into<String>) -> Arc<Errand> {
        Arc::new(Errand {
            request: request.into(),
            who: OnceLock::new(),
            key: OnceLock::new(),
            refused: OnceLock::new(),
        })
    }

    /// Does work for this request.
    pub async fn run<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The request that the running work is done for; none in the background.
    pub(crate) fn current() -> Option<Arc<Errand>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// The request's id.
    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    /// Who was let in to an account, if it was this one.
    pub(crate) fn by(&self, account: AccountNo) -> Option<By> {
        self.who.get().map(|who| who.by).filter(|by| by.account == account)
    }

    /// Notes the idempotency key that the request holds in an account. The first one counts: a request has one.
    pub(crate) fn hold(&self, account: AccountNo, key: Mark) {
        let _ = self.key.set((account, key));
    }

    /// The key that it holds, if that is in this account.
    pub(crate) fn key(&self, account: AccountNo) -> Option<&Mark> {
        self.key.get().filter(|(of, _)| *of == account).map(|(_, key)| key)
    }

    /// Notes that a refusal was answered; its word is the outcome in the log. The first one counts.
    pub fn refuse(&self, word: &'static str) {
        // The error says that there is one already.
        let _ = self.refused.set(word);
    }

    /// The end of the request: a refusal that names an account is written down. `route` is the method and the pattern of the
    /// path, with nothing that its sender made up.
    pub fn end(&self, route: &str) {
        if let (Some(word), Some(who)) = (self.refused.get(), self.who.get()) {
            who.refusals.add(who.by, route, word, &self.request);
        }
    }
}

/// Notes who the running request comes from. The first one counts: a request is one credential's.
pub(crate) fn comes_from(by: By, refusals: &Arc<Refusals>) {
    if let Some(errand) = Errand::current() {
        let _ = errand.who.set(Who { by, refusals: refusals.clone() });
    }
}

/// Notes that the running request was refused.
pub(crate) fn refuse(word: &'static str) {
    if let Some(errand) = Errand::current() {
        errand.refuse(word);
    }
}

/// Work that goes on to its end in a task of its own, for the same request.
pub(crate) async fn along<F: Future>(errand: Option<Arc<Errand>>, work: F) -> F::Output {
    match errand {
        Some(errand) => errand.run(work).await,
        None => work.await,
    }
}
