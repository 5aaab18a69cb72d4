//! POST: new files, by a form whose parts come in any order and dress.

use crate::keap::desk::{Desk, Place, V2, noise, upload_form};
use crate::native::{list, on_both_engines};
use attache_tests::{Answer, Setup};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

on_both_engines!(
    an_upload_is_answered_with_201_and_the_metadata,
    parts_come_in_any_order_and_the_file_is_known_by_its_name_alone,
    texts_come_bare_or_quoted_and_under_any_type,
    c05_what_is_missing_is_named_and_nothing_is_public_unsaid,
    c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not,
    c09_names_may_be_equal_and_are_trimmed_and_judged,
    c11_what_no_part_says_the_query_may_say,
    a_form_that_is_none_is_refused,
);

/// A form by hand: heads and contents of parts.
async fn by_hand(desk: &Desk, path: &str, parts: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (head, content) in parts {
        body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let kind = "multipart/form-data; boundary=b";
    desk.keap.ask(Method::POST, path, |request| request.header("Content-Type", kind).body(body)).await
}

async fn data(desk: &Desk, id: &serde_json::Value) -> Vec<u8> {
    desk.keap.get(&format!("{V2}/{}:data", id.as_str().unwrap())).await.body
}

async fn an_upload_is_answered_with_201_and_the_metadata(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.keap.upload2("report.pdf", &noise(70_000), Place::Contact(7)).await;
    assert_eq!(
        file,
        json!({
            "id": "1", "category": "DOCUMENTS", "file_box_type": "CONTACT", "file_name": "report.pdf",
            "file_size": 70_000, "contact_id": "7", "created_by_id": "1", "is_public": false,
            "created_time": file["created_time"], "updated_time": file["created_time"],
            "remote_file_key": file["remote_file_key"],
        })
    );
    assert!(file["created_time"].as_str().unwrap().starts_with("2026-01-31T12:00:00"), "{file}");
    let company = desk.keap.upload2("a.txt", b"", Place::Company).await;
    assert_eq!((&company["file_box_type"], &company["file_size"]), (&json!("APPLICATION"), &json!(0)));
    assert!(company.get("contact_id").is_none(), "{company}");
    desk.stop().await;
}

async fn parts_come_in_any_order_and_the_file_is_known_by_its_name_alone(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(100_000);
    let texts: [(&str, &[u8]); 3] =
        [("name=\"file_name\"", b"a.bin"), ("name=\"file_association\"", b"CONTACT"), ("name=\"contact_id\"", b"7")];
    for file in [
        "name=\"file\"",
        "name=\"file\"; filename=\"b.txt\"",
        "name=\"file\"; filename=\"b.txt\"\r\nContent-Type: text/plain",
        "name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream",
        "name=file; filename=\"\"",
    ] {
        let mut parts = texts.to_vec();
        parts.push((file, &bytes));
        for turn in 0..parts.len() {
            let mut parts = parts.clone();
            parts.rotate_left(turn);
            let made = by_hand(&desk, V2, &parts).await.expect(201);
            assert_eq!((&made["file_name"], &made["contact_id"]), (&json!("a.bin"), &json!("7")), "{file}");
            assert!(data(&desk, &made["id"]).await == bytes, "{file} turned by {turn}");
        }
    }
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn texts_come_bare_or_quoted_and_under_any_type(setup: Setup) {
    let desk = Desk::open(setup).await;
    let kind = "\r\nContent-Type: application/json";
    let name = format!("name=\"file_name\"{kind}");
    let association = format!("name=\"file_association\"{kind}");
    let contact = format!("name=\"contact_id\"{kind}");
    let public = format!("name=\"is_public\"{kind}");
    for (flag, wanted) in [
        ("true", true),
        ("True", true),
        ("TRUE", true),
        ("\"true\"", true),
        ("1", true),
        ("false", false),
        ("False", false),
        ("0", false),
        ("\"0\"", false),
    ] {
        let made = by_hand(
            &desk,
            V2,
            &[
                (&name, b"a.txt"),
                (&association, b"\"CONTACT\""),
                (&contact, b"\"7\""),
                (&public, flag.as_bytes()),
                ("name=\"file\"", b"x"),
            ],
        )
        .await
        .expect(201);
        assert_eq!((&made["is_public"], &made["file_name"]), (&json!(wanted), &json!("a.txt")), "{flag}");
    }
    let made = by_hand(
        &desk,
        V2,
        &[(&name, b"\"quoted.txt\""), ("name=\"file_association\"", b"company"), ("name=\"file\"", b"x")],
    )
    .await
    .expect(201);
    assert_eq!(made["file_name"], "quoted.txt");
    desk.stop().await;
}

async fn c05_what_is_missing_is_named_and_nothing_is_public_unsaid(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all = ["file", "file_name", "file_association", "contact_id"];
    for gone in all {
        let mut form = Form::new();
        for key in all.into_iter().filter(|key| *key != gone) {
            form = match key {
                "file" => form.part("file", Part::bytes(b"x".to_vec()).file_name("a.txt")),
                "file_name" => form.text("file_name", "a.txt"),
                "file_association" => form.text("file_association", "CONTACT"),
                _ => form.text("contact_id", "7"),
            };
        }
        let answer = desk.keap.form(V2, form).await;
        let message = answer.expect(400)["message"].as_str().unwrap().to_owned();
        assert!(message.contains(gone), "{gone}: {message}");
    }
    for (association, key, bad) in [
        ("NOBODY", "contact_id", "7"),
        ("CONTACT", "contact_id", "0"),
        ("CONTACT", "contact_id", "2147483648"),
        ("USER", "is_public", "perhaps"),
    ] {
        let form = Form::new().text("file_name", "a.txt").text("file_association", association).text(key, bad);
        desk.keap.form(V2, form.part("file", Part::bytes(b"x".to_vec()))).await.expect(400);
    }
    assert!(list(&desk.native, "/v1/files").await.is_empty());
    assert_eq!(desk.keap.upload2("a.txt", b"x", Place::User).await["is_public"], false);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = 200_000)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    desk.keap.form(V2, upload_form("a.bin", &noise(200_001), Place::Company)).await.expect(413);
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    let file = desk.keap.upload2("a.bin", &noise(200_000), Place::Company).await;
    assert!(data(&desk, &file["id"]).await == noise(200_000));
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c09_names_may_be_equal_and_are_trimmed_and_judged(setup: Setup) {
    let desk = Desk::open(setup).await;
    for sent in ["  a b.txt ", "a b.txt"] {
        assert_eq!(desk.keap.upload2(sent, b"x", Place::Contact(7)).await["file_name"], "a b.txt");
    }
    for bad in ["", " ", "a/b", "a\\b", "..", &"n".repeat(256)] {
        desk.keap.form(V2, upload_form(bad, b"x", Place::Company)).await.expect(400);
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    desk.stop().await;
}

async fn c11_what_no_part_says_the_query_may_say(setup: Setup) {
    let desk = Desk::open(setup).await;
    let query = "file_name=query.txt&file_association=CONTACT&contact_id=8&is_public=true&file=zzz";
    let bare = Form::new().part("file", Part::bytes(b"x".to_vec()));
    let made = desk.keap.form(&format!("{V2}?{query}"), bare).await.expect(201);
    assert_eq!(
        (&made["file_name"], &made["contact_id"], &made["is_public"], &made["file_size"]),
        (&json!("query.txt"), &json!("8"), &json!(true), &json!(1))
    );
    let whole = upload_form("part.txt", b"xy", Place::Contact(7)).text("is_public", "False");
    let made = desk.keap.form(&format!("{V2}?{query}"), whole).await.expect(201);
    assert_eq!(
        (&made["file_name"], &made["contact_id"], &made["is_public"]),
        (&json!("part.txt"), &json!("7"), &json!(false)),
        "the part wins"
    );
    let no_file = Form::new().text("unknown", "x");
    desk.keap.form(&format!("{V2}?{query}"), no_file).await.expect(400);
    desk.stop().await;
}

async fn a_form_that_is_none_is_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (kind, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx"),
        ("multipart/form-data; boundary=b", ""),
    ] {
        let answer = desk.keap.ask(Method::POST, V2, |request| request.header("Content-Type", kind).body(body)).await;
        answer.expect(400);
    }
    let json = desk.keap.post(V2, &json!({ "file_name": "a.txt" })).await;
    assert!([400, 415].contains(&json.status.as_u16()), "{}", json.text());
    assert!(list(&desk.native, "/v1/files").await.is_empty());
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}
