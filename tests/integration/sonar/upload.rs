//! Rows 1 to 8: files that come in by a form.

use super::desk::{Desk, FILES, noise, part, png};
use crate::bad_inputs::face_of;
use crate::native::{is_sound, on_both_engines};
use attache_tests::{Answer, Ask, Setup};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

on_both_engines!(
    s01_a_good_upload_is_answered_200_with_the_number_of_each_file_in_their_order,
    s02_a_bad_part_is_told_and_the_others_are_kept,
    s03_a_form_without_a_file_that_is_no_form_or_that_breaks_off_stores_nothing,
    s04_files_have_one_of_three_part_names_and_other_parts_are_passed_over,
    s05_a_file_of_the_limit_is_kept_and_one_byte_more_is_not,
    s05_of_too_many_parts_those_over_the_limit_are_not_stored,
    s06_a_name_is_the_last_element_of_what_the_part_says,
    s07_the_type_is_told_by_the_bytes_then_by_the_name,
    s08_an_empty_file_is_a_file,
);

/// The files of an answer.
#[track_caller]
fn files(answer: &Answer) -> Vec<Value> {
    answer.expect(200)["files"].as_array().unwrap().clone()
}

/// A form of one part, byte by byte.
fn raw(head: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("--b\r\n{head}\r\n\r\n").as_bytes(), bytes, b"\r\n--b--\r\n"].concat()
}

async fn send(desk: &Desk, kind: &str, body: Vec<u8>) -> Answer {
    desk.sonar.ask(Method::POST, FILES, |request| request.header("Content-Type", kind).body(body)).await
}

async fn s01_a_good_upload_is_answered_200_with_the_number_of_each_file_in_their_order(setup: Setup) {
    let desk = Desk::open(setup).await;
    let answer = desk.sonar.form(Form::new().part("files[]", part("myFile.pdf", b"%PDF-1.4"))).await;
    assert!(answer.header("content-type").starts_with("application/json"));
    let no = answer.expect(200)["files"][0]["id"].as_i64().unwrap();
    let file = json!({ "id": no, "filename": "myFile.pdf", "stored": true, "failure_message": null });
    assert_eq!(answer.json(), json!({ "files": [file] }));

    let names = ["z.txt", "a.txt", "m.txt", "a.txt"];
    let form = names.iter().fold(Form::new(), |form, name| form.part("files[]", part(name, *name)));
    let stored = files(&desk.sonar.form(form).await);
    let told: Vec<_> = stored.iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(told, names);
    for (file, name) in stored.iter().zip(names) {
        let no = file["id"].as_i64().unwrap();
        assert_eq!(desk.sonar.show(no).await["filename"], name, "two files may be called the same");
        assert_eq!(desk.sonar.download(no).await.text(), name);
    }
    desk.stop().await;
}

async fn s02_a_bad_part_is_told_and_the_others_are_kept(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.sonar_file_bytes = 1000)).await;
    let long = format!("{}.txt", "a".repeat(252));
    let bad: [(&str, Vec<u8>); 4] =
        [("large.bin", noise(1001)), (long.as_str(), b"x".to_vec()), ("..", b"x".to_vec()), (".", b"x".to_vec())];
    for (name, bytes) in bad {
        let before = desk.sonar.list("").await.len();
        let form = Form::new()
            .part("files[]", part("first.txt", "first"))
            .part("files[]", part(name, bytes))
            .part("files[]", part("last.txt", "last"));
        let told = files(&desk.sonar.form(form).await);
        let stored: Vec<_> = told.iter().map(|file| file["stored"].as_bool().unwrap()).collect();
        assert_eq!(stored, [true, false, true], "{name:?}: {told:?}");
        assert_eq!(desk.sonar.list("").await.len(), before + 2, "{name:?}");
        for (file, text) in [(&told[0], "first"), (&told[2], "last")] {
            assert_eq!(desk.sonar.download(file["id"].as_i64().unwrap()).await.text(), text);
        }
        let alone = files(&desk.sonar.form(Form::new().part("files[]", part(name, vec![0; 1001]))).await);
        assert_eq!((alone.len(), &alone[0]["stored"]), (1, &json!(false)), "{name:?}");
    }
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s03_a_form_without_a_file_that_is_no_form_or_that_breaks_off_stores_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let before = face_of(&desk.native).await;
    let form = "multipart/form-data; boundary=b";
    let disposition = "Content-Disposition: form-data; name=\"files[]\"; filename=\"n.txt\"";
    let whole = raw(disposition, b"hello");
    let cut = |len: usize| whole[..len].to_vec();
    let field = raw("Content-Disposition: form-data; name=\"description\"", b"alone");
    let other = raw("Content-Disposition: form-data; name=\"photo\"; filename=\"n.txt\"", b"hello");
    let text = raw("Content-Disposition: form-data; name=\"files[]\"", b"no file, for it has no name");
    for (status, kind, body) in [
        (422, form, b"--b--\r\n".to_vec()),
        (422, form, field),
        (422, form, other),
        (422, form, text),
        (415, "application/json", b"{\"files\":[]}".to_vec()),
        (415, "application/x-www-form-urlencoded", b"files=hello".to_vec()),
        (415, "text/plain", whole.clone()),
        (415, "application/octet-stream", b"hello".to_vec()),
        (400, "multipart/form-data", whole.clone()),
        (400, "multipart/form-data; boundary=", whole.clone()),
        (400, form, Vec::new()),
        (400, form, b"hello".to_vec()),
        (400, form, cut(whole.len() - 4)),
        (400, form, cut(whole.len() - 9)),
        (400, form, cut(30)),
        (400, form, raw(&format!("{disposition}\r\n{disposition}"), b"hello")),
    ] {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let answer = send(&desk, kind, body).await;
        assert_eq!(answer.status, status, "{kind}: {shown:?}: {}", answer.text());
        assert_eq!(face_of(&desk.native).await, before, "{kind}: {shown:?} left something");
    }
    let typeless = desk.sonar.ask(Method::POST, FILES, |request| request.body("hello")).await;
    assert_eq!(typeless.status, 415, "{}", typeless.text());
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s04_files_have_one_of_three_part_names_and_other_parts_are_passed_over(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut form = Form::new().text("note", "passed over").part("photo", part("no.txt", "no"));
    for name in ["files[]", "files", "files[0]", "files[1]", "files[17]"] {
        form = form.part(name, part(&format!("{}.txt", name.replace(['[', ']'], "")), name));
    }
    let told = files(&desk.sonar.form(form.part("file", part("no.txt", "no"))).await);
    let names: Vec<_> = told.iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["files.txt", "files.txt", "files0.txt", "files1.txt", "files17.txt"]);
    assert_eq!(desk.sonar.list("").await.len(), 5);
    desk.stop().await;
}

async fn s05_a_file_of_the_limit_is_kept_and_one_byte_more_is_not(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().sonar_file_bytes, 100 << 20);
    let most = 200_000;
    let desk = Desk::open(setup.limits(|limits| limits.sonar_file_bytes = most as u64)).await;
    for chunked in [false, true] {
        let bytes = noise(most);
        let body = raw("Content-Disposition: form-data; name=\"files[]\"; filename=\"fits.bin\"", &bytes);
        let body = match chunked {
            true => reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(body)])),
            false => body.into(),
        };
        let kind = ("Content-Type", "multipart/form-data; boundary=b");
        let answer = desk.sonar.ask(Method::POST, FILES, |request| request.header(kind.0, kind.1).body(body)).await;
        let no = files(&answer)[0]["id"].as_i64().unwrap();
        assert!(desk.sonar.download(no).await.body == bytes);
    }
    let before = face_of(&desk.native).await;
    let more = desk.sonar.form(Form::new().part("files[]", part("more.bin", noise(most + 1)))).await;
    assert_eq!(files(&more)[0]["stored"], false);
    assert_eq!(face_of(&desk.native).await, before);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s05_of_too_many_parts_those_over_the_limit_are_not_stored(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().sonar_parts, 20);
    let desk = Desk::open(setup).await;
    let form = |parts: usize| (0..parts).fold(Form::new(), |form, no| form.part("files[]", part("n.txt", [no as u8])));
    let told = files(&desk.sonar.form(form(20)).await);
    assert!(told.len() == 20 && told.iter().all(|file| file["stored"] == true));
    let told = files(&desk.sonar.form(form(22)).await);
    let stored = told.iter().filter(|file| file["stored"] == true).count();
    assert_eq!((told.len(), stored), (22, 20));
    assert!(told[..20].iter().all(|file| file["stored"] == true), "the first ones are kept");
    assert_eq!(desk.sonar.list("").await.len(), 40);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s06_a_name_is_the_last_element_of_what_the_part_says(setup: Setup) {
    let desk = Desk::open(setup).await;
    let canary = desk.app.data().join("passwd");
    std::fs::write(&canary, "untouched").unwrap();
    let edge = format!("{}.txt", "a".repeat(251));
    for (sent, shown) in [
        ("plain.txt", "plain.txt"),
        ("Wireless Landlord form.pdf", "Wireless Landlord form.pdf"),
        ("\u{dc}bersicht \u{20ac}.pdf", "\u{dc}bersicht \u{20ac}.pdf"),
        ("\u{8fd0}\u{8425}\u{5546}.pdf", "\u{8fd0}\u{8425}\u{5546}.pdf"),
        ("folder/in/it.txt", "it.txt"),
        ("../../../passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\anna\\it.txt", "it.txt"),
        ("tab\there.txt", "tabhere.txt"),
        ("next\u{85}line.txt", "nextline.txt"),
        ("UPPER.TXT", "UPPER.TXT"),
        ("no extension", "no extension"),
        ("100%.txt", "100%.txt"),
        (&edge, &edge),
    ] {
        let head = format!("Content-Disposition: form-data; name=\"files[]\"; filename=\"{sent}\"");
        let told = files(&send(&desk, "multipart/form-data; boundary=b", raw(&head, b"x")).await);
        assert_eq!(told[0]["filename"], shown, "{sent:?}");
        let no = told[0]["id"].as_i64().unwrap_or_else(|| panic!("{sent:?}: {told:?}"));
        assert_eq!(desk.sonar.show(no).await["filename"], shown);
        assert_eq!(desk.sonar.list(&format!("(filename: {})", json!(shown))).await.last(), Some(&no));
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    // What no header may hold breaks the form.
    let before = face_of(&desk.native).await;
    let bell = b"--b\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"a\x07.txt\"\r\n\r\nx\r\n--b--\r\n";
    assert_eq!(send(&desk, "multipart/form-data; boundary=b", bell.to_vec()).await.status, 400);
    assert_eq!(face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn s07_the_type_is_told_by_the_bytes_then_by_the_name(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (name, bytes, hint, kind) in [
        ("picture.txt", png(), "text/html", "image/png"),
        ("picture.png", png(), "image/png", "image/png"),
        ("paper", b"%PDF-1.7\n".to_vec(), "application/octet-stream", "application/pdf"),
        ("rows.csv", b"a,b\n1,2\n".to_vec(), "text/plain", "text/csv"),
        ("words.txt", b"hello".to_vec(), "image/png", "text/plain"),
        ("nothing", b"hello".to_vec(), "application/octet-stream", "application/octet-stream"),
    ] {
        let told = Part::bytes(bytes).file_name(name).mime_str(hint).unwrap();
        let told = files(&desk.sonar.form(Form::new().part("files[]", told)).await);
        let no = told[0]["id"].as_i64().unwrap();
        assert_eq!(desk.sonar.show(no).await["mime_type"], kind, "{name} sent as {hint}");
    }
    desk.stop().await;
}

async fn s08_an_empty_file_is_a_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("empty.txt", "").await;
    let shown = desk.sonar.show(no).await;
    assert_eq!((&shown["file_size_in_bytes"], &shown["filename"]), (&json!("0"), &json!("empty.txt")));
    let answer = desk.sonar.download(no).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-length"), answer.body.len()), (200, "0", 0));
    assert_eq!(desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200)["version"]["size"], 0);
    desk.stop().await;
}
