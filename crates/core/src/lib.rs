//! The domain of Attache: accounts, files, folders, records, links, tasks and events, and every rule about them.
//!
//! A dialect admits a [`Credential`] to get a [`Caller`], makes a handle from it ([`View`], [`Edit`], [`Remove`],
//! [`Manage`]) and calls one operation. All rules and all SQL are here; nothing here knows HTTP.

mod admit;
mod caller;
mod chore;
mod content;
mod cursor;
mod entropy;
mod errand;
mod etag;
mod figure;
mod handle;
mod heard;
mod hold;
mod job;
mod moment;
mod naming;
mod node;
mod numbers;
mod once;
mod op;
#[cfg(test)]
mod oracle;
mod outgoing;
mod paged;
pub mod parameter;
mod place;
mod plan;
mod preview;
mod query;
mod record;
#[cfg(test)]
mod schedule;
mod seal;
mod settle;
mod sight;
mod sniff;
mod staged;
mod table;
mod task;
pub mod transfer;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod turn;
mod undivided;
mod unit;
mod verify;

pub use caller::{Caller, Credential, Entrant, Guest};
pub use content::Content;
pub use errand::Errand;
pub use etag::{content_etag, etag};
pub use figure::{CareFigures, Figures, TaskFigures};
pub use handle::{Edit, Manage, Records, Remove, Setup, View};
pub use job::scrub::{Damage, ScrubReport};
pub use moment::Moments;
pub use once::{Answer, KEY_MAX, Once, OnceKey};
pub use op::audit::{AuditFinding, AuditReport};
pub use op::check::{CheckPlan, Finding, Report};
pub use op::erasure::certificate::{
    Certificate, Invalid as InvalidCertificate, PublicKey, StatedContent, StatedFate, Statement,
    verify as verify_certificate,
};
pub use op::erasure::ledger::{Ledger, LedgerEntry, LedgerLine, Replayed};
pub use op::event::EventPage;
pub use op::grant::{MadeGrant, NewGrant};
pub use op::intake::{IntakeQuery, NewIntake, Receipt, Sender, SentFile, Visitor};
pub use op::operator::{FirstStart, NewToken, Operator, TokenForm};
pub use op::panel::{NewPanelToken, Panel, PanelFile, PanelGoal};
pub use op::reach::{
    AGGREGATES_MAX, Aggregate, Aggregated, BUCKETS_DEEP, Bucket, Counted, Measure, OwnerFiles, Reach, Reached, Summary,
};
pub use op::session::Session;
pub use op::share::Redeemed;
pub use op::stat::Stat;
pub use op::trade::Granted;
pub use op::upload::Resume;
pub use op::usage::UsageBy;
pub use op::webhook::{NewWebhook, WebhookChange};
pub use plan::{
    Appended, Attach, Chunk, Clash, Condition, Destination, Duplicates, FileChange, FolderChange, Goal, NewFile,
    NewFolder, NewImport, NewLink, NewName, NewShare, NewUpload, Put, ReachChange, Rename, Replacement, Signed,
};
pub use preview::{EXIT_TOO_LARGE, EXIT_TROUBLE, EXIT_UNSUPPORTED, Preview};
pub use query::{
    EventQuery, FileQuery, FileSort, FileTest, FolderQuery, FolderSort, FolderTest, Life, Order, OwnerQuery, OwnerTest,
    Pattern, Query, RecordQuery, Side, Span, Start,
};
pub use record::{
    CardChange, CardQuery, FieldChange, FileUse, NewCard, NewField, NewNote, NewValue, NoteChange, NoteQuery, NoteSort,
};
pub use sniff::check_type;
pub use staged::Staged;
pub use task::worker::Worker;
pub use verify::broken;

// Parts of the figures.
pub use attache_blobs::Traffic;
pub use attache_db::Connections;

// What callers need to hand bytes in and out.
pub use attache_blobs::{Algorithm, Body, Expect};

use attache_blobs::Blobs;
use attache_db::{Db, Migration, Tx};
use attache_model::limits::Limits;
use attache_model::{AccountNo, Clock, Error, Result, Time};
use std::ffi::OsString;
use std::sync::Arc;
use tokio::sync::{Notify, OnceCell, Semaphore};
use unit::{Fault, Outcome, Tenanted, Work, bare};

/// Everything that a [`Core`] is built from.
#[derive(Debug)]
pub struct Parts {
    /// Where rows are kept.
    pub db: Db,
    /// Where bytes are kept.
    pub blobs: Blobs,
    /// Where the time comes from.
    pub clock: Clock,
    /// The limits in force.
    pub limits: Limits,
    /// Networks that outgoing requests may reach although they are not public.
    pub allowed_networks: Vec<ipnet::IpNet>,
    /// The base of our own links, which imports refuse to fetch.
    pub public_url: String,
    /// The command that makes previews; `None` turns them off.
    pub renderer: Option<Vec<OsString>>,
    /// Whether large contents may leave by links into the store, where it signs some.
    pub redirect: bool,
}

/// The service. Clones share everything.
#[derive(Clone, Debug)]
pub struct Core(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    blobs: Blobs,
    clock: Clock,
    limits: Limits,
    keys: seal::Keys,
    tokens: admit::Tokens,
    numbers: numbers::Numbers,
    domain: String,
    uploads: place::Places,
    turns: turn::Turns,
    undivided: undivided::Undivided,
    previews: Semaphore,
    passwords: op::intake::password::Passwords,
    refusals: Arc<op::audit::refusal::Refusals>,
    renderer: Option<Vec<OsString>>,
    redirect: bool,
    outgoing: outgoing::Guard,
    /// The client that webhooks are sent with, made with the first message.
    sender: OnceCell<reqwest::Client>,
    counts: figure::Counts,
    wake: Notify,
    /// Who waits for an account's next event.
    heard: heard::Heard,
    /// Had by the one who sums up an account's files.
    sums: tokio::sync::Mutex<()>,
    /// The name of this process among those on the same database.
    node: node::Node,
    scrub: job::scrub::Examining,
    moment: moment::Watch,
}

/// The schema, in order.
pub fn migrations() -> Vec<Migration> {
    vec![
        Migration::new(1, "start", include_str!("../../../migrations/0001_start.sql")),
        Migration::new(2, "statistics", include_str!("../../../migrations/0002_statistics.sql")),
        Migration::new(3, "uploads", include_str!("../../../migrations/0003_uploads.sql")),
        Migration::new(4, "records", include_str!("../../../migrations/0004_records.sql")),
        Migration::new(5, "audience", include_str!("../../../migrations/0005_audience.sql")),
        Migration::new(6, "grants", include_str!("../../../migrations/0006_grants.sql")),
        Migration::new(7, "owners", include_str!("../../../migrations/0007_owners.sql")),
        Migration::new(8, "tokens", include_str!("../../../migrations/0008_tokens.sql")),
        Migration::new(9, "nodes", include_str!("../../../migrations/0009_nodes.sql")),
        Migration::new(10, "webhooks", include_str!("../../../migrations/0010_webhooks.sql")),
        Migration::new(11, "intakes", include_str!("../../../migrations/0011_intakes.sql")),
        Migration::new(12, "panels", include_str!("../../../migrations/0012_panels.sql")),
        Migration::new(13, "lists", include_str!("../../../migrations/0013_lists.sql")),
        Migration::new(14, "scrub", include_str!("../../../migrations/0014_scrub.sql")),
        Migration::new(15, "audit", include_str!("../../../migrations/0015_audit.sql")),
        Migration::new(16, "erasures", include_str!("../../../migrations/0016_erasures.sql")),
        Migration::new(17, "legal_holds", include_str!("../../../migrations/0017_legal_holds.sql")),
    ]
}

/// How long the database may take to answer before the service is not ready.
const PROBE_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

impl Core {
    /// Brings the schema up to date, reads the signing keys and is ready for work.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when the database cannot be used.
    pub async fn open(parts: Parts) -> Result<Core> {
        parts.db.migrate(&migrations()).await.map_err(|error| Error::internal("bring the schema up to date", error))?;
        let installation = installation(&parts.db, &parts.clock).await?;
        let mark = parts.blobs.mark(&installation).await;
        mark.map_err(|error| Error::unavailable("see whose the stored contents are", error))?;
        let keys = signing_keys(&parts.db, &parts.clock).await?;
        let permits = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let core = Core(Arc::new(Inner {
            uploads: place::Places::new(&parts.limits),
            turns: turn::Turns::default(),
            undivided: undivided::Undivided::default(),
            previews: Semaphore::new(permits(parts.limits.previews)),
            passwords: op::intake::password::Passwords::new(parts.limits.intake_tries),
            refusals: Arc::new(op::audit::refusal::Refusals::new(parts.clock.clone())),
            domain: domain_of(&parts.public_url),
            outgoing: outgoing::Guard::new(parts.allowed_networks, &parts.public_url),
            sender: OnceCell::new(),
            db: parts.db,
            blobs: parts.blobs,
            clock: parts.clock,
            limits: parts.limits,
            keys,
            tokens: admit::Tokens::default(),
            numbers: numbers::Numbers::default(),
            renderer: parts.renderer,
            redirect: parts.redirect,
            counts: figure::Counts::default(),
            wake: Notify::new(),
            heard: heard::Heard::default(),
            sums: tokio::sync::Mutex::default(),
            node: entropy::node(),
            scrub: job::scrub::Examining::default(),
            moment: moment::Watch::default(),
        }));
        core.meet_clock().await?;
        Ok(core)
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Where the time comes from.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Ends all waiting for events, now and from now on: for a process that is about to stop.
    pub fn stop_waiting(&self) {
        self.0.heard.end();
    }

    /// Whether the service can do its work: the database answers, and the disks did all that was asked of them: every
    /// write and sync since the start, and every read in the last minute.
    ///
    /// # Errors
    /// `Unavailable` that says which part does not.
    pub async fn ready(&self) -> Result<()> {
        if !self.0.blobs.healthy() {
            return Err(Error::bug(
                "the volume failed to write or read; it must be looked at, then the server restarted",
            ));
        }
        self.0.db.health().map_err(|error| Error::unavailable("write to the database's disk", error))?;
        let probe = self.read_all("probe the database", |tx| Box::pin(async move { table::account::last(tx).await }));
        let answered = tokio::time::timeout(PROBE_WAIT, probe).await;
        answered.map_err(|_| Error::bug("the database does not answer in time"))?.map(drop)
    }

    /// Now, in the whole milliseconds that everything is kept in.
    pub(crate) fn now(&self) -> Time {
        self.0.clock.now().to_millis()
    }

    /// Reads for one account, in one snapshot.
    pub(crate) fn read<T, F>(
        &self,
        op: &'static str,
        account: AccountNo,
        unit: F,
    ) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        told(op, self.0.db.read(bare(move |tx| unit(Tenanted::new(tx, account)))))
    }

    /// Changes something of one account, in one transaction. The unit may run more than once.
    pub(crate) fn write<T, F>(
        &self,
        op: &'static str,
        account: AccountNo,
        unit: F,
    ) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        told(op, self.try_write(account, unit))
    }

    /// As [`Core::write`], with the fault as it is.
    pub(crate) fn try_write<T, F>(&self, account: AccountNo, unit: F) -> impl Future<Output = Outcome<T>> + Send
    where
        F: for<'t> Fn(Tenanted<'t>) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        let errand = Errand::current();
        let unit = bare(move |tx| unit(Tenanted::new(tx, account).on(errand.clone())));
        heard::telling(&self.0.heard, account, self.0.db.write(unit))
    }

    /// Reads across accounts: only tokens, tasks and the operator's work.
    pub(crate) fn read_all<T, F>(&self, op: &'static str, unit: F) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        told(op, self.0.db.read(unit))
    }

    /// Changes across accounts: only tokens, tasks and the operator's work.
    pub(crate) fn write_all<T, F>(&self, op: &'static str, unit: F) -> impl Future<Output = Result<T>> + Send
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        told(op, self.0.db.write(unit))
    }
}

/// The end of a unit as its caller is told it. The functions around units are not async themselves: then what waits is
/// compiled once for each type of result, and not once for each unit.
async fn told<T>(op: &'static str, end: impl Future<Output = Outcome<T>>) -> Result<T> {
    end.await.map_err(|fault| fault.into_error(op))
}

/// The host of an address, with its port where it names one.
fn domain_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The installation's id; made where there is none.
///
/// # Errors
/// `Internal` while another installation is being copied into this one: no server works on half a copy.
async fn installation(db: &Db, clock: &Clock) -> Result<String> {
    let look = bare(|tx| {
        Box::pin(
            async move { Ok((table::installation::is_half_copied(tx).await?, table::installation::get(tx).await?)) },
        )
    });
    let (half_copied, found) =
        db.read(look).await.map_err(|fault: Fault| fault.into_error("look at the installation"))?;
    if half_copied {
        return Err(Error::bug("a copy into this installation is not finished; run the same command again to go on"));
    }
    if let Some(id) = found {
        return Ok(id);
    }
    let (id, now) = (entropy::uuid(clock.now()).to_string(), clock.now());
    let make = bare(move |tx| {
        let id = id.clone();
        Box::pin(async move { table::installation::ensure(tx, &id, now).await })
    });
    let made = db.write(make).await.map_err(|fault: Fault| fault.into_error("name the installation"))?;
    made.ok_or_else(|| Error::bug("the installation was named and has no name"))
}

/// The installation's signing keys; the first one is made where there is none.
async fn signing_keys(db: &Db, clock: &Clock) -> Result<seal::Keys> {
    let list = bare(|tx| Box::pin(async move { table::key::list(tx).await }));
    let found = db.read(list).await.map_err(|fault: Fault| fault.into_error("read the signing keys"))?;
    if let Some(keys) = seal::Keys::new(found) {
        return Ok(keys);
    }
    let (secret, now) = (entropy::secret(), clock.now());
    let make = bare(move |tx| {
        Box::pin(async move {
            table::key::ensure(tx, &secret, now).await?;
            table::key::list(tx).await
        })
    });
    let made = db.write(make).await.map_err(|fault: Fault| fault.into_error("make the signing key"))?;
    seal::Keys::new(made).ok_or_else(|| Error::bug("the signing key was made and is not there"))
}
