//! What a file is called, and what it is taken for.

use super::*;
use serde_json::json;

/// Uploads bytes with a part's name and perhaps `fileName`; gives name and extension.
async fn named(desk: &Desk, part: &str, file_name: Option<&str>, bytes: &[u8]) -> (String, String) {
    let form = Form::of(part, bytes).field("folderPath", "/f");
    let form = file_name.into_iter().fold(form, |form, name| form.field("fileName", name));
    let file = desk.hubspot.upload(form).await.expect(201);
    desk.hubspot.delete(&format!("/files/{}", id(&file))).await.expect(204);
    let text = |member: &str| file[member].as_str().unwrap().to_owned();
    (text("name"), text("extension"))
}

#[tokio::test]
async fn the_name_is_the_one_asked_for_with_the_extension_that_fits() {
    let desk = Desk::open().await;
    for (part, file_name, name, extension) in [
        ("photo.jpg", Some("photo.jpg"), "photo", "jpg"),
        ("file.jpeg", Some("name_in_hubspot"), "name_in_hubspot", "jpeg"),
        ("Scan.PDF", None, "Scan", "pdf"),
        ("a.txt", Some("b.pdf"), "b", "pdf"),
        ("x.pdf", Some("report.final"), "report.final", "pdf"),
        ("raw.weird9", Some("data.weird9"), "data", "weird9"),
        ("archive.tar.gz", None, "archive.tar", "gz"),
        ("README", None, "README", ""),
        (".env", None, ".env", ""),
        ("a.txt", Some(""), "a", "txt"),
        ("C:\\pictures\\cat.png", None, "cat", "png"),
        ("/home/me/cat.png", None, "cat", "png"),
        ("say \"hi\".txt", None, "say \"hi\"", "txt"),
        ("100% + #1 ?.txt", None, "100% + #1 ?", "txt"),
        ("cafe\u{301}.txt", None, "caf\u{e9}", "txt"),
    ] {
        let expected = (name.to_owned(), extension.to_owned());
        assert_eq!(named(&desk, part, file_name, b"text").await, expected, "{part} {file_name:?}");
    }
}

#[tokio::test]
async fn a_file_without_any_name_is_called_by_its_content() {
    let desk = Desk::open().await;
    let md5 = |file: &serde_json::Value| file["fileMd5"].as_str().unwrap()[..12].to_owned();
    for (head, bytes, extension) in [
        ("Content-Disposition: form-data; name=\"file\"", PIXEL, "png"),
        ("Content-Disposition: form-data; name=\"file\"; filename=\"\"", PIXEL, "png"),
        ("Content-Disposition: form-data; name=\"file\"", b"only text".as_slice(), ""),
    ] {
        let file = desk.hubspot.upload(Form::new().options(&json!({})).part(head, bytes)).await.expect(201);
        assert_eq!(
            (file["name"].as_str().unwrap(), file["extension"].as_str().unwrap()),
            (md5(&file).as_str(), extension)
        );
        desk.hubspot.delete(&format!("/files/{}", id(&file))).await;
    }
    let pixel = named(&desk, "picture", None, PIXEL).await;
    assert_eq!(pixel, ("picture".to_owned(), "png".to_owned()), "a name without extension takes the content's");
}

#[tokio::test]
async fn a_name_of_255_bytes_is_kept_and_a_longer_or_misleading_one_is_refused() {
    let desk = Desk::open().await;
    let euros = format!("{}.txt", "\u{20ac}".repeat(83));
    assert_eq!(euros.len(), 253);
    assert_eq!(named(&desk, "a.txt", Some(&euros), b"1").await.0, "\u{20ac}".repeat(83));
    let longest = format!("{}.txt", "n".repeat(251));
    assert_eq!(named(&desk, "a.txt", Some(&longest), b"1").await.0.len(), 251);
    let too_long = format!("{}.txt", "n".repeat(252));
    // With the part's extension it would be too long.
    let too_long_later = "n".repeat(252);
    for name in [too_long.as_str(), &too_long_later, "..", "a/b", "a\\b", "a\tb", "a\u{0}b", "a\u{202e}b", "a\u{200b}b"]
    {
        let form = Form::of("a.txt", "1").field("fileName", name);
        refused_at(&desk.hubspot.upload(form).await, 400, "fileName");
    }
    assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_file_is_shows_in_its_bytes_then_in_its_extension() {
    let desk = Desk::open().await;
    let pdf = b"%PDF-1.7\n".as_slice();
    for (name, bytes, kind, encoding) in [
        ("a.png", PIXEL, "IMG", Some("png")),
        ("misnamed.pdf", PIXEL, "IMG", Some("png")),
        ("a.gif", b"GIF89a\x02\0\x01\0\0\0\0", "IMG", Some("gif")),
        ("a.pdf", pdf, "DOCUMENT", None),
        ("a.txt", b"text", "DOCUMENT", None),
        ("a.csv", b"a,b", "DOCUMENT", None),
        ("a.html", b"<!doctype html><p>", "DOCUMENT", None),
        ("a.docx", b"", "DOCUMENT", None),
        ("a.mp3", b"ID3\x03\0", "AUDIO", None),
        ("a.mp4", b"\0\0\0\x18ftypmp42", "MOVIE", None),
        ("a.bin", b"\0\x01\x02", "OTHER", None),
        ("a.zip", b"PK\x03\x04", "OTHER", None),
    ] {
        let file = desk.hubspot.put(&format!("/f/{name}"), bytes).await;
        assert_eq!((file["type"].as_str(), file["encoding"].as_str()), (Some(kind), encoding), "{name}");
    }
    let gif = desk.hubspot.get("/files/stat/f/a.gif").await.expect(200);
    assert_eq!((&gif["file"]["width"], &gif["file"]["height"]), (&json!(2), &json!(1)));
    let hunch = Form::of("b.txt", "text").field("charsetHunch", "ISO-8859-1");
    assert_eq!(desk.hubspot.upload(hunch).await.expect(201)["encoding"], "ISO-8859-1");
    let hunch = Form::of("b.png", PIXEL).field("charsetHunch", "ISO-8859-1");
    assert_eq!(desk.hubspot.upload(hunch).await.expect(201)["encoding"], "png", "it is for text only");
}
