//! Hosted files: what is public, for anyone who has its address.

use crate::{App, Reply, files, route, text};
use attache_http::serve;
use attache_model::{AccountNo, Error, Result, What};
use axum::extract::State;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Method, Uri};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// `GET /hubfs/{account}/{path}`.
pub(crate) async fn fetch(app: State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Reply {
    let (account, path) = place(&uri)?;
    let content = app.core.hosted(account, &path).await?;
    let mut told = serve::Content { embed: true, ..files::told(&content) };
    if !content.file.access.is_indexable() {
        told.headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    files::in_envelope(serve::serve_file(&method, &headers, &told, &content).await?)
}

/// The account and the path that an address names. A fault in it is "not there": there is nobody to explain it to.
fn place(uri: &Uri) -> Result<(AccountNo, String)> {
    let missing = || Error::NotFound(What::File);
    let (account, path) = route::rest(uri, "/hubfs/").split_once('/').ok_or_else(missing)?;
    let account = text::id(account).ok_or_else(missing)?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().map_err(|_| missing())?;
    let path = text::path(&path);
    text::check_path(&path, "path").map_err(|_| missing())?;
    Ok((AccountNo(account), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_an_account_and_a_path() {
        let (account, path) = place(&Uri::from_static("/hubfs/7/library/cat%20art/a+b.png")).unwrap();
        assert_eq!((account, path.as_str()), (AccountNo(7), "/library/cat art/a+b.png"));
    }

    #[test]
    fn an_address_that_makes_no_sense_is_not_there() {
        for bad in ["/hubfs/x/a.png", "/hubfs/7", "/hubfs/7/a%ff", "/hubfs/7/%2e%2e/a"] {
            assert!(matches!(place(&Uri::from_static(bad)), Err(Error::NotFound(What::File))), "{bad}");
        }
    }
}
