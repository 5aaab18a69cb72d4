//! Intake links: made, listed and closed. Their pages are elsewhere: those who follow one have no token.

use crate::read::{self, At};
use crate::types::{Intake, IntakePlan, Page};
use crate::{Answer, Editing, Params, Site, Viewing, convert, list as pages};
use attache_core::{Caller, IntakeQuery, NewIntake};
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::id::FolderRef;
use attache_model::intake::Intake as Kept;
use attache_model::token::Secret;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use utoipa::IntoParams;

/// Make an intake link
///
/// Whoever has its address can send files, without a token. They come in the name of the token's user, on the record, with
/// the origin `intake`.
#[utoipa::path(post, path = "/v1/intakes", tag = "Intake links", operation_id = "createIntake", request_body = IntakePlan,
    responses((status = 201, description = "The intake link.", body = Intake)))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: IntakePlan = read::json(&headers, body, site.core.limits()).await?;
    let made = caller.edit()?.make_intake(wanted(asked)?).await?;
    Ok(json_answer(StatusCode::CREATED, &shown(&made, &site, &caller.caller)))
}

/// A link as core takes it.
fn wanted(asked: IntakePlan) -> Result<NewIntake> {
    Ok(NewIntake {
        role: asked.role,
        folder: asked.folder.map_or(FolderRef::ROOT, FolderRef::Path),
        title: asked.title,
        note: asked.note,
        file_name: asked.file_name,
        types: asked.types,
        max_files: asked.max_files,
        max_bytes: asked.max_bytes,
        hidden: asked.hidden,
        password: asked.password.map(Secret::new),
        life: asked.expires_in.map(Duration::from_secs),
        ..NewIntake::new(asked.record.parse()?)
    })
}

/// Which intake links.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct IntakeParams {
    /// Those of this record alone.
    #[param(example = "contact/42")]
    record: Option<String>,
    /// `open` for those that still take files alone; `all`, or nothing, for every one.
    state: Option<String>,
}

/// List intake links
///
/// The newest first.
#[utoipa::path(get, path = "/v1/intakes", tag = "Intake links", operation_id = "listIntakes",
    params(IntakeParams, pages::PageParams),
    responses((status = 200, description = "A page of intake links.", body = Page<Intake>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&["record", "state", pages::PAGE[0], pages::PAGE[1]])?;
    let asked = IntakeQuery {
        record: query.one("record")?.map(str::parse).transpose()?,
        open_only: open_only(query.one("state")?)?,
        start: pages::start(&query)?,
        limit: pages::limit(&query, site.core.limits())?,
    };
    let page = caller.view()?.intakes(&asked).await?;
    Ok(pages::answer(page.map(|intake| shown(&intake, &site, &caller.caller)), &query, &site.public))
}

fn open_only(state: Option<&str>) -> Result<bool> {
    match state {
        None | Some("all") => Ok(false),
        Some("open") => Ok(true),
        Some(_) => Err(Error::malformed(Code::ParameterInvalid, "state", "it is 'open' or 'all'")),
    }
}

/// Get an intake link
#[utoipa::path(get, path = "/v1/intakes/{id}", tag = "Intake links", operation_id = "getIntake",
    params(("id" = String, Path, description = "Id of the intake link.")),
    responses((status = 200, description = "The intake link.", body = Intake)))]
pub(crate) async fn get_one(State(site): State<Site>, caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let intake = caller.view()?.intake(convert::id(&id, What::Intake)?).await?;
    Ok(json_answer(StatusCode::OK, &shown(&intake, &site, &caller.caller)))
}

/// Close an intake link
///
/// It takes no more files. What came stays.
#[utoipa::path(delete, path = "/v1/intakes/{id}", tag = "Intake links", operation_id = "closeIntake",
    params(("id" = String, Path, description = "Id of the intake link.")),
    responses((status = 204, description = "It is closed.")))]
pub(crate) async fn close(caller: Editing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.edit()?.close_intake(convert::id(&id, What::Intake)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An intake as this caller is shown it: the address is for those who may put files in themselves.
fn shown(intake: &Kept, site: &Site, caller: &Caller) -> Intake {
    let seal = site.core.edit(caller).ok().map(|edit| edit.intake_seal(intake.id));
    Intake {
        id: intake.id.to_string(),
        url: seal.map(|seal| site.public.link(["intake", &seal])),
        record: intake.record.to_string(),
        title: intake.title.clone(),
        note: intake.note.clone(),
        file_name: intake.file_name.to_string(),
        role: intake.role.clone(),
        folder_no: intake.folder.0,
        types: intake.types.iter().map(str::to_owned).collect(),
        max_files: intake.max_files,
        max_bytes: intake.max_bytes,
        hidden: intake.hidden,
        has_password: intake.has_password,
        received: intake.received,
        state: intake.standing(site.core.clock().now()).into(),
        created_at: intake.created_at.rfc3339_millis(),
        created_by: intake.created_by.0,
        expires_at: intake.expires_at.rfc3339_millis(),
        closed_at: intake.closed_at.map(attache_model::Time::rfc3339_millis),
    }
}
