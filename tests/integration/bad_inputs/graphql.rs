//! GraphQL that costs more than it asks for, and names that are none on Sonar's face (rows GQ-* and NM-*).
//!
//! Sonar's contract wins over these rows: a refusal of GraphQL keeps the status 200, its limits are a depth of 15 and a
//! cost of 2,000, and names are cut to their last element. There is no global `node` field (GQ-15), no way from a file to
//! its account (GQ-16) and no subscription (GQ-19), so these are unknown fields.

use super::face_of;
use super::sent::Sent;
use super::table::rows;
use crate::native::{is_sound, on_both_engines, put};
use attache_tests::{Answer, Ask, Client, Setup, TestApp};
use serde_json::{Value, json};

const GRAPHQL: &str = "/api/graphql";

/// Queries that would take more than their share, with the row that each is.
pub(crate) fn hostile() -> Vec<(&'static str, String)> {
    let nested = |depth: usize| {
        format!(
            "{{ accounts {{ entities {{ {} id {} }} }} }}",
            "files { entities { fileable { ... on Account { ".repeat(depth),
            "} } } }".repeat(depth)
        )
    };
    let chain = |fragments: usize| {
        let each = (0..fragments).map(|no| format!("fragment F{no} on File {{ ...F{} }} ", no + 1)).collect::<String>();
        format!("{{ files {{ entities {{ ...F0 }} }} }} {each} fragment F{fragments} on File {{ id }}")
    };
    let doubling = |fragments: usize| {
        let each = (0..fragments).map(|no| {
            format!("fragment F{no} on Query {{ a{no}: me {{ id }} ...F{next} ...F{next} }} ", next = no + 1)
        });
        format!("{{ ...F0 }} {} fragment F{fragments} on Query {{ me {{ id }} }}", each.collect::<String>())
    };
    let aliases = |count: usize, field: &str| {
        format!("{{ {} }}", (0..count).map(|no| format!("a{no}: {field} ")).collect::<String>())
    };
    vec![
        ("GQ-01", nested(5)),
        ("GQ-01 deep", nested(200)),
        (
            "GQ-01 lists",
            format!(
                "{{ files(search: {}{{}}{}) {{ entities {{ id }} }} }}",
                "{reverse_relation_filters: {relation: \"user\", search: ".repeat(200),
                "}}".repeat(200)
            ),
        ),
        ("GQ-01 braces", "{ files ".repeat(3000)),
        ("GQ-01 values", format!("{{ files(search: {}) {{ entities {{ id }} }} }}", "[".repeat(5000))),
        ("GQ-02", "{ files { entities { ...A } } } fragment A on File { ...B } fragment B on File { ...A }".to_owned()),
        ("GQ-02 self", "{ ...A } fragment A on Query { ...A }".to_owned()),
        ("GQ-03", chain(1000)),
        ("GQ-03 short names", chain(300)),
        ("GQ-03 doubling", doubling(60)),
        ("GQ-05", format!("{{ me {{ {} }} }}", "id ".repeat(10_000))),
        ("GQ-05 aliases", aliases(31, "me { id }")),
        (
            "GQ-05 lists",
            aliases(25, "files(paginator: {page: 1, records_per_page: 10000}) { entities { id filename } }"),
        ),
        (
            "GQ-05 lists in lists",
            "{ accounts { entities { files { entities { logs { entities { id } } } } } } }".to_owned(),
        ),
        ("GQ-08", format!("{{ me {{ id {} }} }}", "@include(if: true) ".repeat(11))),
        ("GQ-08 unknown", format!("{{ me {{ id {} }} }}", "@a ".repeat(1000))),
        ("GQ-15", "{ node(id: \"1\") { id } }".to_owned()),
        ("GQ-16", "{ files { entities { account { files { id } } } } }".to_owned()),
        ("GQ-19", "subscription { files { entities { id } } }".to_owned()),
        ("text", format!("{{ me {{ id }} }} # {}", "x".repeat(16 << 10))),
        ("blanks", format!("{{ me {{ id {} }} }}", "\u{feff}, \n".repeat(4000))),
    ]
}

on_both_engines!(a_nul_in_what_is_looked_for_finds_nothing_on_any_face);

async fn a_nul_in_what_is_looked_for_finds_nothing_on_any_face(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "there.txt", "x").await;
    for path in [
        "/v1/files?name=%00",
        "/v1/files?name_contains=th%00",
        "/v1/files?ext=%00",
        "/v1/files?type=%00",
        "/v1/files?folder=/%00",
        "/v1/files/by-path/%00",
        "/files/v3/files/search?name=%00",
        "/files/v3/files/search?extension=%00&type=%00",
        "/files/v3/files/search?path=/%00",
        "/files/v3/files/stat/%00",
        "/files/v3/folders/search?name=%00",
        "/v1.0/files?filter%5Bname%5D=%00",
        "/v1.0/files?filter%5Bterm%5D=%00",
        "/v1.0/files?filter%5Bextensions%5D%5B%5D=%00",
        "/crm/rest/v1/files?name=%00",
        "/crm/rest/v1/files?type=%00&category=%00",
        "/crm/rest/v2/files?filter=file_name%3D%3D%00",
    ] {
        let answer = client.get(path).ask().await;
        let told = answer.text();
        assert!(!answer.status.is_server_error() && !told.contains("there.txt"), "{path}: {} {told}", answer.status);
    }
    for (args, is_there) in [
        ("general_search: \"\\u0000\"", false),
        ("filename: \"\\u0000there.txt\"", false),
        ("description: \"\\u0000\"", false),
        ("mime_type: \"text/\\u0000plain\"", false),
        ("sonar_unique_id: \"\\u0000\"", false),
        ("search: {string_fields: {attribute: \"filename\", search_value: \"\\u0000\", match: true}}", false),
        ("search: {string_fields: {attribute: \"filename\", search_value: \"\\u0000\", match: false}}", true),
        ("search: {string_fields: {attribute: \"fileable_type\", search_value: \"\\u0000\", match: true}}", false),
    ] {
        let query = format!("{{ files({args}) {{ entities {{ id }} }} }}");
        let told = ask(&client, &json!({ "query": query })).await.expect(200);
        assert_eq!(
            told["data"]["files"]["entities"].as_array().map(Vec::len),
            Some(usize::from(is_there)),
            "{args}: {told}"
        );
    }
    app.stop().await;
}

async fn ask(client: &Client, body: &Value) -> Answer {
    client.post(GRAPHQL).json(body).ask().await
}

/// Demands that nothing was answered, for a reason of this category.
#[track_caller]
fn refused(id: &str, answer: &Answer, category: &str) {
    let told = answer.json();
    assert_eq!(answer.status, 200, "{id}: {told}");
    assert!(told["data"].as_object().is_none(), "{id} was answered: {told}");
    let errors = told["errors"].as_array().unwrap_or_else(|| panic!("{id}: {told}"));
    assert!(!errors.is_empty() && errors.len() < 100, "{id}: {} errors", errors.len());
    assert_eq!(errors[0]["extensions"]["category"], category, "{id}: {told}");
    assert!(answer.body.len() < 64 << 10, "{id}: an answer of {} bytes", answer.body.len());
}

#[tokio::test]
async fn a_query_that_costs_too_much_is_refused_before_anything_runs() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    let steps = attache_db::testing::Steps::follow().await;
    for (id, query) in hostile() {
        steps.take();
        refused(id, &ask(&client, &json!({ "query": query })).await, "graphql");
        let ran = steps.take();
        // A server begins with its housekeeping, beside whatever is asked.
        let sweeps = ["WHERE expires_at <", "WHERE claim_by >", "trashed_at < $2"];
        let asked = |text: &str| text.contains("FROM file") && !sweeps.iter().any(|sweep| text.contains(sweep));
        let on_files: Vec<_> = ran.iter().filter(|text| asked(text)).collect();
        assert!(on_files.is_empty(), "{id} ran {on_files:?}");
    }
    drop(steps);
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_answered() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let aliases =
        |count: usize| format!("{{ {} }}", (0..count).map(|no| format!("a{no}: me {{ id }} ")).collect::<String>());
    let text = |len: usize| {
        let query = "{ me { id } } # ";
        format!("{query}{}", "x".repeat(len - query.len()))
    };
    for (what, query, is_fine) in [
        ("aliases", aliases(30), true),
        ("aliases", aliases(31), false),
        ("text", text(16 << 10), true),
        ("text", text((16 << 10) + 1), false),
        (
            "ten thousand rows of two fields",
            "{ files(paginator: {page: 1, records_per_page: 10000}) { entities { id filename } } }".into(),
            true,
        ),
    ] {
        let told = ask(&client, &json!({ "query": query })).await.expect(200);
        assert_eq!(told.get("errors").is_none(), is_fine, "{what}: {}", &query[..query.len().min(200)]);
    }
    app.stop().await;
}

// GQ-06
#[tokio::test]
async fn a_batch_of_ten_runs_and_one_of_eleven_does_not() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let batch = |count: usize| Value::Array((0..count).map(|_| json!({ "query": "{ me { id } }" })).collect());
    let told = ask(&client, &batch(10)).await.expect(200);
    assert!(
        told.as_array().unwrap().len() == 10
            && told.as_array().unwrap().iter().all(|one| one["data"]["me"]["id"] == "1")
    );
    let make = json!({ "query": "mutation { createPersonalAccessToken(input: {name: \"many\"}) { id } }" });
    let all = json!({ "query": "{ personal_access_tokens { entities { id } } }" });
    let tokens = async || ask(&client, &all).await.expect(200);
    let before = tokens().await;
    let answer = ask(&client, &Value::Array(vec![make; 11])).await;
    assert!(!answer.json()["errors"].as_array().unwrap().is_empty(), "{}", answer.text());
    assert_eq!(tokens().await, before, "none of them ran");
    app.stop().await;
}

// GQ-13, GQ-14
#[tokio::test]
async fn no_browser_can_be_made_to_change_something() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let made = client.post("/v1/files?name=a.txt").body("x").ask().await.expect(201);
    let query = format!("mutation {{ deleteFile(id: {}) {{ success }} }}", made["no"]);
    let body = json!({ "query": query }).to_string();
    let before = face_of(&client).await;
    // A page of another site sends no token; a cookie opens nothing here.
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"]
    {
        let request = app.stranger().post(GRAPHQL).header("Content-Type", kind);
        let request = request
            .header("Cookie", format!("token={}", client.token().unwrap()))
            .header("Origin", "https://evil.example");
        assert_eq!(request.body(body.clone()).ask().await.status, 401, "{kind}");
        assert_eq!(face_of(&client).await, before);
    }
    for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"] {
        let answer = client.post(GRAPHQL).header("Content-Type", kind).body(format!("query={query}")).ask().await;
        assert!(!answer.json()["errors"].as_array().unwrap().is_empty(), "{kind}: {}", answer.text());
        assert_eq!(face_of(&client).await, before);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_body_over_its_size_is_413() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let long = json!({ "query": "{ me { id } }", "variables": { "x": "x".repeat(2 << 20) } });
    let answer = ask(&client, &long).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert!(!answer.json()["errors"].as_array().unwrap().is_empty());
    app.stop().await;
}

// GQ-20
#[tokio::test]
async fn an_error_tells_nothing_of_the_inside() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    for query in [
        "{ files(id: \"' OR 1=1 --\") { entities { id } } }",
        "{ files(filename: \"'; DROP TABLE file; --\") { entities { id } } }",
        "{ files(sorter: [{attribute: \"id; DROP TABLE file\", direction: ASC}]) { entities { id } } }",
        "{ files(search: {string_fields: {attribute: \"filename) OR 1=1\", search_value: \"x\", match: true}}) { entities { id } } }",
        "{ files(general_search: \"\\u0000\") { entities { id } } }",
        "{ files(filename: \"\\ud800\") { entities { id } } }",
        "{ files(sonar_unique_id: \"'\") { entities { id } } }",
        "{ files(_version: \"99999999999999999999\") { entities { id } } }",
        "{ files(paginator: {page: 2147483647, records_per_page: 2147483647}) { entities { id } } }",
        "{ files(file_size_in_bytes: -9223372036854775808) { entities { id } } }",
        "{ files(search: {float_fields: {attribute: \"id\", search_value: 1e308, operator: GT}}) { entities { id } } }",
        "{ files(search: {datetime_fields: {attribute: \"created_at\", search_value: \"9999-12-31T23:59:59Z\", operator: LT}}) { entities { id } } }",
        "{ files(search: {date_fields: {attribute: \"created_at\", search_value: \"0001-01-01\", operator: GT}}) { entities { id } } }",
    ] {
        let answer = ask(&client, &json!({ "query": query })).await;
        assert_eq!(answer.status, 200, "{query}");
        let told = answer.text();
        for inner in ["SELECT", "sqlite", "postgres", "syntax error at", "panick", ".rs", "internal"] {
            assert!(!told.contains(inner), "{query}: {told}");
        }
    }
    is_sound(&app).await;
    app.stop().await;
}

pub(super) async fn no_name_through_sonars_face_is_one_that_misleads(sent: &mut Sent) {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    for row in rows("name") {
        let before = face_of(&client).await;
        let form = [
            b"--b\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"".as_slice(),
            &row.input,
            b"\"\r\n\r\nx\r\n--b--\r\n",
        ];
        let request = client.post("/api/files").header("Content-Type", "multipart/form-data; boundary=b");
        let answer = request.body(form.concat()).ask().await;
        sent.to("a name in Sonar's form");
        let stored = match answer.status.as_u16() {
            200 => answer.json()["files"][0]["stored"] == true,
            400 | 422 => false,
            _ => panic!("{}: {} {}", row.id, answer.status, answer.text()),
        };
        if stored {
            let title = answer.json()["files"][0]["filename"].as_str().unwrap().to_owned();
            assert!(attache_model::name::check(&title).is_ok_and(|checked| checked == title), "{}: {title:?}", row.id);
            assert!(!row.is_good() || title == row.text(), "{}: {title:?}", row.id);
        } else {
            assert!(!row.is_good(), "{}: {}", row.id, answer.text());
            assert_eq!(face_of(&client).await, before, "{} left something", row.id);
        }
        // As a value of a search or a description it is a text like any other, or no text at all.
        let body = [
            b"{\"query\":\"query ($t: String) { files(filename: $t) { entities { id } } }\",\"variables\":{\"t\":"
                .as_slice(),
            &row.json(),
            b"}}",
        ];
        let asked = client.post(GRAPHQL).header("Content-Type", "application/json").body(body.concat()).ask().await;
        sent.to("a value of GraphQL");
        let is_text = std::str::from_utf8(&row.input).is_ok();
        assert_eq!(asked.json().get("errors").is_none(), is_text, "{}: {}", row.id, asked.text());
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    is_sound(&app).await;
    app.stop().await;
}
