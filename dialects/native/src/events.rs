//! The feed of what happened.

use crate::types::{Event, Events};
use crate::{Answer, Params, Site, Viewing, convert, list as pages};
use attache_http::dialect::json_answer;
use axum::extract::State;
use http::StatusCode;
use utoipa::IntoParams;

/// Where in the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct EventParams {
    /// The last number that is known; 0, or nothing, for the beginning.
    after: Option<i64>,
    /// Most events: 1 to 1000, 100 where it is not given.
    limit: Option<u32>,
}

/// Read what happened
///
/// Events have numbers without gaps in the order of their commits: who asks again with the last number misses nothing.
#[utoipa::path(get, path = "/v1/events", tag = "Account", operation_id = "listEvents", params(EventParams),
    responses((status = 200, description = "The events after `after`.", body = Events)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&["after", "limit"])?;
    let after = query.parsed::<u64>("after", "a whole number")?.unwrap_or(0);
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = pages::limit(&query, site.core.limits())?;
    let events = caller.view()?.events(after, limit).await?;
    let items: Vec<Event> = events.iter().map(convert::event).collect();
    let last = items.last().map_or(after, |event| event.no);
    Ok(json_answer(StatusCode::OK, &Events { items, last }))
}
