//! What a query asks of the rows: each member of its struct names a column and says what has to be in it.
//!
//! | value                              | holds for                                                      |
//! |------------------------------------|----------------------------------------------------------------|
//! | `contract.pdf`, `7`                | exactly this, ignoring case                                    |
//! | `%.pdf`, `1%`                      | `%` is any text, also among the digits of a number             |
//! | `~>~ 7`, `~>=~ 7`, `~<~ 7`, `~<=~ 7` | numbers on that side                                         |
//! | `~<>~ 7`, `~<>~ %.pdf`             | everything that the rest does not hold for                     |
//! | `~null~`                           | nothing is in it: no contact, no extension                     |
//! | a list, for `Id` alone             | each of these ids                                              |

use super::file_box::Column;
use super::trouble::{Outcome, Trouble};
use super::value::Value;
use attache_core::{FileTest, Pattern, Span};
use std::borrow::Cow;

/// Most ids in a list.
pub(super) const IDS_MAX: usize = 1000;
/// Most characters of a client's text in a message.
const SHOWN_CHARS: usize = 60;
/// The character that any text may stand for.
const WILDCARD: char = '%';
/// Says that there is nothing.
const NULL: &str = "~null~";
/// What a value may begin with. The longer ones come first where one is the beginning of another.
const PREFIXES: [(&str, Prefix); 5] = [
    ("~>=~", Prefix::Compare(Side::AtLeast)),
    ("~<=~", Prefix::Compare(Side::AtMost)),
    ("~<>~", Prefix::Differs),
    ("~>~", Prefix::Compare(Side::Above)),
    ("~<~", Prefix::Compare(Side::Below)),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefix {
    Compare(Side),
    Differs,
}

/// Which numbers a comparison holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Side {
    /// The numbers on this side of `number`; `None` for none.
    fn span(self, number: i64) -> Option<Span> {
        let (from, to) = match self {
            Side::Above => (Some(number.checked_add(1)?), None),
            Side::AtLeast => (Some(number), None),
            Side::Below => (None, Some(number.checked_sub(1)?)),
            Side::AtMost => (None, Some(number)),
        };
        Some(Span { from, to })
    }
}

/// What is asked of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Criterion<'v> {
    Null,
    Compare(Side, Cow<'v, str>),
    Differs(Cow<'v, str>),
    Like(Cow<'v, str>),
}

impl<'v> Criterion<'v> {
    fn parse(text: Cow<'v, str>) -> Criterion<'v> {
        if text.trim().eq_ignore_ascii_case(NULL) {
            return Criterion::Null;
        }
        let begun = text.trim_start();
        for (prefix, meaning) in PREFIXES {
            if let Some(rest) = begun.strip_prefix(prefix) {
                let rest = Cow::Owned(rest.trim().to_owned());
                return match meaning {
                    Prefix::Compare(side) => Criterion::Compare(side, rest),
                    Prefix::Differs => Criterion::Differs(rest),
                };
            }
        }
        Criterion::Like(text)
    }
}

/// The tests of a query's struct. All of them are to hold; an empty one asks for every row.
///
/// # Errors
/// Faults for a field that there is not and a value that the field cannot have; [`Trouble::Shape`] for what is no
/// struct.
pub(super) fn tests(query: &Value) -> Outcome<Vec<FileTest>> {
    match query {
        Value::Struct(members) => members.iter().map(|(name, value)| test(Column::parse(name)?, value)).collect(),
        // PHP has one type for both, and its libraries write an empty one as a list.
        Value::Array(items) if items.is_empty() => Ok(Vec::new()),
        _ => Err(Trouble::Shape),
    }
}

/// The test of one column.
///
/// # Errors
/// The fault for a value that the column cannot have.
pub(super) fn test(column: Column, value: &Value) -> Outcome<FileTest> {
    match value {
        Value::Array(ids) if column == Column::Id => id_in(ids),
        Value::Nil => Ok(null(column)),
        value => match value.as_text() {
            Some(text) => meant(column, Criterion::parse(text)),
            None => Err(Trouble::invalid(format_args!(
                "{} is asked for with a text or a number{}",
                column.name(),
                if column == Column::Id { ", or a list of them" } else { "" }
            ))),
        },
    }
}

fn id_in(ids: &[Value]) -> Outcome<FileTest> {
    if ids.len() > IDS_MAX {
        return Err(Trouble::invalid(format_args!("a list of ids has at most {IDS_MAX}; this one has {}", ids.len())));
    }
    let ids = ids.iter().map(|id| id.as_int().ok_or_else(|| Trouble::invalid("a list of ids has whole numbers alone")));
    Ok(FileTest::NoIn(ids.collect::<Outcome<_>>()?))
}

fn meant(column: Column, criterion: Criterion<'_>) -> Outcome<FileTest> {
    match criterion {
        Criterion::Null => Ok(null(column)),
        Criterion::Like(text) => like(column, &text),
        Criterion::Differs(text) => Ok(FileTest::Not(Box::new(like(column, &text)?))),
        Criterion::Compare(side, text) => {
            if matches!(column, Column::FileName | Column::Extension) {
                let why = format_args!("{} is a text; only numbers are greater or less than others", column.name());
                return Err(Trouble::invalid(why));
            }
            Ok(side.span(number(column, &text)?).map_or_else(never, |span| within(column, span)))
        }
    }
}

/// There is nothing in the column.
fn null(column: Column) -> FileTest {
    match column {
        Column::ContactId => FileTest::Contact(Span::exactly(0)),
        Column::Extension => FileTest::ExtensionMatches(Pattern::exactly("")),
        Column::Id | Column::FileName | Column::FileSize | Column::Public => never(),
    }
}

/// The column is this, in which there may be wildcards.
fn like(column: Column, text: &str) -> Outcome<FileTest> {
    match column {
        Column::FileName => return Ok(FileTest::TitleMatches(Pattern::new(text, WILDCARD))),
        Column::Extension => return Ok(FileTest::ExtensionMatches(Pattern::new(text, WILDCARD))),
        Column::Id | Column::FileSize | Column::ContactId | Column::Public => {}
    }
    if !text.contains(WILDCARD) {
        return Ok(within(column, Span::exactly(number(column, text)?)));
    }
    let text = text.trim();
    let digits = text.replace(WILDCARD, "");
    if digits.is_empty() {
        return Ok(always());
    }
    let pattern = Pattern::new(text, WILDCARD);
    Ok(match column {
        Column::Id => FileTest::NoMatches(pattern),
        Column::FileSize => FileTest::SizeMatches(pattern),
        Column::ContactId => FileTest::ContactMatches(pattern),
        Column::Public => public(|flag| flag.to_string() == digits),
        Column::FileName | Column::Extension => never(),
    })
}

/// The number in the column lies in a span.
fn within(column: Column, span: Span) -> FileTest {
    match column {
        Column::Id => FileTest::No(span),
        Column::FileSize => FileTest::Size(span),
        Column::ContactId => FileTest::Contact(span),
        Column::Public => {
            public(|flag| span.from.is_none_or(|from| from <= flag) && span.to.is_none_or(|to| flag <= to))
        }
        Column::FileName | Column::Extension => never(),
    }
}

/// Files whose mark, 1 for public ones and 0 for the others, is a wanted one.
fn public(is_wanted: impl Fn(i64) -> bool) -> FileTest {
    match (is_wanted(0), is_wanted(1)) {
        (true, true) => always(),
        (false, true) => FileTest::Public(true),
        (true, false) => FileTest::Public(false),
        (false, false) => never(),
    }
}

fn number(column: Column, text: &str) -> Outcome<i64> {
    text.trim().parse().map_err(|_| {
        let text: String = text.chars().take(SHOWN_CHARS).collect();
        Trouble::invalid(format_args!("{} is a whole number, and '{}' is none", column.name(), text.escape_debug()))
    })
}

/// Holds for every file.
fn always() -> FileTest {
    FileTest::Not(Box::new(never()))
}

/// Holds for no file.
fn never() -> FileTest {
    FileTest::NoIn(Vec::new())
}

#[cfg(test)]
mod tests;
