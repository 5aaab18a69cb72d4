//! What must hold of any text that files are looked for by: it is a value beside the statement and never part of it.

use super::built::Built;
use super::test::{media_type_test, name_like, term};
use crate::query::{Life, Pattern};

/// Whatever `bytes` are, a search for them has the same statement as one for a plain word of the same kind.
pub fn any_search(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    // These two look at the text: at a dot in a name, and at a star behind a type.
    let plain = if text.contains('.') { "a.b" } else { "ab" };
    let media = if text.ends_with("/*") { "image/*" } else { "image/png" };
    for life in [Life::Living, Life::Trashed, Life::Either] {
        assert_eq!(searched(text, text, life), searched(plain, media, life), "{text:?}");
    }
}

/// The conditions of every kind of search for a text.
fn searched(text: &str, media: &str, life: Life) -> Vec<String> {
    let mut built = Built::default();
    built.only(life);
    built.contains("name_key", text);
    built.like("name_key", &Pattern::new(text, '*'));
    built.digits("size", &Pattern::at_ends(text, '*'));
    built.title(&Pattern::exactly(text));
    built.extension(&Pattern::containing(text));
    name_like(&mut built, text);
    term(&mut built, text);
    media_type_test(&mut built, media);
    built.conditions
}
