//! Where a server is, and the addresses below it.

use crate::{Error, Result};
use std::fmt;
use url::Url;

/// The address of a server, such as `https://files.example.com`. It may have a path, under which the server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads what a person typed. Without a scheme it is `https`, and `http` on this machine.
    ///
    /// # Errors
    /// [`Error::Address`] that says what would be right.
    pub fn parse(text: &str) -> Result<Address> {
        let text = text.trim();
        let wrong = |why: &str| {
            Error::Address(format!(
                "'{text}' is no address of a server: {why}; it looks like https://files.example.com"
            ))
        };
        let whole = match text.contains("://") {
            true => text.to_owned(),
            false if is_near(text) => format!("http://{text}"),
            false => format!("https://{text}"),
        };
        let url = Url::parse(&whole).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it begins with http:// or https:// and names a machine"));
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it has a query, a fragment or a name of a user"));
        }
        Ok(Address(url))
    }

    /// The address of a resource: each segment is encoded by itself.
    pub fn at<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        let mut url = self.0.clone();
        // It is a URL with a host, so it has segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether what is sent there can be read on the way: no TLS, and not this machine.
    pub fn is_open(&self) -> bool {
        self.0.scheme() == "http" && !self.0.host_str().is_some_and(is_near)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Whether the machine is this one.
fn is_near(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_else(|| host.rsplit_once(':').map_or(host, |(host, _)| host));
    host == "localhost" || host == "::1" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Address::parse(text).unwrap().to_string()
    }

    #[test]
    fn what_people_type_becomes_an_address() {
        assert_eq!(read("https://files.example.com/"), "https://files.example.com");
        assert_eq!(read("files.example.com"), "https://files.example.com");
        assert_eq!(read("localhost:8080"), "http://localhost:8080");
        assert_eq!(read("127.0.0.1:8080/"), "http://127.0.0.1:8080");
        assert_eq!(read("https://example.com/files"), "https://example.com/files");
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        for bad in ["", "ftp://x", "https://", "https://user:pass@x", "https://x?y=1", "https://x#y", "http://a b"] {
            let error = Address::parse(bad).unwrap_err().to_string();
            assert!(error.contains("https://files.example.com"), "{bad}: {error}");
        }
    }

    #[test]
    fn every_segment_is_encoded_by_itself() {
        let base = Address::parse("https://example.com/base").unwrap();
        let url = base.at(["v1", "files", "by-path", "a b", "c%2F?#d.txt"]);
        assert_eq!(url.as_str(), "https://example.com/base/v1/files/by-path/a%20b/c%252F%3F%23d.txt");
    }

    #[test]
    fn only_http_to_another_machine_is_open() {
        for (text, open) in [
            ("http://files.example.com", true),
            ("https://files.example.com", false),
            ("http://localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_open(), open, "{text}");
        }
    }
}
