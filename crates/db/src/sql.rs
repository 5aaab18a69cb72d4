//! Statements as named constants, and the registry that lets a census walk over all of them.

use std::borrow::Cow;
use std::sync::OnceLock;

/// One statement of the product, the same or split for the two engines. Made by [`sql!`](crate::sql), kept in a static.
#[derive(Debug)]
pub struct Sql {
    /// Name of the static that holds it, for errors and logs.
    pub name: &'static str,
    /// Module that declares it.
    pub module: &'static str,
    /// Text for SQLite, with `$1`, `$2`, ... for its values.
    pub sqlite: &'static str,
    /// Text for PostgreSQL, with the same values.
    pub postgres: &'static str,
    numbered: OnceLock<String>,
}

impl Sql {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, module: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, module, sqlite, postgres, numbered: OnceLock::new() }
    }

    /// Whether the two engines get different text. The product keeps a small budget of these.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.sqlite != self.postgres
    }
}

#[doc(hidden)]
#[linkme::distributed_slice]
pub static STATEMENTS: [&'static Sql];

/// Every statement that any crate of this binary declared with [`sql!`](crate::sql), in no particular order.
#[must_use]
pub fn statements() -> &'static [&'static Sql] {
    &STATEMENTS
}

/// Declares a statement and registers it for the census.
///
/// `sql!(INSERT_FILE, "INSERT INTO file ...");` is one text for both engines,
/// `sql!(CLAIM, sqlite: "...", postgres: "...");` is split. A visibility may stand before the name.
#[macro_export]
macro_rules! sql {
    ($vis:vis $name:ident, sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        $vis static $name: $crate::Sql =
            $crate::Sql::new(stringify!($name), module_path!(), $sqlite, $postgres);
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::STATEMENTS)]
            #[linkme(crate = $crate::linkme)]
            static STATEMENT: &$crate::Sql = &$name;
        };
    };
    ($vis:vis $name:ident, $text:expr $(,)?) => {
        $crate::sql!($vis $name, sqlite: $text, postgres: $text);
    };
}

/// The text of a statement: declared, or built for one search.
#[derive(Debug, Clone, Copy)]
pub enum Text<'a> {
    /// Declared with [`sql!`](crate::sql).
    Fixed(&'static Sql),
    /// Built at run time, with `$1`, `$2`, ... for its values; prepared through a bounded cache.
    Built(&'a str),
}

impl From<&'static Sql> for Text<'_> {
    fn from(sql: &'static Sql) -> Self {
        Self::Fixed(sql)
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::Built(text)
    }
}

impl<'a> From<&'a String> for Text<'a> {
    fn from(text: &'a String) -> Self {
        Self::Built(text)
    }
}

/// How much of a built text an error shows, in characters.
const SHOWN: usize = 60;

impl<'a> Text<'a> {
    /// A short name for errors and logs.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Fixed(sql) => sql.name.to_owned(),
            Self::Built(text) => text.chars().take(SHOWN).collect(),
        }
    }

    /// Tells the log, at its finest level, that this statement runs. Values are never told.
    pub(crate) fn trace(&self) {
        tracing::trace!(target: "attache_db::statement", text = self.postgres(), "runs");
    }

    pub(crate) fn postgres(&self) -> &'a str {
        match self {
            Self::Fixed(sql) => sql.postgres,
            Self::Built(text) => text,
        }
    }

    pub(crate) fn sqlite(&self) -> Cow<'a, str> {
        match self {
            Self::Fixed(sql) => Cow::Borrowed(sql.numbered.get_or_init(|| number(sql.sqlite))),
            Self::Built(text) => Cow::Owned(number(text)),
        }
    }
}

/// Turns `$7` into `?7` outside of quotes. SQLite numbers `$` names by their first appearance, but `?7` by its number.
fn number(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (None, '\'' | '"' | '`') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            _ => {}
        }
        let is_value = quote.is_none() && char == '$' && chars.peek().is_some_and(char::is_ascii_digit);
        numbered.push(if is_value { '?' } else { char });
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn values_keep_their_numbers_in_any_order() {
        assert_eq!(number("SELECT $2, $1, $10"), "SELECT ?2, ?1, ?10");
    }

    #[test]
    fn quoted_text_is_left_alone() {
        let text = "SELECT '$1', \"a$2\", 'it''s $3', $x";
        assert_eq!(number(text), text);
    }
}
