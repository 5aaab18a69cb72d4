//! Lets the units of a test begin one at a time, in an order that the test chooses: with a runtime of one thread, every
//! order in which operations that race can come to the database can be tried.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

thread_local! {
    /// The gate that units of this thread pass.
    static GATE: RefCell<Option<Arc<Gate>>> = const { RefCell::new(None) };
}

/// Where units wait.
#[derive(Debug, Default)]
pub struct Gate {
    line: Mutex<Line>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct Line {
    waiting: Vec<oneshot::Sender<()>>,
    inside: bool,
}

/// Closes the gate for the units of this thread until it is dropped.
#[derive(Debug)]
pub struct Closed(Arc<Gate>);

/// A unit that was let in, until it has been answered.
pub(crate) struct Passage(Arc<Gate>);

impl Gate {
    /// From here on, units that this thread's tasks ask for wait to be let in.
    #[must_use]
    pub fn close() -> Closed {
        let gate = Arc::new(Gate::default());
        GATE.set(Some(Arc::clone(&gate)));
        Closed(gate)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Closed {
    /// How many units wait, while none is inside.
    #[must_use]
    pub fn waiting(&self) -> Option<usize> {
        let line = self.0.line();
        (!line.inside).then_some(line.waiting.len())
    }

    /// Lets in the unit that came at this place among those that wait.
    ///
    /// # Panics
    /// If there is none.
    pub fn let_in(&self, at: usize) {
        let mut line = self.0.line();
        line.inside = true;
        let unit = line.waiting.remove(at);
        if unit.send(()).is_err() {
            // Whoever asked has gone away meanwhile.
            line.inside = false;
        }
    }

    /// Waits until a unit has come or gone.
    pub async fn moved(&self) {
        self.0.moved.notified().await;
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        GATE.set(None);
        // Nobody waits for ever.
        self.0.line().waiting.clear();
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.0.line().inside = false;
        self.0.moved.notify_one();
    }
}

/// Waits to be let in, where a gate is closed.
pub(crate) async fn pass() -> Option<Passage> {
    let gate = GATE.with_borrow(Clone::clone)?;
    let (enter, entered) = oneshot::channel();
    gate.line().waiting.push(enter);
    gate.moved.notify_one();
    let is_let_in = entered.await.is_ok();
    is_let_in.then_some(Passage(gate))
}
