//! Making a panel's token, as the server of the page does that shows the panel.

use crate::read;
use crate::tokens;
use crate::types::{PanelPlan, PanelToken};
use crate::{Answer, Params, Site, Viewing};
use attache_core::NewPanelToken;
use attache_http::dialect::json_answer;
use attache_http::once::Unrepeatable;
use attache_model::link::Record;
use attache_model::scope::Scopes;
use attache_model::{Error, Scope, Time};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use std::time::Duration;

/// Make a panel's token
///
/// It opens the files of one record and nothing else. It ends with its time and with the token that it was made with, and can
/// be taken back as every token. It is not in the list of tokens.
#[utoipa::path(post, path = "/v1/panel-tokens", tag = "Panels", operation_id = "createPanelToken", request_body = PanelPlan,
    responses((status = 201, description = "The token, and where the panel's page is.", body = PanelToken)))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Viewing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let asked: PanelPlan = read::json(&headers, body, site.core.limits()).await?;
    let record: Record = asked.record.parse()?;
    let scopes = match &asked.scopes {
        Some(words) => tokens::scopes(words)?,
        None => [Scope::FilesRead, Scope::FilesWrite].into_iter().collect::<Scopes>(),
    };
    let new = NewPanelToken { record, scopes, life: asked.expires_in.map(Duration::from_secs) };
    let view = caller.view()?;
    let (token, secret) = view.make_panel_token(new).await?;
    let pass = token.panel.ok_or_else(|| Error::bug("a panel's token opens nothing"))?;
    let (record, account) = (pass.record.to_string(), token.account.to_string());
    let shown = PanelToken {
        id: token.id.to_string(),
        token: secret.reveal().to_owned(),
        scopes: pass.scopes.iter().map(Scope::word).collect(),
        expires_at: token.expires_at.unwrap_or(Time::NEVER).rfc3339_millis(),
        frame_url: site.public.link_with(["panel"], [("record", record.as_str()), ("account", account.as_str())]),
        record,
    };
    let mut answer = json_answer(StatusCode::CREATED, &shown);
    answer.extensions_mut().insert(Unrepeatable("the token was made and its secret was shown once; make another one"));
    Ok(answer)
}
