//! Signed links: content for whoever has the address, until its time is over or it is taken back.

use crate::content::told;
use crate::preview::{self, Sized};
use crate::read::At;
use crate::{Answer, Fail, Params, Site};
use attache_core::Redeemed;
use attache_http::serve::{Cache, Content as Told, Show, serve_file};
use attache_model::media::Kind;
use attache_model::{Error, Time};
use axum::extract::State;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Duration;

/// Longest time that a browser keeps what a link gave, so that taking a link back works soon.
const KEPT: Duration = Duration::from_secs(60);

/// Fetch by a signed link
///
/// Needs no token. Nothing can be added to the address: what the link allows is sealed in it.
#[utoipa::path(get, path = "/signed/{token}", tag = "Signed links", operation_id = "fetchSigned", security(()),
    params(("token" = String, Path, description = "The sealed part of the link.")),
    responses(
        (status = 200, description = "The content, or the preview that the link was made for.", body = Value,
            content_type = "*/*"),
        (status = 206, description = "The range."),
        (status = 302, description = "The store's own link to the content, where the server is set to redirect."),
        (status = 304, description = "The client has it."),
        (status = 416, description = "The range lies outside; `Content-Range` tells the size."),
    ))]
pub(crate) async fn fetch(
    State(site): State<Site>,
    At(token): At<String>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    // A parameter that is not under the signature could only mean to change what the link gives.
    if query.iter().next().is_some() {
        return Err(Error::Forged.into());
    }
    let redeemed = site.core.redeem(&token).await?;
    let cache = Cache::Private(life(redeemed.expires_at, site.core.clock().now()));
    let mut answer = match redeemed.size {
        Some(size) if redeemed.content.version.kind == Kind::Image => {
            let sized = Sized { size, upscale: redeemed.upscale };
            let manner = preview::Manner { show: show(&redeemed), cache, embed: redeemed.embed };
            preview::give(&site, &redeemed.content, sized, manner, &method, &headers).await?
        }
        _ => {
            let told = Told { embed: redeemed.embed, ..told(&redeemed.content, show(&redeemed), cache) };
            serve_file(&method, &headers, &told, &redeemed.content).await?
        }
    };
    let robots = HeaderValue::from_static("noindex, nofollow");
    answer.headers_mut().insert(HeaderName::from_static("x-robots-tag"), robots);
    Ok(answer)
}

/// Any method but GET and HEAD: a link is signed for reading only.
pub(crate) async fn wrong_method() -> Fail {
    Fail::new(Error::Forged)
}

fn show(redeemed: &Redeemed) -> Show {
    if redeemed.download { Show::Download } else { Show::Inline }
}

/// How long an answer may be kept: never past the link's end.
fn life(end: Time, now: Time) -> Duration {
    let left = u64::try_from(end.seconds().saturating_sub(now.seconds())).unwrap_or(0);
    Duration::from_secs(left).min(KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_never_kept_past_the_end_of_its_link() {
        let now = Time::from_millis(1_000_000);
        assert_eq!(life(now.plus(Duration::from_secs(3600)), now), KEPT);
        assert_eq!(life(now.plus(Duration::from_secs(7)), now).as_secs(), 7);
        assert_eq!(life(now, now).as_secs(), 0);
        assert_eq!(life(now.minus(Duration::from_secs(7)), now).as_secs(), 0);
    }
}
