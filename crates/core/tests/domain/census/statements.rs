//! Every declared statement is understood by both engines.

use crate::home::Home;
use attache_db::{Sql, statements};
use std::path::Path;

/// Most statements whose text may differ between the engines.
const SPLIT_BUDGET: usize = 10;

/// The product's statements, by name.
pub(crate) fn product() -> Vec<&'static Sql> {
    let mut all: Vec<&'static Sql> =
        statements().iter().copied().filter(|sql| sql.module.starts_with("attache_core")).collect();
    all.sort_by_key(|sql| sql.name);
    all
}

#[test]
fn the_census_sees_every_statement_that_is_declared() {
    let mut declared = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut declared);
    declared.sort();
    let seen: Vec<&str> = product().iter().map(|sql| sql.name).collect();
    assert_eq!(seen, declared);
}

/// Names of the statements that the sources in a folder declare.
fn gather(folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            gather(&entry.path(), names);
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for declared in text.split("sql!(").skip(1) {
            let words = declared.trim_start().trim_start_matches("pub(crate) ");
            names.extend(words.split([',', ' ']).next().filter(|name| is_name(name)).map(str::to_owned));
        }
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn no_two_statements_share_a_name() {
    let names: Vec<&str> = product().iter().map(|sql| sql.name).collect();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn few_statements_differ_between_the_engines() {
    let split: Vec<&str> = product().iter().filter(|sql| sql.is_split()).map(|sql| sql.name).collect();
    assert!(split.len() <= SPLIT_BUDGET, "{} statements are split, {SPLIT_BUDGET} may be: {split:?}", split.len());
}

#[test]
fn both_texts_of_a_split_statement_take_the_same_values() {
    for sql in product() {
        assert_eq!(values_of(sql.sqlite), values_of(sql.postgres), "{}", sql.name);
    }
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let home = Home::sqlite().await;
    for sql in product() {
        let explained = home.ask(&format!("EXPLAIN {}", sql.sqlite), values_of(sql.sqlite), 1).await;
        assert!(explained.is_ok_and(|steps| !steps.is_empty()), "{}", sql.name);
    }
}

#[tokio::test]
async fn postgresql_prepares_every_statement() {
    let Some(home) = Home::postgres().await else { return };
    for sql in product() {
        // The server reads, checks and types a statement when it is prepared, whatever its values.
        let prepared = home.ask(&format!("PREPARE {} AS {}", sql.name, sql.postgres), 0, 0).await;
        assert_eq!(prepared, Ok(Vec::new()), "{}", sql.name);
    }
}

/// How many values a statement takes: its greatest `$n`.
pub(crate) fn values_of(text: &str) -> usize {
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    text.split('$').skip(1).filter_map(number).max().unwrap_or(0)
}
