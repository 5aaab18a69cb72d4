//! Why something did not come about: the server refused it, or it could not be asked.

use crate::types::Existing;
use serde::{Deserialize, Serialize};
use std::io;

/// The result of what a client does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why it did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given as the server's address is none.
    #[error("{0}")]
    Address(String),
    /// Nobody answers there, or what answers has too much to do, and goes on like this.
    #[error("cannot reach the server at {url}: {why}")]
    Unreachable {
        /// The server.
        url: String,
        /// What happened, in a few words.
        why: String,
    },
    /// The server refused it.
    #[error("{}", .0.detail)]
    Refused(Box<Problem>),
    /// Something answers there that does not speak as Attache does.
    #[error("what answers at {url} does not speak as Attache does: {why}")]
    Foreign {
        /// The server.
        url: String,
        /// What is odd.
        why: String,
    },
    /// Reading or writing a file of this machine failed.
    #[error("{op}: {source}")]
    Io {
        /// What was tried.
        op: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// A refusal of the server, as RFC 9457 writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable word for it, such as `name_taken`.
    pub code: String,
    /// What was wrong this time.
    pub detail: String,
    /// The limit that was passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The scope that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<Existing>,
}

impl Error {
    /// An input or output operation that failed.
    pub fn io(op: &'static str) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { op, source }
    }

    /// The server's refusal, if it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Error::Refused(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether it is the refusal with this word.
    pub fn is(&self, code: &str) -> bool {
        self.problem().is_some_and(|problem| problem.code == code)
    }
}

impl Problem {
    /// What a body of an answer with this status says: JSON of the native API, or the line of tus. `None` where it is
    /// neither, as when something else than Attache answers.
    pub(crate) fn read(status: u16, body: &[u8]) -> Option<Problem> {
        if let Ok(problem) = serde_json::from_slice(body) {
            return Some(problem);
        }
        let (word, detail) = std::str::from_utf8(body).ok()?.trim_end().split_once(": ")?;
        let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        // tus has words of its own for some of them.
        let code = match word {
            "exists" => "name_taken",
            "missing_scope" => "scope_missing",
            "quota" => "quota_exceeded",
            "offset" => "offset_mismatch",
            "cut" => "body_cut",
            other => other,
        };
        is_word.then(|| Problem { status, code: code.to_owned(), detail: detail.to_owned(), ..Problem::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_from_json_and_from_a_line() {
        let json = br#"{"type":"x","code":"name_taken","title":"t","status":409,"detail":"d","instance":"i",
            "existing":{"id":"a","no":7}}"#;
        let problem = Problem::read(409, json).unwrap();
        assert_eq!((problem.code.as_str(), problem.existing.unwrap().no), ("name_taken", 7));
        let line = Problem::read(403, b"missing_scope: the token lacks files:write\n").unwrap();
        assert_eq!((line.code.as_str(), line.status), ("scope_missing", 403));
    }

    #[test]
    fn what_a_proxy_says_is_no_problem_of_ours() {
        for body in [&b"<html>Bad: gateway</html>"[..], b"", b"Bad Gateway", b"\xff"] {
            assert_eq!(Problem::read(502, body), None);
        }
    }
}
