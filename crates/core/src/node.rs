//! Several nodes on one database: what a process says to the others, and what it does about what they say. Nothing here
//! is needed for anything to be right; it is what makes it soon.

use crate::Core;
use crate::turn::Turn;
use crate::unit::{bare, tenanted};
use attache_db::{Signal, Tx};
use attache_model::limits::Limits;
use attache_model::{AccountNo, UploadNo};
use std::fmt;
use std::pin::pin;
use std::time::Duration;

/// A task is due.
const TASK: &str = "task";
/// A token was taken back.
const TOKEN: &str = "token";
/// A node wants an upload's turns from the one that has them.
const ASKED: &str = "turn-asked";
/// It got them.
const GIVEN: &str = "turn-given";
/// It is still at work on the upload and will hand it over after.
const KEPT: &str = "turn-kept";
/// How often that is said. It must be well below the limit `upload_handover`, whose least value is a second.
const SAY: Duration = Duration::from_millis(300);

/// The name of a process among those on the same database, another one at each start. In rows it stands as 32 letters
/// and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(pub(crate) [u8; 16]);

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Node {
    /// Whether it is the one that a row or another node means.
    pub(crate) fn is(self, name: &str) -> bool {
        let mut bytes = [0; 16];
        hex::decode_to_slice(name, &mut bytes).is_ok_and(|()| bytes == self.0)
    }
}

/// A move of an upload's turns from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) account: AccountNo,
    pub(crate) upload: UploadNo,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Whether what is at work may finish first, if it gets on.
    pub(crate) after: bool,
}

impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.after { "after" } else { "now" };
        write!(f, "{} {} {} {} {how}", self.account, self.upload, self.from, self.to)
    }
}

impl Handover {
    fn parse(text: &str) -> Option<Handover> {
        let mut words = text.split(' ');
        let (account, upload) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let (from, to) = (words.next()?.to_owned(), words.next()?.to_owned());
        let after = words.next()? == "after";
        Some(Handover { account: AccountNo(account), upload: UploadNo(upload), from, to, after })
    }
}

/// Says that a task is due.
pub(crate) async fn say_task(tx: &mut Tx) -> Result<(), attache_db::Error> {
    tx.signal(TASK, "").await
}

/// Says that tokens were taken back.
pub(crate) async fn say_token(tx: &mut Tx) -> Result<(), attache_db::Error> {
    tx.signal(TOKEN, "").await
}

/// Asks for an upload's turns; false where nobody of the name that has them is there to be asked.
pub(crate) async fn ask(tx: &mut Tx, wish: &Handover) -> Result<bool, attache_db::Error> {
    let there = !wish.from.is_empty() && tx.is_heard_by(&wish.from).await?;
    if there {
        tx.signal(ASKED, &wish.to_string()).await?;
    }
    Ok(there)
}

impl Core {
    /// Hears what the other nodes say and heeds it, until the database is closed or this is dropped. A server does this
    /// for as long as it answers requests. Without it everything is as right, and slower to be noticed.
    pub async fn listen(&self) {
        let mut signals = self.0.db.signals(&self.0.node.to_string());
        while let Some(signal) = signals.next().await {
            match signal {
                Signal::Message { topic, text } => self.heed(&topic, &text),
                Signal::Regained => self.catch_up(),
                Signal::Lost => {}
            }
        }
    }

    fn heed(&self, topic: &str, text: &str) {
        match (topic, Handover::parse(text)) {
            (TASK, _) => self.wake(),
            (TOKEN, _) => self.0.tokens.forget(),
            (ASKED, Some(wish)) if self.0.node.is(&wish.from) => {
                self.0.undivided.begin(hand_over(self.clone(), wish));
            }
            (GIVEN, Some(made)) if self.0.node.is(&made.to) => self.0.turns.given(made.account, made.upload),
            (KEPT, Some(wish)) if self.0.node.is(&wish.to) => self.0.turns.kept(wish.account, wish.upload),
            // A node of another version may say more than this one knows.
            _ => {}
        }
    }

    /// Looks for everything that may have been said while nothing was heard.
    fn catch_up(&self) {
        self.0.tokens.forget();
        self.wake();
        for (account, upload) in self.0.turns.at_work() {
            let core = self.clone();
            tokio::spawn(async move {
                if core.has_turns(account, upload).await == Some(false) {
                    core.0.turns.call_off(account, upload);
                }
            });
        }
    }

    /// Whether this node has an upload's turns; `None` when that cannot be told.
    async fn has_turns(&self, account: AccountNo, upload: UploadNo) -> Option<bool> {
        let find = tenanted::<Option<crate::table::upload::Row>, _>(move |mut t| {
            Box::pin(async move { crate::table::upload::find(&mut t, upload.into()).await })
        });
        let row = self.read("look whose turn an upload is", account, find).await.ok()?;
        Some(row.is_some_and(|row| self.0.node.is(&row.node)))
    }
}

/// Gives an upload's turns to the node that wants them, after what is at work here has ended or was called off, and what it
/// brought is counted. When it took so long that the other one did not wait, there is nothing to give any more.
async fn hand_over(core: Core, wish: Handover) {
    let (account, upload) = (wish.account, wish.upload);
    let _turn = match wish.after {
        true => finish_first(&core, &wish).await,
        false => core.0.turns.wrest(account, upload).await,
    };
    let give = tenanted::<(), _>(move |mut t| {
        let wish = wish.clone();
        Box::pin(async move {
            if crate::table::upload::move_turns(&mut t, upload, &wish.from, &wish.to).await? {
                t.bare().signal(GIVEN, &wish.to_string()).await?;
            }
            Ok(())
        })
    });
    if let Err(error) = core.write("hand an upload over", account, give).await {
        tracing::warn!(%error, "an upload was not handed over; the node that wants it takes it");
    }
}

/// Waits for what is at work here, which may finish if it gets on, and says meanwhile that this node is at it: the other
/// one cannot tell a slow store from a node that is frozen.
async fn finish_first(core: &Core, wish: &Handover) -> Turn {
    let stall = Limits::seconds(core.limits().upload_stall);
    let mut turn = pin!(core.0.turns.wait(wish.account, wish.upload, stall));
    loop {
        tokio::select! {
            turn = &mut turn => return turn,
            () = tokio::time::sleep(SAY) => {}
        }
        let text = wish.to_string();
        let say = bare::<(), _>(move |tx| {
            let text = text.clone();
            Box::pin(async move { Ok(tx.signal(KEPT, &text).await?) })
        });
        if let Err(error) = core.write_all("say that an upload is worked on", say).await {
            tracing::debug!(%error, "another node was not told that an upload is worked on");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy;

    #[test]
    fn what_is_said_of_a_handover_can_be_read_back() {
        let (from, to) = (entropy::node().to_string(), entropy::node().to_string());
        for after in [false, true] {
            let (from, to) = (from.clone(), to.clone());
            let made = Handover { account: AccountNo(7), upload: UploadNo(42), from, to, after };
            assert_eq!(Handover::parse(&made.to_string()), Some(made));
        }
        for text in ["", "7", "7 42 a", "7 42 a b", "x 42 a b now"] {
            assert_eq!(Handover::parse(text), None, "{text}");
        }
    }
}
