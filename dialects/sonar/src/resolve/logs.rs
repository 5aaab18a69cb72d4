//! What was done with a file, from its events. Who looked at it is not kept.

use super::args::{ListArgs, read};
use super::condition::{Attributes, Rule, Shape};
use super::connection::Connection;
use super::file::Listed;
use super::page::{Page, PageInfo};
use super::row::{self, Cell, Row};
use super::unique::{self, Thing};
use super::{Field, Loaders, Node, moment, order, required};
use crate::fileable;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use async_graphql::{Name, Value};
use attache_model::event::{Event, EventKind};
use attache_model::{AccountNo, FileNo, Owner, Result};
use std::sync::Arc;

/// Something that was done with a file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    account: AccountNo,
    file: FileNo,
    event: Arc<Event>,
}

impl Entry {
    fn unique(&self) -> String {
        unique::id(self.account, Thing::Log(self.event.no)).to_string()
    }

    /// The owner that the file was put on or taken off.
    fn owner(&self) -> Option<Owner> {
        Owner::of(&self.event.record.parse().ok()?)
    }

    fn message(&self) -> String {
        match self.event.record.as_str() {
            "" => self.event.kind.word().to_owned(),
            record => format!("{} {record}", self.event.kind.word()),
        }
    }
}

/// What an entry shows. Values of before and after are not kept: an entry says what was done.
pub(super) const FIELDS: &[Field<Entry>] = &[
    ("id", |entry| entry.event.no.to_string().into()),
    ("sonar_unique_id", |entry| entry.unique().into()),
    ("created_at", |entry| moment::shown(entry.event.at).into()),
    ("updated_at", |entry| moment::shown(entry.event.at).into()),
    ("_version", |_| "1".into()),
    ("current", |_| "{}".into()),
    ("level", |_| Value::Enum(Name::new("INFO"))),
    ("loggable_id", |entry| entry.file.to_string().into()),
    ("loggable_type", |_| "File".into()),
    ("logged_entity_id", |entry| entry.owner().map_or(entry.file.0, Owner::id).to_string().into()),
    ("logged_entity_type", |entry| {
        entry.owner().and_then(|owner| fileable::name(owner.kind())).unwrap_or("File").into()
    }),
    ("message", |entry| entry.message().into()),
    ("previous", |_| Value::Null),
    ("type", |entry| Value::Enum(Name::new(kind(entry.event.kind)))),
    ("user_id", |entry| entry.event.actor.to_string().into()),
];

/// The kind of an entry in Sonar's words.
fn kind(event: EventKind) -> &'static str {
    match event {
        EventKind::FileCreated => "CREATED",
        EventKind::FileReplaced | EventKind::FileUpdated | EventKind::FileRestored => "UPDATED",
        EventKind::FileTrashed | EventKind::FileErased | EventKind::FilePurged => "DELETED",
        EventKind::FileLinked => "ATTACHED",
        EventKind::FileUnlinked => "DETACHED",
        EventKind::RecordCreated
        | EventKind::RecordUpdated
        | EventKind::NoteCreated
        | EventKind::NoteUpdated
        | EventKind::FolderCreated
        | EventKind::FolderUpdated
        | EventKind::FolderTrashed
        | EventKind::ShareCreated
        | EventKind::ShareRevoked
        | EventKind::IntakeCreated
        | EventKind::IntakeReceived
        | EventKind::IntakeClosed => "OTHER",
    }
}

impl Row for Entry {
    const ATTRIBUTES: &'static Attributes = &[
        ("id", Shape::Number),
        ("created_at", Shape::Moment),
        ("type", Shape::Text),
        ("message", Shape::Text),
        ("user_id", Shape::Number),
    ];

    fn cell(&self, attribute: &str) -> Cell {
        match attribute {
            "id" => Cell::Number(self.event.no),
            "created_at" => Cell::Moment(self.event.at),
            "type" => Cell::Text(kind(self.event.kind).to_owned()),
            "message" => Cell::Text(self.message()),
            "user_id" => Cell::Number(self.event.actor.0),
            _ => Cell::Missing,
        }
    }

    fn has(&self, words: &str) -> bool {
        Rule::fits(words, true, &self.message())
    }
}

/// Which events of files are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) newest_first: bool,
    /// How many of each file at most.
    pub(super) most: u32,
}

/// `File.logs`.
pub(super) fn list(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move { required(&ctx, found(&ctx).await) })
}

async fn found<'a>(ctx: &ResolverContext<'a>) -> Result<FieldValue<'a>> {
    let (loaders, listed) = (Loaders::of(ctx)?, Listed::of(ctx)?);
    let args: ListArgs = read(&ctx.args)?;
    let page = Page::of(args.paginator.as_ref(), loaders.limits().graphql_page)?;
    let info = ctx.ctx.look_ahead().field("page_info");
    let counts = info.field("total_count").exists() || info.field("total_pages").exists();
    // Who searches or counts needs them all, or as many as a page can have.
    let all = counts || args.search.iter().any(Option::is_some);
    let most = if all { loaders.limits().graphql_page } else { page.offset().saturating_add(page.limit().into()) };
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let events =
        listed.events(loaders, Wanted { newest_first: order::descending(&args.sorter, order::DATED)?, most }).await?;
    let entry = |event| Entry { account: loaders.account(), file: listed.file.no, event: Arc::new(event) };
    let entries = row::found(events.into_iter().map(entry).collect(), &args.search, "search", None)?;
    let info = PageInfo::new(page, Some(entries.len() as u64));
    let entities = page.of_all(entries).into_iter().map(Node::Log).collect();
    Ok(FieldValue::owned_any(Node::Connection(Connection::page(entities, info))))
}

/// `File.access_logs`: always empty.
pub(super) fn access(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let args: ListArgs = read(&ctx.args)?;
            let page = Page::of(args.paginator.as_ref(), Loaders::of(&ctx)?.limits().graphql_page)?;
            let none = Connection::page(Vec::new(), PageInfo::new(page, Some(0)));
            Ok(FieldValue::owned_any(Node::Connection(none)))
        };
        required(&ctx, told.await)
    })
}
