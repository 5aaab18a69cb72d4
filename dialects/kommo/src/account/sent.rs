//! A body that came with a request and is not read yet, so that handlers first look for what the address names.

use super::batch::{Batch, Places};
use crate::App;
use attache_core::Core;
use attache_http::body::{self, Cap};
use attache_http::json::{self, Members};
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use serde_json::Value;
use std::convert::Infallible;

/// The body, and what its reading depends on.
#[derive(Debug)]
pub(crate) struct Sent {
    core: Core,
    headers: HeaderMap,
    body: Body,
}

impl FromRequest<App> for Sent {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &App) -> Result<Sent, Infallible> {
        let (head, body) = request.into_parts();
        Ok(Sent { core: app.core.clone(), headers: head.headers, body })
    }
}

impl Sent {
    /// An array of 1 to `record_items` objects; one object is an array of one. JSON whatever the content type says.
    ///
    /// # Errors
    /// Those of the body; `ValueInvalid` for other JSON, `ListTooLong` for more objects.
    pub(crate) async fn batch(self, places: Places) -> Result<Batch> {
        let most = self.core.limits().record_items;
        Batch::of(self.json().await?, places, most)
    }

    /// One object alone.
    ///
    /// # Errors
    /// Those of the body; `ValueInvalid` for other JSON.
    pub(crate) async fn one(self) -> Result<Batch> {
        match self.json().await? {
            object @ Value::Object(_) => Batch::of(object, Places::InItem, 1),
            _ => Err(Error::invalid("body", "it must be an object")),
        }
    }

    async fn json(self) -> Result<Value> {
        let limits = self.core.limits();
        let bytes = body::whole(&self.headers, self.body, Cap::json(limits), limits).await?;
        json::parse(&bytes, "body", Members::LastWins, limits)
    }
}
