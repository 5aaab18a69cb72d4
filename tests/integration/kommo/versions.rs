//! One file: its versions, its names, and what a change may say.

use super::desk::{Desk, download, full_name, text};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    an_upload_for_a_file_is_its_new_version_at_once,
    an_older_version_can_be_the_active_one_again,
    the_official_clients_rename_sends_the_whole_file_back,
    a_change_that_makes_no_sense_changes_nothing,
    a_new_name_keeps_the_extension_and_never_takes_anothers_place,
);

/// A file with two versions, a minute apart.
async fn twice(desk: &Desk) -> (Value, Value) {
    let old = desk.drive.put("lease.txt", b"first").await;
    desk.pass(Duration::from_secs(60));
    let opening = json!({ "file_name": "other.pdf", "file_size": 6, "file_uuid": old["uuid"] });
    let new = desk.drive.upload(opening, b"second").await;
    (old, new)
}

async fn an_upload_for_a_file_is_its_new_version_at_once(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (old, new) = twice(&desk).await;
    assert_eq!((&new["uuid"], &new["id"]), (&old["uuid"], &old["id"]));
    assert_ne!(new["version_uuid"], old["version_uuid"]);
    assert_eq!((&old["has_multiple_versions"], &new["has_multiple_versions"]), (&json!(false), &json!(true)));
    assert_eq!((&new["size"], &new["name"]), (&json!(6), &json!("lease")));
    assert_eq!(new["updated_at"].as_i64(), old["updated_at"].as_i64().map(|at| at + 60));
    assert_eq!(new["created_at"], old["created_at"]);

    let at = format!("/v1.0/files/{}", text(&new["uuid"]));
    assert_eq!(desk.drive.get(&at).await.expect(200), new);
    let list = desk.drive.get(&format!("{at}/versions")).await.expect(200);
    assert_eq!(
        (&list["_count"], &list["_links"]["self"]["href"]),
        (&json!(2), &json!(format!("{}{at}/versions", desk.app.url())))
    );
    let versions = list["_embedded"]["versions"].as_array().unwrap();
    let told: Vec<_> = versions.iter().map(|one| (&one["uuid"], &one["is_main"], &one["size"])).collect();
    assert_eq!(
        told,
        [(&new["version_uuid"], &json!(true), &json!(6)), (&old["version_uuid"], &json!(false), &json!(5)),]
    );
    for (version, bytes) in versions.iter().zip(["second", "first"]) {
        assert_eq!(version["file_uuid"], new["uuid"]);
        assert_eq!(desk.anybody(&text(&version["_links"]["download"]["href"])).await.text(), bytes);
        let own = text(&version["_links"]["self"]["href"]);
        assert_eq!(desk.drive.get(&own).await.expect(200), *version);
    }
    assert_eq!(desk.anybody(&download(&old)).await.text(), "second", "the address without a version follows");
    desk.stop().await;
}

async fn an_older_version_can_be_the_active_one_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (old, new) = twice(&desk).await;
    let at = format!("/v1.0/files/{}", text(&new["uuid"]));
    let back = desk.drive.patch(&at, &json!({ "version_uuid": old["version_uuid"] })).await.expect(200);
    assert_eq!((&back["version_uuid"], &back["size"]), (&old["version_uuid"], &json!(5)));
    assert_eq!(back["has_multiple_versions"], true);
    assert_eq!(desk.anybody(&download(&back)).await.text(), "first");
    desk.stop().await;
}

async fn the_official_clients_rename_sends_the_whole_file_back(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (_, file) = twice(&desk).await;
    let at = format!("/v1.0/files/{}", text(&file["uuid"]));
    let body = json!({
        "uuid": file["uuid"], "name": "New", "version_uuid": file["version_uuid"],
        "updated_by": file["updated_by"], "created_by": file["created_by"], "request_id": "0"
    });
    let renamed = desk.drive.patch(&at, &body).await.expect(200);
    assert_eq!((full_name(&renamed), &renamed["version_uuid"]), ("New.txt".to_owned(), &file["version_uuid"]));
    // And sends it back unchanged.
    let same = json!({ "uuid": file["uuid"], "name": "New", "version_uuid": file["version_uuid"], "request_id": "0" });
    assert_eq!(desk.drive.patch(&at, &same).await.expect(200), renamed);
    assert_eq!(desk.drive.patch(&at, &json!({})).await.expect(200), renamed);
    assert_eq!(desk.drive.patch(&at, &json!({ "name": null, "version_uuid": null })).await.expect(200), renamed);
    desk.stop().await;
}

async fn a_change_that_makes_no_sense_changes_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (old, file) = twice(&desk).await;
    let other = desk.drive.put("other.txt", b"x").await;
    let at = format!("/v1.0/files/{}", text(&file["uuid"]));
    for bad in [
        json!({ "name": "New", "version_uuid": old["version_uuid"] }),
        json!({ "version_uuid": other["version_uuid"] }),
        json!({ "version_uuid": file["uuid"] }),
        json!({ "version_uuid": "x" }),
        json!({ "name": "" }),
        json!({ "name": ".." }),
        json!({ "name": 7 }),
        json!([]),
    ] {
        let refused = desk.drive.patch(&at, &bad).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.text());
    }
    assert_eq!(desk.drive.get(&at).await.expect(200), file);
    for (path, status) in [
        ("/v1.0/files/00000000-0000-7000-8000-000000000000", 404),
        ("/v1.0/files/x", 404),
        ("/v1.0/files/00000000-0000-7000-8000-000000000000/versions", 404),
        (&format!("{at}/versions/{}", text(&other["version_uuid"])), 404),
        (&format!("{at}/versions/x"), 404),
    ] {
        assert_eq!(desk.drive.get(path).await.status, status, "{path}");
    }
    desk.drive.delete_all(&[&text(&file["uuid"])]).await.expect(204);
    desk.drive.patch(&at, &json!({ "name": "New" })).await.expect(400);
    let shown = desk.drive.get(&at).await.expect(200);
    assert_eq!((&shown["is_trashed"], &shown["name"]), (&json!(true), &json!("lease")));
    desk.stop().await;
}

async fn a_new_name_keeps_the_extension_and_never_takes_anothers_place(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.drive.put("taken.txt", b"x").await;
    let file = desk.drive.put("lease.txt", b"x").await;
    let at = format!("/v1.0/files/{}", text(&file["uuid"]));
    for (name, kept) in [
        ("contract", "contract.txt"),
        ("contract.TXT", "contract.txt"),
        ("taken", "taken-1.txt"),
        ("contract/2026", "contract_2026.txt"),
        ("contract.pdf", "contract.pdf.txt"),
    ] {
        assert_eq!(full_name(&desk.drive.patch(&at, &json!({ "name": name })).await.expect(200)), kept, "{name}");
    }
    assert_eq!(desk.native.get("/v1/files/by-path/taken.txt").ask().await.status, 200);
    desk.stop().await;
}
