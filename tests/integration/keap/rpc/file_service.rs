//! `FileService`: files in, out, replaced and renamed.

use crate::keap::desk::{Desk, Place, V1, noise};
use crate::keap::xml::Xml;
use crate::native::on_both_engines;
use attache_tests::Setup;
use std::time::Duration;

on_both_engines!(
    a_file_goes_in_and_comes_out_at_every_length,
    c15_what_an_upload_is_given_is_told_by_its_types,
    c15_no_contact_is_the_company_and_needs_its_right,
    c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not,
    c09_names_may_be_equal_and_are_trimmed_and_judged,
    c16_base64_comes_in_every_spelling_and_nothing_else_does,
    a_link_downloads_what_it_names,
    a_replacement_changes_content_and_time_and_a_rename_the_name_alone,
);

async fn content(desk: &Desk, no: i64) -> Vec<u8> {
    desk.keap.call("FileService.getFile", [no.into()]).await.unwrap().bytes()
}

async fn a_file_goes_in_and_comes_out_at_every_length(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [0, 1, 2, 3, 4, 47, 48, 49, 65_535, 65_536, 65_537, 200_000, 3 << 20] {
        let bytes = noise(len);
        for sent in [Xml::content(&bytes), Xml::Bytes(bytes.clone())] {
            let args = [7.into(), "a.bin".into(), sent];
            let no = desk.keap.call("FileService.uploadFile", args).await.unwrap().int();
            assert!(content(&desk, no).await == bytes, "{len}");
            assert_eq!(desk.keap.v1(no).await["file_size"], len);
        }
    }
    desk.stop().await;
}

async fn c15_what_an_upload_is_given_is_told_by_its_types(setup: Setup) {
    let desk = Desk::open(setup).await;
    let data = || Xml::content(b"hello");
    for (args, contact) in [
        (vec![Xml::Int(7), "a.txt".into(), data()], Some(7)),
        (vec!["a.txt".into(), data()], None),
        (vec!["a.txt".into(), data(), Xml::Int(7)], Some(7)),
        (vec![Xml::Int(7), "a.txt".into(), Xml::Bytes(b"hello".to_vec())], Some(7)),
        (vec!["a.txt".into(), Xml::Bytes(b"hello".to_vec())], None),
        (vec!["a.txt".into(), Xml::Bytes(b"hello".to_vec()), Xml::Int(7)], Some(7)),
        (vec![Xml::Int(0), "a.txt".into(), data()], None),
        (vec![Xml::Int(-1), "a.txt".into(), data()], None),
        (vec![Xml::Nil, "a.txt".into(), data()], None),
    ] {
        let no = desk.keap.call("FileService.uploadFile", args.clone()).await.unwrap().int();
        let file = desk.keap.v1(no).await;
        assert_eq!(file["contact_id"].as_i64(), contact, "{args:?}");
        assert_eq!((file["file_name"].as_str(), file["public"].as_bool()), (Some("a.txt"), Some(false)));
        assert_eq!(content(&desk, no).await, b"hello", "{args:?}");
    }
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for args in [
        vec![],
        vec!["a.txt".into()],
        vec![Xml::Int(7), Xml::Int(8), Xml::Int(9)],
        vec![Xml::Int(7), "a.txt".into()],
        vec![Xml::Record(vec![]), "a.txt".into(), data()],
        vec![Xml::Bool(true), "a.txt".into(), data()],
        vec![Xml::Int(7), "a.txt".into(), data(), Xml::Int(1)],
        vec![Xml::Int(7), "a.txt".into(), Xml::list(["x"])],
    ] {
        let (code, text) = desk.keap.call("FileService.uploadFile", args.clone()).await.unwrap_err();
        assert_eq!(code, 0, "{args:?}: {text}");
        assert!(text.starts_with("No method matching arguments: java.lang.String"), "{text}");
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn c15_no_contact_is_the_company_and_needs_its_right(setup: Setup) {
    let desk = Desk::open(setup).await;
    let user = desk.user(2, "keap:user").await;
    let data = || Xml::content(&noise(100_000));
    let to_contact = user.call("FileService.uploadFile", [7.into(), "a.txt".into(), data()]).await.unwrap();
    assert_eq!(user.v1(to_contact.int()).await["created_by"], 2);
    for args in [
        vec!["a.txt".into(), data()],
        vec![Xml::Int(0), "a.txt".into(), data()],
        vec![Xml::Nil, "a.txt".into(), data()],
        vec!["a.txt".into(), Xml::content(b"small")],
        vec!["a.txt".into(), data(), Xml::Int(-5)],
    ] {
        let (code, text) = user.call("FileService.uploadFile", args).await.unwrap_err();
        assert_eq!(code, 14, "{text}");
    }
    assert_eq!(crate::native::list(&desk.native, "/v1/files").await.len(), 1);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = 200_000)).await;
    let kept = desk.keap.file("kept.txt", b"kept", Place::Contact(7)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for sent in [Xml::content(&noise(200_001)), Xml::Bytes(noise(200_001))] {
        let args = [7.into(), "a.bin".into(), sent.clone()];
        let (code, text) = desk.keap.call("FileService.uploadFile", args).await.unwrap_err();
        assert_eq!(code, 12, "{text}");
        let (code, text) = desk.keap.call("FileService.replaceFile", [kept.into(), sent]).await.unwrap_err();
        assert_eq!(code, 12, "{text}");
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    let args = [7.into(), "a.bin".into(), Xml::content(&noise(200_000))];
    let no = desk.keap.call("FileService.uploadFile", args).await.unwrap().int();
    assert!(content(&desk, no).await == noise(200_000));
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c09_names_may_be_equal_and_are_trimmed_and_judged(setup: Setup) {
    let desk = Desk::open(setup).await;
    let upload =
        async |name: &str| desk.keap.call("FileService.uploadFile", [7.into(), name.into(), Xml::content(b"x")]).await;
    let [first, second] = [upload(" a b.txt ").await.unwrap().int(), upload("a b.txt").await.unwrap().int()];
    for no in [first, second] {
        assert_eq!(desk.keap.v1(no).await["file_name"], "a b.txt");
    }
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for bad in ["", "  ", "a/b.txt", "a\\b.txt", "..", &"n".repeat(256)] {
        let (code, text) = upload(bad).await.unwrap_err();
        assert_eq!(code, 12, "{text}");
        let (code, text) = desk.keap.call("FileService.renameFile", [first.into(), bad.into()]).await.unwrap_err();
        assert_eq!(code, 12, "{text}");
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    assert!(upload(&"n".repeat(255)).await.is_ok());
    desk.stop().await;
}

async fn c16_base64_comes_in_every_spelling_and_nothing_else_does(setup: Setup) {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let desk = Desk::open(setup).await;
    let all: Vec<u8> = (0..=255).collect();
    for bytes in [&all[..], &all[..255], &all[..254], b"a", &noise(70_000)] {
        let lines = |text: String| -> String {
            text.as_bytes().chunks(76).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect()
        };
        let texts = [
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            lines(STANDARD.encode(bytes)),
            format!("\n {} \t", STANDARD.encode(bytes)),
        ];
        for text in texts {
            for tag in ["string", "base64"] {
                let sent = Xml::Raw(format!("<value><{tag}>{text}</{tag}></value>"));
                let no = desk.keap.call("FileService.uploadFile", [7.into(), "a".into(), sent]).await.unwrap().int();
                assert!(content(&desk, no).await == bytes, "{tag}");
            }
        }
    }
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for bad in ["data:image/png;base64,QUJD", "QUJ*", "A", "QUJDR", "QQ==QQ==", "QQ=Q", "QR==", "\u{e9}"] {
        for tag in ["string", "base64"] {
            let sent = Xml::Raw(format!("<value><{tag}>{bad}</{tag}></value>"));
            let (code, text) =
                desk.keap.call("FileService.uploadFile", [7.into(), "a".into(), sent]).await.unwrap_err();
            assert_eq!(code, 12, "{tag} {bad}: {text}");
        }
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn a_link_downloads_what_it_names(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(100_000);
    let no = desk.keap.file("a.bin", &bytes, Place::Contact(7)).await;
    for id in [no.into(), Xml::from(no.to_string().as_str())] {
        let url = desk.keap.call("FileService.getDownloadUrl", [id]).await.unwrap();
        assert!(desk.anybody(url.text()).await.body == bytes);
    }
    desk.keap.put(&format!("{V1}/{no}"), &serde_json::json!({ "is_public": true })).await.expect(200);
    let url = desk.keap.call("FileService.getDownloadUrl", [no.into()]).await.unwrap();
    assert_eq!(url.text(), desk.keap.v1(no).await["download_url"]);
    assert!(url.text().ends_with("-v2"), "{url:?}");
    desk.stop().await;
}

async fn a_replacement_changes_content_and_time_and_a_rename_the_name_alone(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let before = desk.keap.v1(no).await;
    desk.pass(Duration::from_secs(5));
    for (bytes, id) in [(noise(70_000), no.into()), (noise(3), Xml::from(no.to_string().as_str()))] {
        for sent in [Xml::content(&bytes), Xml::Bytes(bytes.clone())] {
            let told = desk.keap.call("FileService.replaceFile", [Xml::clone(&id), sent]).await.unwrap();
            assert_eq!(told, Xml::Bool(true));
            assert!(content(&desk, no).await == bytes);
        }
    }
    let replaced = desk.keap.v1(no).await;
    // Each change has a time of its own, also within one moment.
    assert!(replaced["last_updated"].as_str().unwrap().starts_with("2026-01-31T12:00:05.00"), "{replaced}");
    for key in ["id", "file_name", "contact_id", "date_created", "remote_file_key", "public"] {
        assert_eq!(replaced[key], before[key], "{key}");
    }
    let told = desk.keap.call("FileService.renameFile", [no.into(), "b.PDF".into()]).await.unwrap();
    assert_eq!(told, Xml::Bool(true));
    let renamed = desk.keap.v1(no).await;
    assert_eq!((&renamed["file_name"], &renamed["file_size"]), (&"b.PDF".into(), &3.into()));
    let args = ["FileBox".into(), no.into(), Xml::list(["Extension"])];
    assert_eq!(desk.keap.call("DataService.load", args).await.unwrap().field("Extension").text(), "pdf");
    desk.stop().await;
}
