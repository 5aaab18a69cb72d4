//! Refusals of REST v2, in the one shape that it has.

use crate::keap::desk::{Desk, Place, V2, upload_form};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    an_unknown_file_is_404_in_the_shape_that_the_sdks_read,
    what_is_out_of_reach_is_403,
    unknown_paths_are_404
);

async fn an_unknown_file_is_404_in_the_shape_that_the_sdks_read(setup: Setup) {
    let desk = Desk::open(setup).await;
    let error = desk.keap.get(&format!("{V2}/404")).await.expect(404);
    let message = error["message"].clone();
    assert_eq!(
        error,
        json!({
            "code": 404, "message": message, "status": "Not Found",
            "details": [{ "domain": "files", "resource": "GET /rest/v2/files/404" }],
        })
    );
    for id in ["0", "-1", "seven", "99999999999999999999", "1.5"] {
        for tail in ["", ":data"] {
            assert_eq!(desk.keap.0.get(&format!("{V2}/{id}{tail}")).ask().await.expect(404)["code"], 404);
        }
        desk.keap.delete(&format!("{V2}/{id}")).await.expect(404);
    }
    desk.stop().await;
}

async fn what_is_out_of_reach_is_403(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"x", Place::Company).await;
    let user = desk.user(2, "keap:user").await;
    user.get(&format!("{V2}/{no}")).await.expect(403);
    user.get(&format!("{V2}/{no}:data")).await.expect(403);
    user.delete(&format!("{V2}/{no}")).await.expect(403);
    user.form(&format!("{V2}/{no}"), upload_form("b.txt", b"y", Place::Company)).await.expect(403);
    user.form(V2, upload_form("b.txt", b"y", Place::Company)).await.expect(403);
    assert!(user.list2("").await.is_empty());
    assert_eq!(desk.keap.v2(no).await["file_name"], "a.txt");
    desk.stop().await;
}

async fn unknown_paths_are_404(setup: Setup) {
    let desk = Desk::open(setup).await;
    for path in ["/crm/rest/v2/contacts", "/crm/rest/v2/files/1/data", "/crm/rest/v2/files/1/2/3", "/crm/rest/v2"] {
        let answer = desk.keap.0.get(path).ask().await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(answer.header("content-type").contains("json"), "{path}");
    }
    desk.stop().await;
}
