//! Rows 21 to 24 and 29: files and their owners.

use super::desk::{Desk, EVERYTHING, linking, noise, numbers, png};
use crate::bad_inputs::face_of;
use crate::native::{is_sound, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    s21_an_owner_is_there_from_its_first_link,
    s21_every_type_of_owner_takes_files_and_lists_them,
    s21_where_owners_must_be_known_an_unknown_one_is_refused,
    s21_an_owner_is_found_by_what_lists_take,
    s22_a_file_of_another_owner_is_a_conflict_and_nothing_is_linked,
    s22_linking_again_to_the_same_owner_is_fine,
    s23_a_file_that_is_not_there_or_none_at_all_links_nothing,
    s24_what_the_link_says_is_written_to_the_file,
    s24_one_owner_has_one_primary_image,
    s24_only_a_picture_is_a_primary_image,
    s29_the_old_name_of_an_owner_is_taken_and_the_new_one_shown,
    of_many_links_at_once_one_owner_gets_the_file,
);

/// A file's owner: type and number.
async fn owner(desk: &Desk, no: i64) -> (Value, Value) {
    let shown = desk.sonar.show(no).await;
    (shown["fileable_type"].clone(), shown["fileable_id"].clone())
}

async fn s21_an_owner_is_there_from_its_first_link(setup: Setup) {
    let desk = Desk::open(setup).await;
    let account = "{ accounts(id: 42) { entities { id created_at updated_at _version sonar_unique_id } } }";
    assert_eq!(desk.sonar.data(account).await, json!({ "accounts": { "entities": [] } }));
    let first = desk.sonar.file("a.txt", "x").await;
    assert_eq!(owner(&desk, first).await, (Value::Null, Value::Null));
    desk.pass(Duration::from_secs(60));
    let link = format!(
        "mutation {{ linkFileToEntity(input: {{files: {{file_id: {first}}} fileable_type: Account fileable_id: 42}}) {{ __typename id \
         sonar_unique_id created_at updated_at }} }}"
    );
    let told = desk.sonar.data(&link).await["linkFileToEntity"].clone();
    assert_eq!(
        (&told["__typename"], &told["id"]),
        (&json!("Account"), &json!("42")),
        "the owner answers, not the file"
    );
    assert_eq!(told["created_at"], "2026-01-31T12:01:00+00:00");
    desk.pass(Duration::from_secs(60));
    desk.sonar.file_on("Account", 42, "b.txt", "x").await;
    let entities = desk.sonar.data(account).await["accounts"]["entities"].clone();
    assert_eq!(entities.as_array().unwrap().len(), 1);
    for name in ["id", "sonar_unique_id", "created_at"] {
        assert_eq!(entities[0][name], told[name], "{name}");
    }
    assert_eq!(owner(&desk, first).await, (json!("Account"), json!("42")));
    desk.stop().await;
}

/// Every type of owner with the list that shows it.
const OWNERS: [(&str, &str); 25] = [
    ("Account", "accounts"),
    ("AchBatch", "ach_batches"),
    ("Address", "addresses"),
    ("CallDetailRecordImport", "call_detail_record_imports"),
    ("CallLog", "call_logs"),
    ("Company", "companies"),
    ("DepositSlip", "deposit_slips"),
    ("EmailMessageContent", "email_message_contents"),
    ("FccForm477Report", "fcc_form_477_reports"),
    ("HandwrittenSignature", "handwritten_signatures"),
    ("InventoryItem", "inventory_items"),
    ("InventoryModel", "inventory_models"),
    ("InvoiceAttachment", "invoice_attachments"),
    ("Job", "jobs"),
    ("MassEmail", "mass_emails"),
    ("NetworkSite", "network_sites"),
    ("PrintedInvoiceBatch", "printed_invoice_batches"),
    ("PurchaseOrder", "purchase_orders"),
    ("SystemBackup", "system_backups"),
    ("Ticket", "tickets"),
    ("TicketComment", "ticket_comments"),
    ("TicketReply", "ticket_replies"),
    ("TowercoverageSubmission", "towercoverage_submissions"),
    ("Vendor", "vendors"),
    ("VoiceProviderRateImport", "voice_provider_rate_imports"),
];

async fn s21_every_type_of_owner_takes_files_and_lists_them(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut all = Vec::new();
    for (kind, list) in OWNERS {
        let file = desk.sonar.file_on(kind, 49, "a.txt", kind).await;
        assert_eq!(owner(&desk, file).await, (json!(kind), json!("49")));
        let query = format!(
            "{{ {list}(id: 49) {{ entities {{ __typename id files {{ entities {{ id filename }} }} }} page_info {{ total_count }} }} }}"
        );
        let told = desk.sonar.data(&query).await[list].clone();
        assert_eq!(told["page_info"]["total_count"], 1, "{list}: {told}");
        assert_eq!((&told["entities"][0]["__typename"], &told["entities"][0]["id"]), (&json!(kind), &json!("49")));
        assert_eq!(numbers(&told["entities"][0]["files"]), [file], "{kind}");
        let fileable = format!(
            "{{ files(id: {file}) {{ entities {{ fileable {{ __typename id ... on {kind} {{ _version files {{ entities {{ id }} }} }} }} }} }} }}"
        );
        let told = desk.sonar.data(&fileable).await["files"]["entities"][0]["fileable"].clone();
        assert_eq!((&told["__typename"], numbers(&told["files"])), (&json!(kind), vec![file]));
        assert_eq!(desk.sonar.list(&format!("(fileable_type: {kind} fileable_id: 49)")).await, [file]);
        all.push(file);
    }
    assert_eq!(desk.sonar.list("(fileable_id: 49)").await, all);
    let other = desk.sonar.ask_graph(&linking("Contact", 1, &all)).await;
    assert_eq!(other.category(), "graphql", "a contact owns no files: {other:?}");
    desk.stop().await;
}

async fn s21_where_owners_must_be_known_an_unknown_one_is_refused(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().sonar_strict_owners, 0);
    let desk = Desk::open(setup.limits(|limits| limits.sonar_strict_owners = 1)).await;
    let file = desk.sonar.file("a.txt", "x").await;
    let told = desk.sonar.ask_graph(&linking("Account", 42, &[file])).await;
    assert!(told.invalid("input.fileable_id").contains("42"));
    assert_eq!(owner(&desk, file).await.1, Value::Null);
    // What any face names is known.
    let known = desk.native.post("/v1/files?name=known.txt&record=account/42").body("x").ask().await.expect(201);
    assert!(known["no"].is_i64());
    desk.sonar.link("Account", 42, &[file]).await;
    assert_eq!(desk.sonar.ask_graph(&linking("Ticket", 42, &[file])).await.errors().len(), 1);
    desk.stop().await;
}

async fn s21_an_owner_is_found_by_what_lists_take(setup: Setup) {
    let desk = Desk::open(setup).await;
    for no in [3, 1, 2] {
        desk.sonar.file_on("Account", no, "a.txt", "x").await;
        desk.pass(Duration::from_secs(60));
    }
    let list = async |args: &str| {
        numbers(&desk.sonar.data(&format!("{{ accounts{args} {{ entities {{ id }} }} }}")).await["accounts"])
    };
    assert_eq!(list("").await, [1, 2, 3]);
    assert_eq!(list("(sorter: [{attribute: \"id\", direction: DESC}])").await, [3, 2, 1]);
    assert_eq!(list("(paginator: {page: 2, records_per_page: 2})").await, [3]);
    assert_eq!(list("(id: 2)").await, [2]);
    assert_eq!(list("(created_at: \"2026-01-31T12:01:00+00:00\")").await, [1]);
    assert_eq!(list("(search: {integer_fields: {attribute: \"id\", search_value: 1, operator: GT}})").await, [2, 3]);
    let unique = desk.sonar.data("{ accounts(id: 2) { entities { sonar_unique_id } } }").await;
    let unique = unique["accounts"]["entities"][0]["sonar_unique_id"].as_str().unwrap().to_owned();
    assert_eq!(list(&format!("(sonar_unique_id: \"{unique}\")")).await, [2]);
    assert_eq!(list("(sonar_unique_id: \"nonsense\")").await, [0_i64; 0]);
    let page = "{ accounts(paginator: {page: 1, records_per_page: 2}) { page_info { page total_pages total_count records_per_page } } }";
    let info = json!({ "page": 1, "total_pages": 2, "total_count": 3, "records_per_page": 2 });
    assert_eq!(desk.sonar.data(page).await["accounts"]["page_info"], info);
    let told =
        desk.sonar.ask_graph("{ accounts(sorter: [{attribute: \"name\", direction: ASC}]) { entities { id } } }").await;
    assert!(told.invalid("sorter.0.attribute").contains("name"));
    desk.stop().await;
}

async fn s22_a_file_of_another_owner_is_a_conflict_and_nothing_is_linked(setup: Setup) {
    let desk = Desk::open(setup).await;
    let owned = desk.sonar.file_on("Account", 1, "a.txt", "x").await;
    let free = desk.sonar.file("b.txt", "x").await;
    let before = (desk.sonar.show(owned).await, desk.sonar.show(free).await);
    for (kind, no) in [("Account", 2), ("Ticket", 1)] {
        for files in [vec![owned], vec![free, owned], vec![owned, free]] {
            let told = desk.sonar.ask_graph(&linking(kind, no, &files)).await;
            let said = told.refused("conflict")["message"].as_str().unwrap();
            assert!(said.contains(&owned.to_string()), "{said}");
            assert_eq!(told.0["data"], json!({ "linkFileToEntity": null }));
            assert_eq!((desk.sonar.show(owned).await, desk.sonar.show(free).await), before);
        }
    }
    let none = desk.sonar.data("{ tickets { entities { id } } accounts(id: 2) { entities { id } } }").await;
    assert_eq!(none, json!({ "tickets": { "entities": [] }, "accounts": { "entities": [] } }), "no owner was made");
    desk.stop().await;
}

async fn s22_linking_again_to_the_same_owner_is_fine(setup: Setup) {
    let desk = Desk::open(setup).await;
    let first = desk.sonar.file_on("Account", 1, "a.txt", "x").await;
    let before = desk.sonar.show(first).await;
    desk.pass(Duration::from_secs(60));
    desk.sonar.link("Account", 1, &[first]).await;
    assert_eq!(desk.sonar.show(first).await, before, "nothing changed, so nothing is newer");
    let second = desk.sonar.file("b.txt", "x").await;
    desk.sonar.link("Account", 1, &[first, second, second]).await;
    assert_eq!(desk.sonar.list("(fileable_type: Account fileable_id: 1)").await, [first, second]);
    desk.stop().await;
}

async fn s23_a_file_that_is_not_there_or_none_at_all_links_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let free = desk.sonar.file("a.txt", "x").await;
    let trashed = desk.sonar.file("b.txt", "x").await;
    desk.sonar.trash(trashed).await.data();
    let other = desk.user(2, EVERYTHING).await;
    let theirs = other.file("c.txt", "x").await;
    let plain = desk.user(1, "sonar:READ_FILE,sonar:UPDATE_FILE").await;
    let before = face_of(&desk.native).await;
    for files in [vec![99], vec![free, 99], vec![trashed, free], vec![free, theirs]] {
        let told = plain.ask_graph(&linking("Account", 1, &files)).await;
        assert_eq!(told.refused("not_found")["path"], json!(["linkFileToEntity"]), "{files:?}");
    }
    for (input, field) in [
        ("{fileable_type: Account, fileable_id: 1}", "input.files"),
        ("{fileable_type: Account, fileable_id: 1, files: []}", "input.files"),
        ("{fileable_type: Account, fileable_id: 1, files: null}", "input.files"),
        ("{fileable_type: Account, fileable_id: 1, files: [null]}", "input.files.0"),
    ] {
        let query = format!("mutation {{ linkFileToEntity(input: {input}) {{ id }} }}");
        assert!(!desk.sonar.ask_graph(&query).await.invalid(field).is_empty(), "{input}");
    }
    for no in ["0", "-1"] {
        let query = linking("Account", 1, &[free]).replace("fileable_id: 1", &format!("fileable_id: {no}"));
        assert!(!desk.sonar.ask_graph(&query).await.invalid("input.fileable_id").is_empty());
    }
    for query in ["mutation { linkFileToEntity { id } }", "mutation { linkFileToEntity(input: null) { id } }"] {
        assert!(!desk.sonar.ask_graph(query).await.invalid("input").is_empty());
    }
    assert_eq!(face_of(&desk.native).await, before);
    assert_eq!(owner(&desk, free).await.1, Value::Null);
    assert!(
        desk.sonar.data("{ accounts { entities { id } } }").await["accounts"]["entities"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    desk.stop().await;
}

async fn s24_what_the_link_says_is_written_to_the_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (one, two) = (desk.sonar.file("a.png", png()).await, desk.sonar.file("b.txt", "x").await);
    let query = "mutation ($input: LinkFileToEntityMutationInput) { linkFileToEntity(input: $input) { id } }";
    let files = json!([{ "file_id": one, "description": "The house", "primary_image": true }, { "file_id": two.to_string(), "description": null }]);
    let input = json!({ "fileable_type": "Account", "fileable_id": "7", "files": files });
    assert_eq!(
        desk.sonar.ask_with(query, json!({ "input": input })).await.data(),
        json!({ "linkFileToEntity": { "id": "7" } })
    );
    let (one, two) = (desk.sonar.show(one).await, desk.sonar.show(two).await);
    assert_eq!((&one["description"], &one["primary_image"]), (&json!("The house"), &json!(true)));
    assert_eq!((&two["description"], &two["primary_image"]), (&json!(null), &json!(false)));
    desk.stop().await;
}

async fn s24_one_owner_has_one_primary_image(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut pictures = Vec::new();
    for _ in 0..3 {
        pictures.push(desk.sonar.file_on("Account", 1, "a.png", png()).await);
    }
    let elsewhere = desk.sonar.file_on("Account", 2, "a.png", png()).await;
    let mark = async |no: i64, is: bool| {
        let query = format!("mutation {{ updateFile(id: {no}, input: {{primary_image: {is}}}) {{ primary_image }} }}");
        assert_eq!(desk.sonar.data(&query).await["updateFile"]["primary_image"], is);
    };
    mark(elsewhere, true).await;
    for no in &pictures {
        mark(*no, true).await;
        assert_eq!(desk.sonar.list("(primary_image: true, fileable_id: 1)").await, [*no]);
    }
    let old = desk.sonar.show(pictures[0]).await;
    assert_eq!((&old["primary_image"], &old["fileable_id"]), (&json!(false), &json!("1")));
    assert!(old["_version"].as_str().unwrap().parse::<i64>().unwrap() >= 3, "it changed too: {old}");
    let link = format!(
        "mutation {{ linkFileToEntity(input: {{fileable_type: Account, fileable_id: 1, files: {{file_id: {}, \
        primary_image: true}}}}) {{ id }} }}",
        pictures[1]
    );
    desk.sonar.data(&link).await;
    assert_eq!(desk.sonar.list("(primary_image: true, fileable_id: 1)").await, [pictures[1]]);
    mark(pictures[1], false).await;
    assert_eq!(desk.sonar.list("(primary_image: true)").await, [elsewhere]);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s24_only_a_picture_is_a_primary_image(setup: Setup) {
    let desk = Desk::open(setup).await;
    let text = desk.sonar.file("looks-like.png.txt", noise(10)).await;
    let update = format!("mutation {{ updateFile(id: {text}, input: {{primary_image: true}}) {{ id }} }}");
    assert!(!desk.sonar.ask_graph(&update).await.invalid("input.primary_image").is_empty());
    let link = format!(
        "mutation {{ linkFileToEntity(input: {{fileable_type: Account, fileable_id: 1, files: {{file_id: {text}, \
        primary_image: true}}}}) {{ id }} }}"
    );
    assert!(!desk.sonar.ask_graph(&link).await.invalid("input.files.0.primary_image").is_empty());
    let shown = desk.sonar.show(text).await;
    assert_eq!(
        (&shown["primary_image"], &shown["fileable_id"], &shown["_version"]),
        (&json!(false), &json!(null), &json!("1"))
    );
    desk.stop().await;
}

async fn s29_the_old_name_of_an_owner_is_taken_and_the_new_one_shown(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.sonar.file_on("CallDataRecordImport", 3, "a.csv", "x").await;
    assert_eq!(owner(&desk, file).await, (json!("CallDetailRecordImport"), json!("3")));
    for kind in ["CallDataRecordImport", "CallDetailRecordImport"] {
        assert_eq!(desk.sonar.list(&format!("(fileable_type: {kind}, fileable_id: 3)")).await, [file], "{kind}");
        let search = format!(
            "{{string_fields: {{attribute: \"fileable_type\", search_value: \"{kind}\", match: true, partial_matching: false}}}}"
        );
        assert_eq!(desk.sonar.found(&search).await, [file], "{kind}");
        desk.sonar.link(kind, 3, &[file]).await;
    }
    let query = format!("{{ files(id: {file}) {{ entities {{ fileable {{ __typename id }} }} }} }}");
    let fileable = json!({ "__typename": "CallDetailRecordImport", "id": "3" });
    assert_eq!(desk.sonar.data(&query).await["files"]["entities"][0]["fileable"], fileable);
    desk.stop().await;
}

async fn of_many_links_at_once_one_owner_gets_the_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.sonar.file("a.txt", "x").await;
    let asked = (1..=12).map(async |no| desk.sonar.ask_graph(&linking("Account", no, &[file])).await);
    let told = futures_util::future::join_all(asked).await;
    let done: Vec<_> = told.iter().filter(|told| told.is_done()).collect();
    assert_eq!(done.len(), 1);
    assert!(told.iter().all(|told| told.is_done() || told.category() == "conflict"), "{told:?}");
    assert_eq!(owner(&desk, file).await.1, done[0].0["data"]["linkFileToEntity"]["id"]);
    assert_eq!(
        desk.sonar.data("{ accounts { entities { id } } }").await["accounts"]["entities"].as_array().unwrap().len(),
        1
    );
    is_sound(&desk.app).await;
    desk.stop().await;
}
