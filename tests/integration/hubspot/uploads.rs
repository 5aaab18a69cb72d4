//! Uploads and replacements: the form's parts, what is refused of it, and what happens to a name that is taken.

use super::*;
use attache_model::Clock;
use attache_tests::Setup;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn parts_come_in_any_order() {
    let desk = Desk::open().await;
    let options = r#"{"access":"PUBLIC_INDEXABLE"}"#;
    let last =
        Form::new().field("folderPath", "/f").field("fileName", "n").field("options", options).file("a.txt", "1");
    let first =
        Form::new().file("a.txt", "2").field("folderPath", "/f").field("fileName", "n").field("options", options);
    let middle = Form::new().field("charsetHunch", "UTF-8").file("a.txt", "3").field("fileName", "n");
    let middle = middle.field("folderPath", "/f").field("options", options);
    for (form, path) in [(last, "/f/n.txt"), (first, "/f/n-1.txt"), (middle, "/f/n-2.txt")] {
        let file = desk.hubspot.upload(form).await.expect(201);
        assert_eq!((file["path"].as_str(), file["access"].as_str()), (Some(path), Some("PUBLIC_INDEXABLE")));
    }
}

#[tokio::test]
async fn options_may_carry_a_type_and_unknown_parts_and_members_are_passed_over() {
    let desk = Desk::open().await;
    let head = "Content-Disposition: form-data; name=\"options\"\r\nContent-Type: application/json";
    let form = Form::new().part(head, r#"{"access":"PRIVATE","colour":"red","overwrite":"true","ttl":null}"#);
    let form = form.field("colour", "red").field("colour", "blue").file("a.txt", "1");
    desk.hubspot.upload(form).await.expect(201);
}

#[tokio::test]
async fn an_upload_without_a_needed_part_or_member_says_which_and_what_would_be_right() {
    let desk = Desk::open().await;
    let send = |form: Form| desk.hubspot.upload(form);
    let without_options = send(Form::new().file("a.txt", "1")).await;
    refused_at(&without_options, 400, "options");
    assert_eq!(without_options.json()["message"], "options parameter is required");
    refused_at(&send(Form::new().options(&json!({}))).await, 400, "file");
    refused_at(&send(Form::new()).await, 400, "options");
    let without_access = send(Form::new().field("options", "{}").file("a.txt", "1")).await;
    refused_at(&without_access, 400, "options.access");
    assert!(without_access.text().contains("PUBLIC_NOT_INDEXABLE"), "the legal values are told: {without_access:?}");
    for text in ["", "access=PRIVATE", "[]", "7", "null"] {
        refused_at(&send(Form::new().field("options", text).file("a.txt", "1")).await, 400, "options");
    }
    assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
}

#[tokio::test]
async fn options_that_cannot_be_are_refused_before_and_after_the_file_alike() {
    let desk = Desk::open().await;
    let old = desk.hubspot.put("/f/a.txt", b"old").await;
    for (options, place) in [
        (json!({"access": "SECRET"}), "options.access"),
        (json!({"access": "private"}), "options.access"),
        (json!({"access": 7}), "options.access"),
        (json!({"access": "HIDDEN_PRIVATE"}), "options.access"),
        (json!({"access": "SENSITIVE"}), "options.access"),
        (json!({"access": "HIDDEN_SENSITIVE"}), "options.access"),
        (json!({"ttl": "PT24H"}), "options.ttl"),
        (json!({"ttl": "P0D"}), "options.ttl"),
        (json!({"ttl": "P1Y2M3D"}), "options.ttl"),
        (json!({"ttl": 7}), "options.ttl"),
        (json!({"expiresAt": "2001-01-01T00:00:00Z"}), "options.expiresAt"),
        (json!({"expiresAt": "soon"}), "options.expiresAt"),
        (json!({"expiresAt": "2099-01-01T00:00:00Z", "ttl": "P1D"}), "options.expiresAt"),
    ] {
        let early = Form::new().options(&options).file("a.txt", "1");
        let late = Form::new().file("a.txt", "1").options(&options);
        for form in [early, late] {
            refused_at(&desk.hubspot.upload(form.clone()).await, 400, place);
            refused_at(&desk.hubspot.replace(id(&old), form).await, 400, place);
        }
    }
    for (options, place) in [
        (json!({"overwrite": "maybe"}), "options.overwrite"),
        (json!({"overwrite": 2}), "options.overwrite"),
        (json!({"duplicateValidationStrategy": "GUESS"}), "options.duplicateValidationStrategy"),
        (json!({"duplicateValidationScope": "HERE"}), "options.duplicateValidationScope"),
    ] {
        refused_at(&desk.hubspot.upload(Form::new().file("a.txt", "1").options(&options)).await, 400, place);
    }
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&old))).await.expect(200), old, "nothing has changed");
    assert_eq!(desk.hubspot.found("files", "").await, ["a.txt"]);
}

#[tokio::test]
async fn hidden_levels_are_set_only_with_their_scope_and_sensitive_ones_never() {
    let desk = Desk::open().await;
    let hidden = desk.with_scopes("hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write").await;
    for access in ["HIDDEN_INDEXABLE", "HIDDEN_NOT_INDEXABLE", "HIDDEN_PRIVATE"] {
        let file = hidden.put_with("/f/a.txt", b"1", json!({"access": access})).await;
        assert_eq!(file["access"], access);
        hidden.replace(id(&file), Form::new().file("a.txt", "2").options(&json!({"access": access}))).await.expect(200);
    }
    for access in ["SENSITIVE", "HIDDEN_SENSITIVE"] {
        let form = Form::new().file("a.txt", "1").options(&json!({"access": access}));
        refused_at(&hidden.upload(form).await, 400, "options.access");
    }
}

#[tokio::test]
async fn one_upload_takes_one_file_and_each_field_once() {
    let desk = Desk::open().await;
    let two = Form::new().options(&json!({})).file("a.txt", "1").file("b.txt", "2");
    refused_at(&desk.hubspot.upload(two).await, 400, "file");
    for field in ["folderPath", "fileName", "charsetHunch", "options"] {
        let form = Form::new().field(field, "{}").field(field, "{}").options(&json!({})).file("a.txt", "1");
        refused_at(&desk.hubspot.upload(form).await, 400, field);
    }
    assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_folder_is_named_by_id_or_path_and_made_when_its_path_is_new() {
    for desk in Desk::on_both().await {
        let upload = |field: &'static str, value: &str| desk.hubspot.upload(Form::of("a.txt", "1").field(field, value));
        let made = upload("folderPath", "a/b//c/").await.expect(201);
        assert_eq!(made["path"], "/a/b/c/a.txt");
        let again = upload("folderId", made["parentFolderId"].as_str().unwrap()).await.expect(201);
        assert_eq!(again["path"], "/a/b/c/a-1.txt");
        for root in [upload("folderId", "0").await, upload("folderPath", "/").await, upload("folderPath", "").await] {
            let file = root.expect(201);
            assert_eq!(file.get("parentFolderId"), None, "{file}");
        }
        refused_at(&upload("folderId", "seven").await, 400, "folderId");
        assert_eq!(upload("folderId", NOBODY).await.status, 404);
        for path in ["/a/../b", "/./a", "/a\\b", "/a\u{1}", &"/a".repeat(65)] {
            refused_at(&upload("folderPath", path).await, 400, "folderPath");
        }
        let both = Form::of("a.txt", "1").field("folderId", "1").field("folderPath", "/a");
        refused_at(&desk.hubspot.upload(both).await, 400, "folderId");
        assert_eq!(desk.hubspot.found("folders", "sort=id").await, ["a", "b", "c"]);
    }
}

#[tokio::test]
async fn a_file_is_as_large_as_the_limit_and_not_a_byte_larger() {
    let setup = Setup::new().limits(|limits| limits.file_bytes = 1000);
    let desk = Desk::at(setup, Clock::System).await;
    let file = desk.hubspot.put("/a.txt", &[b'x'; 1000]).await;
    for form in [Form::of("b.txt", [b'x'; 1001]), Form::new().options(&json!({})).file("b.txt", [b'x'; 1001])] {
        let answer = desk.hubspot.upload(form.clone()).await;
        assert_eq!(answer.expect(413)["errors"][0]["code"], "file_too_large");
        assert_eq!(desk.hubspot.replace(id(&file), form).await.status, 413);
    }
    assert_eq!(desk.hubspot.found("files", "").await, ["a.txt"]);
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200), file);
}

#[tokio::test]
async fn a_text_part_is_as_large_as_the_limit_and_not_a_byte_larger() {
    let desk = Desk::open().await;
    let send = |bytes: usize| desk.hubspot.upload(Form::of("a.txt", "1").field("charsetHunch", &"x".repeat(bytes)));
    assert_eq!(send(64 << 10).await.status, 201);
    assert_eq!(send((64 << 10) + 1).await.status, 413);
}

#[tokio::test]
async fn a_taken_name_gets_the_smallest_free_number() {
    for desk in Desk::on_both().await {
        let put = async |name: &str| {
            let file = desk.hubspot.upload(Form::of(name, name).field("folderPath", "/f")).await.expect(201);
            (id(&file).to_owned(), file["path"].as_str().unwrap().to_owned())
        };
        assert_eq!(put("x.txt").await.1, "/f/x.txt");
        let (second, _) = put("x.txt").await;
        assert_eq!(put("x.txt").await.1, "/f/x-2.txt");
        desk.hubspot.delete(&format!("/files/{second}")).await.expect(204);
        assert_eq!(put("x.txt").await.1, "/f/x-1.txt", "a deleted file's name is free");
        assert_eq!(put("x.pdf").await.1, "/f/x.pdf", "another extension is another name");
        assert_eq!(put("X.txt").await.1, "/f/X.txt", "names differ by case");
        assert_eq!(put("README").await.1, "/f/README");
        assert_eq!(put("README").await.1, "/f/README-1");
        let long = format!("{}.txt", "n".repeat(251));
        assert_eq!(put(&long).await.1, format!("/f/{long}"));
        assert_eq!(put(&long).await.1, format!("/f/{}-1.txt", "n".repeat(249)));
        let tail = "x".repeat(253);
        assert_eq!(put(&format!("a.{tail}")).await.1, format!("/f/a.{tail}"));
        assert_eq!(put(&format!("a.{tail}")).await.1, format!("/f/a.{}-1", &tail[2..]), "no extension is so long");
    }
}

#[tokio::test]
async fn parallel_uploads_of_one_name_all_survive_under_names_of_their_own() {
    for desk in Desk::on_both().await {
        let contents: Vec<String> = (0..12).map(|number| format!("content {number}")).collect();
        let uploads = contents.iter().map(|content| {
            let form = Form::of("x.txt", content).field("folderPath", "/made/by/all");
            let hubspot = desk.hubspot.clone();
            tokio::spawn(async move { hubspot.upload(form).await.expect(201) })
        });
        let (mut names, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for upload in uploads.collect::<Vec<_>>() {
            let file = upload.await.unwrap();
            names.insert(file["path"].as_str().unwrap().to_owned());
            kept.insert(desk.hubspot.get(&format!("/files/{}/download", id(&file))).await.text());
        }
        let expected = (0..12).map(|number| match number {
            0 => "/made/by/all/x.txt".to_owned(),
            number => format!("/made/by/all/x-{number}.txt"),
        });
        assert_eq!(names, expected.collect());
        assert_eq!(kept, contents.into_iter().collect());
        assert_eq!(desk.hubspot.found("folders", "").await.len(), 3, "the folders were made once");
    }
}

#[tokio::test]
async fn overwrite_deletes_the_old_file_and_the_new_one_has_its_place() {
    for desk in Desk::on_both().await {
        let public = json!({"access": "PUBLIC_INDEXABLE"});
        let old = desk.hubspot.put_with("/f/x.txt", b"old", public).await;
        let overwriting = json!({"access": "PUBLIC_INDEXABLE", "overwrite": true});
        let new = desk.hubspot.put_with("/f/x.txt", b"new", overwriting.clone()).await;
        assert_ne!(id(&new), id(&old));
        assert_eq!((&new["path"], &new["url"]), (&old["path"], &old["url"]));
        assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&old))).await.status, 404);
        assert_eq!(desk.anybody(new["url"].as_str().unwrap()).await.text(), "new");
        assert_eq!(desk.hubspot.found("files", "").await, ["x.txt"]);
        let first = desk.hubspot.put_with("/f/y.txt", b"first", overwriting).await;
        assert_eq!(first["path"], "/f/y.txt", "there need not be anything to overwrite");
    }
}

#[tokio::test]
async fn a_replacement_keeps_who_the_file_is_and_takes_the_new_bytes() {
    for desk in Desk::on_both().await {
        let old = desk.hubspot.put_with("/f/a.png", PIXEL, json!({"access": "PUBLIC_INDEXABLE", "ttl": "P1D"})).await;
        desk.pass(std::time::Duration::from_secs(1));
        let form = Form::new().options(&json!({"access": "PRIVATE"})).field("charsetHunch", "UTF-8");
        let form = form.field("fileName", "b").field("folderPath", "/g").typed("other.txt", "text/plain", "new text");
        let new = desk.hubspot.replace(id(&old), form).await.expect(200);
        for kept in ["id", "name", "extension", "path", "url", "createdAt", "parentFolderId", "expiresAt"] {
            assert_eq!(new[kept], old[kept], "{kept}");
        }
        assert_eq!(new["access"], "PRIVATE");
        assert_eq!(new["size"], 8);
        assert_eq!(new["fileMd5"], "f39092e2b663fef60bc0097fe914066e");
        assert!(new["updatedAt"].as_str() > old["updatedAt"].as_str());
        assert_eq!((new.get("width"), new.get("height")), (None, None), "they were the picture's");
        assert_eq!(desk.hubspot.get(&format!("/files/{}/download", id(&old))).await.text(), "new text");
        let ending = Form::new().file("a", "3").options(&json!({"expiresAt": "2099-01-01T00:00:00Z"}));
        let ending = desk.hubspot.replace(id(&old), ending).await.expect(200);
        assert_eq!(ending["expiresAt"], 4_070_908_800_000_i64);
    }
}

#[tokio::test]
async fn a_replacement_that_lacks_a_part_is_refused_and_changes_nothing() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/a.txt", b"old").await;
    for (form, place) in [
        (Form::new().file("a.txt", "new"), "options"),
        (Form::new().options(&json!({})), "file"),
        (Form::new().file("a.txt", "new").field("options", "{}"), "options.access"),
        (Form::of("a.txt", "new").file("b.txt", "newer"), "file"),
    ] {
        refused_at(&desk.hubspot.replace(id(&file), form).await, 400, place);
    }
    assert_eq!(desk.hubspot.replace(NOBODY, Form::of("a.txt", "new")).await.status, 404);
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&file))).await.expect(200), file);
}
