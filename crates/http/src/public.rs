//! The address that every link in an answer begins with. It comes from the settings, never from a request, so that a
//! forged `Host` cannot change a link.

use attache_model::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;

/// Everything but RFC 3986's unreserved characters is encoded in a path segment or a query value.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where clients reach this server, such as `https://files.example.com` or `https://example.com/files`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// From the settings; a trailing slash does not matter.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything but an http or https address without credentials, query and fragment.
    pub fn parse(text: &str) -> Result<PublicUrl> {
        let fault = |why: &str| {
            Error::invalid("public_url", format!("{why}; give an address such as https://files.example.com"))
        };
        let url = url::Url::parse(text).map_err(|e| fault(&format!("'{text}' is not an absolute URL ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fault("only http and https are possible"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault("it must not hold a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fault("it must not have a query or a fragment"));
        }
        Ok(PublicUrl(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A link to a path below the address; each segment is encoded by itself, slashes in it included.
    ///
    /// ```
    /// # use attache_http::PublicUrl;
    /// let public = PublicUrl::parse("https://files.example.com/").unwrap();
    /// assert_eq!(public.link(["hubfs", "1", "a b/c.png"]), "https://files.example.com/hubfs/1/a%20b%2Fc.png");
    /// ```
    pub fn link<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> String {
        let mut link = self.0.clone();
        for segment in segments {
            link.push('/');
            link.extend(encode(segment));
        }
        link
    }

    /// As [`PublicUrl::link`], with query parameters.
    pub fn link_with<'s>(
        &self,
        segments: impl IntoIterator<Item = &'s str>,
        query: impl IntoIterator<Item = (&'s str, &'s str)>,
    ) -> String {
        let mut link = self.link(segments);
        for (at, (name, value)) in query.into_iter().enumerate() {
            link.push(if at == 0 { '?' } else { '&' });
            link.extend(encode(name));
            link.push('=');
            link.extend(encode(value));
        }
        link
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Percent-encodes a path segment or query value.
pub fn encode(text: &str) -> percent_encoding::PercentEncode<'_> {
    utf8_percent_encode(text, SEGMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_with_the_configured_address_whatever_its_trailing_slash() {
        for base in ["https://a.example", "https://a.example/"] {
            assert_eq!(PublicUrl::parse(base).unwrap().link(["x"]), "https://a.example/x");
        }
        assert_eq!(PublicUrl::parse("http://a.example:8080/base/").unwrap().link([]), "http://a.example:8080/base");
    }

    #[test]
    fn segments_and_values_cannot_break_out_of_their_place() {
        let public = PublicUrl::parse("https://a.example").unwrap();
        assert_eq!(
            public.link_with(["f", "../\u{e4}?#"], [("name", "a&b=c"), ("after", "1")]),
            "https://a.example/f/..%2F%C3%A4%3F%23?name=a%26b%3Dc&after=1"
        );
    }

    #[test]
    fn an_address_that_is_no_plain_http_address_is_refused() {
        for bad in ["", "a.example", "ftp://a.example", "https://u:p@a.example", "https://a.example/?x", "https://a/#f"]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
