use super::*;
use serde_json::json;

fn asks(accept: &[&'static str]) -> bool {
    asks_for_graphql(&accept.iter().map(|text| (ACCEPT, HeaderValue::from_static(text))).collect())
}

#[test]
fn s31_the_type_of_graphql_is_for_those_who_name_it_first() {
    for accept in [
        &["application/graphql-response+json"][..],
        &["application/graphql-response+json, application/json;q=0.9"],
        &["application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"],
        &["text/event-stream", "application/graphql-response+json"],
    ] {
        assert!(asks(accept), "{accept:?}");
    }
    for accept in [
        &[][..],
        &["*/*"],
        &["application/json"],
        &["application/json, application/graphql-response+json"],
        &["application/graphql-response+json;q=0"],
        &["nonsense"],
    ] {
        assert!(!asks(accept), "{accept:?}");
    }
}

/// The errors of an operation as they are shown.
fn shown_errors(errors: Vec<ServerError>) -> serde_json::Value {
    serde_json::to_value(told(Came::from_errors(errors))).unwrap()["errors"].clone()
}

#[test]
fn an_error_without_a_category_is_one_of_the_query() {
    let errors = shown_errors(vec![ServerError::new("Unknown field.", None)]);
    assert_eq!(errors[0]["message"], "Unknown field.");
    assert_eq!(errors[0]["extensions"]["category"], "graphql");
    assert!(errors[0]["extensions"]["request_id"].is_string());
}

#[test]
fn the_category_of_a_resolver_is_kept() {
    let mut error = ServerError::new("There is no such file.", None);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("category", "not_found");
    assert_eq!(shown_errors(vec![error])[0]["extensions"]["category"], "not_found");
}

#[test]
fn a_mistake_of_ours_is_told_without_its_inside() {
    let errors = shown_errors(vec![ServerError::new("internal: \"OwnedAny\" not a Value", None)]);
    assert_eq!(errors[0]["extensions"]["category"], "internal");
    assert!(!errors.to_string().contains("OwnedAny"));
}

#[test]
fn many_errors_are_told_as_a_few_and_a_number() {
    let errors = |count: usize| shown_errors(vec![ServerError::new("a", None); count]);
    assert_eq!(errors(20).as_array().unwrap().len(), 20);
    assert_eq!(errors(23).as_array().unwrap().len(), 21);
    assert_eq!(errors(23)[20]["message"], json!("There are 3 more errors."));
}
