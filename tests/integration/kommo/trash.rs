//! The trash: what goes there is gone at once, and comes back whole.

use super::desk::{Desk, download, noise, text};
use crate::native::on_both_engines;
use attache_core::Credential;
use attache_model::account::Quota;
use attache_model::token::Secret;
use attache_tests::{Ask, Setup};
use reqwest::Method;
use serde_json::json;

on_both_engines!(
    a_deleted_file_is_gone_at_once_and_comes_back_whole,
    a_batch_passes_over_what_is_not_there_and_a_faulty_one_does_nothing,
    one_file_can_be_deleted_by_its_address,
    deleting_needs_its_own_scope_and_restoring_either,
    the_trash_frees_the_room_and_a_restore_needs_it_again,
);

async fn a_deleted_file_is_gone_at_once_and_comes_back_whole(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.drive.put("a.txt", b"bytes").await;
    let uuid = text(&file["uuid"]);
    let answer = desk.drive.delete_all(&[&uuid]).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    let shown = desk.drive.get(&format!("/v1.0/files/{uuid}")).await.expect(200);
    assert_eq!((&shown["is_trashed"], &shown["deleted_by"]), (&json!(true), &json!({ "id": 1, "type": "internal" })));
    assert_eq!(shown["deleted_at"].as_i64(), Some(1_769_860_800));
    assert_eq!(desk.anybody(&download(&file)).await.status, 404);
    assert_eq!(desk.native.get(&format!("/v1/files/{uuid}/content")).ask().await.status, 404);

    let restored = desk.drive.restore(&[&uuid]).await.expect(200);
    assert_eq!(restored["_count"], 1);
    let back = &restored["_embedded"]["files"][0];
    assert_eq!(
        (&back["is_trashed"], &back["deleted_at"], &back["deleted_by"]),
        (&json!(false), &json!(null), &json!(null))
    );
    assert_eq!((&back["uuid"], &back["version_uuid"]), (&file["uuid"], &file["version_uuid"]));
    assert_eq!(desk.anybody(&download(&file)).await.body, b"bytes");
    desk.stop().await;
}

async fn a_batch_passes_over_what_is_not_there_and_a_faulty_one_does_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = text(&desk.drive.put("a.txt", b"x").await["uuid"]);
    let nobody = "00000000-0000-7000-8000-000000000000";
    let theirs = text(&desk.other_account().await.put("theirs.txt", b"x").await["uuid"]);
    for bad in
        [json!([]), json!([{ "uuid": file }, { "uuid": "x" }]), json!([{ "uuid": file }, {}]), json!({ "uuid": file })]
    {
        let refused = desk.drive.ask(Method::DELETE, "/v1.0/files", |request| request.json(&bad)).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.text());
        desk.drive.post("/v1.0/files/restore", &bad).await.expect(400);
    }
    assert_eq!(desk.drive.names("").await, ["a.txt"]);
    let place = json!([{ "uuid": file }, { "uuid": "x" }]);
    let refused = desk.drive.post("/v1.0/files/restore", &place).await.expect(400);
    assert_eq!(refused["validation-errors"][0]["errors"][0]["path"], "1.uuid", "{refused}");
    let many: Vec<&str> = vec![nobody; 251];
    desk.drive.delete_all(&many).await.expect(400);
    desk.drive.delete_all(&many[..250]).await.expect(204);

    desk.drive.delete_all(&[nobody, &file, &theirs, &file]).await.expect(204);
    desk.drive.delete_all(&[&file]).await.expect(204);
    assert_eq!(desk.drive.names("filter[deleted]=1").await, ["a.txt"]);
    assert_eq!(desk.drive.restore(&[nobody, &theirs, &file]).await.expect(200)["_count"], 1);
    let none = desk.drive.restore(&[nobody, &file]).await.expect(200);
    assert_eq!((&none["_count"], &none["_embedded"]["files"]), (&json!(0), &json!([])));
    desk.stop().await;
}

async fn one_file_can_be_deleted_by_its_address(setup: Setup) {
    let desk = Desk::open(setup).await;
    let at = format!("/v1.0/files/{}", text(&desk.drive.put("a.txt", b"x").await["uuid"]));
    desk.drive.delete(&at).await.expect(204);
    desk.drive.delete(&at).await.expect(204);
    desk.drive.delete("/v1.0/files/00000000-0000-7000-8000-000000000000").await.expect(404);
    desk.drive.delete("/v1.0/files/x").await.expect(404);
    assert_eq!(desk.drive.names("filter[deleted]").await, ["a.txt"]);
    desk.stop().await;
}

async fn deleting_needs_its_own_scope_and_restoring_either(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = text(&desk.drive.put("a.txt", b"x").await["uuid"]);
    let (files, deleter) = (desk.with_scopes("kommo:files").await, desk.with_scopes("kommo:files_delete").await);
    for refused in [files.delete_all(&[&file]).await, files.delete(&format!("/v1.0/files/{file}")).await] {
        assert!(text(&refused.expect(403)["detail"]).contains("'files_delete'"));
    }
    for who in [&files, &deleter] {
        deleter.delete_all(&[&file]).await.expect(204);
        assert_eq!(who.restore(&[&file]).await.expect(200)["_count"], 1);
    }
    desk.with_scopes("kommo:crm").await.restore(&[&file]).await.expect(403);
    desk.stop().await;
}

async fn the_trash_frees_the_room_and_a_restore_needs_it_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    let secret = Secret::new(desk.native.token().unwrap().to_owned());
    let caller = desk.app.core().admit(&Credential::Token(secret)).await.unwrap();
    desk.app.core().manage(&caller).unwrap().set_quota(Quota { bytes: Some(100), files: None }).await.unwrap();
    let file = text(&desk.drive.put("a.bin", &noise(100)).await["uuid"]);
    desk.drive.delete_all(&[&file]).await.expect(204);
    let second = text(&desk.drive.put("b.bin", &noise(60)).await["uuid"]);
    assert_eq!(desk.drive.restore(&[&file]).await.expect(400)["detail"], "Not enough storage space");
    desk.drive.delete_all(&[&second]).await.expect(204);
    desk.drive.restore(&[&file]).await.expect(200);
    desk.stop().await;
}
