//! Requests of Sonar's documents and of clients that no registry carries, as those put them on the wire. The clients read
//! their answers by the fields that are looked at here.

use super::desk::{Desk, EVERYTHING, FILES, GRAPHQL, number, part};
use crate::native::on_both_engines;
use attache_tests::Setup;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

on_both_engines!(
    the_documented_flow_of_upload_link_list_and_download,
    the_documents_check_of_a_token,
    the_fluent_php_clients_upload_links_and_reads_the_owner_as_a_file,
    the_fluent_php_clients_searches_and_pages,
    the_other_php_clients_lists_updates_and_deletes,
    the_other_php_clients_searches_through_relations,
);

async fn the_documented_flow_of_upload_link_list_and_download(setup: Setup) {
    let desk = Desk::open(setup).await;
    let form = Form::new().part("files[]", part("Wireless Landlord form.pdf", b"%PDF-1.4 form"));
    let told = desk.sonar.form(form).await.expect(200);
    let file = &told["files"][0];
    assert_eq!((&file["stored"], &file["failure_message"]), (&json!(true), &Value::Null));
    let no = file["id"].as_i64().unwrap();
    let link = format!(
        "mutation {{ linkFileToEntity (input:{{ files:{{ file_id:{no} }} fileable_type:TicketReply fileable_id:49 }}) {{ id }} }}"
    );
    assert_eq!(desk.sonar.data(&link).await, json!({ "linkFileToEntity": { "id": "49" } }));
    let list = "{ files (fileable_type:TicketReply fileable_id:49) { entities { id filename } } }";
    let entity = json!({ "id": no.to_string(), "filename": "Wireless Landlord form.pdf" });
    assert_eq!(desk.sonar.data(list).await, json!({ "files": { "entities": [entity] } }));
    assert_eq!(desk.sonar.download(no).await.body, b"%PDF-1.4 form");
    desk.stop().await;
}

async fn the_documents_check_of_a_token(setup: Setup) {
    let desk = Desk::open(setup).await;
    let me = desk.sonar.data("{ me { name username } }").await["me"].clone();
    assert!(me["name"].is_string() && me["username"].is_string(), "{me}");
    desk.stop().await;
}

async fn the_fluent_php_clients_upload_links_and_reads_the_owner_as_a_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    // Its HTTP library gives a part a length and a type of its own.
    let head = "Content-Disposition: form-data; name=\"files[]\"; filename=\"house.txt\"\r\nContent-Length: 5\r\nContent-Type: text/plain";
    let body = format!("--f00ba4\r\n{head}\r\n\r\nhello\r\n--f00ba4--\r\n");
    let kind = "multipart/form-data; boundary=f00ba4";
    let told = desk
        .sonar
        .ask(Method::POST, FILES, |request| request.header("Content-Type", kind).body(body))
        .await
        .expect(200);
    assert!(told["files"][0]["stored"] == true && told["files"][0]["filename"].is_string());
    let no = told["files"][0]["id"].as_i64().unwrap();
    let query = "mutation($input: LinkFileToEntityMutationInput) {\nlinkFileToEntity(input: $input) {\nid\ncreated_at\nupdated_at\n}\n}";
    let input = json!({ "fileable_type": "NetworkSite", "fileable_id": 12, "files": [{ "file_id": no }] });
    let told = desk.sonar.ask_with(query, json!({ "input": input })).await.data()["linkFileToEntity"].clone();
    assert_eq!(told["id"], "12");
    let stream = desk.sonar.ask(Method::GET, &format!("{FILES}/{no}"), |request| request.header("Accept", "*/*")).await;
    assert_eq!((stream.status.as_u16(), stream.text().as_str()), (200, "hello"));
    desk.stop().await;
}

/// What the fluent client asks of each file.
const SELECTED: &str = "id\ncreated_at\nupdated_at\ndescription\nfile_size_in_bytes\nfileable_id\nfileable_type\nfilename\nmime_type\n\
    primary_image\nuser_id";

async fn fluent(desk: &Desk, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let answer =
        desk.sonar.ask(Method::POST, GRAPHQL, |request| request.header("Accept", "application/json").json(&body)).await;
    let told = answer.expect(200);
    assert!(told.get("errors").is_none(), "{told}");
    told["data"].clone()
}

async fn the_fluent_php_clients_searches_and_pages(setup: Setup) {
    let desk = Desk::open(setup).await;
    let one = desk.sonar.file_on("Account", 1, "a.txt", "x").await;
    let two = desk.sonar.file_on("Account", 1, "b.txt", "x").await;
    desk.sonar.file_on("Ticket", 1, "c.txt", "x").await;
    // Without variables it sends an empty list.
    let plain = format!("query {{\nfiles {{\nentities {{\n{SELECTED}\n}}\n}}\n}}");
    let entities = fluent(&desk, &plain, json!([])).await["files"]["entities"].clone();
    assert_eq!(entities.as_array().unwrap().len(), 3);
    for file in entities.as_array().unwrap() {
        assert!(
            file["primary_image"].is_boolean() && file["filename"].is_string() && file["fileable_type"].is_string()
        );
        assert!(number(file) > 0);
    }
    let query = format!(
        "query($files_search: [Search] $files_sorter: Sorter $files_paginator: Paginator) {{\nfiles(search: $files_search sorter: \
         [$files_sorter] paginator: $files_paginator) {{\nentities {{\n{SELECTED}\n}}\npage_info {{\nrecords_per_page\npage\ntotal_count\n}}\n}}\n}}"
    );
    let search = json!([{
        "string_fields": [{ "attribute": "fileable_type", "search_value": "Account", "match": true, "partial_matching": false }],
        "integer_fields": [{ "attribute": "fileable_id", "search_value": 1, "operator": "EQ" }],
    }]);
    for (page, file) in [(1, two), (2, one)] {
        let variables = json!({
            "files_search": search,
            "files_sorter": { "attribute": "filename", "direction": "DESC" },
            "files_paginator": { "page": page, "records_per_page": 1 },
        });
        let told = fluent(&desk, &query, variables).await["files"].clone();
        assert_eq!(told["page_info"], json!({ "records_per_page": 1, "page": page, "total_count": 2 }));
        assert_eq!(number(&told["entities"][0]), file);
    }
    let related = format!(
        "query($files_rrf: [ReverseRelationFilter]) {{\nfiles(reverse_relation_filters: $files_rrf) {{\nentities {{\n{SELECTED}\n}}\n}}\n}}"
    );
    let filter = json!([{ "relation": "fileable", "is_empty": false, "group": "1" }]);
    assert_eq!(
        fluent(&desk, &related, json!({ "files_rrf": filter })).await["files"]["entities"].as_array().unwrap().len(),
        3
    );
    desk.stop().await;
}

/// What the other client asks of each file.
const ALL: &str = "id sonar_unique_id created_at updated_at _version description file_size_in_bytes fileable_id fileable_type \
    filename mime_type primary_image user_id";
/// Names of variables as it makes them up: any 26 letters.
const FIRST: &str = "qwertyuiopasdfghjklzxcvbnm";
const SECOND: &str = "mnbvcxzlkjhgfdsapoiuytrewq";

async fn the_other_php_clients_lists_updates_and_deletes(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file_on("Account", 1, "a.txt", "x").await;
    let list = format!(
        "query request( ${FIRST}: Paginator ) {{operation_0: files(paginator: ${FIRST} ) {{ entities {{{ALL}}}}} }}"
    );
    let told = desk.sonar.ask_with(&list, json!({ FIRST: { "page": 1, "records_per_page": 10_000 } })).await.data();
    let file = told["operation_0"]["entities"][0].clone();
    assert_eq!(number(&file), no);

    let update = format!(
        "mutation request( ${FIRST}: UpdateFileMutationInput  ${SECOND}: Int64Bit! ) {{operation_0: updateFile(input: ${FIRST} id: \
         ${SECOND} ) {{{ALL}}} }}"
    );
    // It sends back every value that it may set, and the number as it was read.
    let input = json!({ "description": "Signed", "primary_image": file["primary_image"] });
    let told = desk.sonar.ask_with(&update, json!({ FIRST: input, SECOND: file["id"] })).await.data();
    assert_eq!(told["operation_0"]["description"], "Signed");

    let delete = format!(
        "mutation request( ${FIRST}: Int64Bit! ) {{operation_0: deleteFile(id: ${FIRST} ) {{success message}} }}"
    );
    let told = desk.sonar.ask_with(&delete, json!({ FIRST: no })).await.data();
    assert_eq!(told["operation_0"]["success"], true);
    assert!(desk.sonar.list("").await.is_empty());
    desk.stop().await;
}

async fn the_other_php_clients_searches_through_relations(setup: Setup) {
    let desk = Desk::open(setup).await;
    let other = desk.user(2, EVERYTHING).await;
    let no = other.file_on("Account", 1, "a.txt", "x").await;
    desk.sonar.file("b.txt", "x").await;
    let query = format!(
        "query request( ${FIRST}: Paginator ${SECOND}: [ReverseRelationFilter] ) {{operation_0: files(paginator: ${FIRST} \
         reverse_relation_filters: ${SECOND} ) {{ entities {{{ALL} fileable {{__typename id ... on Account {{id sonar_unique_id created_at \
         updated_at _version}} ... on Ticket {{id _version}}}}}}}} }}"
    );
    let search = json!([{ "integer_fields": [{ "attribute": "id", "search_value": 2, "operator": "EQ" }] }]);
    for filters in [
        json!([{ "relation": "user", "search": search, "group": "1" }]),
        json!([{ "relation": "fileable", "group": "1", "is_empty": false }]),
        json!({ "relation": "fileable" }),
    ] {
        let variables = json!({ FIRST: { "page": 1, "records_per_page": 1_000_000 }, SECOND: filters });
        let told = desk.sonar.ask_with(&query, variables).await.data()["operation_0"]["entities"].clone();
        assert_eq!((told.as_array().unwrap().len(), number(&told[0])), (1, no), "{filters}");
        assert_eq!((&told[0]["fileable"]["__typename"], &told[0]["fileable"]["id"]), (&json!("Account"), &json!("1")));
    }
    desk.stop().await;
}
