//! The two ways of a file to go.

use super::*;
use attache_core::CheckPlan;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

#[tokio::test]
async fn a_deleted_file_is_gone_for_every_reader_and_its_name_is_free() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put_with("/f/a.txt", b"1", json!({"access": "PUBLIC_INDEXABLE"})).await;
        let path = format!("/files/{}", id(&file));
        let signed = desk.hubspot.get(&format!("{path}/signed-url")).await.expect(200);
        assert!(desk.hubspot.delete(&path).await.body.is_empty());
        for gone in [path.as_str(), &format!("{path}/signed-url"), &format!("{path}/download"), "/files/stat/f/a.txt"] {
            assert_eq!(desk.hubspot.get(gone).await.status, 404, "{gone}");
        }
        assert_eq!(desk.hubspot.patch(&path, json!({"name": "b"})).await.status, 404);
        assert_eq!(desk.hubspot.replace(id(&file), Form::of("a.txt", "2")).await.status, 404);
        assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
        for url in [&file["url"], &signed["url"]] {
            assert_eq!(desk.anybody(url.as_str().unwrap()).await.status, 404, "{url}");
        }
        assert_eq!(desk.hubspot.put("/f/a.txt", b"2").await["path"], "/f/a.txt");
    }
}

#[tokio::test]
async fn deleting_again_is_no_error_until_the_file_is_purged() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/f/a.txt", b"1").await;
        let path = format!("/files/{}", id(&file));
        assert_eq!(desk.hubspot.delete(&path).await.status, 204);
        assert_eq!(desk.hubspot.delete(&path).await.status, 204);
        assert_eq!(desk.hubspot.delete(&format!("{path}/gdpr-delete")).await.status, 204, "out of the trash");
        assert_eq!(desk.hubspot.delete(&path).await.status, 404);
        assert_eq!(desk.hubspot.delete(&format!("{path}/gdpr-delete")).await.status, 404);
    }
}

#[tokio::test]
async fn gdpr_delete_leaves_neither_bytes_nor_name_on_the_disk() {
    let Some(setup) = attache_tests::Setup::on_disk() else { return };
    let desk = Desk::at(setup, attache_model::Clock::System).await;
    let (small, large) = (b"small but telling content".as_slice(), b"large and telling content; ".repeat(10_000));
    for (name, bytes) in [("unmistakable-small.txt", small), ("unmistakable-large.txt", &large)] {
        let file = desk.hubspot.put(&format!("/f/{name}"), bytes).await;
        assert_ne!(holding(desk.app.data(), b"telling content"), Vec::<String>::new(), "it was there");
        assert_ne!(holding(desk.app.data(), name.as_bytes()), Vec::<String>::new(), "it was there");
        assert_eq!(desk.hubspot.delete(&format!("/files/{}/gdpr-delete", id(&file))).await.status, 204);
        assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&file))).await.status, 404);
    }
    for trace in ["telling content", "unmistakable"] {
        assert_eq!(holding(desk.app.data(), trace.as_bytes()), Vec::<String>::new(), "{trace}");
    }
}

/// The files below a folder that hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn bytes_that_another_file_has_too_stay_until_their_last_owner_goes() {
    for desk in Desk::on_both().await {
        let bytes = vec![7; 200_000];
        let (one, two) = (desk.hubspot.put("/f/one.bin", &bytes).await, desk.hubspot.put("/f/two.bin", &bytes).await);
        desk.hubspot.delete(&format!("/files/{}/gdpr-delete", id(&one))).await.expect(204);
        assert_eq!(desk.hubspot.get(&format!("/files/{}/download", id(&two))).await.body, bytes);
        desk.hubspot.delete(&format!("/files/{}/gdpr-delete", id(&two))).await.expect(204);
        let check = desk.app.core().operator().check(CheckPlan { repair: false, older_than: Duration::ZERO }).await;
        assert!(check.as_ref().is_ok_and(attache_core::Report::is_clean), "{check:?}");
    }
}

#[tokio::test]
async fn a_task_no_longer_shows_a_folder_that_was_deleted() {
    let desk = Desk::open().await;
    let folder = desk.hubspot.make_folder("/old").await;
    let locator =
        desk.hubspot.post("/folders/update/async", json!({"id": id(&folder), "name": "new"})).await.expect(202);
    assert_eq!(desk.hubspot.ended(&locator).await["result"]["path"], "/new");
    desk.hubspot.delete(&format!("/folders/{}", id(&folder))).await.expect(204);
    let task = desk.hubspot.ended(&locator).await;
    assert_eq!((task["status"].as_str(), task.get("result")), (Some("COMPLETE"), None));
}
