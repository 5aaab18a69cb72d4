//! Follows the statements that run, as the log tells them at its finest level.

use std::fmt::Debug;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::{Mutex as Turn, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Metadata, Subscriber};

/// The texts that ran since somebody began to follow.
static RAN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// One who follows; only one at a time, since the engine's threads are shared.
#[derive(Debug)]
pub struct Steps(#[expect(dead_code, reason = "it is held, not read")] MutexGuard<'static, ()>);

impl Steps {
    /// Waits for its turn and begins.
    ///
    /// # Panics
    /// If this process already listens to its log in another way.
    pub async fn follow() -> Steps {
        static TURN: Turn<()> = Turn::const_new(());
        static LISTENER: OnceLock<()> = OnceLock::new();
        let turn = TURN.lock().await;
        LISTENER.get_or_init(|| tracing::subscriber::set_global_default(Listener).expect("nobody else listens"));
        ran().clear();
        Steps(turn)
    }

    /// What ran since the last call, or since the beginning.
    #[expect(clippy::must_use_candidate, reason = "it also begins anew")]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *ran())
    }
}

fn ran() -> std::sync::MutexGuard<'static, Vec<String>> {
    RAN.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "attache_db::statement"
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Text);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Text;

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "text" {
            ran().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
