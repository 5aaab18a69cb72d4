//! GraphiQL, the page for trying queries by hand. It is there where the operator turned it on, and loads nothing from
//! anywhere else. What it is made of is in the folder `graphiql`, with where it came from and its licences.

use crate::{App, Files};
use attache_http::{Fail, Metrics, mount};
use attache_model::{Error, What};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Uri};

const PLACE: &str = "/graphiql";
const PAGE: &str = include_str!("../graphiql/page.html");
/// Stands in the page for what lets its own styles in, and is another one each time.
const NONCE: &str = "NONCE";

/// A file that the page loads.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    /// Its bytes are compressed, as every browser reads them, and never change: its name has its release.
    released: bool,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

const ASSETS: [Asset; 6] = [
    Asset { name: "start.js", media_type: SCRIPT, bytes: include_bytes!("../graphiql/start.js"), released: false },
    Asset { name: "page.css", media_type: STYLE, bytes: include_bytes!("../graphiql/page.css"), released: false },
    Asset {
        name: "graphiql-3.9.0.min.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../graphiql/graphiql-3.9.0.min.js.gz"),
        released: true,
    },
    Asset {
        name: "graphiql-3.9.0.min.css",
        media_type: STYLE,
        bytes: include_bytes!("../graphiql/graphiql-3.9.0.min.css.gz"),
        released: true,
    },
    Asset {
        name: "react-18.3.1.min.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../graphiql/react-18.3.1.min.js.gz"),
        released: true,
    },
    Asset {
        name: "react-dom-18.3.1.min.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../graphiql/react-dom-18.3.1.min.js.gz"),
        released: true,
    },
];

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let routes = Router::new().route(PLACE, get(page)).route(&format!("{PLACE}/{{file}}"), get(file));
    mount::<Files, App>(routes, &[], metrics)
}

/// `GET /graphiql`. The page is nobody's: whoever asks something with it shows a token.
async fn page(State(app): State<App>) -> Result<Response, Fail<Files>> {
    is_on(&app)?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Error::unavailable("make a nonce", error))?;
    Ok(shown(&hex::encode(nonce)))
}

/// `GET /graphiql/{file}`.
async fn file(State(app): State<App>, uri: Uri) -> Result<Response, Fail<Files>> {
    is_on(&app)?;
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Error::NotFound(What::Route))?;
    Ok(asset.answer())
}

fn is_on(app: &App) -> Result<(), Error> {
    if app.core.limits().sonar_graphiql > 0 { Ok(()) } else { Err(Error::NotFound(What::Route)) }
}

fn shown(nonce: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; font-src data:; img-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut answer = PAGE.replace(NONCE, nonce).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The policy is plain ASCII. Were it not, no policy would be worse than no page.
    match HeaderValue::try_from(policy) {
        Ok(policy) => headers.insert(CONTENT_SECURITY_POLICY, policy),
        Err(_) => return Fail::<Files>::new(Error::bug("write the policy of a page")).into_response(),
    };
    answer
}

impl Asset {
    fn answer(&self) -> Response {
        let mut answer = self.bytes.into_response();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let keep = if self.released { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
        if self.released {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }
}

#[cfg(test)]
mod tests;
