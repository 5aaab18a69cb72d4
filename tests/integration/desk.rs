//! What every vendor's desk stands on: a server whose clock the test holds, and clients whose every answer is judged on
//! its way to the test.

use attache_model::{Clock, Time};
use attache_tests::{Answer, Ask, Client, Setup, TestApp};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::borrow::Borrow;
use std::time::Duration;

/// When a held clock begins: 2026-01-31T12:00:00Z.
pub(crate) const BEGIN: Time = Time(1_769_860_800_000_000);

/// A server and its clock.
pub(crate) struct Stand {
    pub(crate) app: TestApp,
    clock: Clock,
}

impl Stand {
    /// By a clock that stands still at [`BEGIN`] until the test moves it.
    pub(crate) async fn held(setup: Setup) -> Stand {
        Stand::by(setup, Clock::held(BEGIN)).await
    }

    pub(crate) async fn by(setup: Setup, clock: Clock) -> Stand {
        let app = setup.clock(clock.clone()).start().await;
        Stand { app, clock }
    }

    /// The same, after the server was stopped and started again.
    pub(crate) async fn again(self) -> Stand {
        let clock = self.clock.clone();
        Stand::by(self.stop().await, clock).await
    }

    /// A client of the account's owner with these scopes.
    pub(crate) async fn client<J: Judge>(&self, scopes: &str) -> Judged<J> {
        Judged::of(self.app.client(scopes).await)
    }

    /// What anybody gets at an address.
    pub(crate) async fn anybody(&self, url: &str) -> Answer {
        self.app.stranger().get(url).ask().await
    }

    /// Moves a held clock.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Stops the server; what it stood on.
    pub(crate) async fn stop(self) -> Setup {
        self.app.stop().await
    }
}

/// What must hold of every answer on a vendor's wire.
pub(crate) trait Judge: Clone + Default {
    /// Where a client's paths are.
    fn place(path: &str) -> String {
        path.to_owned()
    }

    /// Judges the answer to a request; `path` may be an address.
    fn judge(&self, answer: &Answer, method: &Method, path: &str);
}

/// A client of a vendor's wire.
#[derive(Clone)]
pub(crate) struct Judged<J>(pub(crate) Client, pub(crate) J);

impl<J: Judge> Judged<J> {
    pub(crate) fn of(client: Client) -> Judged<J> {
        Judged(client, J::default())
    }

    /// Another client under the same judge.
    pub(crate) fn with(&self, client: Client) -> Judged<J> {
        Judged(client, self.1.clone())
    }

    /// Sends a request and judges the answer. The path may be an address where the vendor's paths have no place.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        self.ask_at(method, &J::place(path), more).await
    }

    /// As [`Judged::ask`], for a path or URL as it stands.
    pub(crate) async fn ask_at(
        &self,
        method: Method,
        path: &str,
        more: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let answer = more(self.0.request(method.clone(), path)).ask().await;
        self.1.judge(&answer, &method, path.strip_prefix(&self.0.url("")).unwrap_or(path));
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, |request| request).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, |request| request).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Borrow<Value>) -> Answer {
        self.ask(Method::POST, path, |request| request.json(body.borrow())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: impl Borrow<Value>) -> Answer {
        self.ask(Method::PATCH, path, |request| request.json(body.borrow())).await
    }
}
