//! Files on records: one stored file, many records.

use super::{at, list, on_both_engines, post, put};
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    a_file_is_on_a_record_once_however_often_it_is_put_there,
    where_used_names_every_record_of_a_file,
    an_upload_to_a_record_is_a_file_on_it,
    a_batch_tells_of_each_item_and_does_what_can_be_done,
    a_record_is_a_pair_of_type_and_id,
);

async fn a_file_is_on_a_record_once_however_often_it_is_put_there(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let place = format!("/v1/records/contact/42/files/{}", file["no"]);
    for _ in 0..3 {
        client.put(&place).ask().await.expect(200);
    }
    assert_eq!(list(&client, "/v1/records/contact/42/files").await.len(), 1);
    client.delete(&place).ask().await.expect(204);
    client.delete(&place).ask().await.refused(404, "not_found");
    assert!(list(&client, "/v1/records/contact/42/files").await.is_empty());
    client.get(&at(&file)).ask().await.expect(200);
    app.stop().await;
}

async fn where_used_names_every_record_of_a_file(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt&record=contact/1&record=deal/2&record=ticket_reply/49", "x").await.expect(201);
    let used = client.get(&format!("{}/records", at(&file))).ask().await.expect(200);
    let records: Vec<_> = used["items"].as_array().unwrap().iter().map(|link| link["record"].clone()).collect();
    assert_eq!(records, ["contact/1", "deal/2", "ticket_reply/49"]);
    app.stop().await;
}

async fn an_upload_to_a_record_is_a_file_on_it(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = client.post("/v1/records/contact/42/files?name=a.txt").body("x").ask().await.expect(201);
    let listed = list(&client, "/v1/records/contact/42/files").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["file"]["name"], "a.txt");
    assert!(made.to_string().contains("a.txt"));
    app.stop().await;
}

async fn a_batch_tells_of_each_item_and_does_what_can_be_done(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let mut files = Vec::new();
    for no in 0..3 {
        files.push(put(&client, &format!("{no}.txt"), "x").await["no"].to_string());
    }
    let mut items: Vec<_> = files.iter().map(|file| json!({ "file": file, "record": "deal/9" })).collect();
    items.push(json!({ "file": "987654", "record": "deal/9" }));
    let linked = client.post("/v1/files/batch/link").json(&json!({ "items": items })).ask().await.expect(200);
    assert_eq!(linked["failed"], 1);
    assert_eq!(linked["results"][3]["error"]["code"], "not_found");
    assert_eq!(list(&client, "/v1/records/deal/9/files").await.len(), 3);

    let unlink =
        json!({ "items": [{ "file": files[0], "record": "deal/9" }, { "file": files[0], "record": "deal/8" }] });
    let unlinked = client.post("/v1/files/batch/unlink").json(&unlink).ask().await.expect(200);
    assert_eq!((&unlinked["results"][0]["ok"], &unlinked["results"][1]["ok"]), (&json!(true), &json!(false)));

    let both = json!({ "files": [files[1], "987654"] });
    let deleted = client.post("/v1/files/batch/delete").json(&both).ask().await.expect(200);
    assert_eq!(deleted["failed"], 1);
    assert_eq!(list(&client, "/v1/files").await.len(), 2);
    let restored = client.post("/v1/files/batch/restore").json(&both).ask().await.expect(200);
    assert_eq!((&restored["results"][0]["ok"], &restored["failed"]), (&json!(true), &json!(1)));
    app.stop().await;
}

async fn a_record_is_a_pair_of_type_and_id(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    client.put(&format!("/v1/records/contact/42/files/{}", file["no"])).ask().await.expect(200);
    client.delete(&format!("/v1/records/deal/42/files/{}", file["no"])).ask().await.refused(404, "not_found");
    assert_eq!(list(&client, "/v1/records/contact/42/files").await.len(), 1);
    let long = "x".repeat(4096);
    client.put(&format!("/v1/records/contact/{long}/files/{}", file["no"])).ask().await.refused(422, "record_invalid");
    app.stop().await;
}
