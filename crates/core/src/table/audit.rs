//! The audit log's lines, and their chain's ends in the book.

use crate::table::event;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Sql, Val, sql};
use attache_model::audit::{AuditHead, AuditLine};
use attache_model::event::Event;
use attache_model::{Time, UserNo};

sql!(
    AUDIT_ADD,
    "INSERT INTO audit (account_no, no, at, actor_no, token, deed, targets, outcome, times, request, digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);
sql!(
    AUDIT_AFTER,
    "SELECT no, at, actor_no, token, deed, targets, outcome, times, request, digest FROM audit
     WHERE account_no = $1 AND no > $2 ORDER BY no LIMIT $3"
);
sql!(AUDIT_TRIM, "DELETE FROM audit WHERE account_no = $1 AND no <= $2");
sql!(
    BOOK_AUDIT_NEXT,
    "UPDATE book SET audit_no = audit_no + 1 WHERE account_no = $1 RETURNING audit_no - 1, audit_head"
);
sql!(BOOK_AUDIT_HEAD, "UPDATE book SET audit_head = $2 WHERE account_no = $1");
sql!(BOOK_AUDIT_ENDS, "SELECT audit_no, audit_head, trimmed_no, trimmed_head FROM book WHERE account_no = $1");
sql!(BOOK_AUDIT_TRIM, "UPDATE book SET trimmed_no = $2, trimmed_head = $3 WHERE account_no = $1");

/// Both ends of an account's chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    /// The last line.
    pub(crate) head: AuditHead,
    /// The last line that was taken from the beginning.
    pub(crate) trimmed: AuditHead,
}

/// Takes the next number of the account's chain and holds the chain until the commit; the head before it.
pub(crate) async fn next(t: &mut Tenanted<'_>) -> Outcome<Option<AuditHead>> {
    t.one(&BOOK_AUDIT_NEXT, &[], |rec| Ok(AuditHead { no: rec.int(0)?, digest: rec.text(1)? })).await
}

/// Keeps a line whose number was taken, as the head of its chain, with the events of its change. One round trip where the
/// engine can.
pub(crate) async fn add(t: &mut Tenanted<'_>, line: &AuditLine, events: &[Event]) -> Outcome<()> {
    let events: Vec<[Val<'_>; 7]> = events.iter().map(event::values).collect();
    let own = vals![
        line.no,
        line.at.0,
        line.actor.0,
        &line.token,
        &line.deed,
        &line.targets,
        &line.outcome,
        line.times,
        &line.request,
        &line.digest,
    ];
    let head = vals![&line.digest];
    let mut items: Vec<(&'static Sql, &[Val<'_>])> = events.iter().map(|vals| (&event::EVENT_ADD, &vals[..])).collect();
    items.push((&AUDIT_ADD, own));
    items.push((&BOOK_AUDIT_HEAD, head));
    t.batch(&items).await
}

/// The lines after a number, in order.
pub(crate) async fn after(t: &mut Tenanted<'_>, after: i64, limit: u32) -> Outcome<Vec<AuditLine>> {
    t.all(&AUDIT_AFTER, vals![after, limit], read).await
}

/// Both ends of the chain; none of an account that has no book.
pub(crate) async fn ends(t: &mut Tenanted<'_>) -> Outcome<Option<Ends>> {
    t.one(&BOOK_AUDIT_ENDS, &[], |rec| {
        Ok(Ends {
            head: AuditHead { no: rec.int(0)?, digest: rec.text(1)? },
            trimmed: AuditHead { no: rec.int(2)?, digest: rec.text(3)? },
        })
    })
    .await
}

/// Takes the lines up to `last` from the beginning, and remembers that one's digest.
pub(crate) async fn trim(t: &mut Tenanted<'_>, last: &AuditHead) -> Outcome<u64> {
    t.run(&BOOK_AUDIT_TRIM, vals![last.no, &last.digest]).await?;
    t.run(&AUDIT_TRIM, vals![last.no]).await
}

fn read(rec: &Rec<'_>) -> Result<AuditLine, attache_db::Error> {
    Ok(AuditLine {
        no: rec.int(0)?,
        at: Time(rec.int(1)?),
        actor: UserNo(rec.int(2)?),
        token: rec.text(3)?,
        deed: rec.text(4)?,
        targets: rec.text(5)?,
        outcome: rec.text(6)?,
        times: rec.int(7)?,
        request: rec.text(8)?,
        digest: rec.text(9)?,
    })
}
