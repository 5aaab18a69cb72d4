//! Every limit of a request's head, and of a body's declared length, at its edge.

use super::*;

#[tokio::test]
async fn sixty_four_headers_are_read_and_sixty_five_are_not() {
    let server = Server::start(Limits::default()).await;
    // Host and Connection are two of them.
    let with = |count: usize| last("GET /hello", &"X-A: b\r\n".repeat(count - 2));
    assert_eq!(status(&server.say(with(64)).await), "200");
    assert_eq!(status(&server.say(with(65)).await), "431");
}

#[tokio::test]
async fn a_head_of_sixteen_kibibytes_is_read_and_one_byte_more_is_not() {
    let server = Server::start(Limits::default()).await;
    let with = |bytes: usize| {
        let empty = last("GET /hello", "X-A: \r\n").len();
        last("GET /hello", &format!("X-A: {}\r\n", "b".repeat(bytes - empty)))
    };
    assert_eq!(status(&server.say(with(16 << 10)).await), "200");
    assert_eq!(status(&server.say(with((16 << 10) + 1)).await), "431");
}

#[tokio::test]
async fn a_head_without_end_is_refused_although_its_client_still_sends() {
    let server = Server::start(Limits::default()).await;
    let endless = format!("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: {}", "b".repeat(1 << 20));
    assert_eq!(status(&server.say(endless).await), "431");
}

#[tokio::test]
async fn a_target_of_eight_kibibytes_is_read_and_one_byte_more_is_not() {
    let server = Server::start(Limits::default()).await;
    let with = |bytes: usize| last(&format!("GET /hello?{}", "q".repeat(bytes - "/hello?".len())), "");
    assert_eq!(status(&server.say(with(8 << 10)).await), "200");
    assert_eq!(status(&server.say(with((8 << 10) + 1)).await), "414");
}

#[tokio::test]
async fn a_client_that_asks_before_it_sends_too_much_is_not_told_to_send() {
    let server = Server::start(Limits { file_bytes: 10, ..Limits::default() }).await;
    let asking = |len: u64| last("POST /upload", &format!("Expect: 100-continue\r\nContent-Length: {len}\r\n"));
    let refused = server.say(asking(11)).await;
    assert_eq!(status(&refused), "413", "{refused}");
    assert!(refused.contains("file_too_large"));

    let mut client = server.connect().await;
    client.write_all(asking(10).as_bytes()).await.unwrap();
    assert_eq!(until(&mut client, "\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(b"0123456789").await.unwrap();
    assert!(rest(&mut client).await.ends_with("took 10"));
}

#[tokio::test]
async fn a_body_without_length_is_refused_at_the_byte_that_is_too_much() {
    let server = Server::start(Limits { file_bytes: 10, ..Limits::default() }).await;
    let chunked = |chunks: &str| last("POST /upload", "Transfer-Encoding: chunked\r\n") + chunks;
    assert!(server.say(chunked("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n")).await.ends_with("took 10"));
    let refused = server.say(chunked("5\r\n01234\r\n6\r\n56789a\r\n")).await;
    assert_eq!(status(&refused), "413");
}

#[tokio::test]
async fn a_client_that_sends_on_after_a_refusal_still_reads_why() {
    let server = Server::start(Limits { file_bytes: 10, ..Limits::default() }).await;
    let len = 8 << 20;
    let mut client = server.connect().await;
    client.write_all(last("POST /upload", &format!("Content-Length: {len}\r\n")).as_bytes()).await.unwrap();
    client.write_all(&vec![7; len]).await.unwrap();
    let answer = rest(&mut client).await;
    assert_eq!(status(&answer), "413", "{answer}");
}

#[tokio::test]
async fn a_connection_past_the_cap_is_served_when_another_one_goes() {
    let server = Server::start(Limits { connections: 2, ..Limits::default() }).await;
    let first = server.connect().await;
    let mut second = server.connect().await;
    second.write_all(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut second, "hello").await;
    let mut third = server.connect().await;
    third.write_all(last("GET /hello", "").as_bytes()).await.unwrap();
    // One more turn of the server, in which it would have taken the third.
    second.write_all(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut second, "hello").await;
    assert!(server.metrics.text().contains("attache_http_connections 2"));
    drop(first);
    assert!(rest(&mut third).await.ends_with("hello"));
}
