//! No statement reaches a row of an account without naming the account, but for the few that are listed with a reason.

use crate::census::schema::tenant_tables;
use crate::census::statements::product;
use attache_db::Sql;
use std::collections::BTreeSet;

/// Modules whose tables are looked up before an account is known, or across accounts by the worker.
const OUTSIDE: [&str; 4] = ["account", "token", "task", "key"];

/// Statements that cross accounts, and why they may.
const ACROSS: [(&str, &str); 23] = [
    ("BLOB_DYING", "the sweep removes dead bytes of every account; each is then worked on inside its own"),
    ("BLOB_KNOWN", "the check asks whether bytes on the volume belong to anybody at all"),
    ("BLOB_WALK", "the check reads the blobs of every account"),
    ("DELIVERY_FORGET", "the sweep forgets deliveries that ended long ago"),
    ("DELIVERY_STRANDED", "the sweep finds what nobody sends in every account; each is then worked on inside its own"),
    ("ERASURE_WAITING", "the sweep finds what was erased in every account; each is then looked for inside its own"),
    ("FILE_EXPIRED", "the sweep finds what is over in every account; each is then purged inside its own"),
    ("FILE_UNCLAIMED", "the sweep finds what nobody claimed in every account; each is then worked on inside its own"),
    ("GRANT_ACCOUNT", "the operator names a grant by its id alone"),
    ("GRANT_CLIENT", "a client shows who it is before its account is known"),
    ("GRANT_FORGET", "the sweep forgets grants that ended long ago"),
    ("GRANT_LIST", "the operator's list of all grants"),
    ("ONCE_FORGET", "the sweep forgets keys whose time is over"),
    ("SCRUB_FRESH", "the scrub reads the contents of every account; each is then written down inside its own"),
    ("SCRUB_MARKED", "the metrics tell how many contents of all accounts are damaged"),
    ("SCRUB_OLD", "the scrub reads the contents of every account; each is then written down inside its own"),
    ("SCRUB_WALK", "the operator has the contents of every account read"),
    ("UPLOAD_DUE", "the sweep finds what is over in every account; each is then ended inside its own"),
    ("UPLOAD_FORGET_OLD", "the sweep forgets uploads that were over a day ago"),
    ("UPLOAD_HOLDS", "the check asks whether bytes on the volume belong to any upload"),
    ("VOUCHER_FIND", "a client shows a voucher before its account is known"),
    ("VOUCHER_FORGET", "the sweep forgets vouchers that are over"),
    ("WEBHOOK_BEHIND", "the worker finds events to be sent in every account; each is then put in line inside its own"),
];

#[test]
fn every_statement_of_an_accounts_tables_names_the_account() {
    let tenants = tenant_tables();
    let mut faults = Vec::new();
    for sql in product().into_iter().filter(|sql| is_inside(sql) && !crosses(sql.name)) {
        for text in [sql.sqlite, sql.postgres] {
            faults.extend(unbound(text, &tenants).into_iter().map(|table| format!("{}: {table}", sql.name)));
        }
    }
    assert!(faults.is_empty(), "not bound to account $1:\n{}", faults.join("\n"));
}

#[test]
fn every_exception_is_a_statement_that_needs_it() {
    let tenants = tenant_tables();
    for (name, _) in ACROSS {
        let sql = product().into_iter().find(|sql| sql.name == name);
        let sql = sql.unwrap_or_else(|| panic!("{name} is no statement any more; take it off the list"));
        assert!(!unbound(sql.postgres, &tenants).is_empty(), "{name} names the account by now; take it off the list");
    }
}

#[test]
fn the_rule_finds_a_table_that_is_not_bound() {
    let tenants = tenant_tables();
    let faults = |text: &str| unbound(text, &tenants);
    assert_eq!(faults("SELECT no FROM file WHERE no = $1"), ["file"]);
    assert_eq!(faults("SELECT no FROM file WHERE account_no = $2"), ["file"]);
    assert_eq!(faults("SELECT 1 FROM file f JOIN link l ON l.file_no = f.no WHERE f.account_no = $1"), ["link l"]);
    assert_eq!(faults("SELECT 1 FROM file WHERE account_no = $1 AND no IN (SELECT file_no FROM link)"), ["link"]);
    assert_eq!(faults("DELETE FROM once WHERE key = $2"), ["once"]);
    assert_eq!(faults("UPDATE book SET used_bytes = 0"), ["book"]);
    assert_eq!(faults("INSERT INTO file (no, account_no) VALUES ($1, $2)"), ["file"]);
    assert!(faults("INSERT INTO file (account_no, no) VALUES ($1, $2)").is_empty());
    assert!(faults("SELECT 1 FROM file f WHERE f.account_no = $1 AND f.no = $2").is_empty());
}

fn is_inside(sql: &Sql) -> bool {
    let module = sql.module.rsplit("::").next().unwrap_or_default();
    !OUTSIDE.contains(&module)
}

fn crosses(name: &str) -> bool {
    ACROSS.iter().any(|(across, _)| *across == name)
}

/// The uses of tenant tables in a statement that are not bound to the account, `$1`.
pub(crate) fn unbound(text: &str, tenants: &BTreeSet<String>) -> Vec<String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let flat = words.join(" ");
    let mut plain = 0;
    let mut faults = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        let (before, table) = (pair[0], pair[1]);
        if !tenants.contains(table) || !matches!(before, "FROM" | "JOIN" | "UPDATE" | "INTO") {
            continue;
        }
        if before == "INTO" {
            let bound = flat.contains(&format!("INTO {table} ( account_no ,")) && flat.contains("VALUES ( $1 ,");
            faults.extend((!bound).then(|| table.to_owned()));
            continue;
        }
        match words.get(at + 2).filter(|word| is_alias(word)) {
            Some(alias) if flat.contains(&format!("{alias}.account_no = $1")) => {}
            Some(alias) => faults.push(format!("{table} {alias}")),
            None => {
                // Without an alias the nth use needs the nth unqualified condition.
                plain += 1;
                let bound = flat.matches(" account_no = $1").count();
                faults.extend((bound < plain).then(|| table.to_owned()));
            }
        }
    }
    faults
}

fn is_alias(word: &str) -> bool {
    word.len() <= 2 && word.chars().all(|c| c.is_ascii_lowercase())
}
