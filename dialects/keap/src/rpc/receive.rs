//! A request on its way in: its call is read on a thread of its own, and the file in it, if that is long, is staged as
//! it comes. Before a byte of the file is taken its sender is let in, and what can be refused is refused.

use super::call::Call;
use super::gate::Gate;
use super::{file_service, read};
use crate::{App, content};
use attache_core::{Body, Expect, Staged};
use attache_http::body::{self, Cap};
use attache_http::bridge::{Opener, Source};
use attache_model::error::Code;
use attache_model::{Error, Result};
use http::HeaderMap;
use std::io;
use std::sync::{Arc, OnceLock};

/// The call of a request; its file beside it where that was too long to be held.
///
/// # Errors
/// What is wrong with the request, and why its file is not taken.
pub(super) async fn receive(
    app: &App,
    gate: &Gate,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<(Call, Option<Staged>)> {
    let limits = app.core.limits();
    let cap = Cap { bytes: read::longest(limits), code: Code::BodyTooLarge };
    let body = body::stream(headers, body, cap, limits)?;
    let begun = Arc::new(OnceLock::new());
    let (core, told) = (app.core.clone(), begun.clone());
    let decoder = move |source: Source, opener: &mut Opener| {
        let spill = |call: &Call, file: &mut dyn io::Read| {
            // Set before the file is asked for, and only here.
            let _ = told.set(call.clone());
            let mut sink = opener.open().map_err(io::Error::other)?;
            sink.take(file)?;
            sink.finish()
        };
        read::read(source, spill, core.limits())
    };
    let stage = async |content| {
        let call = begun.get().ok_or_else(|| Error::bug("a file came before its call"))?;
        stage(app, gate, call, content).await
    };
    app.decoders.decode(body, decoder, stage).await
}

/// Takes the file of a call that was read up to it.
async fn stage(app: &App, gate: &Gate, call: &Call, content: Body) -> Result<Staged> {
    let caller = gate.caller(app, call).await?;
    let reach = app.core.reach(&caller)?;
    file_service::foresee(&reach, call).await?;
    reach.stage(content, &expect(app)).await
}

/// What a file may be.
pub(super) fn expect(app: &App) -> Expect {
    Expect::at_most(content::longest(app.core.limits()))
}
