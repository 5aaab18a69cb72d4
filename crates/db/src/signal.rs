//! Signals: short words from one unit of work to everybody who listens at the same database, in this process or another.
//! They are heard once the unit holds. They wake whoever waits; they carry nothing that must not be lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, mpsc};

/// Signals that wait for a listener who is slow; one that is slower than that is told that it missed some.
pub(crate) const ROOM: usize = 1024;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// A unit that holds by now has sent this.
    Message {
        /// What it is about, one word.
        topic: String,
        /// The rest of it, which may be empty.
        text: String,
    },
    /// The database cannot be heard. What is sent from here on is missed.
    Lost,
    /// The database is heard, for the first time or again. Whoever relies on signals looks now for what it missed.
    Regained,
}

/// What one listener hears, in the order in which the units were committed. Dropped, it listens no more.
#[derive(Debug)]
pub struct Signals(Source);

#[derive(Debug)]
enum Source {
    /// From the writer of this process.
    Hub { heard: broadcast::Receiver<(String, String)>, state: State, _listed: Listed },
    /// From a connection of its own.
    Connection(mpsc::Receiver<Signal>),
}

/// What a listener at the hub is to be told before it hears anything further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Heard,
    Regained,
}

impl Signals {
    pub(crate) fn of_connection(heard: mpsc::Receiver<Signal>) -> Self {
        Self(Source::Connection(heard))
    }

    /// The next signal; the first is [`Signal::Regained`]. `None` once the store is closed and no more will come. It may
    /// be dropped while it waits; nothing is missed by that.
    pub async fn next(&mut self) -> Option<Signal> {
        match &mut self.0 {
            Source::Connection(heard) => heard.recv().await,
            Source::Hub { state: state @ State::Regained, .. } => {
                *state = State::Heard;
                Some(Signal::Regained)
            }
            Source::Hub { heard, state, .. } => match heard.recv().await {
                Ok((topic, text)) => Some(Signal::Message { topic, text }),
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    *state = State::Regained;
                    Some(Signal::Lost)
                }
                Err(broadcast::error::RecvError::Closed) => None,
            },
        }
    }
}

/// Passes signals on inside of one process, for the engine that has no other.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    sender: broadcast::Sender<(String, String)>,
    listeners: Listeners,
}

/// The names of those who listen.
type Listeners = Arc<Mutex<Vec<String>>>;

/// A listener's name among the others, for as long as it listens.
#[derive(Debug)]
struct Listed {
    name: String,
    listeners: Listeners,
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut listeners = lock(&self.listeners);
        if let Some(at) = listeners.iter().position(|name| *name == self.name) {
            listeners.swap_remove(at);
        }
    }
}

fn lock(listeners: &Listeners) -> MutexGuard<'_, Vec<String>> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(ROOM), listeners: Listeners::default() }
    }

    /// Passes a signal on to those who listen, if there are any.
    pub(crate) fn pass(&self, topic: &str, text: &str) {
        drop(self.sender.send((topic.to_owned(), text.to_owned())));
    }

    pub(crate) fn signals(&self, name: &str) -> Signals {
        lock(&self.listeners).push(name.to_owned());
        let listed = Listed { name: name.to_owned(), listeners: Arc::clone(&self.listeners) };
        Signals(Source::Hub { heard: self.sender.subscribe(), state: State::Regained, _listed: listed })
    }

    /// Whether somebody listens under a name.
    pub(crate) fn is_heard_by(&self, name: &str) -> bool {
        lock(&self.listeners).iter().any(|listener| listener == name)
    }
}
