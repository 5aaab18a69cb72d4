//! Servers of one installation, of which one is killed whenever somebody wishes so, and comes back. On a cluster there are
//! several, and every request goes to any of them.

use super::wire::{Reply, Request};
use crate::kill::Place;
use crate::nodes::node::{Installation, Node};
use attache_tests::{Client, Engine, said};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{RwLock, mpsc, watch};
use tokio::task::JoinHandle;

/// Seconds after which a part that takes nothing in is called off for the next.
const STALL: &str = "5";

/// Nodes on a cluster.
const NODES: usize = 3;

/// The servers, wherever they are now.
pub(super) struct Site {
    place: Arc<Place>,
    token: String,
    /// The address of each; nothing while it is down.
    addresses: watch::Receiver<Vec<Option<String>>>,
    /// Counts the requests, which go to one after the other.
    turn: AtomicUsize,
    /// The addresses of servers that somebody wishes dead.
    wishes: mpsc::UnboundedSender<String>,
    /// Read by who must not be interrupted.
    calm: Arc<RwLock<()>>,
    /// Gives the last servers, and how many times one was started again.
    keeper: JoinHandle<(Vec<Node>, usize)>,
    figures: Mutex<BTreeMap<&'static str, usize>>,
}

impl Site {
    /// `None` after a loud skip.
    pub(super) async fn open(engine: Engine) -> Option<Site> {
        let place = Arc::new(Place::new(engine).await?);
        let of = place.installation();
        let count = if engine == Engine::Cluster { NODES } else { 1 };
        let servers: Vec<Node> = (0..count).map(|_| start(&of)).collect();
        let token = place.command(&["token", "create", "--scopes", "all"]).output().expect("the command runs");
        let token = said(&token).trim().to_owned();
        let (tell, addresses) = watch::channel(servers.iter().map(|server| Some(server.url().to_owned())).collect());
        let (wishes, wished) = mpsc::unbounded_channel();
        let calm = Arc::new(RwLock::new(()));
        let keeper = tokio::spawn(keep(of, servers, tell, wished, calm.clone()));
        let (turn, figures) = (AtomicUsize::new(0), Mutex::default());
        Some(Site { place, token, addresses, turn, wishes, calm, keeper, figures })
    }

    /// A client of the server as it is now.
    pub(super) fn client(&self) -> Client {
        let address = self.addresses.borrow().iter().flatten().next().cloned().expect("a server runs");
        Client::new(address, Some(self.token.clone()))
    }

    /// Where the next request goes, once a server is up.
    pub(super) async fn address(&self) -> String {
        let mut addresses = self.addresses.clone();
        let up = addresses.wait_for(|all| all.iter().any(Option::is_some)).await.expect("the servers are kept up");
        let up: Vec<&String> = up.iter().flatten().collect();
        up[self.turn.fetch_add(1, Ordering::Relaxed) % up.len()].clone()
    }

    /// Wishes the server at an address dead. It comes back by itself, at another one.
    pub(super) fn kill(&self, address: &str) {
        self.wishes.send(address.to_owned()).expect("the servers are kept up");
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

    /// Ends the servers, and gives what was counted and where its data is.
    pub(super) async fn close(self) -> (String, Arc<Place>) {
        drop(self.wishes);
        let (servers, restarts) = self.keeper.await.expect("the servers were kept up");
        let count = servers.len();
        for server in servers {
            server.kill().await;
        }
        let mut said = format!("{count} servers, {restarts} restarts, ");
        for (what, count) in &*self.figures.lock().unwrap() {
            write!(said, "{what} {count}, ").expect("a text takes all");
        }
        (said.trim_end_matches(", ").to_owned(), self.place)
    }
}

fn start(of: &Installation) -> Node {
    of.start(&[("ATTACHE_LIMIT_UPLOAD_STALL", STALL)])
}

async fn keep(
    of: Installation,
    mut servers: Vec<Node>,
    tell: watch::Sender<Vec<Option<String>>>,
    mut wished: mpsc::UnboundedReceiver<String>,
    calm: Arc<RwLock<()>>,
) -> (Vec<Node>, usize) {
    let mut restarts = 0;
    while let Some(address) = wished.recv().await {
        let _nobody = calm.write().await;
        // One that others have wished dead too may have come back at another address.
        let Some(at) = servers.iter().position(|server| server.url() == address) else { continue };
        tell.send_modify(|addresses| addresses[at] = None);
        servers.remove(at).kill().await;
        servers.insert(at, start(&of));
        restarts += 1;
        tell.send_modify(|addresses| addresses[at] = Some(servers[at].url().to_owned()));
    }
    (servers, restarts)
}
