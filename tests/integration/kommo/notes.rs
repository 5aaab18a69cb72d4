//! Notes on records, and the files in them.

use super::crm::{Crm, attachment, number, refused_at};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};

on_both_engines!(
    a_note_with_a_file_is_made_and_read,
    what_the_official_client_sends_for_notes_is_answered_as_it_needs,
    a_note_follows_its_file_or_stays_with_a_version,
    a_batch_of_notes_is_done_whole_or_not_at_all,
    a_body_of_another_shape_makes_nothing,
    notes_are_found_by_every_filter,
    notes_are_changed_alone_and_in_batches,
    a_text_and_a_file_of_one_moment_are_one_thing_in_the_feed_and_two_notes_in_the_list,
    a_note_outlives_its_file,
);

fn common(text: &str) -> Value {
    json!({ "note_type": "common", "params": { "text": text } })
}

fn with(mut note: Value, key: &str, value: impl Into<Value>) -> Value {
    note[key] = value.into();
    note
}

async fn a_note_with_a_file_is_made_and_read(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("plan.pdf").await;
    for entity in ["leads", "contacts", "companies", "customers"] {
        let id = crm.kommo.make(entity, &json!({})).await;
        let note = attachment(&file, "Акт (1).pdf");
        let note = crm.kommo.note(&format!("/{entity}/{id}/notes"), &with(note, "created_at", 1_671_687_247)).await;
        let path = format!("/{entity}/{id}/notes/{note}");
        let shown = crm.kommo.get(&path).await.expect(200);
        assert_eq!(shown["_links"]["self"]["href"], format!("{}/api/v4{path}", crm.app.url()));
        assert_eq!((&shown["id"], &shown["entity_id"]), (&json!(note), &json!(id)));
        assert_eq!((&shown["note_type"], &shown["created_at"]), (&json!("attachment"), &json!(1_671_687_247)));
        let params = &shown["params"];
        for (key, value) in [
            ("is_drive_attachment", json!(true)),
            ("text", json!("Акт (1).pdf")),
            ("original_name", json!("Акт (1).pdf")),
            ("file_uuid", json!(file)),
            ("file_name", json!("Akt__1_.pdf")),
        ] {
            assert_eq!(params[key], value, "{key}: {shown}");
        }
        assert!(params["version_uuid"].is_string() && params.get("is_deleted").is_none(), "{shown}");
        assert_eq!(crm.kommo.get(&format!("/{entity}/notes/{note}")).await.expect(200), shown);
        assert_eq!(crm.kommo.tab(&format!("{entity}/{id}")).await, [file.as_str()]);
        assert_eq!(crm.kommo.get(&format!("/{entity}/{}/notes/{note}", id + 1000)).await.status, 404);
        assert_eq!(crm.kommo.get(&format!("/{entity}/notes/{}", note + 1000)).await.status, 404);
    }
    crm.stop().await;
}

/// The wire of the official PHP client: it names the record in each item and always sends `version_uuid`.
async fn what_the_official_client_sends_for_notes_is_answered_as_it_needs(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let file = crm.file("plan.pdf").await;
    let sent = json!([
        { "entity_id": lead, "created_by": 0, "note_type": "attachment", "request_id": "1",
          "params": { "file_uuid": file, "file_name": "plan.pdf", "version_uuid": null } },
        { "entity_id": lead, "note_type": "common", "params": { "text": "Look" }, "request_id": "2",
          "is_need_to_trigger_digital_pipeline": false }
    ]);
    let made = crm.kommo.post("/leads/notes", &sent).await.expect(200);
    assert_eq!(made["_links"]["self"]["href"], format!("{}/api/v4/leads/notes", crm.app.url()));
    let notes = made["_embedded"]["notes"].as_array().unwrap();
    for (note, request_id) in notes.iter().zip(["1", "2"]) {
        let keys: Vec<_> = note.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["_links", "entity_id", "id", "request_id"]);
        assert_eq!((&note["entity_id"], &note["request_id"]), (&json!(lead), &json!(request_id)));
        let href = format!("{}/api/v4/leads/{lead}/notes/{}", crm.app.url(), note["id"]);
        assert_eq!(note["_links"]["self"]["href"], href);
    }
    let first = crm.kommo.get(&format!("/leads/notes/{}", notes[0]["id"])).await.expect(200);
    for key in [
        "id",
        "entity_id",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
        "responsible_user_id",
        "group_id",
        "account_id",
    ] {
        assert!(first[key].is_number(), "{key}: {first}");
    }
    assert_eq!(first["created_by"], 0);
    // Without a name of its own an item is called by its place.
    let made = crm.kommo.post("/leads/notes", &json!([with(common("x"), "entity_id", lead)])).await.expect(200);
    assert_eq!(made["_embedded"]["notes"][0]["request_id"], "0");
    crm.stop().await;
}

async fn a_note_follows_its_file_or_stays_with_a_version(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let path = format!("/leads/{lead}/notes");
    let file = crm.file("plan.pdf").await;
    let follows = crm.kommo.note(&path, &attachment(&file, "plan.pdf")).await;
    let version_of = |note: i64| {
        let (crm, path) = (&crm, format!("/leads/notes/{note}"));
        async move { crm.kommo.get(&path).await.expect(200)["params"]["version_uuid"].clone() }
    };
    let first = version_of(follows).await;
    let mut pinned = attachment(&file, "plan.pdf");
    pinned["params"]["version_uuid"] = first.clone();
    let pinned = crm.kommo.note(&path, &pinned).await;
    crm.replace(&file, "another content").await;
    assert_eq!(version_of(pinned).await, first);
    assert_ne!(version_of(follows).await, first);
    crm.stop().await;
}

async fn a_batch_of_notes_is_done_whole_or_not_at_all(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let path = format!("/leads/{lead}/notes");
    let (good, other, trashed) = (crm.file("1.txt").await, crm.file("2.txt").await, crm.file("3.txt").await);
    crm.trash(&trashed).await;
    let note = crm.kommo.note(&path, &attachment(&other, "2.txt")).await;
    let others = crm.kommo.get(&format!("/leads/notes/{note}")).await.expect(200)["params"]["version_uuid"].clone();
    let unknown = "00000000-0000-7000-8000-000000000000";
    let mut foreign = attachment(&good, "1.txt");
    foreign["params"]["version_uuid"] = others;
    for (bad, place) in [
        (attachment(&trashed, "3.txt"), "1.params.file_uuid"),
        (attachment(unknown, "x.txt"), "1.params.file_uuid"),
        (attachment("x", "x.txt"), "1.params.file_uuid"),
        (foreign, "1.params.version_uuid"),
        (json!({ "note_type": "attachment", "params": { "file_name": "x.txt" } }), "1.params.file_uuid"),
        (json!({ "note_type": "attachment", "params": { "file_uuid": good } }), "1.params.file_name"),
        (json!({ "note_type": "common", "params": {} }), "1.params.text"),
        (json!({ "params": { "text": "x" } }), "1.note_type"),
        (with(common("x"), "entity_id", lead + 1), "1.entity_id"),
        (with(common("x"), "created_at", "noon"), "1.created_at"),
    ] {
        let batch = json!([attachment(&good, "1.txt"), with(bad, "request_id", "mine")]);
        refused_at(&crm.kommo.post(&path, &batch).await, &[("mine", place)]);
    }
    let batch = json!([with(common("x"), "entity_id", lead), with(common("x"), "entity_id", 987_654), common("x")]);
    refused_at(&crm.kommo.post("/leads/notes", &batch).await, &[("2", "2.entity_id")]);
    let batch = json!([with(common("x"), "entity_id", lead), with(common("x"), "entity_id", 987_654)]);
    refused_at(&crm.kommo.post("/leads/notes", &batch).await, &[("1", "1.entity_id")]);
    assert_eq!(crm.kommo.list(&path, "notes").await.len(), 1);
    assert_eq!(crm.kommo.tab(&format!("leads/{lead}")).await, [other]);
    crm.stop().await;
}

async fn a_body_of_another_shape_makes_nothing(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let path = format!("/leads/{lead}/notes");
    // One client wraps the note in `data`.
    for body in [json!({ "data": common("x") }), json!([]), json!("x"), json!(null), json!([[]])] {
        assert_eq!(crm.kommo.post(&path, &body).await.status, 400, "{body}");
    }
    assert_eq!(crm.kommo.get(&path).await.status, 204);
    assert_eq!(crm.kommo.post("/leads/987654/notes", &json!([common("x")])).await.status, 404);
    crm.stop().await;
}

async fn notes_are_found_by_every_filter(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (one, two) = (crm.kommo.make("leads", &json!({})).await, crm.kommo.make("leads", &json!({})).await);
    let file = crm.file("a.txt").await;
    let mut ids = Vec::new();
    for (lead, note) in [
        (one, common("first")),
        (two, attachment(&file, "a.txt")),
        (one, attachment(&file, "a.txt")),
        (two, common("last")),
    ] {
        ids.push(crm.kommo.note(&format!("/leads/{lead}/notes"), &note).await);
    }
    // Another kind of record has notes of its own.
    let contact = crm.kommo.make("contacts", &json!({})).await;
    crm.kommo.note(&format!("/contacts/{contact}/notes"), &common("elsewhere")).await;
    let now = crm.kommo.get(&format!("/leads/notes/{}", ids[0])).await.expect(200)["updated_at"].as_i64().unwrap();
    let (past, future) = (now - 1000, now + 1000);

    let all = "/leads/notes";
    for (query, expected) in [
        (all.to_owned(), vec![0, 1, 2, 3]),
        (format!("/leads/{one}/notes"), vec![0, 2]),
        (format!("{all}?filter[id]={}", ids[1]), vec![1]),
        (format!("{all}?filter[id][]={}&filter[id][]={}", ids[1], ids[3]), vec![1, 3]),
        (format!("{all}?filter%5Bid%5D%5B0%5D={}", ids[2]), vec![2]),
        (format!("{all}?filter[entity_id][]={two}"), vec![1, 3]),
        (format!("{all}?filter[entity_id]={one}&filter[note_type]=common"), vec![0]),
        (format!("{all}?filter[note_type]=attachment"), vec![1, 2]),
        (format!("{all}?filter[note_type][]=attachment&filter[note_type][]=common"), vec![0, 1, 2, 3]),
        (format!("/leads/{two}/notes?filter[note_type][0]=attachment"), vec![1]),
        (format!("{all}?filter[updated_at]={past}"), vec![0, 1, 2, 3]),
        (format!("{all}?filter[updated_at]={future}"), vec![]),
        (format!("{all}?filter[updated_at][from]={past}&filter[updated_at][to]={future}"), vec![0, 1, 2, 3]),
        (format!("{all}?filter[updated_at][to]={past}"), vec![]),
        (format!("{all}?order[id]=desc"), vec![3, 2, 1, 0]),
        (format!("{all}?order[updated_at]=asc&filter[id]={}", ids[0]), vec![0]),
        (format!("{all}?limit=2&page=2"), vec![2, 3]),
        (format!("{all}?limit=3&page=2&order[id]=desc"), vec![0]),
        (format!("{all}?filter[id]=987654"), vec![]),
    ] {
        let found: Vec<i64> = crm.kommo.list(&query, "notes").await.iter().map(number).collect();
        let expected: Vec<i64> = expected.into_iter().map(|no: usize| ids[no]).collect();
        assert_eq!(found, expected, "{query}");
    }
    let page = crm.kommo.get(&format!("{all}?limit=3&filter[note_type][]=common&filter[note_type][]=attachment")).await;
    let page = page.expect(200);
    let next = page["_links"]["next"]["href"].as_str().unwrap();
    let rest = crm.kommo.0.get(next).ask().await.expect(200);
    assert_eq!((&page["_page"], &rest["_page"]), (&json!(1), &json!(2)));
    assert_eq!(rest["_embedded"]["notes"].as_array().unwrap().len(), 1);
    assert!(rest["_links"].get("next").is_none(), "{rest}");
    assert_eq!(crm.kommo.get("/customers/notes").await.status, 204);
    for bad in ["filter[id]=x", "filter[updated_at]=noon", "order[id]=up", "page=0", "limit=-1"] {
        assert_eq!(crm.kommo.get(&format!("{all}?{bad}")).await.status, 400, "{bad}");
    }
    crm.stop().await;
}

async fn notes_are_changed_alone_and_in_batches(setup: Setup) {
    let crm = Crm::open(setup).await;
    let (lead, other) = (crm.kommo.make("leads", &json!({})).await, crm.kommo.make("leads", &json!({})).await);
    let path = format!("/leads/{lead}/notes");
    let (one, two) = (crm.file("1.txt").await, crm.file("2.txt").await);
    let text = crm.kommo.note(&path, &common("first")).await;
    let file = crm.kommo.note(&path, &attachment(&one, "1.txt")).await;
    let foreign = crm.kommo.note(&format!("/leads/{other}/notes"), &common("not on it")).await;

    let changed = crm.kommo.patch(&format!("{path}/{text}"), &common("second")).await.expect(200);
    assert_eq!((&changed["id"], &changed["entity_id"]), (&json!(text), &json!(lead)));
    assert!(changed["updated_at"].is_number(), "{changed}");
    let batch = json!([with(attachment(&two, "2.txt"), "id", file), with(common("third"), "id", text)]);
    let changed = crm.kommo.patch("/leads/notes", &batch).await.expect(200);
    let told: Vec<_> = changed["_embedded"]["notes"].as_array().unwrap().iter().map(number).collect();
    assert_eq!(told, [file, text]);
    let read = |note: i64| {
        let (crm, path) = (&crm, format!("/leads/notes/{note}"));
        async move { crm.kommo.get(&path).await.expect(200) }
    };
    assert_eq!(read(text).await["params"]["text"], "third");
    assert_eq!(read(file).await["params"]["file_uuid"], two.as_str());
    crm.kommo.patch(&format!("/leads/notes/{text}"), &common("fourth")).await.expect(200);
    let on_record = json!([with(common("fifth"), "id", text)]);
    crm.kommo.patch(&path, &on_record).await.expect(200);

    let batch = json!([with(common("x"), "id", text), with(common("x"), "id", foreign)]);
    refused_at(&crm.kommo.patch(&path, &batch).await, &[("1", "1.id")]);
    let batch = json!([with(common("x"), "id", text), with(common("x"), "id", 987_654)]);
    refused_at(&crm.kommo.patch("/leads/notes", &batch).await, &[("1", "1.id")]);
    refused_at(&crm.kommo.patch(&format!("{path}/{file}"), &attachment("x", "x")).await, &[("0", "params.file_uuid")]);
    assert_eq!(crm.kommo.patch(&format!("{path}/{foreign}"), &common("x")).await.status, 404);
    assert_eq!(crm.kommo.patch(&format!("/contacts/notes/{text}"), &common("x")).await.status, 404);
    assert_eq!(
        (&read(text).await["params"]["text"], &read(foreign).await["params"]["text"]),
        (&json!("fifth"), &json!("not on it"))
    );
    crm.stop().await;
}

async fn a_text_and_a_file_of_one_moment_are_one_thing_in_the_feed_and_two_notes_in_the_list(setup: Setup) {
    let crm = Crm::open(setup).await;
    let file = crm.file("a.txt").await;
    for file_first in [true, false] {
        let lead = crm.kommo.make("leads", &json!({})).await;
        let path = format!("/leads/{lead}/notes");
        let mut pair = vec![attachment(&file, "a.txt"), common("Look at this")];
        if !file_first {
            pair.reverse();
        }
        for note in pair {
            crm.kommo.note(&path, &with(note, "created_at", 1_671_687_247)).await;
        }
        crm.kommo.note(&path, &with(common("Later"), "created_at", 1_671_687_248)).await;
        assert_eq!(crm.kommo.list(&path, "notes").await.len(), 3);
        let feed = crm.native.get(&format!("/v1/records/deal/{lead}/feed")).ask().await.expect(200);
        let items = feed["items"].as_array().unwrap();
        let texts: Vec<_> = items.iter().map(|item| item["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["Later", "Look at this"], "{feed}");
        assert_eq!(items[1]["files"].as_array().unwrap().len(), 1, "{feed}");
    }
    crm.stop().await;
}

async fn a_note_outlives_its_file(setup: Setup) {
    let crm = Crm::open(setup).await;
    let lead = crm.kommo.make("leads", &json!({})).await;
    let path = format!("/leads/{lead}/notes");
    let file = crm.file("a.txt").await;
    let note = crm.kommo.note(&path, &attachment(&file, "a.txt")).await;
    let params = || async { crm.kommo.get(&format!("{path}/{note}")).await.expect(200)["params"].clone() };
    crm.trash(&file).await;
    let trashed = params().await;
    assert_eq!((&trashed["file_uuid"], &trashed["is_deleted"]), (&json!(file), &json!(true)));
    crm.restore(&file).await;
    assert!(params().await.get("is_deleted").is_none());
    crm.erase(&file).await;
    let erased = params().await;
    assert_eq!((&erased["is_deleted"], &erased["text"]), (&json!(true), &json!("")));
    assert_eq!(crm.kommo.get(&format!("/leads/{lead}/files")).await.status, 204);
    crm.stop().await;
}
