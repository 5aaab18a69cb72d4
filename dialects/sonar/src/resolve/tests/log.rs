use super::desk::{Desk, numbers, steady};
use insta::assert_snapshot;
use serde_json::json;

#[tokio::test]
async fn what_was_done_with_a_file_is_told_in_its_order() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let no = owner.put("a.txt", "x", None).await;
    desk.pass(60);
    let link = format!(
        "linkFileToEntity(input: {{fileable_type: Ticket, fileable_id: 7, files: {{file_id: {no}}}}}) {{ id }}"
    );
    owner.data(&format!("mutation {{ {link} a: updateFile(id: {no}, input: {{description: \"x\"}}) {{ id }} b: unlinkFile(id: {no}) {{ id }} }}")).await;
    let fields = "id sonar_unique_id created_at updated_at _version current level loggable_id loggable_type logged_entity_id \
        logged_entity_type message previous type user_id";
    let told = owner.ask(&format!("{{ files {{ entities {{ logs {{ entities {{ {fields} }} page_info {{ total_count }} aggregations {{ field }} }} }} }} }}")).await;
    assert_snapshot!("logs", steady(&told));
    let logs = async |args: &str| {
        let data = owner.data(&format!("{{ files {{ entities {{ logs({args}) {{ entities {{ id }} }} }} }} }}")).await;
        numbers(&data["files"]["entities"][0]["logs"])
    };
    let all = logs("search: []").await;
    let back: Vec<i64> = all.iter().rev().copied().collect();
    assert_eq!(logs("sorter: {attribute: \"id\", direction: DESC}").await, back);
    assert_eq!(logs("paginator: {page: 2, records_per_page: 1}").await, all[1..2]);
    let attached = "search: {string_fields: {attribute: \"type\", search_value: \"ATTACHED\", match: true, partial_matching: false}}";
    assert_eq!(logs(attached).await.len(), 1);
    let wrong = owner.refused("{ files { entities { logs(search: {exists: \"level\"}) { entities { id } } } } }").await;
    assert!(
        wrong.starts_with("files.entities.0.logs: validation: search.0.exists.0: 'level' is no attribute here"),
        "{wrong}"
    );
}

#[tokio::test]
async fn nobody_keeps_who_looked_at_a_file() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    owner.put("a.txt", "x", None).await;
    let query = "{ files { entities { access_logs(paginator: {page: 1, records_per_page: 5}) { entities { id } page_info { page total_pages total_count records_per_page } aggregations { field } } } } }";
    let info = json!({ "page": 1, "total_pages": 0, "total_count": 0, "records_per_page": 5 });
    let wanted = json!({ "entities": [], "page_info": info, "aggregations": [] });
    assert_eq!(owner.data(query).await["files"]["entities"][0]["access_logs"], wanted);
}
