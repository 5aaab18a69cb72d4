//! Signed URLs: a file's content for whoever has the link, until it expires.

use crate::reader::Reader;
use crate::types::SignedUrl;
use crate::{App, HubSpot, Reply, convert, error, route};
use attache_core::NewShare;
use attache_http::dialect::json_answer;
use attache_http::{Params, Query, RequestInfo, Viewing};
use attache_model::error::Code;
use attache_model::file::File;
use attache_model::limits::Limits;
use attache_model::media::Kind;
use attache_model::share::PreviewSize;
use attache_model::{Error, Result};
use axum::extract::State;
use http::{StatusCode, Uri};

/// Life of a link that names none, in seconds.
const LIFE_DEFAULT: u64 = 3600;

/// `GET /files/{fileId}/signed-url`.
pub(crate) async fn create(app: State<App>, who: Viewing<HubSpot>, uri: Uri, query: Params<HubSpot>) -> Reply {
    let view = who.view()?;
    let file = view.file(route::file(&uri)?).await?;
    let share = share_of(&query, &file, app.core.limits())?;
    if file.access.is_sensitive() {
        return Ok(error::sensitive(&RequestInfo::current()));
    }
    let signed = view.sign(file.no, &share).await?;
    let shown = SignedUrl {
        url: app.public.link(["signed", &signed.token]),
        expires_at: signed.expires_at.rfc3339_millis(),
        name: file.name.stem().to_owned(),
        extension: file.name.ext().to_owned(),
        kind: convert::kind_word(file.version.kind),
        size: file.version.size,
        height: file.version.height,
        width: file.version.width,
    };
    Ok(json_answer(StatusCode::OK, &shown))
}

/// The link that the parameters ask for. It follows the file: a replace serves the new bytes.
fn share_of(query: &Query, file: &File, limits: &Limits) -> Result<NewShare> {
    let read = Reader::of(query);
    let size = size(&read)?.filter(|_| file.version.kind == Kind::Image);
    Ok(NewShare {
        life: Limits::seconds(life(&read, limits)?),
        version: None,
        size,
        upscale: read.flag("upscale")?.unwrap_or(false),
        download: false,
        listed: false,
    })
}

/// Seconds that the link lives; longer ones than the limit are cut to it.
fn life(read: &Reader<'_>, limits: &Limits) -> Result<u64> {
    let asked = read.bounded("expirationSeconds", 1, i64::MAX)?.map_or(LIFE_DEFAULT, i64::unsigned_abs);
    Ok(asked.min(limits.hubspot_signed_life))
}

fn size(read: &Reader<'_>) -> Result<Option<PreviewSize>> {
    let Some(word) = read.text("size") else { return Ok(None) };
    PreviewSize::from_word(word).map(Some).ok_or_else(|| {
        let words: Vec<&str> = PreviewSize::ALL.iter().map(|(_, word, _)| *word).collect();
        Error::malformed(Code::ParameterInvalid, "size", format!("it must be one of {}", words.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(query: &str) -> Result<u64> {
        life(&Reader::of(&Query::parse(query).unwrap()), &Limits::default())
    }

    #[test]
    fn a_link_lives_an_hour_unless_it_is_told_and_six_hours_at_most() {
        assert_eq!(seconds("").unwrap(), 3600);
        assert_eq!(seconds("expirationSeconds=1").unwrap(), 1);
        assert_eq!(seconds("expirationSeconds=21600").unwrap(), 21_600);
        assert_eq!(seconds("expirationSeconds=21601").unwrap(), 21_600);
        for bad in ["0", "-5", "soon", "1.5"] {
            assert!(seconds(&format!("expirationSeconds={bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_picture_comes_in_one_of_four_sizes() {
        let size = |text: &str| size(&Reader::of(&Query::parse(text).unwrap()));
        assert_eq!(size("size=thumb").unwrap(), Some(PreviewSize::Thumb));
        assert_eq!(size("").unwrap(), None);
        assert_eq!(size("size=huge").unwrap_err().to_string(), "size: it must be one of icon, thumb, medium, preview");
    }
}
