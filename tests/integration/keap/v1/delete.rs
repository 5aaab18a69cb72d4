//! DELETE: at once, on every face, and into the one trash.

use crate::keap::desk::{Desk, Place, V1, V2};
use crate::native::{list, names, on_both_engines};
use attache_tests::{Ask, Setup};

on_both_engines!(
    c23_a_deleted_file_is_gone_at_once_everywhere,
    deleting_again_is_404_and_a_bare_question_mark_is_nothing
);

async fn c23_a_deleted_file_is_gone_at_once_everywhere(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.keap.upload("a.txt", b"x", Place::Contact(7)).await;
    let (no, url) = (file["id"].as_i64().unwrap(), file["download_url"].as_str().unwrap().to_owned());
    desk.keap.put(&format!("{V1}/{no}"), &serde_json::json!({ "is_public": true })).await.expect(200);
    let bare = url.split('?').next().unwrap();
    assert_eq!(desk.anybody(bare).await.status, 200);

    assert_eq!(desk.keap.delete(&format!("{V1}/{no}")).await.status, 204);
    for path in [format!("{V1}/{no}"), format!("{V2}/{no}"), format!("{V2}/{no}:data")] {
        desk.keap.get(&path).await.expect(404);
    }
    assert_eq!(desk.anybody(bare).await.status, 404);
    assert_eq!(desk.anybody(&url).await.status, 404);
    let fault = desk.keap.call("FileService.getFile", [no.into()]).await.unwrap_err();
    assert_eq!(fault, (5, "[RecordNotFound]Record was not found".to_owned()));
    assert!(desk.keap.list1("").await.is_empty() && desk.keap.list2("").await.is_empty());
    assert!(desk.keap.query(Vec::new()).await.is_empty());
    assert_eq!(names(&desk.native, "/v1/trash").await, ["a.txt"]);
    assert!(list(&desk.native, "/v1/files").await.is_empty());
    desk.native.post(&format!("/v1/files/{no}/restore")).ask().await.expect(200);
    assert_eq!(desk.keap.v1(no).await["contact_id"], 7);
    desk.stop().await;
}

async fn deleting_again_is_404_and_a_bare_question_mark_is_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (made, tail) in [("a.txt", "?"), ("b.txt", "/"), ("c.txt", "/?")] {
        let no = desk.keap.file(made, b"x", Place::Company).await;
        assert_eq!(desk.keap.delete(&format!("{V1}/{no}{tail}")).await.status, 204, "{tail}");
        let again = desk.keap.delete(&format!("{V1}/{no}{tail}")).await;
        assert_eq!(again.expect(404)["message"], "Unable to find this File");
    }
    desk.stop().await;
}
