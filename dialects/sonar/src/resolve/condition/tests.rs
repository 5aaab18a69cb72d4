use super::*;
use crate::resolve::args::ListArgs;
use serde_json::{Value, json};

const ATTRIBUTES: &Attributes =
    &[("no", Shape::Number), ("name", Shape::Text), ("made", Shape::Moment), ("good", Shape::Flag)];

/// Shows what is asked as text.
struct Shown;

impl Test for String {
    fn all(tests: Vec<String>) -> String {
        tests.into_iter().filter(|test| !test.is_empty()).collect::<Vec<_>>().join(" & ")
    }

    fn any(tests: Vec<String>) -> String {
        tests.into_iter().map(|test| format!("({test})")).collect::<Vec<_>>().join(" | ")
    }
}

impl Tester for Shown {
    type Test = String;

    fn condition(&self, condition: &Condition) -> Result<String> {
        condition.check(ATTRIBUTES)?;
        let not = if condition.negated { "!" } else { "" };
        let rule = match &condition.rule {
            Rule::Text { value, partial } => format!("{}'{value}'", if *partial { "~" } else { "=" }),
            Rule::Number(span) => format!("{:?}..{:?}", span.from, span.to),
            Rule::Moment(span) => format!("@{:?}..{:?}", span.from, span.to),
            Rule::Flag(flag) => flag.to_string(),
            Rule::Set => "set".to_owned(),
        };
        Ok(format!("{not}{} {rule}", condition.attribute))
    }

    fn relation(&self, relation: &Relation, path: &str) -> Result<String> {
        Ok(format!("{} at {path}", relation.relation))
    }
}

fn asked(search: Value) -> Result<String> {
    let args: ListArgs = serde_json::from_value(Value::from_iter([("search", search)])).unwrap();
    searched(&Shown, &args.search, "search")
}

#[test]
fn conditions_of_one_search_all_hold_and_of_several_searches_one() {
    let name = |value: &str, is: bool| json!({ "attribute": "name", "search_value": value, "match": is });
    let both = json!({ "string_fields": [name("a", true), name("b", false)], "exists": "no" });
    assert_eq!(asked(both.clone()).unwrap(), "(name ~'a' & !name ~'b' & no set)");
    assert_eq!(
        asked(json!([both, null, { "unset_fields": ["good", null] }])).unwrap().split(" | ").nth(1),
        Some("(!good set)")
    );
    for nothing in [json!(null), json!([]), json!([null])] {
        assert_eq!(asked(nothing).unwrap(), "");
    }
    assert_eq!(asked(json!({})).unwrap(), "()");
}

#[test]
fn numbers_compare_by_every_operator_whole_or_not() {
    let of = |list: &str, value: Value, operator: &str| {
        let field = json!({ "attribute": "no", "search_value": value, "operator": operator });
        asked(json!({ list: field })).unwrap()
    };
    for (operator, wanted) in [
        ("GTE", "(no Some(5)..None)"),
        ("GT", "(no Some(6)..None)"),
        ("LTE", "(no None..Some(5))"),
        ("LT", "(no None..Some(4))"),
        ("EQ", "(no Some(5)..Some(5))"),
        ("NEQ", "(!no Some(5)..Some(5))"),
    ] {
        assert_eq!(of("integer_fields", json!("5"), operator), wanted);
        assert_eq!(of("float_fields", json!(5.0), operator), wanted);
    }
    assert_eq!(of("float_fields", json!(4.5), "GT"), "(no Some(5)..None)");
    assert_eq!(of("float_fields", json!(4.5), "LTE"), "(no None..Some(4))");
    assert_eq!(of("float_fields", json!(1e300), "LT"), format!("(no None..Some({}))", i64::MAX - 1));
}

#[test]
fn a_flag_without_operator_is_compared_for_equality() {
    let flag = |operator: Value| json!({ "boolean_fields": { "attribute": "good", "search_value": true, "operator": operator } });
    assert_eq!(asked(flag(json!(null))).unwrap(), "(good true)");
    assert_eq!(asked(flag(json!("NEQ"))).unwrap(), "(!good true)");
}

#[test]
fn s17_an_attribute_that_there_is_not_is_named_where_it_stands() {
    let told = asked(json!([{}, { "string_fields": [
        { "attribute": "name", "search_value": "", "match": true },
        { "attribute": "pass\nword", "search_value": "", "match": true },
    ] }]));
    let wanted =
        "search.1.string_fields.1.attribute: 'pass\\nword' is no attribute here; known are no, name, made, good";
    assert_eq!(told.unwrap_err().to_string(), wanted);
}

#[test]
fn an_attribute_of_another_shape_is_told_where_it_is_compared() {
    let wrong = json!({ "integer_fields": { "attribute": "made", "search_value": 1, "operator": "EQ" } });
    let told = asked(wrong).unwrap_err().to_string();
    assert_eq!(told, "search.0.integer_fields.0.attribute: 'made' is compared in datetime_fields");
    for attribute in ["no", "name", "made", "good"] {
        let text = json!({ "string_fields": { "attribute": attribute, "search_value": "1", "match": true } });
        assert!(asked(text).is_ok(), "every attribute has a text");
    }
}

#[test]
fn filters_of_one_group_all_hold_and_of_several_groups_one() {
    let filter = |relation: &str, group: &str| json!({ "relation": relation, "group": group });
    let args = json!({ "reverse_relation_filters": [filter("a", "1"), filter("b", "2"), { "relation": "c" }] });
    let args: ListArgs = serde_json::from_value(args).unwrap();
    let told = related(&Shown, &args.reverse_relation_filters, "f").unwrap();
    assert_eq!(told, "(a at f.0 & c at f.2) | (b at f.1)");
    let inside = asked(json!({ "reverse_relation_filters": filter("a", "1") })).unwrap();
    assert_eq!(inside, "((a at search.0.reverse_relation_filters.0))");
}

#[test]
fn there_are_at_most_so_many_conditions() {
    let of = |count: usize| {
        let one = json!({ "attribute": "no", "search_value": 1, "operator": "EQ" });
        let args = json!({ "search": { "integer_fields": vec![one; count] }, "reverse_relation_filters": { "relation": "a" } });
        let args: ListArgs = serde_json::from_value(args).unwrap();
        bounded(&args.search, &args.reverse_relation_filters)
    };
    assert!(of(CONDITIONS - 2).is_ok());
    assert!(of(CONDITIONS - 1).unwrap_err().to_string().contains("200"));
}
