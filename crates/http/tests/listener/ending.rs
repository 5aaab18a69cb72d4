//! How the listener ends: nothing new comes in, what runs may finish, what does not finish is cut.

use super::*;
use tokio::time::Instant;

#[tokio::test]
async fn a_running_request_is_finished_and_idle_connections_are_closed() {
    let server = Server::start(Limits::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    until(&mut idle, "hello").await;
    let mut running = server.connect().await;
    running.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    server.stage.entered.notified().await;

    server.stop.send(()).unwrap();
    assert_eq!(rest(&mut idle).await, "");
    drop(idle);
    server.stage.go.notify_one();
    let answer = rest(&mut running).await;
    assert!(answer.ends_with("waited") && answer.contains("connection: close"), "{answer}");
    drop(running);
    assert_eq!(server.ended.await.unwrap(), Drained { cut: 0 });
    assert!(TcpStream::connect(server.address).await.is_err(), "nothing listens any more");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_does_not_end_in_time_is_cut() {
    let server = Server::start(Limits::default()).await;
    let mut running = server.connect().await;
    running.write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    server.stage.entered.notified().await;
    let begun = Instant::now();
    server.stop.send(()).unwrap();
    assert_eq!(server.ended.await.unwrap(), Drained { cut: 1 });
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(rest(&mut running).await, "");
}
