//! One store: what one face takes in all faces give, byte by byte; replacements, the trash and versions are one.

use super::desk::{Desk, Keap, V1, V2, noise};
use super::face::{Face, native, number, readings};
use super::xml::Xml;
use crate::native::{list, names, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    a_file_of_any_face_is_byte_equal_through_all_others,
    a_replacement_through_any_face_shows_in_all_and_keeps_the_old_bytes,
    c23_the_trash_is_one_and_what_comes_back_is_back_on_all,
    a_rename_and_a_publication_through_one_face_show_in_the_others,
    a_file_that_another_face_puts_on_a_contact_is_that_contacts,
    another_account_sees_none_of_it,
);

async fn a_file_of_any_face_is_byte_equal_through_all_others(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all_values: Vec<u8> = (0..=255).collect();
    let sizes = [0, 1, 2, 3, 70 << 10, 3 << 20];
    let contents: Vec<Vec<u8>> = sizes.iter().map(|len| noise(*len)).chain([all_values]).collect();
    for face in Face::ALL {
        for (at, bytes) in contents.iter().enumerate() {
            let name = format!("{face:?}-{at}.bin");
            let no = face.put(&desk, &name, bytes).await;
            for (what, read) in readings(&desk, no).await {
                assert!(read == *bytes, "{name} of {} bytes through {what}", bytes.len());
            }
            let (v1, v2, own) = (desk.keap.v1(no).await, desk.keap.v2(no).await, native(&desk, no).await);
            let told = (v1["file_name"].as_str(), v2["file_name"].as_str(), own["name"].as_str());
            assert_eq!(told, (Some(&*name), Some(&*name), Some(&*name)));
            assert_eq!((number(&v1["file_size"]), number(&v2["file_size"])), (bytes.len() as i64, bytes.len() as i64));
            assert_eq!(
                (&v1["file_box_type"], &v1["contact_id"], &v1["public"]),
                (&json!("Application"), &json!(null), &json!(false))
            );
            assert_eq!(desk.keap.list1(&format!("name={name}&permission=COMPANY")).await, [no]);
            assert_eq!(desk.keap.filtered(&format!("file_name=={name}")).await, [no]);
            assert_eq!(desk.keap.query(vec![("FileName", name.as_str().into())]).await, [no]);
        }
    }
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn a_replacement_through_any_face_shows_in_all_and_keeps_the_old_bytes(setup: Setup) {
    let desk = Desk::open(setup).await;
    let first = noise(1000);
    let no = Face::V1.put(&desk, "a.bin", &first).await;
    let mut contents = vec![first];
    for (at, face) in Face::REPLACING.into_iter().enumerate() {
        let bytes = noise(if at % 2 == 0 { 200_000 + at } else { 10 + at });
        face.replace(&desk, no, &bytes).await;
        for (what, read) in readings(&desk, no).await {
            assert!(read == bytes, "replaced through {face:?}, read through {what}");
        }
        let told = desk.keap.v1(no).await;
        assert_eq!((told["file_name"].as_str(), number(&told["file_size"])), (Some("a.bin"), bytes.len() as i64));
        contents.push(bytes);
    }
    for (no_of_version, bytes) in (1..).zip(&contents) {
        let path = format!("/v1/files/{no}/versions/{no_of_version}/content");
        assert!(desk.native.get(&path).ask().await.body == *bytes, "version {no_of_version}");
    }
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c23_the_trash_is_one_and_what_comes_back_is_back_on_all(setup: Setup) {
    let desk = Desk::open(setup).await;
    for way in 0..5 {
        let name = format!("{way}.bin");
        let no = Face::V2.put(&desk, &name, &noise(100)).await;
        let id = native(&desk, no).await["id"].as_str().unwrap().to_owned();
        match way {
            0 => drop(desk.keap.delete(&format!("{V1}/{no}")).await.expect(204)),
            1 => drop(desk.keap.delete(&format!("{V2}/{no}")).await.expect(204)),
            2 => drop(desk.native.delete(&format!("/v1/files/{no}")).ask().await.expect(204)),
            3 => drop(desk.native.delete(&format!("/files/v3/files/{no}")).ask().await.expect(204)),
            _ => {
                let request = desk.native.delete("/v1.0/files").json(&json!([{ "uuid": id }]));
                assert!(request.ask().await.status.is_success());
            }
        }
        desk.keap.get(&format!("{V1}/{no}")).await.expect(404);
        desk.keap.get(&format!("{V2}/{no}:data")).await.expect(404);
        assert_eq!(desk.keap.call("FileService.getFile", [no.into()]).await.unwrap_err().0, 5);
        assert!(desk.keap.list1("").await.is_empty() && desk.keap.query(vec![]).await.is_empty());
        assert_eq!(names(&desk.native, "/v1/trash").await, [name.as_str()]);
        let restored = match way % 2 {
            0 => desk.native.post(&format!("/v1/files/{no}/restore")).ask().await,
            _ => desk.native.post("/v1.0/files/restore").json(&json!([{ "uuid": id }])).ask().await,
        };
        assert!(restored.status.is_success(), "{}", restored.text());
        for (what, read) in readings(&desk, no).await {
            assert!(read == noise(100), "{what}");
        }
        assert_eq!(desk.keap.list1("").await, [no]);
        // An erase is the end of it, for every face.
        desk.native.delete(&format!("/v1/files/{no}?erase=true")).ask().await.expect(204);
        desk.keap.get(&format!("{V1}/{no}")).await.expect(404);
        assert!(list(&desk.native, "/v1/trash").await.is_empty());
    }
    desk.stop().await;
}

async fn a_rename_and_a_publication_through_one_face_show_in_the_others(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = Face::V1.put(&desk, "a.txt", b"hello").await;
    let own = desk.native.patch(&format!("/v1/files/{no}"));
    own.json(&json!({ "name": "b.txt", "access": "public_not_indexable" })).ask().await.expect(200);
    let (v1, v2) = (desk.keap.v1(no).await, desk.keap.v2(no).await);
    assert_eq!((&v1["file_name"], &v1["public"]), (&json!("b.txt"), &json!(true)));
    assert_eq!((&v2["file_name"], &v2["is_public"]), (&json!("b.txt"), &json!(true)));
    let hubspot =
        desk.native.patch(&format!("/files/v3/files/{no}")).json(&json!({ "name": "c", "access": "PRIVATE" }));
    hubspot.ask().await.expect(200);
    let v1 = desk.keap.v1(no).await;
    assert_eq!((&v1["file_name"], &v1["public"]), (&json!("c.txt"), &json!(false)));
    desk.keap.call("FileService.renameFile", [no.into(), "d.txt".into()]).await.unwrap();
    desk.keap.put(&format!("{V1}/{no}"), &json!({ "is_public": true })).await.expect(200);
    let own = native(&desk, no).await;
    assert_eq!((&own["name"], &own["access"]), (&json!("d.txt"), &json!("public_not_indexable")));
    let hubspot = desk.native.get(&format!("/files/v3/files/{no}")).ask().await.expect(200);
    assert_eq!((&hubspot["name"], &hubspot["access"]), (&json!("d"), &json!("PUBLIC_NOT_INDEXABLE")));
    desk.stop().await;
}

async fn a_file_that_another_face_puts_on_a_contact_is_that_contacts(setup: Setup) {
    let desk = Desk::open(setup).await;
    let user = desk.user(2, "keap:user").await;
    let no = Face::Native.put(&desk, "a.txt", b"hello").await;
    user.get(&format!("{V1}/{no}")).await.expect(403);
    let link = format!("/v1/records/contact/7/files/{no}");
    assert!(desk.native.put(&link).ask().await.status.is_success());
    assert_eq!(user.v1(no).await["contact_id"], 7);
    assert_eq!(user.query(vec![("ContactId", 7.into())]).await, [no]);
    assert_eq!(user.filtered("contact_id==7").await, [no]);
    assert!(desk.native.delete(&link).ask().await.status.is_success());
    user.get(&format!("{V1}/{no}")).await.expect(403);
    assert_eq!(desk.keap.v1(no).await["contact_id"], json!(null));

    let made = Face::V1.put(&desk, "b.txt", b"hello").await;
    let body = json!({ "file_association": "CONTACT", "contact_id": 9 });
    desk.keap.put(&format!("{V1}/{made}"), &body).await.expect(200);
    let listed = list(&desk.native, "/v1/records/contact/9/files").await;
    assert_eq!(listed.len(), 1);
    let own = desk.native.put(&format!("/v1/records/deal/3/files/{no}")).ask().await;
    assert!(own.status.is_success());
    assert_eq!(desk.keap.v1(no).await["contact_id"], json!(null), "a deal is no contact");
    let word = desk.native.put(&format!("/v1/records/contact/anna/files/{no}")).ask().await;
    assert!(word.status.is_success());
    let told = user.v1(no).await;
    assert_eq!((&told["contact_id"], &told["file_box_type"]), (&json!(null), &json!("Contact")), "no number to show");
    desk.stop().await;
}

async fn another_account_sees_none_of_it(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = Face::V1.put(&desk, "a.txt", b"hello").await;
    let other = Keap::of(desk.app.other_account("other").await);
    other.get(&format!("{V1}/{no}")).await.expect(404);
    other.get(&format!("{V2}/{no}:data")).await.expect(404);
    assert_eq!(other.call("FileService.getFile", [no.into()]).await.unwrap_err().0, 5);
    assert!(
        other.list1("").await.is_empty() && other.list2("").await.is_empty() && other.query(vec![]).await.is_empty()
    );
    let count = other.call("DataService.count", ["FileBox".into(), Xml::Record(vec![])]).await.unwrap();
    assert_eq!(count.int(), 0);
    // Two accounts may use the same number.
    assert_eq!(other.file("theirs.txt", b"x", super::desk::Place::Company).await, 1);
    assert_eq!(desk.keap.v1(no).await["file_name"], "a.txt");
    desk.stop().await;
}
