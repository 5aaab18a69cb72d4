//! Changing a file's properties.

use super::*;
use serde_json::{Value, json};
use std::time::Duration;

async fn change(desk: &Desk, file: &Value, input: Value) -> attache_tests::Answer {
    desk.hubspot.patch(&format!("/files/{}", id(file)), input).await
}

#[tokio::test]
async fn a_new_name_moves_path_and_address_and_keeps_the_extension() {
    let desk = Desk::with_held_clock().await;
    let old = desk.hubspot.put_with("/f/a.txt", b"1", json!({"access": "PUBLIC_INDEXABLE"})).await;
    for (name, stem) in
        [("b", "b"), ("c.txt", "c"), ("d.TXT", "d"), ("e.pdf", "e.pdf"), ("caf\u{65}\u{301}", "caf\u{e9}")]
    {
        desk.pass(Duration::from_secs(1));
        let new = change(&desk, &old, json!({"name": name})).await.expect(200);
        assert_eq!((&new["name"], &new["extension"]), (&json!(stem), &json!("txt")), "{name}");
        assert_eq!(new["path"], format!("/f/{stem}.txt"));
        assert!(new["updatedAt"].as_str() > old["updatedAt"].as_str());
        for kept in ["id", "createdAt", "fileMd5", "size"] {
            assert_eq!(new[kept], old[kept], "{kept}");
        }
        assert_eq!(desk.anybody(new["url"].as_str().unwrap()).await.text(), "1");
        assert_eq!(desk.anybody(old["url"].as_str().unwrap()).await.status, 404);
    }
}

#[tokio::test]
async fn a_file_moves_by_id_by_path_and_into_the_root() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/f/a.txt", b"1").await;
        let folder = desk.hubspot.make_folder("/g").await;
        let number: i64 = id(&folder).parse().unwrap();
        for (input, path) in [
            (json!({"parentFolderId": id(&folder)}), "/g/a.txt"),
            (json!({"parentFolderPath": "/made/on demand/"}), "/made/on demand/a.txt"),
            (json!({"parentFolderId": number}), "/g/a.txt"),
            (json!({"parentFolderId": "0"}), "/a.txt"),
            (json!({"parentFolderId": null, "parentFolderPath": "f"}), "/f/a.txt"),
            (json!({"parentFolderPath": "/"}), "/a.txt"),
            (json!({"name": "b", "parentFolderId": id(&folder)}), "/g/b.txt"),
        ] {
            let moved = change(&desk, &file, input.clone()).await.expect(200);
            assert_eq!(moved["path"], path, "{input}");
        }
    }
}

#[tokio::test]
async fn access_use_and_end_change_alone_and_nothing_else_does() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let url = file["url"].as_str().unwrap();
    let public = change(&desk, &file, json!({"access": "PUBLIC_INDEXABLE"})).await.expect(200);
    assert_eq!((&public["access"], &public["path"]), (&json!("PUBLIC_INDEXABLE"), &file["path"]));
    assert_eq!(desk.anybody(url).await.status, 200);
    change(&desk, &file, json!({"access": "PRIVATE"})).await.expect(200);
    assert_eq!(desk.anybody(url).await.status, 404, "at once");
    let unused = change(&desk, &file, json!({"isUsableInContent": false})).await.expect(200);
    assert_eq!(unused["isUsableInContent"], false);
    for end in [json!("2026-03-01T00:00:00Z"), json!("2026-03-01T02:00:00.000+02:00"), json!(1_772_323_200_000_i64)] {
        let ending = change(&desk, &file, json!({"expiresAt": end})).await.expect(200);
        assert_eq!(ending["expiresAt"], 1_772_323_200_000_i64, "{end}");
    }
    let kept = change(&desk, &file, json!({"name": "b", "expiresAt": null, "clearExpires": false})).await.expect(200);
    assert_eq!(kept["expiresAt"], 1_772_323_200_000_i64);
    let endless = change(&desk, &file, json!({"clearExpires": true})).await.expect(200);
    assert_eq!(endless.get("expiresAt"), None);
}

#[tokio::test]
async fn a_change_of_nothing_is_200_and_changes_nothing() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    desk.pass(Duration::from_secs(1));
    for input in [json!({}), json!({"name": null, "access": null}), json!({"colour": "red", "createdAt": "2001-01-01"})]
    {
        assert_eq!(change(&desk, &file, input.clone()).await.expect(200), file, "{input}");
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_says_where_and_changes_nothing() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    for (input, place) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "a/b"}), "name"),
        (json!({"name": ".."}), "name"),
        (json!({"name": "a\u{0}"}), "name"),
        (json!({"name": "n".repeat(252)}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"access": "SECRET"}), "access"),
        (json!({"access": "HIDDEN_PRIVATE"}), "access"),
        (json!({"access": "SENSITIVE"}), "access"),
        (json!({"parentFolderId": "1", "parentFolderPath": "/a"}), "parentFolderId"),
        (json!({"parentFolderId": "seven"}), "parentFolderId"),
        (json!({"parentFolderId": -1}), "parentFolderId"),
        (json!({"parentFolderPath": "/a/../b"}), "parentFolderPath"),
        (json!({"isUsableInContent": "maybe"}), "isUsableInContent"),
        (json!({"expiresAt": "2001-01-01T00:00:00Z"}), "expiresAt"),
        (json!({"expiresAt": "soon"}), "expiresAt"),
        (json!({"expiresAt": "2099-01-01T00:00:00Z", "clearExpires": true}), "expiresAt"),
        (json!({"name": "b", "access": "SECRET"}), "access"),
    ] {
        refused_at(&change(&desk, &file, input).await, 400, place);
    }
    for input in [json!({"parentFolderId": NOBODY}), json!({"name": "b", "parentFolderId": NOBODY})] {
        assert_eq!(change(&desk, &file, input).await.status, 404);
    }
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200), file);
    assert_eq!(desk.hubspot.found("folders", "").await, ["f"], "nor were folders made");
}

#[tokio::test]
async fn a_taken_name_is_a_conflict_that_names_the_file_and_never_a_silent_number() {
    for desk in Desk::on_both().await {
        let there = desk.hubspot.put("/f/there.txt", b"1").await;
        let beside = desk.hubspot.put("/f/beside.txt", b"2").await;
        let elsewhere = desk.hubspot.put("/g/there.txt", b"3").await;
        for (file, input) in [
            (&beside, json!({"name": "there"})),
            (&elsewhere, json!({"parentFolderPath": "/f"})),
            (&elsewhere, json!({"parentFolderId": there["parentFolderId"]})),
        ] {
            let answer = change(&desk, file, input).await;
            assert_eq!(answer.expect(409)["errors"][0]["context"], json!({"existingFileId": [id(&there)]}));
            assert_eq!(answer.header("x-should-retry"), "false");
            assert_eq!(desk.hubspot.get(&format!("/files/{}", id(file))).await.expect(200), *file);
        }
        let same = change(&desk, &there, json!({"name": "there"})).await.expect(200);
        assert_eq!(same["path"], "/f/there.txt", "its own name is not taken");
    }
}

#[tokio::test]
async fn of_two_that_want_one_name_one_gets_it() {
    for desk in Desk::on_both().await {
        let mut wishes = Vec::new();
        for number in 0..8 {
            let file = desk.hubspot.put(&format!("/f/{number}.txt"), b"1").await;
            let hubspot = desk.hubspot.clone();
            wishes.push(tokio::spawn(async move {
                hubspot.patch(&format!("/files/{}", id(&file)), json!({"name": "one"})).await.status.as_u16()
            }));
        }
        let mut statuses = Vec::new();
        for wish in wishes {
            statuses.push(wish.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(desk.hubspot.found("files", "name=one").await, ["one.txt"]);
    }
}

#[tokio::test]
async fn a_hidden_level_is_set_with_its_scope() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let hiding = desk.with_scopes("hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write").await;
    let hidden = hiding.patch(&format!("/files/{}", id(&file)), json!({"access": "HIDDEN_PRIVATE"})).await.expect(200);
    assert_eq!(hidden["access"], "HIDDEN_PRIVATE");
    assert_eq!(change(&desk, &file, json!({"name": "b"})).await.status, 404, "others do not find it any more");
    let shown = hiding.patch(&format!("/files/{}", id(&file)), json!({"access": "PRIVATE"})).await.expect(200);
    assert_eq!(shown["access"], "PRIVATE");
}
