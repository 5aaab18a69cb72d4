//! What the migrations say about tables, read from their text.

use std::collections::BTreeSet;

/// Names of the tables whose rows belong to an account.
pub(crate) fn tenant_tables() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for migration in attache_core::migrations() {
        let mut table = String::new();
        for line in migration.text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches(" (").to_owned();
            } else if line.starts_with("account_no ") {
                tables.insert(table.clone());
            }
        }
    }
    tables
}

#[test]
fn every_table_but_the_installations_own_belongs_to_an_account() {
    let all: BTreeSet<String> = attache_core::migrations()
        .iter()
        .flat_map(|migration| migration.text.lines())
        .filter_map(|line| line.strip_prefix("CREATE TABLE ")?.strip_suffix(" (").map(str::to_owned))
        .collect();
    let tenants = tenant_tables();
    let others: Vec<&str> = all.difference(&tenants).map(String::as_str).collect();
    assert_eq!(others, ["account", "chore", "hold", "installation", "moment", "signing_key", "transfer"]);
}
