//! Folders: a tree that stays a tree.

use super::{at, content, list, names, on_both_engines, put};
use attache_tests::{Ask, Client, Setup};
use futures_util::future::join_all;
use serde_json::{Value, json};

on_both_engines!(
    a_moved_folder_takes_everything_with_it,
    a_folder_is_never_put_into_itself_even_by_two_moves_at_once,
    a_name_is_taken_once_in_a_folder,
    the_root_stays,
    a_path_of_sixty_five_levels_makes_none_of_them,
);

async fn folder(client: &Client, path: &str) -> Value {
    client.post("/v1/folders").json(&json!({ "path": path })).ask().await.expect(201)
}

fn at_folder(folder: &Value) -> String {
    format!("/v1/folders/{}", folder["id"].as_str().unwrap())
}

async fn a_moved_folder_takes_everything_with_it(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a/b/c/deep.txt", "x").await;
    let (a, target) = (client.get("/v1/folders/by-path/a").ask().await.expect(200), folder(&client, "/target").await);
    let moved = json!({ "parent": "/target", "name": "renamed" });
    let moved = client.patch(&at_folder(&a)).json(&moved).ask().await.expect(200);
    assert_eq!((moved["path"].as_str(), &moved["parent_no"]), (Some("/target/renamed"), &target["no"]));
    let after = client.get(&at(&file)).ask().await.expect(200);
    assert_eq!(after["path"], "/target/renamed/b/c/deep.txt");
    assert_eq!(after["updated_at"], file["updated_at"], "a file in a folder that moves is not changed");
    assert_eq!(content(&client, &file).await, b"x");
    client.get("/v1/files/by-path/a/b/c/deep.txt").ask().await.refused(404, "not_found");
    assert_eq!(names(&client, "/v1/files?under=/target").await, ["deep.txt"]);
    app.stop().await;
}

async fn a_folder_is_never_put_into_itself_even_by_two_moves_at_once(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (a, b) = (folder(&client, "/a").await, folder(&client, "/a/b").await);
    for into in [&a, &b] {
        let change = json!({ "parent_id": into["id"] });
        client.patch(&at_folder(&a)).json(&change).ask().await.refused(422, "folder_cycle");
    }
    for round in 0..10 {
        let (x, y) = (folder(&client, &format!("/x{round}")).await, folder(&client, &format!("/y{round}")).await);
        let into = |folder: &Value, parent: &Value| {
            client.patch(&at_folder(folder)).json(&json!({ "parent_id": parent["id"] }))
        };
        let (one, two) = tokio::join!(into(&x, &y).ask(), into(&y, &x).ask());
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
    // Every folder still has a path from the root.
    for folder in list(&client, "/v1/folders").await {
        let path = folder["path"].as_str().unwrap();
        assert_eq!(client.get(&format!("/v1/folders/by-path{path}")).ask().await.expect(200)["no"], folder["no"]);
    }
    app.stop().await;
}

async fn a_name_is_taken_once_in_a_folder(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let requests = (0..20).map(|_| client.post("/v1/folders").json(&json!({ "path": "/one" })).ask());
    let answers = join_all(requests).await;
    assert_eq!(super::statuses(&answers), [(201, 1), (409, 19)]);
    let same = json!({ "path": "/one", "or_existing": true });
    let existing = client.post("/v1/folders").json(&same).ask().await;
    assert!(existing.status.is_success(), "{}", existing.text());
    let other = folder(&client, "/other").await;
    client.patch(&at_folder(&other)).json(&json!({ "name": "one" })).ask().await.refused(409, "name_taken");
    assert_eq!(list(&client, "/v1/folders").await.len(), 2);
    app.stop().await;
}

async fn the_root_stays(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "a.txt", "x").await;
    client.delete("/v1/folders/0").ask().await.refused(422, "root_folder");
    client.patch("/v1/folders/0").json(&json!({ "name": "x" })).ask().await.refused(422, "root_folder");
    assert_eq!(names(&client, "/v1/files").await, ["a.txt"]);
    app.stop().await;
}

async fn a_path_of_sixty_five_levels_makes_none_of_them(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let path = |levels: usize| "/a".repeat(levels);
    client.post("/v1/folders").json(&json!({ "path": path(65) })).ask().await.refused(422, "path_too_deep");
    assert!(list(&client, "/v1/folders").await.is_empty());
    folder(&client, &path(64)).await;
    let side = folder(&client, "/side").await;
    let top = client.get("/v1/folders/by-path/a").ask().await.expect(200);
    let into = json!({ "parent_id": side["id"] });
    client.patch(&at_folder(&top)).json(&into).ask().await.refused(422, "path_too_deep");
    app.stop().await;
}
