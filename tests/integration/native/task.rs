//! Tasks: what was asked for is done, also when the process that was doing it died.

use super::{content, list, noise};
use crate::PROGRAM;
use attache_model::{Clock, Time};
use attache_tests::{Ask, Client, Process, Setup};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A source of one file. The first `stalls` requests get half of it and then nothing more.
struct Source {
    url: String,
    asked: Arc<AtomicUsize>,
    half: Arc<Notify>,
}

impl Source {
    async fn open(bytes: Vec<u8>, stalls: usize) -> Source {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/source.bin", socket.local_addr().unwrap());
        let (asked, half) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, sent) = (asked.clone(), half.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = socket.accept().await {
                let stall = count.fetch_add(1, Ordering::SeqCst) < stalls;
                let (bytes, sent) = (bytes.clone(), sent.clone());
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    let _ = stream.read(&mut head).await;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
                    stream.write_all(head.as_bytes()).await.unwrap();
                    let end = if stall { bytes.len() / 2 } else { bytes.len() };
                    let _ = stream.write_all(&bytes[..end]).await;
                    sent.notify_one();
                    if stall {
                        // Held open until the other side goes.
                        let _ = stream.read_to_end(&mut Vec::new()).await;
                    }
                });
            }
        });
        Source { url, asked, half }
    }
}

/// A task once it has ended, well or not.
pub(crate) async fn ended(client: &Client, task: &str) -> Value {
    loop {
        let state = client.get(&format!("/v1/tasks/{task}")).ask().await.expect(200);
        if state["state"] == "done" || state["state"] == "failed" {
            return state;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_whose_process_was_killed_is_taken_up_again_when_its_lease_is_over() {
    let setup = Setup::new();
    let bytes = noise(3, 300_000);
    let source = Source::open(bytes.clone(), 1).await;
    let first = Process::serve(PROGRAM, setup.data(), &["--allow-private-network", "127.0.0.0/8"]);
    let client = first.client(PROGRAM, "all");
    let import =
        json!({ "url": source.url, "name": "imported.bin", "description": "from afar", "records": ["deal/7"] });
    let task = client.post("/v1/imports").json(&import).ask().await.expect(202);
    let task = task["task"].as_str().unwrap().to_owned();
    source.half.notified().await;
    let token = client.token().unwrap().to_owned();
    first.kill();

    // A moment before the lease ends nobody takes it up; a minute later the next process does.
    let later = Clock::held(Clock::System.now().plus(Duration::from_secs(61)));
    let app =
        setup.clock(later).settings(|settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()]).start().await;
    let client = app.stranger().with_token(Some(token));
    let task = ended(&client, &task).await;
    assert_eq!(task["state"], "done", "{task}");
    let files = list(&client, "/v1/files").await;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["description"], "from afar");
    assert!(content(&client, &files[0]).await == bytes);
    assert_eq!(list(&client, "/v1/records/deal/7/files").await.len(), 1);
    assert_eq!(source.asked.load(Ordering::SeqCst), 2);
    let plan = attache_core::CheckPlan { repair: true, older_than: Duration::ZERO };
    app.core().operator().check(plan).await.unwrap();
    super::is_sound(&app).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_task_can_be_asked_after_for_a_week() {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let setup = Setup::new().clock(clock.clone());
    let source = Source::open(noise(1, 1000), 0).await;
    let allow = |settings: &mut attache::Settings| settings.networks = vec!["127.0.0.0/8".parse().unwrap()];
    let app = setup.settings(allow).start().await;
    let client = app.client("all").await;
    let task = client.post("/v1/imports").json(&json!({ "url": source.url })).ask().await.expect(202);
    let path = format!("/v1/tasks/{}", task["task"].as_str().unwrap());
    assert_eq!(ended(&client, task["task"].as_str().unwrap()).await["state"], "done");
    clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    client.get(&path).ask().await.expect(200);
    clock.advance(Duration::from_secs(2));
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    while client.get(&path).ask().await.status == 200 {
        tokio::task::yield_now().await;
    }
    client.get(&path).ask().await.refused(404, "not_found");
    app.stop().await;
}
