//! Refusals of REST v1, in the one shape that it has.

use crate::keap::desk::{Desk, Place, V1, V2};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use reqwest::Method;
use serde_json::json;

on_both_engines!(
    an_unknown_file_is_told_in_keaps_words,
    what_is_out_of_reach_is_told_in_keaps_words,
    c20_wrong_verbs_are_405,
    an_unknown_path_is_404_to_who_is_let_in_and_401_to_who_is_not,
);

async fn an_unknown_file_is_told_in_keaps_words(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.keap.file("a.txt", b"x", Place::Company).await;
    for id in ["2", "0", "-1", "2147483648", "99999999999999999999", "seven", "1.5", "%20", "a.txt"] {
        let path = format!("{V1}/{id}");
        for (method, body) in
            [(Method::GET, json!({})), (Method::PUT, json!({ "file_name": "b.txt" })), (Method::DELETE, json!({}))]
        {
            let answer = desk.keap.ask(method, &path, |request| request.json(&body)).await;
            assert_eq!(answer.expect(404)["message"], "Unable to find this File", "{id}");
        }
    }
    desk.stop().await;
}

async fn what_is_out_of_reach_is_told_in_keaps_words(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"x", Place::Company).await;
    let path = format!("{V1}/{no}");
    let user = desk.user(2, "keap:user").await;
    let viewer = desk.user(3, "keap:view_company_files").await;
    let (view, edit) =
        ("User does not have permission to view this File", "User does not have permission to edit this File");
    assert_eq!(user.get(&path).await.expect(403)["message"], view);
    assert_eq!(user.get(&format!("{path}?optional_properties=file_data")).await.expect(403)["message"], view);
    let rename = json!({ "file_name": "b.txt" });
    for keap in [user, viewer] {
        assert_eq!(keap.put(&path, &rename).await.expect(403)["message"], edit);
        assert_eq!(keap.delete(&path).await.expect(403)["message"], edit);
        let new = crate::keap::desk::upload_body("c.txt", b"x", Place::Company);
        keap.post(V1, &new).await.expect(403);
    }
    assert_eq!(desk.keap.v1(no).await["file_name"], "a.txt");
    desk.stop().await;
}

async fn c20_wrong_verbs_are_405(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"x", Place::Company).await;
    for (method, path) in [
        (Method::PATCH, format!("{V1}/{no}")),
        (Method::POST, format!("{V1}/{no}")),
        (Method::PUT, V1.to_owned()),
        (Method::DELETE, V1.to_owned()),
        (Method::PATCH, V1.to_owned()),
        (Method::PUT, format!("{V2}/{no}")),
        (Method::DELETE, V2.to_owned()),
        (Method::PUT, V2.to_owned()),
        (Method::POST, format!("{V2}/{no}:data")),
        (Method::DELETE, format!("{V2}/{no}:data")),
        (Method::GET, "/crm/xmlrpc/v1".to_owned()),
        (Method::PUT, "/crm/xmlrpc".to_owned()),
        (Method::GET, "/api/xmlrpc".to_owned()),
    ] {
        let answer =
            desk.keap.ask(method.clone(), &path, |request| request.json(&json!({ "file_name": "b.txt" }))).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
        if !path.starts_with("/api") {
            let stranger = desk.app.stranger().request(method.clone(), &path).ask().await;
            assert_eq!(stranger.status, 401, "{method} {path} without a token: {}", stranger.text());
        }
    }
    assert_eq!(desk.keap.v1(no).await["file_name"], "a.txt");
    desk.stop().await;
}

async fn an_unknown_path_is_404_to_who_is_let_in_and_401_to_who_is_not(setup: Setup) {
    let desk = Desk::open(setup).await;
    for path in ["/crm/rest/v1/contacts", "/crm/rest/v1", "/crm/rest/v1/files/1/versions", "/crm/rest/v1/"] {
        let answer = desk.keap.0.get(path).ask().await;
        assert_eq!(answer.expect(404), json!({ "message": "Not Found" }), "{path}");
    }
    for path in ["/crm/rest/v1/contacts", "/crm/rest/v2/contacts", "/crm/rest/v3/files", "/crm/other", "/crm"] {
        let stranger = desk.app.stranger().get(path).ask().await;
        let fault = stranger.expect(401);
        assert_eq!(fault["fault"]["detail"]["errorcode"], "oauth.v2.InvalidAccessToken", "{path}");
        let known = desk.keap.0.get(path).ask().await;
        assert_eq!(known.status, 404, "{path}");
    }
    desk.stop().await;
}
