//! What the fields of the schema lead to.

mod load;
mod me;

pub(crate) use load::Loaders;

use crate::graph::schema::Resolver;
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, ResolverContext};
use me::Me;

/// What an object of the schema stands for.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// The token's user.
    Me(Me),
}

/// The fields with a resolver of their own: type, field, resolver.
pub(crate) const TABLE: &[(&str, &str, Resolver)] = &[("Query", "me", me::me)];

/// What gives a plain field its value: the object that it is of.
pub(crate) fn plain(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    let name = ctx.ctx.item.node.name.node.as_str();
    let value: Option<Value> = match ctx.parent_value.downcast_ref::<Node>() {
        Some(Node::Me(me)) => me.field(name),
        None => None,
    };
    FieldFuture::from_value(value)
}
