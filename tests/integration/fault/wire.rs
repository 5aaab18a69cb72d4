//! A proxy between a server and PostgreSQL that cuts a connection at a commit: before it, or between it and its answer.
//!
//! It runs in a thread of its own, so that tests may block while a server asks through it.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The commit never gets there.
    Before,
    /// It is done, and its answer never comes.
    After,
}

/// A running proxy.
pub(super) struct Wire {
    address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Plan {
    /// Where to cut, and how many commits of changes go through before.
    next: Option<(Cut, usize)>,
    cuts: usize,
}

impl Plan {
    /// Whether this commit of a change is one to cut at this side.
    fn judge(&mut self, side: Cut) -> bool {
        match &mut self.next {
            Some((cut, before)) if *cut == side => {
                let is_it = *before == 0;
                *before = before.saturating_sub(1);
                if is_it {
                    self.next = None;
                    self.cuts += 1;
                }
                is_it
            }
            _ => false,
        }
    }
}

impl Wire {
    /// Before the server at this host and port.
    pub(super) fn start(database: String) -> Wire {
        let plan = Arc::new(Mutex::new(Plan::default()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        listener.set_nonblocking(true).expect("the listener can be polled");
        let (stop, stopped) = oneshot::channel();
        let shared = plan.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = accept(&listener, &database, &shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Wire { address, plan, stop: Some(stop), thread: Some(thread) }
    }

    /// The host and port where it answers.
    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Cuts once, after so many commits of changes have gone through.
    pub(super) fn cut(&self, cut: Cut, before: usize) {
        lock(&self.plan).next = Some((cut, before));
    }

    /// Cuts no more; how often it has.
    pub(super) fn calm(&self) -> usize {
        let mut plan = lock(&self.plan);
        plan.next = None;
        plan.cuts
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().expect("no connection panicked")
}

/// It ends with its test, and what still hangs on it is cut.
impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there is no reason for a second one.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: &TcpListener, database: &str, plan: &Arc<Mutex<Plan>>) {
    while let Ok((client, _)) = listener.accept().await {
        let (database, plan) = (database.to_owned(), plan.clone());
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(database).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            // Whether the open transaction has changed anything.
            let changed = Arc::new(AtomicBool::new(false));
            // When either way ends, both connections are cut.
            tokio::select! {
                _ = ask(from_client, to_server, &plan, &changed) => {}
                _ = answer(from_server, to_client, &plan, &changed) => {}
            }
        });
    }
}

/// What the server of Attache says.
async fn ask(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, plan: &Mutex<Plan>, changed: &AtomicBool) -> Result<()> {
    // The first message has no type.
    let mut first = vec![0; 4];
    from.read_exact(&mut first).await?;
    let rest = body(&mut from, &first).await?;
    first.extend(rest);
    to.write_all(&first).await?;
    loop {
        let (kind, message) = message(&mut from).await?;
        let is_commit = kind == b'Q' && message[5..].starts_with(b"COMMIT");
        if is_commit && changed.load(Ordering::SeqCst) && lock(plan).judge(Cut::Before) {
            return Ok(());
        }
        to.write_all(&message).await?;
    }
}

/// What PostgreSQL says.
async fn answer(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    plan: &Mutex<Plan>,
    changed: &AtomicBool,
) -> Result<()> {
    loop {
        let (kind, message) = message(&mut from).await?;
        if kind == b'C' {
            let tag = &message[5..];
            if ["INSERT", "UPDATE", "DELETE"].iter().any(|word| tag.starts_with(word.as_bytes())) {
                // The last word counts rows.
                changed.fetch_or(!tag.ends_with(b" 0\0"), Ordering::SeqCst);
            } else if tag.starts_with(b"COMMIT") {
                if changed.swap(false, Ordering::SeqCst) && lock(plan).judge(Cut::After) {
                    return Ok(());
                }
            } else if tag.starts_with(b"ROLLBACK") || tag.starts_with(b"BEGIN") {
                changed.store(false, Ordering::SeqCst);
            }
        }
        to.write_all(&message).await?;
    }
}

/// The next message with its type and length.
async fn message(from: &mut OwnedReadHalf) -> Result<(u8, Vec<u8>)> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message).await?;
    let rest = body(from, &message[1..]).await?;
    message.extend(rest);
    Ok((message[0], message))
}

/// What follows a length, which counts itself.
async fn body(from: &mut OwnedReadHalf, len: &[u8]) -> Result<Vec<u8>> {
    let len = u32::from_be_bytes(len.try_into().map_err(|_| Error::from(ErrorKind::InvalidData))?);
    let mut rest = vec![0; (len as usize).saturating_sub(4)];
    from.read_exact(&mut rest).await?;
    Ok(rest)
}
