//! PUT: what comes with it changes, what does not come stays.

use crate::keap::desk::{Desk, Keap, Place, V1, decoded, noise};
use crate::native::on_both_engines;
use attache_tests::Setup;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    c07_what_is_absent_or_null_stays,
    c07_an_empty_put_changes_nothing,
    c07_another_association_moves_the_file_where_its_mover_may_write,
    c07_a_change_that_is_refused_changes_nothing_of_it,
    c08_the_key_outlives_a_rename_and_a_replacement,
    the_official_php_client_saves_what_it_found,
);

/// Puts a change; the descriptor before and after.
async fn change(keap: &Keap, no: i64, body: &Value) -> (Value, Value) {
    let before = keap.v1(no).await;
    let answer = keap.put(&format!("{V1}/{no}"), body).await.expect(200);
    let after = answer["file_descriptor"].clone();
    assert_eq!(keap.v1(no).await["last_updated"], after["last_updated"]);
    (before, after)
}

/// The members in which two descriptors differ.
fn differences(before: &Value, after: &Value) -> Vec<String> {
    let before = before.as_object().unwrap();
    let mut keys: Vec<_> =
        before.iter().filter(|(key, value)| after[*key] != **value).map(|(key, _)| key.clone()).collect();
    // A private file's link is signed anew each time.
    keys.retain(|key| key != "download_url");
    keys.sort();
    keys
}

async fn content(keap: &Keap, no: i64) -> Vec<u8> {
    decoded(&keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200)["file_data"])
}

async fn c07_what_is_absent_or_null_stays(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    for (body, changed) in [
        (json!({ "file_name": "b.pdf" }), &["file_name", "last_updated"][..]),
        (json!({ "is_public": true }), &["last_updated", "public"]),
        (json!({ "public": false }), &["last_updated", "public"]),
        (json!({ "public": true, "is_public": null }), &["last_updated", "public"]),
        (json!({ "file_data": STANDARD.encode(b"second") }), &["file_size", "last_updated"]),
        (json!({ "file_association": "CONTACT", "contact_id": "8" }), &["contact_id", "last_updated"]),
        (
            json!({ "file_name": null, "file_data": null, "is_public": false, "contact_id": null }),
            &["last_updated", "public"],
        ),
    ] {
        desk.pass(Duration::from_secs(1));
        let (before, after) = change(&desk.keap, no, &body).await;
        assert_eq!(differences(&before, &after), changed, "{body}");
    }
    let end = desk.keap.v1(no).await;
    assert_eq!(end["last_updated"], "2026-01-31T12:00:07.000+0000");
    assert_eq!(end["date_created"], "2026-01-31T12:00:00.000+0000");
    assert_eq!(content(&desk.keap, no).await, b"second");
    for bytes in [noise(0), noise(1), noise(70_000), noise(3 << 20)] {
        change(&desk.keap, no, &json!({ "file_data": STANDARD.encode(&bytes) })).await;
        assert!(content(&desk.keap, no).await == bytes);
    }
    desk.stop().await;
}

async fn c07_an_empty_put_changes_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    desk.pass(Duration::from_secs(60));
    let same = json!({ "file_name": "a.txt", "is_public": false, "file_association": "CONTACT", "contact_id": 7 });
    for body in [json!({}), json!({ "unknown": 1 }), same] {
        let (before, after) = change(&desk.keap, no, &body).await;
        assert!(differences(&before, &after).is_empty(), "{body}");
    }
    desk.stop().await;
}

async fn c07_another_association_moves_the_file_where_its_mover_may_write(setup: Setup) {
    let desk = Desk::open(setup).await;
    let user = desk.user(2, "keap:user").await;
    let no = user.file("a.txt", b"x", Place::Contact(7)).await;
    let path = format!("{V1}/{no}");
    let (_, own) = change(&user, no, &json!({ "file_association": "USER" })).await;
    assert_eq!((&own["contact_id"], &own["file_box_type"]), (&json!(null), &json!("Application")));
    assert_eq!(desk.user(3, "keap:user").await.get(&path).await.status, 403);
    user.put(&path, &json!({ "file_association": "COMPANY" })).await.expect(403);
    let (_, back) = change(&user, no, &json!({ "file_association": "contact", "contact_id": 9 })).await;
    assert_eq!((&back["contact_id"], &back["file_box_type"]), (&json!(9), &json!("Contact")));
    user.put(&path, &json!({ "file_association": "CONTACT" })).await.expect(400);

    let editor = desk.user(4, "keap:edit_company_files").await;
    change(&editor, no, &json!({ "file_association": "COMPANY" })).await;
    user.get(&path).await.expect(403);
    user.put(&path, &json!({ "file_association": "CONTACT", "contact_id": 7 })).await.expect(403);
    let viewer = desk.user(5, "keap:view_company_files").await;
    viewer.get(&path).await.expect(200);
    viewer.put(&path, &json!({ "file_association": "CONTACT", "contact_id": 7 })).await.expect(403);
    assert_eq!(editor.v1(no).await["contact_id"], json!(null));
    desk.stop().await;
}

async fn c07_a_change_that_is_refused_changes_nothing_of_it(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = 100_000)).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    let data = STANDARD.encode(b"second");
    for (body, status) in [
        (json!({ "file_data": data, "file_name": "a/b" }), 400),
        (json!({ "file_name": "b.txt", "file_data": "***" }), 400),
        (json!({ "file_name": "b.txt", "is_public": "perhaps" }), 400),
        (json!({ "file_data": data, "file_association": "NOBODY" }), 400),
        (json!({ "file_data": data, "file_association": "CONTACT", "contact_id": -7 }), 400),
        (json!({ "file_name": "b.txt", "file_data": STANDARD.encode(noise(100_001)) }), 413),
    ] {
        desk.keap.put(&format!("{V1}/{no}"), &body).await.expect(status);
        assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before, "{status}");
    }
    desk.keap.put(&format!("{V1}/999"), &json!({ "file_name": "b.txt" })).await.expect(404);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c08_the_key_outlives_a_rename_and_a_replacement(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let key = desk.keap.v1(no).await["remote_file_key"].clone();
    for body in
        [json!({ "file_name": "b.txt" }), json!({ "file_data": "YQ==" }), json!({ "file_association": "COMPANY" })]
    {
        assert_eq!(change(&desk.keap, no, &body).await.1["remote_file_key"], key);
    }
    assert_eq!(desk.keap.v2(no).await["remote_file_key"], key);
    desk.stop().await;
}

async fn the_official_php_client_saves_what_it_found(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let mut found = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200);
    found["file_name"] = json!("saved.txt");
    found["file_data"] = json!(STANDARD.encode(b"saved"));
    let (before, after) = change(&desk.keap, no, &found).await;
    assert_eq!((&after["file_name"], &after["file_size"]), (&json!("saved.txt"), &json!(5)));
    assert_eq!((&after["contact_id"], &after["id"]), (&before["contact_id"], &before["id"]));
    assert_eq!(content(&desk.keap, no).await, b"saved");
    desk.stop().await;
}
