//! Receiving: what becomes of a file that is sent by an intake's link, and what leaves nothing.

use super::{new, record, send};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Body, CheckPlan, Condition, NewIntake, SentFile};
use attache_model::error::{Code, QuotaKind};
use attache_model::file::Source;
use attache_model::link::Origin;
use attache_model::{Access, Error, FolderRef, Scope, UserNo, What};
use futures_util::stream;
use std::io;
use std::time::{Duration, Instant};

on_both_engines!(
    a_file_lands_on_the_record_in_its_makers_name,
    names_follow_the_template_and_are_numbered_when_taken,
    the_sent_name_is_taken_where_there_is_no_template,
    a_name_that_no_file_may_have_is_refused,
    a_file_of_the_limit_comes_in_and_one_byte_more_leaves_nothing,
    an_empty_file_is_refused,
    types_are_looked_at_in_words_and_in_bytes,
    a_cut_upload_leaves_nothing,
    a_full_account_takes_nothing_and_counts_nothing,
    hidden_files_are_seen_by_those_alone_who_may,
    files_of_a_deleted_folder_come_to_the_root,
    an_erased_file_leaves_nothing_but_its_count,
    a_link_that_was_changed_leads_nowhere,
);

/// Bytes that are a picture.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";

async fn a_file_lands_on_the_record_in_its_makers_name(home: Home) {
    let maker = home.user(7, &[Scope::FilesRead, Scope::FilesWrite]).await;
    let plan = NewIntake { role: "passport".into(), folder: FolderRef::Path("/in".into()), ..new() };
    let intake = home.core.edit(&maker).unwrap().make_intake(plan).await.unwrap();
    let receipt = home.send(&intake, "scan.png", PNG).await.unwrap();
    assert_eq!((receipt.size, receipt.left), (PNG.len() as u64, 9));
    let [(link, file)] = home.on_record().await.try_into().unwrap();
    assert_eq!((link.origin, link.role.as_str(), link.visible), (Origin::Intake, "passport", true));
    assert_eq!((file.source, file.access, file.created_by), (Source::Intake, Access::Private, UserNo(7)));
    assert_eq!((file.path().as_str(), file.version.media_type.as_str()), ("/in/scan.png", "image/png"));
    let events = home.maker().events(0, 10).await.unwrap();
    let words: Vec<_> = events.iter().map(|event| event.kind.word()).collect();
    let wanted = ["folder.created", "intake.created", "file.created", "file.linked", "intake.received"];
    assert_eq!(words, wanted);
    let last = &events[4];
    assert_eq!((last.file, last.record.as_str(), last.actor), (Some(file.no), "contact/42", UserNo(7)));
    assert_eq!(home.received(&intake).await, 1);
}

async fn names_follow_the_template_and_are_numbered_when_taken(home: Home) {
    let plan = NewIntake { file_name: "{record}-passport".into(), ..new() };
    let passports = home.intake(plan).await;
    for sent in ["IMG_1.jpg", "IMG_2.jpg", "scan", "x.weird9"] {
        home.send(&passports, sent, if sent == "scan" { PNG } else { b"x" }).await.unwrap();
    }
    let numbered = home.intake(NewIntake { file_name: "{date} {type} {id} {number} {name}".into(), ..new() }).await;
    home.send(&numbered, "a b.txt", b"1").await.unwrap();
    home.send(&numbered, "a b.txt", b"2").await.unwrap();
    let wanted = [
        "contact-42-passport.jpg",
        "contact-42-passport-1.jpg",
        "contact-42-passport.png",
        "contact-42-passport.weird9",
        "2027-01-15 contact 42 1 a b.txt",
        "2027-01-15 contact 42 2 a b.txt",
    ];
    assert_eq!(home.names().await, wanted);
}

async fn the_sent_name_is_taken_where_there_is_no_template(home: Home) {
    let intake = home.intake(new()).await;
    for sent in ["C:\\fakepath\\Lease.PDF", "lease.pdf ", "", "{record}.txt", "Lease.PDF"] {
        home.send(&intake, sent, b"x").await.unwrap();
    }
    assert_eq!(home.names().await, ["Lease.PDF", "lease.pdf", "file", "{record}.txt", "Lease-1.PDF"]);
}

async fn a_name_that_no_file_may_have_is_refused(home: Home) {
    let intake = home.intake(new()).await;
    for bad in ["a\0.txt", "a\u{202e}gpj.exe", &"x".repeat(256)] {
        let told = home.send(&intake, bad, b"x").await.unwrap_err();
        assert!(matches!(told, Error::Invalid { code: Code::NameInvalid, .. }), "{bad:?}: {told}");
    }
    nothing_came(&home).await;
}

async fn a_file_of_the_limit_comes_in_and_one_byte_more_leaves_nothing(home: Home) {
    for limit in [10, 5000] {
        let intake = home.intake(NewIntake { max_bytes: Some(limit as u64), ..new() }).await;
        let told = home.send(&intake, "a.txt", &vec![7; limit + 1]).await.unwrap_err();
        assert!(matches!(told, Error::TooLarge { code: Code::FileTooLarge, limit: l } if l == limit as u64), "{told}");
        assert_eq!(home.received(&intake).await, 0);
        home.send(&intake, "a.txt", &vec![7; limit]).await.unwrap();
    }
    assert_eq!(home.on_record().await.len(), 2);
}

async fn an_empty_file_is_refused(home: Home) {
    let intake = home.intake(new()).await;
    let told = home.send(&intake, "a.txt", b"").await.unwrap_err();
    assert!(matches!(told, Error::Invalid { code: Code::SizeInvalid, .. }), "{told}");
    nothing_came(&home).await;
}

async fn types_are_looked_at_in_words_and_in_bytes(home: Home) {
    let types = vec![String::from("image/*"), String::from(".csv")];
    let intake = home.intake(NewIntake { types, ..new() }).await;
    let mut sender = home.sender(&intake).await;
    for (name, declared, content) in [
        ("page.html", Some("image/png"), HTML),
        ("page.png", Some("image/png"), HTML),
        ("page.png", None, HTML),
        ("page.html", Some("text/html"), HTML),
        ("photo.png", Some("text/html"), PNG),
        ("words.txt", None, b"words"),
    ] {
        let told = send(&mut sender, name, declared, content).await.unwrap_err();
        assert!(matches!(told, Error::Invalid { code: Code::TypeInvalid, .. }), "{name} {declared:?}: {told}");
    }
    nothing_came(&home).await;
    for (name, declared, content) in [
        ("photo.png", Some("image/png"), PNG),
        ("photo", Some("application/octet-stream"), PNG),
        ("odd.png", Some("nonsense"), PNG),
        ("table.csv", Some("application/vnd.ms-excel"), &b"a,b\n"[..]),
    ] {
        send(&mut sender, name, declared, content).await.unwrap();
    }
    assert_eq!(home.names().await, ["photo.png", "photo-1.png", "odd.png", "table.csv"]);
}

async fn a_cut_upload_leaves_nothing(home: Home) {
    let intake = home.intake(new()).await;
    for len in [10, 100_000] {
        let parts = [Ok(vec![1; len].into()), Err(io::Error::from(io::ErrorKind::UnexpectedEof))];
        let sent = SentFile { name: "a.txt".into(), media_type: None };
        let told = home.sender(&intake).await.receive(&sent, Body::new(stream::iter(parts), None)).await.unwrap_err();
        assert!(matches!(told, Error::Cut), "{told}");
    }
    assert_eq!(home.received(&intake).await, 0);
    nothing_came(&home).await;
}

async fn a_full_account_takes_nothing_and_counts_nothing(home: Home) {
    let intake = home.intake(new()).await;
    let quota = attache_model::account::Quota { bytes: Some(10), files: None };
    home.core.manage(&home.owner).unwrap().set_quota(quota).await.unwrap();
    let told = home.send(&intake, "a.txt", &[7; 11]).await.unwrap_err();
    assert!(matches!(told, Error::Quota { which: QuotaKind::Bytes, .. }), "{told}");
    assert_eq!(home.received(&intake).await, 0);
    home.send(&intake, "a.txt", &[7; 10]).await.unwrap();
    assert_eq!(home.received(&intake).await, 1);
}

async fn hidden_files_are_seen_by_those_alone_who_may(home: Home) {
    let intake = home.intake(NewIntake { hidden: true, ..new() }).await;
    home.send(&intake, "a.txt", b"a").await.unwrap();
    assert_eq!((home.on_record().await.len(), home.listed().await), (1, 0));
    let (_, file) = home.on_record().await.remove(0);
    assert_eq!(file.access, Access::HiddenPrivate);
    let plain = home.user(7, &[Scope::FilesRead, Scope::FilesWrite]).await;
    let view = home.core.view(&plain).unwrap();
    assert!(view.files_on(&record(), attache_core::Start::First, 10).await.unwrap().items.is_empty());
    assert!(matches!(view.file(file.no).await, Err(Error::NotFound(What::File))));
}

async fn files_of_a_deleted_folder_come_to_the_root(home: Home) {
    let intake = home.intake(NewIntake { folder: FolderRef::Path("/in".into()), ..new() }).await;
    home.core.remove(&home.owner).unwrap().trash_folder(&FolderRef::No(intake.folder)).await.unwrap();
    home.send(&intake, "a.txt", b"a").await.unwrap();
    assert_eq!(home.on_record().await[0].1.path(), "/a.txt");
}

async fn an_erased_file_leaves_nothing_but_its_count(home: Home) {
    let intake = home.intake(new()).await;
    home.send(&intake, "secret-name.txt", b"a").await.unwrap();
    let before = home.maker().intake(intake.id).await.unwrap();
    let (_, file) = home.on_record().await.remove(0);
    home.core.remove(&home.owner).unwrap().erase_file(file.no, Condition::Always).await.unwrap();
    assert_eq!(home.maker().intake(intake.id).await.unwrap(), before);
    assert_eq!((before.received, home.on_record().await.len()), (1, 0));
    let kept = home.ask("SELECT title || note || file_name || types || role FROM intake", 0, 0).await.unwrap();
    assert!(!kept.concat().contains("secret"));
    is_sound(&home).await;
}

async fn a_link_that_was_changed_leads_nowhere(home: Home) {
    let intake = home.intake(new()).await;
    let seal = home.maker().intake_seal(intake.id);
    for place in 0..seal.len() {
        let mut changed = seal.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let told = home.core.visit_intake(&changed).await;
        assert!(changed == seal || matches!(told, Err(Error::NotFound(What::Intake))), "position {place}");
    }
    for other in ["", "x", &seal[1..], "{sealed}"] {
        assert!(matches!(home.core.visit_intake(other).await, Err(Error::NotFound(What::Intake))), "{other}");
    }
    let visitor = home.core.visit_intake(&seal).await.unwrap();
    assert_eq!((visitor.left(), visitor.wants_password()), (10, false));
}

/// No file is anywhere, and no bytes of one.
async fn nothing_came(home: &Home) {
    assert!(home.on_record().await.is_empty());
    assert_eq!(home.happened().await, ["intake.created"]);
    is_sound(home).await;
}

/// The check finds nothing: neither rows without bytes nor bytes without rows.
async fn is_sound(home: &Home) {
    let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
    // Bytes that nobody wants any more are removed beside the request that gave them up.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(120) {
        if home.core.operator().check(plan).await.unwrap().is_clean() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{}", home.core.operator().check(plan).await.unwrap());
}
