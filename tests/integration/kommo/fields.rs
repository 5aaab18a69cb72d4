//! Custom fields of type file, and the files in them.

use super::crm::{Crm, number, refused_at};
use crate::native::on_both_engines;
use attache_tests::{Ask as _, Setup};
use serde_json::{Value, json};

on_both_engines!(
    fields_are_made_read_changed_and_removed,
    only_the_owner_and_who_may_change_settings_write_fields,
    a_value_is_filled_in_and_follows_its_file,
    a_value_with_a_version_stays_with_it,
    what_the_official_client_sends_and_needs_for_values,
    every_way_to_empty_a_field_empties_it,
    a_value_that_cannot_be_changes_nothing,
    a_value_outlives_its_file,
);

const KINDS: [&str; 4] = ["leads", "contacts", "companies", "customers"];

fn values(field: i64, value: &Value) -> Value {
    json!([{ "field_id": field, "values": [{ "value": value }] }])
}

/// A lead with a field that holds a file.
async fn filled(crm: &Crm, file: &str) -> (String, i64) {
    let field = crm.kommo.field("leads", "Contract").await;
    let card = json!({ "custom_fields_values": values(field, &json!({ "file_uuid": file })) });
    (format!("/leads/{}", crm.kommo.make("leads", &card).await), field)
}

async fn value_of(crm: &Crm, lead: &str) -> Value {
    crm.kommo.get(lead).await.expect(200)["custom_fields_values"][0]["values"][0]["value"].clone()
}

async fn fields_are_made_read_changed_and_removed(setup: Setup) {
    let crm = Crm::open(setup).await;
    for kind in KINDS {
        let path = format!("/{kind}/custom_fields");
        assert_eq!(crm.kommo.get(&path).await.status, 204);
        let batch = json!([
            { "name": "Contract", "type": "file", "code": "CONTRACT", "sort": 510, "request_id": "mine" },
            { "name": "Passport", "type": "file" }
        ]);
        let made = crm.kommo.post(&path, &batch).await.expect(201);
        assert_eq!(made["_total_items"], 2);
        let fields = made["_embedded"]["custom_fields"].as_array().unwrap();
        assert_eq!((&fields[0]["request_id"], &fields[1]["request_id"]), (&json!("mine"), &json!("1")));
        let (one, two) = (number(&fields[0]), number(&fields[1]));

        // What the official client needs of a field.
        let shown = crm.kommo.get(&format!("{path}/{one}")).await.expect(200);
        for (key, value) in [
            ("id", json!(one)),
            ("name", json!("Contract")),
            ("code", json!("CONTRACT")),
            ("sort", json!(510)),
            ("type", json!("file")),
            ("entity_type", json!(kind)),
            ("account_id", json!(1)),
            ("enums", json!(null)),
            ("settings", json!(null)),
            ("remind", json!(null)),
            ("is_api_only", json!(false)),
        ] {
            assert_eq!(shown[key], value, "{key}: {shown}");
        }
        let listed = crm.kommo.get(&format!("{path}?limit=1&page=2")).await.expect(200);
        assert_eq!(
            (&listed["_total_items"], &listed["_page"], &listed["_page_count"]),
            (&json!(2), &json!(2), &json!(2))
        );
        assert!(listed["_links"].get("next").is_none(), "{listed}");

        let changed = crm.kommo.patch(&format!("{path}/{one}"), &json!({ "name": "Lease" })).await.expect(200);
        assert_eq!((&changed["name"], &changed["code"]), (&json!("Lease"), &json!("CONTRACT")));
        let batch = json!([{ "id": two, "name": "Id card", "sort": 3 }]);
        let changed = crm.kommo.patch(&path, &batch).await.expect(200);
        assert_eq!(changed["_embedded"]["custom_fields"][0]["sort"], 3);
        let names: Vec<_> = crm.kommo.list(&path, "custom_fields").await.iter().map(|f| f["name"].clone()).collect();
        assert_eq!(names, ["Id card", "Lease"]);

        refused_at(&crm.kommo.post(&path, &json!([{ "name": "Text", "type": "text" }])).await, &[("0", "type")]);
        refused_at(&crm.kommo.post(&path, &json!([{ "type": "file" }])).await, &[("0", "name")]);
        refused_at(&crm.kommo.patch(&path, &json!([{ "id": 987_654, "name": "x" }])).await, &[("0", "id")]);
        crm.kommo.delete(&format!("{path}/{one}"), None).await.expect(204);
        for unknown in [one, 987_654] {
            let path = format!("{path}/{unknown}");
            assert_eq!(crm.kommo.get(&path).await.status, 404);
            assert_eq!(crm.kommo.patch(&path, &json!({ "name": [] })).await.status, 404);
            assert_eq!(crm.kommo.delete(&path, None).await.status, 404);
        }
    }
    crm.stop().await;
}

async fn a_value_is_filled_in_and_follows_its_file(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("wiki.odt").await;
    let (lead, field) = filled(&crm, &file).await;
    let shown = crm.kommo.get(&lead).await.expect(200)["custom_fields_values"].clone();
    let version = shown[0]["values"][0]["value"]["version_uuid"].clone();
    assert!(version.is_string() && version != json!(file), "{shown}");
    let value = json!({
        "file_uuid": file, "version_uuid": version, "file_name": "wiki.odt", "file_size": 21, "is_deleted": false
    });
    let expected = json!([{
        "field_id": field, "field_name": "Contract", "field_code": null, "field_type": "file", "values": [{ "value": value }]
    }]);
    assert_eq!(shown, expected);
    // A new version of the file is the field's new value, and the field need not be written.
    crm.replace(&file, "longer than it was before").await;
    let now = value_of(&crm, &lead).await;
    assert_eq!((&now["file_uuid"], &now["file_size"]), (&json!(file), &json!(25)));
    assert_ne!(now["version_uuid"], version);
    crm.stop().await;
}

async fn a_value_with_a_version_stays_with_it(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("wiki.odt").await;
    let (lead, field) = filled(&crm, &file).await;
    let first = value_of(&crm, &lead).await;
    let pinned = json!({ "file_uuid": file, "version_uuid": first["version_uuid"] });
    crm.kommo.patch(&lead, &json!({ "custom_fields_values": values(field, &pinned) })).await.expect(200);
    crm.replace(&file, "longer than it was before").await;
    assert_eq!(value_of(&crm, &lead).await, first);
    let follows = json!({ "file_uuid": file, "version_uuid": null });
    crm.kommo.patch(&lead, &json!({ "custom_fields_values": values(field, &follows) })).await.expect(200);
    assert_eq!(value_of(&crm, &lead).await["file_size"], 25);
    crm.stop().await;
}

async fn what_the_official_client_sends_and_needs_for_values(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("wiki.odt").await;
    for kind in KINDS {
        let code = json!([{ "name": "Contract", "type": "file", "code": "CONTRACT" }]);
        let field = crm.kommo.post(&format!("/{kind}/custom_fields"), &code).await.expect(201);
        let field = number(&field["_embedded"]["custom_fields"][0]);
        // It always sends all four members.
        let value = json!({ "file_uuid": file, "version_uuid": null, "file_name": null, "file_size": null });
        let sent = json!([{ "name": "One", "custom_fields_values": values(field, &value), "request_id": "1" }]);
        let made = crm.kommo.post(&format!("/{kind}"), &sent).await.expect(200);
        let path = format!("/{kind}/{}", made["_embedded"][kind][0]["id"]);
        let shown = value_of(&crm, &path).await;
        assert_eq!((&shown["file_name"], &shown["file_size"]), (&json!("wiki.odt"), &json!(21)));
        // What was read is sent back as it is; and a field may be named by its code.
        let back = crm.kommo.get(&path).await.expect(200);
        crm.kommo.patch(&path, &back).await.expect(200);
        assert_eq!(value_of(&crm, &path).await, shown);
        let by_code = json!([{ "field_code": "CONTRACT", "values": [] }]);
        crm.kommo.patch(&path, &json!({ "custom_fields_values": by_code })).await.expect(200);
        assert_eq!(crm.kommo.get(&path).await.expect(200)["custom_fields_values"], json!(null));
    }
    crm.stop().await;
}

async fn every_way_to_empty_a_field_empties_it(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("wiki.odt").await;
    let (lead, field) = filled(&crm, &file).await;
    for none in [json!(null), json!([]), json!([{ "value": null }])] {
        let fill = json!({ "custom_fields_values": values(field, &json!({ "file_uuid": file })) });
        crm.kommo.patch(&lead, &fill).await.expect(200);
        assert_eq!(value_of(&crm, &lead).await["file_uuid"], file.as_str());
        // A change of something else leaves it.
        crm.kommo.patch(&lead, &json!({ "price": 7, "custom_fields_values": null })).await.expect(200);
        assert_eq!(value_of(&crm, &lead).await["file_uuid"], file.as_str());
        let empty = json!({ "custom_fields_values": [{ "field_id": field, "values": none }] });
        crm.kommo.patch(&lead, &empty).await.expect(200);
        assert_eq!(crm.kommo.get(&lead).await.expect(200)["custom_fields_values"], json!(null), "{none}");
    }
    crm.stop().await;
}

async fn a_value_that_cannot_be_changes_nothing(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (file, other, trashed) = (crm.file("1.txt").await, crm.file("2.txt").await, crm.file("3.txt").await);
    crm.trash(&trashed).await;
    let (lead, field) = filled(&crm, &file).await;
    let (others, _) = filled(&crm, &other).await;
    let foreign_version = value_of(&crm, &others).await["version_uuid"].clone();
    let contacts = crm.kommo.field("contacts", "Passport").await;
    let before = crm.kommo.get(&lead).await.expect(200);
    let inner = "custom_fields_values.0.values.0.value";
    let good = json!({ "file_uuid": file });
    for (bad, place) in [
        (values(field, &json!({ "file_uuid": trashed })), format!("{inner}.file_uuid")),
        (values(field, &json!({ "file_uuid": "00000000-0000-7000-8000-000000000000" })), format!("{inner}.file_uuid")),
        (values(field, &json!({ "file_uuid": "x" })), format!("{inner}.file_uuid")),
        (values(field, &json!({ "file_name": "1.txt" })), format!("{inner}.file_uuid")),
        (
            values(field, &json!({ "file_uuid": file, "version_uuid": foreign_version })),
            format!("{inner}.version_uuid"),
        ),
        (values(987_654, &good), "custom_fields_values.0.field_id".to_owned()),
        (values(contacts, &good), "custom_fields_values.0.field_id".to_owned()),
        (
            json!([{ "field_id": field, "values": [{ "value": good }, { "value": good }] }]),
            "custom_fields_values.0.values".to_owned(),
        ),
        (json!([{ "field_code": "PHONE", "values": null }]), "custom_fields_values.0.field_code".to_owned()),
    ] {
        let change = json!({ "name": "changed", "custom_fields_values": bad });
        refused_at(&crm.kommo.patch(&lead, &change).await, &[("0", &place)]);
        refused_at(&crm.kommo.post("/leads", &json!([{}, change])).await, &[("1", &place)]);
    }
    assert_eq!(crm.kommo.get(&lead).await.expect(200), before);
    assert_eq!(crm.kommo.list("/leads", "leads").await.len(), 2);
    crm.stop().await;
}

async fn a_value_outlives_its_file(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("wiki.odt").await;
    let (lead, _) = filled(&crm, &file).await;
    crm.trash(&file).await;
    let trashed = value_of(&crm, &lead).await;
    assert_eq!((&trashed["file_uuid"], &trashed["file_name"]), (&json!(file), &json!("wiki.odt")));
    assert_eq!(trashed["is_deleted"], true);
    crm.restore(&file).await;
    assert_eq!(value_of(&crm, &lead).await["is_deleted"], false);
    crm.erase(&file).await;
    let erased = value_of(&crm, &lead).await;
    assert_eq!((&erased["file_uuid"], &erased["is_deleted"]), (&json!(file), &json!(true)));
    assert_eq!((&erased["file_name"], &erased["file_size"]), (&json!(""), &json!(0)));
    crm.stop().await;
}

async fn only_the_owner_and_who_may_change_settings_write_fields(setup: Setup) {
    let crm = Crm::open(setup).await;
    let field = crm.kommo.field("leads", "Contract").await;
    let client_of_user_7 = async |scopes: &str| crm.kommo.0.with_token(Some(crm.app.token_of(7, scopes, None).await));
    let (all, one) = ("/api/v4/leads/custom_fields", format!("/api/v4/leads/custom_fields/{field}"));
    let new = json!([{ "name": "Passport", "type": "file" }]);

    let plain = client_of_user_7("kommo:crm").await;
    for refused in [
        plain.post(all).json(&new).ask().await,
        plain.post(all).body("[").ask().await,
        plain.patch(all).json(&json!([{ "id": field, "name": "Mine" }])).ask().await,
        plain.patch(&one).json(&json!({ "name": "Mine" })).ask().await,
        plain.patch("/api/v4/leads/custom_fields/987654").json(&json!({ "name": "Mine" })).ask().await,
        plain.delete(&one).ask().await,
    ] {
        assert!(refused.expect(403)["detail"].as_str().unwrap().contains("settings"), "{}", refused.text());
    }
    assert_eq!(plain.get(&one).ask().await.expect(200)["name"], "Contract");

    let setting_up = client_of_user_7("kommo:crm,settings").await;
    setting_up.post(all).json(&new).ask().await.expect(201);
    assert_eq!(setting_up.delete(&one).ask().await.status, 204);
    crm.stop().await;
}
