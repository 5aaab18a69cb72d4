//! C9: equal names. In Keap each file keeps the name that it was given; in the folder, which other faces show, names are
//! unique.

use super::desk::{Desk, Place, V1};
use super::face::native;
use crate::native::{names, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    c09_equal_names_stay_in_keap_and_are_unique_in_the_folder,
    c09_a_contact_and_a_name_lead_to_the_files,
    c09_a_rename_to_a_taken_name_shows_it,
    c09_another_faces_rename_is_the_name_everywhere,
    c09_equal_names_made_at_once_are_all_kept,
);

/// Three files called the same: two of contact 7, one of contact 8.
async fn passports(desk: &Desk) -> Vec<i64> {
    let mut nos = Vec::new();
    for contact in [7, 8, 7] {
        nos.push(desk.keap.file("passport.pdf", b"x", Place::Contact(contact)).await);
    }
    nos
}

async fn c09_equal_names_stay_in_keap_and_are_unique_in_the_folder(setup: Setup) {
    let desk = Desk::open(setup).await;
    let nos = passports(&desk).await;
    for (no, own) in nos.iter().zip(["passport.pdf", "passport-1.pdf", "passport-2.pdf"]) {
        assert_eq!(desk.keap.v1(*no).await["file_name"], "passport.pdf");
        assert_eq!(desk.keap.v2(*no).await["file_name"], "passport.pdf");
        let told = native(&desk, *no).await;
        assert_eq!((&told["name"], &told["title"]), (&json!(own), &json!("passport.pdf")), "{told}");
        let hubspot = desk.native.get(&format!("/files/v3/files/{no}")).ask().await.expect(200);
        assert_eq!(hubspot["name"], own.trim_end_matches(".pdf"));
        let url = desk.keap.v1(*no).await["download_url"].as_str().unwrap().to_owned();
        let disposition = desk.anybody(&url).await.header("content-disposition").to_owned();
        assert!(disposition.contains("passport.pdf"), "{disposition}");
    }
    let mut listed = names(&desk.native, "/v1/files").await;
    listed.sort();
    assert_eq!(listed, ["passport-1.pdf", "passport-2.pdf", "passport.pdf"]);
    desk.stop().await;
}

async fn c09_a_contact_and_a_name_lead_to_the_files(setup: Setup) {
    let desk = Desk::open(setup).await;
    let nos = passports(&desk).await;
    for (contact, wanted) in [(7, vec![nos[0], nos[2]]), (8, vec![nos[1]]), (9, vec![])] {
        for name in ["passport.pdf", "PASSPORT.PDF", "pass*"] {
            assert_eq!(desk.keap.list1(&format!("contact_id={contact}&name={name}")).await, wanted);
            assert_eq!(desk.keap.filtered(&format!("contact_id=={contact};file_name=={name}")).await, wanted);
            let like = name.replace('*', "%");
            let tests = vec![("ContactId", contact.into()), ("FileName", like.as_str().into())];
            assert_eq!(desk.keap.query(tests).await, wanted);
        }
        assert!(desk.keap.list1(&format!("contact_id={contact}&name=passport-1.pdf")).await.is_empty());
    }
    desk.stop().await;
}

async fn c09_a_rename_to_a_taken_name_shows_it(setup: Setup) {
    let desk = Desk::open(setup).await;
    let taken = desk.keap.file("a.txt", b"x", Place::Company).await;
    let no = desk.keap.file("b.txt", b"x", Place::Company).await;
    for way in 0..3 {
        match way {
            0 => drop(desk.keap.put(&format!("{V1}/{no}"), &json!({ "file_name": "a.txt" })).await.expect(200)),
            1 => {
                let form = reqwest::multipart::Form::new().text("file_name", "a.txt");
                desk.keap.form(&format!("{}/{no}", super::desk::V2), form).await.expect(200);
            }
            _ => drop(desk.keap.call("FileService.renameFile", [no.into(), "a.txt".into()]).await.unwrap()),
        }
        assert_eq!(desk.keap.v1(no).await["file_name"], "a.txt");
        assert_eq!(native(&desk, no).await["name"], "a-1.txt");
        assert_eq!(desk.keap.list1("name=a.txt").await, [taken, no]);
        desk.keap.put(&format!("{V1}/{no}"), &json!({ "file_name": "b.txt" })).await.expect(200);
        let own = native(&desk, no).await;
        assert_eq!(own["name"], "b.txt");
        assert!(own["title"].is_null() || own["title"] == "b.txt", "{own}");
    }
    desk.stop().await;
}

async fn c09_another_faces_rename_is_the_name_everywhere(setup: Setup) {
    let desk = Desk::open(setup).await;
    let nos = passports(&desk).await;
    let rename = desk.native.patch(&format!("/v1/files/{}", nos[1])).json(&json!({ "name": "visa.pdf" }));
    rename.ask().await.expect(200);
    assert_eq!(desk.keap.v1(nos[1]).await["file_name"], "visa.pdf");
    assert_eq!(desk.keap.list1("name=passport.pdf").await, [nos[0], nos[2]]);
    desk.keap.delete(&format!("{V1}/{}", nos[2])).await.expect(204);
    desk.native.post(&format!("/v1/files/{}/restore", nos[2])).ask().await.expect(200);
    assert_eq!(desk.keap.v1(nos[2]).await["file_name"], "passport.pdf", "a title outlives the trash");
    desk.stop().await;
}

async fn c09_equal_names_made_at_once_are_all_kept(setup: Setup) {
    let desk = Desk::open(setup).await;
    let puts = (0..16).map(|no: i64| desk.keap.file("same.txt", b"x", Place::Contact(no % 3 + 1)));
    let nos: std::collections::BTreeSet<i64> = futures_util::future::join_all(puts).await.into_iter().collect();
    assert_eq!(nos.len(), 16);
    assert_eq!(desk.keap.list1("name=same.txt").await, nos.iter().copied().collect::<Vec<_>>());
    let own: std::collections::BTreeSet<String> = names(&desk.native, "/v1/files").await.into_iter().collect();
    assert_eq!(own.len(), 16);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}
