//! Kept contents: each goes to the target under its own key, and its digest is compared on the way.

use super::table::Rows;
use super::{Damage, Error, Outcome, Report, Step, Watch};
use crate::job::scrub::is_unreadable;
use attache_blobs::{Blobs, Error as Trouble, Expect, Key};
use attache_db::{Row, Snapshot};
use attache_model::digest::Sha256;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

/// Contents that are copied at once: enough to keep two stores busy that answer in milliseconds.
const AT_ONCE: usize = 8;
/// The codes of rows that name bytes in the store: `home` and `state`.
const ON_VOLUME: i64 = 1;
const LIVE: i64 = 1;
/// What is said of one whose bytes the source's disk does not give.
const UNREADABLE: &str = "the disk cannot read it";
/// How many there are, and their bytes.
const TOTAL: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blob WHERE home = 1 AND state = 1";

/// A content as its row has it.
struct Content {
    account: i64,
    key: String,
    size: u64,
    sha256: Sha256,
}

/// What became of one.
enum End {
    Copied,
    Kept,
    Damaged(Damage),
}

/// Copies every content that the rows name and that `to` does not have.
pub(super) async fn copy(
    from: &Blobs,
    rows: &mut Snapshot,
    to: &Blobs,
    report: &mut Report,
    watch: &Watch<'_>,
) -> Outcome<()> {
    let (count, bytes) = total(rows).await?;
    watch(Step::Contents { count, bytes });
    let mut walk = Rows::of("blob", rows).await?;
    let places = walk.places(["account_no", "key", "home", "size", "sha256", "state"])?;
    loop {
        let some = walk.next(rows).await?;
        if some.is_empty() {
            return Ok(());
        }
        let some: Option<Vec<Option<Content>>> = some.iter().map(|row| read(row, places)).collect();
        let some = some.ok_or(walk.odd())?.into_iter().flatten();
        let ends = stream::iter(some).map(|content| async move { Ok((one(from, &content, to).await?, content.size)) });
        let mut ends = ends.buffer_unordered(AT_ONCE);
        while let Some((end, size)) = ends.try_next().await? {
            note(end, size, report);
            watch(Step::Content { bytes: size });
        }
    }
}

fn note(end: End, size: u64, report: &mut Report) {
    match end {
        End::Copied => {
            report.copied += 1;
            report.bytes += size;
        }
        End::Kept => report.kept += 1,
        End::Damaged(damage) => report.damaged.push(damage),
    }
}

/// How many contents a place has in its store, and their bytes.
async fn total(rows: &mut Snapshot) -> Outcome<(u64, u64)> {
    let found = rows.ask(TOTAL, &[]).await.map_err(Error::db("count the contents"))?;
    let number = |at: usize| found.first()?.get(at)?.int().and_then(|number| u64::try_from(number).ok());
    number(0).zip(number(1)).ok_or(Error::Row { table: "blob" })
}

/// A row's content, when it is a living one in the store; `None` outside for a row that cannot be read.
fn read(row: &Row, [account, key, home, size, sha256, state]: [usize; 6]) -> Option<Option<Content>> {
    if row[home].int()? != ON_VOLUME || row[state].int()? != LIVE {
        return Some(None);
    }
    Some(Some(Content {
        account: row[account].int()?,
        key: row[key].text()?.to_owned(),
        size: row[size].int()?.try_into().ok()?,
        sha256: Sha256::from_hex(row[sha256].text()?)?,
    }))
}

/// Copies one content. What is in the target under this key was compared when it came there: contents never change.
async fn one(from: &Blobs, content: &Content, to: &Blobs) -> Outcome<End> {
    let Ok(key) = content.key.parse::<Key>() else { return Ok(damaged(content, "its key is none of a store's")) };
    let size = content.size;
    let here = to.len(&key).await.map_err(Error::blobs(format!("look for {key} in the target")))?;
    if here == Some(size) {
        return Ok(End::Kept);
    }
    let body = match from.read(&key, 0..size, size).await {
        Ok(body) => body,
        Err(error @ (Trouble::Missing | Trouble::Damaged { .. })) => return Ok(damaged(content, &error.to_string())),
        Err(Trouble::Io { source, .. }) if is_unreadable(&source) => return Ok(damaged(content, UNREADABLE)),
        Err(error) => return Err(Error::blobs(format!("read {key} from the source"))(error)),
    };
    let expect = Expect { len: Some(size), sha256: Some(content.sha256.0), ..Expect::at_most(size) };
    match to.put_as(&key, body, &expect).await {
        Ok(_) => Ok(End::Copied),
        Err(error @ (Trouble::Checksum { .. } | Trouble::Length { .. })) => Ok(damaged(content, &error.to_string())),
        // What cuts the writing off is the reading.
        Err(Trouble::Cut(source)) if is_unreadable(&source) => Ok(damaged(content, UNREADABLE)),
        Err(error) => Err(Error::blobs(format!("copy {key}"))(error)),
    }
}

fn damaged(content: &Content, why: &str) -> End {
    End::Damaged(Damage { account: content.account, key: content.key.clone(), why: why.to_owned() })
}
