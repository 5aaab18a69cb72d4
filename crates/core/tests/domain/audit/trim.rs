//! Old lines go where the operator wants that, and what is left still holds.

use super::{ACCOUNT, put};
use crate::home::Home;
use crate::on_both_engines;
use attache_blobs::{InlineLimit, Memory};
use attache_core::{AuditFinding, Core, Parts};
use attache_model::limits::Limits;
use std::time::Duration;

on_both_engines!(lines_stay_for_ever_by_default, old_lines_go_from_the_beginning_and_the_rest_holds);

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sweep(core: &Core) {
    core.operator().trim_audits().await.unwrap();
}

async fn lines_stay_for_ever_by_default(home: Home) {
    let before = home.audit().await;
    home.clock.advance(DAY * 10_000);
    sweep(&home.core).await;
    assert_eq!(home.audit().await, before);
}

async fn old_lines_go_from_the_beginning_and_the_rest_holds(home: Home) {
    let parts = Parts {
        db: home.db.clone(),
        blobs: Memory::new(InlineLimit::new(1024).unwrap()).into(),
        clock: home.clock.clone(),
        limits: Limits { audit_days: 30, ..Limits::default() },
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    let core = Core::open(parts).await.unwrap();
    let edit = core.edit(&home.owner).unwrap();
    put(&edit, "old.txt").await;
    let old = core.operator().audit_head(ACCOUNT).await.unwrap();
    home.clock.advance(DAY * 20);
    put(&edit, "young.txt").await;
    let young = core.operator().audit_head(ACCOUNT).await.unwrap();

    home.clock.advance(DAY * 10);
    sweep(&core).await;
    assert_eq!(home.audit().await[0].no, 1, "nothing goes before it is a day beyond the limit");
    home.clock.advance(DAY + Duration::from_secs(1));
    sweep(&core).await;
    let left = home.audit().await;
    let told: Vec<_> = left.iter().map(|line| (line.no, line.deed.as_str())).collect();
    assert_eq!(told, [(young.no, "file.created"), (young.no + 1, "audit.trimmed")]);
    assert_eq!(left[1].targets, format!("audit/{}", old.no));

    let report = home.verify(Some(&young)).await;
    assert_eq!((report.found, report.trimmed), (0, old.clone()));
    assert_eq!(home.verify(Some(&old)).await.found, 0, "the last line that went is still known");
    let older = attache_model::audit::AuditHead { no: 1, ..old.clone() };
    assert!(home.verify(Some(&older)).await.noted_is_trimmed);
    let forged = attache_model::audit::AuditHead { digest: young.digest.clone(), ..old.clone() };
    assert_eq!(home.verify(Some(&forged)).await.findings, [AuditFinding::Noted { no: old.no }]);
    home.meddle("DELETE FROM audit WHERE account_no = 1 AND no = (SELECT MIN(no) FROM audit)").await;
    assert_eq!(home.verify(None).await.findings, [AuditFinding::Removed { from: young.no, to: young.no }]);
}
