//! An answer, read whole, so that a test can say in one line what it must be.

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `null` for an empty one.
    ///
    /// # Panics
    /// If it is something else.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text, `""` without one.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Demands a status and gives the JSON.
    ///
    /// # Panics
    /// If the status is another one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        let json = self.header("content-type").contains("json");
        if json { self.json() } else { Value::Null }
    }

    /// Demands a refusal of our own API: its status and the stable word of its problem.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn refused(&self, status: u16, word: &str) {
        assert_eq!((self.status.as_u16(), self.code().as_str()), (status, word), "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
    }

    /// The stable word of a problem, `""` where the answer is none.
    pub fn code(&self) -> String {
        let problem: Option<Value> = serde_json::from_slice(&self.body).ok();
        problem.and_then(|problem| problem["code"].as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Sending a request and reading the whole answer.
pub trait Ask {
    /// Sends it.
    fn ask(self) -> impl Future<Output = Answer> + Send;
}

impl Ask for RequestBuilder {
    async fn ask(self) -> Answer {
        let answer = self.send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.expect("the answer comes whole").to_vec();
        Answer { status, headers, body }
    }
}
