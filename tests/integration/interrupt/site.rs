//! A server that is killed whenever somebody wishes so, and comes back.

use super::wire::{Reply, Request};
use crate::kill::Place;
use crate::kill::proof;
use attache_tests::{Client, Engine, Process, said};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio::sync::{RwLock, mpsc, watch};
use tokio::task::JoinHandle;

/// Seconds after which a part that takes nothing in is called off for the next.
const STALL: &str = "1";

/// The server, wherever it is now.
pub(super) struct Site {
    place: Arc<Place>,
    token: String,
    /// Its address; nothing while it is down.
    address: watch::Receiver<Option<String>>,
    wishes: mpsc::UnboundedSender<()>,
    /// Read by who must not be interrupted.
    calm: Arc<RwLock<()>>,
    /// Gives the last server, and how many times it was started again.
    keeper: JoinHandle<(Process, usize)>,
    figures: Mutex<BTreeMap<&'static str, usize>>,
}

impl Site {
    /// `None` after a loud skip.
    pub(super) async fn open(engine: Engine) -> Option<Site> {
        let place = Arc::new(Place::new(engine).await?);
        let server = start(&place);
        let token = place.command(&["token", "create", "--scopes", "all"]).output().expect("the command runs");
        let token = said(&token).trim().to_owned();
        let (tell, address) = watch::channel(Some(server.url().to_owned()));
        let (wishes, wished) = mpsc::unbounded_channel();
        let calm = Arc::new(RwLock::new(()));
        let keeper = tokio::spawn(keep(place.clone(), server, tell, wished, calm.clone()));
        Some(Site { place, token, address, wishes, calm, keeper, figures: Mutex::default() })
    }

    /// A client of the server as it is now.
    pub(super) fn client(&self) -> Client {
        let address = self.address.borrow().clone().expect("the server runs");
        Client::new(address, Some(self.token.clone()))
    }

    /// Where the server is, once it is up.
    pub(super) async fn address(&self) -> String {
        let mut address = self.address.clone();
        let up = address.wait_for(Option::is_some).await.expect("the server is kept up");
        up.clone().unwrap_or_default()
    }

    /// Wishes the server dead. It comes back by itself.
    pub(super) fn kill(&self) {
        self.wishes.send(()).expect("the server is kept up");
    }

    /// Counts something.
    pub(super) fn note(&self, what: &'static str) {
        *self.figures.lock().unwrap().entry(what).or_default() += 1;
    }

    /// A request of this token.
    pub(super) fn request(&self, method: &'static str, path: &str) -> Request {
        let token = ("Authorization", format!("Bearer {}", self.token));
        Request { method, path: path.to_owned(), headers: vec![token], body: Vec::new() }
    }

    /// Asks until there is an answer: for requests that may be repeated.
    pub(super) async fn ask(&self, request: &Request) -> Reply {
        loop {
            let sent = request.send(&self.address().await, usize::MAX).await;
            if let Some(sent) = sent
                && let Some(reply) = sent.answer().await
            {
                return reply;
            }
            self.note("questions without an answer");
        }
    }

    /// Asks once, while the server is not killed: for requests that may not be repeated.
    pub(super) async fn ask_in_calm(&self, request: &Request) -> Reply {
        let _calm = self.calm.read().await;
        let sent = request.send(&self.address().await, usize::MAX).await.expect("the server takes it");
        sent.answer().await.expect("the server answers")
    }

    /// Ends the server, and gives what was counted and where its data is.
    pub(super) async fn close(self) -> (String, Arc<Place>) {
        drop(self.wishes);
        let (server, restarts) = self.keeper.await.expect("the server was kept up");
        server.kill();
        let mut said = format!("{restarts} restarts, ");
        for (what, count) in &*self.figures.lock().unwrap() {
            write!(said, "{what} {count}, ").expect("a text takes all");
        }
        (said.trim_end_matches(", ").to_owned(), self.place)
    }
}

fn start(place: &Place) -> Process {
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("ATTACHE_LIMIT_UPLOAD_STALL", STALL);
    Process::start(command, place.path())
}

async fn keep(
    place: Arc<Place>,
    mut server: Process,
    tell: watch::Sender<Option<String>>,
    mut wished: mpsc::UnboundedReceiver<()>,
    calm: Arc<RwLock<()>>,
) -> (Process, usize) {
    let mut restarts = 0;
    while wished.recv().await.is_some() {
        let _nobody = calm.write().await;
        // All that have wished so far get the same one.
        while wished.try_recv().is_ok() {}
        tell.send_replace(None);
        server.kill();
        proof::wait_for_the_dead(&place).await;
        server = start(&place);
        restarts += 1;
        tell.send_replace(Some(server.url().to_owned()));
    }
    (server, restarts)
}
