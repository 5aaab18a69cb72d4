use super::trial::{any_bytes, any_query};
use super::*;
use async_graphql::Variables;
use operation::Sent;
use proptest::prelude::*;
use serde_json::json;

fn sent(query: impl Into<String>) -> Sent {
    Sent { query: query.into(), ..Sent::default() }
}

/// What an operation of somebody without rights comes to.
async fn asked(query: impl Into<String>, variables: serde_json::Value) -> serde_json::Value {
    let sent = Sent { variables: Variables::from_json(variables), ..sent(query) };
    let came = match sent.prepare(&Limits::default()) {
        Ok(operation) => LANGUAGE.schema.execute(operation.into_request()).await,
        Err(refused) => Came::from_errors(vec![refused]),
    };
    serde_json::to_value(answer::told(came)).unwrap()
}

fn first_error(answer: &serde_json::Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_whole_schema_can_be_asked_for() {
    let answer = asked(include_str!("weigh/introspection.graphql"), json!({})).await;
    assert_eq!(answer.get("errors"), None);
    let types = answer["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|known| known["name"] == "TicketReply"));
    let search = types.iter().find(|known| known["name"] == "SearchStringField").unwrap();
    let partial = search["inputFields"].as_array().unwrap().iter().find(|field| field["name"] == "partial_matching");
    assert_eq!(partial.unwrap()["defaultValue"], "true");
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_told_its_place_and_not_itself() {
    let answer = asked("{ me { id } ", json!({})).await;
    assert!(first_error(&answer).starts_with("The query cannot be read: expected "), "{answer}");
    assert_eq!(answer["errors"][0]["locations"][0], json!({ "line": 1, "column": 13 }));
    assert_eq!(answer["errors"][0]["extensions"]["category"], "graphql");
    for (query, why) in [
        ("", "The query cannot be read: expected executable_definition"),
        ("fragment F on Query { me { id } }", "The query cannot be read: document does not contain an operation"),
        ("{ a } { b }", "The query cannot be read: document contains multiple operations"),
    ] {
        assert_eq!(first_error(&asked(query, json!({})).await), why, "{query}");
    }
    let long = asked(format!("{{ a {}", "b ".repeat(2000)), json!({})).await;
    assert!(long.to_string().len() < 400, "{long}");
}

#[tokio::test]
async fn a_variable_that_was_not_sent_is_null_where_it_may_be() {
    let query = "query($in: UpdateFileMutationInput, $no: Int64Bit!) { __typename @include(if: true) }";
    assert_eq!(
        first_error(&asked(query, json!({})).await),
        "The variable \"$no\" must have a value of the type Int64Bit!."
    );
    assert_eq!(
        first_error(&asked(query, json!({ "no": null })).await),
        "The variable \"$no\" must have a value of the type Int64Bit!."
    );
    let named = asked("query($name: String) { __type(name: $name) { name } }", json!({})).await;
    assert!(first_error(&named).contains("null") || first_error(&named).contains("type"), "{named}");
}

#[tokio::test]
async fn a_variable_of_an_unknown_type_is_refused_in_lists_too() {
    for ty in ["Foo", "[Foo]", "[[Foo!]!]!"] {
        let query = format!("query($a: {ty} = [1]) {{ files(search: $a) {{ entities {{ id }} }} }}");
        let answer = asked(query, json!({ "a": [1] })).await;
        assert_eq!(first_error(&answer), "There is no type \"Foo\" for the variable \"$a\".", "{ty}");
    }
}

#[tokio::test]
async fn an_operation_is_chosen_by_its_name() {
    let two = "query A { a: __typename } query B { b: __typename }";
    let ask = |name: Option<&str>, query: &str| {
        Sent { name: name.map(str::to_owned), ..sent(query) }.prepare(&Limits::default())
    };
    let came = LANGUAGE.schema.execute(ask(Some("B"), two).unwrap().into_request()).await;
    assert_eq!(came.data.into_json().unwrap(), json!({ "b": "Query" }));
    assert!(ask(None, two).unwrap_err().message.contains("operationName"));
    assert!(ask(Some("C"), two).unwrap_err().message.contains("\"C\""));
    assert!(ask(Some("C"), "{ __typename }").unwrap_err().message.contains("\"C\""));
    assert!(ask(None, "query A { __typename }").is_ok());
}

#[test]
fn a_change_is_known_as_one_before_it_is_run() {
    let is_change = |query: &str| sent(query).prepare(&Limits::default()).unwrap().is_change;
    assert!(is_change("mutation { deleteFile(id: 1) { success } }"));
    assert!(!is_change("{ me { id } }"));
}

#[test]
fn a_change_is_run_once_or_refused() {
    let prepared = |query: &str| sent(query).prepare(&Limits::default());
    let twice = "The mutation has \"deleteFile\" twice; have it once, or give one of them an alias.";
    for query in [
        "mutation { deleteFile(id: 1) { success } deleteFile(id: 2) { success } }",
        "mutation { deleteFile(id: 1) { success } ... { ...F } } fragment F on Mutation { deleteFile(id: 1) { message } }",
    ] {
        assert_eq!(prepared(query).unwrap_err().message, twice, "{query}");
    }
    assert!(prepared("mutation { deleteFile(id: 1) { success } deleteFile(id: 1) { message } }").is_ok());
    assert!(prepared("mutation { a: deleteFile(id: 1) { success } b: deleteFile(id: 2) { success } }").is_ok());
    assert!(prepared("{ me { id } me { name } }").is_ok());
}

#[test]
fn as_many_operations_as_the_limit_pass_and_one_more_runs_none() {
    let limits = Limits::default();
    let batch = |count: usize| prepare(vec![sent("{ me { id } }"); count], &limits);
    assert_eq!(batch(10).unwrap().len(), 10);
    assert_eq!(batch(11).unwrap_err().message, "There are 11 operations in the request, and 10 is the most.");
}

#[test]
fn the_operations_of_a_request_are_weighed_together() {
    let limits = Limits::default();
    let heavy = "{ files(paginator: {page: 1, records_per_page: 10000}) { entities { id } } }";
    assert!(prepare(vec![sent(heavy); 4], &limits).is_ok());
    assert!(prepare(vec![sent(heavy); 5], &limits).unwrap_err().message.contains("costs 2212 points"));
    // One that cannot be run keeps the others from nothing.
    let ready = prepare(vec![sent("{"), sent("{ me { id } }")], &limits).unwrap();
    assert!(ready[0].is_err() && ready[1].is_ok());
}

#[tokio::test]
async fn what_takes_longer_than_its_time_is_ended() {
    let limits = Limits::default();
    let came = in_time(std::future::pending(), Instant::now(), &limits).await;
    assert_eq!(came.errors[0].message, "It took longer than 30 seconds and was ended; ask for less.");
    let done = in_time(std::future::ready(Came::new(true)), Instant::now(), &limits).await;
    assert!(done.errors.is_empty(), "what is there at the end counts");
}

#[tokio::test]
async fn scalars_take_what_clients_write() {
    let takes = async |argument: &str| {
        let answer = asked(format!("{{ files({argument}) {{ entities {{ id }} }} }}"), json!({})).await;
        !first_error(&answer).starts_with("Invalid value")
    };
    for good in [
        "id: 7",
        "id: \"7\"",
        "id: null",
        "id: -9223372036854775808",
        "user_id: \"9223372036854775807\"",
        "created_at: \"2017-01-01T12:33:12+04:00\"",
        "created_at: \"2017-01-01T12:33:12Z\"",
        "fileable_type: Account",
        "sorter: {attribute: \"id\", direction: ASC}",
        "search: {exists: \"id\"}",
        "sonar_unique_id: \"x\"",
    ] {
        assert!(takes(good).await, "{good}");
    }
    for bad in [
        "id: 1.5",
        "id: \"\"",
        "id: \"7x\"",
        "id: 9223372036854775808",
        "id: true",
        "id: [7]",
        "created_at: \"2017-01-01\"",
        "created_at: 7",
        "created_at: \"yesterday\"",
        "fileable_type: Contact",
        "paginator: {page: \"1\", records_per_page: 1}",
        "search: {date_fields: {attribute: \"a\", search_value: \"x\", operator: EQ}}",
    ] {
        assert!(!takes(bad).await, "{bad}");
    }
}

#[test]
fn hostile_texts_are_answered() {
    let limit = 16 << 10;
    let fill = |piece: &str| piece.repeat(limit / piece.len() - 2);
    let frags = |body: &dyn Fn(usize) -> String| {
        let mut text = "{ ...F0 }".to_owned();
        for no in 0.. {
            let next = format!("fragment F{no} on Query{{{}}}", body(no));
            if text.len() + next.len() > limit {
                break;
            }
            text.push_str(&next);
        }
        text
    };
    for text in [
        format!("{{{}}}", fill("me{id}")),
        format!("{{{}}}", fill("a ")),
        fill("{a"),
        format!("{{a(b:{}", fill("[")),
        format!("{{a(b:{}{})}}", "[".repeat(800), "]".repeat(800)),
        format!("{{a(b:{}1{})}}", "{a:".repeat(800), "}".repeat(800)),
        format!("{}a{}", "{...on Query".repeat(60), "}".repeat(60)),
        frags(&|no| format!("...F{}", no + 1)),
        frags(&|no| format!("...F{n} ...F{n}", n = no + 1)),
        frags(&|_| "me{id}".to_owned()),
        format!("query({}){{me{{id}}}}", fill("$a:[Int] ")),
        format!("{{me{{id {}}}}}", fill("@include(if:true) ")),
        format!("{{files({}){{entities{{id}}}}}}", fill("id:1 ")),
        format!("{{{}}}", fill("x:me{id}")),
    ] {
        any_query(&text, "{}");
    }
}

#[test]
fn the_seeds_of_the_fuzz_target_are_answered() {
    let seeds = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/graphql");
    for seed in std::fs::read_dir(seeds).unwrap() {
        any_bytes(&std::fs::read(seed.unwrap().path()).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        any_bytes(&bytes);
    }

    #[test]
    fn any_query_of_known_words_is_answered(words in proptest::collection::vec(0..WORDS.len(), 0..40)) {
        let text: Vec<_> = words.into_iter().map(|at| WORDS[at]).collect();
        any_query(&text.join(" "), r#"{"a": 1, "b": {"page": 1, "records_per_page": 7}}"#);
    }
}

/// What queries are made of.
const WORDS: [&str; 30] = [
    "{",
    "}",
    "{",
    "}",
    "(",
    ")",
    ":",
    "$a",
    "$b",
    "...",
    "on",
    "query",
    "mutation",
    "fragment",
    "F",
    "...F",
    "files",
    "entities",
    "id",
    "me",
    "me{id}",
    "paginator:$b",
    "File",
    "Query",
    "@include(if:true)",
    "1",
    "\"x\"",
    "[",
    "]",
    "__schema{types{name}}",
];
