//! Parts of an upload: the raw bytes of each to the address that the answer before it gave. The address is the
//! permission, so that nothing else is asked for here.

use super::types::Next;
use super::{Drive, sessions};
use crate::{App, Reply};
use attache_core::{Body, Resume};
use attache_http::body::{Cap, fault, stream};
use attache_http::json_answer;
use attache_http::multipart::Multipart;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::body::Body as Incoming;
use axum::extract::State;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream::iter};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode, Uri};
use std::io;

/// What stands before a token in an address: where we send clients, and where Kommo's pages and some clients do.
const PLACES: [&str; 3] = ["/upload/", "/v1.0/sessions/upload/", "/v1.0/upload/"];

/// `POST /upload/{token}` and its two other addresses.
pub(crate) async fn put(app: State<App>, uri: Uri, headers: HeaderMap, body: Incoming) -> Reply<Drive> {
    let token = PLACES.iter().find_map(|place| uri.path().strip_prefix(place)).unwrap_or_default();
    let (resume, part): (Resume, u32) = app.core.resume_ticket(token).await?;
    let account = resume.account();
    let limits = app.core.limits();
    let appended = resume.part(part, limits.kommo_part_bytes, content(&headers, body, limits).await?).await?;
    let session_id = appended.upload.no.0;
    let Some(file) = appended.file else {
        let next_url = sessions::part_url(&app, account, &appended.upload, part + 1);
        return Ok(json_answer(StatusCode::ACCEPTED, &Next { session_id, next_url }));
    };
    let face = app.drive_of(account);
    let shown = super::types::File { session_id: Some(session_id), ..face.file(&file) };
    Ok(json_answer(StatusCode::OK, &shown))
}

/// The bytes of a part: the body as it is, whatever type it names. Only a body that really is a form is unwrapped.
async fn content(headers: &HeaderMap, body: Incoming, limits: &Limits) -> Result<Body> {
    let most = Cap { bytes: limits.kommo_part_bytes, code: Code::FileTooLarge };
    let form = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).and_then(|kind| {
        let boundary = boundary(kind)?;
        Some((kind, format!("--{boundary}\r\n")))
    });
    let Some((kind, opening)) = form else { return stream(headers, body, most, limits) };
    let around = limits.part_header_bytes + 2 * limits.multipart_preamble_bytes;
    let wide = Cap { bytes: most.bytes.saturating_add(around), ..most };
    let len = attache_http::body::declared_len(headers)?;
    let (head, rest) = begun(stream(headers, body, wide, limits)?, opening.len()).await?;
    let is_form = head.starts_with(opening.as_bytes());
    let whole = Body::new(iter([Ok(head)]).chain(rest), len);
    if is_form { only_part(kind, whole, limits).await } else { Ok(whole) }
}

/// The boundary that a form's type names.
fn boundary(kind: &str) -> Option<&str> {
    let (essence, parameters) = kind.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    Some(value.trim_matches('"')).filter(|value| !value.is_empty())
}

/// The first bytes of a body, `least` of them unless it ends before, and the rest.
async fn begun(mut body: Body, least: usize) -> Result<(Bytes, Body)> {
    let mut head = BytesMut::new();
    while head.len() < least {
        let Some(chunk) = body.next().await.transpose().map_err(fault)? else { break };
        head.extend_from_slice(&chunk);
    }
    Ok((head.freeze(), body))
}

/// The content of the form's only part.
async fn only_part(kind: &str, body: Body, limits: &Limits) -> Result<Body> {
    let mut form = Multipart::new(kind, body, limits)?;
    let part = form.next_part().await?;
    let part = part.ok_or_else(|| Error::malformed(Code::MultipartInvalid, "body", "the form holds no part"))?;
    let bytes = part.stream();
    // What stands behind the part is read before the bytes count as complete.
    let end = futures_util::stream::once(async move {
        match form.next_part().await {
            Ok(None) => Ok(Bytes::new()),
            Ok(Some(_)) => {
                let why = "the form holds more than one part; send the bytes of one";
                Err(io::Error::other(Error::malformed(Code::MultipartInvalid, "body", why)))
            }
            Err(error) => Err(io::Error::other(error)),
        }
    });
    Ok(Body::new(bytes.chain(end), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: Option<&str>, body: &'static str) -> Result<Vec<u8>> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        let mut bytes = Vec::new();
        let limits = Limits { kommo_part_bytes: 8, ..Limits::default() };
        let mut body = content(&headers, Incoming::from(body), &limits).await?;
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(fault)?);
        }
        Ok(bytes)
    }

    const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n12345678\r\n--b--\r\n";

    #[tokio::test]
    async fn a_part_is_its_raw_bytes_whatever_type_it_names() {
        let types = ["image/png", "application/x-www-form-urlencoded", "application/json", "text/plain; charset=utf-8"];
        for kind in types.into_iter().map(Some).chain([
            None,
            Some("multipart/form-data"),
            Some("multipart/form-data; boundary=b"),
        ]) {
            assert_eq!(read(kind, "a=1&b={").await.unwrap(), b"a=1&b={", "{kind:?}");
        }
        assert_eq!(read(Some("application/octet-stream"), "").await.unwrap(), b"");
    }

    #[tokio::test]
    async fn only_a_body_that_begins_with_the_boundary_is_a_form() {
        for kind in ["multipart/form-data; boundary=b", "Multipart/Form-Data; charset=utf-8; boundary=\"b\""] {
            assert_eq!(read(Some(kind), FORM).await.unwrap(), b"12345678", "{kind}");
        }
        assert_eq!(read(Some("multipart/form-data; boundary=b"), "--b\r").await.unwrap(), b"--b\r");
    }

    #[tokio::test]
    async fn a_part_of_the_limit_is_taken_and_one_byte_more_is_not() {
        assert_eq!(read(None, "12345678").await.unwrap().len(), 8);
        assert!(matches!(read(None, "123456789").await, Err(Error::TooLarge { limit: 8, .. })));
    }

    #[tokio::test]
    async fn a_form_that_is_cut_or_holds_more_than_one_part_is_refused() {
        let kind = Some("multipart/form-data; boundary=b");
        let cut = FORM.trim_end_matches("--b--\r\n");
        assert!(read(kind, cut).await.is_err());
        let two = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"g\"\r\n\r\n2\r\n--b--\r\n";
        assert!(read(kind, two).await.is_err());
    }
}
