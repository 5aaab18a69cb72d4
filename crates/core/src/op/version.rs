//! A new active version for a file that is there.

use crate::op::blob::Arrival;
use crate::op::reach::cover::is_picture;
use crate::sniff::Facts;
use crate::table::{file, version};
use crate::unit::{Outcome, Tenanted};
use attache_model::{Time, UserNo};

/// Makes staged bytes the newest and active version of `row`'s file, in the row and in the list of versions; the row
/// still has to be saved. Whether the staged bytes are the ones now referred to.
pub(crate) async fn append(
    t: &mut Tenanted<'_>,
    row: &mut file::Row,
    arrival: &Arrival,
    facts: &Facts,
    by: UserNo,
    now: Time,
) -> Outcome<bool> {
    let no = version::last(t, row.file.no).await? + 1;
    let (key, adopted) = arrival.home(t, now).await?;
    let made = arrival.version(no, facts, by, now);
    version::add(t, row.file.no, &made, &key).await?;
    row.file.version = made;
    row.file.versions = no;
    row.file.upload = None;
    row.blob = key;
    Ok(adopted)
}

/// Saves a file that `by` changed; its change time always moves forward.
///
/// # Errors
/// `Retry` when somebody else changed it since it was read.
pub(crate) async fn save(t: &mut Tenanted<'_>, row: &mut file::Row, by: UserNo, now: Time) -> Outcome<()> {
    row.file.updated_by = by;
    // What is no image any more is nobody's picture.
    row.file.cover &= is_picture(&row.file.version);
    let next = Time::from_millis(row.file.updated_at.millis() + 1);
    row.file.updated_at = now.max(next);
    if !file::save(t, row).await? {
        return Err(attache_db::Error::Retry.into());
    }
    row.file.revision += 1;
    Ok(())
}
