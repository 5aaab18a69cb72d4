//! A small HTTP client: paths instead of URLs, and a token on every request.

use reqwest::{Method, RequestBuilder};
use std::sync::Once;

/// A client of one server, with one token or none.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A client of the server at `base`, which keeps its own connections and follows no redirects.
    pub fn new(base: impl Into<String>, token: Option<String>) -> Client {
        static CRYPTO: Once = Once::new();
        // Only the first of a process can set it; a server in this process may have been before us.
        CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        // As a proxy in front does: a kept connection ends before the server ends it.
        let http = http.pool_idle_timeout(std::time::Duration::from_secs(8)).build();
        Client { http: http.expect("the HTTP client can be made"), base: base.into(), token }
    }

    /// The same server and connections, seen with another token.
    #[must_use]
    pub fn with_token(&self, token: Option<String>) -> Client {
        Client { token, ..self.clone() }
    }

    /// The token, where there is one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The full URL of a path; a full URL stays as it is.
    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    /// A request to `path`, with the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.url(path));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// HEAD
    pub fn head(&self, path: &str) -> RequestBuilder {
        self.request(Method::HEAD, path)
    }

    /// POST
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// PUT
    pub fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    /// PATCH
    pub fn patch(&self, path: &str) -> RequestBuilder {
        self.request(Method::PATCH, path)
    }

    /// DELETE
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }
}
