//! Files made to hurt whoever makes small pictures of them (rows TH-* of the reliability plan), through every face that
//! has previews. A format that has none is never opened, and each file stays as it was put in.
//!
//! Elsewhere: pictures that lie about their size, cut ones, profiles that unpack to more than memory and places in EXIF
//! (TH-03, TH-05, TH-21, TH-22) in `process` and `link`; sizes that are not listed (TH-17) in `native` and
//! `kommo::preview`.

use super::link::{Server, size};
use super::{liar, photo, png};
use attache_tests::{Ask as _, Process, report};
use futures_util::future::join_all;
use serde_json::Value;

/// Renders that are asked for at once.
const MANY: usize = 100;

/// A name, content made to hurt, and the word of its refusal.
type Hostile = (&'static str, Vec<u8>, &'static str);

fn hostile() -> Vec<Hostile> {
    let unsupported = "preview_unsupported";
    vec![
        // TH-07
        ("delegate.png", b"push graphic-context\nimage over 0,0 0,0 'msl:/etc/passwd'\n".to_vec(), unsupported),
        ("vectors.gif", b"viewbox 0 0 9 9\nfill 'url(https://127.0.0.1/x.jpg\"|id\")'\n".to_vec(), unsupported),
        (
            "script.jpg",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n".to_vec(),
            unsupported,
        ),
        // TH-10
        ("laughs.svg", laughs(), unsupported),
        // TH-11
        ("huge.svg", br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e9 1e9"/>"#.to_vec(), unsupported),
        // TH-12
        ("pages.pdf", pages(100_000), unsupported),
        // TH-14
        ("bomb.docx", zip("word/document.xml", 0xFFFF_FFF0), unsupported),
        // TH-16
        ("slip.zip", zip("../../../../tmp/canary.txt", 4), unsupported),
        // TH-03
        ("liar.jpg", liar(), "preview_too_large"),
        // TH-21
        ("cut.jpg", photo(600, 300)[..4000].to_vec(), "preview_failed"),
    ]
}

/// A drawing whose text unfolds to a thousand million words.
fn laughs() -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE svg [<!ENTITY a0 \"ha\">");
    for no in 1..10 {
        text.push_str(&format!("<!ENTITY a{no} \"{}\">", format!("&a{};", no - 1).repeat(10)));
    }
    text.push_str("]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&a9;</text></svg>");
    text.into_bytes()
}

/// A document of so many pages, all the same one.
fn pages(count: usize) -> Vec<u8> {
    let kids = "3 0 R ".repeat(count);
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    .into_bytes()
}

/// An archive of one entry, called `name`, that says it unpacks to so many bytes.
fn zip(name: &str, unpacked: u32) -> Vec<u8> {
    let about = [
        &8_u16.to_le_bytes()[..],
        &[0; 8],
        &2_u32.to_le_bytes(),
        &unpacked.to_le_bytes(),
        &(name.len() as u16).to_le_bytes(),
        &[0; 2],
    ]
    .concat();
    let local = [&b"PK\x03\x04\x14\0\0\0"[..], &about, name.as_bytes(), &[3, 0]].concat();
    let entry = [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &about, &[0; 12], name.as_bytes()].concat();
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &(entry.len() as u32).to_le_bytes(),
        &(local.len() as u32).to_le_bytes(),
        &[0; 2],
    ]
    .concat();
    [local, entry, end].concat()
}

#[tokio::test]
async fn what_is_made_to_hurt_is_refused_by_every_face_and_still_downloads() {
    let server = Server::start();
    for (name, bytes, word) in hostile() {
        let file = server.upload(name, bytes.clone()).await;
        let native = server.client.get(&format!("/v1/files/{file}/preview?size=thumb")).ask().await;
        native.refused(422, word);
        // HubSpot's link to a size is one to the whole file where the type is no picture's.
        let signed =
            server.client.get(&format!("/files/v3/files/{file}/signed-url?size=thumb")).ask().await.expect(200);
        let thumb = server.client.with_token(None).get(signed["url"].as_str().unwrap()).ask().await;
        if thumb.status == 200 {
            assert!(thumb.body == bytes, "{name}");
        } else {
            thumb.refused(422, word);
        }
        kommo_shows_none(&server, name).await;
        let whole = server.client.get(&format!("/v1/files/{file}/content")).ask().await;
        assert!(whole.status == 200 && whole.body == bytes, "{name} is as it was");
    }
}

/// Kommo's face tells of previews only where there may be some, and of none that is not one.
async fn kommo_shows_none(server: &Server, name: &str) {
    let files = server.client.get("/v1.0/files?limit=250").ask().await.expect(200);
    let stem = name.split('.').next().unwrap_or_default();
    let files = files["_embedded"]["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == stem).unwrap();
    for preview in file["previews"].as_array().unwrap_or(&Vec::<Value>::new()) {
        let url = preview["download_link"].as_str().unwrap();
        let answer = server.client.with_token(None).get(url).ask().await;
        assert!([404, 422, 400].contains(&answer.status.as_u16()), "{name}: {answer:?}");
    }
}

// TH-20
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_renders_at_once_are_answered_and_uploads_go_on_beside_them() {
    let server = Server::start();
    let pictures: Vec<String> = join_all((0..10).map(|no| server.upload("photo.png", png(400 + no, 200)))).await;
    let asked = join_all((0..MANY).map(|no| {
        let path = format!("/v1/files/{}/preview?size=thumb", pictures[no % pictures.len()]);
        server.client.get(&path).ask()
    }));
    let uploads = async {
        let mut most = 0;
        for no in 0..20 {
            crate::native::put(&server.client, &format!("beside-{no}.txt"), "x").await;
            most = most.max(workers(&server.process));
        }
        most
    };
    let (answers, workers) = tokio::join!(asked, uploads);
    let (made, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(made.iter().all(|answer| size(answer).0 == 128));
    assert!(busy.iter().all(|answer| answer.status == 503 && !answer.header("retry-after").is_empty()));
    assert!(!made.is_empty() && workers <= 2, "{workers} processes at once");
    report(&format!("{MANY} renders at once: {} made, {} told to come again", made.len(), busy.len()));
}

/// How many processes the server has started and not yet ended.
fn workers(server: &Process) -> usize {
    let tasks = format!("/proc/{}/task", server.pid());
    let children = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let tasks = std::fs::read_dir(tasks).unwrap().filter_map(Result::ok);
    tasks.map(|task| children(task).split_whitespace().count()).sum()
}
