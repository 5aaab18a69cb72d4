//! Files of the same bytes: looked for where and when the options say.

use super::*;
use serde_json::{Value, json};

fn looking(strategy: &str, scope: Option<&str>) -> Value {
    let mut options = json!({"duplicateValidationStrategy": strategy});
    if let Some(scope) = scope {
        options["duplicateValidationScope"] = scope.into();
    }
    options
}

/// What comes of an upload of `bytes` to `path`: a path that was there, or a new one, or the status.
async fn outcome(desk: &Desk, path: &str, bytes: &str, options: Value) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap();
    let form = Form::new().file(name, bytes).field("folderPath", folder).options(&options);
    let answer = desk.hubspot.upload(form).await;
    match answer.status.as_u16() {
        201 => answer.json()["path"].as_str().unwrap().to_owned(),
        status => status.to_string(),
    }
}

#[tokio::test]
async fn the_scope_says_where_to_look_and_the_strategy_what_to_do() {
    for desk in Desk::on_both().await {
        desk.hubspot.put("/f/one.txt", b"same").await;
        let (portal, folder) = (Some("ENTIRE_PORTAL"), Some("EXACT_FOLDER"));
        for (path, options, expected) in [
            ("/g/a.txt", looking("RETURN_EXISTING", portal), "/f/one.txt"),
            ("/f/a.txt", looking("RETURN_EXISTING", folder), "/f/one.txt"),
            ("/f/a.txt", looking("RETURN_EXISTING", None), "/f/one.txt"),
            ("/g/a.txt", looking("REJECT", portal), "409"),
            ("/f/a.txt", looking("REJECT", None), "409"),
            ("/f/sub/a.txt", looking("REJECT", folder), "/f/sub/a.txt"),
            ("/f/n.txt", looking("NONE", portal), "/f/n.txt"),
            ("/f/o.txt", json!({"duplicateValidationScope": "ENTIRE_PORTAL"}), "/f/o.txt"),
        ] {
            assert_eq!(outcome(&desk, path, "same", options.clone()).await, expected, "{path} {options}");
        }
        assert_eq!(outcome(&desk, "/f/one.txt", "other", looking("REJECT", portal)).await, "/f/one-1.txt");
        assert_eq!(
            desk.hubspot.found("folders", "name=g").await,
            Vec::<String>::new(),
            "no folder was made for nothing"
        );
    }
}

#[tokio::test]
async fn a_rejected_upload_names_the_file_in_the_way_and_asks_not_to_be_repeated() {
    let desk = Desk::open().await;
    let there = desk.hubspot.put("/f/one.txt", b"same").await;
    let form = Form::new().file("two.txt", "same").options(&looking("REJECT", Some("ENTIRE_PORTAL")));
    let answer = desk.hubspot.upload(form).await;
    assert_eq!(answer.expect(409)["errors"][0]["context"], json!({"existingFileId": [id(&there)]}));
    assert_eq!(answer.header("x-should-retry"), "false");
}

#[tokio::test]
async fn a_returned_file_is_as_it_was() {
    for desk in Desk::on_both().await {
        let there = desk.hubspot.put("/f/one.txt", b"same").await;
        desk.pass(std::time::Duration::from_secs(1));
        let mut options = looking("RETURN_EXISTING", Some("ENTIRE_PORTAL"));
        options["access"] = "PUBLIC_INDEXABLE".into();
        options["ttl"] = "P1D".into();
        options["overwrite"] = true.into();
        let form = Form::new().options(&options).field("folderPath", "/f").file("one.txt", "same");
        assert_eq!(desk.hubspot.upload(form).await.expect(201), there, "overwrite gives way to it");
        assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&there))).await.expect(200), there);
        let plan = attache_core::CheckPlan { repair: false, older_than: std::time::Duration::ZERO };
        let check = desk.app.core().operator().check(plan).await.unwrap();
        assert!(check.is_clean(), "the bytes that were not needed are gone: {check:?}");
    }
}

#[tokio::test]
async fn of_several_the_one_of_the_same_name_is_meant_then_one_of_the_folder_then_the_oldest() {
    for desk in Desk::on_both().await {
        for path in ["/a/old.txt", "/b/near.txt", "/c/name.txt"] {
            desk.hubspot.put(path, b"same").await;
        }
        let look = || looking("RETURN_EXISTING", Some("ENTIRE_PORTAL"));
        assert_eq!(outcome(&desk, "/b/name.txt", "same", look()).await, "/c/name.txt");
        assert_eq!(outcome(&desk, "/b/other.txt", "same", look()).await, "/b/near.txt");
        assert_eq!(outcome(&desk, "/d/other.txt", "same", look()).await, "/a/old.txt");
    }
}

#[tokio::test]
async fn what_the_caller_cannot_see_is_no_duplicate() {
    for desk in Desk::on_both().await {
        let other = desk.other_account().await;
        other.put("/f/other.txt", b"same").await;
        let hidden = desk.with_scopes("hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write").await;
        hidden.put_with("/f/hidden.txt", b"same", json!({"access": "HIDDEN_PRIVATE"})).await;
        let deleted = desk.hubspot.put("/f/deleted.txt", b"same").await;
        desk.hubspot.delete(&format!("/files/{}", id(&deleted))).await.expect(204);
        desk.hubspot.put_with("/f/expired.txt", b"same", json!({"ttl": "P1D"})).await;
        desk.pass(std::time::Duration::from_secs(24 * 3600));
        let form = || Form::new().file("new.txt", "same").options(&looking("REJECT", Some("ENTIRE_PORTAL")));
        desk.hubspot.upload(form()).await.expect(201);
        assert_eq!(desk.hubspot.upload(form()).await.status, 409);
    }
}

#[tokio::test]
async fn of_parallel_uploads_of_the_same_bytes_only_one_is_kept() {
    for desk in Desk::on_both().await {
        let uploads = (0..8).map(|number| {
            let form =
                Form::new().file(&format!("{number}.txt"), "same").options(&looking("REJECT", Some("ENTIRE_PORTAL")));
            let hubspot = desk.hubspot.clone();
            tokio::spawn(async move {
                hubspot.upload(form.field("folderPath", &format!("/{number}"))).await.status.as_u16()
            })
        });
        let mut statuses = Vec::new();
        for upload in uploads.collect::<Vec<_>>() {
            statuses.push(upload.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(desk.hubspot.found("files", "").await.len(), 1);
    }
}
