//! Uploads: one form with one file or more. Each file is a commit of its own, and the answer says of each what became of
//! it.

use crate::form::{self, Fields, Form, Sent};
use crate::{App, Files, fileable};
use attache_core::{Destination, NewFile, NewName, Reach};
use attache_http::dialect::json_answer;
use attache_http::{Fail, Metrics, Reaching, mount};
use attache_model::limits::Limits;
use attache_model::{Error, FolderRef, Result, Time};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

/// The answer to an upload.
#[derive(Debug, Serialize)]
struct Answer {
    files: Vec<Stored>,
}

/// What became of one file. Its number is a JSON number here, and a text in GraphQL.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Stored {
    id: Option<i64>,
    filename: String,
    stored: bool,
    failure_message: Option<String>,
}

/// What all files of a form have in common.
struct Plan {
    destination: Destination,
    description: String,
    claim_by: Option<Time>,
}

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let routes = Router::new().route("/api/files", post(upload)).route("/api/files/", post(upload));
    mount::<Files, App>(routes, &[], metrics)
}

/// `POST /api/files`.
async fn upload(
    State(app): State<App>,
    who: Reaching<Files>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail<Files>> {
    let (reach, limits) = (who.reach()?, app.core.limits());
    let Form { files, fields } = form::read(&reach, &headers, body, limits).await?;
    if files.is_empty() {
        return Err(Error::invalid("files[]", "the form has no file; send each in a part of this name").into());
    }
    let plan = Plan::of(&reach, &fields, limits, app.core.clock().now()).await?;
    let files = put_all(&reach, files, &plan).await?;
    Ok(json_answer(StatusCode::OK, &Answer { files }))
}

impl Plan {
    async fn of(reach: &Reach<'_>, fields: &Fields, limits: &Limits, now: Time) -> Result<Plan> {
        let owner = fields.owner()?;
        let description = fields.description(limits)?;
        let destination = form::destination(owner);
        form::may_put(reach, &destination)?;
        if limits.sonar_strict_owners > 0
            && let Some(owner) = owner
            && reach.owners(&[owner]).await?.is_empty()
        {
            let kind = fileable::name(owner.kind()).unwrap_or_default();
            let why = format!("there is no {kind} {}, and owners must be known here", owner.id());
            return Err(Error::invalid("fileable_id", why));
        }
        let waits = owner.is_none() && limits.sonar_claim > 0;
        let claim_by = waits.then(|| now.plus(Limits::seconds(limits.sonar_claim)));
        Ok(Plan { destination, description, claim_by })
    }
}

/// Makes files, in their order.
///
/// # Errors
/// A fault of the server's, while nothing is stored yet: then the whole form can be sent again.
async fn put_all(reach: &Reach<'_>, files: Vec<Sent>, plan: &Plan) -> Result<Vec<Stored>> {
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        let Sent { shown, taken } = file;
        let put = match taken {
            Ok((name, staged)) => {
                reach.put_file(plan.file(NewName::Exact(name)), plan.destination.clone(), staged).await
            }
            Err(error) => Err(error),
        };
        all.push(match put {
            Ok(reached) => Stored::of(reached.file.no.0, reached.file.title().full()),
            Err(error) if passes(&error) && !all.iter().any(|file: &Stored| file.stored) => return Err(error),
            Err(error) => Stored::failed(shown, &error),
        });
    }
    Ok(all)
}

/// Whether the same file may be taken later: no fault of its own.
fn passes(error: &Error) -> bool {
    error.is_ours() || matches!(error, Error::Busy { .. } | Error::StorageFull)
}

impl Plan {
    fn file(&self, name: NewName) -> NewFile {
        let mut new = NewFile::new(FolderRef::ROOT, name);
        new.description.clone_from(&self.description);
        new.claim_by = self.claim_by;
        new
    }
}

impl Stored {
    fn of(no: i64, name: &str) -> Stored {
        Stored { id: Some(no), filename: name.to_owned(), stored: true, failure_message: None }
    }

    fn failed(shown: String, error: &Error) -> Stored {
        if let Error::Unavailable(cause) | Error::Internal(cause) = error {
            let request_id = attache_http::RequestInfo::current().id.clone();
            tracing::error!(dialect = "sonar_rest", request_id, cause = %cause, "one file of a form failed");
        }
        Stored { id: None, filename: shown, stored: false, failure_message: Some(error.to_string()) }
    }
}

#[cfg(test)]
mod tests;
