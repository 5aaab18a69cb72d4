//! The Media tab of a record: which files it shows, and which it does not.

use super::crm::{Crm, attachment, uuids};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    the_tab_shows_what_was_linked_or_noted_and_not_what_sits_in_a_field,
    a_file_is_in_the_tab_once_however_often_it_came,
    a_file_that_is_unlinked_leaves_the_tab_and_stays_in_its_note,
    trash_empties_the_tab_and_restoring_fills_it_again,
);

async fn the_tab_shows_what_was_linked_or_noted_and_not_what_sits_in_a_field(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (linked, noted, sits) = (crm.file("1.txt").await, crm.file("2.txt").await, crm.file("3.txt").await);
    let field = crm.kommo.field("leads", "Contract").await;
    let value = json!([{ "field_id": field, "values": [{ "value": { "file_uuid": sits } }] }]);
    let lead = crm.kommo.make("leads", &json!({ "custom_fields_values": value })).await;
    let record = format!("leads/{lead}");
    assert_eq!(crm.kommo.get(&format!("/{record}/files")).await.status, 204);
    crm.kommo.link(&record, &[&linked]).await;
    crm.kommo.note(&format!("/{record}/notes"), &attachment(&noted, "2.txt")).await;
    assert_eq!(crm.kommo.tab(&record).await, [noted.clone(), linked.clone()]);
    // A file in a field that is linked as well is there by its link.
    crm.kommo.link(&record, &[&sits]).await;
    assert_eq!(crm.kommo.tab(&record).await, [sits.clone(), noted, linked]);
    crm.kommo.delete(&format!("/{record}/files"), Some(&uuids(&[&sits]))).await.expect(202);
    assert_eq!(crm.kommo.tab(&record).await.len(), 2);
    let lead = crm.kommo.get(&format!("/{record}")).await.expect(200);
    assert_eq!(lead["custom_fields_values"][0]["values"][0]["value"]["file_uuid"], sits.as_str());
    crm.stop().await;
}

async fn a_file_is_in_the_tab_once_however_often_it_came(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("1.txt").await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let record = format!("leads/{lead}");
    crm.kommo.note(&format!("/{record}/notes"), &attachment(&file, "1.txt")).await;
    crm.kommo.link(&record, &[&file]).await;
    crm.kommo.note(&format!("/{record}/notes"), &attachment(&file, "again.txt")).await;
    crm.native.put(&format!("/v1/records/deal/{lead}/files/{file}")).ask().await.expect(200);
    assert_eq!(crm.kommo.tab(&record).await, [file.as_str()]);
    let used = crm.kommo.get(&format!("/files/{file}/links")).await.expect(200);
    assert_eq!(used["entities"].as_array().unwrap().len(), 1, "{used}");
    crm.stop().await;
}

async fn a_file_that_is_unlinked_leaves_the_tab_and_stays_in_its_note(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("1.txt").await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let record = format!("leads/{lead}");
    let note = crm.kommo.note(&format!("/{record}/notes"), &attachment(&file, "1.txt")).await;
    crm.kommo.link(&record, &[&file]).await;
    crm.kommo.delete(&format!("/{record}/files"), Some(&uuids(&[&file]))).await.expect(202);
    assert_eq!(crm.kommo.get(&format!("/{record}/files")).await.status, 204);
    let note = crm.kommo.get(&format!("/{record}/notes/{note}")).await.expect(200);
    assert_eq!(note["params"]["file_uuid"], file.as_str());
    assert!(note["params"].get("is_deleted").is_none(), "{note}");
    crm.stop().await;
}

async fn trash_empties_the_tab_and_restoring_fills_it_again(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (one, two) = (crm.file("1.txt").await, crm.file("2.txt").await);
    let lead = crm.kommo.make("leads", &json!({})).await;
    let record = format!("leads/{lead}");
    crm.kommo.link(&record, &[&one, &two]).await;
    let before = crm.kommo.list(&format!("/{record}/files"), "files").await;
    crm.trash(&one).await;
    crm.trash(&two).await;
    assert_eq!(crm.kommo.get(&format!("/{record}/files")).await.status, 204);
    crm.restore(&one).await;
    assert_eq!(crm.kommo.tab(&record).await, [one.as_str()]);
    crm.restore(&two).await;
    assert_eq!(crm.kommo.list(&format!("/{record}/files"), "files").await, before);
    crm.erase(&two).await;
    assert_eq!(crm.kommo.tab(&record).await, [one]);
    crm.stop().await;
}
