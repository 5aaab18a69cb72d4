//! What a store in a bucket costs beside the same object store used directly, and how much memory large uploads take.
//!
//! `cargo run --release -p attache-blobs --features testing --example bucket`, with `ATTACHE_TEST_S3` and the
//! credentials in the environment as `tests/s3` says them.

#![expect(clippy::print_stdout, reason = "its result is what it prints")]

use std::{
    error::Error,
    future::Future,
    time::{Duration, Instant},
};

use attache_blobs::{Blobs, Body, Cloud, CloudOptions, Expect, Home, InlineLimit, Key, StorageUrl, testing};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};
use object_store::{ObjectStoreExt as _, PutPayload, aws::AmazonS3Builder, path::Path};

type Outcome<T> = Result<T, Box<dyn Error>>;

const MIB: usize = 1024 * 1024;
const ROUNDS: usize = 200;
/// How many are on their way at once in the second half.
const AT_ONCE: usize = 16;
const LARGE: u64 = 256 * MIB as u64;

#[tokio::main]
async fn main() -> Outcome<()> {
    let url = testing::storage("example").ok_or("ATTACHE_TEST_S3 names no object store")?;
    let cloud = Cloud::open(&url, InlineLimit::default(), &CloudOptions::default())?;
    let (store, direct) = (Blobs::from(cloud), direct(&url)?);
    let content = Bytes::from((0..MIB).map(|n| (n * 31 % 251) as u8).collect::<Vec<_>>());
    for at_once in [1, AT_ONCE] {
        let paths: Vec<Path> = (0..ROUNDS).map(|n| Path::from(format!("direct/{at_once}/{n}"))).collect();
        measure("put, directly", at_once, paths.iter().map(|path| put_directly(&direct, path, &content))).await?;
        let keys = measure("put, by us", at_once, (0..ROUNDS).map(|_| put(&store, &content))).await?;
        measure("get, directly", at_once, paths.iter().map(|path| get_directly(&direct, path))).await?;
        measure("get, by us", at_once, keys.iter().map(|key| get(&store, key))).await?;
    }
    let started = Instant::now();
    let block = Bytes::from(vec![7; 64 * 1024]);
    let keys = try_join_all((0..AT_ONCE).map(|_| put_large(&store, &block))).await?;
    println!("{AT_ONCE} puts of {} MiB: {:.1?}, most memory {}", LARGE / MIB as u64, started.elapsed(), most_memory()?);
    for key in keys {
        store.remove(&key).await?;
    }
    Ok(())
}

/// The same bucket by the client library alone, as it comes.
fn direct(url: &StorageUrl) -> Outcome<object_store::aws::AmazonS3> {
    let StorageUrl::Bucket(bucket) = url else { return Err("no bucket".into()) };
    let builder = AmazonS3Builder::from_env().with_bucket_name(&bucket.name).with_region(&bucket.region);
    let builder = builder.with_endpoint(bucket.endpoint.clone().unwrap_or_default()).with_allow_http(true);
    Ok(builder.build()?)
}

/// Runs all of `work`, so many at once, and prints what one of them took.
async fn measure<T, F>(what: &str, at_once: usize, work: impl Iterator<Item = F>) -> Outcome<Vec<T>>
where
    F: Future<Output = Outcome<T>>,
{
    let (wall, cpu) = (Instant::now(), cpu());
    let done: Vec<T> = stream::iter(work).buffered(at_once).try_collect().await?;
    let each = |time: Duration| time / u32::try_from(done.len()).unwrap_or(1);
    println!("{what}, {at_once} at once: {:.2?} of wall, {:.2?} of CPU", each(wall.elapsed()), each(self::cpu() - cpu));
    Ok(done)
}

async fn put_directly(direct: &object_store::aws::AmazonS3, path: &Path, content: &Bytes) -> Outcome<()> {
    direct.put(path, PutPayload::from(content.clone())).await?;
    Ok(())
}

async fn get_directly(direct: &object_store::aws::AmazonS3, path: &Path) -> Outcome<usize> {
    let chunks = direct.get(path).await?.into_stream();
    Ok(chunks.try_fold(0, async |got, chunk| Ok(got + chunk.len())).await?)
}

async fn put(store: &Blobs, content: &Bytes) -> Outcome<Key> {
    key(store.put(Body::from(content.clone()), &Expect::at_most(u64::MAX)).await?.home)
}

async fn get(store: &Blobs, key: &Key) -> Outcome<usize> {
    let chunks = store.read(key, 0..MIB as u64, MIB as u64).await?;
    Ok(chunks.try_fold(0, async |got, chunk| Ok(got + chunk.len())).await?)
}

async fn put_large(store: &Blobs, block: &Bytes) -> Outcome<Key> {
    let blocks = LARGE / block.len() as u64;
    let chunks = stream::iter(0..blocks).map({
        let block = block.clone();
        move |_| Ok(block.clone())
    });
    key(store.put(Body::new(chunks, Some(LARGE)), &Expect::at_most(u64::MAX)).await?.home)
}

fn key(home: Home) -> Outcome<Key> {
    match home {
        Home::Kept(key) => Ok(key),
        Home::Inline(_) => Err("it was handed back".into()),
    }
}

/// The CPU that this process has used, in the kernel too.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn most_memory() -> Outcome<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).ok_or("no VmHWM")?;
    Ok(line.trim_start_matches("VmHWM:").trim().to_owned())
}
