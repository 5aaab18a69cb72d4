use super::*;
use async_graphql::Value as Const;
use serde_json::json;

fn args(json: Value) -> ListArgs {
    ListArgs::deserialize(json).unwrap()
}

#[test]
fn a_single_value_is_a_list_of_one_at_every_depth() {
    let one = args(json!({
        "search": { "exists": "id", "string_fields": { "attribute": "filename", "search_value": "a", "match": true } },
        "sorter": { "attribute": "id", "direction": "DESC" },
        "aggregation": { "field_name": "filename", "aggregation_function": "COUNT",
            "sub_aggregators": { "field_name": "id", "aggregation_function": "MAX" } },
        "reverse_relation_filters": { "relation": "user", "search": { "unset_fields": "id" } },
    }));
    let search = one.search[0].as_ref().unwrap();
    assert_eq!(search.exists, [Some("id".to_owned())]);
    assert_eq!(search.string_fields.len(), 1);
    assert_eq!(one.sorter[0].as_ref().unwrap().direction, Direction::Desc);
    assert_eq!(one.aggregation[0].as_ref().unwrap().sub_aggregators.len(), 1);
    let relation = one.reverse_relation_filters[0].as_ref().unwrap();
    assert_eq!(relation.search[0].as_ref().unwrap().unset_fields, [Some("id".to_owned())]);
}

#[test]
fn a_null_keeps_its_place_in_a_list_and_says_nothing_elsewhere() {
    let some = args(json!({ "id": null, "search": [null, {}], "sorter": null, "general_search": null }));
    assert!(some.id.is_none() && some.sorter.is_empty() && some.general_search.is_none());
    assert_eq!(some.search.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn whole_numbers_come_as_numbers_and_as_digits() {
    for (value, number) in
        [(json!(61), 61), (json!("61"), 61), (json!(i64::MIN), i64::MIN), (json!("9223372036854775807"), i64::MAX)]
    {
        assert_eq!(Whole::deserialize(value).unwrap(), Whole(number));
    }
    for wrong in [json!(1.5), json!("1.5"), json!("x"), json!(true), json!("9223372036854775808")] {
        assert!(Whole::deserialize(wrong).is_err());
    }
}

#[test]
fn what_a_client_leaves_out_of_a_field_has_its_default() {
    let field: StringField =
        serde_json::from_value(json!({ "attribute": "id", "search_value": "1", "match": false })).unwrap();
    assert_eq!((field.matches, field.partial_matching), (false, None));
    let flag: BooleanField =
        serde_json::from_value(json!({ "attribute": "primary_image", "search_value": true })).unwrap();
    assert_eq!(flag.operator, None);
    let bare: Change<UpdateInput> = serde_json::from_value(json!({})).unwrap();
    assert!(bare.id.is_none() && bare.input.is_none());
}

#[test]
fn moments_have_an_offset() {
    let Moment(at) = Moment::deserialize(json!("2017-01-01T12:33:12+04:00")).unwrap();
    assert_eq!(at.seconds(), 1_483_259_592);
    assert!(Moment::deserialize(json!("2017-01-01T12:33:12")).is_err());
}

#[test]
fn arguments_are_read_as_the_schema_hands_them_on() {
    let value = Const::from_json(json!({ "search_value": "7", "operator": "EQ", "attribute": "id" })).unwrap();
    let field: RangeField<Whole> = serde_json::from_value(value.into_json().unwrap()).unwrap();
    assert_eq!((field.operator, field.search_value), (Operator::Eq, Whole(7)));
}
