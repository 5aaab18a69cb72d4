//! `POST /files`: a new file.

use super::{Rest1, file, sent};
use crate::{App, Reply, association, name};
use attache_core::{NewFile, NewName};
use attache_http::Reaching;
use attache_model::Access;
use attache_model::id::FolderRef;
use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;

/// `POST /files`.
pub(super) async fn create(
    State(app): State<App>,
    who: Reaching<Rest1>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Rest1> {
    let reach = who.reach()?;
    let rights = sent::Rights::of(&reach)?;
    rights.any()?;
    let (sent, staged) = sent::read(&app, &reach, rights, &headers, body).await?;
    let name = sent.name()?.ok_or_else(name::missing)?;
    let destination = sent.association()?.ok_or_else(association::missing)?.destination(sent.contact_id())?;
    let staged = staged.ok_or_else(sent::missing)?;
    let mut new = NewFile::new(FolderRef::ROOT, NewName::Exact(name));
    if sent.public() == Some(true) {
        new.access = Access::PublicNotIndexable;
    }
    let reached = reach.put_file(new, destination, staged).await?;
    Ok(file::answer(&app, &reach, &reached))
}
