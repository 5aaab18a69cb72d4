//! Folders: made, found, changed and deleted, with all that is in them.

use super::*;
use serde_json::{Value, json};
use std::time::Duration;

async fn change(desk: &Desk, folder: &Value, input: Value) -> attache_tests::Answer {
    desk.hubspot.patch(&format!("/folders/{}", id(folder)), input).await
}

/// Hands in a change by task and waits for its end.
async fn change_later(desk: &Desk, folder: &Value, mut input: Value) -> Value {
    input["id"] = folder["id"].clone();
    let locator = desk.hubspot.post("/folders/update/async", input).await.expect(202);
    desk.hubspot.ended(&locator).await
}

#[tokio::test]
async fn a_folder_is_made_under_an_id_under_a_path_and_in_the_root() {
    for desk in Desk::on_both().await {
        let make = |input| desk.hubspot.post("/folders", input);
        let top = make(json!({"name": "top"})).await.expect(201);
        assert_eq!((&top["path"], top.get("parentFolderId")), (&json!("/top"), None));
        let number: i64 = id(&top).parse().unwrap();
        for (input, path) in [
            (json!({"name": "a", "parentFolderId": id(&top)}), "/top/a"),
            (json!({"name": "b", "parentFolderId": number}), "/top/b"),
            (json!({"name": "c", "parentFolderId": 0}), "/c"),
            (json!({"name": "d", "parentPath": "/top"}), "/top/d"),
            (json!({"name": "e", "parentFolderPath": "top/"}), "/top/e"),
            (json!({"name": "f", "parentPath": "/new/new too"}), "/new/new too/f"),
            (json!({"name": "caf\u{65}\u{301}"}), "/caf\u{e9}"),
        ] {
            assert_eq!(make(input.clone()).await.expect(201)["path"], path, "{input}");
        }
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_says_where() {
    let desk = Desk::open().await;
    let top = desk.hubspot.make_folder("/top").await;
    for (input, place) in [
        (json!({}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": ".."}), "name"),
        (json!({"name": "a/b"}), "name"),
        (json!({"name": "a\u{202e}"}), "name"),
        (json!({"name": "n".repeat(256)}), "name"),
        (json!({"name": "a", "parentFolderId": id(&top), "parentPath": "/top"}), "parentFolderId"),
        (json!({"name": "a", "parentFolderId": "top"}), "parentFolderId"),
        (json!({"name": "a", "parentPath": "/a/.."}), "parentPath"),
    ] {
        refused_at(&desk.hubspot.post("/folders", input).await, 400, place);
    }
    assert_eq!(desk.hubspot.post("/folders", json!({"name": "a", "parentFolderId": NOBODY})).await.status, 404);
    let taken = desk.hubspot.post("/folders", json!({"name": "top"})).await;
    assert_eq!(taken.expect(409)["errors"][0]["context"], json!({"existingFolderId": [id(&top)]}));
    assert_eq!(taken.header("x-should-retry"), "false");
    assert_eq!(desk.hubspot.found("folders", "").await, ["top"]);
}

#[tokio::test]
async fn a_folder_is_found_by_id_and_by_path_and_digits_are_an_id() {
    let desk = Desk::open().await;
    let folder = desk.hubspot.make_folder("/2024/\u{e4} 100% +#?").await;
    let year = desk.hubspot.get("/folders/%2F2024").await.expect(200);
    assert_eq!(desk.hubspot.get(&format!("/folders/{}", id(&folder))).await.expect(200), folder);
    for path in ["%2F2024%2F%C3%A4%20100%25%20%2B%23%3F", "2024/%C3%A4%20100%25%20%2B%23%3F/"] {
        assert_eq!(desk.hubspot.get(&format!("/folders/{path}")).await.expect(200), folder, "{path}");
    }
    assert_eq!(desk.hubspot.get("/folders/2024").await.status, 404, "that is an id");
    assert_eq!(desk.hubspot.get("/folders/%2F2024/").await.expect(200), year);
    for root in ["%2F", "0"] {
        assert_eq!(desk.hubspot.get(&format!("/folders/{root}")).await.status, 404, "{root}");
    }
    desk.hubspot.make_folder("/search").await;
    assert_eq!(desk.hubspot.get("/folders/%2Fsearch").await.expect(200)["name"], "search");
}

#[tokio::test]
async fn a_rename_and_a_move_show_at_once_in_everything_below() {
    for desk in Desk::on_both().await {
        let public = json!({"access": "PUBLIC_INDEXABLE"});
        let file = desk.hubspot.put_with("/old/deep/a.txt", b"1", public).await;
        let old = desk.hubspot.get("/folders/old").await.expect(200);
        let target = desk.hubspot.make_folder("/target").await;
        desk.pass(Duration::from_secs(1));
        let number: i64 = id(&target).parse().unwrap();
        for (input, path) in [
            (json!({"name": "new"}), "/new"),
            (json!({"parentFolderId": number}), "/target/new"),
            (json!({"parentFolderId": "0", "name": "both"}), "/both"),
            (json!({"name": null, "parentFolderId": null}), "/both"),
        ] {
            let changed = change(&desk, &old, input.clone()).await.expect(200);
            assert_eq!((&changed["path"], &changed["id"]), (&json!(path), &old["id"]), "{input}");
            assert_eq!(changed["createdAt"], old["createdAt"]);
            let now = desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200);
            assert_eq!(now["path"], format!("{path}/deep/a.txt"));
            assert_eq!(desk.anybody(now["url"].as_str().unwrap()).await.text(), "1");
            assert_eq!(desk.anybody(file["url"].as_str().unwrap()).await.status, 404, "the old address is dead");
        }
    }
}

#[tokio::test]
async fn a_change_by_task_does_the_same_and_tells_its_end() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/old/deep/a.txt", b"1").await;
        let old = desk.hubspot.get("/folders/old").await.expect(200);
        let target = desk.hubspot.make_folder("/target").await;
        let task = change_later(&desk, &old, json!({"name": "new", "parentFolderId": id(&target)})).await;
        assert_eq!(task["status"], "COMPLETE");
        assert_eq!((&task["result"]["path"], &task["result"]["id"]), (&json!("/target/new"), &old["id"]));
        let now = desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200);
        assert_eq!(now["path"], "/target/new/deep/a.txt");
    }
}

#[tokio::test]
async fn a_task_meets_a_taken_name_canceled_and_a_change_meets_it_with_409() {
    for desk in Desk::on_both().await {
        let (one, two) = (desk.hubspot.make_folder("/one").await, desk.hubspot.make_folder("/two").await);
        let refused = change(&desk, &one, json!({"name": "two"})).await;
        assert_eq!(refused.expect(409)["errors"][0]["context"], json!({"existingFolderId": [id(&two)]}));
        let task = change_later(&desk, &one, json!({"name": "two"})).await;
        assert_eq!((&task["status"], &task["numErrors"]), (&json!("CANCELED"), &json!(1)));
        let error = &task["errors"][0];
        assert_eq!((&error["category"], &error["status"]), (&json!("CONFLICT"), &json!("error")), "{task}");
        assert_eq!(desk.hubspot.get(&format!("/folders/{}", id(&one))).await.expect(200), one);
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_at_once_and_by_task_alike() {
    for desk in Desk::on_both().await {
        let leaf = desk.hubspot.make_folder("/top/middle/leaf").await;
        let top = desk.hubspot.get("/folders/top").await.expect(200);
        let mut cases = vec![
            (json!({"name": "a/b"}), 400),
            (json!({"name": ""}), 400),
            (json!({"parentFolderId": "leaf"}), 400),
            (json!({"parentFolderId": id(&top)}), 400),
            (json!({"parentFolderId": id(&leaf)}), 400),
            (json!({"parentFolderId": NOBODY}), 404),
        ];
        for (input, status) in cases.drain(..) {
            assert_eq!(change(&desk, &top, input.clone()).await.status, status, "{input}");
            let mut later = input.clone();
            later["id"] = top["id"].clone();
            assert_eq!(desk.hubspot.post("/folders/update/async", later).await.status, status, "by task: {input}");
        }
        refused_at(&desk.hubspot.post("/folders/update/async", json!({"name": "a"})).await, 400, "id");
        assert_eq!(desk.hubspot.post("/folders/update/async", json!({"id": NOBODY, "name": "a"})).await.status, 404);
        assert_eq!(desk.hubspot.post("/folders/update/async", json!({"id": "0", "name": "a"})).await.status, 400);
        assert_eq!(desk.hubspot.patch("/folders/0", json!({"name": "a"})).await.status, 400, "the root has no name");
        assert_eq!(desk.hubspot.get("/folders/top").await.expect(200), top);
    }
}

#[tokio::test]
async fn a_deleted_folder_takes_its_contents_along_in_one_step() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/top/deep/a.txt", b"1").await;
        let beside = desk.hubspot.put("/beside/a.txt", b"1").await;
        let top = desk.hubspot.get("/folders/top").await.expect(200);
        let deep = file["parentFolderId"].as_str().unwrap();
        assert_eq!(desk.hubspot.delete(&format!("/folders/{}", id(&top))).await.status, 204);
        for gone in [format!("/folders/{}", id(&top)), format!("/folders/{deep}"), format!("/files/{}", id(&file))] {
            assert_eq!(desk.hubspot.get(&gone).await.status, 404, "{gone}");
            assert_eq!(desk.hubspot.delete(&gone).await.status, 204, "a repeat is no error: {gone}");
        }
        assert_eq!(desk.hubspot.get("/files/stat/top/deep/a.txt").await.status, 404);
        assert_eq!(desk.hubspot.found("folders", "").await, ["beside"]);
        assert_eq!(desk.hubspot.found("files", "").await, ["a.txt"]);
        assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&beside))).await.expect(200), beside);
        let again = desk.hubspot.make_folder("/top").await;
        assert_ne!(id(&again), id(&top), "the name is free");
    }
}

#[tokio::test]
async fn a_folder_is_deleted_by_path_and_the_root_never() {
    let desk = Desk::open().await;
    desk.hubspot.put("/a b/c/a.txt", b"1").await;
    assert_eq!(desk.hubspot.delete("/folders/%2Fa%20b%2Fc").await.status, 204);
    assert_eq!(desk.hubspot.found("folders", "").await, ["a b"]);
    for (path, status) in [("%2F", 400), ("0", 400), ("nothing", 404), ("a%20b/c/d", 404)] {
        assert_eq!(desk.hubspot.delete(&format!("/folders/{path}")).await.status, status, "{path}");
    }
    assert_eq!(desk.hubspot.found("folders", "").await, ["a b"]);
}

#[tokio::test]
async fn moves_into_each_other_cannot_tie_a_knot() {
    for desk in Desk::on_both().await {
        for round in 0..4 {
            let (one, two) = (format!("/one{round}"), format!("/two{round}"));
            let (one, two) = (desk.hubspot.make_folder(&one).await, desk.hubspot.make_folder(&two).await);
            let into = |folder: &Value, parent: &Value| {
                let (path, input) = (format!("/folders/{}", id(folder)), json!({"parentFolderId": id(parent)}));
                let hubspot = desk.hubspot.clone();
                tokio::spawn(async move { hubspot.patch(&path, input).await.status.as_u16() })
            };
            let (first, second) = (into(&one, &two), into(&two, &one));
            let mut statuses = [first.await.unwrap(), second.await.unwrap()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 400]);
        }
        assert_eq!(desk.hubspot.found("folders", "parentFolderIds=0").await.len(), 4, "each pair hangs from the root");
    }
}

#[tokio::test]
async fn a_task_is_there_for_its_account_and_its_kind_only() {
    let desk = Desk::open().await;
    let folder = desk.hubspot.make_folder("/f").await;
    let locator = desk.hubspot.post("/folders/update/async", json!({"id": id(&folder), "name": "g"})).await.expect(202);
    let status = format!("/folders/update/async/tasks/{}/status", id(&locator));
    assert_eq!(desk.hubspot.get(&status).await.expect(200)["taskId"], locator["id"]);
    assert!(locator["links"]["status"].as_str().unwrap().ends_with(&status));
    assert_eq!(desk.other_account().await.get(&status).await.status, 404);
    let as_import = format!("/files/import-from-url/async/tasks/{}/status", id(&locator));
    for nobody in [as_import, "/folders/update/async/tasks/abc/status".to_owned()] {
        assert_eq!(desk.hubspot.get(&nobody).await.status, 404, "{nobody}");
    }
    let reader = desk.with_scopes("hubspot:files.read").await;
    assert_eq!(reader.get(&status).await.status, 403, "it takes a scope to write");
}
