//! What becomes of a connection whose request was refused before its body was read.

use super::*;

const NEXT: &str = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn refused(headers: &str) -> String {
    format!("POST /v1/nowhere HTTP/1.1\r\nHost: a\r\n{headers}\r\n")
}

#[tokio::test]
async fn a_short_body_that_was_refused_leaves_the_connection_to_the_next_request() {
    let server = Server::start(Limits::default()).await;
    for (headers, body) in [
        ("Content-Length: 5\r\n", "01234".to_owned()),
        ("Transfer-Encoding: chunked\r\n", "5\r\n01234\r\n0\r\n\r\n".to_owned()),
        ("Content-Length: 65536\r\n", "0".repeat(64 << 10)),
    ] {
        let mut client = server.connect().await;
        // Two writes, as clients do that stream their body.
        client.write_all(refused(headers).as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
        client.write_all(body.as_bytes()).await.unwrap();
        client.write_all(NEXT.as_bytes()).await.unwrap();
        let both = rest(&mut client).await;
        assert_eq!(status(&both), "404", "{both}");
        assert!(both.ends_with("hello"), "{headers}: {both}");
    }
}

#[tokio::test]
async fn the_answer_says_that_it_is_the_last_when_the_rest_of_the_body_is_long() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    let len = (64 << 10) + 1;
    client.write_all(refused(&format!("Content-Length: {len}\r\n")).as_bytes()).await.unwrap();
    client.write_all(&vec![b'0'; len]).await.unwrap();
    let answer = rest(&mut client).await;
    assert_eq!(status(&answer), "404");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn a_client_that_keeps_its_body_back_gets_its_answer_and_is_told_that_it_is_the_last() {
    let server = Server::start(Limits::default()).await;
    for headers in ["Content-Length: 5\r\n", "Content-Length: 5\r\nExpect: 100-continue\r\n"] {
        let answer = server.say(refused(headers)).await;
        assert_eq!(status(&answer), "404", "no 100 Continue: {answer}");
        assert!(answer.contains("connection: close\r\n"), "{answer}");
    }
}
