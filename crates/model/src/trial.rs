//! What must hold of any text that claims to be a name or a path: the suite's own trials and the fuzz target of `fuzz/`
//! ask the same.

use crate::name::{NAME_MAX, Name, PATH_LEVELS_MAX, check, fold, is_misleading, split_path};

/// Whatever `bytes` are, as a name and as a path they are refused or come out safe, and the same when they go in again.
pub fn any_name(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(name) = check(text) {
        safe(&name);
        assert_eq!(check(&name).ok().as_ref(), Some(&name), "checked twice");
        assert_eq!(fold(&fold(&name)), fold(&name), "folded twice: {name:?}");
    }
    if let Ok(name) = Name::parse(text) {
        safe(name.full());
        assert_eq!(Name::stored(name.full().to_owned(), name.ext()), name);
        numbers_leave_the_extension(&name);
    }
    // Any extension may come with a name, and longer ones may be stored.
    let (stem, ext) = text.rsplit_once('.').unwrap_or((text, ""));
    if let Ok(name) = Name::new(stem, ext) {
        safe(name.full());
        numbers_leave_the_extension(&name);
        let ext = name.full().rsplit_once('.').map_or("", |(_, ext)| ext);
        safe(Name::stored(name.full().to_owned(), ext).numbered(u64::MAX).full());
    }
    if let Ok(names) = split_path(text) {
        assert!(names.len() <= PATH_LEVELS_MAX);
        names.iter().for_each(|name| safe(name));
        assert_eq!(split_path(&names.join("/")).ok(), Some(names), "split twice");
    }
}

fn numbers_leave_the_extension(name: &Name) {
    for number in [7, u64::MAX] {
        let numbered = name.numbered(number);
        safe(numbered.full());
        assert_eq!(numbered.ext(), name.ext(), "{name:?}");
    }
}

/// Nothing of it can be read as a way to another place, by a file system, a terminal or a person.
fn safe(name: &str) {
    assert!(!name.is_empty() && name.len() <= NAME_MAX, "{} bytes", name.len());
    assert!(!matches!(name, "." | ".."), "{name:?}");
    assert!(!name.contains(['/', '\\']) && !name.chars().any(|c| c.is_control() || is_misleading(c)), "{name:?}");
}
