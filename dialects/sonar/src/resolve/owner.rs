//! What an owner shows: that it is there, since when, and its files. Owners of one list know each other: the files of all
//! of them are fetched together.

use super::args::ListArgs;
use super::condition::{Attributes, Rule, Shape};
use super::files::{Lists, Question};
use super::load::Answers;
use super::page::Page;
use super::row::{self, Cell, Row};
use super::unique::{self, Thing};
use super::{Field, Loaders, Node, moment, order, required};
use crate::fileable;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, Named, Owner, Result};
use std::sync::Arc;

/// An owner and those that were listed with it.
#[derive(Debug)]
pub(crate) struct Belonging {
    account: AccountNo,
    pub(super) named: Named,
    beside: Arc<Beside>,
}

/// The files of the owners of a list, by what was asked for.
#[derive(Debug)]
struct Beside {
    owners: Vec<Owner>,
    lists: Answers<Question, Lists>,
}

impl Belonging {
    /// Owners that are listed together.
    pub(super) fn together(account: AccountNo, all: Vec<Named>) -> Vec<Arc<Belonging>> {
        let owners = all.iter().map(|named| named.owner).collect();
        let beside = Arc::new(Beside { owners, lists: Answers::default() });
        all.into_iter().map(|named| Arc::new(Belonging { account, named, beside: beside.clone() })).collect()
    }

    /// An owner that stands alone.
    pub(super) fn alone(account: AccountNo, named: Named) -> Arc<Belonging> {
        let beside = Beside { owners: vec![named.owner], lists: Answers::default() };
        Arc::new(Belonging { account, named, beside: Arc::new(beside) })
    }

    fn unique(&self) -> String {
        unique::id(self.account, Thing::Owner(self.named.owner)).to_string()
    }
}

/// What an owner shows of itself.
pub(super) const FIELDS: &[Field<Belonging>] = &[
    ("id", |owner| owner.named.owner.id().to_string().into()),
    ("sonar_unique_id", |owner| owner.unique().into()),
    ("created_at", |owner| moment::shown(owner.named.since).into()),
    ("updated_at", |owner| moment::shown(owner.named.changed).into()),
    // It grows with each change, and an owner that never changed has the first one.
    ("_version", |owner| (1 + owner.named.changed.seconds() - owner.named.since.seconds()).to_string().into()),
];

impl Row for Arc<Belonging> {
    const ATTRIBUTES: &'static Attributes = ATTRIBUTES;

    fn cell(&self, attribute: &str) -> Cell {
        match attribute {
            "id" => Cell::Number(self.named.owner.id()),
            "sonar_unique_id" => Cell::Text(self.unique()),
            "created_at" => Cell::Moment(self.named.since),
            "updated_at" => Cell::Moment(self.named.changed),
            _ => Cell::Missing,
        }
    }

    /// An owner has no words but its number.
    fn has(&self, words: &str) -> bool {
        Rule::fits(words, false, &self.named.owner.id().to_string())
    }
}

/// What owners are searched by.
pub(super) const ATTRIBUTES: &Attributes = &[
    ("id", Shape::Number),
    ("sonar_unique_id", Shape::Text),
    ("created_at", Shape::Moment),
    ("updated_at", Shape::Moment),
];

/// The owner, where arguments leave it.
///
/// # Errors
/// `Invalid` for arguments that cannot be, also where there is no owner.
pub(super) fn left(owner: Option<Arc<Belonging>>, args: &ListArgs, limits: &Limits) -> Result<Option<Arc<Belonging>>> {
    let first = Page::of(args.paginator.as_ref(), limits.graphql_page)?.offset() == 0;
    order::descending(&args.sorter, order::NUMBERED)?;
    let found = row::found(owner.into_iter().collect(), &args.search, "search", args.general_search.as_deref())?;
    Ok(found.into_iter().next().filter(|owner| first && fits(owner, args)))
}

fn fits(owner: &Belonging, args: &ListArgs) -> bool {
    let seconds = |at: attache_model::Time| at.seconds();
    args.id.is_none_or(|id| id.0 == owner.named.owner.id())
        && args.sonar_unique_id.as_ref().is_none_or(|id| id.0.eq_ignore_ascii_case(&owner.unique()))
        && args.created_at.is_none_or(|at| seconds(at.0) == seconds(owner.named.since))
        && args.updated_at.is_none_or(|at| seconds(at.0) == seconds(owner.named.changed))
}

/// An owner where any of their types may stand.
pub(super) fn shown<'a>(owner: Arc<Belonging>) -> Option<FieldValue<'a>> {
    let name = fileable::name(owner.named.owner.kind())?;
    Some(FieldValue::owned_any(Node::Owner(owner)).with_type(name))
}

/// `Account.files` and the like: what is on an owner.
pub(super) fn files(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let Some(Node::Owner(owner)) = Node::of(&ctx) else {
                return Err(Error::bug("a field of owners is asked of something else"));
            };
            let loaders = Loaders::of(&ctx)?;
            let question = Question::of(&ctx, loaders).await?;
            let list = owner.beside.lists.to(&question);
            let lists = list.get_or_init(|| question.of_owners(loaders, &owner.beside.owners)).await;
            let connection = lists.as_ref().map_err(Error::clone)?.of(owner.named.owner, &question);
            Ok(FieldValue::owned_any(Node::Connection(connection)))
        };
        required(&ctx, told.await)
    })
}
