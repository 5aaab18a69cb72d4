//! Requests that two readers could read differently.

use super::*;

async fn server() -> Server {
    Server::start(Limits::default()).await
}

#[tokio::test]
async fn a_request_with_two_framings_is_read_by_its_chunks_alone_and_is_the_last_of_its_connection() {
    let hidden = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    for framing in
        ["Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"]
    {
        let request = format!("POST /upload HTTP/1.1\r\nHost: a\r\n{framing}\r\n0\r\n\r\n{hidden}");
        let answer = server().await.say(request).await;
        assert!(answer.ends_with("took 0"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "the hidden request was answered: {answer}");
    }
}

#[tokio::test]
async fn lengths_that_differ_or_are_no_numbers_are_refused() {
    for lengths in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
    ] {
        let answer = server().await.say(last("POST /upload", lengths) + "hello").await;
        assert_eq!(status(&answer), "400", "{lengths}");
    }
}

#[tokio::test]
async fn chunks_that_cannot_be_read_are_the_clients_fault() {
    let long = format!("5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(1 << 20));
    for chunks in ["FFFFFFFFFFFFFFFF0\r\nhello\r\n", "xyz\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n", &long] {
        let server = server().await;
        let mut client = server.connect().await;
        let head = last("POST /upload", "Transfer-Encoding: chunked\r\n");
        client.write_all((head + chunks).as_bytes()).await.unwrap();
        let answer = rest(&mut client).await;
        assert_eq!(status(&answer), "400", "{answer}");
        assert!(answer.contains("header_invalid"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_never_taken() {
    for framing in ["Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"] {
        let server = server().await;
        let mut client = server.connect().await;
        client.write_all(format!("POST /upload HTTP/1.1\r\nHost: a\r\n{framing}").as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        let answer = rest(&mut client).await;
        assert!(!answer.contains("took"), "{answer}");
    }
}

#[tokio::test]
async fn the_host_is_named_once() {
    for (request, expected) in [
        ("GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n", "400"),
        ("GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"),
        ("GET http://evil.example/hello HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET http://a/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200"),
        ("GET /hello HTTP/1.0\r\n\r\n", "200"),
    ] {
        let answer = server().await.say(request).await;
        assert_eq!(status(&answer), expected, "{request}");
    }
}

#[tokio::test]
async fn a_path_with_a_nul_byte_is_refused_and_doubled_slashes_lead_nowhere() {
    let server = server().await;
    assert_eq!(status(&server.say(last("GET /v1/a%00b", "")).await), "400");
    for path in ["//v1///files", "//hello", "/hello/"] {
        assert_eq!(status(&server.say(last(&format!("GET {path}"), "")).await), "404", "{path}");
    }
}

#[tokio::test]
async fn methods_that_nobody_offers_are_told_with_those_that_are() {
    let server = server().await;
    for line in ["TRACE /hello", "CONNECT a:443", "FOO /hello"] {
        let answer = server.say(last(line, "")).await;
        assert_eq!(status(&answer), "405", "{line}");
        assert!(answer.to_ascii_lowercase().contains("\r\nallow: get"), "{answer}");
    }
}

#[tokio::test]
async fn a_thousand_pipelined_requests_are_answered_in_order() {
    let server = server().await;
    let mut client = server.connect().await;
    let (mut reader, mut writer) = client.split();
    let ask = async {
        for no in 0..1000 {
            let close = if no == 999 { "Connection: close\r\n" } else { "" };
            let request = format!("GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: no-{no}\r\n{close}\r\n");
            writer.write_all(request.as_bytes()).await.unwrap();
        }
    };
    let mut answers = String::new();
    let ((), read) = tokio::join!(ask, reader.read_to_string(&mut answers));
    read.unwrap();
    let ids: Vec<_> = answers.lines().filter_map(|line| line.strip_prefix("x-request-id: no-")).collect();
    let expected: Vec<_> = (0..1000).map(|no| no.to_string()).collect();
    assert_eq!(ids, expected);
}
