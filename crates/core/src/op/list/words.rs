//! What people type into a search box: words that are looked for in names, titles and descriptions.

use super::built::{Built, Own};
use crate::query::Life;
use crate::table::padded;
use crate::unit::{Outcome, Tenanted};
use attache_model::name::fold;

/// Most words that count.
const WORDS_MAX: usize = 8;
/// Up to so many files that have the words are named one by one. Where there are more, every other file or so has them, and
/// a list in any order comes upon enough of them soon.
const FEW: usize = 512;

/// Adds the test that a living file has the words, or another file.
pub(super) async fn words(t: &mut Tenanted<'_>, built: &mut Built, words: &[String]) -> Outcome<()> {
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).take(WORDS_MAX).collect();
    if words.is_empty() {
        return Ok(());
    }
    if built.life == Life::Living && !built.few {
        let found = named(t, &words).await?;
        if found.len() <= FEW {
            built.few = true;
            built.any("no", padded(&found).map(|no| Own::Int(*no)));
            return Ok(());
        }
    }
    let marks: Vec<String> = words.iter().map(|word| built.text(pattern(word))).collect();
    let columns = ["name_key", "title_key", "description_key"].map(|column| all_in(column, &marks));
    built.and(format!("({})", columns.join(" OR ")));
    Ok(())
}

/// The numbers of living files that have the words, found in the indexes of names and titles and among the files with a
/// description; one more than a few where there are many.
async fn named(t: &mut Tenanted<'_>, words: &[&String]) -> Outcome<Vec<i64>> {
    let mut own = Built::default();
    let marks: Vec<String> = words.iter().map(|word| own.text(pattern(word))).collect();
    let places = ["name_key", "title_key", "description_key"].map(|column| {
        // Every key of a name passes this, and it is what leads to the index that has them.
        let there = format!(" AND {column} {} ''", if column == "name_key" { ">=" } else { "<>" });
        let all = all_in(column, &marks);
        format!("SELECT no FROM file WHERE account_no = $1 AND trashed_at = 0{there} AND {all}")
    });
    let text = format!("{} LIMIT {}", places.join(" UNION ALL "), FEW + 1);
    let mut found = t.all(&text, &own.vals(), |rec| rec.int(0)).await?;
    let is_many = found.len() > FEW;
    found.sort_unstable();
    if !is_many {
        found.dedup();
    }
    Ok(found)
}

/// A pattern of folded texts that have a word somewhere. A dot may stand for the tab that keys have before the extension.
fn pattern(word: &str) -> String {
    let escaped = fold(word).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('.', "_");
    format!("%{escaped}%")
}

fn all_in(column: &str, marks: &[String]) -> String {
    let all: Vec<String> = marks.iter().map(|mark| format!("{column} LIKE {mark} ESCAPE '\\'")).collect();
    format!("({})", all.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_pattern_means_itself_in_a_word() {
        assert_eq!(pattern("50%_OFF"), "%50\\%\\_off%");
        assert_eq!(pattern("lease.pdf"), "%lease_pdf%");
    }
}
