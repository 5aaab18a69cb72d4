use super::*;
use attache_http::window::{ROOM, left};
use uuid::Uuid;

/// The first second of a minute, at 08:00 UTC.
const START: i64 = 1_800_000_000;

fn limits() -> Limits {
    Limits {
        keap_throttle: 1,
        keap_second: 3,
        keap_minute: 5,
        keap_day: 8,
        keap_tenant_minute: 100,
        keap_tenant_day: 200,
        ..Limits::default()
    }
}

fn at(second: i64) -> Time {
    Time::from_millis((START + second) * 1000)
}

fn whose(account: i64, token: u128) -> (AccountNo, Option<TokenId>) {
    (AccountNo(account), Some(TokenId(Uuid::from_u128(token))))
}

/// What comes of each of `count` requests of one token in one second.
fn send(throttle: &Throttle, limits: &Limits, second: i64, count: usize) -> Vec<Result<Seen, Excess>> {
    (0..count).map(|_| throttle.pass(whose(1, 1), limits, at(second))).collect()
}

#[test]
fn c21_each_window_lets_its_limit_through_and_not_one_more() {
    let (throttle, limits) = (Throttle::default(), limits());
    let second = send(&throttle, &limits, 0, 4);
    assert!(second[..3].iter().all(Result::is_ok));
    assert_eq!(second[3].unwrap_err(), Excess { seen: second[2].unwrap(), spike: true, after: 1 });

    let minute = send(&throttle, &limits, 1, 3);
    assert!(minute[..2].iter().all(Result::is_ok));
    let full = minute[2].unwrap_err();
    assert!(!full.spike);
    assert_eq!((full.seen.minute, full.seen.day), (5, 5));

    let day = send(&throttle, &limits, 60, 4);
    assert!(day[..3].iter().all(Result::is_ok));
    let full = day[3].unwrap_err();
    assert_eq!((full.spike, full.seen.day), (false, 8));
    assert_eq!(full.after, left(DAY, at(60)), "the longest of the full windows says when");
}

#[test]
fn c21_a_day_begins_at_midnight_utc() {
    let (throttle, limits) = (Throttle::default(), limits());
    let before = -START.rem_euclid(DAY) + DAY - 1;
    for second in [before - 120, before - 60] {
        send(&throttle, &limits, second, 3);
    }
    let last = send(&throttle, &limits, before, 3);
    assert!(last[1].is_ok() && last[2].is_err());
    assert_eq!(last[2].unwrap_err().after, 1);
    assert_eq!(send(&throttle, &limits, before + 1, 1)[0].unwrap().day, 1);
}

#[test]
fn c21_a_tenants_tokens_share_its_limits_and_other_tenants_have_their_own() {
    let limits = Limits { keap_tenant_minute: 4, ..limits() };
    let throttle = Throttle::default();
    for token in [1, 1, 2, 2] {
        assert!(throttle.pass(whose(1, token), &limits, at(0)).is_ok());
    }
    let full = throttle.pass(whose(1, 3), &limits, at(0)).unwrap_err();
    assert_eq!((full.spike, full.seen.minute, full.seen.tenant_minute), (false, 0, 4));
    assert!(throttle.pass(whose(2, 4), &limits, at(0)).is_ok());
    let daily = Limits { keap_tenant_day: 4, ..limits };
    assert_eq!(throttle.pass(whose(1, 3), &daily, at(60)).unwrap_err().after, left(DAY, at(60)));
}

#[test]
fn c21_nobody_is_refused_while_throttling_is_off_and_everything_is_counted() {
    let limits = Limits { keap_throttle: 0, ..limits() };
    let throttle = Throttle::default();
    let seen = send(&throttle, &limits, 0, 20);
    assert_eq!(seen[19].unwrap(), Seen { account: AccountNo(1), minute: 20, day: 20, tenant_minute: 20 });
}

#[test]
fn c21_throttling_is_off_unless_somebody_turns_it_on() {
    assert_eq!(Limits::default().keap_throttle, 0);
}

#[test]
fn counts_take_bounded_memory() {
    let (throttle, limits) = (Throttle::default(), limits());
    for token in 0..3 * ROOM.get() {
        assert!(throttle.pass(whose(i64::try_from(token).unwrap(), token as u128), &limits, at(0)).is_ok());
    }
    let counts = throttle.0.lock().unwrap();
    assert_eq!((counts.tokens.len(), counts.tenants.len()), (ROOM.get(), ROOM.get()));
}

#[tokio::test]
async fn c21_an_excess_is_told_in_the_gateways_json_with_the_time_to_wait() {
    let seen = Seen { account: AccountNo(1), minute: 5, day: 5, tenant_minute: 5 };
    let told = async |spike, after| {
        let answer = Excess { seen, spike, after }.answer();
        let (status, wait) = (answer.status(), answer.headers()[RETRY_AFTER].clone());
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        (status, wait, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, wait, body) = told(false, 50).await;
    assert_eq!((status, wait), (StatusCode::TOO_MANY_REQUESTS, HeaderValue::from(50)));
    insta::assert_snapshot!(body, @r#"{"fault":{"faultstring":"Rate limit quota violation. Quota limit exceeded.","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#);
    let (_, wait, body) = told(true, 1).await;
    assert_eq!(wait, HeaderValue::from(1));
    assert!(body.contains("policies.ratelimit.SpikeArrestViolation"), "{body}");
}
