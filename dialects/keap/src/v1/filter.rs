//! Which files a list is asked for: the parameters of `GET /files` but for the page.

use super::convert::{APPLICATION, CONTACT};
use attache_core::{FileTest, Pattern, Span};
use attache_http::Query;
use attache_model::error::Code;
use attache_model::{Audience, Error, Result};

/// Every `file_box_type`. Files that come in through an API are of two of them; asking for another one finds nothing.
const TYPES: [&str; 17] = [
    APPLICATION,
    "Image",
    "Fax",
    "Attachment",
    "Ticket",
    CONTACT,
    "DigitalProduct",
    "Import",
    "Hidden",
    "WebForm",
    "StyledCart",
    "ReSampledImage",
    "TemplateThumbnail",
    "Funnel",
    "LogoThumbnail",
    "Unlayer",
    "BrandingCenterLogo",
];

/// The filters that a request names, as they are tested and as its links carry them on.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) tests: Vec<FileTest>,
    pub(super) carried: Vec<(&'static str, String)>,
}

impl Filter {
    /// Reads the filters of a query. Empty and unknown parameters count as not given.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`] for a contact that is no number, or a word that there is not.
    pub(super) fn of(query: &Query) -> Result<Filter> {
        let mut filter = Filter::default();
        let contact = given(query, "contact_id").or_else(|| given(query, "contactId"));
        filter.add("contact_id", contact, |text| Ok(vec![contact_test(text)?]))?;
        filter
            .add("name", given(query, "name"), |text| Ok(vec![FileTest::TitleMatches(Pattern::at_ends(text, '*'))]))?;
        filter.add("viewable", given(query, "viewable"), |text| {
            match word("viewable", text, &["PUBLIC", "PRIVATE", "BOTH"])? {
                "PUBLIC" => Ok(vec![FileTest::Public(true)]),
                "PRIVATE" => Ok(vec![FileTest::Public(false)]),
                _ => Ok(vec![]),
            }
        })?;
        filter.add("permission", given(query, "permission"), |text| {
            match word("permission", text, &["USER", "COMPANY", "BOTH"])? {
                "USER" => Ok(vec![FileTest::AudienceIn(vec![Audience::User, Audience::Contact])]),
                "COMPANY" => Ok(vec![FileTest::AudienceIn(vec![Audience::Company])]),
                _ => Ok(vec![]),
            }
        })?;
        filter.add("type", given(query, "type"), |text| {
            let audiences = match word("type", text, &TYPES)? {
                CONTACT => vec![Audience::Contact],
                APPLICATION => vec![Audience::User, Audience::Company],
                _ => vec![],
            };
            Ok(vec![FileTest::AudienceIn(audiences)])
        })?;
        Ok(filter)
    }

    fn add(
        &mut self,
        name: &'static str,
        text: Option<&str>,
        tests: impl FnOnce(&str) -> Result<Vec<FileTest>>,
    ) -> Result<()> {
        if let Some(text) = text {
            self.tests.extend(tests(text)?);
            self.carried.push((name, text.to_owned()));
        }
        Ok(())
    }
}

/// A parameter that is there and not empty.
pub(super) fn given<'q>(query: &'q Query, name: &str) -> Option<&'q str> {
    query.first(name).filter(|text| !text.is_empty())
}

/// The files of a contact; 0 stands for none.
fn contact_test(text: &str) -> Result<FileTest> {
    match text.trim().parse::<i64>() {
        Ok(id @ 0..=0x7fff_ffff) => Ok(FileTest::Contact(Span::exactly(id))),
        // A contact that nobody can have has no files.
        Ok(1..) => Ok(FileTest::NoIn(vec![])),
        _ => Err(unknown("contact_id", text, "it must be the number of a contact")),
    }
}

/// The one of `words` that `text` is, in any letter case.
fn word(name: &str, text: &str, words: &[&'static str]) -> Result<&'static str> {
    let found = words.iter().find(|word| word.eq_ignore_ascii_case(text.trim()));
    found.copied().ok_or_else(|| unknown(name, text, &format!("it must be one of {}", words.join(", "))))
}

fn unknown(name: &str, text: &str, right: &str) -> Error {
    Error::malformed(Code::ParameterInvalid, name, format!("{name} is '{}'; {right}", text.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(query: &str) -> Result<Vec<FileTest>> {
        Ok(Filter::of(&Query::parse(query).unwrap())?.tests)
    }

    #[test]
    fn nothing_is_filtered_unless_it_is_asked_for() {
        for query in ["", "viewable=BOTH&permission=both", "contact_id=&name=&type=", "fileQueryCommand=x&sort=y"] {
            assert_eq!(tests(query).unwrap(), [], "{query}");
        }
    }

    #[test]
    fn every_filter_becomes_a_test() {
        let pattern = FileTest::TitleMatches(Pattern::at_ends("*a*b*", '*'));
        assert_eq!(tests("name=*a*b*").unwrap(), [pattern]);
        assert_eq!(tests("contact_id=7").unwrap(), [FileTest::Contact(Span::exactly(7))]);
        assert_eq!(tests("contactId=7").unwrap(), [FileTest::Contact(Span::exactly(7))]);
        assert_eq!(tests("contact_id=2147483648").unwrap(), [FileTest::NoIn(vec![])]);
        assert_eq!(tests("viewable=public").unwrap(), [FileTest::Public(true)]);
        assert_eq!(tests("viewable=PRIVATE").unwrap(), [FileTest::Public(false)]);
        assert_eq!(tests("permission=COMPANY").unwrap(), [FileTest::AudienceIn(vec![Audience::Company])]);
        let own = vec![Audience::User, Audience::Contact];
        assert_eq!(tests("permission=USER").unwrap(), [FileTest::AudienceIn(own)]);
        assert_eq!(tests("type=contact").unwrap(), [FileTest::AudienceIn(vec![Audience::Contact])]);
        assert_eq!(tests("type=WebForm").unwrap(), [FileTest::AudienceIn(vec![])]);
    }

    #[test]
    fn c14_what_there_is_not_is_refused_by_name() {
        for (query, field) in [
            ("viewable=ALL", "viewable"),
            ("permission=1", "permission"),
            ("type=WEB_FORM", "type"),
            ("contact_id=-1", "contact_id"),
            ("contactId=seven", "contact_id"),
            ("contact_id=99999999999999999999", "contact_id"),
        ] {
            let Err(Error::Malformed { code: Code::ParameterInvalid, field: at, .. }) = tests(query) else {
                panic!("{query} is refused")
            };
            assert_eq!(at, field);
        }
    }

    #[test]
    fn links_carry_the_filters_on_under_their_names() {
        let filter =
            Filter::of(&Query::parse("type=contact&name=a+b*&contactId=7&access_token=secret").unwrap()).unwrap();
        let carried: Vec<_> = filter.carried.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(carried, [("contact_id", "7"), ("name", "a b*"), ("type", "contact")]);
    }
}
