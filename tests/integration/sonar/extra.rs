//! Row 33: what Attache gives beyond the vendor, under names that the vendor has not.

use super::desk::{Desk, EVERYTHING, linking, noise, part, png};
use crate::bad_inputs::face_of;
use crate::native::{is_sound, on_both_engines};
use attache_tests::{Ask, Setup};
use reqwest::multipart::Form;
use serde_json::{Value, json};
use sha2::Digest as _;

on_both_engines!(
    s33_a_file_is_taken_off_its_owner_and_put_on_another,
    s33_what_a_note_holds_is_not_taken_off,
    s33_a_file_tells_its_checksum_and_where_it_is,
    s33_an_upload_links_in_the_same_step,
    s33_an_upload_to_no_owner_stores_nothing,
);

async fn s33_a_file_is_taken_off_its_owner_and_put_on_another(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file_on("Account", 1, "a.png", png()).await;
    desk.sonar.data(&format!("mutation {{ updateFile(id: {no}, input: {{primary_image: true}}) {{ id }} }}")).await;
    let unlink = format!(
        "mutation {{ unlinkFile(id: {no}) {{ id fileable_id fileable_type primary_image fileable {{ id }} }} }}"
    );
    let told = desk.sonar.data(&unlink).await["unlinkFile"].clone();
    let free = json!({ "id": no.to_string(), "fileable_id": null, "fileable_type": null, "primary_image": false, "fileable": null });
    assert_eq!(told, free, "what is on no owner is no owner's picture");
    assert!(desk.sonar.list("(fileable_id: 1)").await.is_empty());
    let again = desk.sonar.ask_graph(&unlink).await;
    assert_eq!(again.data()["unlinkFile"], told, "it is off already");
    desk.sonar.link("Ticket", 2, &[no]).await;
    assert_eq!(desk.sonar.show(no).await["fileable_type"], "Ticket");
    desk.sonar.ask_graph("mutation { unlinkFile(id: 99) { id } }").await.refused("not_found");
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s33_what_a_note_holds_is_not_taken_off(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "x").await;
    let file = desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200);
    let company = desk.native.post("/api/v4/companies").json(&json!([{ "name": "C" }])).ask().await.expect(200);
    let company = company["_embedded"]["companies"][0]["id"].clone();
    let params = json!({ "file_uuid": file["id"], "file_name": "a.txt" });
    let note = json!([{ "note_type": "attachment", "params": params }]);
    desk.native.post(&format!("/api/v4/companies/{company}/notes")).json(&note).ask().await.expect(200);
    assert_eq!(desk.sonar.show(no).await["fileable_type"], "Company");
    let told = desk.sonar.ask_graph(&format!("mutation {{ unlinkFile(id: {no}) {{ id }} }}")).await;
    told.refused("conflict");
    assert_eq!(desk.sonar.show(no).await["fileable_id"], company.to_string());
    desk.stop().await;
}

async fn s33_a_file_tells_its_checksum_and_where_it_is(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [0, 1, 100_000] {
        let no = desk.sonar.file("a.bin", noise(len)).await;
        let data =
            desk.sonar.data(&format!("{{ files(id: {no}) {{ entities {{ checksum_sha256 download_path }} }} }}")).await;
        let file = &data["files"]["entities"][0];
        assert_eq!(file["checksum_sha256"], hex::encode(sha2::Sha256::digest(noise(len))));
        assert_eq!(file["download_path"], format!("/api/files/{no}"));
        assert!(desk.sonar.get(file["download_path"].as_str().unwrap()).await.body == noise(len));
    }
    desk.stop().await;
}

/// A form of two files with fields before or behind them.
fn form(fields: &[(&str, &str)], behind: bool) -> Form {
    let files = |form: Form| form.part("files[]", part("a.txt", "first")).part("files[]", part("b.txt", "second"));
    let texts =
        |form: Form| fields.iter().fold(form, |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
    if behind { texts(files(Form::new())) } else { files(texts(Form::new())) }
}

async fn s33_an_upload_links_in_the_same_step(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (no, behind) in [(7, false), (8, true)] {
        let owner = no.to_string();
        let fields =
            [("fileable_type", "TicketReply"), ("fileable_id", owner.as_str()), ("description", "Both of them")];
        let told = desk.sonar.form(form(&fields, behind)).await.expect(200);
        let nos: Vec<i64> = told["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64().unwrap()).collect();
        assert_eq!(desk.sonar.list(&format!("(fileable_type: TicketReply fileable_id: {no})")).await, nos);
        for no in nos {
            assert_eq!(desk.sonar.show(no).await["description"], "Both of them");
        }
    }
    let told = desk.sonar.form(form(&[("description", "Alone")], false)).await.expect(200);
    let shown = desk.sonar.show(told["files"][0]["id"].as_i64().unwrap()).await;
    assert_eq!((&shown["description"], &shown["fileable_id"]), (&json!("Alone"), &Value::Null));
    desk.stop().await;
}

async fn s33_an_upload_to_no_owner_stores_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let before = face_of(&desk.native).await;
    let all = [("fileable_type", "Account"), ("fileable_id", "1")];
    for behind in [false, true] {
        for fields in [
            vec![("fileable_type", "Account")],
            vec![("fileable_id", "1")],
            vec![("fileable_type", "Contact"), ("fileable_id", "1")],
            vec![("fileable_type", "account"), ("fileable_id", "1")],
            vec![("fileable_type", "Account"), ("fileable_id", "0")],
            vec![("fileable_type", "Account"), ("fileable_id", "abc")],
            vec![("fileable_type", ""), ("fileable_id", "")],
        ] {
            let answer = desk.sonar.form(form(&fields, behind)).await;
            assert_eq!(answer.status, 422, "{fields:?}, behind: {behind}: {}", answer.text());
            assert_eq!(answer.json()["errors"][0]["extensions"]["category"], "validation");
            assert_eq!(face_of(&desk.native).await, before, "{fields:?}, behind: {behind}");
        }
        // To link takes the right to, in one step as in two.
        let creator = desk.user(2, "sonar:READ_FILE,sonar:CREATE_FILE").await;
        let answer = creator.form(form(&all, behind)).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert_eq!(face_of(&desk.native).await, before);
    }
    assert!(
        desk.sonar.data("{ accounts { entities { id } } }").await["accounts"]["entities"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let both = desk.user(2, EVERYTHING).await;
    let told = both.form(form(&all, true)).await.expect(200);
    let no = told["files"][0]["id"].as_i64().unwrap();
    assert_eq!(both.ask_graph(&linking("Account", 2, &[no])).await.category(), "conflict");
    is_sound(&desk.app).await;
    desk.stop().await;
}
