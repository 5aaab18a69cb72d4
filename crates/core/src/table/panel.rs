//! What the panel of a record shows: the links on the record's tab that its ordinary readers are shown.

use crate::table::link::{self, Below};
use crate::table::{file, link::with_file};
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::sql;
use attache_model::link::{Link, Record};
use attache_model::{FileNo, Time};

// Not what is only in a field (origin 2), and each file by its newest link.
sql!(
    PANEL_PAGE,
    concat!(
        with_file!(),
        " AND l.origin <> 2 AND l.visible = 1 AND NOT EXISTS (SELECT 1 FROM link b
            WHERE b.account_no = $1 AND b.record_type = $2 AND b.record_id = $3 AND b.file_no = l.file_no
              AND b.origin <> 2 AND b.visible = 1 AND b.no > l.no)
          ORDER BY l.no DESC LIMIT $7"
    )
);
sql!(
    PANEL_LINK,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 AND origin <> 2 AND visible = 1
     ORDER BY no DESC LIMIT 1"
);
/// A page of what a panel shows, each file once with its newest link.
pub(crate) async fn page(
    t: &mut Tenanted<'_>,
    record: &Record,
    page: Below,
    now: Time,
) -> Outcome<Vec<(Link, file::Row)>> {
    let vals = vals![record.kind(), record.id(), page.before, now.0, false, page.limit];
    t.all(&PANEL_PAGE, vals, |rec| Ok((link::read(rec)?, file::read_at(rec, 9)?))).await
}

/// The newest link by which a panel shows a file, whatever state the file is in.
pub(crate) async fn link_of(t: &mut Tenanted<'_>, record: &Record, file: FileNo) -> Outcome<Option<Link>> {
    t.one(&PANEL_LINK, vals![record.kind(), record.id(), file.0], link::read).await
}
