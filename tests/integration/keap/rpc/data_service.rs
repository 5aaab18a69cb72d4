//! `DataService` on the table of files: what rows are, and which of them there are.

use crate::keap::desk::{Desk, Place, V1};
use crate::keap::xml::Xml;
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::json;

on_both_engines!(
    a_row_has_the_fields_that_are_asked_for,
    c17_a_users_own_file_has_no_contact_and_is_seen_by_its_owner,
    c18_a_limit_over_1000_is_1000_and_pages_begin_at_0,
    the_recipe_of_the_seed_finds_a_contacts_files,
    rows_are_counted_and_loaded,
    rows_come_in_the_order_that_is_asked_for,
    c09_the_extension_is_what_stands_behind_the_last_dot,
);

const ALL: [&str; 6] = ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"];

/// The arguments of a query.
fn query(limit: i64, page: i64, tests: Vec<(&str, Xml)>, fields: &[&str]) -> Vec<Xml> {
    vec!["FileBox".into(), limit.into(), page.into(), Xml::record(tests), Xml::list(fields.iter().copied())]
}

async fn rows(desk: &Desk, args: Vec<Xml>) -> Vec<Xml> {
    desk.keap.call("DataService.query", args).await.unwrap().items().to_vec()
}

async fn ids(desk: &Desk, args: Vec<Xml>) -> Vec<i64> {
    rows(desk, args).await.iter().map(|row| row.field("Id").int()).collect()
}

async fn a_row_has_the_fields_that_are_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("Report.PDF", &[b'x'; 1234], Place::Contact(7)).await;
    let row = rows(&desk, query(10, 0, vec![], &ALL)).await.remove(0);
    let mut names = row.names();
    names.sort_unstable();
    assert_eq!(names, ["ContactId", "Extension", "FileName", "FileSize", "Id", "Public"]);
    for (field, value) in [
        ("Id", Xml::Int(no)),
        ("FileName", "Report.PDF".into()),
        ("Extension", "pdf".into()),
        ("FileSize", Xml::Int(1234)),
        ("ContactId", Xml::Int(7)),
        ("Public", Xml::Int(0)),
    ] {
        assert_eq!(row.field(field), &value);
        let alone = rows(&desk, query(10, 0, vec![], &[field])).await.remove(0);
        assert_eq!(alone, Xml::record(vec![(field, value)]), "and nothing else");
    }
    desk.keap.put(&format!("{V1}/{no}"), &json!({ "is_public": true })).await.expect(200);
    assert_eq!(rows(&desk, query(10, 0, vec![], &["Public"])).await[0].field("Public").int(), 1);
    desk.stop().await;
}

async fn c17_a_users_own_file_has_no_contact_and_is_seen_by_its_owner(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (owner, other) = (desk.user(2, "keap:user").await, desk.user(3, "keap:user").await);
    let no = owner.file("a.txt", b"x", Place::User).await;
    assert_eq!(owner.query(vec![("ContactId", 0.into())]).await, [no]);
    assert_eq!(desk.keap.query(vec![("ContactId", 0.into())]).await, [no], "and by an administrator");
    assert!(other.query(vec![]).await.is_empty());
    let load = || ["FileBox".into(), no.into(), Xml::list(["ContactId"])];
    assert_eq!(owner.call("DataService.load", load()).await.unwrap().field("ContactId").int(), 0);
    assert_eq!(other.call("DataService.load", load()).await.unwrap_err().0, 14);
    desk.stop().await;
}

async fn c18_a_limit_over_1000_is_1000_and_pages_begin_at_0(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for no in 0..5 {
        nos.push(desk.keap.file(&format!("{no}.txt"), b"x", Place::Contact(7)).await);
    }
    for limit in [1000, 1001, i64::from(i32::MAX)] {
        assert_eq!(ids(&desk, query(limit, 0, vec![], &["Id"])).await, nos);
        assert!(ids(&desk, query(limit, 1, vec![], &["Id"])).await.is_empty(), "the second page is past the end");
    }
    assert_eq!(ids(&desk, query(2, 0, vec![], &["Id"])).await, nos[..2]);
    assert_eq!(ids(&desk, query(2, 2, vec![], &["Id"])).await, nos[4..]);
    assert!(ids(&desk, query(2, 3, vec![], &["Id"])).await.is_empty());
    assert!(ids(&desk, query(2, i64::from(i32::MAX), vec![], &["Id"])).await.is_empty());
    desk.stop().await;
}

async fn the_recipe_of_the_seed_finds_a_contacts_files(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for (name, contact) in [("passport.pdf", 7), ("passport.pdf", 8), ("passport.pdf", 7), ("other.txt", 7)] {
        nos.push(desk.keap.file(name, b"x", Place::Contact(contact)).await);
    }
    for value in [Xml::Int(7), "7".into()] {
        let fields = Xml::list(["Id", "FileName", "Extension", "Public"]);
        let args = vec!["FileBox".into(), 1000.into(), 0.into(), "ContactId".into(), value, fields];
        let found = desk.keap.call("DataService.findByField", args).await.unwrap();
        let told: Vec<_> =
            found.items().iter().map(|row| (row.field("Id").int(), row.field("FileName").text().to_owned())).collect();
        let wanted = [(nos[0], "passport.pdf"), (nos[2], "passport.pdf"), (nos[3], "other.txt")];
        assert_eq!(told, wanted.map(|(no, name)| (no, name.to_owned())));
    }
    let by_name = vec![("ContactId", "7".into()), ("FileName", "PASSPORT.pdf".into())];
    assert_eq!(desk.keap.query(by_name).await, [nos[0], nos[2]]);
    assert_eq!(desk.keap.list1("contact_id=7&name=passport.pdf").await, [nos[0], nos[2]]);
    assert_eq!(desk.keap.filtered("contact_id==7;file_name==passport.pdf").await, [nos[0], nos[2]]);
    desk.stop().await;
}

async fn rows_are_counted_and_loaded(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for contact in [7, 7, 8] {
        nos.push(desk.keap.file("a.txt", b"x", Place::Contact(contact)).await);
    }
    let count = async |tests: Vec<(&str, Xml)>| {
        desk.keap.call("DataService.count", ["FileBox".into(), Xml::record(tests)]).await.unwrap()
    };
    assert_eq!(count(vec![]).await, Xml::Int(3));
    assert_eq!(count(vec![("ContactId", 7.into())]).await, Xml::Int(2));
    assert_eq!(count(vec![("ContactId", 9.into())]).await, Xml::Int(0));
    let args = ["FileBox".into(), nos[2].into(), Xml::list(["ContactId", "FileName"])];
    let row = desk.keap.call("DataService.load", args).await.unwrap();
    assert_eq!((row.field("ContactId").int(), row.field("FileName").text()), (8, "a.txt"));
    desk.stop().await;
}

async fn rows_come_in_the_order_that_is_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for (name, size, contact) in [("b.txt", 1, 9), ("a.pdf", 3, 7), ("c.doc", 2, 8)] {
        nos.push(desk.keap.file(name, &vec![b'x'; size], Place::Contact(contact)).await);
    }
    for (field, wanted) in [
        ("Id", [0, 1, 2]),
        ("FileName", [1, 0, 2]),
        ("Extension", [2, 1, 0]),
        ("FileSize", [0, 2, 1]),
        ("ContactId", [1, 2, 0]),
    ] {
        let up = wanted.map(|at| nos[at]);
        let mut down = up;
        down.reverse();
        let asked = |more: Vec<Xml>| [query(10, 0, vec![], &["Id"]), vec![field.into()], more].concat();
        assert_eq!(ids(&desk, asked(vec![true.into()])).await, up, "{field}");
        assert_eq!(ids(&desk, asked(vec![false.into()])).await, down, "{field}");
        assert_eq!(ids(&desk, asked(vec![])).await, down, "{field}: without a word it runs downwards");
    }
    let unknown = [query(10, 0, vec![], &["Id"]), vec!["Owner".into(), true.into()]].concat();
    assert_eq!(desk.keap.call("DataService.query", unknown).await.unwrap_err().0, 10);
    desk.stop().await;
}

async fn c09_the_extension_is_what_stands_behind_the_last_dot(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (name, extension) in [
        ("a.txt", "txt"),
        ("a.tar.GZ", "gz"),
        ("none", ""),
        ("a.weird9", "weird9"),
        (".env", "env"),
        ("report.v2", "v2"),
        ("a b.c d", "c d"),
    ] {
        let no = desk.keap.file(name, b"x", Place::Contact(7)).await;
        let args = ["FileBox".into(), no.into(), Xml::list(["Extension", "FileName"])];
        let row = desk.keap.call("DataService.load", args).await.unwrap();
        assert_eq!((row.field("Extension").text(), row.field("FileName").text()), (extension, name));
        let found = desk.keap.query(vec![("Extension", extension.into()), ("FileName", name.into())]).await;
        assert_eq!(found, [no], "{name}");
    }
    desk.stop().await;
}
