//! Sends contents through a disk store, reads them back, removes them, and says what it cost (on Linux):
//! `cargo run --release -p attache-blobs --example flow -- FOLDER MIB_EACH AT_ONCE [ROUNDS]`.

mod measure;

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
    time::Instant,
};

use attache_blobs::{Blobs, Body, Disk, Error, Expect, Home, InlineLimit, Key};
use bytes::Bytes;
use futures_util::{StreamExt as _, future::try_join_all, stream};
use measure::{cpu_seconds, peak_memory};

const MIB: f64 = 1024.0 * 1024.0;
/// What one read from a connection gives.
const CHUNK_LEN: usize = 64 * 1024;

struct Plan {
    folder: PathBuf,
    len: u64,
    at_once: usize,
    rounds: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = plan()?;
    let store = Blobs::from(Disk::open(&plan.folder, InlineLimit::default())?);
    let mut keys = Vec::new();
    let began = Instant::now();
    for _ in 0..plan.rounds {
        let puts = (0..plan.at_once).map(|_| put(&store, plan.len));
        keys.extend(try_join_all(puts).await?);
    }
    report("put", began, &plan)?;
    let began = Instant::now();
    for keys in keys.chunks(plan.at_once) {
        try_join_all(keys.iter().map(|key| read_all(&store, key, plan.len))).await?;
    }
    report("read", began, &plan)?;
    for key in keys {
        store.remove(&key).await?;
    }
    Ok(())
}

fn plan() -> Result<Plan, Box<dyn std::error::Error>> {
    let mut args = env::args().skip(1);
    let mut next = || args.next().ok_or("usage: flow FOLDER MIB_EACH AT_ONCE [ROUNDS]");
    Ok(Plan {
        folder: PathBuf::from(next()?),
        len: (next()?.parse::<f64>()? * MIB) as u64,
        at_once: next()?.parse()?,
        rounds: next().map_or(Ok(1), |rounds| rounds.parse())?,
    })
}

async fn put(store: &Blobs, len: u64) -> Result<Key, Error> {
    let sent = (0..len).step_by(CHUNK_LEN).map(move |at| {
        let len = (len - at).min(CHUNK_LEN as u64);
        // A fresh buffer for each chunk, as a connection gives it.
        Ok(Bytes::from(vec![at as u8; len as usize]))
    });
    let body = Body::new(stream::iter(sent), Some(len));
    match store.put(body, &Expect::at_most(len)).await?.home {
        Home::Kept(key) => Ok(key),
        Home::Inline(_) => Err(Error::Missing),
    }
}

async fn read_all(store: &Blobs, key: &Key, len: u64) -> Result<(), Error> {
    let mut body = store.read(key, 0..len, len).await?;
    while let Some(block) = body.next().await {
        block.map_err(Error::Cut)?;
    }
    Ok(())
}

fn report(what: &str, began: Instant, plan: &Plan) -> io::Result<()> {
    let seconds = began.elapsed().as_secs_f64();
    let count = (plan.at_once * plan.rounds) as f64;
    let mib = count * plan.len as f64 / MIB;
    writeln!(
        io::stdout(),
        "{what}: {seconds:.2} s, {:.0} MiB/s, {:.0} blobs/s, {:.2} s CPU until now, peak memory {}",
        mib / seconds,
        count / seconds,
        cpu_seconds()?,
        peak_memory()?
    )
}
