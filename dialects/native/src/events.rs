//! The feed of what happened.

use crate::read::At;
use crate::types::{Event, Events, List};
use crate::{Answer, Params, Site, Viewing, convert, list as pages};
use attache_core::{EventPage, EventQuery, Side};
use attache_http::Query;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::extract::State;
use http::StatusCode;
use utoipa::IntoParams;

/// Where in the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct EventParams {
    /// The last number that is known; 0, or nothing, for the beginning.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Instead of `after`: newest first, those before this number, or `end` for the newest of all.
    before: Option<String>,
    /// One of these kinds, such as `file.created`, between commas or repeated; all where it is not given, none where it
    /// is empty.
    kinds: Option<Vec<String>>,
    /// Seconds to wait where nothing has happened after `after`, at most 30. The answer comes as soon as something happens.
    #[param(minimum = 0, maximum = 30, default = 0)]
    wait: Option<u64>,
    /// Most events: 1 to 1000, 100 where it is not given.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

const PARAMS: [&str; 5] = ["after", "before", "kinds", "wait", "limit"];

/// Read what happened
///
/// Events have numbers without gaps in the order of their commits: who asks again with the last number misses nothing.
#[utoipa::path(get, path = "/v1/events", tag = "Account", operation_id = "listEvents", params(EventParams),
    responses((status = 200, description = "The events after `after`, or before `before`.", body = Events)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&PARAMS)?;
    let asked = asked(&query, site.core.limits())?;
    let wait = wait(&query, site.core.limits())?;
    let view = caller.view()?;
    let page = match (wait, asked.side) {
        (0, _) | (_, Side::Before(_)) => view.history(&asked).await?,
        (wait, Side::After(_)) => view.await_history(&asked, Limits::seconds(wait)).await?,
    };
    Ok(json_answer(StatusCode::OK, &shown(&page)))
}

fn shown(page: &EventPage) -> Events {
    Events {
        items: page.items.iter().map(convert::event).collect(),
        last: page.last,
        at_end: page.at_end,
        before: page.before,
    }
}

fn asked(query: &Query, limits: &Limits) -> Result<EventQuery> {
    let after = pages::whole(query, "after", "a whole number")?;
    let side = match (query.one("before")?, after) {
        (None, after) => Side::After(after.unwrap_or(0)),
        (Some(_), Some(_)) => {
            return Err(Error::malformed(Code::ParameterInvalid, "before", "give either after or before"));
        }
        (Some("end"), None) => Side::Before(i64::MAX),
        (Some(_), None) => Side::Before(pages::whole(query, "before", "a whole number, or 'end'")?.unwrap_or(0)),
    };
    let kinds = pages::values(query, "kinds", kind)?;
    Ok(EventQuery { side, kinds, limit: pages::limit(query, limits)? })
}

fn kind(word: &str) -> Result<EventKind> {
    EventKind::from_word(word).ok_or_else(|| {
        let known: Vec<_> = EventKind::ALL.iter().map(|kind| kind.word()).collect();
        let why = format!("'{word}' is no kind of event; known are {}", known.join(", "));
        Error::malformed(Code::ParameterInvalid, "kinds", why)
    })
}

/// Seconds to wait.
fn wait(query: &Query, limits: &Limits) -> Result<u64> {
    let most = limits.event_wait;
    let wanted = format!("a whole number of seconds from 0 to {most}");
    match query.parsed::<u64>("wait", &wanted)?.unwrap_or(0) {
        wait if wait <= most => Ok(wait),
        wait => Err(Error::malformed(Code::ParameterInvalid, "wait", format!("'{wait}' is not {wanted}"))),
    }
}

/// Where in a file's history.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct HistoryParams {
    /// Those before this number; the newest where it is not given.
    #[param(minimum = 0)]
    before: Option<i64>,
    /// Most events: 1 to 1000, 100 where it is not given.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Read what happened to a file
///
/// The newest first. Ask again with the last item's number as `before` for older ones.
#[utoipa::path(get, path = "/v1/files/{id}/events", tag = "Files", operation_id = "listFileEvents",
    params(("id" = String, Path, description = "Id or number of the file."), HistoryParams),
    responses((status = 200, description = "The file's events.", body = List<Event>)))]
pub(crate) async fn of_file(State(site): State<Site>, caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&["before", "limit"])?;
    let before = pages::whole(&query, "before", "a whole number")?.unwrap_or(i64::MAX);
    let limit = pages::limit(&query, site.core.limits())?;
    let items = caller.view()?.history_of(convert::file_ref(&id)?, before, limit).await?;
    let items: Vec<_> = items.iter().map(convert::event).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(EventQuery, u64)> {
        let (query, limits) = (Query::parse(query).unwrap(), Limits::default());
        Ok((asked(&query, &limits)?, wait(&query, &limits)?))
    }

    #[test]
    fn the_document_names_the_parameters_that_are_read() {
        let documented: Vec<_> =
            EventParams::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
        assert_eq!(documented, PARAMS);
    }

    #[test]
    fn a_wait_of_the_limit_is_taken_and_one_second_more_is_refused() {
        assert_eq!(read("wait=30").unwrap().1, 30);
        for (bad, name) in [
            ("wait=31", "wait"),
            ("wait=-1", "wait"),
            ("after=1&before=2", "before"),
            ("before=soon", "before"),
            ("kinds=file.created,file.eaten", "kinds"),
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.to_string().starts_with(name), "{bad}: {error}");
        }
    }

    #[test]
    fn the_newest_come_first_before_a_number_or_the_end() {
        assert_eq!(read("before=end").unwrap().0.side, Side::Before(i64::MAX));
        assert_eq!(read("before=7&kinds=file.created&kinds=file.linked").unwrap().0.kinds.unwrap().len(), 2);
        assert_eq!(read("").unwrap().0.side, Side::After(0));
    }
}
