//! What people say of a file: given when it is put in, changed later, found by its words.

use super::{at, list, names, on_both_engines, post, put};
use attache_model::limits::Limits;
use attache_tests::{Ask, Setup};
use reqwest::multipart::{Form, Part};
use serde_json::json;

on_both_engines!(
    a_file_is_described_as_it_is_put_in,
    a_description_is_set_and_removed_and_stays_otherwise,
    the_same_description_again_is_no_change,
    a_description_has_a_longest_length,
    files_are_found_by_words_of_their_description,
);

const TOLD: &str = "signed by both\nand \u{1f58b}";

async fn a_file_is_described_as_it_is_put_in(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let form =
        Form::new().part("file", Part::bytes(b"x".to_vec()).file_name("form.txt")).text("description", "by form");
    let form = client.post("/v1/files").multipart(form).ask().await.expect(201);
    let query = post(&client, "name=query.txt&description=by%20query", "x").await.expect(201);
    let on_record = client.post("/v1/records/deal/7/files?name=r.txt&description=on%20a%20deal").body("x");
    let on_record = on_record.ask().await.expect(201);
    assert_eq!(on_record["description"], "on a deal", "{on_record}");
    for (file, told) in [(&form, "by form"), (&query, "by query")] {
        assert_eq!((&file["description"], &file["cover"]), (&json!(told), &json!(false)));
        assert_eq!(client.get(&at(file)).ask().await.expect(200), *file);
    }
    assert_eq!(put(&client, "plain.txt", "x").await["description"], "");
    let twice = post(&client, "name=twice.txt&description=a&description=b", "x").await;
    twice.refused(400, "duplicate_parameter");
    app.stop().await;
}

async fn a_description_is_set_and_removed_and_stays_otherwise(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt&description=first", "x").await.expect(201);
    let change = async |change| client.patch(&at(&file)).json(&change).ask().await.expect(200);
    assert_eq!(change(json!({ "description": TOLD })).await["description"], TOLD);
    let kept = change(json!({ "name": "b.txt", "metadata": { "k": "v" } })).await;
    assert_eq!(kept["description"], TOLD);

    client.put(&format!("{}/content", at(&file))).body("y").ask().await.expect(200);
    client.delete(&at(&file)).ask().await.expect(204);
    let back = client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
    assert_eq!(back["description"], TOLD);

    assert_eq!(change(json!({ "description": null })).await["description"], "");
    assert_eq!(change(json!({ "description": "again" })).await["description"], "again");
    assert_eq!(change(json!({ "description": "" })).await["description"], "");
    app.stop().await;
}

async fn the_same_description_again_is_no_change(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt&description=same", "x").await.expect(201);
    let again = client.patch(&at(&file)).json(&json!({ "description": "same" })).ask().await.expect(200);
    assert_eq!(again, file);
    let other = client.patch(&at(&file)).json(&json!({ "description": "other" })).ask().await.expect(200);
    assert_ne!(other["etag"], file["etag"]);
    let events = client.get("/v1/events").ask().await.expect(200);
    let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(told, ["file.created", "file.updated"]);
    app.stop().await;
}

async fn a_description_has_a_longest_length(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let longest = "x".repeat(usize::try_from(Limits::default().description_bytes).unwrap());
    let longer = format!("{longest}x");
    let form = |name: &str, text: &str| {
        let part = Part::bytes(b"x".to_vec()).file_name(name.to_owned());
        client.post("/v1/files").multipart(Form::new().part("file", part).text("description", text.to_owned()))
    };
    let file = form("a.txt", &longest).ask().await.expect(201);
    form("b.txt", &longer).ask().await.refused(413, "field_too_large");
    let change = async |text: &str| client.patch(&at(&file)).json(&json!({ "description": text })).ask().await;
    change(&longer).await.refused(413, "field_too_large");
    change("a\0b").await.refused(422, "value_invalid");
    assert_eq!(list(&client, "/v1/files").await, [file]);
    app.stop().await;
}

async fn files_are_found_by_words_of_their_description(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for (name, told) in [("a.txt", "Signed by BOTH"), ("b.txt", "100%25 sure"), ("c.txt", "unsure"), ("d.txt", "")] {
        post(&client, &format!("name={name}&description={told}"), "x").await.expect(201);
    }
    for (asked, found) in
        [("both", &["a.txt"][..]), ("SURE", &["b.txt", "c.txt"]), ("%25", &["b.txt"]), ("_", &[]), ("d.txt", &[])]
    {
        assert_eq!(names(&client, &format!("/v1/files?description_contains={asked}")).await, found, "{asked}");
    }
    app.stop().await;
}
