//! Reading: one file, what stands at a path, and a file's bytes.

use super::*;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn members(thing: &Value) -> BTreeSet<&str> {
    thing.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn absent_members_are_left_out_and_never_null() {
    let desk = Desk::open().await;
    let text = desk.hubspot.put("/a.txt", b"1").await;
    for absent in ["parentFolderId", "width", "height", "encoding", "expiresAt", "archivedAt"] {
        assert_eq!(text.get(absent), None, "{absent}");
    }
    let picture = desk.hubspot.put("/f/a.png", PIXEL).await;
    let more = ["encoding", "height", "parentFolderId", "width"];
    assert_eq!(&members(&picture) - &members(&text), BTreeSet::from(more));
}

#[tokio::test]
async fn properties_leave_what_was_asked_for_and_what_is_always_there() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let folder = desk.hubspot.get("/folders/%2Ff").await.expect(200);
    let of_file = ["access", "archived", "createdAt", "id", "updatedAt"];
    let of_folder = ["archived", "createdAt", "id", "updatedAt"];
    let with = |always: &[&'static str], more: &[&'static str]| [always, more].concat().into_iter().collect();
    for asked in ["properties=name&properties=size", "properties=name,size", "properties=name&properties=size,colour"] {
        let some = desk.hubspot.get(&format!("/files/{}?{asked}", id(&file))).await.expect(200);
        assert_eq!(members(&some), with(&of_file, &["name", "size"]), "{asked}");
        let some = desk.hubspot.get(&format!("/files/stat/%2Ff%2Fa.txt?{asked}")).await.expect(200);
        assert_eq!(members(&some["file"]), with(&of_file, &["name", "size"]), "{asked}");
        let some = desk.hubspot.get(&format!("/folders/{}?{asked}", id(&folder))).await.expect(200);
        assert_eq!(members(&some), with(&of_folder, &["name"]), "{asked}");
        let page = desk.hubspot.get(&format!("/files/search?{asked}")).await.expect(200);
        assert_eq!(members(&page["results"][0]), with(&of_file, &["name", "size"]), "{asked}");
    }
}

#[tokio::test]
async fn a_path_leads_to_the_file_or_the_folder_at_it() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/library/cat art/\u{e4} 100% +#?\"1\".png", PIXEL).await;
        let folder =
            desk.hubspot.get(&format!("/folders/{}", file["parentFolderId"].as_str().unwrap())).await.expect(200);
        let name = "%C3%A4%20100%25%20%2B%23%3F%221%22.png";
        for path in [
            format!("%2Flibrary%2Fcat%20art%2F{name}"),
            format!("/library/cat%20art/{name}"),
            format!("library/cat%20art/{name}"),
            format!("library//cat%20art//{name}/"),
        ] {
            assert_eq!(
                desk.hubspot.get(&format!("/files/stat/{path}")).await.expect(200),
                json!({"file": file}),
                "{path}"
            );
        }
        let stat = desk.hubspot.get("/files/stat/library%2Fcat%20art").await.expect(200);
        assert_eq!(stat, json!({"folder": folder}));
        for path in ["library/cat%20art/nothing.png", "Library", "library/cat%20art/%C3%A4", "%2F", "library%2F%E4"] {
            let answer = desk.hubspot.get(&format!("/files/stat/{path}")).await;
            assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.status);
            assert_eq!(answer.status == 400, path.ends_with("%E4"), "only what is no UTF-8 is at fault: {path}");
        }
    }
}

#[tokio::test]
async fn a_path_that_no_file_can_have_is_refused() {
    let desk = Desk::open().await;
    for path in ["%2Fa%2F..%2Fb", "%2F.%2Fa", "a%5Cb", "a%01", "a%7F", "%E2%80%AEa"] {
        refused_at(&desk.hubspot.get(&format!("/files/stat/{path}")).await, 400, "path");
        refused_at(&desk.hubspot.get(&format!("/folders/{path}")).await, 400, "path");
        refused_at(&desk.hubspot.delete(&format!("/folders/{path}")).await, 400, "path");
    }
}

#[tokio::test]
async fn a_raw_plus_is_a_plus_where_there_is_one_and_a_blank_otherwise() {
    let desk = Desk::open().await;
    let plus = desk.hubspot.put("/f/a+b.txt", b"1").await;
    assert_eq!(desk.hubspot.get("/files/stat/f/a+b.txt").await.expect(200)["file"], plus);
    let blank = desk.hubspot.put("/f/c d.txt", b"2").await;
    assert_eq!(desk.hubspot.get("/files/stat/f%2Fc+d.txt").await.expect(200)["file"], blank);
    assert_eq!(desk.hubspot.get("/files/stat/f/c%2Bd.txt").await.status, 404);
    let folder = desk.hubspot.make_folder("/my folder").await;
    assert_eq!(desk.hubspot.get("/folders/my+folder").await.expect(200), folder);
}

#[tokio::test]
async fn hidden_files_are_not_there_for_those_who_may_not_see_them() {
    let desk = Desk::open().await;
    let hidden = desk.with_scopes("hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write").await;
    let file = hidden.put_with("/f/a.txt", b"secret", json!({"access": "HIDDEN_NOT_INDEXABLE"})).await;
    let path = format!("/files/{}", id(&file));
    for place in ["", "/signed-url", "/download"] {
        assert_eq!(desk.hubspot.get(&format!("{path}{place}")).await.status, 404, "{place}");
        assert_eq!(hidden.get(&format!("{path}{place}")).await.status, 200, "{place}");
    }
    assert_eq!(desk.hubspot.get("/files/stat/f/a.txt").await.status, 404);
    assert_eq!(desk.hubspot.patch(&path, json!({"name": "b"})).await.status, 404);
    assert_eq!(desk.hubspot.replace(id(&file), Form::of("a.txt", "2")).await.status, 404);
    assert_eq!(desk.hubspot.delete(&path).await.status, 404);
    assert_eq!(desk.hubspot.delete(&format!("{path}/gdpr-delete")).await.status, 404);
    assert_eq!(hidden.get(&path).await.expect(200), file, "and nothing was done to it");
    for who in [&desk.hubspot, &hidden] {
        assert_eq!(who.found("files", "").await, Vec::<String>::new());
        assert_eq!(who.found("files", &format!("ids={}", id(&file))).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_download_is_the_bytes_as_an_attachment_whole_in_part_or_only_told_of() {
    let desk = Desk::open().await;
    let form =
        Form::new().options(&json!({})).field("folderPath", "/f").typed("\u{e4} \"1\".txt", "text/plain", "0123456789");
    let file = desk.hubspot.upload(form).await.expect(201);
    let path = format!("/files/{}/download", id(&file));
    let ask = |method: Method, header: &'static str, value: &str| {
        let value = value.to_owned();
        desk.hubspot.ask(method, &path, move |request| request.header(header, value))
    };
    let whole = ask(Method::GET, "accept", "*/*").await;
    assert_eq!((whole.status.as_u16(), whole.text().as_str()), (200, "0123456789"));
    let tag = format!("\"{}\"", file["fileMd5"].as_str().unwrap());
    for (name, value) in [("accept-ranges", "bytes"), ("etag", tag.as_str()), ("x-content-type-options", "nosniff")] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    assert!(whole.header("content-type").starts_with("text/plain"));
    assert!(whole.header("content-disposition").starts_with("attachment;"));
    assert!(whole.header("content-disposition").contains("filename*=UTF-8''%C3%A4%20%221%22.txt"));
    for (range, content, body) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=5-99", "bytes 5-9/10", "56789"),
    ] {
        let part = ask(Method::GET, "range", range).await;
        assert_eq!((part.status.as_u16(), part.header("content-range"), part.text().as_str()), (206, content, body));
    }
    let behind = ask(Method::GET, "range", "bytes=10-").await;
    assert_eq!((behind.status.as_u16(), behind.header("content-range")), (416, "bytes */10"));
    assert_eq!(ask(Method::GET, "if-none-match", &tag).await.status, 304);
    let head = ask(Method::HEAD, "accept", "*/*").await;
    assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "10", 0));
}
