//! Tokens of the caller's user, for callers that may manage the account.

use super::args::{Change, TokenInput, read, wanted};
use super::connection::Connection;
use super::page::{Page, PageInfo};
use super::{Field, Loaders, Node, moment, nullable, required};
use crate::error::refuse;
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_model::token::{Secret, Token};
use attache_model::{Error, Result};
use std::sync::Arc;

/// A token, with its secret in the answer that makes it.
#[derive(Debug)]
pub(crate) struct Held {
    token: Token,
    secret: Option<Secret>,
}

/// What a token shows. Those that were revoked are gone.
pub(super) const FIELDS: &[Field<Held>] = &[
    ("id", |held| held.token.no.to_string().into()),
    ("sonar_unique_id", |held| held.token.id.to_string().into()),
    ("created_at", |held| moment::shown(held.token.created_at).into()),
    ("updated_at", |held| moment::shown(held.token.created_at).into()),
    ("_version", |_| "1".into()),
    ("name", |held| held.token.name.as_str().into()),
    ("revoked", |_| false.into()),
    ("token", |held| held.secret.as_ref().map_or(Value::Null, |secret| secret.reveal().into())),
];

/// `personal_access_tokens`.
pub(super) fn list(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let loaders = Loaders::of(&ctx)?;
            let tokens = loaders.core().manage(loaders.caller())?.my_tokens().await?;
            let entities = tokens.into_iter().map(|token| node(token, None)).collect();
            let info = PageInfo::new(Page::of(None, loaders.limits().graphql_page)?, None);
            Ok(FieldValue::owned_any(Node::Connection(Connection::page(entities, info))))
        };
        required(&ctx, told.await)
    })
}

/// `createPersonalAccessToken`: one that may do what the token of the request may.
pub(super) fn create(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move { nullable(&ctx, created(&ctx).await.map(Some)) })
}

async fn created<'a>(ctx: &ResolverContext<'a>) -> Result<FieldValue<'a>> {
    let loaders = Loaders::of(ctx)?;
    let manage = loaders.core().manage(loaders.caller())?;
    let args: Change<TokenInput> = read(&ctx.args)?;
    let input = wanted("input", args.input)?;
    if input.name.trim().is_empty() {
        return Err(refuse("input.name", "it is empty"));
    }
    let made = manage.make_token(&input.name, loaders.caller().scopes(), None).await;
    let (token, secret) = made.map_err(|error| match error {
        Error::Invalid { field, why, .. } if field == "name" => refuse("input.name", why),
        other => other,
    })?;
    Ok(FieldValue::owned_any(node(token, Some(secret))))
}

/// `deletePersonalAccessToken`.
pub(super) fn delete(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let loaders = Loaders::of(&ctx)?;
            let args: Change<()> = read(&ctx.args)?;
            let no = wanted("id", args.id)?.0;
            loaders.core().manage(loaders.caller())?.revoke_token_no(no).await?;
            Ok(Some(FieldValue::owned_any(Node::Done(format!("Token {no} is revoked.")))))
        };
        nullable(&ctx, told.await)
    })
}

fn node(token: Token, secret: Option<Secret>) -> Node {
    Node::Token(Arc::new(Held { token, secret }))
}
