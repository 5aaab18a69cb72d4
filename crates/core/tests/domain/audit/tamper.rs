//! Whoever can write into the database and changes the log is found.

use super::{ACCOUNT, put};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::AuditFinding;
use attache_model::audit::{AuditHead, AuditLine};
use sha2::{Digest as _, Sha256};

on_both_engines!(
    a_change_of_any_column_of_any_line_is_found_and_named,
    a_line_that_is_gone_is_found_wherever_it_stood,
    lines_that_changed_places_are_found,
    a_line_that_was_put_in_is_found,
    a_line_with_a_digest_of_its_own_breaks_the_next_one,
    a_log_that_was_written_anew_is_found_by_a_head_that_was_noted,
    a_log_that_was_cut_off_is_found_by_a_head_that_was_noted,
);

/// Columns, each with another value of it.
const CHANGES: [(&str, &str); 9] = [
    ("at", "at + 1"),
    ("actor_no", "actor_no + 1"),
    ("token", "token || '0'"),
    ("deed", "deed || '0'"),
    ("targets", "targets || ' '"),
    ("outcome", "'refused'"),
    ("times", "times + 1"),
    ("request", "request || '0'"),
    ("digest", "CASE SUBSTR(digest, 1, 1) WHEN '0' THEN '1' ELSE '0' END || SUBSTR(digest, 2)"),
];

async fn some_lines(home: &Home) -> Vec<AuditLine> {
    let edit = home.core.edit(&home.owner).unwrap();
    for no in 0..6 {
        put(&edit, &format!("{no}.txt")).await;
    }
    assert_eq!(home.verify(None).await.found, 0);
    home.audit().await
}

/// Puts a line back as it was.
async fn mend(home: &Home, line: &AuditLine) {
    home.meddle(&format!("DELETE FROM audit WHERE account_no = 1 AND no = {}", line.no)).await;
    let AuditLine { no, at, actor, token, deed, targets, outcome, times, request, digest } = line;
    let text = format!(
        "INSERT INTO audit (account_no, no, at, actor_no, token, deed, targets, outcome, times, request, digest)
         VALUES (1, {no}, {}, {actor}, '{token}', '{deed}', '{targets}', '{outcome}', {times}, '{request}', '{digest}')",
        at.0
    );
    assert_eq!(home.meddle(&text).await, 1);
}

#[expect(clippy::print_stdout, reason = "figures are said where the run's report keeps them")]
async fn a_change_of_any_column_of_any_line_is_found_and_named(home: Home) {
    let lines = some_lines(&home).await;
    let mut found = 0;
    for line in &lines {
        for (column, value) in CHANGES {
            let where_it_is = format!("account_no = 1 AND no = {} AND {column} <> {value}", line.no);
            let changed = home.meddle(&format!("UPDATE audit SET {column} = {value} WHERE {where_it_is}")).await;
            assert_eq!(changed, 1, "{column}");
            let report = home.verify(None).await;
            assert_eq!(report.findings.first(), Some(&AuditFinding::Changed { no: line.no }), "{column}");
            mend(&home, line).await;
            found += 1;
        }
    }
    assert_eq!(home.verify(None).await.found, 0);
    println!(
        "FIGURE audit: {found} single changes of {} lines on {:?}, all found and named",
        lines.len(),
        home.db.engine()
    );
}

async fn a_line_that_is_gone_is_found_wherever_it_stood(home: Home) {
    for line in &some_lines(&home).await {
        assert_eq!(home.meddle(&format!("DELETE FROM audit WHERE account_no = 1 AND no = {}", line.no)).await, 1);
        let no = line.no;
        assert_eq!(home.verify(None).await.findings, [AuditFinding::Removed { from: no, to: no }]);
        mend(&home, line).await;
    }
    home.meddle("DELETE FROM audit WHERE account_no = 1").await;
    let head = home.core.operator().audit_head(ACCOUNT).await.unwrap();
    assert_eq!(home.verify(None).await.findings, [AuditFinding::Removed { from: 1, to: head.no }]);
}

async fn lines_that_changed_places_are_found(home: Home) {
    let lines = some_lines(&home).await;
    for pair in lines.windows(2) {
        let (one, next) = (pair[0].no, pair[1].no);
        for (from, to) in [(one, -1), (next, one), (-1, next)] {
            home.meddle(&format!("UPDATE audit SET no = {to} WHERE account_no = 1 AND no = {from}")).await;
        }
        assert_eq!(home.verify(None).await.findings.first(), Some(&AuditFinding::Changed { no: one }));
        mend(&home, &pair[0]).await;
        mend(&home, &pair[1]).await;
    }
}

async fn a_line_that_was_put_in_is_found(home: Home) {
    let last = some_lines(&home).await.pop().unwrap();
    for no in [last.no + 1, last.no + 7, 0, -5] {
        let mut own = last.clone();
        own.no = no;
        mend(&home, &own).await;
        assert_eq!(home.verify(None).await.findings, [AuditFinding::Inserted { no }]);
        home.meddle(&format!("DELETE FROM audit WHERE account_no = 1 AND no = {no}")).await;
    }
    // Between two others there is room only if those behind it move on.
    for no in [last.no, last.no - 1] {
        home.meddle(&format!("UPDATE audit SET no = {} WHERE account_no = 1 AND no = {no}", no + 1)).await;
    }
    mend(&home, &AuditLine { no: last.no - 1, ..last.clone() }).await;
    let findings = home.verify(None).await.findings;
    assert_eq!(findings.first(), Some(&AuditFinding::Changed { no: last.no - 1 }), "{findings:?}");
    assert_eq!(findings.last(), Some(&AuditFinding::Inserted { no: last.no + 1 }), "{findings:?}");
}

async fn a_line_with_a_digest_of_its_own_breaks_the_next_one(home: Home) {
    let lines = some_lines(&home).await;
    for at in 1..lines.len() {
        let forged = AuditLine { actor: attache_model::UserNo(99), ..lines[at].clone() };
        let forged = AuditLine { digest: digest(&lines[at - 1].digest, &forged), ..forged };
        mend(&home, &forged).await;
        let wanted = match lines.get(at + 1) {
            Some(next) => AuditFinding::Changed { no: next.no },
            None => AuditFinding::Head { no: forged.no },
        };
        assert_eq!(home.verify(None).await.findings, [wanted]);
        mend(&home, &lines[at]).await;
    }
}

async fn a_log_that_was_written_anew_is_found_by_a_head_that_was_noted(home: Home) {
    let lines = some_lines(&home).await;
    let noted = home.core.operator().audit_head(ACCOUNT).await.unwrap();
    let mut before = String::new();
    for line in &lines {
        let forged = AuditLine { actor: attache_model::UserNo(99), ..line.clone() };
        let forged = AuditLine { digest: digest(&before, &forged), ..forged };
        mend(&home, &forged).await;
        before = forged.digest;
    }
    home.meddle(&format!("UPDATE book SET audit_head = '{before}' WHERE account_no = 1")).await;
    assert_eq!(home.verify(None).await.found, 0, "whoever writes all of it anew is not found by the log alone");
    assert_eq!(home.verify(Some(&noted)).await.findings, [AuditFinding::Noted { no: noted.no }]);
}

async fn a_log_that_was_cut_off_is_found_by_a_head_that_was_noted(home: Home) {
    let lines = some_lines(&home).await;
    let noted = home.core.operator().audit_head(ACCOUNT).await.unwrap();
    assert_eq!(home.verify(Some(&noted)).await.found, 0);
    let AuditLine { no, digest, .. } = &lines[lines.len() - 3];
    home.meddle(&format!("DELETE FROM audit WHERE account_no = 1 AND no > {no}")).await;
    home.meddle(&format!("UPDATE book SET audit_no = {no}, audit_head = '{digest}' WHERE account_no = 1")).await;
    assert_eq!(home.verify(None).await.found, 0);
    assert_eq!(home.verify(Some(&noted)).await.findings, [AuditFinding::Noted { no: noted.no }]);
    // What is written after it does not make it good.
    for name in ["x", "y", "z"] {
        put(&home.core.edit(&home.owner).unwrap(), name).await;
    }
    assert_eq!(home.verify(Some(&noted)).await.findings, [AuditFinding::Noted { no: noted.no }]);
    let kept = AuditHead { no: *no, digest: digest.clone() };
    assert_eq!(home.verify(Some(&kept)).await.found, 0);
}

/// The digest of a line of account 1, made here as the documentation says it is made.
fn digest(before: &str, line: &AuditLine) -> String {
    let parts: [&[u8]; 11] = [
        before.as_bytes(),
        &1i64.to_be_bytes(),
        &line.no.to_be_bytes(),
        &line.at.0.to_be_bytes(),
        &line.actor.0.to_be_bytes(),
        line.token.as_bytes(),
        line.deed.as_bytes(),
        line.targets.as_bytes(),
        line.outcome.as_bytes(),
        &line.times.to_be_bytes(),
        line.request.as_bytes(),
    ];
    let mut hash = Sha256::new_with_prefix([1]);
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}
