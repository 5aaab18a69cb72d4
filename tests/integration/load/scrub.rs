//! The scrub that a server does by itself, next to clients who work.

use super::{Latencies, put_and_read};
use crate::PROGRAM;
use crate::scrub::{fill, unit};
use attache_db::{Db, Options, Target};
use attache_tests::{Ask, Client, Home, Process, figure};

/// Contents that are due.
const CONTENTS: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scrub_of_ten_thousand_contents_goes_on_beside_clients_who_see_no_error_on_sqlite() {
    let Some(home) = Home::on_disk() else { return };
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let db = Db::open(&Target::Sqlite(home.path().join("attache.db")), &Options::default()).await.unwrap();
    fill(&db, CONTENTS, 0).await;
    let due = unit(|tx| Box::pin(async move { tx.run("UPDATE blob SET read_at = 0", &[]).await }));
    assert_eq!(db.write(due).await.unwrap(), CONTENTS as u64);
    db.close().await;

    // Until the server looks what is due, it has nothing else to do.
    let (mut alone, mut beside) = (Latencies::default(), Latencies::default());
    for no in 0.. {
        let read = scrubbed(&server).await;
        if read >= CONTENTS {
            break;
        }
        let latencies = if read == 0 { &mut alone } else { &mut beside };
        put_and_read(&client, &format!("{no}.bin"), no, latencies).await;
    }
    assert!(alone.len() > 0 && beside.len() > 0, "{} and {} requests", alone.len(), beside.len());
    figure(
        "load",
        &format!(
            "a scrub of {CONTENTS} contents at its own pace: {} requests beside it {} (alone {}): p99 {:+.0} %, 0 errors",
            beside.len(),
            beside.told(),
            alone.told(),
            beside.growth_over(&mut alone)
        ),
    );
}

/// Contents that the server has read again.
async fn scrubbed(server: &Process) -> usize {
    let page = Client::new(server.url(), None).get("/metrics").ask().await.text();
    let line = page.lines().find_map(|line| line.strip_prefix("attache_scrub_contents_total "));
    line.expect("it is counted").parse().unwrap()
}
