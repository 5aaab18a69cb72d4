//! The files of the dashboard and of the panel. They are embedded compressed, and given out so to whoever takes that.

use crate::{Reply, Web};
use attache_http::Fail;
use attache_http::serve::{Conditions, Tag};
use attache_model::{Error, What};
use axum::body::Body;
use axum::response::Response;
use flate2::read::GzDecoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::io::Read as _;

/// One embedded file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// Its path in the folder that the dashboard is built into, such as `app/index.html`.
    pub(crate) path: &'static str,
    /// Its bytes, compressed.
    gzip: &'static [u8],
}

/// All of them, by path. There are none where the dashboard was not built.
static EMBEDDED: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// How long browsers keep a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    /// They ask each time whether it is still the same.
    Asked,
    /// For ever: its name holds its digest.
    Forever,
}

/// The file at `path`, if it is embedded.
pub(crate) fn find(path: &str) -> Option<Asset> {
    EMBEDDED.binary_search_by_key(&path, |asset| asset.path).ok().map(|at| EMBEDDED[at])
}

/// The files beside the dashboard's page that have an address of their own.
pub(crate) fn beside() -> impl Iterator<Item = Asset> {
    EMBEDDED.iter().copied().filter(|asset| {
        let name = asset.path.strip_prefix("app/");
        name.is_some_and(|name| !name.contains('/') && name != "index.html")
    })
}

impl Asset {
    /// What it is, by the end of its name.
    fn media_type(self) -> &'static str {
        match self.path.rsplit_once('.').map_or("", |(_, end)| end) {
            "html" => "text/html; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "json" | "map" => "application/json",
            "webmanifest" => "application/manifest+json",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "woff2" => "font/woff2",
            "wasm" => "application/wasm",
            "txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// Names its bytes: what stands at the end of a gzip file is the checksum and the length of what is in it.
    fn tag(self) -> Tag {
        let trailer = self.gzip.last_chunk::<8>().copied().unwrap_or_default();
        Tag::new(&format!("{:016x}", u64::from_le_bytes(trailer)))
    }

    /// The file as it was before it was compressed.
    fn inflated(self) -> Result<Vec<u8>, Fail<Web>> {
        let mut plain = Vec::new();
        let read = GzDecoder::new(self.gzip).read_to_end(&mut plain);
        read.map_err(|error| Fail::new(Error::internal("inflate an embedded file", error)))?;
        Ok(plain)
    }

    /// The answer to a GET for it, with headers that keep it to what it is.
    pub(crate) fn give(self, asked: &HeaderMap, kept: Kept) -> Reply {
        let (tag, packed) = (self.tag(), takes_gzip(asked));
        let has_it = Conditions::of(asked).has(&tag);
        let body = match (has_it, packed) {
            (true, _) => Body::empty(),
            (false, true) => Body::from(self.gzip),
            (false, false) => Body::from(self.inflated()?),
        };
        let mut answer = Response::new(body);
        if has_it {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = answer.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept.value()));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        // Weak, because it is the same with and without compression.
        let weak = format!("W/{}", tag.quoted());
        headers.extend(HeaderValue::try_from(weak).ok().map(|weak| (ETAG, weak)));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type()));
        if packed && !has_it {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        harmless(headers);
        Ok(answer)
    }
}

impl Kept {
    fn value(self) -> &'static str {
        match self {
            Kept::Asked => "no-cache",
            Kept::Forever => "public, max-age=31536000, immutable",
        }
    }
}

/// What holds for everything that we made ourselves: it is what it says, and nobody learns where a reader came from.
pub(crate) fn harmless(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let own = HeaderName::from_static("cross-origin-resource-policy");
    headers.entry(own).or_insert(HeaderValue::from_static("same-origin"));
}

/// A file whose name holds its digest: `/assets/...`.
pub(crate) fn hashed(path: &str, asked: &HeaderMap) -> Reply {
    find(&format!("app/assets/{path}")).ok_or(Error::NotFound(What::Route))?.give(asked, Kept::Forever)
}

/// Whether whoever asks takes gzip: it is named and not refused by a weight of zero.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        named && weight.is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The eleven bytes `hello hello`.
    const PACKED: [u8; 28] = [
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0xff, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x00, 0x91, 0x00, 0x40,
        0xa6, 0x2d, 0x01, 0x0b, 0, 0, 0,
    ];
    const HELLO: Asset = Asset { path: "app/assets/a.js", gzip: &PACKED };

    fn asked(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        for (value, taken) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("br, deflate", false),
            ("xgzip", false),
        ] {
            assert_eq!(takes_gzip(&asked(&[("accept-encoding", value)])), taken, "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_file_leaves_compressed_for_whoever_takes_that_and_is_the_same_for_others() {
        let plain = HELLO.give(&HeaderMap::new(), Kept::Forever).unwrap();
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(HELLO.inflated().unwrap(), b"hello hello");
        let packed = HELLO.give(&asked(&[("accept-encoding", "gzip")]), Kept::Forever).unwrap();
        assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
        assert_eq!(packed.headers()[ETAG], plain.headers()[ETAG]);
        assert_eq!(packed.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    }

    #[test]
    fn a_browser_that_has_a_file_is_told_so() {
        let tag = HELLO.give(&HeaderMap::new(), Kept::Asked).unwrap().headers()[ETAG].clone();
        let again = HeaderMap::from_iter([(http::header::IF_NONE_MATCH, tag)]);
        let answer = HELLO.give(&again, Kept::Asked).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn what_cannot_be_inflated_is_an_error_and_no_broken_page() {
        let broken = Asset { path: "app/assets/a.js", gzip: &PACKED[..20] };
        assert!(broken.give(&HeaderMap::new(), Kept::Asked).is_err());
    }

    #[test]
    fn what_is_not_embedded_is_not_found() {
        let Err(fail) = hashed("../index.html", &HeaderMap::new()) else { panic!("it is no asset") };
        assert!(matches!(fail.0, Error::NotFound(What::Route)));
    }
}
