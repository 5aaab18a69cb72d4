//! Requests and their answers: the token, time limits, and what is sent again.

use crate::error::Problem;
use crate::patience::Patience;
use crate::{Address, Error, Result};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::Url;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer without much in it may take.
const ANSWER: Duration = Duration::from_secs(60);
/// Most bytes of a refusal that are read.
const REFUSAL_MAX: usize = 64 << 10;
/// Longest pause that a server may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(20);

/// A client of one server with one token. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
    authorization: HeaderValue,
}

impl Client {
    /// A client. It connects with its first request.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a token that no header can carry, and where TLS cannot be set up.
    pub fn new(address: Address, token: &str) -> Result<Client> {
        // TLS has no crypto of its own until somebody names one; who was first in this process does not matter.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .user_agent(concat!("attache/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| Error::Foreign { url: address.to_string(), why: told(&error) })?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Error::Foreign {
            url: address.to_string(),
            why: "the token has characters that no token has".into(),
        })?;
        authorization.set_sensitive(true);
        Ok(Client { http, address, authorization })
    }

    /// Where the server is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).header(AUTHORIZATION, self.authorization.clone())
    }

    /// The JSON that a request is answered with; it is sent again while the server does not answer, so it must do no harm
    /// to send it twice.
    pub(crate) async fn json<T: DeserializeOwned>(&self, request: impl Fn() -> RequestBuilder) -> Result<T> {
        let answer = self.repeat(Patience::SHORT, async || self.once(request().timeout(ANSWER)).await).await?;
        let body = answer.bytes().await.map_err(|error| self.unreachable(&error))?;
        serde_json::from_slice(&body).map_err(|error| self.foreign(&error))
    }

    /// As [`Client::json`], for requests that are answered with nothing.
    pub(crate) async fn nothing(&self, request: impl Fn() -> RequestBuilder) -> Result<()> {
        self.repeat(Patience::SHORT, async || self.once(request().timeout(ANSWER)).await).await.map(drop)
    }

    /// Does something until it succeeds, is refused for good, or patience ends.
    pub(crate) async fn repeat<T>(&self, patience: Patience, work: impl AsyncFn() -> Result<T, Fault>) -> Result<T> {
        let mut tried = 1;
        loop {
            match work().await {
                Ok(done) => return Ok(done),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Passing { error, after }) => match patience.pause(tried) {
                    Some(pause) => tokio::time::sleep(pause.max(after.unwrap_or_default())).await,
                    None => return Err(error),
                },
            }
            tried += 1;
        }
    }

    /// One try of a request. Whatever is not a success is a fault, which says whether trying again may help.
    pub(crate) async fn once(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let answer = request.send().await.map_err(|error| self.broken(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            _ => Err(self.refusal(answer).await),
        }
    }

    /// What an answer without success says.
    pub(crate) async fn refusal(&self, answer: Response) -> Fault {
        let (status, after) = (answer.status(), pause_of(&answer));
        let body = match head_of(answer).await {
            Ok(body) => body,
            Err(error) => return self.broken(&error),
        };
        let url = || self.address.to_string();
        let problem = Problem::read(status.as_u16(), &body);
        match status {
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                let why = problem.map_or_else(|| format!("it answers {status}"), |problem| problem.detail);
                Fault::Passing { error: Error::Unreachable { url: url(), why }, after }
            }
            StatusCode::TOO_MANY_REQUESTS if after.is_some() => {
                Fault::Passing { error: self.refused_or_foreign(status, problem), after }
            }
            _ => match problem {
                // The first request under this key is still at work; its answer is ours.
                Some(problem) if problem.code == "in_flight" || problem.code == "body_cut" => {
                    Fault::Passing { error: Error::Refused(Box::new(problem)), after }
                }
                problem => Fault::Final(self.refused_or_foreign(status, problem)),
            },
        }
    }

    fn refused_or_foreign(&self, status: StatusCode, problem: Option<Problem>) -> Error {
        match problem {
            Some(problem) => Error::Refused(Box::new(problem)),
            // HEAD has no body, and a proxy speaks for itself; some statuses say enough all the same.
            None if status == StatusCode::UNAUTHORIZED
                || status == StatusCode::NOT_FOUND
                || status == StatusCode::GONE =>
            {
                let code = match status {
                    StatusCode::UNAUTHORIZED => "unauthenticated",
                    StatusCode::GONE => "gone",
                    _ => "not_found",
                };
                let detail = status.canonical_reason().unwrap_or_default().to_owned();
                let problem = Problem { status: status.as_u16(), code: code.to_owned(), detail, ..Problem::default() };
                Error::Refused(Box::new(problem))
            }
            None => Error::Foreign { url: self.address.to_string(), why: format!("it answers {status}") },
        }
    }

    /// A request that came to nothing on its way.
    pub(crate) fn broken(&self, error: &reqwest::Error) -> Fault {
        let wrapped = self.unreachable(error);
        if error.is_builder() || error.is_redirect() {
            return Fault::Final(wrapped);
        }
        Fault::Passing { error: wrapped, after: None }
    }

    pub(crate) fn unreachable(&self, error: &reqwest::Error) -> Error {
        Error::Unreachable { url: self.address.to_string(), why: told(error) }
    }

    pub(crate) fn foreign(&self, why: &impl ToString) -> Error {
        Error::Foreign { url: self.address.to_string(), why: why.to_string() }
    }
}

/// Why one try came to nothing.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Another try may go better.
    Passing {
        error: Error,
        /// The pause that the server asked for.
        after: Option<Duration>,
    },
    /// It will not.
    Final(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Final(error)
    }
}

/// The pause that a server asks for, within reason.
fn pause_of(answer: &Response) -> Option<Duration> {
    let seconds: u64 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|pause| *pause <= PAUSE_MAX)
}

/// The beginning of an answer's body.
async fn head_of(mut answer: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk[..chunk.len().min(REFUSAL_MAX - body.len())]);
        if body.len() == REFUSAL_MAX {
            break;
        }
    }
    Ok(body)
}

/// What went wrong on the way, in the words of whoever knows best: the last in the chain of causes.
fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it does not answer in time".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let words = cause.to_string();
    // The number that the system has for it helps nobody.
    words.split(" (os error").next().unwrap_or(&words).to_ascii_lowercase()
}
