//! `me`: the user that a token is of.

use super::Node;
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_core::Caller;
use attache_model::UserNo;

/// The token's user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Me {
    no: UserNo,
}

impl Me {
    /// The value of the field `name`.
    pub(super) fn field(&self, name: &str) -> Option<Value> {
        match name {
            "id" => Some(self.no.0.to_string().into()),
            "name" | "username" | "public_name" => Some(format!("user {}", self.no.0).into()),
            "super_admin" => Some((self.no == UserNo::OWNER).into()),
            _ => None,
        }
    }
}

pub(super) fn me(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let caller = ctx.ctx.data::<Caller>()?;
        Ok(Some(FieldValue::owned_any(Node::Me(Me { no: caller.actor() }))))
    })
}
