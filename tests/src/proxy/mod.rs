//! A proxy between a server and its object store that does wrong what it is told to do wrong, and counts it.
//!
//! It speaks HTTP/1.1 and runs in a thread of its own, so that tests may block while a server asks through it.

mod exchange;
mod fault;
mod rule;
#[cfg(test)]
mod tests;
mod wire;

pub use fault::Fault;
pub use rule::Rule;

use crate::dice::{self, Dice};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// One request that came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub target: String,
    /// The name of the fault that met it; `None` for one that was passed on and back as it was.
    pub fault: Option<&'static str>,
}

/// A running proxy. Its faults are chosen by [`Rule`]s; without any it only passes on.
pub struct Proxy {
    address: SocketAddr,
    site: Arc<Site>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What all connections share.
struct Site {
    /// Host and port of the store.
    store: String,
    state: Mutex<State>,
}

struct State {
    rules: Vec<Rule>,
    seen: Vec<Seen>,
    passed: Passed,
    dice: Dice,
}

/// Bytes of bodies that were passed on, without what frames them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Of requests, to the store.
    pub sent: u64,
    /// Of answers, back from it.
    pub answered: u64,
}

impl Site {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no connection panicked")
    }

    /// Notes a request and says what is to go wrong with it: what the first rule says that wants it.
    fn judge(&self, method: &str, target: &str) -> Option<Fault> {
        let mut state = self.state();
        let State { rules, seen, dice, .. } = &mut *state;
        let fault = rules.iter_mut().find_map(|rule| rule.judge(method, target, dice));
        let named = fault.as_ref().map(Fault::name);
        seen.push(Seen { method: method.to_owned(), target: target.to_owned(), fault: named });
        fault
    }
}

impl Proxy {
    /// Starts one before the store at `store`, such as `http://127.0.0.1:8333`, on any free port.
    ///
    /// # Panics
    /// If the machine has no port or thread left.
    pub fn start(store: &str) -> Proxy {
        Proxy::seeded(store, dice::seed())
    }

    /// As [`Proxy::start`], with choices that the seed repeats.
    ///
    /// # Panics
    /// As [`Proxy::start`].
    pub fn seeded(store: &str, seed: u64) -> Proxy {
        let store = store.strip_prefix("http://").expect("a store without TLS").trim_end_matches('/').to_owned();
        let state = State { rules: Vec::new(), seen: Vec::new(), passed: Passed::default(), dice: Dice::new(seed) };
        let site = Arc::new(Site { store, state: Mutex::new(state) });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        listener.set_nonblocking(true).expect("the listener can be polled");
        let (stop, stopped) = oneshot::channel();
        let shared = site.clone();
        let thread = std::thread::spawn(move || run(listener, shared, stopped));
        Proxy { address, site, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on these rules choose what goes wrong.
    pub fn rules(&self, rules: impl IntoIterator<Item = Rule>) {
        self.site.state().rules = rules.into_iter().collect();
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.rules([]);
    }

    /// All requests that came by since the start or the last [`Proxy::forget`].
    pub fn seen(&self) -> Vec<Seen> {
        self.site.state().seen.clone()
    }

    /// How much was passed on since the start or the last [`Proxy::forget`].
    pub fn passed(&self) -> Passed {
        self.site.state().passed
    }

    /// Forgets the requests seen so far.
    pub fn forget(&self) {
        let mut state = self.site.state();
        state.seen.clear();
        state.passed = Passed::default();
    }

    /// How often each fault was met, by its name.
    pub fn faults(&self) -> HashMap<&'static str, usize> {
        let mut count = HashMap::new();
        for name in self.site.state().seen.iter().filter_map(|seen| seen.fault) {
            *count.entry(name).or_insert(0) += 1;
        }
        count
    }
}

/// It ends with its test, and what still hangs on it is cut.
impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there is no reason for a second one.
            let _ = thread.join();
        }
    }
}

fn run(listener: std::net::TcpListener, site: Arc<Site>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async move {
        let listener = TcpListener::from_std(listener).expect("a listener");
        tokio::select! {
            () = accept(&listener, &site) => {}
            _ = stopped => {}
        }
    });
    // With the runtime all connections go.
}

async fn accept(listener: &TcpListener, site: &Arc<Site>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(exchange::serve(stream, site.clone()));
    }
}
