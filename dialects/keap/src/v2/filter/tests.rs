use super::*;
use proptest::prelude::*;

fn one(filter: &str) -> FileTest {
    let [test] = tests(filter).unwrap().try_into().unwrap();
    test
}

fn refused(filter: &str) -> String {
    tests(filter).unwrap_err().to_string()
}

fn title(text: &str) -> FileTest {
    FileTest::TitleMatches(Pattern::at_ends(text, '*'))
}

#[test]
fn every_field_has_its_test() {
    assert_eq!(one("is_public==true"), FileTest::Public(true));
    assert_eq!(one("contact_id==7"), FileTest::Contact(Span::exactly(7)));
    assert_eq!(one("user_id==3"), FileTest::CreatedBy(vec![UserNo(3)]));
    assert_eq!(one("file_box_type==CONTACT"), FileTest::AudienceIn(vec![Audience::Contact]));
    assert_eq!(one("file_box_type==APPLICATION"), FileTest::AudienceIn(vec![Audience::User, Audience::Company]));
    assert_eq!(one("file_name==*Report.PDF"), title("*Report.PDF"));
    let second = Span { from: Some(1_704_873_600_000_000), to: Some(1_704_873_600_999_999) };
    assert_eq!(one("created_time==2024-01-10T08:00:00Z"), FileTest::Created(second));
    let since = Span { from: Some(1_704_873_600_000_000), to: None };
    assert_eq!(one("updated_time>=2024-01-10T08:00:00Z"), FileTest::Updated(since));
}

#[test]
fn clauses_are_all_to_hold_and_empty_ones_ask_for_nothing() {
    assert_eq!(tests("contact_id==7;file_name==a.txt").unwrap(), [FileTest::Contact(Span::exactly(7)), title("a.txt")]);
    assert_eq!(tests("; contact_id == 7 ;;").unwrap(), [FileTest::Contact(Span::exactly(7))]);
    for nothing in ["", ";", " ; "] {
        assert!(tests(nothing).unwrap().is_empty(), "{nothing:?}");
    }
}

#[test]
fn every_file_is_a_document_and_none_is_of_a_kind_that_is_not_kept_here() {
    assert!(tests("category==DOCUMENTS").unwrap().is_empty());
    for filter in ["category==HIDDEN", "file_box_type==IMAGE", "file_box_type==BRANDING_CENTER_LOGO"] {
        assert_eq!(one(filter), nothing(), "{filter}");
    }
}

#[test]
fn c12_unknown_words_fields_and_comparisons_are_refused() {
    for (filter, why) in [
        ("category==BOGUS", "filter: category must be one of ATTACHMENTS, CART, DOCUMENTS"),
        ("category==documents", "filter: category must be one of"),
        ("file_box_type==BOGUS", "filter: file_box_type must be one of APPLICATION, IMAGE"),
        ("size==7", "filter: 'size' is no field to filter by; there are is_public, contact_id"),
        ("==7", "filter: '' is no field to filter by"),
        ("contact_id=7", "filter: 'contact_id=7' is no clause"),
        ("contact_id!=7", "filter: 'contact_id!=7' is no clause"),
        ("contact_id", "filter: 'contact_id' is no clause"),
        ("contact_id>7", "filter: contact_id can only be compared with =="),
        ("file_name>=a", "filter: file_name can only be compared with =="),
        ("contact_id==seven", "filter: contact_id must be a whole number"),
        ("contact_id==", "filter: contact_id must be a whole number"),
        ("user_id==1.5", "filter: user_id must be a whole number"),
        ("is_public==maybe", "is_public: is_public must be true or false"),
        ("created_time==yesterday", "filter: created_time must be an ISO 8601 time"),
    ] {
        assert!(refused(filter).starts_with(why), "{filter}: {}", refused(filter));
    }
}

#[test]
fn c02_a_number_that_no_contact_has_finds_nothing() {
    for filter in ["contact_id==0", "contact_id==-7", "contact_id==2147483648", "user_id==99999999999999999999"] {
        assert_eq!(one(filter), nothing(), "{filter}");
    }
}

#[test]
fn c12_a_filter_that_was_encoded_twice_is_decoded_once_more() {
    assert_eq!(
        tests("contact_id%3D%3D7%3Bfile_name%3D%3Da%20b%2B.txt").unwrap(),
        [FileTest::Contact(Span::exactly(7)), title("a b+.txt")]
    );
    assert_eq!(one("contact_id%3d%3d7"), FileTest::Contact(Span::exactly(7)));
    assert_eq!(one("file_name%3D%3Da+b.txt"), title("a b.txt"));
    assert_eq!(
        one("created_time%3E2024-01-10T08%3A00%3A00Z"),
        FileTest::Created(Span { from: Some(1_704_873_601_000_000), to: None })
    );
    assert!(refused("file_name%3D%3D%ff").starts_with("filter: the percent-encoded bytes"));
}

#[test]
fn c12_a_filter_that_was_encoded_once_keeps_the_percent_signs_of_its_values() {
    assert_eq!(one("file_name==100%25.txt"), title("100%25.txt"));
    assert_eq!(one("file_name==a%3D%3Db.txt"), title("a%3D%3Db.txt"));
}

#[test]
fn a_name_that_no_file_can_have_finds_nothing() {
    assert_eq!(one("file_name==a\0b"), nothing());
}

#[test]
fn the_most_clauses_of_a_filter_are_32() {
    assert_eq!(tests(&"is_public==1;".repeat(CLAUSES_MAX)).unwrap().len(), CLAUSES_MAX);
    assert!(refused(&"is_public==1;".repeat(CLAUSES_MAX + 1)).contains("at most 32 clauses"));
}

proptest! {
    #[test]
    fn no_text_is_more_than_a_filter_or_a_refusal(text in ".*") {
        let _ = tests(&text);
    }

    #[test]
    fn no_value_of_any_field_is_more_than_a_clause_or_a_refusal(
        field in "is_public|contact_id|user_id|category|file_box_type|file_name|created_time|updated_time",
        sign in "==|>=|<=|>|<|%3D%3D|%3E",
        value in "[-+0-9TZ:. %*A-Za-z\u{0}-\u{20}\u{e4}\u{20ac}]{0,24}",
    ) {
        let _ = tests(&format!("{field}{sign}{value}"));
    }
}
