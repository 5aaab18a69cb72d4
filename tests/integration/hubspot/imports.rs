//! Imports from URLs. Sources are servers of the test.

use super::*;
use attache_model::Clock;
use attache_tests::Setup;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that may fetch from this machine.
async fn desk() -> Desk {
    let setup = Setup::new().settings(|settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()]);
    Desk::at(setup, Clock::System).await
}

/// A source whose every answer is `head`, an empty line and `body`.
async fn source(head: &str, body: &[u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = [format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(), body].concat();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") && client.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
            // The client may have had enough.
            drop(client.write_all(&answer).await);
        }
    });
    address
}

/// Hands in an import and waits for its end.
async fn bring(desk: &Desk, url: &str, mut input: Value) -> Value {
    input["url"] = url.into();
    input["access"] = "PRIVATE".into();
    let locator = desk.hubspot.post("/files/import-from-url/async", input).await.expect(202);
    desk.hubspot.ended(&locator).await
}

/// Demands that a task was canceled, and gives its one error.
fn canceled(task: &Value) -> &Value {
    assert_eq!(
        (&task["status"], &task["numErrors"], task.get("result")),
        (&json!("CANCELED"), &json!(1), None),
        "{task}"
    );
    let error = &task["errors"][0];
    assert_eq!((error["status"].as_str(), task["errors"].as_array().unwrap().len()), (Some("error"), 1));
    error
}

#[tokio::test]
async fn what_was_fetched_is_stored_as_it_was_asked() {
    let desk = desk().await;
    let at = source("200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7", b"content").await;
    let input = json!({"folderPath": "/made", "name": "asked", "ttl": "P1M"});
    let task = bring(&desk, &format!("http://{at}/a%20b.txt?x=y"), input).await;
    assert_eq!(task["status"], "COMPLETE", "{task}");
    let file = &task["result"];
    assert_eq!((&file["path"], &file["size"]), (&json!("/made/asked.txt"), &json!(7)));
    assert!(file["expiresAt"].is_i64());
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(file))).await.expect(200), *file);
    assert_eq!(desk.hubspot.get(&format!("/files/{}/download", id(file))).await.text(), "content");
}

#[tokio::test]
async fn without_a_name_the_source_tells_it_then_the_address_then_the_content() {
    let desk = desk().await;
    let told = source("200 OK\r\nContent-Disposition: attachment; filename*=UTF-8''t%C3%B6ld.txt", b"1").await;
    let plain = source("200 OK\r\nContent-Length: 9", b"only text").await;
    for (url, path) in [
        (format!("http://{told}/a.txt"), "/t\u{f6}ld.txt"),
        (format!("http://{plain}/deep/a%20b.txt?x=/y.pdf"), "/a b.txt"),
        (format!("http://{plain}/"), "/60bbe2fe734d"),
    ] {
        let task = bring(&desk, &url, json!({})).await;
        assert_eq!(task["result"]["path"], path, "{url}: {task}");
    }
}

#[tokio::test]
async fn a_source_that_fails_cancels_the_task_at_once_and_leaves_nothing() {
    let desk = desk().await;
    for head in ["404 Not Found", "500 Out of order", "304 Not Modified", "204 No Content"] {
        let at = source(head, b"").await;
        let task = bring(&desk, &format!("http://{at}/a.txt"), json!({"folderPath": "/made"})).await;
        let message = canceled(&task)["message"].as_str().unwrap();
        assert!(message.contains(&head[..3]), "{head}: {message}");
    }
    let short = source("200 OK\r\nContent-Length: 100", b"only this").await;
    canceled(&bring(&desk, &format!("http://{short}/a.txt"), json!({})).await);
    let garbage = source("nonsense", b"").await;
    canceled(&bring(&desk, &format!("http://{garbage}/a.txt"), json!({})).await);
    assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
    assert_eq!(desk.hubspot.found("folders", "").await, Vec::<String>::new());
}

#[tokio::test]
async fn redirects_are_followed_five_times_and_not_a_sixth() {
    let desk = desk().await;
    let end = source("200 OK\r\nContent-Length: 1", b"1").await;
    let mut at = format!("http://{end}/end.txt");
    for _ in 0..5 {
        at = format!("http://{}/", source(&format!("302 Found\r\nLocation: {at}\r\nContent-Length: 0"), b"").await);
    }
    assert_eq!(bring(&desk, &at, json!({})).await["status"], "COMPLETE");
    at = format!("http://{}/", source(&format!("302 Found\r\nLocation: {at}\r\nContent-Length: 0"), b"").await);
    canceled(&bring(&desk, &at, json!({})).await);
}

#[tokio::test]
async fn private_addresses_are_refused_unless_they_are_allowed_also_behind_a_redirect() {
    let inner = source("200 OK\r\nContent-Length: 6", b"secret").await;
    let closed = Desk::open().await;
    for host in
        ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
    {
        let task = bring(&closed, &format!("http://{host}:{}/", inner.port()), json!({})).await;
        canceled(&task);
        assert!(!task.to_string().contains("secret"));
    }
    let open = desk().await;
    let redirect = source("302 Found\r\nLocation: http://10.0.0.1:80/\r\nContent-Length: 0", b"").await;
    canceled(&bring(&open, &format!("http://{redirect}/"), json!({})).await);
    let redirect = source("302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0", b"").await;
    canceled(&bring(&open, &format!("http://{redirect}/"), json!({})).await);
}

#[tokio::test]
async fn a_file_that_is_too_large_cancels_the_task() {
    let setup = Setup::new()
        .settings(|settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()])
        .limits(|limits| limits.file_bytes = 1000);
    let desk = Desk::at(setup, Clock::System).await;
    for (head, len, status) in [
        ("200 OK\r\nContent-Length: 1000", 1000, "COMPLETE"),
        ("200 OK\r\nContent-Length: 1001", 1001, "CANCELED"),
        ("200 OK", 1000, "COMPLETE"),
        ("200 OK", 1001, "CANCELED"),
    ] {
        let at = source(head, &vec![b'x'; len]).await;
        assert_eq!(bring(&desk, &format!("http://{at}/a.bin"), json!({})).await["status"], status, "{head} {len}");
    }
}

#[tokio::test]
async fn duplicates_and_taken_names_are_as_for_uploads() {
    let desk = desk().await;
    let there = desk.hubspot.put("/f/a.txt", b"same").await;
    let at = source("200 OK\r\nContent-Length: 4", b"same").await;
    let url = format!("http://{at}/a.txt");
    let looking = |strategy: &str| json!({"folderPath": "/f", "duplicateValidationStrategy": strategy});
    let rejected = bring(&desk, &url, looking("REJECT")).await;
    assert_eq!(canceled(&rejected)["category"], "CONFLICT");
    assert_eq!(bring(&desk, &url, looking("RETURN_EXISTING")).await["result"], there);
    assert_eq!(bring(&desk, &url, looking("NONE")).await["result"]["path"], "/f/a-1.txt");
    let over = bring(&desk, &url, json!({"folderPath": "/f", "overwrite": true})).await;
    assert_eq!(over["result"]["path"], "/f/a.txt");
    assert_eq!(desk.hubspot.get(&format!("/files/{}", id(&there))).await.status, 404);
}

#[tokio::test]
async fn an_import_that_cannot_be_is_refused_when_it_is_asked_for() {
    let desk = desk().await;
    let good = json!({"url": "http://127.0.0.1:9/a.txt", "access": "PRIVATE"});
    let with = |member: &str, value: Value| {
        let mut input = good.clone();
        input[member] = value;
        input
    };
    for (input, place) in [
        (json!({"access": "PRIVATE"}), "url"),
        (with("url", json!("")), "url"),
        (with("url", json!(7)), "url"),
        (with("url", json!("no address")), "url"),
        (with("url", json!("ftp://example.com/a")), "url"),
        (with("url", json!("file:///etc/passwd")), "url"),
        (with("url", json!(format!("http://example.com/{}", "a".repeat(2048)))), "url"),
        (json!({"url": "http://127.0.0.1:9/"}), "access"),
        (with("access", json!("SECRET")), "access"),
        (with("access", json!("HIDDEN_PRIVATE")), "access"),
        (with("ttl", json!("PT24H")), "ttl"),
        (with("ttl", json!("P2Y")), "ttl"),
        (with("expiresAt", json!("2001-01-01T00:00:00Z")), "expiresAt"),
        (with("overwrite", json!("maybe")), "overwrite"),
        (with("duplicateValidationStrategy", json!("GUESS")), "duplicateValidationStrategy"),
        (with("duplicateValidationScope", json!("HERE")), "duplicateValidationScope"),
        (with("folderId", json!("seven")), "folderId"),
        (with("folderPath", json!("/a/..")), "folderPath"),
        (with("name", json!("a/b")), "name"),
    ] {
        refused_at(&desk.hubspot.post("/files/import-from-url/async", input).await, 400, place);
    }
    let mut both = with("folderId", json!("1"));
    both["folderPath"] = "/a".into();
    refused_at(&desk.hubspot.post("/files/import-from-url/async", both).await, 400, "folderId");
    let nowhere = with("folderId", json!(NOBODY));
    assert_eq!(desk.hubspot.post("/files/import-from-url/async", nowhere).await.status, 404);
}

#[tokio::test]
async fn a_task_is_there_for_its_account_and_its_kind_only_and_goes_from_step_to_step() {
    let desk = desk().await;
    let at = source("200 OK\r\nContent-Length: 1", b"1").await;
    let input = json!({"url": format!("http://{at}/a.txt"), "access": "PRIVATE"});
    let locator = desk.hubspot.post("/files/import-from-url/async", input).await.expect(202);
    let status = format!("/files/import-from-url/async/tasks/{}/status", id(&locator));
    assert!(locator["links"]["status"].as_str().unwrap().ends_with(&status));
    assert_eq!(desk.other_account().await.get(&status).await.status, 404);
    let as_folder = format!("/folders/update/async/tasks/{}/status", id(&locator));
    assert_eq!(desk.hubspot.get(&as_folder).await.status, 404);
    let task = desk.hubspot.ended(&locator).await;
    let times: Vec<&str> =
        ["requestedAt", "startedAt", "completedAt"].iter().filter_map(|at| task[*at].as_str()).collect();
    assert!(times.len() == 3 && times.is_sorted(), "{task}");
    desk.hubspot.delete(&format!("/files/{}/gdpr-delete", id(&task["result"]))).await.expect(204);
    let after = desk.hubspot.get(&status).await.expect(200);
    assert_eq!(
        (after["status"].as_str(), after.get("result")),
        (Some("COMPLETE"), None),
        "an erased file is not shown"
    );
}
