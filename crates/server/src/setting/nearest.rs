//! The known name that somebody may have meant.

/// The name of `known` that is most like `name`, when one is like it at all.
pub(super) fn of<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most_changes = (name.chars().count() / 3).max(2);
    known
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(changes, _)| *changes <= most_changes)
        .map(|(_, candidate)| candidate)
}
