//! The headers that answers about an upload share.

use crate::header::{ATTACHE_FILE, UPLOAD_EXPIRES, UPLOAD_OFFSET};
use crate::sender::Sender;
use attache_http::PublicUrl;
use attache_model::Time;
use attache_model::file::File;
use attache_model::upload::Upload;
use http::header::CONTENT_LOCATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::{Duration, UNIX_EPOCH};

/// Sets a header to a text. One that no header can hold is left out; what we write ourselves always can be.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// Where the upload is, when it goes, and the file that it became.
pub(crate) fn progress(
    headers: &mut HeaderMap,
    upload: &Upload,
    file: Option<&File>,
    (sender, public): (&Sender<'_>, &PublicUrl),
) {
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(upload.offset));
    match file {
        Some(file) => {
            let id = file.id.to_string();
            set(headers, CONTENT_LOCATION, path_of(&sender.place_of(&id, public)));
            set(headers, ATTACHE_FILE, &id);
        }
        None if upload.file.is_none() => set(headers, UPLOAD_EXPIRES, &date(upload.expires_at)),
        // Made and gone again since, as far as this caller can see.
        None => {}
    }
}

/// A link without its host: clients behind a proxy know the server by the name that they asked.
fn path_of(link: &str) -> &str {
    let behind = link.find("://").map_or(0, |at| at + 3);
    link[behind..].find('/').map_or("/", |at| &link[behind + at..])
}

/// A moment as HTTP writes it, in whole seconds.
fn date(time: Time) -> String {
    let seconds = u64::try_from(time.seconds()).unwrap_or_default();
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_http_does() {
        assert_eq!(date(Time::from_millis(1_403_712_000_999)), "Wed, 25 Jun 2014 16:00:00 GMT");
    }

    #[test]
    fn a_path_is_what_stands_behind_the_host() {
        assert_eq!(path_of("https://files.example.com/v1/files/x"), "/v1/files/x");
        assert_eq!(path_of("http://files.example.com:8080/base/v1/files/x"), "/base/v1/files/x");
    }
}
