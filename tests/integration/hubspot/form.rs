//! Multipart forms, byte by byte as clients send them, so that order and headers of the parts are the test's own.

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

const BOUNDARY: &str = "----a-boundary-of-these-tests";

/// A form to be sent, its parts in the order in which they were added.
#[derive(Clone, Default)]
pub(super) struct Form(Vec<u8>);

impl Form {
    /// Without parts.
    pub(super) fn new() -> Form {
        Form::default()
    }

    /// One file and private access, which is the least that an upload has.
    pub(super) fn of(name: &str, bytes: impl AsRef<[u8]>) -> Form {
        Form::new().file(name, bytes).options(&json!({}))
    }

    /// A text part, as clients send them: without a content type.
    pub(super) fn field(self, name: &str, value: &str) -> Form {
        self.part(&format!("Content-Disposition: form-data; name=\"{name}\""), value)
    }

    /// The `options` part; access is private unless it says otherwise.
    pub(super) fn options(self, options: &Value) -> Form {
        let mut all = json!({"access": "PRIVATE"});
        all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        self.field("options", &all.to_string())
    }

    /// The file part, with a name and no useful type.
    pub(super) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Form {
        self.typed(name, "application/octet-stream", bytes)
    }

    /// The file part with a type.
    pub(super) fn typed(self, name: &str, media_type: &str, bytes: impl AsRef<[u8]>) -> Form {
        let name = name.replace('"', "%22");
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        self.part(&format!("{head}\r\nContent-Type: {media_type}"), bytes)
    }

    /// A part with headers of the test's own.
    pub(super) fn part(mut self, head: &str, body: impl AsRef<[u8]>) -> Form {
        self.0.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        self.0.extend_from_slice(body.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// Sends it with its length.
    pub(super) fn into_body(self, request: RequestBuilder) -> RequestBuilder {
        let body = [self.0, format!("--{BOUNDARY}--\r\n").into_bytes()].concat();
        request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}")).body(body)
    }
}
