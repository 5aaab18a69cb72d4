//! C22: a new file may be sent under an `Idempotency-Key`; then sending it again makes no second one. Keap has no such
//! header, and nobody has to send it.

use super::desk::{Desk, Keap, Place, V1, V2, noise, upload_body};
use crate::native::{list, on_both_engines};
use attache_core::{Answer as Standing, Credential, Destination, Expect, NewFile, NewName, OnceKey};
use attache_model::Name;
use attache_model::id::FolderRef;
use attache_model::link::Record;
use attache_model::token::Secret;
use attache_tests::{Answer, Setup};
use futures_util::future::join_all;
use reqwest::Method;
use std::collections::HashSet;

on_both_engines!(
    c22_the_same_request_again_gets_the_first_answer_and_makes_nothing,
    c22_another_request_under_the_key_is_refused_with_400_and_the_first_stays,
    c22_of_ten_requests_under_one_key_one_is_carried_out,
    c22_a_file_whose_answer_was_lost_is_told_again,
    c22_a_key_says_nothing_to_another_account_or_user,
    c22_a_refused_request_does_not_use_its_key_up,
    c22_without_a_key_a_repetition_makes_a_second_file,
);

/// An upload to one of the two faces that take keys.
#[derive(Clone, Copy, Debug)]
enum Face {
    V1,
    V2,
}

const FACES: [Face; 2] = [Face::V1, Face::V2];

impl Face {
    /// The status of an upload that is carried out.
    fn made(self) -> u16 {
        match self {
            Face::V1 => 200,
            Face::V2 => 201,
        }
    }

    fn other(self) -> Face {
        match self {
            Face::V1 => Face::V2,
            Face::V2 => Face::V1,
        }
    }

    /// A file's number in an answer.
    fn number(self, answer: &Answer) -> i64 {
        let json = answer.expect(self.made());
        match self {
            Face::V1 => json["file_descriptor"]["id"].as_i64().unwrap(),
            Face::V2 => json["id"].as_str().unwrap().parse().unwrap(),
        }
    }

    /// The same words each time: a form of a client's library has another boundary in each request.
    async fn send(self, keap: &Keap, key: Option<&str>, name: &str, bytes: &[u8], place: Place) -> Answer {
        let (path, kind, body) = match self {
            Face::V1 => (V1, "application/json", upload_body(name, bytes, place).to_string().into_bytes()),
            Face::V2 => (V2, "multipart/form-data; boundary=b", form(name, bytes, place)),
        };
        let with_key = |request: reqwest::RequestBuilder| match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        keap.ask(Method::POST, path, |request| with_key(request).header("Content-Type", kind).body(body)).await
    }
}

fn form(name: &str, bytes: &[u8], place: Place) -> Vec<u8> {
    let contact = place.contact().map(|no| no.to_string());
    let texts =
        [("file_name", Some(name)), ("file_association", Some(place.word())), ("contact_id", contact.as_deref())];
    let mut form = String::new();
    for (field, text) in texts.iter().filter_map(|(field, text)| Some((field, (*text)?))) {
        form += &format!("--b\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
    }
    form += "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n";
    [form.as_bytes(), bytes, b"\r\n--b--\r\n"].concat()
}

async fn c22_the_same_request_again_gets_the_first_answer_and_makes_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (face, len) in FACES.into_iter().zip([10, 300_000]).chain(FACES.into_iter().zip([300_000, 10])) {
        let key = format!("{face:?}-{len}");
        let bytes = noise(len);
        let send = || face.send(&desk.keap, Some(&key), "a.bin", &bytes, Place::Contact(7));
        let (first, again) = (send().await, send().await);
        assert_eq!(first.header("idempotency-replayed"), "");
        assert_eq!(face.number(&first), face.number(&again));
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 4);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}

async fn c22_another_request_under_the_key_is_refused_with_400_and_the_first_stays(setup: Setup) {
    let desk = Desk::open(setup).await;
    for face in FACES {
        let key = format!("{face:?}");
        let first = face.number(&face.send(&desk.keap, Some(&key), "a.txt", b"first", Place::Company).await);
        for (other, name, bytes) in
            [(face, "a.txt", "other"), (face, "b.txt", "first"), (face.other(), "a.txt", "first")]
        {
            let refused = other.send(&desk.keap, Some(&key), name, bytes.as_bytes(), Place::Company).await;
            let message = refused.expect(400)["message"].as_str().unwrap().to_owned();
            assert!(message.starts_with("Idempotency-Key: the key was used for another request"), "{message}");
        }
        assert_eq!(desk.keap.v1(first).await["file_name"], "a.txt");
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    desk.stop().await;
}

async fn c22_of_ten_requests_under_one_key_one_is_carried_out(setup: Setup) {
    let desk = Desk::open(setup).await;
    for face in FACES {
        let key = format!("{face:?}");
        let bytes = noise(100_000);
        let all = (0..10).map(|_| face.send(&desk.keap, Some(&key), "a.bin", &bytes, Place::User));
        let answers = join_all(all).await;
        // Whoever comes while the first one is at work is told so.
        let (busy, made): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 409);
        assert!(busy.iter().all(|answer| answer.json()["message"].is_string()));
        let numbers: HashSet<_> = made.iter().map(|answer| face.number(answer)).collect();
        assert_eq!(numbers.len(), 1, "{face:?}");
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    desk.stop().await;
}

async fn c22_a_file_whose_answer_was_lost_is_told_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    let core = desk.app.core();
    let token = Credential::Token(Secret::new(desk.keap.0.token().unwrap()));
    let caller = core.admit(&token).await.unwrap();
    for face in FACES {
        let key = format!("{face:?}");
        // As after a crash between the commit and the answer: the change is committed with its key's mark.
        let Standing::Fresh(once) = core.once(&caller, &OnceKey::new(&key).unwrap()).await.unwrap() else {
            panic!("the key is fresh")
        };
        let reach = core.reach(&caller).unwrap();
        let staged = reach.stage(b"bytes".to_vec().into(), &Expect::at_most(10)).await.unwrap();
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("a.txt").unwrap()));
        let contact = Destination::Contact(Record::new("contact", "7").unwrap());
        let made = once.hold(reach.put_file(new, contact, staged)).await.unwrap().unwrap().file.no.0;
        drop(once);

        let answer = face.send(&desk.keap, Some(&key), "a.txt", b"bytes", Place::Contact(7)).await;
        assert_eq!(face.number(&answer), made, "{face:?}");
        let shown = match face {
            Face::V1 => (desk.keap.v1(made).await, answer.json()["file_descriptor"].clone()),
            Face::V2 => (desk.keap.v2(made).await, answer.json()),
        };
        assert_eq!(shown.0["file_name"], shown.1["file_name"]);
        assert_eq!(shown.0["contact_id"], shown.1["contact_id"]);
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    desk.stop().await;
}

async fn c22_a_key_says_nothing_to_another_account_or_user(setup: Setup) {
    let desk = Desk::open(setup).await;
    let theirs = desk.app.other_account("other").await;
    let other = Keap::of(theirs.with_token(Some(desk.app.token("other", "keap:full").await)));
    let colleague = desk.user(2, "keap:user").await;
    for face in FACES {
        let key = format!("{face:?}");
        let send = |keap| face.send(keap, Some(&key), "mine.txt", b"x", Place::User);
        face.number(&send(&desk.keap).await);
        let elsewhere = send(&other).await;
        face.number(&elsewhere);
        assert_eq!(elsewhere.header("idempotency-replayed"), "");
        // A user of the same account would be shown a file that is another's alone.
        let refused = send(&colleague).await;
        refused.expect(400);
        assert!(!refused.text().contains("mine.txt"));
    }
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    assert_eq!(list(&theirs, "/v1/files").await.len(), 2);
    desk.stop().await;
}

async fn c22_a_refused_request_does_not_use_its_key_up(setup: Setup) {
    let desk = Desk::open(setup).await;
    for face in FACES {
        let key = format!("{face:?}");
        face.send(&desk.keap, Some(&key), "", b"x", Place::Company).await.expect(400);
        face.number(&face.send(&desk.keap, Some(&key), "a.txt", b"x", Place::Company).await);
        let long = format!("{key}{}", "k".repeat(254));
        face.send(&desk.keap, Some(&long), "a.txt", b"x", Place::Company).await.expect(400);
        face.number(&face.send(&desk.keap, Some(&long[1..]), "a.txt", b"x", Place::Company).await);
    }
    desk.stop().await;
}

async fn c22_without_a_key_a_repetition_makes_a_second_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    for face in FACES {
        let first = face.send(&desk.keap, None, "a.txt", b"x", Place::Company).await;
        let again = face.send(&desk.keap, None, "a.txt", b"x", Place::Company).await;
        assert_ne!(face.number(&first), face.number(&again));
    }
    desk.stop().await;
}
