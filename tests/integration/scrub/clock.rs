//! A clock that jumped, as the operator meets it.

use super::run;
use attache_model::{Clock, Time};
use attache_tests::{Ask, Setup};
use std::time::Duration;

/// In the year 2033, which is not now.
const START: Time = Time::from_millis(2_000_000_000_000);
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sees_that_the_clock_is_doubted_and_confirms_the_time() {
    let clock = Clock::held(START);
    let app = Setup::new().clock(clock.clone()).start().await;
    let client = app.client("all").await;
    client.post("/v1/files?name=a.txt").body("some words").ask().await.expect(201);
    let mut look = tokio::time::interval(Duration::from_millis(50));
    while app.core().operator().moments().await.unwrap().seen.is_none() {
        look.tick().await;
    }
    let setup = app.stop().await.unconfirmed();

    // The machine is started again, a year later by its clock.
    clock.set(START.plus(YEAR));
    let app = setup.start().await;
    let ready = loop {
        look.tick().await;
        let ready = app.stranger().get("/readyz").ask().await;
        if ready.text().contains("doubted") {
            break ready;
        }
    };
    assert_eq!(ready.status, 200, "everything else goes on");
    assert!(ready.text().starts_with("ready\n"), "{}", ready.text());
    let metrics = app.stranger().get("/metrics").ask().await.text();
    assert!(metrics.contains("attache_clock_doubted 1"), "{metrics}");
    let client = app.client("all").await;
    client.post("/v1/files?name=b.txt").body("more words").ask().await.expect(201);

    // The commands go by the real clock, which is far from both.
    let show = run(&app, &["clock", "show"]).await;
    let said = String::from_utf8_lossy(&show.stdout).into_owned();
    assert_eq!(show.status.code(), Some(1), "{said}");
    assert!(said.contains("seen: 2033-05-18T03:33:20.000Z"), "{said}");
    assert!(run(&app, &["clock", "confirm"]).await.status.success());
    assert!(run(&app, &["clock", "show"]).await.status.success());
    app.stop().await;
}
