//! Overviews: which records, tasks and users there are, what is in folders, and what a search box finds.

use super::{at, list, names, on_both_engines, post, put, task};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Value, json};

on_both_engines!(
    records_come_in_the_order_of_their_types_and_ids_page_by_page,
    records_are_named_to_those_who_may_read_them,
    what_nobody_sees_on_a_record_does_not_list_it,
    tasks_come_newest_first_and_by_their_states,
    folders_tell_how_much_is_in_them,
    a_search_finds_every_word_in_a_name_a_title_or_a_description,
    links_and_events_name_their_files_as_they_are_now,
    users_have_their_names,
);

/// The records of a list.
async fn records(client: &Client, query: &str) -> Vec<(String, i64)> {
    let told = |one: &Value| (one["record"].as_str().unwrap().to_owned(), one["files"].as_i64().unwrap());
    list(client, &format!("/v1/records{query}")).await.iter().map(told).collect()
}

fn on(record: &str, files: i64) -> (String, i64) {
    (record.to_owned(), files)
}

async fn records_come_in_the_order_of_their_types_and_ids_page_by_page(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for (no, record) in ["deal/2", "contact/10", "contact/1", "contact/a-1", "deal/20", "contact/1"].iter().enumerate()
    {
        post(&client, &format!("name={no}.txt&record={record}"), "x").await.expect(201);
    }
    let all = [on("contact/1", 2), on("contact/10", 1), on("contact/a-1", 1), on("deal/2", 1), on("deal/20", 1)];
    assert_eq!(records(&client, "").await, all);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/v1/records?limit=2{cursor}")).ask().await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["record"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all.map(|(record, _)| record));
    assert_eq!(records(&client, "?type=deal").await, [on("deal/2", 1), on("deal/20", 1)]);
    assert_eq!(records(&client, "?type=contact&prefix=1").await, [on("contact/1", 2), on("contact/10", 1)]);
    assert!(records(&client, "?type=ticket").await.is_empty());
    client.get("/v1/records?prefix=1").ask().await.refused(400, "parameter_invalid");
    app.stop().await;
}

async fn records_are_named_to_those_who_may_read_them(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = client.post("/api/v4/leads").json(&json!([{ "name": "Roof of number 7" }])).ask().await.expect(200);
    let lead = made["_embedded"]["leads"][0]["id"].to_string();
    let shown = list(&client, "/v1/records").await;
    assert_eq!((shown.len(), &shown[0]["name"]), (1, &json!("Roof of number 7")));
    assert_eq!((&shown[0]["files"], &shown[0]["last_linked_at"]), (&json!(0), &Value::Null));
    let record = shown[0]["record"].as_str().unwrap();
    assert!(record.ends_with(&format!("/{lead}")), "{record}");

    let reader = app.client("files:read").await;
    assert!(list(&reader, "/v1/records").await.is_empty(), "a card alone is nothing of files");
    post(&client, &format!("name=a.txt&record={record}"), "x").await.expect(201);
    let shown = list(&reader, "/v1/records").await;
    assert_eq!((&shown[0]["record"], &shown[0]["name"]), (&json!(record), &Value::Null));
    assert_eq!(list(&client, "/v1/records").await[0]["name"], "Roof of number 7");
    app.stop().await;
}

async fn what_nobody_sees_on_a_record_does_not_list_it(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    post(&client, "name=kept.txt&access=hidden_private&record=contact/1", "x").await.expect(201);
    let gone = post(&client, "name=gone.txt&record=contact/2", "x").await.expect(201);
    client.delete(&at(&gone)).ask().await.expect(204);
    assert_eq!(records(&client, "").await, [on("contact/1", 1)]);
    assert!(records(&app.client("files:read").await, "").await.is_empty());
    app.other_account("other").await;
    assert!(records(&app.client_of("other", "all").await, "").await.is_empty());
    app.stop().await;
}

async fn tasks_come_newest_first_and_by_their_states(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let mut asked = Vec::new();
    for _ in 0..3 {
        let made = client.delete("/v1/trash").ask().await.expect(202);
        asked.insert(0, made["task"].as_str().unwrap().to_owned());
        task::ended(&client, &asked[0]).await;
    }
    let import = client.post("/v1/imports").json(&json!({ "url": "http://localhost/a.bin" })).ask().await.expect(202);
    let import = import["task"].as_str().unwrap().to_owned();
    task::ended(&client, &import).await;
    let ids = |tasks: &[Value]| tasks.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&list(&client, "/v1/tasks?state=done").await).len(), 3);
    assert_eq!(ids(&list(&client, "/v1/tasks?state=failed").await), [import.as_str()]);
    let mut all = ids(&list(&client, "/v1/tasks?state=failed,done").await);
    assert_eq!(all, ids(&list(&client, "/v1/tasks").await));
    let mut paged = Vec::new();
    let mut path = String::from("/v1/tasks?limit=1");
    loop {
        let page = client.get(&path).ask().await.expect(200);
        paged.extend(ids(page["items"].as_array().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/tasks?limit=1&cursor={next}");
    }
    assert_eq!(paged, all);
    all.sort();
    asked.push(import);
    asked.sort();
    assert_eq!(all, asked);
    assert!(list(&client, "/v1/tasks?state=queued").await.is_empty());
    assert!(list(&client, "/v1/tasks?state=").await.is_empty());
    for wrong in ["lost", "done,"] {
        client.get(&format!("/v1/tasks?state={wrong}")).ask().await.refused(400, "parameter_invalid");
    }
    assert!(list(&app.other_account("other").await, "/v1/tasks").await.is_empty());
    app.stop().await;
}

async fn folders_tell_how_much_is_in_them(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for path in ["a/1.txt", "a/2.txt", "a/b/3.txt"] {
        put(&client, path, "x").await;
    }
    post(&client, "name=kept.txt&folder=/a&access=hidden_private", "x").await.expect(201);
    let gone = put(&client, "a/4.txt", "x").await;
    client.delete(&at(&gone)).ask().await.expect(204);
    let held = |folders: Vec<Value>| folders.into_iter().map(|one| one["holds"].clone()).collect::<Vec<_>>();
    let reader = app.client("files:read").await;
    let some = |files: i64, folders: i64| json!({ "files": files, "folders": folders });
    assert_eq!(held(list(&reader, "/v1/folders?counts=true&sort=name").await), [some(2, 1), some(1, 0)]);
    assert_eq!(held(list(&client, "/v1/folders?counts=true&parent=/").await), [some(3, 1)]);
    assert_eq!(held(list(&client, "/v1/folders?parent=/").await), [Value::Null]);
    app.stop().await;
}

async fn a_search_finds_every_word_in_a_name_a_title_or_a_description(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "a/Lease of the Müller house.pdf", "x").await;
    put(&client, "b/lease.txt", "x").await;
    post(&client, "name=scan.pdf&description=the LEASE that Ada signed", "x").await.expect(201);
    post(&client, "name=scan.pdf&on_conflict=title", "x").await.expect(201);
    put(&client, "c/100%_done.txt", "x").await;
    let found = async |q: &str| names(&client, &format!("/v1/files?q={q}&sort=name")).await;
    assert_eq!(found("lease").await, ["lease.txt", "Lease of the Müller house.pdf", "scan.pdf"]);
    assert_eq!(found("house%20LEASE").await, ["Lease of the Müller house.pdf"]);
    assert_eq!(found("m%C3%9CLLER").await, ["Lease of the Müller house.pdf"]);
    assert_eq!(found("ada%20lease").await, ["scan.pdf"]);
    assert_eq!(found("lease.txt").await, ["lease.txt"]);
    assert_eq!(found("scan.pdf").await.len(), 2, "the title counts");
    assert_eq!(found("0%25_d").await, ["100%_done.txt"]);
    assert!(found("lease%20nothing").await.is_empty());
    assert_eq!(found("%20").await.len(), 5, "no word finds everything");
    assert_eq!(names(&client, "/v1/files?q=lease&folder=/b").await, ["lease.txt"]);
    assert!(names(&client, "/v1/trash?q=lease").await.is_empty());
    assert!(names(&app.other_account("other").await, "/v1/files?q=lease").await.is_empty());
    app.stop().await;
}

async fn links_and_events_name_their_files_as_they_are_now(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "old.txt", "x").await;
    let made = client.post(&format!("{}/links", at(&file))).ask().await.expect(201);
    assert_eq!((&made["file_id"], &made["file_name"]), (&file["id"], &json!("old.txt")));
    let change = json!({ "name": "new.txt", "access": "hidden_private" });
    client.patch(&at(&file)).json(&change).ask().await.expect(200);
    let link = list(&client, "/v1/links").await.remove(0);
    assert_eq!((&link["file_id"], &link["file_name"]), (&file["id"], &json!("new.txt")));
    let events = client.get("/v1/events").ask().await.expect(200);
    assert!(events["items"].as_array().unwrap().iter().all(|event| event["file_name"] == "new.txt"), "{events}");
    let own = client.get(&format!("{}/events?limit=1", at(&file))).ask().await.expect(200);
    assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["kind"]), (1, &json!("file.updated")));

    let reader = app.client("files:read").await;
    let link = list(&reader, "/v1/links").await.remove(0);
    assert_eq!((&link["file_no"], &link["file_name"]), (&file["no"], &Value::Null), "a hidden file has no name");
    let events = reader.get("/v1/events").ask().await.expect(200);
    assert!(events["items"].as_array().unwrap().iter().all(|event| event["file_id"].is_null()), "{events}");
    reader.get(&format!("{}/events", at(&file))).ask().await.refused(404, "not_found");

    client.delete(&format!("{}?erase=true", at(&file))).ask().await.expect(204);
    let events = client.get("/v1/events?before=end").ask().await.expect(200);
    assert_eq!((&events["items"][0]["kind"], &events["items"][0]["file_name"]), (&json!("file.erased"), &Value::Null));
    app.stop().await;
}

async fn users_have_their_names(setup: Setup) {
    let app = setup.start().await;
    app.token_of(7, "files:read", None).await;
    let users = app.client("files:read").await.get("/v1/users").ask().await.expect(200);
    let numbers: Vec<_> = users["items"].as_array().unwrap().iter().map(|user| user["no"].as_i64().unwrap()).collect();
    assert!(numbers.contains(&7) && users["items"][0]["name"].is_string(), "{users}");
    app.client("files:write").await.get("/v1/users").ask().await.refused(403, "scope_missing");
    app.stop().await;
}
