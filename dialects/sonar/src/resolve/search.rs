//! Which files a list has: its arguments and searches as tests on files.

use super::args::{ListArgs, Mode, Relation};
use super::condition::{Attributes, Condition, Rule, Shape, Test, Tester, bounded, related, searched};
use super::moment;
use super::relation;
use super::user::Person;
use crate::error::refuse;
use crate::fileable;
use attache_core::{FileTest, Pattern, Span};
use attache_model::owner::OWNERS;
use attache_model::{FileId, Result, UserNo};

/// What files are searched by.
pub(super) const ATTRIBUTES: &Attributes = &[
    ("id", Shape::Number),
    ("sonar_unique_id", Shape::Text),
    ("created_at", Shape::Moment),
    ("updated_at", Shape::Moment),
    ("_version", Shape::Text),
    ("description", Shape::Text),
    ("file_size_in_bytes", Shape::Number),
    ("fileable_id", Shape::Number),
    ("fileable_type", Shape::Text),
    ("filename", Shape::Text),
    ("mime_type", Shape::Text),
    ("primary_image", Shape::Flag),
    ("user_id", Shape::Number),
];

/// The tests of a list's arguments, all of which must hold. Those who ask for users by their names, as
/// [`asks_for_users`] says, need to know them all.
///
/// # Errors
/// `Invalid` for an attribute or a relation that there is not, and for too many conditions.
pub(super) fn tests(args: &ListArgs, users: &[Person]) -> Result<Vec<FileTest>> {
    bounded(&args.search, &args.reverse_relation_filters)?;
    let tester = Files { users };
    let mut all = arguments(args);
    all.push(searched(&tester, &args.search, "search")?);
    all.push(related(&tester, &args.reverse_relation_filters, "reverse_relation_filters")?);
    all.extend(words(args, users));
    Ok(match FileTest::all(all) {
        FileTest::AllOf(tests) => tests,
        one => vec![one],
    })
}

/// Whether a list's arguments speak of users by more than their number.
pub(super) fn asks_for_users(args: &ListArgs) -> bool {
    let of_user =
        |filters: &[Option<Relation>]| filters.iter().flatten().any(|filter| filter.relation == relation::USER);
    args.general_search_mode == Some(Mode::RootPlusRelations)
        || of_user(&args.reverse_relation_filters)
        || args.search.iter().flatten().any(|search| {
            of_user(&search.reverse_relation_filters)
                || search.string_fields.iter().flatten().any(|field| field.attribute == "user_id")
        })
}

/// What the arguments that are attributes ask for: the value, letter case aside.
fn arguments(args: &ListArgs) -> Vec<FileTest> {
    let exactly = |text: &String| Pattern::exactly(text);
    let owner = args.fileable_type.as_ref().map(|name| FileTest::OwnerIs { kinds: named(name), id: Span::default() });
    let tests = [
        args.id.map(|id| FileTest::No(Span::exactly(id.0))),
        args.sonar_unique_id.as_ref().map(|id| FileTest::IdIn(id.0.parse().ok().map(FileId).into_iter().collect())),
        args.created_at.map(|at| FileTest::Created(moment::second(at.0))),
        args.updated_at.map(|at| FileTest::Updated(moment::second(at.0))),
        args.version.as_ref().map(exactly).map(FileTest::RevisionMatches),
        args.description.as_ref().map(|text| described(text, false)),
        args.file_size_in_bytes.map(|size| FileTest::Size(Span::exactly(size.0))),
        args.fileable_id.map(|id| owned(Span::exactly(id.0))),
        owner,
        args.filename.as_ref().map(exactly).map(FileTest::TitleMatches),
        args.mime_type.as_ref().map(exactly).map(FileTest::MediaTypeMatches),
        args.primary_image.map(FileTest::Cover),
        args.user_id.map(|user| FileTest::Maker(Span::exactly(user.0))),
    ];
    tests.into_iter().flatten().collect()
}

/// What a general search asks for.
fn words(args: &ListArgs, users: &[Person]) -> Option<FileTest> {
    let words = args.general_search.as_deref().filter(|words| !words.is_empty())?;
    let mut any = vec![
        FileTest::TitleMatches(Pattern::containing(words)),
        FileTest::DescriptionMatches(Pattern::containing(words)),
        FileTest::MediaTypeMatches(Pattern::containing(words)),
    ];
    if args.general_search_mode == Some(Mode::RootPlusRelations) {
        any.push(made_by(users, |user| Rule::fits(words, true, &user.name)));
    }
    Some(FileTest::AnyOf(any))
}

/// Files that one of some users made.
pub(super) fn made_by(users: &[Person], is_one: impl Fn(&Person) -> bool) -> FileTest {
    let numbers: Vec<UserNo> = users.iter().filter(|user| is_one(user)).map(|user| user.no).collect();
    FileTest::CreatedBy(numbers)
}

/// Files with an owner whose number lies in a span.
pub(super) fn owned(id: Span) -> FileTest {
    FileTest::OwnerIs { kinds: OWNERS.to_vec(), id }
}

/// Files whose owner's number has these digits. A whole number is one that an index leads to.
pub(super) fn owner_digits(value: &str, partial: bool) -> FileTest {
    match value.parse::<i64>() {
        _ if partial => FileTest::OwnerIdMatches(Pattern::containing(value)),
        Ok(number) if number.to_string() == value => owned(Span::exactly(number)),
        _ => FileTest::AnyOf(Vec::new()),
    }
}

/// Makes tests on files of conditions.
struct Files<'u> {
    users: &'u [Person],
}

impl Tester for Files<'_> {
    type Test = FileTest;

    fn condition(&self, condition: &Condition) -> Result<FileTest> {
        condition.check(ATTRIBUTES)?;
        let test = self.fitting(condition)?;
        if !condition.negated {
            return Ok(test);
        }
        let not = FileTest::Not(Box::new(test));
        Ok(match (condition.attribute.as_str(), &condition.rule) {
            // What has no owner has none that would fit.
            ("fileable_id" | "fileable_type", rule) if *rule != Rule::Set => {
                FileTest::AnyOf(vec![FileTest::Owned(false), not])
            }
            _ => not,
        })
    }

    fn relation(&self, relation: &Relation, path: &str) -> Result<FileTest> {
        relation::test(relation, path, self.users)
    }
}

impl Files<'_> {
    /// The test that a condition is, were it not negated.
    fn fitting(&self, condition: &Condition) -> Result<FileTest> {
        let rule = &condition.rule;
        Ok(match condition.attribute.as_str() {
            "id" => number(rule, FileTest::No, FileTest::NoMatches),
            "sonar_unique_id" => text(rule, FileTest::IdMatches),
            "created_at" => FileTest::Created(moment_of(condition)?),
            "updated_at" => FileTest::Updated(moment_of(condition)?),
            "_version" => text(rule, FileTest::RevisionMatches),
            "description" => match rule {
                Rule::Text { value, partial } => described(value, *partial),
                _ => FileTest::Described(true),
            },
            "file_size_in_bytes" => number(rule, FileTest::Size, FileTest::SizeMatches),
            "fileable_id" => match rule {
                Rule::Text { value, partial } => owner_digits(value, *partial),
                Rule::Number(span) => owned(*span),
                _ => FileTest::Owned(true),
            },
            "fileable_type" => match rule {
                Rule::Text { value, partial } => {
                    FileTest::OwnerIs { kinds: kinds(value, *partial), id: Span::default() }
                }
                _ => FileTest::Owned(true),
            },
            "filename" => text(rule, FileTest::TitleMatches),
            "mime_type" => text(rule, FileTest::MediaTypeMatches),
            "primary_image" => flag(rule),
            "user_id" => match rule {
                Rule::Text { value, partial } => {
                    made_by(self.users, |user| Rule::fits(value, *partial, &user.no.to_string()))
                }
                rule => number(rule, FileTest::Maker, FileTest::NoMatches),
            },
            other => return Err(refuse(&condition.path, format!("'{other}' is no attribute here"))),
        })
    }
}

/// A test on a number that every file has, or on its digits.
fn number(rule: &Rule, span: fn(Span) -> FileTest, digits: fn(Pattern) -> FileTest) -> FileTest {
    match rule {
        Rule::Number(wanted) => span(*wanted),
        Rule::Text { value, partial } => digits(pattern(value, *partial)),
        Rule::Set | Rule::Moment(_) | Rule::Flag(_) => FileTest::AllOf(Vec::new()),
    }
}

/// A test on a text that every file has.
fn text(rule: &Rule, matches: fn(Pattern) -> FileTest) -> FileTest {
    match rule {
        Rule::Text { value, partial } => matches(pattern(value, *partial)),
        Rule::Set | Rule::Number(_) | Rule::Moment(_) | Rule::Flag(_) => FileTest::AllOf(Vec::new()),
    }
}

fn flag(rule: &Rule) -> FileTest {
    match rule {
        Rule::Flag(wanted) => FileTest::Cover(*wanted),
        Rule::Text { value, partial } => {
            let fits = |cover: &bool| Rule::fits(value, *partial, &cover.to_string());
            FileTest::AnyOf([true, false].into_iter().filter(fits).map(FileTest::Cover).collect())
        }
        Rule::Set | Rule::Number(_) | Rule::Moment(_) => FileTest::AllOf(Vec::new()),
    }
}

/// The moments that a condition is on: those in a span, or those whose text is so.
///
/// # Errors
/// `Invalid` for a part of a text that is not its beginning.
pub(super) fn moment_of(condition: &Condition) -> Result<Span> {
    match &condition.rule {
        Rule::Moment(span) => Ok(*span),
        Rule::Text { value, partial: false } => Ok(moment::second_of(value)),
        Rule::Text { value, partial: true } if value.is_empty() => Ok(Span::default()),
        Rule::Text { value, partial: true } => moment::beginning(value).ok_or_else(|| {
            refuse(
                &condition.path,
                "a part of a time's text must be its beginning, such as 2026-01 or 2026-01-31T12; compare times in datetime_fields",
            )
        }),
        Rule::Set | Rule::Number(_) | Rule::Flag(_) => Ok(Span::default()),
    }
}

/// Files whose description fits; what has none does not.
fn described(value: &str, partial: bool) -> FileTest {
    FileTest::AllOf(vec![FileTest::Described(true), FileTest::DescriptionMatches(pattern(value, partial))])
}

fn pattern(value: &str, partial: bool) -> Pattern {
    if partial { Pattern::containing(value) } else { Pattern::exactly(value) }
}

/// The types of owners with that name.
fn named(name: &str) -> Vec<&'static str> {
    fileable::kind(name).into_iter().collect()
}

/// The types of owners whose name on the wire fits; a former name fits as a whole.
fn kinds(value: &str, partial: bool) -> Vec<&'static str> {
    let former = fileable::kind(value).filter(|_| !partial);
    let shown = |kind: &str| fileable::name(kind).is_some_and(|name| Rule::fits(value, partial, name));
    OWNERS.into_iter().filter(|kind| shown(kind) || former == Some(*kind)).collect()
}

impl Test for FileTest {
    /// Flat, with one test on the owner where there are several, so that an index serves a type and a number.
    fn all(tests: Vec<FileTest>) -> FileTest {
        let mut flat = Vec::with_capacity(tests.len());
        let mut owner: Option<FileTest> = None;
        for test in tests {
            let inner = match test {
                FileTest::AllOf(inner) => inner,
                one => vec![one],
            };
            for test in inner {
                match test {
                    FileTest::OwnerIs { .. } => {
                        owner = Some(owner.map_or_else(|| test.clone(), |other| both(&other, &test)));
                    }
                    other => flat.push(other),
                }
            }
        }
        flat.extend(owner);
        match <[FileTest; 1]>::try_from(flat) {
            Ok([one]) => one,
            Err(several) => FileTest::AllOf(several),
        }
    }

    fn any(tests: Vec<FileTest>) -> FileTest {
        match <[FileTest; 1]>::try_from(tests) {
            Ok([one]) => one,
            Err(several) => FileTest::AnyOf(several),
        }
    }
}

/// One test for two on the owner: its type among those of both, its number in both spans.
fn both(one: &FileTest, other: &FileTest) -> FileTest {
    let (FileTest::OwnerIs { kinds, id }, FileTest::OwnerIs { kinds: more, id: within }) = (one, other) else {
        return FileTest::AllOf(vec![one.clone(), other.clone()]);
    };
    let from = id.from.max(within.from);
    let to = id.to.into_iter().chain(within.to).min();
    let kinds = kinds.iter().copied().filter(|kind| more.contains(kind)).collect();
    FileTest::OwnerIs { kinds, id: Span { from, to } }
}

#[cfg(test)]
mod tests;
