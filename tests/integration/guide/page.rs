//! The guide's text: its sections, and the commands in them.

use crate::page::blocks;

/// Commands that stand together, and the machine that they are for where the first line says it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// `on the first node`, without the mark of a comment; empty where the text around says it.
    pub(super) place: String,
    /// The commands.
    pub(super) script: String,
}

/// The whole page.
pub(super) fn text() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).unwrap()
}

/// The commands under a heading, up to the next heading of any level.
pub(super) fn section(heading: &str) -> Vec<Block> {
    let page = text();
    let title = |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_owned());
    let mut fenced = false;
    let mut inside = false;
    let mut found = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        match title(line).filter(|_| !fenced) {
            Some(title) => inside = title == heading,
            None if inside => found.extend([line, "\n"]),
            None => {}
        }
    }
    assert!(!found.is_empty(), "the guide has no section '{heading}'");
    blocks(&found, "sh").into_iter().map(block).collect()
}

fn block(script: String) -> Block {
    let place = script.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default().to_owned();
    Block { place, script }
}

/// The table behind the comment `<!-- name: ... -->`, up to its end: the first cell of each row.
pub(super) fn first_cells(name: &str) -> Vec<String> {
    let page = text();
    let (_, rest) = page.split_once(&format!("<!-- {name}:")).expect("the table is there");
    let (table, _) = rest.split_once("<!-- end -->").expect("the table has an end");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`').map(|(cell, _)| cell.to_owned())).collect()
}
