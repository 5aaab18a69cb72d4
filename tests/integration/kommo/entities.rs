//! Leads, contacts, companies and customers: made, changed, listed.

use super::crm::{Crm, number, refused_at};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    a_record_is_made_read_and_changed,
    a_batch_is_done_whole_or_not_at_all,
    what_the_official_client_sends_is_taken_and_what_it_needs_is_there,
    lists_come_in_pages_and_an_empty_one_is_no_content,
    a_record_that_only_a_link_names_is_there,
    a_batch_has_at_most_250_items,
);

const ENTITIES: [&str; 4] = ["leads", "contacts", "companies", "customers"];

async fn a_record_is_made_read_and_changed(setup: Setup) {
    let crm = Crm::open(setup).await;
    for entity in ENTITIES {
        let id = crm.kommo.make(entity, &json!({ "name": "First" })).await;
        let path = format!("/{entity}/{id}");
        let shown = crm.kommo.get(&path).await.expect(200);
        assert_eq!((&shown["id"], &shown["name"]), (&json!(id), &json!("First")));
        assert_eq!(shown["_links"]["self"]["href"], format!("{}/api/v4{path}", crm.app.url()));
        assert_eq!(shown["custom_fields_values"], json!(null));

        let changed = crm.kommo.patch(&path, &json!({ "name": "Second" })).await.expect(200);
        assert_eq!(changed["id"], id);
        assert!(changed["updated_at"].is_number() && changed.get("_embedded").is_none(), "{changed}");
        let batch = json!([{ "id": id, "name": "Third", "request_id": "mine" }]);
        let changed = crm.kommo.patch(&format!("/{entity}"), &batch).await.expect(200);
        assert_eq!(changed["_embedded"][entity][0]["request_id"], "mine");
        assert_eq!(crm.kommo.get(&path).await.expect(200)["name"], "Third");
        assert_eq!(crm.kommo.get(&format!("/{entity}/987654")).await.status, 404);
    }
    crm.stop().await;
}

async fn a_batch_is_done_whole_or_not_at_all(setup: Setup) {
    let crm = Crm::open(setup).await;
    let good = crm.kommo.make("leads", &json!({ "name": "Flat", "price": 20 })).await;
    let batch = json!([{ "name": "One" }, { "name": [] }, { "price": "much", "request_id": "mine" }]);
    refused_at(&crm.kommo.post("/leads", &batch).await, &[("1", "name"), ("mine", "price")]);
    let batch = json!([{ "id": good, "name": "House" }, { "id": 987_654, "name": "Nothing" }]);
    refused_at(&crm.kommo.patch("/leads", &batch).await, &[("1", "id")]);
    let batch = json!([{ "id": good, "name": "House" }, { "name": "Nothing" }]);
    refused_at(&crm.kommo.patch("/leads", &batch).await, &[("1", "id")]);
    let leads = crm.kommo.list("/leads", "leads").await;
    assert_eq!(leads.len(), 1);
    assert_eq!((&leads[0]["name"], &leads[0]["price"]), (&json!("Flat"), &json!(20)));
    for body in [json!([]), json!("x"), json!(null), json!([[]])] {
        assert_eq!(crm.kommo.post("/leads", &body).await.status, 400, "{body}");
    }
    crm.stop().await;
}

async fn what_the_official_client_sends_is_taken_and_what_it_needs_is_there(setup: Setup) {
    let crm = Crm::open(setup).await;
    let sent = json!([
        { "name": "One", "price": 100, "status_id": 142, "pipeline_id": 7, "created_at": 1_600_000_000,
          "created_by": 0, "responsible_user_id": 1, "custom_fields_values": null, "request_id": "1" },
        { "name": "Two", "request_id": "2" }
    ]);
    // It parses the body whatever it is called.
    let request = crm.kommo.0.post("/api/v4/leads").header("content-type", "application/x-www-form-urlencoded");
    let made = request.header("X-Library-Version", "1.16.0").body(sent.to_string()).ask().await.expect(200);
    let made = made["_embedded"]["leads"].as_array().unwrap();
    assert_eq!((&made[0]["request_id"], &made[1]["request_id"]), (&json!("1"), &json!("2")));
    let lead = crm.kommo.get(&format!("/leads/{}", made[0]["id"])).await.expect(200);
    for (key, value) in [
        ("price", json!(100)),
        ("status_id", json!(142)),
        ("pipeline_id", json!(7)),
        ("created_by", json!(0)),
        ("created_at", json!(1_600_000_000)),
        ("responsible_user_id", json!(1)),
        ("account_id", json!(1)),
        ("is_deleted", json!(false)),
        ("group_id", json!(0)),
        ("closest_task_at", json!(null)),
    ] {
        assert_eq!(lead[key], value, "{key}: {lead}");
    }
    // What was read is sent back with one thing changed.
    let mut back = lead.clone();
    back["price"] = json!(200);
    crm.kommo.patch(&format!("/leads/{}", lead["id"]), &back).await.expect(200);
    let again = crm.kommo.get(&format!("/leads/{}", lead["id"])).await.expect(200);
    assert_eq!(
        (&again["price"], &again["name"], &again["created_at"]),
        (&json!(200), &json!("One"), &lead["created_at"])
    );
    crm.stop().await;
}

async fn lists_come_in_pages_and_an_empty_one_is_no_content(setup: Setup) {
    let crm = Crm::open(setup).await;
    assert_eq!(crm.kommo.get("/contacts").await.status, 204);
    let mut ids = Vec::new();
    for no in 0..5 {
        ids.push(crm.kommo.make("contacts", &json!({ "name": format!("Person {no}") })).await);
    }
    let mut seen = Vec::new();
    let mut path = "/contacts?limit=2".to_owned();
    let mut pages = 0;
    loop {
        let page = crm.kommo.get(&path).await.expect(200);
        pages += 1;
        assert_eq!(page["_page"], pages);
        seen.extend(page["_embedded"]["contacts"].as_array().unwrap().iter().map(number));
        let Some(next) = page["_links"]["next"]["href"].as_str() else { break };
        path = next.strip_prefix(&format!("{}/api/v4", crm.app.url())).unwrap().to_owned();
    }
    assert_eq!((seen, pages), (ids.clone(), 3));
    assert_eq!(crm.kommo.get("/contacts?limit=2&page=4").await.status, 204);
    let some = crm.kommo.list(&format!("/contacts?filter[id][]={}&filter[id][]={}", ids[1], ids[3]), "contacts").await;
    assert_eq!(some.iter().map(number).collect::<Vec<_>>(), [ids[1], ids[3]]);
    assert_eq!(crm.kommo.get("/contacts?filter[id]=987654").await.status, 204);
    assert_eq!(crm.kommo.get("/leads").await.status, 204);
    for bad in ["page=0", "limit=0", "limit=x", "filter[id]=x"] {
        assert_eq!(crm.kommo.get(&format!("/contacts?{bad}")).await.status, 400, "{bad}");
    }
    crm.stop().await;
}

async fn a_record_that_only_a_link_names_is_there(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("a.txt").await;
    crm.native.put(&format!("/v1/records/deal/4711/files/{file}")).ask().await.expect(200);
    let lead = crm.kommo.get("/leads/4711").await.expect(200);
    assert_eq!(lead["name"], "Lead #4711");
    assert_eq!(crm.kommo.tab("leads/4711").await, [file]);
    crm.kommo.patch("/leads/4711", &json!({ "name": "Flat" })).await.expect(200);
    assert_eq!(crm.kommo.get("/leads/4711").await.expect(200)["name"], "Flat");
    // New ones do not take its number.
    let made = crm.kommo.make("leads", &json!({})).await;
    assert_ne!(made, 4711);
    crm.stop().await;
}

async fn a_batch_has_at_most_250_items(setup: Setup) {
    let crm = Crm::open(setup).await;
    let cards = |len: usize| json!(vec![json!({ "name": "x" }); len]);
    assert_eq!(crm.kommo.post("/companies", &cards(251)).await.status, 400);
    assert_eq!(crm.kommo.get("/companies").await.status, 204);
    let made = crm.kommo.post("/companies", &cards(250)).await.expect(200);
    assert_eq!(made["_embedded"]["companies"].as_array().unwrap().len(), 250);
    assert_eq!(crm.kommo.list("/companies?limit=999", "companies").await.len(), 250);
    crm.stop().await;
}
