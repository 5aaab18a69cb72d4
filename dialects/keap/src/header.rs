//! The headers that tell a client what it has used up, on every answer but a download's; and the gate in front, where
//! requests beyond the limits are turned away.

use crate::key::tenant;
use crate::rpc::Rpc;
use crate::throttle::{DAY, Excess, Seen};
use crate::v1::Rest1;
use crate::v2::Rest2;
use crate::{App, door};
use attache_http::{Fail, Metrics, watched};
use attache_model::Time;
use attache_model::limits::Limits;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

/// Where a call's first parameter may be the key: who calls is then known, and counted, only once the call was read.
const LEGACY: &str = "/api/xmlrpc";
/// How a tenant's address ends in Keap's own names.
pub(crate) const HOST: &str = "infusionsoft.com";

/// What the gate works with.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    pub(crate) app: App,
    pub(crate) metrics: Metrics,
}

/// Surrounds every request of the dialect but downloads. An answer that has the [`Seen`] of its caller among its
/// extensions is believed.
pub(crate) async fn around(State(front): State<Front>, request: Request, next: Next) -> Response {
    let Front { app, metrics } = front;
    let (parts, body) = request.into_parts();
    let counted = count(&app, &parts).await;
    let request = Request::from_parts(parts, body);
    let (seen, mut answer) = match counted {
        Some(Err(excess)) => (Some(excess.seen), turn_away(metrics, request, excess).await),
        Some(Ok(seen)) => (Some(seen), next.run(request).await),
        None => (None, next.run(request).await),
    };
    let seen = answer.extensions_mut().remove::<Seen>().or(seen);
    write(answer.headers_mut(), seen, app.core.limits(), app.core.clock().now());
    answer
}

/// The answer to a request too many. Clients of the legacy address do not look at the status, but for a fault.
async fn turn_away(metrics: Metrics, request: Request, excess: Excess) -> Response {
    let refuse = async |_| excess.answer();
    let path = request.uri().path();
    if path.starts_with(LEGACY) {
        let refuse = async |_| Fail::<Rpc>::new(excess.into()).into_response();
        watched::<Rpc, _>(metrics, request, refuse).await
    } else if path.starts_with("/crm/xmlrpc") {
        watched::<Rpc, _>(metrics, request, refuse).await
    } else if path.starts_with("/crm/rest/v2") {
        watched::<Rest2, _>(metrics, request, refuse).await
    } else {
        watched::<Rest1, _>(metrics, request, refuse).await
    }
}

/// Counts a request of somebody who is let in. Whoever is not hears that from the handler.
async fn count(app: &App, parts: &Parts) -> Option<Result<Seen, Excess>> {
    let caller = app.core.admit(&door::credential(parts)?).await.ok()?;
    Some(app.count(&caller))
}

fn write(headers: &mut HeaderMap, seen: Option<Seen>, limits: &Limits, now: Time) {
    let (minute, day) = seen.map_or((0, 0), |seen| (seen.minute, seen.day));
    let quota = [
        "x-keap-product-quota-limit",
        "x-keap-product-quota-time-unit",
        "x-keap-product-quota-interval",
        "x-keap-product-quota-available",
        "x-keap-product-quota-used",
    ];
    write_family(headers, quota, "day", limits.keap_day, day);
    let midnight = (now.seconds().div_euclid(DAY) + 1) * DAY * 1000;
    headers.insert("x-keap-product-quota-expiry-time", HeaderValue::from(midnight));
    let throttle = [
        "x-keap-product-throttle-limit",
        "x-keap-product-throttle-time-unit",
        "x-keap-product-throttle-interval",
        "x-keap-product-throttle-available",
        "x-keap-product-throttle-used",
    ];
    write_family(headers, throttle, "minute", limits.keap_minute, minute);
    write_text(headers, "x-keap-product-spike-limit", &format!("{}ps", limits.keap_second));
    // Who is not let in has no tenant.
    let Some(seen) = seen else { return };
    write_text(headers, "x-keap-tenant-id", &format!("{}.{HOST}", tenant(seen.account)));
    let tenants = [
        "x-keap-tenant-throttle-limit",
        "x-keap-tenant-throttle-time-unit",
        "x-keap-tenant-throttle-interval",
        "x-keap-tenant-throttle-available",
        "x-keap-tenant-throttle-used",
    ];
    write_family(headers, tenants, "minute", limits.keap_tenant_minute, seen.tenant_minute);
}

/// A limit, the unit and number of its time, and what is left of it and used up.
fn write_family(headers: &mut HeaderMap, names: [&'static str; 5], unit: &'static str, limit: u64, used: u64) {
    let [limits, units, intervals, available, uses] = names;
    headers.insert(limits, HeaderValue::from(limit));
    headers.insert(units, HeaderValue::from_static(unit));
    headers.insert(intervals, HeaderValue::from_static("1"));
    headers.insert(available, HeaderValue::from(limit.saturating_sub(used)));
    headers.insert(uses, HeaderValue::from(used));
}

fn write_text(headers: &mut HeaderMap, name: &'static str, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::AccountNo;

    fn written(seen: Option<Seen>, limits: &Limits) -> String {
        let mut headers = HeaderMap::new();
        write(&mut headers, seen, limits, Time::from_millis(1_800_000_000_500));
        let mut lines: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
        lines.sort();
        lines.concat()
    }

    #[test]
    fn c21_a_caller_hears_its_limits_and_what_it_used_of_them() {
        let seen = Seen { account: AccountNo(12), minute: 7, day: 1234, tenant_minute: 70 };
        insta::assert_snapshot!(written(Some(seen), &Limits::default()));
    }

    #[test]
    fn c21_whoever_is_not_let_in_hears_of_no_tenant() {
        let said = written(None, &Limits::default());
        assert!(said.contains("x-keap-product-quota-available: 150000\n"), "{said}");
        assert!(!said.contains("tenant"), "{said}");
    }

    #[test]
    fn c21_more_than_the_limit_leaves_nothing() {
        let seen = Seen { account: AccountNo(1), minute: 3, day: 3, tenant_minute: 3 };
        let said = written(Some(seen), &Limits { keap_minute: 2, ..Limits::default() });
        assert!(said.contains("x-keap-product-throttle-available: 0\nx-keap-product-throttle-interval: 1\n"), "{said}");
    }
}
