//! The account's object, the way to a token, and who may come in.

use super::crm::Crm;
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};

on_both_engines!(
    the_account_tells_where_its_drive_is,
    who_asks_for_a_token_is_told_where_tokens_come_from,
    nobody_comes_in_without_a_token_and_nobody_past_its_scopes,
    checks_are_made_in_one_order,
    an_administrators_token_acts_as_another_user,
);

async fn the_account_tells_where_its_drive_is(setup: Setup) {
    let crm = Crm::open(setup).await;
    for path in ["/account", "/account?with=drive_url", "/account?with=amojo_id,drive_url"] {
        let account = crm.kommo.get(path).await.expect(200);
        assert_eq!(account["drive_url"], crm.app.url(), "{path}");
        assert_eq!(account["_links"]["self"]["href"], format!("{}/api/v4/account", crm.app.url()));
    }
    let account = crm.kommo.get("/account").await.expect(200);
    // What the official client reads of an account.
    for (key, kind) in [
        ("id", "number"),
        ("name", "string"),
        ("subdomain", "string"),
        ("created_by", "number"),
        ("created_at", "number"),
        ("updated_by", "number"),
        ("updated_at", "number"),
        ("current_user_id", "number"),
        ("country", "string"),
        ("currency", "string"),
        ("currency_symbol", "string"),
        ("is_unsorted_on", "boolean"),
        ("mobile_feature_version", "number"),
        ("customers_mode", "string"),
        ("is_loss_reason_enabled", "boolean"),
        ("is_helpbot_enabled", "boolean"),
        ("is_technical_account", "boolean"),
        ("contact_name_display_order", "number"),
    ] {
        assert_eq!(kind_of(&account[key]), kind, "{key}: {account}");
    }
    assert!(account.get("uuid").is_none() && account.get("version").is_none(), "{account}");
    let more = crm.kommo.get("/account?with=uuid,version,amojo_id").await.expect(200);
    assert!(more["uuid"].is_string() && more["amojo_id"].is_string() && more["version"].is_number(), "{more}");
    assert_eq!(crm.kommo.get("/account?with=uuid").await.expect(200)["uuid"], more["uuid"]);
    crm.stop().await;
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        _ => "other",
    }
}

async fn who_asks_for_a_token_is_told_where_tokens_come_from(setup: Setup) {
    let crm = Crm::open(setup).await;
    let asked = json!({
        "client_id": "11111111-2222-3333-4444-555555555555", "client_secret": "secret", "grant_type": "refresh_token",
        "refresh_token": "def50200", "redirect_uri": "https://example.com/"
    });
    let answer = crm.app.stranger().post("/oauth2/access_token").json(&asked).ask().await;
    let problem = answer.expect(400);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(problem["detail"].as_str().unwrap().contains("attache token create --jwt"), "{problem}");
    crm.stop().await;
}

async fn nobody_comes_in_without_a_token_and_nobody_past_its_scopes(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({ "name": "Flat" })).await;
    let file = crm.file("a.txt").await;
    let files = format!("/leads/{lead}/files");
    let stranger = super::crm::Kommo(crm.app.stranger());
    assert_eq!(stranger.get("/account").await.status, 401);
    assert_eq!(stranger.get("/leads").await.status, 401);

    let crm_only = crm.with_scopes("kommo:crm").await;
    crm_only.get("/account").await.expect(200);
    crm_only.get("/leads").await.expect(200);
    for answer in [
        crm_only.get(&files).await,
        crm_only.put(&files, &super::crm::uuids(&[&file])).await,
        crm_only.delete(&files, Some(&super::crm::uuids(&[&file]))).await,
        crm_only.get(&format!("/files/{file}/links")).await,
    ] {
        assert!(answer.expect(403)["detail"].as_str().unwrap().contains("'files'"), "{}", answer.text());
    }

    let files_only = crm.with_scopes("kommo:files").await;
    files_only.get("/account").await.expect(200);
    files_only.link(&format!("leads/{lead}"), &[&file]).await;
    assert_eq!(files_only.tab(&format!("leads/{lead}")).await, [file.as_str()]);
    files_only.get(&format!("/files/{file}/links")).await.expect(200);
    files_only.delete(&files, Some(&super::crm::uuids(&[&file]))).await.expect(202);
    for path in ["/leads", "/leads/notes", "/leads/custom_fields", &format!("/leads/{lead}")] {
        let refused = files_only.get(path).await;
        assert!(refused.expect(403)["detail"].as_str().unwrap().contains("'crm'"), "{}", refused.text());
    }
    crm.stop().await;
}

/// 401, then 403, then 404, then 400, whatever else is wrong.
async fn checks_are_made_in_one_order(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let (known, unknown) = (format!("/leads/{lead}"), "/leads/987654".to_owned());
    let crm_only = crm.with_scopes("kommo:crm").await;
    let files_only = crm.with_scopes("kommo:files").await;
    let broken = |client: &super::crm::Kommo, method: reqwest::Method, path: &str| {
        client.0.request(method, &format!("/api/v4{path}")).body("{\"broken").ask()
    };
    use reqwest::Method;
    for (method, tail, without) in [
        (Method::PUT, "/files", &crm_only),
        (Method::DELETE, "/files", &crm_only),
        (Method::POST, "/notes", &files_only),
        (Method::PATCH, "/notes", &files_only),
        (Method::PATCH, "", &files_only),
    ] {
        let stranger = super::crm::Kommo(crm.app.stranger());
        let ask = |client, at: &String| {
            let path = format!("{at}{tail}");
            let method = method.clone();
            async move { broken(client, method, &path).await.status.as_u16() }
        };
        assert_eq!(ask(&stranger, &unknown).await, 401, "{method} {tail}");
        assert_eq!(ask(without, &unknown).await, 403, "{method} {tail}");
        assert_eq!(ask(&crm.kommo, &unknown).await, 404, "{method} {tail}");
        assert_eq!(ask(&crm.kommo, &known).await, 400, "{method} {tail}");
    }
    for path in ["/leads/987654/files?limit=x", "/leads/987654/notes?page=0", "/leads/0", "/leads/x/files"] {
        assert_eq!(crm.kommo.get(path).await.status, 404, "{path}");
    }
    for path in ["/tasks", "/leads/5/nothing", "/nothing/5/files", "/files/none/links"] {
        assert_eq!(crm.kommo.get(path).await.status, 404, "{path}");
    }
    assert_eq!(crm.kommo.delete(&known, None).await.status, 405);
    crm.stop().await;
}

async fn an_administrators_token_acts_as_another_user(setup: Setup) {
    let crm = Crm::open(setup).await;
    // A user comes into being with the first token that is made for it.
    crm.app.token_of(7, "kommo:crm", None).await;
    let as_user = |user: &str| {
        let request = crm.kommo.0.post("/api/v4/leads").header("X-Context-User-ID", user);
        request.json(&json!([{ "name": "Flat" }])).ask()
    };
    let made = as_user("7").await.expect(200);
    let lead = crm.kommo.get(&format!("/leads/{}", made["_embedded"]["leads"][0]["id"])).await.expect(200);
    assert_eq!((&lead["created_by"], &lead["responsible_user_id"]), (&json!(7), &json!(7)));
    for nobody in ["8", "x", ""] {
        let refused = as_user(nobody).await;
        assert!(refused.expect(403)["detail"].as_str().unwrap().contains("X-Context-User-ID"), "{}", refused.text());
    }
    crm.stop().await;
}
