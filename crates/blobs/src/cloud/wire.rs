//! Requests to the store: each is tried a few times, with pauses of random length between, under one deadline.
//!
//! Whatever is asked may be asked twice: contents are written whole under names of their own, parts under their numbers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    },
};
use tokio::time::timeout;

use super::{CloudOptions, refusal::Refusal, traffic::Counts};
use crate::Error;

/// How long it may take to get a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Connections that nobody has used for this long are closed by us, because stores soon do.
const UNUSED: Duration = Duration::from_secs(15);
/// The first pause between two tries; it doubles.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of a request that are given a second on top of the deadline.
const BYTES_PER_SECOND: u64 = 1024 * 1024;
/// The most bytes that are read of an answer that is a refusal.
const REFUSAL_LEN: usize = 16 * 1024;

/// The tries that are left of what takes several requests, such as a long read.
#[derive(Clone, Debug)]
pub(crate) struct Tries(Arc<AtomicU32>);

impl Tries {
    pub(crate) fn new(tries: u32) -> Self {
        Self(Arc::new(AtomicU32::new(tries)))
    }

    /// Takes one; false when none is left.
    pub(crate) fn take(&self) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    pub(crate) fn left(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Begins anew: the last request got somewhere.
    pub(crate) fn renew(&self, tries: u32) {
        self.0.store(tries, Ordering::Relaxed);
    }
}

/// Makes clients that try again.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    client: Patient,
}

impl Connector {
    pub(crate) fn new(options: &CloudOptions) -> Result<Self, Error> {
        // TLS has no crypto of its own until somebody names one; who was first in this process does not matter.
        drop(rustls::crypto::ring::default_provider().install_default());
        let inner = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .http1_only()
            .connect_timeout(CONNECT.min(options.deadline))
            .pool_idle_timeout(UNUSED)
            .user_agent(concat!("attache/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Settings { why: format!("no client can be made: {error}") })?;
        let (deadline, tries) = (options.deadline, options.tries);
        Ok(Self { client: Patient { inner, deadline, tries, counts: Counts::default() } })
    }

    /// The requests that its clients make.
    pub(crate) fn counts(&self) -> Counts {
        self.client.counts.clone()
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.client.clone()))
    }
}

/// A client that tries again.
#[derive(Clone, Debug)]
struct Patient {
    inner: reqwest::Client,
    deadline: Duration,
    tries: u32,
    counts: Counts,
}

/// What one try came to.
enum Outcome {
    Answered(HttpResponse),
    Failed { error: HttpError, passing: bool },
}

#[async_trait::async_trait]
impl HttpService for Patient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let tries = request.extensions().get::<Tries>().cloned().unwrap_or_else(|| Tries::new(self.tries));
        let on_the_way = Duration::from_secs(request.body().content_length() as u64 / BYTES_PER_SECOND);
        let started = Instant::now();
        let mut pause = PAUSE;
        tries.take();
        loop {
            let left = (self.deadline + on_the_way).saturating_sub(started.elapsed());
            // A store that says nothing at all leaves time for another try.
            let outcome = self.once(request.clone(), left.min(self.deadline / 2 + on_the_way)).await;
            let (error, passing) = match outcome {
                Outcome::Answered(answer) => {
                    self.counts.answered();
                    return Ok(answer);
                }
                Outcome::Failed { error, passing } => (error, passing),
            };
            self.counts.failed();
            let wait = jittered(pause);
            let in_time = started.elapsed() + wait < self.deadline + on_the_way;
            if !passing || !in_time || !tries.take() {
                return Err(error);
            }
            tracing::debug!(%error, method = %request.method(), left = tries.left(), "the store is asked again");
            self.counts.tried_again();
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
    }
}

impl Patient {
    async fn once(&self, request: HttpRequest, limit: Duration) -> Outcome {
        match timeout(limit, self.inner.call(request)).await {
            Err(_) => failed(silent(limit)),
            Ok(Err(error)) => failed(error),
            Ok(Ok(answer)) if answer.status().is_success() => Outcome::Answered(self.unhurried(answer)),
            Ok(Ok(answer)) => self.refused(answer).await,
        }
    }

    /// An answer with an error status goes on to the library only when it is about the object asked for.
    async fn refused(&self, answer: HttpResponse) -> Outcome {
        let (parts, body) = self.unhurried(answer).into_parts();
        let text = match beginning(body).await {
            Ok(text) => text,
            Err(error) => return failed(error),
        };
        let refusal = Refusal::read(parts.status.as_u16(), &text);
        if refusal.is_of_object() {
            return Outcome::Answered(HttpResponse::from_parts(parts, refusal.to_string().into()));
        }
        let passing = refusal.is_passing();
        Outcome::Failed { error: HttpError::new(HttpErrorKind::Unknown, refusal), passing }
    }

    /// The same answer, whose body may take any time but must not pause for long.
    fn unhurried(&self, answer: HttpResponse) -> HttpResponse {
        let idle = self.deadline;
        let (parts, body) = answer.into_parts();
        let frames = stream::unfold(Some(body), move |body| async move {
            let mut body = body?;
            match timeout(idle, body.frame()).await {
                Ok(Some(Ok(frame))) => Some((Ok(frame), Some(body))),
                Ok(Some(Err(error))) => Some((Err(error), None)),
                Ok(None) => None,
                Err(_) => Some((Err(silent(idle)), None)),
            }
        });
        HttpResponse::from_parts(parts, HttpResponseBody::new(StreamBody::new(frames)))
    }
}

fn failed(error: HttpError) -> Outcome {
    Outcome::Failed { error, passing: true }
}

fn silent(limit: Duration) -> HttpError {
    let why = format!("the store was silent for {limit:.1?}");
    HttpError::new(HttpErrorKind::Timeout, std::io::Error::new(std::io::ErrorKind::TimedOut, why))
}

/// The first bytes of a body, as text.
async fn beginning(mut body: HttpResponseBody) -> Result<String, HttpError> {
    let mut text = Vec::new();
    while text.len() < REFUSAL_LEN
        && let Some(frame) = body.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            text.extend_from_slice(&data[..data.len().min(REFUSAL_LEN - text.len())]);
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Half of it to one and a half, so that many who failed together do not come back together.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let mut random = [0; 1];
    // Without randomness the pause is merely a shorter one.
    let _ = getrandom::fill(&mut random);
    pause / 2 + pause * u32::from(random[0]) / 256
}

/// The pause before try number `again`, from 1.
pub(crate) fn pause_before(again: u32) -> Duration {
    jittered(PAUSE * 2_u32.pow(again.saturating_sub(1).min(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_between_half_and_one_and_a_half() {
        let pauses: Vec<_> = (0..200).map(|_| jittered(PAUSE)).collect();
        assert!(pauses.iter().all(|pause| (PAUSE / 2..PAUSE * 3 / 2).contains(pause)));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }

    #[test]
    fn tries_run_out_and_begin_anew() {
        let tries = Tries::new(2);
        assert!(tries.take() && tries.take() && !tries.take());
        tries.renew(1);
        assert!(tries.take() && !tries.take());
    }
}
