//! A pass over many contents, and the one that a server makes by itself.

use super::{fill, rows, run, unit};
use attache_db::Val;
use attache_tests::{Ask, TestApp, figure};
use std::time::{Duration, Instant};

/// Contents of the pass, and how many of them are damaged.
const CONTENTS: usize = 10_000;
const DAMAGED: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pass_over_ten_thousand_contents_finds_the_ten_that_are_damaged_on_sqlite() {
    let app = TestApp::start().await;
    let db = rows(&app).await;
    fill(&db, CONTENTS, DAMAGED).await;
    let begun = Instant::now();
    let pass = run(&app, &["scrub"]).await;
    let took = begun.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&pass.stdout).into_owned();
    assert_eq!(pass.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("{CONTENTS} contents with ")), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("damaged: ")).count(), DAMAGED, "{said}");
    figure(
        "scrub",
        &format!("a pass over {CONTENTS} small contents finds {DAMAGED} of {DAMAGED} damaged ones in {took:.1} s"),
    );
    db.close().await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_reads_by_itself_what_is_due() {
    let app = TestApp::start().await;
    let (client, db) = (app.client("all").await, rows(&app).await);
    let file = client.post("/v1/files?name=a.txt").body("some words").ask().await.expect(201);
    let age = unit(|tx| {
        Box::pin(async move {
            tx.run("UPDATE blob SET read_at = 0", &[]).await?;
            tx.run("UPDATE blob_small SET bytes = $1", &[Val::from(b"some wordz".as_slice())]).await
        })
    });
    assert_eq!(db.write(age).await.unwrap(), 1);
    let mut look = tokio::time::interval(Duration::from_millis(200));
    while app.core().figures().care.damage_found == 0 {
        look.tick().await;
    }
    let path = format!("/v1/files/{}/content", file["id"].as_str().unwrap());
    client.get(&path).ask().await.refused(500, "digest_mismatch");
    let metrics = app.stranger().get("/metrics").ask().await.text();
    for line in ["attache_scrub_damaged_total 1", "attache_scrub_contents_total 1", "attache_clock_doubted 0"] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    db.close().await;
    app.stop().await;
}
