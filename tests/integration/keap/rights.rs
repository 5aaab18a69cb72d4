//! C4: what each kind of token may do with each kind of file, on each face. The expected answers are a table; everything
//! else is asking.

use super::desk::{Desk, Keap, Place, V1, V2, upload_body, upload_form};
use super::xml::Xml;
use crate::native::on_both_engines;
use attache_tests::Setup;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

on_both_engines!(
    c04_a_token_does_with_a_file_what_its_rights_say_and_nothing_else,
    c04_a_list_has_what_a_look_at_each_file_shows,
    c04_what_is_public_opens_nothing_to_the_api,
    c04_nobody_moves_a_file_where_they_may_not_put_one,
);

/// What somebody may do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    No,
    Read,
    All,
}

use Right::{All, No, Read};

/// Whether the one who asks made the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Owner,
    Other,
}

/// For each set of scopes, the rights to a contact's, a user's and the company's file: of who made it, and of others.
const TABLE: [(&str, [[Right; 3]; 2]); 10] = [
    ("keap:user", [[All, All, No], [All, No, No]]),
    ("keap:view_company_files", [[All, All, Read], [All, No, Read]]),
    ("keap:edit_company_files", [[All, All, All], [All, No, All]]),
    ("keap:full", [[All, All, All], [All, All, All]]),
    ("files:contact", [[All, No, No], [All, No, No]]),
    ("files:personal", [[No, All, No], [No, No, No]]),
    ("files:company", [[No, No, Read], [No, No, Read]]),
    ("files:company-write", [[No, No, All], [No, No, All]]),
    ("files:contact,files:company-write", [[All, No, All], [All, No, All]]),
    ("files:read", [[Read, Read, Read], [Read, Read, Read]]),
];

const PLACES: [Place; 3] = [Place::Contact(7), Place::User, Place::Company];
/// Who makes the files, and who else there is.
const MAKER: i64 = 2;
const STRANGER: i64 = 3;

/// One way to ask for something, on one face; `Some` when it was done, `None` when it was refused for want of a right.
#[derive(Clone, Copy, Debug)]
enum Reading {
    V1,
    V1Data,
    V2,
    V2Data,
    Load,
    GetFile,
    DownloadUrl,
}

#[derive(Clone, Copy, Debug)]
enum Writing {
    V1Rename,
    V1Replace,
    V1Publish,
    V1Delete,
    V2Rename,
    V2Replace,
    V2Delete,
    RenameFile,
    ReplaceFile,
}

const READINGS: [Reading; 7] =
    [Reading::V1, Reading::V1Data, Reading::V2, Reading::V2Data, Reading::Load, Reading::GetFile, Reading::DownloadUrl];
const WRITINGS: [Writing; 9] = [
    Writing::V1Rename,
    Writing::V1Replace,
    Writing::V1Publish,
    Writing::V1Delete,
    Writing::V2Rename,
    Writing::V2Replace,
    Writing::V2Delete,
    Writing::RenameFile,
    Writing::ReplaceFile,
];

/// A status of REST in the table's terms; whatever is neither done nor a want of rights ends the test.
#[track_caller]
fn done(answer: &attache_tests::Answer) -> bool {
    match answer.status.as_u16() {
        200 | 201 | 204 => true,
        403 => false,
        status => panic!("{status}: {}", answer.text()),
    }
}

#[track_caller]
fn told(told: Result<Xml, (i64, String)>) -> bool {
    match told {
        Ok(_) => true,
        Err((14, _)) => false,
        Err(fault) => panic!("{fault:?}"),
    }
}

async fn reads(keap: &Keap, no: i64, how: Reading) -> bool {
    match how {
        Reading::V1 => done(&keap.get(&format!("{V1}/{no}")).await),
        Reading::V1Data => done(&keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await),
        Reading::V2 => done(&keap.get(&format!("{V2}/{no}")).await),
        Reading::V2Data => done(&keap.get(&format!("{V2}/{no}:data")).await),
        Reading::Load => told(keap.call("DataService.load", ["FileBox".into(), no.into(), Xml::list(["Id"])]).await),
        Reading::GetFile => told(keap.call("FileService.getFile", [no.into()]).await),
        Reading::DownloadUrl => told(keap.call("FileService.getDownloadUrl", [no.into()]).await),
    }
}

async fn writes(keap: &Keap, no: i64, how: Writing) -> bool {
    let (v1, v2) = (format!("{V1}/{no}"), format!("{V2}/{no}"));
    let part = || Part::bytes(b"changed".to_vec());
    match how {
        Writing::V1Rename => done(&keap.put(&v1, &json!({ "file_name": "changed.txt" })).await),
        Writing::V1Replace => done(&keap.put(&v1, &json!({ "file_data": "Y2hhbmdlZA==" })).await),
        Writing::V1Publish => done(&keap.put(&v1, &json!({ "is_public": true })).await),
        Writing::V1Delete => done(&keap.delete(&v1).await),
        Writing::V2Rename => done(&keap.form(&v2, Form::new().text("file_name", "changed.txt")).await),
        Writing::V2Replace => done(&keap.form(&v2, Form::new().part("file", part())).await),
        Writing::V2Delete => done(&keap.delete(&v2).await),
        Writing::RenameFile => told(keap.call("FileService.renameFile", [no.into(), "changed.txt".into()]).await),
        Writing::ReplaceFile => told(keap.call("FileService.replaceFile", [no.into(), Xml::content(b"changed")]).await),
    }
}

/// Puts a file in, in every way of every face.
async fn creates(keap: &Keap, place: Place) -> Vec<bool> {
    let mut all = vec![
        done(&keap.post(V1, &upload_body("new.txt", b"x", place)).await),
        done(&keap.form(V2, upload_form("new.txt", b"x", place)).await),
    ];
    let contact = match place {
        Place::Contact(no) => no,
        Place::Company => 0,
        // This face has no word for a user's own files.
        Place::User => return all,
    };
    all.push(told(keap.call("FileService.uploadFile", [contact.into(), "new.txt".into(), Xml::content(b"x")]).await));
    all
}

/// What is told of a file to somebody who may see everything.
async fn state(desk: &Desk, no: i64) -> Value {
    let answer = desk.native.get(&format!("/v1/files/{no}"));
    let mut file = attache_tests::Ask::ask(answer).await.expect(200);
    file["content_url"] = Value::Null;
    file["version"]["content_url"] = Value::Null;
    file
}

async fn c04_a_token_does_with_a_file_what_its_rights_say_and_nothing_else(setup: Setup) {
    let desk = Desk::open(setup).await;
    let maker = desk.user(MAKER, "keap:full").await;
    let mut asked = 0;
    for (scopes, rights) in TABLE {
        for (asker, rights) in [Asker::Owner, Asker::Other].into_iter().zip(rights) {
            let keap = desk.user(if asker == Asker::Owner { MAKER } else { STRANGER }, scopes).await;
            for (place, right) in PLACES.into_iter().zip(rights) {
                let no = maker.file("a.txt", b"hello", place).await;
                for how in READINGS {
                    assert_eq!(reads(&keap, no, how).await, right != No, "{scopes} {asker:?} {place:?} {how:?}");
                    asked += 1;
                }
                let before = state(&desk, no).await;
                for how in WRITINGS {
                    let file = if right == All { maker.file("a.txt", b"hello", place).await } else { no };
                    let did = writes(&keap, file, how).await;
                    assert_eq!(did, right == All, "{scopes} {asker:?} {place:?} {how:?}");
                    asked += 1;
                    if right == All && !matches!(how, Writing::V1Delete | Writing::V2Delete) {
                        desk.keap.delete(&format!("{V1}/{file}")).await.expect(204);
                    }
                }
                assert_eq!(state(&desk, no).await, before, "{scopes} {asker:?} {place:?} left something");
                desk.keap.delete(&format!("{V1}/{no}")).await.expect(204);
                if asker == Asker::Owner {
                    // To make a file takes what it takes to change one of one's own.
                    for (way, created) in creates(&keap, place).await.into_iter().enumerate() {
                        assert_eq!(created, right == All, "{scopes} {place:?} made in way {way}");
                        asked += 1;
                    }
                }
            }
        }
    }
    attache_tests::report(&format!("{asked} questions about rights"));
    desk.stop().await;
}

async fn c04_a_list_has_what_a_look_at_each_file_shows(setup: Setup) {
    let desk = Desk::open(setup).await;
    let maker = desk.user(MAKER, "keap:full").await;
    let other = desk.user(STRANGER, "keap:full").await;
    let mut files = Vec::new();
    for keap in [&maker, &other] {
        for place in PLACES {
            for _ in 0..2 {
                files.push(keap.file("a.txt", b"hello", place).await);
            }
        }
    }
    for (scopes, _) in TABLE {
        let keap = desk.user(MAKER, scopes).await;
        let mut seen = Vec::new();
        for no in &files {
            if reads(&keap, *no, Reading::V1).await {
                seen.push(*no);
            }
        }
        assert_eq!(keap.list1("").await, seen, "{scopes}");
        assert_eq!(keap.list2("").await, seen, "{scopes}");
        assert_eq!(keap.query(vec![]).await, seen, "{scopes}");
        let count = keap.get(&format!("{V1}?limit=1")).await.json()["count"].clone();
        assert_eq!(count, seen.len(), "{scopes}");
        let count = keap.call("DataService.count", ["FileBox".into(), Xml::Record(vec![])]).await.unwrap().int();
        assert_eq!(count, seen.len() as i64, "{scopes}");
        let company = keap.list1("permission=COMPANY").await;
        let rest = keap.list1("permission=USER").await;
        assert_eq!([company.clone(), rest].concat().len(), seen.len(), "{scopes}");
        let may_see = reads(&keap, files[4], Reading::V2).await;
        assert_eq!(!company.is_empty(), may_see, "{scopes}");
        let mut walked = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("{V2}?page_size=1&page_token={}", super::desk::encoded(&token));
            let page = keap.get(&path).await.expect(200);
            walked.extend(page["files"].as_array().unwrap().iter().map(|file| file["id"].clone()));
            token = page["next_page_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(walked, seen.iter().map(|no| json!(no.to_string())).collect::<Vec<_>>(), "{scopes} by pages");
    }
    desk.stop().await;
}

async fn c04_what_is_public_opens_nothing_to_the_api(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Company).await;
    desk.keap.put(&format!("{V1}/{no}"), &json!({ "is_public": true })).await.expect(200);
    let user = desk.user(MAKER, "keap:user").await;
    for how in READINGS {
        assert!(!reads(&user, no, how).await, "{how:?}");
    }
    assert!(user.list1("viewable=PUBLIC").await.is_empty());
    assert!(user.filtered("is_public==true").await.is_empty());
    let url = desk.keap.v1(no).await["download_url"].as_str().unwrap().to_owned();
    assert_eq!(desk.anybody(&url).await.text(), "hello", "whoever has the link needs no right");
    desk.stop().await;
}

async fn c04_nobody_moves_a_file_where_they_may_not_put_one(setup: Setup) {
    let desk = Desk::open(setup).await;
    let maker = desk.user(MAKER, "keap:full").await;
    for (scopes, rights) in TABLE {
        let keap = desk.user(MAKER, scopes).await;
        for (from, may_from) in PLACES.into_iter().zip(rights[0]) {
            for (to, may_to) in PLACES.into_iter().zip(rights[0]) {
                let no = maker.file("a.txt", b"hello", from).await;
                let mut body = json!({ "file_association": to.word() });
                if let Some(contact) = to.contact() {
                    body["contact_id"] = contact.into();
                }
                let moved = done(&keap.put(&format!("{V1}/{no}"), &body).await);
                assert_eq!(moved, may_from == All && may_to == All, "{scopes} from {from:?} to {to:?}");
                let there = desk.keap.v1(no).await["contact_id"].as_i64();
                assert_eq!(there, if moved { to.contact() } else { from.contact() });
                desk.keap.delete(&format!("{V1}/{no}")).await.expect(204);
            }
        }
    }
    desk.stop().await;
}
