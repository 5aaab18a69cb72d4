//! For every operation of Sonar's REST and every field of its queries and mutations, the requests that name something. One
//! without a row here ends the test.

use super::names::Names;
use super::routes::{Operation, Own};
use attache_tests::Client;
use reqwest::RequestBuilder;
use serde_json::json;

/// Where queries and mutations are asked.
const GRAPH: &str = "/api/graphql";
const SCHEMA: &str = include_str!("../../../dialects/sonar/schema.graphql");

/// Every operation; a field of a query or mutation is one of its own, whose name stands behind the address.
pub(super) fn operations() -> impl Iterator<Item = Operation> {
    attache_sonar::OPERATIONS.iter().flat_map(|(method, path)| {
        let paths: Vec<String> = match *path {
            GRAPH => fields().map(|(kind, name)| format!("{GRAPH} {kind} {name}")).collect(),
            path => vec![path.to_owned()],
        };
        paths.into_iter().map(|path| (method.parse().unwrap(), path))
    })
}

/// The fields that queries and mutations begin with: the kind, and the name.
fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |kind: &'static str, head: &str| {
        let lines = SCHEMA.lines().skip_while(move |line| *line != head).skip(1).take_while(|line| *line != "}");
        // Arguments stand deeper, descriptions in quotes.
        let fields =
            lines.filter_map(|line| line.strip_prefix("  ").filter(|line| line.starts_with(char::is_alphabetic)));
        fields.map(move |line| (kind, line.split(['(', ':']).next().unwrap())).collect::<Vec<_>>()
    };
    let all = [of("query", "type Query {"), of("mutation", "type Mutation {")].concat();
    assert!(all.len() > 30, "the schema is read wrongly: {all:?}");
    all.into_iter()
}

/// Pages that anybody may look at.
pub(super) fn is_public(path: &str) -> bool {
    path.starts_with("/graphiql")
}

/// Whether an operation is one of GraphQL, whose refusals have the status 200.
pub(super) fn is_graph(path: &str) -> bool {
    path.starts_with(GRAPH)
}

/// The requests of an operation that name things by `names`; `None` for one that is not Sonar's.
pub(super) fn requests(
    client: &Client,
    operation: &Operation,
    names: &Names,
    own: &Own,
) -> Option<Vec<RequestBuilder>> {
    if !operations().any(|known| known == *operation) {
        return None;
    }
    let (method, path) = (operation.0.as_str(), operation.1.as_str());
    if let Some(field) = path.strip_prefix(GRAPH) {
        let asked = graph(field.trim(), names, own).into_iter();
        return Some(match method {
            "POST" => asked.map(|query| client.post(GRAPH).json(&json!({ "query": query }))).collect(),
            _ => asked.map(|query| client.get(&format!("{GRAPH}?query={}", encoded(&query)))).collect(),
        });
    }
    Some(match (method, path) {
        // An owner is a number that everybody may use; an upload names nothing else.
        ("POST", "/api/files") => Vec::new(),
        ("GET", "/graphiql" | "/graphiql/{file}") => Vec::new(),
        ("GET", "/api/files/{id}") => {
            [&names.file_no, &names.trashed_no].map(|no| client.get(&path.replace("{id}", no))).into()
        }
        (method, path) => panic!("{method} {path} is new: say here what it names"),
    })
}

/// The queries that begin with a field.
fn graph(field: &str, names: &Names, own: &Own) -> Vec<String> {
    let each = |query: &str| [&names.file_no, &names.trashed_no].map(|no| query.replace("NO", no)).to_vec();
    let owner = names.contact();
    match field {
        // The caller's own.
        "query me" | "query personal_access_tokens" | "mutation createPersonalAccessToken" => Vec::new(),
        "query files" => files(names),
        "mutation linkFileToEntity" => {
            let link = |files: &str| {
                format!(
                    "mutation {{ linkFileToEntity(input: {{fileable_type: Account, fileable_id: 5, files: [{files}]}}) {{ id }} }}"
                )
            };
            let mixed = format!("{{file_id: {}}} {{file_id: {}}}", own.file, names.file_no);
            each("{file_id: NO, description: \"mine\", primary_image: false}")
                .iter()
                .chain([&mixed])
                .map(|files| link(files))
                .collect()
        }
        "mutation unlinkFile" => each("mutation { unlinkFile(id: NO) { id filename } }"),
        "mutation updateFile" => {
            each("mutation { updateFile(id: NO, input: {description: \"mine\"}) { id filename } }")
        }
        "mutation deleteFile" => each("mutation { deleteFile(id: NO) { success message } }"),
        "mutation deletePersonalAccessToken" => {
            vec![format!("mutation {{ deletePersonalAccessToken(id: {}) {{ success }} }}", names.token_no)]
        }
        list => match list.strip_prefix("query ") {
            // A list of owners of one type.
            Some(list) if !list.contains(' ') => owners(list, owner),
            _ => panic!("{field} is new: say here what it names"),
        },
    }
}

fn files(names: &Names) -> Vec<String> {
    let by_number =
        |no: &str| format!("search: {{integer_fields: {{attribute: \"id\", search_value: {no}, operator: EQ}}}}");
    let args = [
        format!("id: {}", names.file_no),
        format!("id: {}", names.trashed_no),
        format!("sonar_unique_id: \"{}\"", names.file),
        format!("sonar_unique_id: \"{}\"", names.trashed),
        format!("filename: \"{}\"", names.name),
        format!("general_search: \"{}\"", names.name),
        format!("fileable_type: Account, fileable_id: {}", names.contact()),
        by_number(&names.file_no),
        by_number(&names.trashed_no),
        format!(
            "search: {{string_fields: {{attribute: \"filename\", search_value: \"{}\", match: true}}}}",
            names.name
        ),
        format!(
            "reverse_relation_filters: {{relation: \"fileable\", search: {{integer_fields: {{attribute: \"id\", search_value: {}, \
             operator: EQ}}}}}}",
            names.contact()
        ),
    ];
    let sums = "aggregation: [{field_name: \"file_size_in_bytes\", aggregation_function: SUM}]";
    let shown = "entities { id filename checksum_sha256 user { name } fileable { id } logs { entities { id message } } } \
        page_info { total_count } aggregations { value }";
    args.iter().map(|args| format!("{{ files({args}, {sums}) {{ {shown} }} }}")).collect()
}

fn owners(list: &str, owner: &str) -> Vec<String> {
    let shown = "entities { id created_at files { entities { id filename } page_info { total_count } } } page_info { total_count }";
    vec![
        format!("{{ {list}(id: {owner}) {{ {shown} }} }}"),
        format!(
            "{{ {list}(search: {{integer_fields: {{attribute: \"id\", search_value: {owner}, operator: EQ}}}}) {{ {shown} }} }}"
        ),
    ]
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
