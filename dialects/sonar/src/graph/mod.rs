//! GraphQL: from a request to the operations in it, and from what they came to to an answer.

mod answer;
mod bracket;
mod gap;
mod merge;
mod operation;
mod request;
pub(crate) mod scalar;
pub(crate) mod schema;
mod sequence;
mod throttle;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod weigh;

use crate::resolve::Loaders;
use crate::{App, GraphQl};
use async_graphql::dynamic::Schema;
use async_graphql::{Response as Came, ServerError};
use attache_core::Caller;
use attache_http::body::{Cap, whole};
use attache_http::{Admitted, Fail, Metrics, mount};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Uri};
use operation::{Operation, refusal};
use request::Asked;
use std::sync::LazyLock;
use throttle::Excess;
pub(crate) use throttle::Throttle;
use tokio::time::{Instant, timeout_at};
use weigh::{Prices, Weight};

/// Where queries are asked.
const PLACE: &str = "/api/graphql";

/// What the text of the schema is read to.
#[derive(Debug)]
struct Language {
    schema: Schema,
    /// What a query costs.
    prices: Prices,
}

/// It is made when somebody asks for the first time: many servers are never asked, and it takes some megabytes.
static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    let text = schema::text();
    Language { prices: Prices::of(&text), schema: schema::schema(text) }
});

/// An operation, or why it cannot be run.
type Ready = Result<Operation, ServerError>;

/// Makes the operations of a request ready, and weighs them together. One that cannot be run has its reason in its place.
///
/// # Errors
/// For more of them than there may be, and for more than they may weigh: then none is run.
fn prepare(asked: Vec<operation::Sent>, limits: &Limits) -> Result<Vec<Ready>, ServerError> {
    let most = limits.graphql_batch;
    if asked.len() as u64 > most {
        let text = format!("There are {} operations in the request, and {most} is the most.", asked.len());
        return Err(refusal(text, None));
    }
    let ready: Vec<Ready> = asked.into_iter().map(|sent| sent.prepare(limits)).collect();
    let weights = ready.iter().flatten().map(|operation| operation.weight);
    weights.fold(Weight::default(), Weight::and).check(limits)?;
    Ok(ready)
}

impl App {
    /// Counts a request of somebody who was let in.
    ///
    /// # Errors
    /// [`Excess`] where it is one too many.
    fn count(&self, caller: &Caller) -> Result<(), Excess> {
        self.throttle.pass(caller, self.core.limits(), self.core.clock().now())
    }
}

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let mut routes = Router::new();
    for end in ["", "/"] {
        routes = routes.route(&format!("{PLACE}{end}"), get(ask).post(send));
    }
    mount::<GraphQl, App>(routes, &[], metrics)
}

/// `POST`: queries and changes, in the body.
async fn send(
    State(app): State<App>,
    who: Admitted<GraphQl>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail<GraphQl>> {
    if let Err(excess) = app.count(&who.caller) {
        return Ok(excess.answer());
    }
    let asked = from_body(&headers, body, app.core.limits()).await?;
    answer(&app, &who.caller, &headers, asked, true).await.map_err(Fail::new)
}

/// `GET`: queries alone, in the address or in a body. A page of another site can make a browser send this.
async fn ask(
    State(app): State<App>,
    who: Admitted<GraphQl>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail<GraphQl>> {
    if let Err(excess) = app.count(&who.caller) {
        return Ok(excess.answer());
    }
    let limits = app.core.limits();
    let asked = match request::from_address(uri.query().unwrap_or_default(), limits)? {
        Some(asked) => asked,
        None if headers.contains_key(CONTENT_TYPE) => from_body(&headers, body, limits).await?,
        None => {
            let why = "it is missing; send the text of a query in the address, or in a body with POST";
            return Err(Error::malformed(Code::ValueInvalid, "query", why).into());
        }
    };
    match answer(&app, &who.caller, &headers, asked, false).await {
        Err(error @ Error::Unsupported { .. }) => {
            let refused = Fail::<GraphQl>::new(error).into_response();
            Ok(([(ALLOW, HeaderValue::from_static("POST"))], refused).into_response())
        }
        answered => answered.map_err(Fail::new),
    }
}

async fn from_body(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Asked> {
    let kind = request::kind(headers)?;
    let body = whole(headers, body, Cap::json(limits), limits).await?;
    request::read(kind, &body, limits)
}

/// Runs what was asked for, one operation after the other.
///
/// # Errors
/// [`Error::Unsupported`] for a change where there may be none.
async fn answer(app: &App, caller: &Caller, headers: &HeaderMap, asked: Asked, may_change: bool) -> Result<Response> {
    let limits = app.core.limits();
    let (sent, is_list) = match asked {
        Asked::One(sent) => (vec![sent], false),
        Asked::Several(sent) => (sent, true),
    };
    let ready = match prepare(sent, limits) {
        Ok(ready) => ready,
        Err(refused) => return Ok(answer::one(Came::from_errors(vec![refused]), headers)),
    };
    if !may_change && ready.iter().flatten().any(|operation| operation.is_change) {
        let why = "a mutation is sent with POST; GET only asks".to_owned();
        return Err(Error::Unsupported { why });
    }
    let deadline = Instant::now() + Limits::seconds(limits.graphql_time);
    let mut came = Vec::with_capacity(ready.len());
    for operation in ready {
        came.push(match operation {
            Ok(operation) => run(app, caller, operation, deadline).await,
            Err(refused) => Came::from_errors(vec![refused]),
        });
    }
    Ok(match (is_list, came.pop()) {
        (false, Some(only)) => answer::one(only, headers),
        (_, last) => answer::several(came.into_iter().chain(last).collect(), headers),
    })
}

async fn run(app: &App, caller: &Caller, operation: Operation, deadline: Instant) -> Came {
    let (sequence, is_change) = (operation.sequence(), operation.is_change);
    let request = operation.into_request().data(app.clone()).data(caller.clone()).data(Loaders::new(app, caller));
    let work = LANGUAGE.schema.execute(request);
    let mut came = match is_change {
        // Nobody could tell its sender whether a change that was ended in the middle had happened.
        true => work.await,
        false => in_time(work, deadline, app.core.limits()).await,
    };
    sequence.apply(&mut came.data);
    came
}

/// What `work` comes to, where that is known at `deadline`.
async fn in_time(work: impl Future<Output = Came>, deadline: Instant, limits: &Limits) -> Came {
    timeout_at(deadline, work).await.unwrap_or_else(|_| {
        let most = limits.graphql_time;
        let text = format!("It took longer than {most} seconds and was ended; ask for less.");
        Came::from_errors(vec![refusal(text, None)])
    })
}

#[cfg(test)]
mod tests;
