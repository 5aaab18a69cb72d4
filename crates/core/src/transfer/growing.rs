//! Contents that uploads still bring: their bytes go to the target, where they have a state of their own.

use super::table::Rows;
use super::{Error, Outcome, Report, Step, Watch};
use crate::job::scrub::is_unreadable;
use attache_blobs::{Blobs, Growth, Key, Piece};
use attache_db::{Row, Snapshot};
use std::collections::HashMap;

/// The codes of uploads that have ended begin here.
const ENDED: i64 = 2;

/// Of each upload on its way, by account and number: the state of its bytes in the target; `None` where they could not be
/// had, so that it begins anew.
pub(super) type Grown = HashMap<(i64, i64), Option<Vec<u8>>>;

/// An upload on its way.
#[derive(Clone, Debug)]
struct Open {
    account: i64,
    no: i64,
    growth: Growth,
}

/// Copies the bytes of every upload on its way. `earlier` are the rows of the copy that the target holds already, if it
/// does: that copy stays whole, since what it has of an upload is only added to.
pub(super) async fn copy(
    from: &Blobs,
    rows: &mut Snapshot,
    to: &Blobs,
    earlier: Option<&mut Snapshot>,
    report: &mut Report,
    watch: &Watch<'_>,
) -> Outcome<Grown> {
    watch(Step::Uploads);
    let before: HashMap<Key, Growth> = match earlier {
        Some(earlier) => open(earlier).await?.into_iter().map(|open| (open.growth.key.clone(), open.growth)).collect(),
        None => HashMap::new(),
    };
    let mut grown = Grown::new();
    for open in open(rows).await? {
        let state = one(from, &open.growth, to, before.get(&open.growth.key)).await?;
        report.restarted += u64::from(state.is_none());
        grown.insert((open.account, open.no), state);
    }
    Ok(grown)
}

/// The uploads on their way that have bytes. Their number is bounded: an account may have so many.
async fn open(rows: &mut Snapshot) -> Outcome<Vec<Open>> {
    let mut walk = Rows::of("upload", rows).await?;
    let places = walk.places(["account_no", "no", "state", "received", "blob_key", "digests"])?;
    let mut all = Vec::new();
    loop {
        let some = walk.next(rows).await?;
        if some.is_empty() {
            return Ok(all);
        }
        for row in &some {
            all.extend(read(row, places).ok_or(walk.odd())?);
        }
    }
}

fn read(row: &Row, [account, no, state, received, key, digests]: [usize; 6]) -> Option<Option<Open>> {
    let len = u64::try_from(row[received].int()?).ok()?;
    if row[state].int()? >= ENDED || len == 0 {
        return Some(None);
    }
    let growth = Growth { key: row[key].text()?.parse().ok()?, len, digests: row[digests].bytes()?.to_vec() };
    Some(Some(Open { account: row[account].int()?, no: row[no].int()?, growth }))
}

/// Brings the bytes of one upload to the target; their state there, or `None` when the source does not have them.
async fn one(from: &Blobs, growth: &Growth, to: &Blobs, before: Option<&Growth>) -> Outcome<Option<Vec<u8>>> {
    if let Some(before) = before.filter(|before| before.len <= growth.len)
        && let Ok(Some(state)) = add(from, growth, to, before.clone()).await
    {
        return Ok(Some(state));
    }
    let key = &growth.key;
    to.abandon(key).await.map_err(Error::blobs(format!("begin anew with {key} in the target")))?;
    add(from, growth, to, to.grow_as(key.clone())).await
}

/// Adds what the target does not have yet.
async fn add(from: &Blobs, growth: &Growth, to: &Blobs, there: Growth) -> Outcome<Option<Vec<u8>>> {
    let (key, missing) = (&growth.key, growth.len - there.len);
    if missing == 0 {
        return Ok(Some(there.digests));
    }
    let body = match from.read_growth(growth, there.len..growth.len).await {
        Ok(body) => body,
        Err(attache_blobs::Error::Missing | attache_blobs::Error::Damaged { .. }) => return Ok(None),
        Err(attache_blobs::Error::Io { source, .. }) if is_unreadable(&source) => return Ok(None),
        Err(error) => return Err(Error::blobs(format!("read {key} from the source"))(error)),
    };
    let piece = Piece { max_len: missing, len: Some(missing), ..Piece::default() };
    match to.append(&there, body, &piece).await {
        Ok(grown) => Ok(Some(grown.growth.digests)),
        // The upload went on, and the source cleared away what it had been.
        Err(attache_blobs::Error::Length { .. } | attache_blobs::Error::Cut(_)) => Ok(None),
        Err(error) => Err(Error::blobs(format!("copy {key}"))(error)),
    }
}
