//! Uploads whose base64 breaks off: the connection is cut, or the server is killed under them. Nothing of them is there
//! afterwards, not in any list, not on the volume, not in the account's book.

use super::desk::{Desk, Place, RPC, V1, noise, upload_body};
use super::xml::{Xml, call};
use crate::bad_inputs::face_of;
use crate::kill::{Place as Folder, proof};
use crate::native::{is_sound, list, on_both_engines};
use attache_tests::{Ask, Client, Engine, Process, Setup, said};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

on_both_engines!(an_upload_that_is_cut_leaves_nothing_visible, a_replacement_that_is_cut_leaves_the_old_content);

/// Bytes of a content: several blocks of the volume.
const LEN: usize = 2 << 20;
/// What bodies are sent as; these faces look at what they are.
const TEXT: &str = "text/plain";

/// A request that is sent up to a point.
pub(crate) struct Sent {
    stream: TcpStream,
}

/// Sends the head of a request, which has a method, a path and a media type, and so many bytes of its body.
pub(crate) async fn send(
    url: &str,
    (method, path, kind): (&str, &str, &str),
    token: &str,
    body: &[u8],
    most: usize,
) -> Sent {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..most]).await.unwrap();
    Sent { stream }
}

impl Sent {
    /// Ends the connection from this side, and reads whatever comes.
    pub(crate) async fn cut(mut self) -> String {
        self.stream.shutdown().await.unwrap();
        let mut came = Vec::new();
        let _ = self.stream.read_to_end(&mut came).await;
        String::from_utf8_lossy(&came).into_owned()
    }
}

/// New files through both faces: path and body.
fn uploads() -> [(&'static str, Vec<u8>); 2] {
    let bytes = noise(LEN);
    let v1 = upload_body("cut.bin", &bytes, Place::Contact(7)).to_string().into_bytes();
    let args = ["key".into(), 7.into(), "cut.bin".into(), Xml::content(&bytes)];
    [(V1, v1), (RPC, call("FileService.uploadFile", &args).into_bytes())]
}

/// Where bodies are broken off: in their heads, in the content, and right before the end.
fn breaks(len: usize) -> [usize; 6] {
    [0, 20, 1000, len / 2, len - 40, len - 1]
}

async fn an_upload_that_is_cut_leaves_nothing_visible(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.keap.file("there.txt", b"there", Place::Company).await;
    let before = face_of(&desk.native).await;
    let token = desk.keap.0.token().unwrap().to_owned();
    for (path, body) in uploads() {
        for most in breaks(body.len()) {
            let answer = send(&desk.app.url(), ("POST", path, TEXT), &token, &body, most).await.cut().await;
            assert!(
                !answer.starts_with("HTTP/1.1 200") || answer.contains("<fault>"),
                "{path} cut at {most}: {answer}"
            );
            assert_eq!(face_of(&desk.native).await, before, "{path} cut at {most}");
        }
    }
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn a_replacement_that_is_cut_leaves_the_old_content(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("there.txt", b"there", Place::Company).await;
    let before = face_of(&desk.native).await;
    let token = desk.keap.0.token().unwrap().to_owned();
    let bytes = noise(LEN);
    let v1 = serde_json::json!({ "file_name": "b.txt", "file_data": Xml::content(&bytes).text() }).to_string();
    let rpc = call("FileService.replaceFile", &["key".into(), no.into(), Xml::content(&bytes)]);
    for (method, path, body) in [("PUT", format!("{V1}/{no}"), v1), ("POST", RPC.to_owned(), rpc)] {
        for most in breaks(body.len()) {
            let answer = send(&desk.app.url(), (method, &path, TEXT), &token, body.as_bytes(), most).await.cut().await;
            assert!(
                !answer.starts_with("HTTP/1.1 200") || answer.contains("<fault>"),
                "{path} cut at {most}: {answer}"
            );
            assert_eq!(face_of(&desk.native).await, before, "{path} cut at {most}");
        }
    }
    assert_eq!(desk.keap.call("FileService.getFile", [no.into()]).await.unwrap().bytes(), b"there");
    is_sound(&desk.app).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_sqlite() {
    killed_under_uploads(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_postgresql() {
    killed_under_uploads(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_a_cluster() {
    killed_under_uploads(Engine::Cluster).await;
}

async fn killed_under_uploads(engine: Engine) {
    let Some(place) = Folder::new(engine).await else { return };
    let start = || Process::start(place.command(&["serve", "--listen", "127.0.0.1:0"]), place.path());
    let mut server = start();
    let made = place.command(&["token", "create", "--scopes", "all"]).output().unwrap();
    let token = said(&made).trim().to_owned();
    let mut acknowledged = 0;
    for round in 0..6 {
        let client = Client::new(server.url(), Some(token.clone()));
        let whole = client.post(V1).json(&upload_body("kept.bin", &noise(100_000), Place::Contact(7))).ask().await;
        whole.expect(200);
        acknowledged += 1;
        let before = face_of(&client).await;
        let mut hanging = Vec::new();
        for (path, body) in uploads() {
            for most in [body.len() / (round + 2), body.len() - 1 - round] {
                hanging.push(send(server.url(), ("POST", path, TEXT), &token, &body, most).await);
            }
        }
        // Its answer shows that the server has long read what was sent before it.
        client.get(V1).ask().await.expect(200);
        server.kill();
        drop(hanging);
        proof::wait_for_the_dead(&place).await;
        server = start();
        let client = Client::new(server.url(), Some(token.clone()));
        let after = face_of(&client).await;
        let usage = serde_json::json!([{ "bytes": acknowledged * 100_000, "files": acknowledged }]);
        assert_eq!((&after["usage"][0], &before["usage"][0]), (&usage[0], &usage[0]));
        let files = list(&client, "/v1/files").await;
        assert_eq!(files.len(), acknowledged);
        for file in files {
            let read =
                client.get(&format!("{V1}/{}?optional_properties=file_data", file["no"])).ask().await.expect(200);
            assert!(super::desk::decoded(&read["file_data"]) == noise(100_000));
        }
        proof::check(&place);
    }
    server.kill();
}
