//! The ledger of what was removed for good, and its certificates.

use crate::read::At;
use crate::types::{CertificateKey, ErasedContent, ErasedRows, Erasure, ErasureState, List, Page};
use crate::{Answer, Params, Removing, Site, Viewing, convert, list as pages};
use attache_http::dialect::json_answer;
use attache_model::What;
use attache_model::erasure as model;
use attache_model::id::ErasureId;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CONTENT_TYPE;

/// List what was removed for good
///
/// Newest first: what somebody erased, and what went when its time was over.
#[utoipa::path(get, path = "/v1/erasures", tag = "Trash", operation_id = "listErasures", params(pages::PageParams),
    responses((status = 200, description = "A page of erasures.", body = Page<Erasure>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Removing, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.remove()?.erasures(start, limit).await?;
    Ok(pages::answer(page.map(|erasure| shown(&erasure)), &query, &site.public))
}

/// Get an erasure
///
/// Its state goes from `asked` to `gone` once all of the file was looked for and nothing was found: at once, unless the
/// store does not answer or a backup keeps the bytes for a while.
#[utoipa::path(get, path = "/v1/erasures/{id}", tag = "Trash", operation_id = "getErasure",
    params(("id" = String, Path, description = "Id of the erasure.")),
    responses((status = 200, description = "The erasure.", body = Erasure)))]
pub(crate) async fn get_one(caller: Removing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    Ok(json_answer(StatusCode::OK, &shown(&caller.remove()?.erasure(named(&id)?).await?)))
}

/// Get the certificate of an erasure
///
/// A signed statement of what was removed and when nothing of it was found any more. It holds without this server:
/// `attache erasure verify` and openssl verify it. An erasure that is not `gone` has none, nor has a file whose time was
/// over.
#[utoipa::path(get, path = "/v1/erasures/{id}/certificate", tag = "Trash", operation_id = "getErasureCertificate",
    params(("id" = String, Path, description = "Id of the erasure.")),
    responses((status = 200, description = "The certificate: keep it byte for byte.",
        content_type = "application/json", body = Object)))]
pub(crate) async fn certificate(caller: Removing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let certificate = caller.remove()?.certificate(named(&id)?).await?;
    Ok(([(CONTENT_TYPE, "application/json")], certificate.to_string()).into_response())
}

/// Get the keys of certificates
///
/// The one that signs comes first. Get them once, by a way that you trust, and keep them.
#[utoipa::path(get, path = "/v1/erasures/key", tag = "Trash", operation_id = "getErasureKey",
    responses((status = 200, description = "The public keys.", body = List<CertificateKey>)))]
pub(crate) async fn key(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&[])?;
    caller.view()?;
    let key = |key: attache_core::PublicKey| CertificateKey { id: key.id(), algorithm: "Ed25519", pem: key.to_pem() };
    let items = site.core.erasure_keys().into_iter().map(key).collect();
    Ok(json_answer(StatusCode::OK, &List { items }))
}

fn named(id: &str) -> attache_model::Result<ErasureId> {
    convert::id(id, What::Erasure)
}

fn shown(erasure: &model::Erasure) -> Erasure {
    let content = |content: &model::ErasedContent| ErasedContent {
        version: content.version,
        size: content.size,
        sealed_sha256: content.sealed.to_string(),
        kept_for_another_file: content.fate == model::Fate::Kept,
    };
    let rows = &erasure.parts.removed;
    Erasure {
        id: erasure.id.to_string(),
        file_no: erasure.file.0,
        file_id: erasure.file_id.to_string(),
        kind: erasure.kind.into(),
        state: if erasure.gone_at.is_some() { ErasureState::Gone } else { ErasureState::Asked },
        asked_by: erasure.actor.0,
        asked_at: erasure.asked_at.rfc3339_millis(),
        gone_at: erasure.gone_at.map(attache_model::Time::rfc3339_millis),
        waits_for: erasure.waits_for.iter().map(|trace| trace.word()).collect(),
        contents: erasure.parts.contents.iter().map(content).collect(),
        removed: ErasedRows {
            versions: rows.versions,
            links: rows.links,
            signed_links: rows.signed_links,
            kept_answers: rows.kept_answers,
            tasks: rows.tasks,
            uploads: rows.uploads,
            field_values: rows.field_values,
            notes: rows.notes,
        },
    }
}
