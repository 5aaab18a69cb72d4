//! How long a slow client is waited for. The clock is the runtime's own: it jumps to the next deadline when all wait.

use super::*;
use tokio::time::Instant;

async fn closed_after(said: &str) -> (u64, String) {
    let server = Server::start(Limits::default()).await;
    let begun = Instant::now();
    let mut client = server.connect().await;
    client.write_all(said.as_bytes()).await.unwrap();
    let answer = rest(&mut client).await;
    (begun.elapsed().as_secs(), answer)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_or_half_a_head_is_left_after_ten_seconds() {
    for said in ["", "GET /he", "GET /hello HTTP/1.1\r\nHost: a\r\n"] {
        assert_eq!(closed_after(said).await, (10, String::new()), "{said:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_does_not_win_time() {
    let server = Server::start(Limits::default()).await;
    let begun = Instant::now();
    let mut client = server.connect().await;
    let (mut reader, mut writer) = client.split();
    let trickle = async {
        for byte in b"GET /hello HTTP/1.1\r\nHost: a\r\n" {
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = trickle => panic!("the whole head was waited for"),
        read = reader.read_to_end(&mut answer) => assert_eq!(read.unwrap(), 0),
    }
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_is_left_after_ten_idle_seconds() {
    let (seconds, answer) = closed_after("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(answer.ends_with("hello"));
    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_coming_is_cut_after_thirty_seconds() {
    for framing in ["Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"] {
        let (seconds, answer) = closed_after(&format!("POST /upload HTTP/1.1\r\nHost: a\r\n{framing}")).await;
        assert_eq!((seconds, status(&answer)), (30, "408"), "{answer}");
        assert!(answer.ends_with("\"cut\""));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_is_left_after_sixty_seconds_without_progress() {
    let mut server = Server::start(Limits::default()).await;
    let begun = Instant::now();
    let mut client = server.connect().await;
    client.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    server.dropped.recv().await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_but_steadily_is_served() {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut piece = vec![0; 4 << 20];
    for _ in 0..5 {
        tokio::time::sleep(std::time::Duration::from_secs(59)).await;
        client.read_exact(&mut piece).await.unwrap();
    }
    assert!(server.dropped.try_recv().is_err(), "the answer still goes on");
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_reading_for_it() {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    client.read_exact(&mut [0; 1000]).await.unwrap();
    drop(client);
    server.dropped.recv().await.unwrap();
}
