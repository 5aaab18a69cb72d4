//! A server under a watch: it dies where the test says, and stands on the same data afterwards.

use crate::kill::source::Source;
use crate::kill::{Place, proof};
use attache_tests::watch::Watch;
use attache_tests::{Ask as _, Client, Engine, Process, said};
use serde_json::json;

/// A server, what it stands on, and who talks to it.
pub(super) struct Stand {
    pub(super) place: Place,
    pub(super) watch: Watch,
    pub(super) client: Client,
    /// What imports are fetched from.
    pub(super) source: Source,
    server: Process,
    token: String,
    /// Set at every start.
    faults: &'static str,
}

impl Stand {
    /// With these faults planted, if any. `None` after a loud skip.
    pub(super) async fn new(engine: Engine, faults: &'static str) -> Option<Stand> {
        let place = Place::new(engine).await?;
        let watch = Watch::over(&super::table::named());
        let server = start(&place, &watch, faults);
        let token = said(&place.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
        let client = Client::new(server.url(), Some(token.clone()));
        let stand = Stand { place, watch, client, source: Source::open().await, server, token, faults };
        stand.until_passed("core.swept").await;
        for folder in ["/acts", "/moved"] {
            stand.client.post("/v1/folders").json(&json!({ "path": folder })).ask().await.expect(201);
        }
        Some(stand)
    }

    /// Waits until a point was passed.
    pub(super) async fn until_passed(&self, point: &str) {
        while !self.watch.passed().iter().any(|passed| passed == point) {
            tokio::task::yield_now().await;
        }
    }

    /// Waits for the end of a server that has come to where it dies.
    pub(super) fn wait_for_death(&mut self) {
        self.server.wait();
    }

    /// Ends the server.
    pub(super) fn stop(&mut self) {
        self.server.end();
    }

    /// Kills what still runs, and starts the server again on what is there; a minute later, as far as tasks know.
    pub(super) async fn start_again(&mut self) {
        self.server.end();
        proof::after_death(&self.place).await;
        self.watch.forget();
        self.server = start(&self.place, &self.watch, self.faults);
        self.client = Client::new(self.server.url(), Some(self.token.clone()));
        self.until_passed("core.swept").await;
    }
}

fn start(place: &Place, watch: &Watch, faults: &str) -> Process {
    let line = ["serve", "--listen", "127.0.0.1:0", "--allow-private-network", "127.0.0.0/8"];
    let mut command = place.command(&line);
    watch.keep(&mut command);
    command.env("FAILPOINTS", faults);
    Process::start(command, place.path())
}
