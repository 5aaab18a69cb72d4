//! Lets contents grow on a disk store, finishes and removes them, and says what it cost (on Linux):
//! `cargo run --release -p attache-blobs --example pieces -- FOLDER MIB_EACH KIB_PER_PIECE AT_ONCE [sha1]`.

mod measure;

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
    time::{Duration, Instant},
};

use attache_blobs::{Algorithm, Blobs, Body, Disk, Error, Growth, InlineLimit, Piece};
use bytes::Bytes;
use futures_util::{future::try_join_all, stream};
use measure::{cpu_seconds, peak_memory};

const MIB: f64 = 1024.0 * 1024.0;
/// What one read from a connection gives.
const CHUNK_LEN: u64 = 64 * 1024;

struct Plan {
    folder: PathBuf,
    len: u64,
    piece_len: u64,
    at_once: usize,
    digest: Option<Algorithm>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = plan()?;
    let store = Blobs::from(Disk::open(&plan.folder, InlineLimit::default())?);
    let began = Instant::now();
    let grown = try_join_all((0..plan.at_once).map(|_| grow(&store, &plan))).await?;
    let appended = began.elapsed();
    for (growth, _) in &grown {
        store.finish(growth).await?;
    }
    let finished = began.elapsed() - appended;
    let mut pieces: Vec<_> = grown.iter().flat_map(|(_, pieces)| pieces.iter().copied()).collect();
    report(&plan, appended, finished, &mut pieces)?;
    for (growth, _) in grown {
        store.remove(&growth.key).await?;
    }
    Ok(())
}

fn plan() -> Result<Plan, Box<dyn std::error::Error>> {
    let mut args = env::args().skip(1);
    let mut next = || args.next().ok_or("usage: pieces FOLDER MIB_EACH KIB_PER_PIECE AT_ONCE [sha1]");
    Ok(Plan {
        folder: PathBuf::from(next()?),
        len: (next()?.parse::<f64>()? * MIB) as u64,
        piece_len: next()?.parse::<u64>()? * 1024,
        at_once: next()?.parse()?,
        digest: next().is_ok().then_some(Algorithm::Sha1),
    })
}

/// A content of the planned length, and how long each piece took.
async fn grow(store: &Blobs, plan: &Plan) -> Result<(Growth, Vec<Duration>), Error> {
    let mut growth = store.grow()?;
    let mut took = Vec::new();
    while growth.len < plan.len {
        let len = plan.piece_len.min(plan.len - growth.len);
        let piece = Piece { max_len: len, len: Some(len), digest: plan.digest, ..Piece::default() };
        let began = Instant::now();
        growth = store.append(&growth, body(len), &piece).await?.growth;
        took.push(began.elapsed());
    }
    Ok((growth, took))
}

fn body(len: u64) -> Body {
    let sent = (0..len).step_by(CHUNK_LEN as usize).map(move |at| {
        // A fresh buffer for each chunk, as a connection gives it.
        Ok(Bytes::from(vec![at as u8; (len - at).min(CHUNK_LEN) as usize]))
    });
    Body::new(stream::iter(sent), Some(len))
}

fn report(plan: &Plan, appended: Duration, finished: Duration, pieces: &mut [Duration]) -> io::Result<()> {
    pieces.sort_unstable();
    let ms = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let mib = plan.at_once as f64 * plan.len as f64 / MIB;
    writeln!(
        io::stdout(),
        "{:.2} s, {:.0} MiB/s; {} pieces, median {:.1} ms, p99 {:.1} ms; finish {:.1} ms; {:.2} s CPU, peak memory {}",
        appended.as_secs_f64(),
        mib / appended.as_secs_f64(),
        pieces.len(),
        ms(pieces[pieces.len() / 2]),
        ms(pieces[pieces.len() * 99 / 100]),
        ms(finished),
        cpu_seconds()?,
        peak_memory()?
    )
}
