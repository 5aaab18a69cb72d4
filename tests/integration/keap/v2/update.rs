//! POST to a file: what is supplied changes, or of it what the mask names.

use crate::keap::desk::{Desk, Place, V2, noise};
use crate::native::on_both_engines;
use attache_tests::Setup;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    what_is_supplied_changes_and_the_rest_stays,
    a_mask_names_what_changes,
    c11_what_no_part_says_the_query_may_say,
    patch_is_the_same,
    a_change_that_is_refused_changes_nothing_of_it,
);

fn file(bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name("ignored.bin")
}

/// What can be told of a file that changes.
async fn state(desk: &Desk, no: i64) -> (String, bool, Vec<u8>) {
    let told = desk.keap.v2(no).await;
    let bytes = desk.keap.get(&format!("{V2}/{no}:data")).await.body;
    assert_eq!(told["file_size"], bytes.len());
    (told["file_name"].as_str().unwrap().to_owned(), told["is_public"] == true, bytes)
}

fn is(name: &str, public: bool, bytes: &[u8]) -> (String, bool, Vec<u8>) {
    (name.to_owned(), public, bytes.to_vec())
}

async fn what_is_supplied_changes_and_the_rest_stays(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let path = format!("{V2}/{no}");
    let before = desk.keap.v2(no).await;
    desk.pass(Duration::from_secs(5));
    for (form, wanted) in [
        (Form::new().text("file_name", "b.txt"), is("b.txt", false, b"first")),
        (Form::new().text("is_public", "True"), is("b.txt", true, b"first")),
        (Form::new().part("file", file(b"second")), is("b.txt", true, b"second")),
        (
            Form::new().part("file", file(&noise(90_000))).text("is_public", "false").text("file_name", "c.txt"),
            is("c.txt", false, &noise(90_000)),
        ),
        (Form::new().text("unknown", "x"), is("c.txt", false, &noise(90_000))),
    ] {
        let told = desk.keap.form(&path, form).await.expect(200);
        assert_eq!(told, desk.keap.v2(no).await);
        assert!(state(&desk, no).await == wanted, "{told}");
    }
    let after = desk.keap.v2(no).await;
    for key in ["id", "created_time", "remote_file_key", "contact_id", "created_by_id"] {
        assert_eq!(after[key], before[key]);
    }
    assert!(after["updated_time"].as_str().unwrap().starts_with("2026-01-31T12:00:05"), "{after}");
    desk.pass(Duration::from_secs(5));
    let same = Form::new().text("file_name", "c.txt").text("is_public", "false");
    assert_eq!(desk.keap.form(&path, same).await.expect(200), after, "no change, no new time");
    desk.stop().await;
}

async fn a_mask_names_what_changes(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all = |no: usize| {
        Form::new().text("file_name", format!("{no}.txt")).text("is_public", "true").part("file", file(b"second"))
    };
    for (no, (query, name, public, bytes)) in [
        ("update_mask=file_name", true, false, false),
        ("update_mask=is_public", false, true, false),
        ("update_mask=file", false, false, true),
        ("update_mask=file&update_mask=file_name", true, false, true),
        ("update_mask=file_name,is_public", true, true, false),
        ("update_mask=file_name%2Cfile", true, false, true),
        ("update_mask=", true, true, true),
        ("", true, true, true),
    ]
    .into_iter()
    .enumerate()
    {
        let id = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
        desk.keap.form(&format!("{V2}/{id}?{query}"), all(no)).await.expect(200);
        let renamed = format!("{no}.txt");
        let wanted = is(if name { &renamed } else { "a.txt" }, public, if bytes { b"second" } else { b"first" });
        assert!(state(&desk, id).await == wanted, "{query}");
    }
    let id = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let path = format!("{V2}/{id}");
    desk.keap.form(&path, all(8).text("update_mask", "file_name")).await.expect(200);
    assert!(state(&desk, id).await == is("8.txt", false, b"first"), "older clients send it in the form");
    // What the mask names and nobody supplies stays.
    desk.keap.form(&format!("{path}?update_mask=is_public"), Form::new().text("x", "y")).await.expect(200);
    assert!(state(&desk, id).await == is("8.txt", false, b"first"));
    desk.stop().await;
}

async fn c11_what_no_part_says_the_query_may_say(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let path = format!("{V2}/{no}?file_name=query.txt&is_public=1");
    desk.keap.form(&path, Form::new().part("file", file(b"second"))).await.expect(200);
    assert!(state(&desk, no).await == is("query.txt", true, b"second"));
    let part = Form::new().text("file_name", "\"part.txt\"").text("is_public", "\"false\"");
    desk.keap.form(&path, part).await.expect(200);
    assert!(state(&desk, no).await == is("part.txt", false, b"second"), "the part wins");
    desk.stop().await;
}

async fn patch_is_the_same(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let form = Form::new().text("file_name", "b.txt").part("file", file(b"second"));
    let told = desk.keap.ask(Method::PATCH, &format!("{V2}/{no}"), |request| request.multipart(form)).await;
    told.expect(200);
    assert!(state(&desk, no).await == is("b.txt", false, b"second"));
    desk.stop().await;
}

async fn a_change_that_is_refused_changes_nothing_of_it(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = 100_000)).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let path = format!("{V2}/{no}");
    let before = crate::bad_inputs::face_of(&desk.native).await;
    let all = || Form::new().part("file", file(b"second"));
    for (form, query, status) in [
        (all().text("file_name", "a/b"), "", 400),
        (all().text("is_public", "perhaps"), "", 400),
        (all(), "?update_mask=size", 400),
        (Form::new().text("file_name", "b.txt").part("file", file(&noise(100_001))), "", 413),
    ] {
        desk.keap.form(&format!("{path}{query}"), form).await.expect(status);
        assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    }
    let answer = desk.keap.form(&format!("{V2}/999"), all()).await;
    assert_eq!(answer.expect(404)["details"][0]["resource"], "POST /rest/v2/files/999");
    let viewer = desk.user(2, "keap:view_company_files").await;
    let company = desk.keap.file("c.txt", b"first", Place::Company).await;
    viewer.form(&format!("{V2}/{company}"), all()).await.expect(403);
    viewer.delete(&format!("{V2}/{company}")).await.expect(403);
    viewer.get(&format!("{V2}/{company}")).await.expect(200);
    assert_eq!(desk.keap.v2(company).await.get("contact_id"), None::<&Value>);
    assert_eq!(desk.keap.v2(no).await["file_name"], json!("a.txt"));
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}
