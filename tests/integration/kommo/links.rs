//! Files on records: linked, unlinked, listed, and asked after from the file's side.

use super::crm::{Crm, refused_at, uuids};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use reqwest::Method;
use serde_json::{Value, json};

on_both_engines!(
    files_are_linked_and_unlinked_with_the_one_answer_that_every_client_takes,
    what_the_official_client_sends_for_a_records_files_is_answered_as_it_needs,
    linking_twice_is_linking_once,
    a_batch_of_links_is_done_whole_or_not_at_all,
    a_records_files_come_newest_first_and_in_parts,
    names_and_links_come_with_the_files_when_asked_for,
    a_file_tells_the_records_it_is_on,
);

async fn files_are_linked_and_unlinked_with_the_one_answer_that_every_client_takes(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (one, two) = (crm.file("1.txt").await, crm.file("2.txt").await);
    for entity in ["leads", "contacts", "companies", "customers"] {
        let id = crm.kommo.make(entity, &json!({})).await;
        let (record, path) = (format!("{entity}/{id}"), format!("/{entity}/{id}/files"));
        assert_eq!(crm.kommo.get(&path).await.status, 204);
        let linked = crm.kommo.put(&path, &uuids(&[&one, &two])).await;
        assert_eq!((linked.expect(202), linked.text().as_str()), (json!({}), "{}"));
        assert_eq!(crm.kommo.tab(&record).await.len(), 2);
        let unlinked = crm.kommo.delete(&path, Some(&uuids(&[&one]))).await;
        assert_eq!((unlinked.expect(202), unlinked.text().as_str()), (json!({}), "{}"));
        assert_eq!(crm.kommo.tab(&record).await, [two.as_str()]);
        // One that is not there, or never was, is no fault.
        let nothing = uuids(&[&one, "00000000-0000-7000-8000-000000000000"]);
        crm.kommo.delete(&path, Some(&nothing)).await.expect(202);
        crm.kommo.delete(&path, Some(&uuids(&[&two]))).await.expect(202);
        assert_eq!(crm.kommo.get(&path).await.status, 204);
        let unknown = format!("/{entity}/987654/files");
        assert_eq!(crm.kommo.get(&unknown).await.status, 404);
        assert_eq!(crm.kommo.put(&unknown, &uuids(&[&one])).await.status, 404);
        assert_eq!(crm.kommo.delete(&unknown, Some(&uuids(&[&one]))).await.status, 404);
    }
    crm.stop().await;
}

/// The wire of the official PHP client, as it was captured.
async fn what_the_official_client_sends_for_a_records_files_is_answered_as_it_needs(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let file = crm.file("product.png").await;
    let ask = |method: Method, tail: &str, body: Option<Value>| {
        let request = crm.kommo.0.request(method, &format!("/api/v4/leads/{lead}/files{tail}"));
        let request = request
            .header("User-Agent", "amoCRM-API-Library/1.16.0")
            .header("X-Library-Version", "1.16.0")
            .header("X-Client-UUID", "11111111-2222-3333-4444-555555555555")
            .header("Content-Type", "application/json");
        match body {
            Some(body) => request.body(body.to_string()).ask(),
            None => request.ask(),
        }
    };
    let body = || Some(json!([{ "file_uuid": file }]));
    // It takes 202 with or without a body, and throws on 200 and on 204.
    let linked = ask(Method::PUT, "", body()).await;
    assert_eq!((linked.status.as_u16(), linked.text().as_str()), (202, "{}"));
    assert!(!linked.header("x-request-id").is_empty());
    let listed = ask(Method::GET, "?limit=50&page=1", None).await.expect(200);
    let first = &listed["_embedded"]["files"][0];
    assert_eq!(first["file_uuid"], file.as_str());
    assert!(first["id"].as_i64().unwrap() > 0);
    assert!(listed["_links"]["self"]["href"].as_str().unwrap().starts_with(&crm.app.url()));
    assert!(listed["_links"].get("next").is_none());
    let unlinked = ask(Method::DELETE, "", body()).await;
    assert_eq!((unlinked.status.as_u16(), unlinked.text().as_str()), (202, "{}"));
    let empty = ask(Method::GET, "?limit=50&page=1", None).await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (204, 0));
    crm.stop().await;
}

async fn linking_twice_is_linking_once(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let record = format!("leads/{lead}");
    let (one, two) = (crm.file("1.txt").await, crm.file("2.txt").await);
    crm.kommo.link(&record, &[&one, &two, &one]).await;
    let before = crm.kommo.list(&format!("/{record}/files"), "files").await;
    assert_eq!(before.len(), 2);
    crm.kommo.link(&record, &[&one]).await;
    assert_eq!(crm.kommo.list(&format!("/{record}/files"), "files").await, before);
    crm.stop().await;
}

async fn a_batch_of_links_is_done_whole_or_not_at_all(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let path = format!("/leads/{lead}/files");
    let (good, trashed) = (crm.file("1.txt").await, crm.file("2.txt").await);
    crm.trash(&trashed).await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    refused_at(&crm.kommo.put(&path, &uuids(&[&good, unknown])).await, &[("1", "1.file_uuid")]);
    refused_at(&crm.kommo.put(&path, &uuids(&[&good, &trashed])).await, &[("1", "1.file_uuid")]);
    let broken = json!([{ "file_uuid": good }, { "file_uuid": "x", "request_id": "mine" }, {}, "x"]);
    let faults = [("mine", "1.file_uuid"), ("2", "2.file_uuid"), ("3", "3")];
    refused_at(&crm.kommo.put(&path, &broken).await, &faults);
    refused_at(&crm.kommo.delete(&path, Some(&broken)).await, &faults);
    let many = vec![good.as_str(); 251];
    for body in [json!([]), json!("x"), uuids(&many)] {
        assert_eq!(crm.kommo.put(&path, &body).await.status, 400);
        assert_eq!(crm.kommo.delete(&path, Some(&body)).await.status, 400);
    }
    assert_eq!(crm.kommo.delete(&path, None).await.status, 400);
    assert_eq!(crm.kommo.get(&path).await.status, 204);
    crm.kommo.put(&path, &uuids(&many[..250])).await.expect(202);
    assert_eq!(crm.kommo.tab(&format!("leads/{lead}")).await, [good]);
    crm.stop().await;
}

async fn a_records_files_come_newest_first_and_in_parts(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let record = format!("leads/{lead}");
    let mut files = Vec::new();
    for no in 0..5 {
        files.push(crm.file(&format!("{no}.txt")).await);
        crm.kommo.link(&record, &[&files[no]]).await;
    }
    files.reverse();
    assert_eq!(crm.kommo.tab(&record).await, files);
    let mut path = format!("/{record}/files?limit=2");
    let (mut seen, mut parts) = (Vec::new(), 0);
    loop {
        let part = crm.kommo.get(&path).await.expect(200);
        parts += 1;
        let items = part["_embedded"]["files"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["file_uuid"].as_str().unwrap().to_owned()));
        let Some(next) = part["_links"]["next"]["href"].as_str() else { break };
        assert!(next.contains(&format!("before_id={}", items.last().unwrap()["id"])), "{next}");
        path = next.strip_prefix(&format!("{}/api/v4", crm.app.url())).unwrap().to_owned();
    }
    assert_eq!((seen, parts), (files, 3));
    let all = crm.kommo.get(&format!("/{record}/files?limit=5")).await.expect(200);
    assert!(all["_links"].get("next").is_none(), "{all}");
    let whole = crm.kommo.get(&format!("/{record}/files")).await.expect(200);
    assert_eq!(whole["_links"]["self"]["href"], format!("{}/api/v4/{record}/files?limit=50", crm.app.url()));
    for bad in ["limit=0", "limit=x", "before_id=x", "before_id=-1"] {
        assert_eq!(crm.kommo.get(&format!("/{record}/files?{bad}")).await.status, 400, "{bad}");
    }
    assert_eq!(crm.kommo.get(&format!("/{record}/files?before_id=1")).await.status, 204);
    crm.stop().await;
}

async fn names_and_links_come_with_the_files_when_asked_for(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let file = crm.file("lease.pdf").await;
    crm.kommo.link(&format!("leads/{lead}"), &[&file]).await;
    let plain = crm.kommo.list(&format!("/leads/{lead}/files"), "files").await;
    assert_eq!(plain[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["file_uuid", "id"]);
    let whole = crm.kommo.list(&format!("/leads/{lead}/files?with=file"), "files").await;
    assert_eq!((&whole[0]["name"], &whole[0]["size"]), (&json!("lease.pdf"), &json!(22)));
    assert!(whole[0]["type"].is_string(), "{whole:?}");
    // The link is the key: nobody has to say who they are.
    let link = whole[0]["_links"]["download"]["href"].as_str().unwrap();
    assert_eq!(crm.app.stranger().get(link).ask().await.text(), "the bytes of lease.pdf");
    crm.stop().await;
}

async fn a_file_tells_the_records_it_is_on(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("lease.pdf").await;
    let path = format!("/files/{file}/links");
    let none = crm.kommo.get(&path).await.expect(200);
    assert_eq!(none, json!({ "file_uuid": file, "entities": [] }));
    let card = json!({ "price": 20, "pipeline_id": 3_858_604, "status_id": 37_066_879, "created_at": 1_669_372_247 });
    let lead = crm.kommo.make("leads", &card).await;
    let company = crm.kommo.make("companies", &json!({ "name": "Acme" })).await;
    let contact = crm.kommo.make("contacts", &json!({ "name": "Ada" })).await;
    crm.kommo.link(&format!("leads/{lead}"), &[&file]).await;
    crm.kommo.link(&format!("companies/{company}"), &[&file]).await;
    // It is used where it sits in a field alone, too.
    let field = crm.kommo.field("contacts", "Passport").await;
    let value = json!([{ "field_id": field, "values": [{ "value": { "file_uuid": file } }] }]);
    crm.kommo.patch(&format!("/contacts/{contact}"), &json!({ "custom_fields_values": value })).await.expect(200);
    // Records of other kinds have no name at Kommo.
    crm.native.put(&format!("/v1/records/ticket_reply/49/files/{file}")).ask().await.expect(200);

    let used = crm.kommo.get(&path).await.expect(200);
    assert_eq!(used["file_uuid"], file.as_str());
    let entities = used["entities"].as_array().unwrap();
    let shown: Vec<_> = entities.iter().map(|one| (one["entity_type"].as_str().unwrap(), one["id"].clone())).collect();
    assert_eq!(shown, [("leads", json!(lead)), ("companies", json!(company)), ("contacts", json!(contact))]);
    for (key, value) in [
        ("name", json!(format!("Lead #{lead}"))),
        ("created_by", json!(1)),
        ("updated_by", json!(1)),
        ("main_user_id", json!(1)),
        ("date_create", json!(1_669_372_247)),
        ("price", json!(20)),
        ("pipeline_id", json!(3_858_604)),
        ("status_id", json!(37_066_879)),
        ("closest_task_at", json!(null)),
    ] {
        assert_eq!(entities[0][key], value, "{key}: {used}");
    }
    assert!(entities[1].get("price").is_none() && entities[1]["name"] == "Acme", "{used}");
    for unknown in ["00000000-0000-7000-8000-000000000000", "x", "7"] {
        assert_eq!(crm.kommo.get(&format!("/files/{unknown}/links")).await.status, 404, "{unknown}");
    }
    assert_eq!(crm.kommo.get(&format!("/files/{file}")).await.status, 404);
    crm.stop().await;
}
