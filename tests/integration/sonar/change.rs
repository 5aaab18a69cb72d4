//! Rows 25 to 27: changes and deletion.

use super::desk::{Desk, EVERYTHING, FIELDS};
use crate::native::{names, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    s25_a_description_is_set_kept_and_unset,
    s25_to_set_and_to_unset_at_once_is_refused,
    s25_what_changes_nothing_makes_no_new_version,
    s26_a_deleted_file_is_gone_here_and_in_the_trash_there,
    s26_a_file_that_is_not_there_is_an_error,
    s27_a_file_has_a_version_that_grows_and_the_id_of_all_faces,
    a_description_may_be_as_long_as_the_limit_and_no_longer,
);

async fn update(desk: &Desk, no: i64, input: &str) -> Value {
    desk.sonar.data(&format!("mutation {{ updateFile(id: {no}, input: {input}) {{ {FIELDS} }} }}")).await["updateFile"]
        .clone()
}

fn version(shown: &Value) -> i64 {
    shown["_version"].as_str().unwrap().parse().unwrap()
}

async fn s25_a_description_is_set_kept_and_unset(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    assert_eq!(desk.sonar.show(no).await["description"], Value::Null);
    let told = update(&desk, no, "{description: \"The \\\"plan\\\"\\nof \u{20ac}\"}").await;
    assert_eq!(told["description"], "The \"plan\"\nof \u{20ac}");
    assert_eq!(desk.sonar.show(no).await, told, "the answer is the file as it is now");
    assert_eq!(
        update(&desk, no, "{primary_image: false}").await["description"],
        told["description"],
        "what is not named stays"
    );
    assert_eq!(update(&desk, no, "{description: null}").await["description"], told["description"]);
    assert_eq!(update(&desk, no, "{unset_description: false}").await["description"], told["description"]);
    assert_eq!(update(&desk, no, "{unset_description: true}").await["description"], Value::Null);
    let own = desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200);
    assert!(own["description"].is_null() || own["description"] == "", "{own}");
    desk.stop().await;
}

async fn s25_to_set_and_to_unset_at_once_is_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    let before = update(&desk, no, "{description: \"old\"}").await;
    let both = format!(
        "mutation {{ updateFile(id: {no}, input: {{description: \"new\", unset_description: true}}) {{ id }} }}"
    );
    let told = desk.sonar.ask_graph(&both).await;
    assert_eq!(told.refused("validation")["path"], json!(["updateFile"]));
    assert!(told.errors()[0]["extensions"]["validation"].to_string().contains("input."), "{told:?}");
    assert_eq!(desk.sonar.show(no).await, before);
    desk.stop().await;
}

async fn s25_what_changes_nothing_makes_no_new_version(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    let before = update(&desk, no, "{description: \"same\"}").await;
    desk.pass(Duration::from_secs(60));
    for input in ["{description: \"same\"}", "{}", "{primary_image: false}", "{unset_description: false}", "null"] {
        assert_eq!(update(&desk, no, input).await, before, "{input}");
    }
    let told = desk.sonar.data(&format!("mutation {{ updateFile(id: {no}) {{ {FIELDS} }} }}")).await;
    assert_eq!(told["updateFile"], before);
    desk.stop().await;
}

async fn s26_a_deleted_file_is_gone_here_and_in_the_trash_there(setup: Setup) {
    let desk = Desk::open(setup).await;
    let kept = desk.sonar.file_on("Account", 1, "kept.txt", "x").await;
    let no = desk.sonar.file_on("Account", 1, "a.txt", "hello").await;
    let told = desk.sonar.trash(no).await.data()["deleteFile"].clone();
    assert_eq!(told["success"], true);
    assert!(told["message"].as_str().is_some_and(|text| !text.is_empty()), "{told}");
    assert_eq!(desk.sonar.list("").await, [kept]);
    assert_eq!(desk.sonar.download(no).await.status, 404);
    let owner = desk
        .sonar
        .data("{ accounts(id: 1) { entities { files { entities { id } page_info { total_count } } } } }")
        .await;
    assert_eq!(owner["accounts"]["entities"][0]["files"]["page_info"]["total_count"], 1);
    assert_eq!(names(&desk.native, "/v1/trash").await, ["a.txt"]);
    desk.sonar.trash(no).await.refused("not_found");
    desk.native.post(&format!("/v1/files/{no}/restore")).ask().await.expect(200);
    assert_eq!(desk.sonar.list("(fileable_id: 1)").await, [kept, no], "it comes back where it was");
    assert_eq!(desk.sonar.download(no).await.text(), "hello");
    desk.stop().await;
}

async fn s26_a_file_that_is_not_there_is_an_error(setup: Setup) {
    let desk = Desk::open(setup).await;
    for no in [99, 0, -1, i64::MAX, i64::MIN] {
        let told = desk.sonar.trash(no).await;
        assert_eq!(told.refused("not_found")["path"], json!(["deleteFile"]));
        assert_eq!(told.0["data"], json!({ "deleteFile": null }));
        let told = desk.sonar.ask_graph(&format!("mutation {{ updateFile(id: {no}, input: {{}}) {{ id }} }}")).await;
        assert_eq!(told.refused("not_found")["path"], json!(["updateFile"]));
    }
    // Of two changes in one request each has its own end.
    let no = desk.sonar.file("a.txt", "x").await;
    let two = format!("mutation {{ a: deleteFile(id: {no}) {{ success }} b: deleteFile(id: {no}) {{ success }} }}");
    let told = desk.sonar.ask_graph(&two).await;
    assert_eq!(told.refused("not_found")["path"], json!(["b"]));
    assert_eq!(told.0["data"], json!({ "a": { "success": true }, "b": null }));
    desk.stop().await;
}

async fn s27_a_file_has_a_version_that_grows_and_the_id_of_all_faces(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    let shown = desk.sonar.show(no).await;
    assert_eq!(shown["_version"], "1");
    let own = desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200);
    assert_eq!(shown["sonar_unique_id"], own["id"]);
    assert_eq!(shown["sonar_unique_id"].as_str().unwrap().as_bytes()[14], b'7', "a UUID of version 7");
    let mut last = shown;
    for way in 0..4 {
        desk.pass(Duration::from_secs(1));
        match way {
            0 => drop(update(&desk, no, "{description: \"one\"}").await),
            1 => drop(update(&desk, no, "{unset_description: true}").await),
            2 => desk.sonar.link("Account", 1, &[no]).await,
            _ => drop(
                desk.native.patch(&format!("/v1/files/{no}")).json(&json!({ "name": "b.txt" })).ask().await.expect(200),
            ),
        }
        let now = desk.sonar.show(no).await;
        assert!(version(&now) > version(&last), "{way}: {last} became {now}");
        assert!(now["updated_at"].as_str() > last["updated_at"].as_str(), "{way}: {last} became {now}");
        assert_eq!((&now["created_at"], &now["sonar_unique_id"]), (&last["created_at"], &last["sonar_unique_id"]));
        last = now;
    }
    assert_eq!(last["filename"], "b.txt");
    let found = desk
        .sonar
        .list(&format!("(_version: {}, sonar_unique_id: {})", last["_version"], last["sonar_unique_id"]))
        .await;
    assert_eq!(found, [no]);
    let other = desk.user(2, EVERYTHING).await;
    assert_eq!(other.show(no).await, last, "it is the same for everybody");
    desk.stop().await;
}

async fn a_description_may_be_as_long_as_the_limit_and_no_longer(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().description_bytes, 16 << 10);
    let desk = Desk::open(setup.limits(|limits| limits.description_bytes = 100)).await;
    let no = desk.sonar.file("a.txt", "x").await;
    let query = "mutation ($id: Int64Bit!, $input: UpdateFileMutationInput) { updateFile(id: $id, input: $input) { description } }";
    let send =
        async |text: String| desk.sonar.ask_with(query, json!({ "id": no, "input": { "description": text } })).await;
    let fits = "\u{20ac}".repeat(33) + "x";
    assert_eq!(send(fits.clone()).await.data()["updateFile"]["description"], fits.as_str());
    assert!(!send("\u{20ac}".repeat(34)).await.invalid("input.description").is_empty());
    assert_eq!(desk.sonar.show(no).await["description"], fits.as_str());
    desk.stop().await;
}
