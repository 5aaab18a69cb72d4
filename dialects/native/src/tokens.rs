//! Tokens: made, listed and taken back by those who may manage the account.

use crate::read::{self, At};
use crate::types::{List, NewToken, Token, TokenPlan};
use crate::{Answer, Managing, Params, Site, convert};
use attache_http::dialect::json_answer;
use attache_http::once::Unrepeatable;
use attache_model::error::Code;
use attache_model::scope::Scopes;
use attache_model::{Error, Result, Scope, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Make a token
///
/// It can have no more scopes than the token that makes it. Its secret is shown this once.
#[utoipa::path(post, path = "/v1/tokens", tag = "Account", operation_id = "createToken", request_body = TokenPlan,
    responses((status = 201, description = "The token with its secret.", body = NewToken)))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Managing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: TokenPlan = read::json(&headers, body, site.core.limits()).await?;
    let life = life(asked.expires_in)?;
    let (token, secret) = caller.manage()?.make_token(&asked.name, scopes(&asked.scopes)?, life).await?;
    let shown = NewToken { secret: secret.reveal().to_owned(), token: convert::token(&token) };
    let mut answer = json_answer(StatusCode::CREATED, &shown);
    answer.extensions_mut().insert(Unrepeatable("the token was made and its secret was shown once; make another one"));
    Ok(answer)
}

fn life(seconds: Option<u64>) -> Result<Option<Duration>> {
    match seconds {
        Some(0) => Err(Error::refuse(Code::ExpiryInvalid, "expires_in", "it must be at least 1 second")),
        seconds => Ok(seconds.map(Duration::from_secs)),
    }
}

/// The scopes of these names.
///
/// # Errors
/// `Invalid` for none, and for one that is not known.
pub(crate) fn scopes(words: &[String]) -> Result<Scopes> {
    if words.is_empty() {
        return Err(Error::invalid("scopes", "name at least one scope"));
    }
    let read = |(at, word): (usize, &String)| {
        Scope::from_word(word).ok_or_else(|| {
            let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.word()).collect();
            Error::invalid(format!("scopes[{at}]"), format!("it is not a scope; known are {}", known.join(", ")))
        })
    };
    words.iter().enumerate().map(read).collect()
}

/// List tokens
#[utoipa::path(get, path = "/v1/tokens", tag = "Account", operation_id = "listTokens",
    responses((status = 200, description = "The account's tokens, oldest first, without their secrets.",
        body = List<Token>)))]
pub(crate) async fn list(caller: Managing, query: Params) -> Answer {
    query.only(&[])?;
    let items: Vec<_> = caller.manage()?.tokens().await?.iter().map(convert::token).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

/// Take a token back
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "Account", operation_id = "revokeToken",
    params(("id" = String, Path, description = "Id of the token.")),
    responses((status = 204, description = "It no longer works.")))]
pub(crate) async fn revoke(caller: Managing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.manage()?.revoke_token(convert::id(&id, What::Token)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_are_not_known_are_refused_with_their_place() {
        let error = scopes(&["files:read".into(), "root".into()]).unwrap_err();
        assert!(error.to_string().starts_with("scopes[1]"), "{error}");
        assert!(scopes(&[]).is_err(), "a token without scopes would be of no use");
    }
}
