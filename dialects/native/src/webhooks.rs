//! Webhooks: who hears of the account's events, and what became of each message.

use crate::read::{self, At};
use crate::types::{self, Delivery, List, NewWebhook, Page, Webhook, WebhookPlan, WebhookSecret, WebhookTest};
use crate::{Answer, Managing, Params, Site, convert, list as pages};
use attache_core::WebhookChange;
use attache_http::dialect::json_answer;
use attache_http::once::Unrepeatable;
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::id::WebhookId;
use attache_model::token::Secret;
use attache_model::webhook as model;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use utoipa::IntoParams;

/// Which deliveries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct DeliveryFilter {
    /// Only those that wait, arrived or failed.
    state: Option<types::DeliveryState>,
}

/// Make a webhook
///
/// It gets the account's events from the next one on, each as a message that is signed as Standard Webhooks 1.0 says, and
/// sent again for days until it arrives.
#[utoipa::path(post, path = "/v1/webhooks", tag = "Webhooks", operation_id = "createWebhook", request_body = WebhookPlan,
    responses((status = 201, description = "The webhook with its secret.", body = NewWebhook)))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Managing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: WebhookPlan = read::json(&headers, body, site.core.limits()).await?;
    let new = attache_core::NewWebhook { url: asked.url, name: asked.name, kinds: kinds(&asked.kinds)? };
    let (webhook, secret) = caller.manage()?.make_webhook(new).await?;
    Ok(with_secret(StatusCode::CREATED, &webhook, &secret))
}

/// A webhook and its secret; the answer is not kept for repetitions of the request.
fn with_secret(status: StatusCode, webhook: &model::Webhook, secret: &Secret) -> Response {
    let shown = NewWebhook { secret: secret.reveal().to_owned(), webhook: convert::webhook(webhook) };
    let mut answer = json_answer(status, &shown);
    answer
        .extensions_mut()
        .insert(Unrepeatable("it was done, and the secret is at the webhook's address with /secret"));
    answer
}

fn kinds(words: &[String]) -> Result<Vec<EventKind>> {
    let read = |(at, word): (usize, &String)| {
        EventKind::from_word(word).ok_or_else(|| {
            let known: Vec<_> = EventKind::ALL.iter().map(|kind| kind.word()).collect();
            Error::invalid(format!("kinds[{at}]"), format!("it is not a kind of event; known are {}", known.join(", ")))
        })
    };
    words.iter().enumerate().map(read).collect()
}

fn named(id: &str) -> Result<WebhookId> {
    convert::id(id, What::Webhook)
}

/// List webhooks
#[utoipa::path(get, path = "/v1/webhooks", tag = "Webhooks", operation_id = "listWebhooks",
    responses((status = 200, description = "The account's webhooks, oldest first, without their secrets.",
        body = List<Webhook>)))]
pub(crate) async fn list(caller: Managing, query: Params) -> Answer {
    query.only(&[])?;
    let items: Vec<_> = caller.manage()?.webhooks().await?.iter().map(convert::webhook).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

/// Get a webhook
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "Webhooks", operation_id = "getWebhook",
    params(("id" = String, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "The webhook.", body = Webhook)))]
pub(crate) async fn get_one(caller: Managing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    Ok(json_answer(StatusCode::OK, &convert::webhook(&caller.manage()?.webhook(named(&id)?).await?)))
}

/// Change a webhook
///
/// What is left out stays. One that is enabled goes on where it stopped.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "Webhooks", operation_id = "changeWebhook",
    params(("id" = String, Path, description = "Id of the webhook.")), request_body = types::WebhookChange,
    responses((status = 200, description = "The webhook as it is now.", body = Webhook)))]
pub(crate) async fn change(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: types::WebhookChange = read::json(&headers, body, site.core.limits()).await?;
    let kinds = asked.kinds.as_deref().map(kinds).transpose()?;
    let change = WebhookChange { url: asked.url, name: asked.name, kinds, disabled: asked.disabled };
    let webhook = caller.manage()?.change_webhook(named(&id)?, change).await?;
    Ok(json_answer(StatusCode::OK, &convert::webhook(&webhook)))
}

/// Remove a webhook
///
/// Its deliveries go with it.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "Webhooks", operation_id = "removeWebhook",
    params(("id" = String, Path, description = "Id of the webhook.")),
    responses((status = 204, description = "Nothing is sent to it any more.")))]
pub(crate) async fn remove(caller: Managing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.manage()?.remove_webhook(named(&id)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Get a webhook's secret
#[utoipa::path(get, path = "/v1/webhooks/{id}/secret", tag = "Webhooks", operation_id = "getWebhookSecret",
    params(("id" = String, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "What its messages are signed with.", body = WebhookSecret)))]
pub(crate) async fn secret(caller: Managing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let secret = caller.manage()?.webhook_secret(named(&id)?).await?;
    Ok(json_answer(StatusCode::OK, &WebhookSecret { secret: secret.reveal().to_owned() }))
}

/// Give a webhook another secret
///
/// For 24 hours its messages have two signatures, one with each secret.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate", tag = "Webhooks", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "The webhook with its new secret.", body = NewWebhook)))]
pub(crate) async fn rotate(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    read::nothing(&headers, body, site.core.limits()).await?;
    let (webhook, secret) = caller.manage()?.rotate_webhook(named(&id)?).await?;
    Ok(with_secret(StatusCode::OK, &webhook, &secret))
}

/// Try a webhook out
///
/// Sends a message of the type `webhook.test` once, now, and tells what came of it. A disabled webhook can be tried too.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "Webhooks", operation_id = "testWebhook",
    params(("id" = String, Path, description = "Id of the webhook.")),
    responses((status = 200, description = "What came of it, good or bad.", body = WebhookTest)))]
pub(crate) async fn test(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    read::nothing(&headers, body, site.core.limits()).await?;
    let tried = caller.manage()?.test_webhook(named(&id)?).await?;
    let took_ms = u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX);
    Ok(json_answer(StatusCode::OK, &WebhookTest { status: tried.status, error: tried.error, took_ms }))
}

/// Send events once more
///
/// Every event after a number that the webhook wants is sent once more, also those from before it was made. Messages have
/// the ids that they had.
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", tag = "Webhooks", operation_id = "replayWebhook",
    params(("id" = String, Path, description = "Id of the webhook.")), request_body = types::WebhookReplay,
    responses((status = 202, description = "They are put in line within seconds.")))]
pub(crate) async fn replay(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: types::WebhookReplay = read::json(&headers, body, site.core.limits()).await?;
    let after = i64::try_from(asked.after).map_err(|_| Error::invalid("after", "there is no event of this number"))?;
    caller.manage()?.replay_webhook(named(&id)?, after).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// List a webhook's deliveries
///
/// Those of the newest events come first. They are kept for 30 days after their end.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "Webhooks", operation_id = "listDeliveries",
    params(("id" = String, Path, description = "Id of the webhook."), DeliveryFilter, pages::PageParams),
    responses((status = 200, description = "A page of deliveries.", body = Page<Delivery>)))]
pub(crate) async fn deliveries(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
) -> Answer {
    query.only(&["state", "limit", "cursor"])?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let state = query.one("state")?.map(state).transpose()?;
    let page = caller.manage()?.deliveries(named(&id)?, state, start, limit).await?;
    Ok(pages::answer(page.map(|delivery| convert::delivery(&delivery)), &query, &site.public))
}

fn state(word: &str) -> Result<model::DeliveryState> {
    match word {
        "waiting" => Ok(model::DeliveryState::Waiting),
        "arrived" => Ok(model::DeliveryState::Arrived),
        "failed" => Ok(model::DeliveryState::Failed),
        _ => {
            let why = format!("'{}' is not waiting, arrived or failed", word.escape_debug());
            Err(Error::malformed(Code::ParameterInvalid, "state", why))
        }
    }
}

/// Send a delivery once more
///
/// It is tried as if it were new; its message has the id that it had.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{delivery}/replay", tag = "Webhooks",
    operation_id = "replayDelivery",
    params(("id" = String, Path, description = "Id of the webhook."),
        ("delivery" = String, Path, description = "Id of the delivery.")),
    responses((status = 202, description = "It is in line.", body = Delivery)))]
pub(crate) async fn replay_one(
    State(site): State<Site>,
    caller: Managing,
    At((id, delivery)): At<(String, String)>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    read::nothing(&headers, body, site.core.limits()).await?;
    let (id, delivery) = (named(&id)?, convert::id(&delivery, What::Delivery)?);
    let delivery = caller.manage()?.replay_delivery(id, delivery).await?;
    Ok(json_answer(StatusCode::ACCEPTED, &convert::delivery(&delivery)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_are_not_known_are_refused_with_their_place() {
        let error = kinds(&["file.created".into(), "file.*".into()]).unwrap_err();
        assert!(error.to_string().starts_with("kinds[1]"), "{error}");
        assert_eq!(kinds(&[]).unwrap(), [], "none is all");
    }

    #[test]
    fn the_states_that_are_read_are_those_of_the_document() {
        for word in ["waiting", "arrived", "failed"] {
            let shown = types::DeliveryState::from(state(word).unwrap());
            assert_eq!(serde_json::to_value(shown).unwrap(), word);
        }
        assert!(state("done").is_err());
    }
}
