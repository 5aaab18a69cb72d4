//! What was done with a file, as its log tells it.

use super::desk::{Desk, EVERYTHING};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    a_file_tells_who_did_what_with_it_and_when,
    a_log_has_pages_and_an_order,
    who_looked_at_a_file_is_not_kept,
);

const SHOWN: &str = "entities { id sonar_unique_id created_at updated_at _version current level loggable_id loggable_type \
    logged_entity_id logged_entity_type message previous type user_id } page_info { total_count }";

async fn logs(desk: &Desk, no: i64, args: &str) -> Vec<Value> {
    let query = format!("{{ files(id: {no}) {{ entities {{ logs{args} {{ {SHOWN} }} }} }} }}");
    let told = desk.sonar.data(&query).await["files"]["entities"][0]["logs"].clone();
    told["entities"].as_array().unwrap().clone()
}

fn kinds(logs: &[Value]) -> Vec<&str> {
    logs.iter().map(|entry| entry["type"].as_str().unwrap()).collect()
}

/// A file that was made, linked, changed by somebody else and taken off again, a minute each.
async fn busy(desk: &Desk) -> i64 {
    let other = desk.user(2, EVERYTHING).await;
    let no = desk.sonar.file("a.txt", "x").await;
    desk.pass(Duration::from_secs(60));
    desk.sonar.link("Ticket", 9, &[no]).await;
    desk.pass(Duration::from_secs(60));
    other.data(&format!("mutation {{ updateFile(id: {no}, input: {{description: \"d\"}}) {{ id }} }}")).await;
    desk.pass(Duration::from_secs(60));
    desk.sonar.data(&format!("mutation {{ unlinkFile(id: {no}) {{ id }} }}")).await;
    no
}

async fn a_file_tells_who_did_what_with_it_and_when(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = busy(&desk).await;
    let told = logs(&desk, no, "").await;
    assert_eq!(kinds(&told), ["CREATED", "ATTACHED", "UPDATED", "DETACHED"]);
    let users: Vec<_> = told.iter().map(|entry| entry["user_id"].as_str().unwrap()).collect();
    assert_eq!(users, ["1", "1", "2", "1"]);
    let id = no.to_string();
    let of_file = |entry: &Value| entry["loggable_type"] == "File" && entry["loggable_id"] == id.as_str();
    assert!(told.iter().all(of_file), "{told:?}");
    let entity = |at: usize| (&told[at]["logged_entity_type"], &told[at]["logged_entity_id"]);
    assert_eq!(entity(1), (&json!("Ticket"), &json!("9")));
    assert_eq!(entity(3), (&json!("Ticket"), &json!("9")));
    let minutes: Vec<_> = told.iter().map(|entry| &entry["created_at"].as_str().unwrap()[14..16]).collect();
    assert_eq!(minutes, ["00", "01", "02", "03"]);
    // A change that changes nothing is nothing that was done.
    desk.sonar.data(&format!("mutation {{ updateFile(id: {no}, input: {{description: \"d\"}}) {{ id }} }}")).await;
    assert_eq!(logs(&desk, no, "").await, told);
    desk.stop().await;
}

async fn a_log_has_pages_and_an_order(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = busy(&desk).await;
    let newest = "(sorter: [{attribute: \"created_at\", direction: DESC}])";
    assert_eq!(kinds(&logs(&desk, no, newest).await), ["DETACHED", "UPDATED", "ATTACHED", "CREATED"]);
    let page = "(paginator: {page: 2, records_per_page: 3})";
    assert_eq!(kinds(&logs(&desk, no, page).await), ["DETACHED"]);
    let search = "(search: {string_fields: {attribute: \"type\", search_value: \"attached\", match: true, partial_matching: false}})";
    assert_eq!(kinds(&logs(&desk, no, search).await), ["ATTACHED"]);
    let count = format!("{{ files(id: {no}) {{ entities {{ logs {{ page_info {{ total_count }} }} }} }} }}");
    let told = desk.sonar.data(&count).await;
    assert_eq!(told["files"]["entities"][0]["logs"]["page_info"]["total_count"], 4);
    desk.stop().await;
}

async fn who_looked_at_a_file_is_not_kept(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    desk.sonar.download(no).await.expect(200);
    let query = format!(
        "{{ files(id: {no}) {{ entities {{ access_logs {{ entities {{ id }} page_info {{ total_count }} }} }} }} }}"
    );
    let told = desk.sonar.data(&query).await["files"]["entities"][0]["access_logs"].clone();
    assert_eq!(told, json!({ "entities": [], "page_info": { "total_count": 0 } }));
    desk.stop().await;
}
