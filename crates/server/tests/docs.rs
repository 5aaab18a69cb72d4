//! The tables in the documentation are those of the code. `UPDATE_DOCS=1` writes them anew.

use attache::setting::table::{SETTINGS, limit_key, variable};
use attache_model::limits::Limits;
use std::path::Path;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");

#[test]
fn the_configuration_page_has_every_setting_and_limit() {
    let page = std::fs::read_to_string(PAGE).expect("docs/configuration.md is there");
    let expected = with_table(&with_table(&page, "settings", &settings()), "limits", &limits());
    let expected = with_table(&expected, "fixed", &fixed());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(Path::new(PAGE), &expected).expect("docs/configuration.md can be written");
    } else {
        assert!(
            page == expected,
            "docs/configuration.md is behind the code: UPDATE_DOCS=1 cargo test -p attache --test docs"
        );
    }
}

fn settings() -> String {
    let mut table = "| name | variable | default | what it says |\n|---|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let variable = variable(setting.name);
        table += &format!("| `{}` | `{variable}` | {default} | {} |\n", setting.name, setting.meaning);
    }
    table
}

fn limits() -> String {
    let mut table = "| name | default | unit | what it bounds |\n|---|---|---|---|\n".to_owned();
    for limit in Limits::TABLE {
        let name = limit_key(limit.name).replace("limits.", "");
        table += &format!("| `{name}` | {} | {} | {} |\n", limit.default, limit.unit, limit.meaning.trim());
    }
    table
}

fn fixed() -> String {
    let mut table = "| name | value | unit | what it bounds |\n|---|---|---|---|\n".to_owned();
    for limit in Limits::FIXED {
        table += &format!("| `{}` | {} | {} | {} |\n", limit.name, limit.default, limit.unit, limit.meaning);
    }
    table
}

/// The page with `table` between the mark of `name` and the next end mark.
fn with_table(page: &str, name: &str, table: &str) -> String {
    let (before, rest) = page.split_once(&format!("<!-- {name}:")).expect("the page has the mark");
    let (mark, rest) = rest.split_once("-->\n").expect("the mark ends");
    let (_, after) = rest.split_once("<!-- end -->").expect("the table ends");
    format!("{before}<!-- {name}:{mark}-->\n{table}<!-- end -->{after}")
}
