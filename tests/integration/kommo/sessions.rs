//! Upload sessions: what opens one, what does not, and how far one is.

use super::desk::{Desk, PART, download, full_name, noise, text};
use crate::native::on_both_engines;
use attache_core::Credential;
use attache_model::account::Quota;
use attache_model::token::Secret;
use attache_tests::{Ask, Setup};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    a_file_comes_in_by_the_official_clients_wire,
    a_file_of_no_bytes_is_one_empty_part,
    what_cannot_be_a_session_is_refused_and_leaves_none,
    checks_are_made_in_one_order,
    a_body_is_json_whatever_it_is_called,
    a_session_says_how_far_it_is,
    a_session_that_was_cancelled_is_gone_and_one_that_is_done_leaves_its_file,
    a_session_lives_for_a_day,
    a_session_is_its_accounts_alone,
    a_session_that_would_not_fit_is_refused_and_holds_nothing,
    a_taken_name_gets_a_number_and_a_strange_one_is_mended,
);

async fn a_file_comes_in_by_the_official_clients_wire(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(2 * PART + 1000);
    let opening = json!({
        "file_name": "product \u{44f}_96.PNG", "file_size": bytes.len(), "content_type": "image/png",
        "with_preview": true, "created_by": { "id": 1, "type": "internal" }, "processing": { "image": {} }
    });
    let file = desk.drive.upload(opening, &bytes).await;
    assert_eq!((&file["name"], &file["metadata"]["extension"]), (&json!("product \u{44f}_96"), &json!("png")));
    assert_eq!(file["sanitized_name"], "product-ia-96");
    assert_eq!((&file["size"], &file["is_trashed"]), (&json!(bytes.len()), &json!(false)));
    assert_eq!(file["created_by"], json!({ "id": 1, "type": "internal" }));
    assert_eq!(
        (&file["deleted_at"], &file["deleted_by"], &file["source_id"]),
        (&json!(null), &json!(null), &json!(null))
    );
    for address in ["download", "download_version"] {
        let url = text(&file["_links"][address]["href"]);
        assert!(
            url.starts_with(&format!("{}/download/", desk.app.url())) && url.ends_with("/product-ia-96.png"),
            "{url}"
        );
        assert_eq!(desk.anybody(&url).await.body, bytes);
    }
    // The same file, seen from our own face.
    let ours = desk.native.get(&format!("/v1/files/{}", text(&file["uuid"]))).ask().await.expect(200);
    assert_eq!((&ours["no"], &ours["name"]), (&file["id"], &json!("product \u{44f}_96.png")));
    desk.stop().await;
}

async fn a_file_of_no_bytes_is_one_empty_part(setup: Setup) {
    let desk = Desk::open(setup).await;
    let opening = json!({ "file_name": "empty.txt", "file_size": 0, "content_type": "application/x-empty" });
    let file = desk.drive.upload(opening, b"").await;
    assert_eq!((file["size"].as_u64(), full_name(&file)), (Some(0), "empty.txt".to_owned()));
    assert_eq!(desk.anybody(&download(&file)).await.body, b"");
    desk.stop().await;
}

async fn what_cannot_be_a_session_is_refused_and_leaves_none(setup: Setup) {
    let desk = Desk::open(setup).await;
    let trashed = text(&desk.drive.put("trashed.txt", b"x").await["uuid"]);
    desk.drive.delete_all(&[&trashed]).await.expect(204);
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (body, status, word) in [
        (json!({ "file_size": 1 }), 400, "file_name"),
        (json!({ "file_name": null, "file_size": 1 }), 400, "file_name"),
        (json!({ "file_name": "", "file_size": 1 }), 400, "file_name"),
        (json!({ "file_name": "..", "file_size": 1 }), 400, "file_name"),
        (json!({ "file_name": 7, "file_size": 1 }), 400, "file_name"),
        (json!({ "file_name": "a.txt" }), 400, "file_size"),
        (json!({ "file_name": "a.txt", "file_size": -1 }), 400, "file_size"),
        (json!({ "file_name": "a.txt", "file_size": 314_572_801 }), 400, "314572800"),
        (json!({ "file_name": "a.txt", "file_size": 1.5 }), 400, "file_size"),
        (json!({ "file_name": "a.txt", "file_size": 1, "file_uuid": "x" }), 400, "file_uuid"),
        (json!({ "file_name": "a.txt", "file_size": 1, "file_uuid": nobody }), 404, "file"),
        (json!({ "file_name": "a.txt", "file_size": 1, "file_uuid": trashed }), 400, "trash"),
        (json!([]), 400, "body"),
    ] {
        let refused = desk.drive.post("/v1.0/sessions", &body).await.expect(status);
        assert!(text(&refused["detail"]).contains(word), "{body}: {refused}");
    }
    let largest = desk.drive.session("largest.bin", 314_572_800).await;
    assert_eq!(
        (largest["max_file_size"].as_u64(), largest["max_part_size"].as_u64()),
        (Some(314_572_800), Some(524_288))
    );
    for no in 1..largest["session_id"].as_i64().unwrap() {
        let answer = desk.drive.get(&format!("/v1.0/sessions/{no}")).await;
        assert!(answer.status == 404 || answer.json()["file_name"] == "trashed.txt", "{}", answer.text());
    }
    desk.stop().await;
}

async fn checks_are_made_in_one_order(setup: Setup) {
    let desk = Desk::open(setup).await;
    let broken =
        async |drive: &super::desk::Drive| drive.ask(Method::POST, "/v1.0/sessions", |request| request.body("{")).await;
    let nobody = super::desk::Drive::of(desk.app.stranger());
    assert_eq!(broken(&nobody).await.status, 401);
    let wrong = super::desk::Drive::of(desk.app.stranger().with_token(Some("wrong".to_owned())));
    assert_eq!(broken(&wrong).await.status, 401);
    let refused = broken(&desk.with_scopes("kommo:crm,kommo:files_delete").await).await.expect(403);
    assert!(text(&refused["detail"]).contains("'files'"), "{refused}");
    assert_eq!(broken(&desk.drive).await.status, 400);
    let unknown = "/v1.0/files/00000000-0000-7000-8000-000000000000";
    let change = desk.drive.ask(Method::PATCH, unknown, |request| request.body("{")).await;
    assert_eq!(change.status, 404);
    let method = desk.drive.ask(Method::PUT, "/v1.0/files", |request| request).await;
    assert_eq!(method.status, 405);
    assert_eq!(desk.drive.get("/v1.0/nothing").await.status, 404);
    desk.stop().await;
}

async fn a_body_is_json_whatever_it_is_called(setup: Setup) {
    let desk = Desk::open(setup).await;
    let body = json!({ "file_name": "a.txt", "file_size": 1 }).to_string();
    for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"] {
        let send = |request: reqwest::RequestBuilder| request.header("Content-Type", kind).body(body.clone());
        desk.drive.ask(Method::POST, "/v1.0/sessions", send).await.expect(200);
    }
    desk.drive.ask(Method::POST, "/v1.0/sessions", |request| request.body(body.clone())).await.expect(200);
    desk.stop().await;
}

async fn a_session_says_how_far_it_is(setup: Setup) {
    let desk = Desk::open(setup).await;
    let opened = desk.drive.session("report.pdf", 10).await;
    let at = format!("/v1.0/sessions/{}", opened["session_id"]);
    let fresh = desk.drive.get(&at).await.expect(200);
    assert_eq!((&fresh["status"], &fresh["received"], &fresh["part_num"]), (&json!("open"), &json!(0), &json!(1)));
    assert_eq!((&fresh["file_name"], &fresh["file_size"]), (&json!("report.pdf"), &json!(10)));
    assert_eq!(fresh["next_url"], opened["upload_url"]);
    assert_eq!(fresh["expires_at"].as_i64(), Some(1_769_860_800 + 86_400));

    let next = desk.drive.part(&text(&opened["upload_url"]), "1234").await.expect(202);
    let begun = desk.drive.get(&at).await.expect(200);
    assert_eq!((&begun["received"], &begun["part_num"], &begun["next_url"]), (&json!(4), &json!(2), &next["next_url"]));

    desk.drive.part(&text(&next["next_url"]), "567890").await.expect(200);
    let done = desk.drive.get(&at).await.expect(200);
    assert_eq!((&done["status"], &done["received"], &done["next_url"]), (&json!("done"), &json!(10), &json!(null)));
    for nothing in ["0", "999999", "x", "-1", "99999999999999999999"] {
        desk.drive.get(&format!("/v1.0/sessions/{nothing}")).await.expect(404);
    }
    desk.stop().await;
}

async fn a_session_that_was_cancelled_is_gone_and_one_that_is_done_leaves_its_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let opened = desk.drive.session("a.txt", 10).await;
    let at = format!("/v1.0/sessions/{}", opened["session_id"]);
    let next = desk.drive.part(&text(&opened["upload_url"]), "1234").await.expect(202);
    desk.drive.delete(&at).await.expect(204);
    desk.drive.get(&at).await.expect(404);
    desk.drive.delete(&at).await.expect(404);
    for url in [&opened["upload_url"], &next["next_url"]] {
        desk.drive.part(&text(url), "1234").await.expect(404);
    }
    assert_eq!(desk.drive.names("").await, [""; 0]);

    let file = desk.drive.put("b.txt", b"bytes").await;
    desk.drive.delete(&format!("/v1.0/sessions/{}", file["session_id"])).await.expect(204);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"bytes");
    desk.stop().await;
}

async fn a_session_lives_for_a_day(setup: Setup) {
    let desk = Desk::open(setup).await;
    let opened = desk.drive.session("a.txt", 10).await;
    let at = format!("/v1.0/sessions/{}", opened["session_id"]);
    desk.pass(Duration::from_secs(86_399));
    let next = desk.drive.part(&text(&opened["upload_url"]), "1234").await.expect(202);
    desk.pass(Duration::from_secs(1));
    desk.drive.part(&text(&next["next_url"]), "567890").await.expect(404);
    desk.drive.part(&text(&opened["upload_url"]), "1234").await.expect(404);
    assert_eq!(desk.drive.get(&at).await.expect(200)["status"], "expired");
    assert_eq!(desk.drive.names("").await, [""; 0]);
    desk.stop().await;
}

async fn a_session_is_its_accounts_alone(setup: Setup) {
    let desk = Desk::open(setup).await;
    let other = desk.other_account().await;
    let at = format!("/v1.0/sessions/{}", desk.drive.session("a.txt", 10).await["session_id"]);
    other.get(&at).await.expect(404);
    other.delete(&at).await.expect(404);
    desk.drive.get(&at).await.expect(200);
    // An upload that came in another way is no session either.
    let tus = desk.native.post("/v1/uploads").header("Tus-Resumable", "1.0.0").header("Upload-Length", "5");
    assert_eq!(tus.ask().await.status, 201);
    for no in 1..10 {
        let answer = desk.drive.get(&format!("/v1.0/sessions/{no}")).await;
        assert!(answer.status == 404 || answer.json()["file_name"] == "a.txt", "{}", answer.text());
    }
    desk.stop().await;
}

async fn a_session_that_would_not_fit_is_refused_and_holds_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let secret = Secret::new(desk.native.token().unwrap().to_owned());
    let caller = desk.app.core().admit(&Credential::Token(secret)).await.unwrap();
    desk.app.core().manage(&caller).unwrap().set_quota(Quota { bytes: Some(100), files: None }).await.unwrap();
    let refused =
        desk.drive.post("/v1.0/sessions", &json!({ "file_name": "a.bin", "file_size": 101 })).await.expect(400);
    assert_eq!(refused["detail"], "Not enough storage space");
    let opened = desk.drive.session("a.bin", 100).await;
    desk.drive.post("/v1.0/sessions", &json!({ "file_name": "b.bin", "file_size": 1 })).await.expect(400);
    desk.drive.delete(&format!("/v1.0/sessions/{}", opened["session_id"])).await.expect(204);
    desk.drive.put("c.bin", &noise(100)).await;
    desk.stop().await;
}

async fn a_taken_name_gets_a_number_and_a_strange_one_is_mended(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (sent, kept) in [
        ("scan.pdf", "scan.pdf"),
        ("scan.pdf", "scan-1.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("in\u{0}voice\u{202e}.pdf", "invoice.pdf"),
        ("Letter to Mr. Smith", "Letter to Mr. Smith"),
    ] {
        let file = desk.drive.put(sent, b"x").await;
        assert_eq!(full_name(&file), kept, "{sent:?}");
    }
    let long = desk.drive.put(&format!("{}.txt", "\u{20ac}".repeat(200)), b"x").await;
    assert_eq!(full_name(&long).len(), 253);
    desk.stop().await;
}
