//! POST: new files.

use crate::keap::desk::{Desk, Keap, Place, V1, decoded, noise, upload_body};
use crate::native::{list, on_both_engines};
use attache_tests::{Answer, Setup};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

on_both_engines!(
    an_upload_is_answered_with_200_and_the_whole_descriptor,
    c02_any_number_that_fits_is_a_contact,
    c03_whose_a_file_is_decides_its_type,
    c05_what_is_not_said_to_be_public_is_not,
    c05_whose_a_file_is_must_be_said_in_any_letters,
    c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not,
    c09_names_may_be_equal_and_are_trimmed_and_judged,
    c16_base64_comes_in_every_spelling_and_nothing_else_does,
    c19_what_is_missing_is_named,
    c20_json_is_read_whatever_it_is_called_and_a_form_is_not,
    c23_numbers_begin_at_1_and_rise_and_are_never_given_again,
    members_come_in_any_order_and_unknown_ones_do_not_count,
);

/// Sends a body that is to be refused, with these words in the message.
async fn refused(keap: &Keap, body: &Value, words: &str) {
    let answer = keap.post(V1, body).await;
    answer.expect(400);
    says(&answer, words);
}

#[track_caller]
fn says(answer: &Answer, words: &str) {
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(words), "{message} does not say {words}");
}

async fn an_upload_is_answered_with_200_and_the_whole_descriptor(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(48_213);
    let answer = desk.keap.post(V1, &upload_body("report.pdf", &bytes, Place::Contact(7))).await;
    let file = answer.expect(200)["file_descriptor"].clone();
    let key = file["remote_file_key"].as_str().unwrap();
    assert_eq!(
        file,
        json!({
            "id": 1, "category": "Documents", "file_box_type": "Contact", "file_name": "report.pdf",
            "file_size": 48_213, "contact_id": 7, "created_by": 1, "public": false,
            "date_created": "2026-01-31T12:00:00.000+0000", "last_updated": "2026-01-31T12:00:00.000+0000",
            "remote_file_key": key, "download_url": file["download_url"],
        })
    );
    assert!(file["download_url"].as_str().unwrap().starts_with(&format!("{}/{key}?", desk.app.url())));
    assert_eq!(answer.json().as_object().unwrap().len(), 1, "the content is told to whoever asks for it");
    assert_eq!(desk.anybody(file["download_url"].as_str().unwrap()).await.body, bytes);
    desk.stop().await;
}

async fn c02_any_number_that_fits_is_a_contact(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut body = upload_body("a.txt", b"a", Place::Contact(1));
    for (sent, kept) in
        [(json!(1), 1), (json!(i32::MAX), i64::from(i32::MAX)), (json!("7"), 7), (json!(" 8 "), 8), (json!(9.0), 9)]
    {
        body["contact_id"] = sent;
        // A number with a fraction of nothing is a number to some readers of JSON, and not to others.
        let answer = desk.keap.post(V1, &body).await;
        if body["contact_id"].is_f64() && answer.status == 400 {
            continue;
        }
        assert_eq!(answer.expect(200)["file_descriptor"]["contact_id"], kept);
    }
    for bad in
        [json!(0), json!(-1), json!(2_147_483_648_i64), json!("2147483648"), json!(1.5), json!("seven"), json!([7])]
    {
        body["contact_id"] = bad;
        desk.keap.post(V1, &body).await.expect(400);
    }
    desk.stop().await;
}

async fn c03_whose_a_file_is_decides_its_type(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (place, kind, contact) in [
        (Place::Contact(7), "Contact", json!(7)),
        (Place::User, "Application", json!(null)),
        (Place::Company, "Application", json!(null)),
    ] {
        let file = desk.keap.upload("a.txt", b"a", place).await;
        assert_eq!((&file["file_box_type"], &file["category"]), (&json!(kind), &json!("Documents")));
        assert_eq!(file["contact_id"], contact);
        let no = file["id"].as_i64().unwrap();
        let (kind, contact) = (kind.to_uppercase(), place.contact().map(|no| no.to_string()));
        let other = desk.keap.v2(no).await;
        assert_eq!((&other["file_box_type"], &other["category"]), (&json!(kind), &json!("DOCUMENTS")));
        assert_eq!(other.get("contact_id").and_then(Value::as_str), contact.as_deref());
        let args = ["FileBox".into(), no.into(), crate::keap::xml::Xml::list(["ContactId"])];
        let row = desk.keap.call("DataService.load", args).await.unwrap();
        assert_eq!(row.field("ContactId").int(), place.contact().unwrap_or(0));
    }
    for place in [Place::User, Place::Company] {
        for contact in [json!(7), json!(-3), json!("x")] {
            let mut body = upload_body("a.txt", b"a", place);
            body["contact_id"] = contact;
            let file = desk.keap.post(V1, &body).await.expect(200)["file_descriptor"].clone();
            assert_eq!(file["contact_id"], json!(null), "a contact is for contacts' files");
        }
    }
    desk.stop().await;
}

async fn c05_what_is_not_said_to_be_public_is_not(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (is_public, public, wanted) in [
        (None, None, false),
        (Some(true), None, true),
        (None, Some(true), true),
        (Some(false), Some(true), false),
        (Some(true), Some(false), true),
    ] {
        let mut body = upload_body("a.txt", b"a", Place::Company);
        body.as_object_mut().unwrap().remove("is_public");
        for (key, value) in [("is_public", is_public), ("public", public)] {
            if let Some(value) = value {
                body[key] = value.into();
            }
        }
        assert_eq!(desk.keap.post(V1, &body).await.expect(200)["file_descriptor"]["public"], wanted, "{body}");
    }
    let mut body = upload_body("a.txt", b"a", Place::Company);
    body["is_public"] = Value::Null;
    assert_eq!(desk.keap.post(V1, &body).await.expect(200)["file_descriptor"]["public"], false);
    body["is_public"] = json!("perhaps");
    desk.keap.post(V1, &body).await.expect(400);
    desk.stop().await;
}

async fn c05_whose_a_file_is_must_be_said_in_any_letters(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut body = upload_body("a.txt", b"a", Place::Contact(7));
    for word in ["CONTACT", "contact", "Contact", "user", "Company"] {
        body["file_association"] = json!(word);
        desk.keap.post(V1, &body).await.expect(200);
    }
    for bad in [json!(""), json!("CONTACTS"), json!(7), json!({}), json!(true)] {
        body["file_association"] = bad;
        desk.keap.post(V1, &body).await.expect(400);
    }
    body["file_association"] = Value::Null;
    refused(&desk.keap, &body, "file_association is required").await;
    desk.stop().await;
}

async fn c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(setup: Setup) {
    const LIMIT: usize = 200_000;
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = LIMIT as u64)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for more in [1, 2, 3, 4, 50_000] {
        let body = upload_body("large.bin", &noise(LIMIT + more), Place::Company);
        let answer = desk.keap.post(V1, &body).await;
        answer.expect(413);
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    let bytes = noise(LIMIT);
    let file = desk.keap.upload("fits.bin", &bytes, Place::Company).await;
    assert_eq!(file["file_size"], LIMIT);
    let empty = desk.keap.upload("empty.bin", b"", Place::Company).await;
    assert_eq!(empty["file_size"], 0);
    let no = empty["id"].as_i64().unwrap();
    let read = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200);
    assert_eq!(read["file_data"], "");
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c09_names_may_be_equal_and_are_trimmed_and_judged(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (sent, kept) in [
        ("  a b.txt\t", "a b.txt"),
        ("a b.txt", "a b.txt"),
        ("no extension", "no extension"),
        ("\u{65}\u{301}.txt", "\u{e9}.txt"),
    ] {
        assert_eq!(desk.keap.upload(sent, b"x", Place::Contact(7)).await["file_name"], kept);
    }
    let long = "n".repeat(255);
    assert_eq!(desk.keap.upload(&long, b"x", Place::Company).await["file_name"], long.as_str());
    let before = crate::bad_inputs::face_of(&desk.native).await;
    let too_long = "\u{20ac}".repeat(86);
    for bad in ["", "   ", "a/b.txt", "a\\b.txt", "a\0b", "a\u{1b}b", "..", too_long.as_str()] {
        let answer = desk.keap.post(V1, &upload_body(bad, b"x", Place::Company)).await;
        answer.expect(400);
        says(&answer, "file_name");
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn c16_base64_comes_in_every_spelling_and_nothing_else_does(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all: Vec<u8> = (0..=255).collect();
    for bytes in [&all[..], &all[..255], &all[..254], b"", b"a", &noise(70_000)] {
        let broken = |text: String| -> String { text.chars().map(|c| format!("{c}\r\n ")).collect() };
        for text in [
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            broken(STANDARD.encode(&bytes[..bytes.len().min(300)])),
        ] {
            let mut body = upload_body("a.bin", b"", Place::Company);
            body["file_data"] = json!(text);
            let no = desk.keap.post(V1, &body).await.expect(200)["file_descriptor"]["id"].clone();
            let read = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200);
            let wanted = if text.contains('\n') { &bytes[..bytes.len().min(300)] } else { bytes };
            assert!(decoded(&read["file_data"]) == wanted, "{}", &text[..text.len().min(80)]);
        }
    }
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for bad in ["data:image/png;base64,QUJD", "QUJ*", "A", "QUJDR", "QQ==QQ==", "QQ=Q", "====", "QR==", "\u{e9}"] {
        let mut body = upload_body("a.bin", b"", Place::Company);
        body["file_data"] = json!(bad);
        refused(&desk.keap, &body, "file_data").await;
    }
    for bad in [json!(7), json!(["QUJD"]), json!({ "a": "QUJD" }), json!(true)] {
        let mut body = upload_body("a.bin", b"", Place::Company);
        body["file_data"] = bad;
        desk.keap.post(V1, &body).await.expect(400);
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn c19_what_is_missing_is_named(setup: Setup) {
    let desk = Desk::open(setup).await;
    let whole = upload_body("a.txt", b"a", Place::Contact(7));
    for (key, words) in [
        ("file_name", "file_name is required"),
        ("file_data", "file_data is required"),
        ("file_association", "file_association is required"),
        ("contact_id", "contact_id is required when file_association is CONTACT"),
    ] {
        for gone in [true, false] {
            let mut body = whole.clone();
            match gone {
                true => drop(body.as_object_mut().unwrap().remove(key)),
                false => body[key] = Value::Null,
            }
            refused(&desk.keap, &body, words).await;
        }
    }
    for broken in ["", "{", "not json", "[]", "\"text\"", "{\"file_name\":\"a\"} more", "null"] {
        let answer = desk
            .keap
            .ask(Method::POST, V1, |request| request.header("Content-Type", "application/json").body(broken))
            .await;
        answer.expect(400);
        says(&answer, "Input could not be converted to a valid request");
    }
    assert!(list(&desk.native, "/v1/files").await.is_empty());
    desk.stop().await;
}

async fn c20_json_is_read_whatever_it_is_called_and_a_form_is_not(setup: Setup) {
    let desk = Desk::open(setup).await;
    let body = upload_body("a.txt", b"a", Place::Company).to_string();
    for kind in
        ["application/json", "application/json; charset=utf-8", "text/plain", "application/octet-stream", "nonsense"]
    {
        let answer = desk.keap.ask(Method::POST, V1, |request| request.header("Content-Type", kind).body(body.clone()));
        answer.await.expect(200);
    }
    desk.keap.ask(Method::POST, V1, |request| request.body(body.clone())).await.expect(200);
    let form = "file_name=a.txt&file_association=COMPANY&file_data=YQ%3D%3D";
    let answer = desk
        .keap
        .ask(Method::POST, V1, |request| request.header("Content-Type", "application/x-www-form-urlencoded").body(form))
        .await;
    answer.expect(400);
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 6);
    desk.stop().await;
}

async fn c23_numbers_begin_at_1_and_rise_and_are_never_given_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut last = 0;
    for round in 0..5 {
        let no = desk.keap.file("a.txt", b"a", Place::Contact(7)).await;
        assert!(no > last && (round > 0 || no == 1), "{no} after {last}");
        last = no;
        assert_eq!(desk.keap.delete(&format!("{V1}/{no}")).await.status, 204);
        desk.keap.get(&format!("{V1}/{no}")).await.expect(404);
    }
    let app = desk.stop().await.start().await;
    let keap = Keap::of(app.client("keap:full").await);
    assert!(keap.file("b.txt", b"b", Place::Contact(7)).await > last, "not after a restart either");
    app.stop().await;
}

async fn members_come_in_any_order_and_unknown_ones_do_not_count(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(100_000);
    let members = [
        ("file_name", "\"a\\u00e9.txt\"".to_owned()),
        ("file_data", format!("\"{}\"", STANDARD.encode(&bytes))),
        ("file_association", "\"CONTACT\"".to_owned()),
        ("contact_id", "7".to_owned()),
        ("is_public", "false".to_owned()),
        ("unknown", "{\"file_data\":[\"x\",{\"deep\":null}],\"file_name\":\"inner\"}".to_owned()),
    ];
    for turn in 0..members.len() {
        let mut members = members.clone();
        members.rotate_left(turn);
        let inner: Vec<_> = members.iter().map(|(key, value)| format!(" \"{key}\" :\n {value} ")).collect();
        let body = format!("{{{}}}", inner.join(","));
        let answer = desk
            .keap
            .ask(Method::POST, V1, |request| request.header("Content-Type", "application/json").body(body))
            .await;
        let file = answer.expect(200)["file_descriptor"].clone();
        assert_eq!((&file["file_name"], &file["contact_id"]), (&json!("a\u{e9}.txt"), &json!(7)));
        let read = desk.keap.get(&format!("{V1}/{}?optional_properties=file_data", file["id"])).await.expect(200);
        assert!(decoded(&read["file_data"]) == bytes, "turned by {turn}");
    }
    desk.stop().await;
}
