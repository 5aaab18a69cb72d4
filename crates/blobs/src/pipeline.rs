//! The way from a body to a blocking thread: full blocks through a short queue, and their buffers back.

use tokio::{
    sync::{mpsc, oneshot},
    task::spawn_blocking,
};

use crate::{BLOCK_LEN, Error, intake::Intake};

/// Full blocks that may wait between the network and the disk. With the one being filled and the one being written, an
/// upload holds at most four blocks (1 MiB).
const QUEUED_BLOCKS: usize = 2;

/// What an upload sends to its thread.
enum Sent {
    /// The next bytes.
    Block(Vec<u8>),
    /// All bytes have come. Without it the upload counts as cut.
    End,
}

/// The blocks of an upload, as they come to its thread.
pub(crate) struct Blocks {
    sent: mpsc::Receiver<Sent>,
    spares: mpsc::Sender<Vec<u8>>,
}

impl Blocks {
    /// Gives every block to `take`. True when all have come, false when the upload was cut.
    pub(crate) fn each(mut self, mut take: impl FnMut(&[u8]) -> Result<(), Error>) -> Result<bool, Error> {
        loop {
            match self.sent.blocking_recv() {
                Some(Sent::Block(block)) => {
                    take(&block)?;
                    // Without a taker the block is simply freed.
                    drop(self.spares.try_send(block));
                }
                Some(Sent::End) => return Ok(true),
                None => return Ok(false),
            }
        }
    }
}

/// Sends a body whose first bytes are `first`, at most a block, to `work` on a blocking thread, and gives its answer.
/// `work` answers `None` when the upload was cut. An answer that nobody waits for any more is dropped.
pub(crate) async fn run<T, W>(first: Vec<u8>, intake: &mut Intake, work: W) -> Result<T, Error>
where
    T: Send + 'static,
    W: FnOnce(Blocks) -> Result<Option<T>, Error> + Send + 'static,
{
    let (blocks, sent) = mpsc::channel(QUEUED_BLOCKS);
    let (to_upload, spares) = mpsc::channel(QUEUED_BLOCKS);
    let (reply, answer) = oneshot::channel();
    spawn_blocking(move || {
        if let Some(answer) = work(Blocks { sent, spares: to_upload }).transpose() {
            drop(reply.send(answer));
        }
    });
    let fed = feed(first, intake, blocks, spares).await;
    // Also after a cut the thread is waited for, so that it has cleaned up when the caller hears of it.
    let answer = answer.await;
    fed?;
    answer.unwrap_or_else(|_| Err(thread_lost()))
}

/// Sends a body block by block. `Ok` also when the thread has given up; its answer says why.
async fn feed(
    first: Vec<u8>,
    intake: &mut Intake,
    blocks: mpsc::Sender<Sent>,
    mut spares: mpsc::Receiver<Vec<u8>>,
) -> Result<(), Error> {
    let mut block = first;
    loop {
        intake.fill(&mut block, BLOCK_LEN).await?;
        if block.is_empty() {
            break;
        }
        if blocks.send(Sent::Block(block)).await.is_err() {
            return Ok(());
        }
        block = spares.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK_LEN));
        block.clear();
    }
    drop(blocks.send(Sent::End).await);
    Ok(())
}

fn thread_lost() -> Error {
    Error::Io { op: "finish a blob", source: std::io::Error::other("the thread that wrote it has gone") }
}

#[cfg(test)]
impl Blocks {
    /// The blocks of a body that has come already.
    pub(crate) fn all_of(content: &[u8]) -> Self {
        let (blocks, sent) = mpsc::channel(2);
        blocks.try_send(Sent::Block(content.to_vec())).expect("room for a block");
        blocks.try_send(Sent::End).expect("room for the end");
        Self { sent, spares: mpsc::channel(1).0 }
    }
}
