//! Listening to PostgreSQL: a connection beside the pool, which comes back by itself when it is lost.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Error as Engine};

use super::explain;
use super::tls::Way;
use crate::signal::{ROOM, Signal, Signals};

/// The channel that all signals go through; the topic is the first line of what is sent.
pub(crate) const SEND: &str = "SELECT pg_notify('attache', $1)";
/// Whether a listener's connection, which has its name, is there.
pub(crate) const HEARD_BY: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
/// Pause before the connection is made again; doubled up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How often a silent connection is asked whether it still is one: a server whose machine is gone says no goodbye.
const BEAT: Duration = Duration::from_secs(15);
/// How long it has to answer that, and to answer at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing is heard any more.
enum Silence {
    /// Nobody listens.
    Unwanted,
    /// The connection is no more.
    Lost(String),
}

impl From<Engine> for Silence {
    fn from(error: Engine) -> Self {
        Self::Lost(explain("listen", &error).to_string())
    }
}

/// What is sent for a signal.
pub(crate) fn spell(topic: &str, text: &str) -> String {
    format!("{topic}\n{text}")
}

/// The name of a listener's connection.
pub(crate) fn named(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("attache signals {name}")
}

/// What makes a connection one that listens. It is named last: whoever finds the name is heard.
fn begin(name: &str) -> String {
    format!("LISTEN attache; SET application_name = '{}'", named(name))
}

/// Listens until the listener is dropped.
pub(super) fn listen(way: &Way, name: &str) -> Signals {
    let (sender, heard) = mpsc::channel(ROOM);
    let (way, begin) = (way.clone(), begin(name));
    tokio::spawn(async move {
        let mut pause = PAUSE;
        loop {
            let mut regained = false;
            let Err(Silence::Lost(why)) = hear(&way, &begin, &sender, &mut regained).await else { return };
            if regained {
                pause = PAUSE;
                tracing::warn!(why, "signals of other nodes are not heard; connecting again");
                if sender.send(Signal::Lost).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                () = sleep(pause) => pause = PAUSE_MAX.min(pause * 2),
                () = sender.closed() => return,
            }
        }
    });
    Signals::of_connection(heard)
}

/// Passes on what one connection says, for as long as it stands; `regained` is set once it listens.
async fn hear(
    way: &Way,
    begin: &str,
    sender: &mpsc::Sender<Signal>,
    regained: &mut bool,
) -> Result<Infallible, Silence> {
    let (client, mut connection) = way.config.connect(way.connector.clone()).await?;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    ask(&client, begin, &mut messages, sender).await?;
    pass(sender, Signal::Regained).await?;
    *regained = true;
    tracing::debug!("signals of other nodes are heard");
    loop {
        tokio::select! {
            message = messages.next() => take(message, sender).await?,
            () = sleep(BEAT) => ask(&client, "", &mut messages, sender).await?,
            () = sender.closed() => return Err(Silence::Unwanted),
        }
    }
}

/// Runs a statement while the connection is read, which is what brings its answer.
async fn ask(
    client: &Client,
    text: &str,
    messages: &mut (impl Stream<Item = Result<AsyncMessage, Engine>> + Unpin),
    sender: &mpsc::Sender<Signal>,
) -> Result<(), Silence> {
    let mut answer = pin!(timeout(PATIENCE, client.batch_execute(text)));
    loop {
        tokio::select! {
            answer = &mut answer => {
                return Ok(answer.map_err(|_| Silence::Lost(String::from("it does not answer")))??);
            }
            message = messages.next() => take(message, sender).await?,
        }
    }
}

/// Passes on what came, if it is a signal.
async fn take(message: Option<Result<AsyncMessage, Engine>>, sender: &mpsc::Sender<Signal>) -> Result<(), Silence> {
    match message.ok_or_else(|| Silence::Lost(String::from("PostgreSQL closed the connection")))?? {
        AsyncMessage::Notification(told) => {
            let (topic, text) = told.payload().split_once('\n').unwrap_or((told.payload(), ""));
            pass(sender, Signal::Message { topic: topic.to_owned(), text: text.to_owned() }).await
        }
        _ => Ok(()),
    }
}

async fn pass(sender: &mpsc::Sender<Signal>, signal: Signal) -> Result<(), Silence> {
    sender.send(signal).await.map_err(|_| Silence::Unwanted)
}
