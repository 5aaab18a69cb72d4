use super::*;
use crate::graph::operation::Sent;
use serde_json::json;

/// What clients ask first.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// What a query weighs, or the text of why it is refused.
fn weighed(
    query: impl Into<String>,
    variables: serde_json::Value,
    limits: &Limits,
) -> std::result::Result<Weight, String> {
    let sent = Sent { query: query.into(), variables: Variables::from_json(variables), name: None };
    let operation = sent.prepare(limits).map_err(|error| error.message)?;
    operation.weight.check(limits).map_err(|error| error.message)?;
    Ok(operation.weight)
}

fn cost(query: &str) -> f64 {
    weighed(query, json!({}), &Limits::default()).unwrap().cost
}

fn refusal_of(query: impl Into<String>) -> String {
    weighed(query, json!({}), &Limits::default()).unwrap_err()
}

#[test]
fn a_field_costs_one_point_and_a_list_as_much_as_its_rows() {
    assert_eq!(cost("{ me { id name } }"), 3.0);
    assert_eq!(cost("{ files { entities { id filename } } }"), 2.0 + 100.0 * 1.2 / 25.0);
    // What is sent costs a little.
    assert_eq!(cost("{ files(paginator:{page:1 records_per_page:25}) { entities { id filename } } }"), 0.3 + 2.0 + 1.2);
    assert_eq!(cost("{ files { entities { id user { id } } } }"), 2.0 + 100.0 * (1.0 + 0.1 + 1.1) / 25.0);
}

#[test]
fn rows_in_rows_count_in_full() {
    let files = |page: u64| format!("files(paginator:{{page:1 records_per_page:{page}}}) {{ entities {{ id }} }}");
    let nested = |page: u64| format!("{{ accounts {{ entities {{ {} }} }} }}", files(page));
    let two = cost(&nested(100));
    assert!((400.0..500.0).contains(&two), "{two}");
    assert!(refusal_of(nested(1000)).contains("costs"));
    let third = "{ accounts { entities { files { entities { logs { entities { id } } } } } } }";
    assert!(refusal_of(third).contains("costs"));
}

#[test]
fn a_list_of_one_by_its_number_has_one_row() {
    let limits = Limits::default();
    let query = "query($no: Int64Bit) { accounts(id: $no) { entities { files { entities { id } } } } }";
    assert!(weighed(query, json!({ "no": 1 }), &limits).unwrap().cost < 10.0);
    assert!(weighed(query, json!({ "no": null }), &limits).unwrap().cost > 400.0);
    assert!(cost("{ accounts(sonar_unique_id: \"x\") { entities { files { entities { id } } } } }") < 10.0);
}

#[test]
fn a_query_of_the_highest_cost_passes_and_one_point_more_does_not() {
    let limits = Limits { graphql_cost: 3, ..Limits::default() };
    assert!(weighed("{ me { id name } }", json!({}), &limits).is_ok());
    assert!(weighed("{ me { id name role_id } }", json!({}), &limits).unwrap_err().contains("costs 4 points, and 3"));
}

/// Every value of a file.
const ALL: &str = "id sonar_unique_id created_at updated_at _version description file_size_in_bytes fileable_id
    fileable_type filename mime_type primary_image user_id";

/// A list of files with so many rows, as clients ask for it.
fn rows(fields: &str, rows: u64) -> String {
    format!(
        "{{ files(paginator:{{page:1 records_per_page:{rows}}}) {{ entities {{ {fields} }}
         page_info {{ page total_pages total_count records_per_page }} }} }}"
    )
}

#[test]
fn the_largest_page_passes_with_every_value_and_the_owner_of_each_file() {
    let with_owner = format!("{ALL} fileable {{ __typename id ... on Account {{ id _version }} }}");
    for fields in ["id filename", ALL, &with_owner] {
        assert!(cost(&rows(fields, 10_000)) < 2000.0, "{fields}");
    }
    // A page is cut to its limit, and is priced as what it is then.
    assert_eq!(cost(&rows(ALL, 1_000_000)), cost(&rows(ALL, 10_000)));
}

#[test]
fn the_largest_page_with_more_than_that_does_not_pass() {
    let refused = refusal_of(rows(
        "id user { id } fileable { id } logs(paginator:{page:1 records_per_page:1}) { entities { id } }",
        10_000,
    ));
    assert!(refused.starts_with("The query costs 2"), "{refused}");
    assert!(refused.ends_with(
        " points, and 2000 is the most: ask for fewer fields, a smaller records_per_page, or in several requests."
    ));
}

#[test]
fn the_size_of_a_page_is_found_in_variables_and_in_their_defaults() {
    let limits = Limits::default();
    let rows = "{ entities { id filename } }";
    let whole = format!("query($page: Paginator) {{ files(paginator: $page) {rows} }}");
    let page = json!({ "page": { "page": 1, "records_per_page": 1000 } });
    assert_eq!(weighed(&whole, page, &limits).unwrap().cost.floor(), 50.0);
    let member = format!("query($n: Int = 1000) {{ files(paginator: {{page: 1, records_per_page: $n}}) {rows} }}");
    assert_eq!(weighed(&member, json!({}), &limits).unwrap().cost.floor(), 50.0);
    assert_eq!(weighed(&member, json!({ "n": 25 }), &limits).unwrap().cost.floor(), 3.0);
}

#[test]
fn what_is_sent_costs_too() {
    let limits = Limits::default();
    let query = "mutation($in: LinkFileToEntityMutationInput) { linkFileToEntity(input: $in) { id } }";
    let link = |files: usize| {
        let files: Vec<_> = (0..files).map(|id| json!({ "file_id": id })).collect();
        weighed(query, json!({ "in": { "fileable_type": "Account", "fileable_id": 1, "files": files } }), &limits)
    };
    assert_eq!(link(1000).unwrap().cost.floor(), 202.0);
    assert!(link(10_000).unwrap_err().contains("costs"));
}

#[test]
fn the_queries_that_clients_ask_first_pass() {
    let weight = weighed(INTROSPECTION, json!({}), &Limits::default()).unwrap();
    assert!((300.0..1000.0).contains(&weight.cost), "{weight:?}");
    let levels = |graphql_depth| Limits { graphql_depth, ..Limits::default() };
    assert!(weighed(INTROSPECTION, json!({}), &levels(15)).is_ok());
    assert!(weighed(INTROSPECTION, json!({}), &levels(14)).unwrap_err().contains("15 levels deep"));
}

#[test]
fn a_question_about_the_schema_that_yields_much_is_refused() {
    for hostile in [
        "{ __schema { types { possibleTypes { interfaces { possibleTypes { fields { args { name } } } } } } } }",
        "{ __type(name: \"File\") { interfaces { possibleTypes { interfaces { possibleTypes { interfaces {
         possibleTypes { interfaces { possibleTypes { name } } } } } } } } } }",
    ] {
        assert!(refusal_of(hostile).contains("costs"), "{hostile}");
    }
    let names = "name ".repeat(300);
    assert!(refusal_of(format!("{{ __schema {{ types {{ fields {{ args {{ {names} }} }} }} }} }}")).contains("costs"));
}

#[test]
fn depth_is_counted_in_fields_and_fragments_add_none() {
    let deep = |levels: usize| format!("{}{}", "{ a ".repeat(levels), "}".repeat(levels));
    assert!(weighed(deep(15), json!({}), &Limits::default()).is_ok());
    assert_eq!(refusal_of(deep(16)), "The query is 16 levels deep, and 15 is the most.");
    let hidden = format!("{{ ...F }} fragment F on Query {{ ... on Query {} }}", deep(16));
    assert!(refusal_of(hidden).contains("16 levels deep"));
}

#[test]
fn aliases_are_counted_as_often_as_their_fragment_is_used() {
    let renamed = |times: usize| (0..times).map(|no| format!("a{no}: me {{ id }} ")).collect::<String>();
    assert!(weighed(format!("{{ {} }}", renamed(30)), json!({}), &Limits::default()).is_ok());
    assert_eq!(refusal_of(format!("{{ {} }}", renamed(31))), "The query has 31 aliases, and 30 is the most.");
    let twice = format!("{{ ...F ...F }} fragment F on Query {{ {} }}", renamed(16));
    assert!(refusal_of(twice).contains("32 aliases"));
}

#[test]
fn directives_are_counted_at_each_place() {
    let marked = |times: usize| format!("{{ me {} {{ id }} }}", "@include(if: true) ".repeat(times));
    assert!(weighed(marked(10), json!({}), &Limits::default()).is_ok());
    assert_eq!(refusal_of(marked(11)), "There are 11 directives at one place, and 10 is the most.");
    assert!(refusal_of(format!("{{ ... {} {{ me {{ id }} }} }}", "@a ".repeat(11))).contains("11 directives"));
}

#[test]
fn a_text_of_the_limit_passes_and_one_byte_more_does_not() {
    let limits = Limits { graphql_text_bytes: 20, ..Limits::default() };
    assert!(weighed("{me{id}}            ", json!({}), &limits).is_ok());
    let refused = weighed("{me{id}}             ", json!({}), &limits).unwrap_err();
    assert_eq!(refused, "The query has 21 bytes, and 20 is the most.");
}

#[test]
fn fragments_that_double_each_other_are_refused_for_what_they_come_to() {
    let doubling: String =
        (0..40).map(|no| format!("fragment F{no} on Query {{ ...F{next} ...F{next} }} ", next = no + 1)).collect();
    let refused = refusal_of(format!("{{ ...F0 }} {doubling} fragment F40 on Query {{ me {{ id }} }}"));
    assert!(refused.contains("costs"), "{refused}");
}

#[test]
fn a_fragment_that_uses_itself_is_refused_on_whatever_way() {
    assert_eq!(
        refusal_of("{ ...A } fragment A on Query { me { id } ...B } fragment B on Query { ...A }"),
        "The fragment \"A\" uses itself."
    );
    assert!(refusal_of("{ me { id } } fragment A on Query { ...A }").contains("uses itself"));
}

#[test]
fn chains_of_fragments_are_followed_so_far_and_no_further() {
    let links = |links: usize| {
        (0..links).map(|no| format!("fragment F{no} on Query{{...F{next}}}", next = no + 1)).collect::<String>()
    };
    let chain = |len: usize| format!("{{ ...F0 }} {}", links(len));
    let with_end = |links: usize| format!("{} fragment F{links} on Query {{ me }}", chain(links));
    assert!(weighed(with_end(63), json!({}), &Limits::default()).is_ok());
    assert!(refusal_of(with_end(64)).contains("64 levels"));
    assert!(refusal_of(chain(400)).contains("64 levels"));
    // Looked at from the end, each of them is a short one.
    let backward: String = (0..200).rev().map(|no| format!("...F{no} ")).collect();
    assert!(refusal_of(format!("{{ {backward} }} {}", links(200))).contains("64 levels"));
}

#[test]
fn what_is_not_run_is_counted_in_fields() {
    let idle: String = (0..10).map(|no| format!("query Q{no} {{ {} }} ", "a ".repeat(300))).collect();
    let sent = |text: String| Sent { query: text, name: Some("Q".to_owned()), ..Sent::default() };
    let limits = Limits::default();
    let operation = sent(format!("query Q {{ me {{ id }} }} {idle}")).prepare(&limits).unwrap();
    assert_eq!((operation.weight.cost, operation.weight.fields), (2.0, 3002.0));
    assert!(operation.weight.check(&limits).unwrap_err().message.contains("3002 fields"));
}
