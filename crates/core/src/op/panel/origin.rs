//! The pages that may show an account's panels in a frame.

use crate::op::audit::{Entry, note};
use crate::table::account;
use crate::unit::tenanted;
use crate::{Core, Manage};
use attache_model::audit::Deed;
use attache_model::{AccountNo, Error, Result};
use std::sync::Arc;
use url::Url;

/// Most origins of an account.
const ORIGINS_MAX: usize = 20;
/// Longest origin, in bytes.
const ORIGIN_MAX: usize = 255;

impl Manage<'_> {
    /// Says which pages may show the account's panels, by their origins.
    ///
    /// # Errors
    /// `Invalid` for more than 20, and for one that is no origin.
    pub async fn set_panel_origins(&self, origins: &[String]) -> Result<()> {
        if origins.len() > ORIGINS_MAX {
            return Err(Error::invalid("panel_origins", format!("an account has at most {ORIGINS_MAX}")));
        }
        let mut read = Vec::with_capacity(origins.len());
        for (at, text) in origins.iter().enumerate() {
            let why = "it is no origin; write scheme and host, such as https://crm.example.com";
            let origin = origin(text).ok_or_else(|| Error::invalid(format!("panel_origins[{at}]"), why))?;
            if !read.contains(&origin) {
                read.push(origin);
            }
        }
        let by = Entry::by(self.caller(), self.now(), Deed::PanelPagesChanged, "");
        let fixed = Arc::new((read.join(" "), by));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                account::set_panel_origins(&mut t, &fixed.0).await?;
                note(&mut t, fixed.1.clone()).await
            })
        });
        self.write("say which pages may show panels", unit).await
    }
}

impl Core {
    /// The origins of pages that may show an account's panels, joined by blanks. An account that is not there has none; who
    /// asks learns no more than a browser that is refused the frame.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn panel_origins(&self, account: AccountNo) -> Result<String> {
        let unit = tenanted::<String, _>(|mut t| Box::pin(async move { account::panel_origins(&mut t).await }));
        self.read("read which pages may show panels", account, unit).await
    }
}

/// An origin in its one spelling. It becomes part of a header, so its host has no character that means something there.
fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= ORIGIN_MAX)?;
    let host = url.host_str()?;
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b)) && !name.is_empty();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anybodys = url.username().is_empty() && url.password().is_none();
    let is_page = matches!(url.scheme(), "http" | "https");
    (is_plain && is_bare && is_anybodys && is_page).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_host_in_one_spelling() {
        for (text, kept) in [
            ("https://CRM.example.com", "https://crm.example.com"),
            ("https://crm.example.com:443/", "https://crm.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://*.example.com", "https://*.example.com"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(kept), "{text}");
        }
    }

    #[test]
    fn what_could_say_more_in_a_header_is_no_origin() {
        for text in [
            "",
            "*",
            "https:",
            "crm.example.com",
            "https://*",
            "https://*.",
            "https://a.example.com;script-src",
            "https://a.example.com, https://b.example.com",
            "https://a.example.com 'self'",
            "https://user@a.example.com",
            "https://a.example.com/path",
            "https://a.example.com/?x",
            "https://a.*.example.com",
            "ftp://a.example.com",
            "data:text/html,x",
            "null",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
        assert_eq!(origin(&format!("https://{}.example.com", "a".repeat(ORIGIN_MAX))), None);
    }
}
