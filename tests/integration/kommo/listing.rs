//! The drive's list: every filter, order and page, in the forms that clients write them.

use super::desk::{Desk, full_name, text};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    nothing_found_is_204,
    the_newest_come_first_and_other_orders_can_be_asked_for,
    pages_lead_to_each_other_and_keep_the_question,
    files_are_found_by_id_name_and_extension,
    files_are_found_by_size_and_time,
    files_are_found_by_their_authors,
    a_term_is_found_in_names_of_files_and_of_the_records_they_are_on,
    a_records_files_are_those_of_its_tab,
    the_trash_is_asked_for_by_itself_or_beside_the_living,
    what_cannot_be_read_is_refused_and_what_is_not_known_is_passed_over,
    who_may_not_read_sees_nothing,
);

async fn nothing_found_is_204(setup: Setup) {
    let desk = Desk::open(setup).await;
    let answer = desk.drive.get("/v1.0/files?limit=50&page=1").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    desk.drive.put("a.txt", b"x").await;
    assert_eq!(desk.drive.get("/v1.0/files?page=2").await.status, 204);
    desk.stop().await;
}

/// Files of growing size, a minute apart.
async fn filled(desk: &Desk, names: &[&str]) -> Vec<Value> {
    let mut files = Vec::new();
    for (at, name) in names.iter().enumerate() {
        files.push(desk.drive.put(name, &vec![b'x'; at + 1]).await);
        desk.pass(Duration::from_secs(60));
    }
    files
}

async fn the_newest_come_first_and_other_orders_can_be_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    let files = filled(&desk, &["b.txt", "c.txt", "a.txt"]).await;
    let change = format!("/v1.0/files/{}", text(&files[1]["uuid"]));
    desk.drive.patch(&change, &json!({ "name": "d" })).await.expect(200);
    for (query, names) in [
        ("", ["a.txt", "d.txt", "b.txt"]),
        ("order[created_at]=asc", ["b.txt", "d.txt", "a.txt"]),
        ("order%5Bname%5D=asc", ["a.txt", "b.txt", "d.txt"]),
        ("order[updated_at]=desc", ["d.txt", "a.txt", "b.txt"]),
        ("filter[order_by]=size", ["a.txt", "d.txt", "b.txt"]),
        ("order[size]=asc&filter[is_filter]=y", ["b.txt", "d.txt", "a.txt"]),
        ("with=deleted", ["a.txt", "d.txt", "b.txt"]),
    ] {
        assert_eq!(desk.drive.names(query).await, names, "{query}");
    }
    // Files of one moment: the one with the greater number first.
    desk.drive.put("e.txt", b"x").await;
    desk.drive.put("f.txt", b"x").await;
    assert_eq!(desk.drive.names("limit=2").await, ["f.txt", "e.txt"]);
    desk.stop().await;
}

async fn pages_lead_to_each_other_and_keep_the_question(setup: Setup) {
    let desk = Desk::open(setup).await;
    filled(&desk, &["1 a.txt", "2 a.txt", "3 a.txt", "4 b.txt", "5 a.txt"]).await;
    let first = desk.drive.get("/v1.0/files?filter[term]=%20a.&limit=2&page=1").await.expect(200);
    let base = desk.app.url();
    let next = text(&first["_links"]["next"]["href"]);
    // The official client takes its own base away and asks for the rest.
    assert!(next.starts_with(&format!("{base}/v1.0/files?")) && next.contains("filter%5Bterm%5D=%20a."), "{next}");
    assert!(first["_links"].get("prev").is_none());
    let second = desk.drive.get(next.strip_prefix(&base).unwrap()).await.expect(200);
    let names: Vec<String> = [&first, &second]
        .iter()
        .flat_map(|page| page["_embedded"]["files"].as_array().unwrap())
        .map(full_name)
        .collect();
    assert_eq!(names, ["5 a.txt", "3 a.txt", "2 a.txt", "1 a.txt"]);
    assert!(second["_links"].get("next").is_none());
    let back = desk.drive.get(&text(&second["_links"]["prev"]["href"])).await.expect(200);
    assert_eq!(back["_embedded"], first["_embedded"]);
    assert_eq!(desk.drive.get(&text(&first["_links"]["self"]["href"])).await.expect(200), first);
    let one = &first["_embedded"]["files"][0];
    assert!(one.get("session_id").is_none(), "a list tells no sessions: {one}");
    desk.stop().await;
}

async fn files_are_found_by_id_name_and_extension(setup: Setup) {
    let desk = Desk::open(setup).await;
    let names = ["Lease.PDF", "lease 2.pdf", "photo.jpg", "README", "archive.tar.gz", "LEASE.docx"];
    let files = filled(&desk, &names).await;
    let (first, last) = (text(&files[0]["uuid"]), text(&files[5]["uuid"]));
    for (query, found) in [
        (format!("filter[uuid]={first},{last}"), vec!["LEASE.docx", "Lease.pdf"]),
        (format!("filter%5Buuid%5D%5B0%5D={first}"), vec!["Lease.pdf"]),
        ("filter[name]=lease".to_owned(), vec!["LEASE.docx", "Lease.pdf"]),
        ("filter[name]=LEASE.pdf".to_owned(), vec!["Lease.pdf"]),
        ("filter[name]=archive.tar".to_owned(), vec!["archive.tar.gz"]),
        ("filter[name]=readme".to_owned(), vec!["README"]),
        ("filter[name]=eas".to_owned(), vec![]),
        (
            "filter[extensions][0]=PDF&filter[extensions][1]=.jpg".to_owned(),
            vec!["photo.jpg", "lease 2.pdf", "Lease.pdf"],
        ),
        ("filter%5Bextensions%5D%5B%5D=gz".to_owned(), vec!["archive.tar.gz"]),
        ("filter[extensions]=gz".to_owned(), vec!["archive.tar.gz"]),
        ("filter[extensions][]=".to_owned(), vec!["README"]),
        ("filter[source_id]=5".to_owned(), vec![]),
    ] {
        assert_eq!(desk.drive.names(&query).await, found, "{query}");
    }
    desk.stop().await;
}

async fn files_are_found_by_size_and_time(setup: Setup) {
    let desk = Desk::open(setup).await;
    // The clock begins at 2026-01-31T12:00:00Z.
    let began = 1_769_860_800;
    filled(&desk, &["a.txt", "b.txt", "c.txt"]).await;
    desk.pass(Duration::from_secs(86_400));
    desk.drive.put("d.txt", &[b'x'; 2000]).await;
    for (query, found) in [
        ("filter[size][from]=2&filter[size][to]=3".to_owned(), vec!["c.txt", "b.txt"]),
        ("filter[size][from]=2&filter[size][unit]=1000".to_owned(), vec!["d.txt"]),
        (format!("filter[date][from]={began}&filter[date][to]={began}"), vec!["a.txt"]),
        (format!("filter[date][type]=updated_at&filter[date][from]={}", began + 120), vec!["d.txt", "c.txt"]),
        ("filter[date][date_preset]=yesterday".to_owned(), vec!["c.txt", "b.txt", "a.txt"]),
        ("filter[date][date_preset]=month&filter[date][from]=0".to_owned(), vec!["d.txt"]),
    ] {
        assert_eq!(desk.drive.names(&query).await, found, "{query}");
    }
    desk.stop().await;
}

async fn files_are_found_by_their_authors(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.drive.put("by-1.txt", b"x").await;
    // The user has to be there before a token may act as it.
    let token = desk.app.token_of(7, "kommo:files", None).await;
    let other = super::desk::Drive::of(desk.app.stranger().with_token(Some(token)));
    let file = other.put("by-7.txt", b"x").await;
    assert_eq!(file["created_by"], json!({ "id": 7, "type": "internal" }));
    let change = format!("/v1.0/files/{}", text(&file["uuid"]));
    let changed = desk.drive.patch(&change, &json!({ "name": "by-7-then-1" })).await.expect(200);
    assert_eq!((&changed["created_by"]["id"], &changed["updated_by"]["id"]), (&json!(7), &json!(1)));
    for (query, found) in [
        // The gap is the official client's.
        ("filter%5Bcreated_by%5D%5B1%5D=0&filter%5Bcreated_by%5D%5B2%5D=7", vec!["by-7-then-1.txt"]),
        ("filter[updated_by][]=7", vec![]),
        ("filter[updated_by][]=1&filter[created_by][]=7", vec!["by-7-then-1.txt"]),
        ("filter[created_by][]=-1", vec![]),
    ] {
        assert_eq!(desk.drive.names(query).await, found, "{query}");
    }
    desk.stop().await;
}

/// A lead with this name that files are put on.
async fn lead_with(desk: &Desk, name: &str, files: &[&str]) -> i64 {
    let made = desk.drive.0.post("/api/v4/leads").json(&json!([{ "name": name }])).ask().await.expect(200);
    let lead = made["_embedded"]["leads"][0]["id"].as_i64().unwrap();
    let body: Value = files.iter().map(|uuid| json!({ "file_uuid": uuid })).collect();
    desk.drive.0.put(&format!("/api/v4/leads/{lead}/files")).json(&body).ask().await.expect(202);
    lead
}

async fn a_term_is_found_in_names_of_files_and_of_the_records_they_are_on(setup: Setup) {
    let desk = Desk::open(setup).await;
    let files = filled(&desk, &["offer.pdf", "photo.jpg", "blue_boat.png"]).await;
    lead_with(&desk, "The Blue House", &[&text(&files[0]["uuid"])]).await;
    for (term, found) in [
        ("blue", vec!["blue_boat.png", "offer.pdf"]),
        ("HOUSE", vec!["offer.pdf"]),
        ("r.pd", vec!["offer.pdf"]),
        ("_", vec!["blue_boat.png"]),
        ("%25", vec![]),
        ("green", vec![]),
    ] {
        assert_eq!(desk.drive.names(&format!("filter[term]={term}")).await, found, "{term}");
    }
    desk.stop().await;
}

async fn a_records_files_are_those_of_its_tab(setup: Setup) {
    let desk = Desk::open(setup).await;
    let files = filled(&desk, &["a.pdf", "b.pdf", "c.pdf"]).await;
    let uuid = |at: usize| text(&files[at]["uuid"]);
    let lead = lead_with(&desk, "house", &[&uuid(0), &uuid(1)]).await;
    // A file that is only in a field of the record is not in its tab.
    let post = |path: &str, body: Value| desk.drive.0.post(path).json(&body).ask();
    let field = post("/api/v4/leads/custom_fields", json!([{ "name": "Plan", "type": "file" }])).await.expect(201);
    let value = json!([{ "field_id": field["_embedded"]["custom_fields"][0]["id"], "values": [{ "value": { "file_uuid": uuid(2) } }] }]);
    let change = json!({ "custom_fields_values": value });
    desk.drive.0.patch(&format!("/api/v4/leads/{lead}")).json(&change).ask().await.expect(200);
    let shown = desk.drive.0.get(&format!("/api/v4/leads/{lead}")).ask().await.expect(200);
    assert_eq!(shown["custom_fields_values"][0]["values"][0]["value"]["file_uuid"], uuid(2), "{shown}");
    let tab = format!("filter[entity_type]=leads&filter[entity_id]={lead}");
    assert_eq!(desk.drive.names(&tab).await, ["b.pdf", "a.pdf"]);
    assert_eq!(desk.drive.names("filter[entity_type]=contacts&filter[entity_id]=1").await, [""; 0]);
    desk.drive.get("/v1.0/files?filter[entity_type]=leads").await.expect(400);
    desk.stop().await;
}

async fn the_trash_is_asked_for_by_itself_or_beside_the_living(setup: Setup) {
    let desk = Desk::open(setup).await;
    let files = filled(&desk, &["a.txt", "b.txt", "c.txt"]).await;
    desk.drive.delete_all(&[&text(&files[1]["uuid"])]).await.expect(204);
    for (query, found) in [
        ("", vec!["c.txt", "a.txt"]),
        ("filter[deleted]=1", vec!["b.txt"]),
        ("filter[deleted]", vec!["b.txt"]),
        ("filter%5Bdeleted%5D=&filter[name]=b", vec!["b.txt"]),
        ("filter[deleted]=1&filter[name]=B.txt", vec!["b.txt"]),
        ("with=deleted,unbilled", vec!["c.txt", "b.txt", "a.txt"]),
        ("with=deleted&filter[name]=b.TXT", vec!["b.txt"]),
        ("with=versions", vec!["c.txt", "a.txt"]),
    ] {
        assert_eq!(desk.drive.names(query).await, found, "{query}");
    }
    desk.stop().await;
}

async fn what_cannot_be_read_is_refused_and_what_is_not_known_is_passed_over(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.drive.put("a.txt", b"x").await;
    for bad in [
        "limit=0",
        "limit=x",
        "page=0",
        "filter[uuid]=7",
        "filter[size][from]=x",
        "filter[size][from]=-1",
        "filter[date][from]=soon",
        "filter[date][type]=born",
        "filter[date][date_preset]=someday",
        "filter[created_by][]=me",
        "filter[source_id]=x",
        "order[colour]=asc",
        "order[size]=up",
        "filter[order_by]=colour",
        "filter[entity_type]=boats&filter[entity_id]=1",
    ] {
        desk.drive.get(&format!("/v1.0/files?{bad}")).await.expect(400);
    }
    for fine in ["limit=100000", "filter[colour]=red", "colour=red", "filter[name]=&filter[size][from]=&page="] {
        assert_eq!(desk.drive.names(fine).await, ["a.txt"], "{fine}");
    }
    desk.stop().await;
}

async fn who_may_not_read_sees_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.drive.put("a.txt", b"x").await;
    let at = format!("/v1.0/files/{}", text(&file["uuid"]));
    let crm = desk.with_scopes("kommo:crm,kommo:files_delete").await;
    for path in ["/v1.0/files", "/v1.0/files?limit=x", &at, &format!("{at}/versions"), "/v1.0/files/count"] {
        assert!(text(&crm.get(path).await.expect(403)["detail"]).contains("'files'"), "{path}");
    }
    let other = desk.other_account().await;
    assert_eq!(other.get("/v1.0/files?filter[term]=a").await.status, 204);
    other.get(&at).await.expect(404);
    let count = desk.drive.get("/v1.0/files/count").await.expect(200);
    let stats = desk.drive.get("/v1.0/files/stats").await.expect(200);
    assert_eq!((&count["count"], &stats["used"]), (&json!(1), &json!(1)));
    desk.stop().await;
}
