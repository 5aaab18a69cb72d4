//! The server is killed between a commit and its message: the message comes after the next start.

use super::receiver::Receiver;
use super::{hook, put};
use crate::PROGRAM;
use attache_tests::{Client, Engine, Home};

/// Lives of the server, each with a file.
const LIVES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_lost_when_the_server_is_killed_after_a_commit_on_sqlite() {
    run(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_lost_when_the_server_is_killed_after_a_commit_on_postgresql() {
    run(Engine::Postgres).await;
}

async fn run(engine: Engine) {
    let Some(home) = Home::on(engine).await else { return };
    let receiver = Receiver::new().await;
    let arguments = ["--allow-private-network", "127.0.0.0/8"];
    let mut server = home.serve(PROGRAM, &arguments);
    let client = server.client(PROGRAM, "all");
    hook(&client, &receiver.url).await;
    let token = client.token().map(str::to_owned);
    let mut wanted = Vec::new();
    for life in 0..LIVES {
        let client = Client::new(server.url(), token.clone());
        wanted.push(put(&client, &format!("{life}.txt")).await["no"].clone());
        // At once after the commit was acknowledged: nothing was put in line yet, or nobody knows whether it arrived. What
        // a killed server was sending is taken up when its lease is over, a minute later.
        server.kill();
        server = home.serve(PROGRAM, &arguments);
    }
    let mut told = Vec::new();
    while !wanted.iter().all(|no| told.contains(no)) {
        told.push(receiver.message().await.json()["data"]["file_no"].clone());
    }
}
