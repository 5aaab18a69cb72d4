//! The grammar of criteria, as a table of values and what they ask for, and what holds for any value.

use super::*;
use proptest::prelude::*;

fn asked(column: Column, value: impl Into<Value>) -> FileTest {
    let value = value.into();
    test(column, &value).unwrap_or_else(|trouble| panic!("{value:?}: {trouble:?}"))
}

fn code(outcome: Outcome<impl std::fmt::Debug>) -> i32 {
    match outcome.unwrap_err() {
        Trouble::Fault(fault) => fault.code,
        other => panic!("{other:?}"),
    }
}

fn span(from: impl Into<Option<i64>>, to: impl Into<Option<i64>>) -> Span {
    Span { from: from.into(), to: to.into() }
}

fn not(test: FileTest) -> FileTest {
    FileTest::Not(Box::new(test))
}

#[test]
fn c18_a_number_may_be_asked_for_as_a_number_or_a_text() {
    for value in [Value::Int(7), "7".into(), " 7 ".into(), "+7".into(), Value::Double(7.0)] {
        assert_eq!(asked(Column::Id, value), FileTest::No(Span::exactly(7)));
    }
    assert_eq!(asked(Column::FileSize, "0"), FileTest::Size(Span::exactly(0)));
    assert_eq!(asked(Column::ContactId, 0), FileTest::Contact(Span::exactly(0)));
    assert_eq!(asked(Column::Id, -1), FileTest::No(Span::exactly(-1)));
}

#[test]
fn a_prefix_asks_for_the_numbers_on_one_side() {
    for (text, wanted) in [
        ("~>~ 7", span(8, None)),
        ("~>=~ 7", span(7, None)),
        ("~<~ 7", span(None, 6)),
        ("~<=~ 7", span(None, 7)),
        ("~>~7", span(8, None)),
        (" ~<=~  -7 ", span(None, -7)),
    ] {
        assert_eq!(asked(Column::Id, text), FileTest::No(wanted), "{text}");
        assert_eq!(asked(Column::FileSize, text), FileTest::Size(wanted), "{text}");
        assert_eq!(asked(Column::ContactId, text), FileTest::Contact(wanted), "{text}");
    }
    assert_eq!(asked(Column::Id, "~<>~7"), not(FileTest::No(Span::exactly(7))));
    assert_eq!(asked(Column::FileName, "~<>~ a.txt"), not(FileTest::TitleMatches(Pattern::exactly("a.txt"))));
}

#[test]
fn a_comparison_beyond_the_last_number_holds_for_nothing() {
    assert_eq!(asked(Column::Id, format!("~>~ {}", i64::MAX)), never());
    assert_eq!(asked(Column::Id, format!("~<~ {}", i64::MIN)), never());
}

#[test]
fn a_percent_sign_is_any_text_in_names_and_among_digits() {
    let pattern = |text| Pattern::new(text, '%');
    assert_eq!(asked(Column::FileName, "%.pdf"), FileTest::TitleMatches(pattern("%.pdf")));
    assert_eq!(asked(Column::FileName, "50%"), FileTest::TitleMatches(pattern("50%")));
    assert_eq!(asked(Column::Extension, "p%"), FileTest::ExtensionMatches(pattern("p%")));
    assert_eq!(asked(Column::Id, "1%"), FileTest::NoMatches(pattern("1%")));
    assert_eq!(asked(Column::FileSize, "%0"), FileTest::SizeMatches(pattern("%0")));
    assert_eq!(asked(Column::ContactId, "%7%"), FileTest::ContactMatches(pattern("%7%")));
    for column in [Column::Id, Column::FileSize, Column::ContactId, Column::Public] {
        assert_eq!(asked(column, "%"), always(), "{column:?}");
        assert_eq!(asked(column, "%%"), always(), "{column:?}");
    }
}

#[test]
fn whether_it_is_public_is_a_number_that_is_1_or_0() {
    for (value, wanted) in [
        (Value::Int(1), FileTest::Public(true)),
        (Value::Int(0), FileTest::Public(false)),
        (Value::Bool(true), FileTest::Public(true)),
        ("1".into(), FileTest::Public(true)),
        ("1%".into(), FileTest::Public(true)),
        ("%0".into(), FileTest::Public(false)),
        ("~<>~ 1".into(), not(FileTest::Public(true))),
        ("~>~ 0".into(), FileTest::Public(true)),
        ("~<=~ 1".into(), always()),
        ("2".into(), never()),
        ("1%1".into(), never()),
        ("~null~".into(), never()),
    ] {
        assert_eq!(asked(Column::Public, value.clone()), wanted, "{value:?}");
    }
}

#[test]
fn nothing_is_in_the_contact_of_a_file_that_has_none_and_in_the_extension_of_a_name_without_a_dot() {
    for value in [Value::Nil, "~null~".into(), " ~NULL~ ".into()] {
        assert_eq!(asked(Column::ContactId, value.clone()), FileTest::Contact(Span::exactly(0)));
        assert_eq!(asked(Column::Extension, value.clone()), FileTest::ExtensionMatches(Pattern::exactly("")));
        for column in [Column::Id, Column::FileName, Column::FileSize] {
            assert_eq!(asked(column, value.clone()), never());
        }
    }
}

#[test]
fn a_text_that_only_looks_like_a_prefix_is_a_text() {
    for text in ["~$draft.doc", "~>", "~=~ 7", "~ >~ 7", "a ~>~ 7"] {
        assert_eq!(asked(Column::FileName, text), FileTest::TitleMatches(Pattern::exactly(text)), "{text}");
    }
}

#[test]
fn a_list_of_up_to_1000_ids_asks_for_each_of_them() {
    let ids = |count| Value::Array((0..count).map(Value::Int).collect());
    assert_eq!(asked(Column::Id, Value::Array(vec![3.into(), "5".into()])), FileTest::NoIn(vec![3, 5]));
    assert_eq!(asked(Column::Id, ids(0)), never());
    let Ok(FileTest::NoIn(all)) = test(Column::Id, &ids(1000)) else { panic!("a thousand are fine") };
    assert_eq!(all.len(), IDS_MAX);
    assert_eq!(code(test(Column::Id, &ids(1001))), 12);
    assert_eq!(code(test(Column::Id, &Value::Array(vec!["1%".into()]))), 12);
    assert_eq!(code(test(Column::ContactId, &ids(1))), 12, "lists are for ids alone");
}

#[test]
fn a_value_that_a_column_cannot_have_is_a_fault() {
    for value in ["", "seven", "1.5", "~>~ many", "~<>~", "9223372036854775808", "~>~ 1%"] {
        assert_eq!(code(test(Column::Id, &value.into())), 12, "{value}");
    }
    assert_eq!(code(test(Column::FileName, &"~>~ m".into())), 12);
    assert_eq!(code(test(Column::FileName, &Value::Struct(Vec::new()))), 12);
    assert_eq!(code(test(Column::FileName, &Value::Bytes(Vec::new()))), 12);
}

#[test]
fn a_struct_asks_for_all_of_its_members_at_once_and_an_empty_one_for_every_row() {
    let members = [("ContactId", Value::Int(7)), ("Extension", "pdf".into())];
    let query = Value::Struct(members.map(|(name, value)| (name.to_owned(), value)).into());
    let wanted = vec![FileTest::Contact(Span::exactly(7)), FileTest::ExtensionMatches(Pattern::exactly("pdf"))];
    assert_eq!(tests(&query).unwrap(), wanted);
    assert_eq!(tests(&Value::Struct(Vec::new())).unwrap(), Vec::new());
    assert_eq!(tests(&Value::Array(Vec::new())).unwrap(), Vec::new());
    assert_eq!(code(tests(&Value::Struct(vec![("contactid".into(), 7.into())]))), 10);
    assert!(matches!(tests(&Value::Array(vec![7.into()])), Err(Trouble::Shape)));
    assert!(matches!(tests(&"".into()), Err(Trouble::Shape)));
}

/// Whether a test holds for a file with this number, for the tests that ask for numbers.
fn holds(test: &FileTest, number: i64) -> bool {
    match test {
        FileTest::No(span) => span.from.is_none_or(|from| from <= number) && span.to.is_none_or(|to| number <= to),
        FileTest::NoIn(numbers) => numbers.contains(&number),
        FileTest::Not(test) => !holds(test, number),
        other => panic!("{other:?} does not ask for a number"),
    }
}

proptest! {
    #[test]
    fn any_comparison_of_numbers_means_what_it_says(a in any::<i64>(), b in any::<i64>(), near in -2i64..3) {
        for number in [a, b.saturating_add(near)] {
            let held = |prefix: &str| holds(&asked(Column::Id, format!("{prefix} {b}")), number);
            prop_assert_eq!(held(""), number == b);
            prop_assert_eq!(held("~<>~"), number != b);
            prop_assert_eq!(held("~>~"), number > b);
            prop_assert_eq!(held("~>=~"), number >= b);
            prop_assert_eq!(held("~<~"), number < b);
            prop_assert_eq!(held("~<=~"), number <= b);
        }
    }

    #[test]
    fn any_text_asks_for_something_or_is_refused_as_a_value(text in "(~(>|>=|<|<=|<>|null)~ ?)?\\PC{0,20}") {
        for column in ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"] {
            let column = Column::parse(column).unwrap();
            if let Err(trouble) = test(column, &text.as_str().into()) {
                prop_assert!(matches!(&trouble, Trouble::Fault(fault) if fault.code == 12), "{:?}", trouble);
            }
        }
    }
}
