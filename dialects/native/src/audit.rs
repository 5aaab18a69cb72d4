//! The audit log, for those who manage the account.

use crate::types::{AuditHead, AuditLine, AuditLines};
use crate::{Answer, Managing, Params, Site, convert, list as pages};
use attache_http::dialect::json_answer;
use attache_model::audit as model;
use axum::extract::State;
use http::StatusCode;
use utoipa::IntoParams;

/// Where in the log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct AuditParams {
    /// The last number that is known; 0, or nothing, for the beginning.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Most lines: 1 to 1000, 100 where it is not given.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Read the audit log
///
/// One line for each change and each refusal, in order: who asks again with the last number misses nothing. Refusals come a
/// second or two after their answer. `attache audit verify` makes every digest again.
#[utoipa::path(get, path = "/v1/audit", tag = "Account", operation_id = "listAudit", params(AuditParams),
    responses((status = 200, description = "The lines after `after`.", body = AuditLines)))]
pub(crate) async fn list(State(site): State<Site>, caller: Managing, query: Params) -> Answer {
    query.only(&["after", "limit"])?;
    let after = pages::whole(&query, "after", "a whole number")?.unwrap_or(0);
    let limit = pages::limit(&query, site.core.limits())?;
    let manage = caller.manage()?;
    let items = manage.audit_lines(after, limit).await?.iter().map(shown).collect();
    let head = manage.audit_head().await?;
    Ok(json_answer(StatusCode::OK, &AuditLines { items, head: AuditHead { no: head.no, digest: head.digest } }))
}

fn shown(line: &model::AuditLine) -> AuditLine {
    let or_none = |text: &String| (!text.is_empty()).then(|| text.clone());
    AuditLine {
        no: line.no,
        at: convert::text(line.at),
        actor: line.actor.0,
        token: or_none(&line.token),
        deed: line.deed.clone(),
        targets: line.targets.split_whitespace().map(str::to_owned).collect(),
        outcome: line.outcome.clone(),
        times: line.times,
        request: or_none(&line.request),
        digest: line.digest.clone(),
    }
}
