//! Files inside of JSON (Keap's REST v1) that are sent wrongly: rows B6-*, and names, on the faces that Keap has.
//!
//! Keap's contract wins over these rows: white space in base64 does not count (B6-04), unknown members are passed over
//! (B6-12), a body is read whatever its type says (B6-14). B6-05 and B6-16 are with the limits and spellings of
//! `keap::v1::upload` too.

use super::face_of;
use super::form::{Case, cases};
use super::sent::Sent;
use super::table::{Row, rows};
use crate::keap::xml::{Xml, call, told};
use crate::native::{is_sound, list, names};
use attache_tests::{Answer, Ask, Client, TestApp};

const V1: &str = "/crm/rest/v1/files";
const V2: &str = "/crm/rest/v2/files";
const RPC: &str = "/crm/xmlrpc/v1";

async fn v1(client: &Client, body: impl Into<Vec<u8>>) -> Answer {
    client.post(V1).header("Content-Type", "application/json").body(body.into()).ask().await
}

/// A body with other members than the usual ones.
fn with(members: &str) -> String {
    format!("{{\"file_association\":\"COMPANY\",{members}}}")
}

#[tokio::test]
async fn json_with_a_file_in_it_that_cannot_be_is_refused_and_leaves_nothing() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    let file = "\"file_name\":\"a.txt\",\"file_data\":\"QUJD\"";
    let contact = |id: &str| {
        format!(
            "{{\"file_association\":\"CONTACT\",\"file_name\":\"a.txt\",\"contact_id\":{id},\"file_data\":\"QUJD\"}}"
        )
    };
    let deep = |open: &str, close: &str| with(&format!("\"x\":{}{},{file}", open.repeat(10_000), close.repeat(10_000)));
    for (id, body) in [
        ("B6-03", with("\"file_name\":\"a.txt\",\"file_data\":\"QR==\"")),
        ("B6-07", with(&format!("{file},\"file_name\":\"b.txt\""))),
        ("B6-07", with(&format!("{file},\"file_data\":\"QUJE\""))),
        ("B6-08", deep("[", "]")),
        ("B6-08", deep("{\"x\":", "}").replace("{\"x\":}", "{}")),
        ("B6-08", "[".repeat(10_000)),
        ("B6-09", contact("1e400")),
        ("B6-10", contact("-1")),
        ("B6-11", contact("9223372036854775808")),
        ("B6-11", contact("\"9223372036854775808\"")),
        ("B6-15", with("\"file_name\":\"\\ud800.txt\",\"file_data\":\"QUJD\"")),
        ("B6-15", with("\"file_name\":\"a.txt\",\"file_data\":\"QU\\ud800JD\"")),
        ("B6-16", with("\"file_name\":\"a.txt\",\"file_data\":\"data:image/png;base64,QUJD\"")),
    ] {
        let answer = v1(&client, body).await;
        assert_eq!(answer.status, 400, "{id}: {}", answer.text());
        assert!(answer.json()["message"].is_string(), "{id}: {}", answer.text());
        assert_eq!(face_of(&client).await, before, "{id} left something");
    }
    is_sound(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn what_keaps_clients_may_send_is_taken() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let other = app.other_account("other").await;
    for (id, body) in [
        ("B6-04", with("\"file_name\":\"a.txt\",\"file_data\":\"QU\\nJD\\r\\n \"")),
        ("B6-12", with("\"file_name\":\"a.txt\",\"file_data\":\"QUJD\",\"tenant_id\":2,\"id\":77")),
    ] {
        let answer = v1(&client, body).await.expect(200);
        assert_eq!(answer["file_descriptor"]["file_size"], 3, "{id}");
    }
    assert!(list(&other, "/v1/files").await.is_empty(), "nothing is written into another account");
    let typed = client.post(V1).header("Content-Type", "text/plain");
    typed.body(with("\"file_name\":\"a.txt\",\"file_data\":\"QUJD\"")).ask().await.expect(200);
    app.stop().await;
}

/// Offers a name to each of Keap's faces, as a new file's and as a file's new one.
async fn offer(client: &Client, row: &Row, file: i64) -> Vec<(&'static str, bool, Answer)> {
    let json = |more: &[u8]| [b"{\"file_name\":".as_slice(), &row.json(), more, b"}"].concat();
    let made = v1(client, json(b",\"file_association\":\"CONTACT\",\"contact_id\":7,\"file_data\":\"QUJD\"")).await;
    let change = client.put(&format!("{V1}/{file}")).header("Content-Type", "application/json").body(json(b""));
    let mut answers = vec![("a name in Keap's v1", true, made)];
    if !row.is_good() {
        // No name on a change is no change.
        answers.push(("a new name in Keap's v1", true, change.ask().await));
    }
    let form = |rest: &[u8]| {
        let name =
            [b"--b\r\nContent-Disposition: form-data; name=\"file_name\"\r\n\r\n".as_slice(), &row.input].concat();
        [&name, b"\r\n".as_slice(), rest, b"--b--\r\n"].concat()
    };
    let rest = b"--b\r\nContent-Disposition: form-data; name=\"file_association\"\r\n\r\nCOMPANY\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../evil\"\r\n\r\nx\r\n";
    let kind = ("Content-Type", "multipart/form-data; boundary=b");
    answers.push(("a name in Keap's v2", true, client.post(V2).header(kind.0, kind.1).body(form(rest)).ask().await));
    if !row.is_good() {
        let change = client.post(&format!("{V2}/{file}")).header(kind.0, kind.1).body(form(b""));
        answers.push(("a new name in Keap's v2", true, change.ask().await));
    }
    // As bytes, since not every name is a text: the name's place is filled afterwards.
    let document = |method: &str, args: &[Xml]| -> Vec<u8> {
        let text = call(method, args);
        let (head, tail) = text.split_once("NAME").unwrap();
        let escaped: Vec<u8> = row
            .input
            .iter()
            .flat_map(|byte| match byte {
                b'<' => b"&lt;".to_vec(),
                b'&' => b"&amp;".to_vec(),
                byte => vec![*byte],
            })
            .collect();
        [head.as_bytes(), &escaped, tail.as_bytes()].concat()
    };
    let upload = document("FileService.uploadFile", &["key".into(), 7.into(), "NAME".into(), Xml::content(b"x")]);
    answers.push(("a name in Keap's XML-RPC", false, client.post(RPC).body(upload).ask().await));
    if !row.is_good() {
        let rename = document("FileService.renameFile", &["key".into(), file.into(), "NAME".into()]);
        answers.push(("a new name in Keap's XML-RPC", false, client.post(RPC).body(rename).ask().await));
    }
    answers
}

pub(super) async fn a_name_is_judged_alike_on_keaps_three_faces(sent: &mut Sent) {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    let made = v1(&client, with("\"file_name\":\"there.txt\",\"file_data\":\"QUJD\"")).await.expect(200);
    let file = made["file_descriptor"]["id"].as_i64().unwrap();
    for row in rows("name") {
        let before = face_of(&client).await;
        let answers = offer(&client, &row, file).await;
        for (surface, is_rest, answer) in &answers {
            sent.to(surface);
            let shown = format!("{} ({surface}): {} {}", row.id, answer.status, answer.text());
            match (row.is_good(), *is_rest) {
                (true, true) => assert!(answer.status.is_success(), "{shown}"),
                (true, false) => assert!(told(&answer.text()).is_ok(), "{shown}"),
                (false, true) => assert_eq!(answer.status, 400, "{shown}"),
                (false, false) => {
                    let (code, _) = told(&answer.text()).unwrap_err();
                    // What no XML can carry does not reach the method.
                    assert!(answer.status == 200 && [0, 12].contains(&code), "{shown}");
                }
            }
        }
        if row.is_good() {
            let titles = list(&client, "/v1/files").await;
            let with_title = titles
                .iter()
                .filter(|file| file["title"].as_str().or(file["name"].as_str()) == Some(row.text().as_str()));
            assert_eq!(with_title.count(), answers.len(), "{}: {:?}", row.id, names(&client, "/v1/files").await);
        } else {
            assert_eq!(face_of(&client).await, before, "{} left something", row.id);
        }
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}

#[tokio::test]
async fn a_broken_form_is_refused_by_keap_too_and_leaves_nothing() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    let path = format!("{V2}?file_name=n.txt&file_association=COMPANY");
    // Unknown fields are passed over here, and what a part calls its file does not count.
    let counts = |id: &str| !["unknown field", "MP-13", "MP-14"].contains(&id);
    for Case { id, boundary, body, .. } in cases().into_iter().filter(|case| counts(case.id)) {
        let kind = format!("multipart/form-data; {boundary}");
        // A part that nobody knows may be of any length, since it is not kept.
        let body = if id == "MP-22" {
            String::from_utf8(body).unwrap().replacen("\"folder\"", "\"file_name\"", 1).into()
        } else {
            body
        };
        let answer = client.post(&path).header("Content-Type", kind).body(body).ask().await;
        assert!(answer.status.is_client_error(), "{id}: {} {}", answer.status, answer.text());
        assert_eq!(answer.json()["code"], answer.status.as_u16(), "{id}");
        assert_eq!(face_of(&client).await, before, "{id} left something");
    }
    is_sound(&app).await;
    app.stop().await;
}
