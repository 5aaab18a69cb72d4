//! The grammar of `filter`: clauses between semicolons, such as `contact_id==7;file_name==*.pdf`, all of which hold.

use super::moment::{self, Comparison};
use super::types::{CATEGORY, OF_APPLICATION, OF_CONTACT};
use crate::flag;
use attache_core::{FileTest, Pattern, Span};
use attache_model::error::Code;
use attache_model::{Audience, Error, Result, UserNo};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The parameter that holds it.
const FILTER: &str = "filter";
/// Most clauses of one filter.
const CLAUSES_MAX: usize = 32;
/// What can be asked for.
const FIELDS: &str = "is_public, contact_id, user_id, category, file_box_type, file_name, created_time, updated_time";

/// All categories that Keap knows.
const CATEGORIES: [&str; 9] =
    ["ATTACHMENTS", "CART", CATEGORY, "HIDDEN", "INVOICE", "LOGO", "TICKETS", "WEB_FORM", "FUNNEL"];

/// All types that Keap knows.
const TYPES: [&str; 17] = [
    OF_APPLICATION,
    "IMAGE",
    "FAX",
    "ATTACHMENT",
    "TICKET",
    OF_CONTACT,
    "DIGITAL_PRODUCT",
    "IMPORT",
    "HIDDEN",
    "WEB_FORM",
    "STYLED_CART",
    "RESAMPLED_IMAGE",
    "TEMPLATE_THUMBNAIL",
    "FUNNEL",
    "LOGO_THUMBNAIL",
    "UNLAYER",
    "BRANDING_CENTER_LOGO",
];

/// The tests that a filter asks for; none for an empty one.
///
/// # Errors
/// `ParameterInvalid` for what is no filter: an unknown field or comparison, a value that the field cannot have.
pub(super) fn tests(filter: &str) -> Result<Vec<FileTest>> {
    let decoded = decoded(filter)?;
    let clauses: Vec<&str> = decoded.split(';').map(str::trim).filter(|clause| !clause.is_empty()).collect();
    if clauses.len() > CLAUSES_MAX {
        return Err(fault(format!("a filter has at most {CLAUSES_MAX} clauses")));
    }
    clauses.into_iter().filter_map(|clause| Clause::read(clause).and_then(|clause| clause.test()).transpose()).collect()
}

/// A filter that some client encoded twice, decoded once more: there is no comparison in it, but an encoded one.
fn decoded(filter: &str) -> Result<Cow<'_, str>> {
    let upper = filter.to_ascii_uppercase();
    let bare = !filter.contains(['=', '<', '>']) && ["%3D", "%3C", "%3E"].iter().any(|sign| upper.contains(sign));
    let equals = !filter.contains("==") && upper.contains("%3D%3D");
    if !bare && !equals {
        return Ok(Cow::Borrowed(filter));
    }
    let blanks = filter.replace('+', " ");
    let text = percent_decode_str(&blanks).decode_utf8();
    text.map(|text| Cow::Owned(text.into_owned()))
        .map_err(|_| Error::malformed(Code::Utf8Invalid, FILTER, "the percent-encoded bytes are not UTF-8"))
}

/// One clause, split where its comparison stands.
struct Clause<'c> {
    field: &'c str,
    comparison: Comparison,
    value: &'c str,
}

impl<'c> Clause<'c> {
    fn read(text: &'c str) -> Result<Clause<'c>> {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        let rest = rest.trim_start();
        let found = Comparison::SIGNS.iter().find_map(|(sign, comparison)| {
            rest.strip_prefix(sign).map(|value| Clause { field, comparison: *comparison, value: value.trim() })
        });
        found.ok_or_else(|| {
            let shown = text.chars().take(40).collect::<String>();
            fault(format!("'{}' is no clause; a clause is written field==value", shown.escape_debug()))
        })
    }

    /// The test; `None` where every file passes.
    fn test(&self) -> Result<Option<FileTest>> {
        let test = match self.field {
            "created_time" => self.time(FileTest::Created)?,
            "updated_time" => self.time(FileTest::Updated)?,
            "is_public" => FileTest::Public(flag::parse("is_public", self.equals()?)?),
            "contact_id" => self.contact()?,
            "user_id" => self.number()?.map_or_else(nothing, |user| FileTest::CreatedBy(vec![UserNo(user)])),
            "file_name" => name(self.equals()?),
            "category" => match self.word(&CATEGORIES)? {
                CATEGORY => return Ok(None),
                _ => nothing(),
            },
            "file_box_type" => match self.word(&TYPES)? {
                OF_CONTACT => FileTest::AudienceIn(vec![Audience::Contact]),
                OF_APPLICATION => FileTest::AudienceIn(vec![Audience::User, Audience::Company]),
                _ => nothing(),
            },
            other => return Err(fault(format!("'{other}' is no field to filter by; there are {FIELDS}"))),
        };
        Ok(Some(test))
    }

    /// The value of a field that is compared by `==` alone.
    fn equals(&self) -> Result<&'c str> {
        match self.comparison {
            Comparison::Equal => Ok(self.value),
            _ => Err(fault(format!("{} can only be compared with ==", self.field))),
        }
    }

    fn time(&self, test: fn(Span) -> FileTest) -> Result<FileTest> {
        let wanted = || fault(format!("{} must be an ISO 8601 time such as 2024-01-10T08:00:00Z", self.field));
        let stamp = moment::read(self.value).ok_or_else(wanted)?;
        Ok(self.comparison.span(stamp).map_or_else(nothing, test))
    }

    fn contact(&self) -> Result<FileTest> {
        let contact = self.number()?.filter(|no| i32::try_from(*no).is_ok_and(|no| no > 0));
        Ok(contact.map_or_else(nothing, |no| FileTest::Contact(Span::exactly(no))))
    }

    /// A whole number; `None` for one that is too large for us, which nothing has.
    fn number(&self) -> Result<Option<i64>> {
        let value = self.equals()?;
        let digits = value.strip_prefix('-').unwrap_or(value);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(fault(format!("{} must be a whole number", self.field)));
        }
        Ok(value.parse().ok())
    }

    fn word(&self, words: &[&'static str]) -> Result<&'static str> {
        let value = self.equals()?;
        let known = words.iter().find(|word| **word == value).copied();
        known.ok_or_else(|| fault(format!("{} must be one of {}", self.field, words.join(", "))))
    }
}

/// Files of a name, whatever its letter case; a `*` before and one behind it stand for anything.
fn name(value: &str) -> FileTest {
    // No name has such characters, and no database takes all of them in a question.
    match value.chars().any(char::is_control) {
        true => nothing(),
        false => FileTest::TitleMatches(Pattern::at_ends(value, '*')),
    }
}

fn nothing() -> FileTest {
    FileTest::NoIn(Vec::new())
}

fn fault(why: String) -> Error {
    Error::malformed(Code::ParameterInvalid, FILTER, why)
}

#[cfg(test)]
mod tests;
