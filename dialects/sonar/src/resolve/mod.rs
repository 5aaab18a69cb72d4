//! What the fields of the schema lead to. A field with a resolver of its own stands in [`TABLE`]; every other one shows
//! what the object that it is of has in its table.

mod aggregate;
mod args;
mod change;
mod condition;
mod connection;
mod file;
mod files;
mod link;
mod load;
mod logs;
mod moment;
mod order;
mod owner;
mod owners;
mod page;
mod relation;
mod row;
mod search;
mod tokens;
mod unique;
mod user;

pub(crate) use load::Loaders;

use crate::error;
use crate::graph::schema::Resolver;
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_model::Result;
use std::sync::Arc;

/// What an object of the schema stands for.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A user; the token's own, too.
    User(user::Person),
    /// A file.
    File(Arc<file::Listed>),
    /// An owner of files.
    Owner(Arc<owner::Belonging>),
    /// An answer of a list.
    Connection(connection::Connection),
    /// Where in a list that answer is.
    Page(page::PageInfo),
    /// A figure of a list.
    Figure(aggregate::Figure),
    /// Files that are alike, within such a figure.
    Group(aggregate::Group),
    /// A token.
    Token(Arc<tokens::Held>),
    /// Something that was done with a file.
    Log(logs::Entry),
    /// Something was done, and what it was.
    Done(String),
}

/// A field that an object shows of itself.
type Field<T> = (&'static str, fn(&T) -> Value);

/// What is said of what was done.
const DONE: &[Field<String>] = &[("success", |_| true.into()), ("message", |text| text.as_str().into())];

/// A type, a field of it, and what gives that its value.
type Entry = (&'static str, &'static str, Resolver);

/// The fields that need more than their object, but for those of owners.
const ENTRIES: [Entry; 15] = [
    ("Query", "me", user::me),
    ("Query", "files", files::list),
    ("Query", "personal_access_tokens", tokens::list),
    ("Mutation", "linkFileToEntity", link::link),
    ("Mutation", "unlinkFile", change::unlink),
    ("Mutation", "updateFile", change::update),
    ("Mutation", "deleteFile", change::delete),
    ("Mutation", "createPersonalAccessToken", tokens::create),
    ("Mutation", "deletePersonalAccessToken", tokens::delete),
    ("File", "fileable_id", file::fileable_id),
    ("File", "fileable_type", file::fileable_type),
    ("File", "fileable", file::fileable),
    ("File", "user", user::maker),
    ("File", "logs", logs::list),
    ("File", "access_logs", logs::access),
];

/// The fields with a resolver of their own.
pub(crate) const TABLE: &[Entry] = &with_owners();

/// [`ENTRIES`], and for each type of owner its list and its files.
const fn with_owners() -> [Entry; ENTRIES.len() + 2 * owners::LISTS.len()] {
    let mut table = [ENTRIES[0]; ENTRIES.len() + 2 * owners::LISTS.len()];
    let mut at = 0;
    while at < ENTRIES.len() {
        table[at] = ENTRIES[at];
        at += 1;
    }
    let mut owner = 0;
    while owner < owners::LISTS.len() {
        let (kind, list) = owners::LISTS[owner];
        table[at] = ("Query", list, owners::list);
        table[at + 1] = (kind, "files", owner::files);
        (at, owner) = (at + 2, owner + 1);
    }
    table
}

impl Node {
    /// The object that a field is of; `None` for fields of the roots.
    fn of<'a>(ctx: &ResolverContext<'a>) -> Option<&'a Node> {
        ctx.parent_value.downcast_ref::<Node>()
    }

    /// What it shows of itself by the name of a field.
    fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match self {
            Node::User(user) => value(user::FIELDS, user, name),
            Node::File(file) => value(file::FIELDS, file, name),
            Node::Owner(owner) => value(owner::FIELDS, owner, name),
            Node::Connection(connection) => connection.field(name),
            Node::Page(info) => value(page::FIELDS, info, name),
            Node::Figure(figure) if name == aggregate::GROUPS => figure.groups(),
            Node::Figure(figure) => value(aggregate::FIGURE, figure, name),
            Node::Group(group) if name == aggregate::FIGURES => Some(group.figures()),
            Node::Group(group) => value(aggregate::GROUP, group, name),
            Node::Token(held) => value(tokens::FIELDS, held, name),
            Node::Log(entry) => value(logs::FIELDS, entry, name),
            Node::Done(text) => value(DONE, text, name),
        }
    }
}

/// The value of a field; `None` for null.
fn value<'v, T>(fields: &[Field<T>], of: &T, name: &str) -> Option<FieldValue<'v>> {
    let (_, show) = fields.iter().find(|(field, _)| *field == name)?;
    match show(of) {
        Value::Null => None,
        value => Some(FieldValue::value(value)),
    }
}

/// What gives a plain field its value: the object that it is of.
#[expect(clippy::needless_pass_by_value, reason = "every resolver takes its context")]
pub(crate) fn plain(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    let name = ctx.ctx.item.node.name.node.as_str();
    FieldFuture::Value(Node::of(&ctx).and_then(|node| node.field(name)))
}

/// The value of a field that may be null: after an error it is, and the error stands beside it.
fn nullable<'a>(
    ctx: &ResolverContext<'_>,
    told: Result<Option<FieldValue<'a>>>,
) -> async_graphql::Result<Option<FieldValue<'a>>> {
    Ok(told.unwrap_or_else(|error| {
        ctx.ctx.add_error(ctx.ctx.set_error_path(error::server_error(&error, ctx)));
        None
    }))
}

/// The value of a field that may not be null.
fn required<'a>(
    ctx: &ResolverContext<'_>,
    told: Result<FieldValue<'a>>,
) -> async_graphql::Result<Option<FieldValue<'a>>> {
    told.map(Some).map_err(|error| error::failure(&error, ctx))
}

#[cfg(test)]
mod tests;
