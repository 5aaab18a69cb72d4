//! What the API tells of an erasure.

use super::{LARGE, erase};
use crate::native::{at, is_sound, list, noise, on_both_engines, post, put, task};
use crate::tus;
use attache_tests::{Ask, Client, Setup, figure};
use serde_json::{Value, json};

on_both_engines!(
    every_derivative_of_an_erased_file_is_listed_and_seen_to_be_gone,
    the_ledger_is_for_whoever_may_erase,
    a_purge_is_in_the_ledger_and_has_no_certificate,
    an_erase_by_hubspots_api_is_in_the_ledger_too,
);

/// What a file with everything leaves in the database, as the ledger names it.
const DERIVATIVES: [&str; 7] =
    ["versions", "links", "signed_links", "kept_answers", "uploads", "field_values", "notes"];

/// A file that came by an upload, has two versions, is in a field and a note of a lead, on a record, behind a signed link, and
/// in the answer that is kept for a repeated request.
async fn with_everything(client: &Client) -> (Value, String) {
    let upload = tus::open_named(client, 5, "Anna.txt").await;
    let answer = tus::patch(client, &upload, 0, "first").await;
    let file = tus::file(client, &answer).await;
    client.put(&format!("{}/content", at(&file))).body(noise(3, LARGE)).ask().await.expect(200);
    client.put(&format!("/v1/records/deal/7/files/{}", file["no"])).ask().await.expect(200);
    client.post(&format!("{}/links", at(&file))).json(&json!({})).ask().await.expect(201);
    let field = json!([{ "name": "Passport", "type": "file" }]);
    let field = client.post("/api/v4/leads/custom_fields").json(&field).ask().await.expect(201);
    let field = &field["_embedded"]["custom_fields"][0]["id"];
    let value = json!({ "file_uuid": file["id"], "file_name": "Anna's.txt" });
    let lead =
        json!([{ "name": "A", "custom_fields_values": [{ "field_id": field, "values": [{ "value": value }] }] }]);
    let lead = client.post("/api/v4/leads").json(&lead).ask().await.expect(200);
    let lead = lead["_embedded"]["leads"][0]["id"].to_string();
    let params = json!({ "file_uuid": file["id"], "file_name": "Anna's.txt" });
    let note = json!([{ "note_type": "attachment", "params": params }]);
    client.post(&format!("/api/v4/leads/{lead}/notes")).json(&note).ask().await.expect(200);
    client.delete(&at(&file)).ask().await.expect(204);
    let restore = client.post(&format!("{}/restore", at(&file))).header("Idempotency-Key", "once");
    (restore.ask().await.expect(200), lead)
}

async fn every_derivative_of_an_erased_file_is_listed_and_seen_to_be_gone(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (file, lead) = with_everything(&client).await;
    let erasure = erase(&client, &file).await;
    let found = client.get(&erasure).ask().await.expect(200);
    assert_eq!((found["state"].as_str(), &found["waits_for"]), (Some("gone"), &json!([])), "{found}");
    assert_eq!((&found["file_id"], &found["file_no"]), (&file["id"], &file["no"]));
    for what in DERIVATIVES {
        assert!(found["removed"][what].as_u64() > Some(0), "{what}: {found}");
    }
    let contents = found["contents"].as_array().unwrap();
    assert_eq!(contents.iter().map(|content| &content["size"]).collect::<Vec<_>>(), [5, LARGE]);
    assert!(contents.iter().all(|content| content["kept_for_another_file"] == false));

    client.get(&at(&file)).ask().await.refused(404, "not_found");
    let notes = client.get(&format!("/api/v4/leads/{lead}/notes")).ask().await.expect(200);
    let lead = client.get(&format!("/api/v4/leads/{lead}")).ask().await.expect(200);
    for text in [found.to_string(), notes.to_string(), lead.to_string()] {
        assert!(!text.contains("Anna") && text.len() > 100, "{text}");
    }
    is_sound(&app).await;
    figure("erase", &format!("{} kinds of derivatives and 2 contents of a file: 0 left", DERIVATIVES.len()));
    app.stop().await;
}

async fn the_ledger_is_for_whoever_may_erase(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let erasure = erase(&client, &file).await;
    let writer = app.client("files:read,files:write").await;
    for path in ["/v1/erasures".to_owned(), erasure.clone(), format!("{erasure}/certificate")] {
        writer.get(&path).ask().await.refused(403, "scope_missing");
        assert_eq!(app.stranger().get(&path).ask().await.status, 401);
    }
    let key = writer.get("/v1/erasures/key").ask().await.expect(200);
    assert_eq!(key["items"][0]["algorithm"], "Ed25519");
    let other = app.other_account("other").await;
    other.get(&erasure).ask().await.refused(404, "not_found");
    other.get(&format!("{erasure}/certificate")).ask().await.refused(404, "not_found");
    assert!(list(&other, "/v1/erasures").await.is_empty());
    let shown = list(&client, "/v1/erasures").await;
    assert_eq!(shown, [client.get(&erasure).ask().await.expect(200)]);
    app.stop().await;
}

async fn a_purge_is_in_the_ledger_and_has_no_certificate(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.bin", noise(1, LARGE)).await.expect(201);
    client.delete(&at(&file)).ask().await.expect(204);
    let emptied = client.delete("/v1/trash").ask().await.expect(202);
    task::ended(&client, emptied["task"].as_str().unwrap()).await;
    let found = list(&client, "/v1/erasures").await.remove(0);
    assert_eq!((found["kind"].as_str(), found["state"].as_str()), (Some("purge"), Some("gone")), "{found}");
    let path = format!("/v1/erasures/{}/certificate", found["id"].as_str().unwrap());
    client.get(&path).ask().await.refused(409, "state");
    app.stop().await;
}

async fn an_erase_by_hubspots_api_is_in_the_ledger_too(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    client.delete(&format!("/files/v3/files/{}/gdpr-delete", file["no"])).ask().await.expect(204);
    let found = list(&client, "/v1/erasures").await.remove(0);
    assert_eq!((found["kind"].as_str(), found["state"].as_str()), (Some("erase"), Some("gone")), "{found}");
    let path = format!("/v1/erasures/{}/certificate", found["id"].as_str().unwrap());
    client.get(&path).ask().await.expect(200);
    app.stop().await;
}
