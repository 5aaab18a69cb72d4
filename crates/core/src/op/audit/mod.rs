//! The audit log of an account: one line for each change, in the change's own commit, and one for each refusal, written soon
//! after. Every line has a digest over itself and the line before it, so nobody can change, remove, swap or put in one
//! without [`Operator::verify_audit`](crate::Operator::verify_audit) naming it.
//!
//! A line has numbers and ids and no names: what is erased leaves none here. Numbers are taken in the account's book, whose
//! row is held until the commit; that orders the lines of all nodes.

mod line;
mod list;
pub(crate) mod refusal;
mod trim;
mod verify;

pub use verify::{AuditFinding, AuditReport};

use crate::once;
use crate::table::audit;
use crate::unit::{Outcome, Tenanted};
use crate::{Caller, Core};
use attache_model::audit::{AuditHead, AuditLine, Deed};
use attache_model::event::Event;
use attache_model::id::TokenId;
use attache_model::{AccountNo, Error, Result, Time, UserNo, What};

/// Whom a line names who is no user of the account: the operator, or whoever has a link.
pub(crate) const NOBODY: UserNo = UserNo(0);

/// What a line says, but for its place in the chain.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    at: Time,
    user: UserNo,
    token: Option<TokenId>,
    deed: String,
    targets: String,
    outcome: &'static str,
    times: i64,
    request: Option<String>,
}

impl Entry {
    /// Something that a user did, to `targets`.
    #[expect(clippy::needless_pass_by_value, reason = "a number, a name or a pair of them, made where it is given")]
    pub(crate) fn new(at: Time, user: UserNo, deed: &str, targets: impl ToString) -> Entry {
        Entry {
            at,
            user,
            token: None,
            deed: deed.to_owned(),
            targets: targets.to_string(),
            outcome: AuditLine::DONE,
            times: 1,
            request: None,
        }
    }

    /// Something that a caller does.
    pub(crate) fn by(caller: &Caller, at: Time, deed: Deed, targets: impl ToString) -> Entry {
        Entry { token: caller.token(), ..Entry::new(at, caller.actor(), deed.word(), targets) }
    }

    /// Something that the operator does, or the server by itself.
    pub(crate) fn operator(at: Time, deed: Deed, targets: impl ToString) -> Entry {
        Entry::new(at, NOBODY, deed.word(), targets)
    }

    /// The same, done to something.
    #[expect(clippy::needless_pass_by_value, reason = "a number, a name or a pair of them, made where it is given")]
    pub(crate) fn to(self, targets: impl ToString) -> Entry {
        Entry { targets: targets.to_string(), ..self }
    }

    /// The same, done with a token.
    pub(crate) fn with(self, token: Option<TokenId>) -> Entry {
        Entry { token, ..self }
    }
}

/// Writes a line down in the unit that makes the change, and marks the key of the request that it is made for. It comes
/// last, since it holds the account's book until the commit.
pub(crate) async fn note(t: &mut Tenanted<'_>, entry: Entry) -> Outcome<()> {
    once::mark(t, entry.at, None).await?;
    let before = audit::next(t).await?.ok_or(Error::NotFound(What::Account))?;
    add(t, before, entry, &[]).await
}

/// As [`note`], where the book was posted and `before` is the head that it had; with the events of the change.
pub(crate) async fn add(t: &mut Tenanted<'_>, before: AuditHead, entry: Entry, events: &[Event]) -> Outcome<()> {
    let errand = t.errand();
    let token = entry.token.or_else(|| errand?.by(t.account())?.token);
    let request = entry.request.unwrap_or_else(|| errand.map(|errand| errand.request().to_owned()).unwrap_or_default());
    let mut line = AuditLine {
        no: before.no + 1,
        at: entry.at,
        actor: entry.user,
        token: token.map(|id| id.to_string()).unwrap_or_default(),
        deed: line::plain(&entry.deed),
        targets: line::plain(&entry.targets),
        outcome: entry.outcome.to_owned(),
        times: entry.times,
        request: line::plain(&request),
        digest: String::new(),
    };
    line.digest = line::digest(t.account(), &before, &line);
    audit::add(t, &line, events).await
}

impl Core {
    /// Writes a line down about what is no change of a row.
    pub(crate) async fn note(&self, account: AccountNo, entry: Entry) -> Result<()> {
        let unit = crate::unit::tenanted::<(), _>(move |mut t| {
            let entry = entry.clone();
            Box::pin(async move { note(&mut t, entry).await })
        });
        self.write("write a line of the audit log", account, unit).await
    }
}
