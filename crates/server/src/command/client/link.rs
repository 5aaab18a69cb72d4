//! `attache link`, `unlink` and `share`.

use super::failure::{Exit, Failure, Result};
use super::name::{Name, is_missing};
use super::output::Output;
use super::site;
use crate::cli::{OnRecord, ShareWish};
use serde_json::json;

pub(super) async fn link(wish: &OnRecord, out: &mut Output<'_>) -> Result<Exit> {
    let (client, name) = (site(&wish.session)?.client, Name::parse(&wish.name)?);
    let key = name.key(&client, false).await?;
    let link = client.link(&key, &wish.record).await.map_err(|error| name.missing(error))?;
    out.object(&link)?;
    Ok(Exit::Done)
}

pub(super) async fn unlink(wish: &OnRecord, out: &mut Output<'_>) -> Result<Exit> {
    let (client, name) = (site(&wish.session)?.client, Name::parse(&wish.name)?);
    let key = name.key(&client, false).await?;
    client.unlink(&key, &wish.record).await.map_err(|error| match is_missing(&error) {
        true => Failure::missing(format!("there is no file {} on {}", wish.name, wish.record)),
        false => error.into(),
    })?;
    out.object(&json!({ "name": wish.name, "record": wish.record, "outcome": "unlinked" }))?;
    Ok(Exit::Done)
}

pub(super) async fn share(wish: &ShareWish, out: &mut Output<'_>) -> Result<Exit> {
    let (client, name) = (site(&wish.session)?.client, Name::parse(&wish.name)?);
    let key = name.key(&client, false).await?;
    let seconds = wish.life.map(|life| life.as_secs());
    let share = client.share(&key, seconds, wish.download).await.map_err(|error| name.missing(error))?;
    out.line(&share.url)?;
    out.object(&share)?;
    Ok(Exit::Done)
}
