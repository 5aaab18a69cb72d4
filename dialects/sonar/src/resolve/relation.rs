//! Filters of files by what they are related to: the user who made them, and their owner.

use super::args::Relation;
use super::condition::{Attributes, Condition, Rule, Shape, Test, Tester, searched};
use super::row;
use super::search::{made_by, owned};
use super::user::Person;
use crate::error::refuse;
use attache_core::{FileTest, Span};
use attache_model::Result;

/// The relation to the user who made a file.
pub(super) const USER: &str = "user";
/// The relation to a file's owner.
const OWNER: &str = "fileable";
/// What owners are searched by from a file's side.
const OWNER_ATTRIBUTES: &Attributes = &[("id", Shape::Number)];

/// The test that the filter at `path` is.
///
/// # Errors
/// `Invalid` for another relation, and for what cannot be searched for in this one.
pub(super) fn test(filter: &Relation, path: &str, users: &[Person]) -> Result<FileTest> {
    match (filter.relation.as_str(), filter.is_empty.unwrap_or(false)) {
        (USER, is_empty) => made(filter, path, users, is_empty),
        (OWNER, true) => Ok(FileTest::Owned(false)),
        (OWNER, false) => owner(filter, path),
        (other, _) => {
            let why = format!("'{}' is no relation of files; known are {USER}, {OWNER}", other.escape_debug());
            Err(refuse(format!("{path}.relation"), why))
        }
    }
}

/// Every file has a user: without a search all of them fit, and where there is to be none, none does.
fn made(filter: &Relation, path: &str, users: &[Person], is_empty: bool) -> Result<FileTest> {
    let words = filter.general_search.as_deref();
    let fitting = row::found(users.to_vec(), &filter.search, &format!("{path}.search"), words)?;
    if is_empty {
        return Ok(FileTest::AnyOf(Vec::new()));
    }
    let asks = filter.search.iter().any(Option::is_some) || words.is_some_and(|words| !words.is_empty());
    Ok(if asks { made_by(&fitting, |_| true) } else { FileTest::AllOf(Vec::new()) })
}

fn owner(filter: &Relation, path: &str) -> Result<FileTest> {
    if filter.general_search.as_ref().is_some_and(|words| !words.is_empty()) {
        let why = "owners have no words to search for; compare their id in integer_fields";
        return Err(refuse(format!("{path}.general_search"), why));
    }
    let search = searched(&Owners, &filter.search, &format!("{path}.search"))?;
    Ok(FileTest::all(vec![FileTest::Owned(true), search]))
}

/// Makes tests on files of conditions on their owners.
struct Owners;

impl Tester for Owners {
    type Test = FileTest;

    fn condition(&self, condition: &Condition) -> Result<FileTest> {
        condition.check(OWNER_ATTRIBUTES)?;
        let test = match &condition.rule {
            Rule::Number(span) => owned(*span),
            Rule::Text { value, partial } => super::search::owner_digits(value, *partial),
            Rule::Set | Rule::Moment(_) | Rule::Flag(_) => owned(Span::default()),
        };
        Ok(if condition.negated { FileTest::Not(Box::new(test)) } else { test })
    }

    fn relation(&self, _: &Relation, path: &str) -> Result<FileTest> {
        Err(refuse(format!("{path}.relation"), "there are no relations to search by here"))
    }
}
