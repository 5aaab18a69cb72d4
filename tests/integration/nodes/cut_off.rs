//! A node that is cut off from database and store, by a network of its own whose cable is pulled: it acknowledges nothing,
//! says that it is not ready, and finds everything as the others left it when the cable is back.

use super::node::Installation;
use crate::PROGRAM;
use crate::fault::book::{Book, Told, prove};
use attache_blobs::StorageUrl;
use attache_tests::dice::{self, Dice};
use attache_tests::{Ask as _, Client, Effort, Engine, Home, Process, command, figure, report, said, skip};
use futures_util::future::join_all;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

/// Clients of each node.
const CLIENTS: usize = 2;
/// Operations of each client in each phase.
const OPERATIONS: usize = 5;
/// How long a client of the node that is cut off waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A network for one process, with a cable for its clients and one for what stands behind it. It goes when the test ends.
struct Net {
    name: String,
    /// What the addresses of its four ends begin with.
    block: u8,
}

impl Net {
    /// `None` after a loud skip.
    fn new() -> Option<Net> {
        let net = Net { name: format!("at{}", std::process::id()), block: (std::process::id() % 200) as u8 + 20 };
        if !ip(&["netns", "add", &net.name]) {
            skip("root, to make networks");
            return None;
        }
        for (no, end) in [(1, "c"), (2, "b")] {
            let (here, there) = (net.end(end), format!("{}p", net.end(end)));
            let (ours, its) = (format!("{}/30", net.host(no, 1)), format!("{}/30", net.host(no, 2)));
            let made = ip(&["link", "add", &here, "type", "veth", "peer", "name", &there])
                && ip(&["link", "set", &there, "netns", &net.name])
                && ip(&["addr", "add", &ours, "dev", &here])
                && ip(&["link", "set", &here, "up"])
                && ip(&["-n", &net.name, "addr", "add", &its, "dev", &there])
                && ip(&["-n", &net.name, "link", "set", &there, "up"]);
            if !made {
                skip("a kernel with pairs of network devices");
                return None;
            }
        }
        Some(net)
    }

    fn end(&self, end: &str) -> String {
        format!("{}{end}", self.name)
    }

    fn host(&self, cable: u8, end: u8) -> String {
        format!("10.{}.{cable}.{end}", self.block)
    }

    /// Pulls the cable to what stands behind the node, or puts it back.
    fn plug(&self, is_in: bool) {
        assert!(ip(&["link", "set", &self.end("b"), if is_in { "up" } else { "down" }]));
    }
}

fn ip(line: &[&str]) -> bool {
    Command::new("ip").args(line).output().is_ok_and(|output| output.status.success())
}

impl Drop for Net {
    fn drop(&mut self) {
        // With the network its ends of the cables go, and with these ours.
        ip(&["netns", "del", &self.name]);
        ip(&["link", "del", &self.end("c")]);
        ip(&["link", "del", &self.end("b")]);
    }
}

/// Passes connections to `host` here on to `to`; the address to ask at.
async fn pass_on(host: &str, to: String) -> String {
    let listener = TcpListener::bind((host, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                if let Ok(mut to) = TcpStream::connect(to).await {
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                }
            });
        }
    });
    address
}

/// Starts a node in the network, which reaches database and store by its cable alone.
async fn start_in(net: &Net, home: &Home) -> Process {
    let url = home.database().unwrap();
    let database = url.split(['@', '/', '?']).nth(3).unwrap().to_owned();
    let Some(StorageUrl::Bucket(mut bucket)) = home.storage().cloned() else { panic!("the cluster has a bucket") };
    let store = bucket.endpoint.clone().expect("a store of our own").trim_start_matches("http://").to_owned();
    let through = url.replace(&database, &pass_on(&net.host(2, 1), database.clone()).await);
    bucket.endpoint = Some(format!("http://{}", pass_on(&net.host(2, 1), store).await));
    let listen = format!("{}:0", net.host(1, 2));
    let mut command = command("ip", home.path(), &["netns", "exec", &net.name, PROGRAM, "serve", "--listen", &listen]);
    command.env("ATTACHE_DATABASE", through).env("ATTACHE_STORAGE", StorageUrl::Bucket(bucket).to_string());
    let data = home.path().to_owned();
    tokio::task::spawn_blocking(move || Process::start(command, &data)).await.expect("it starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_acknowledges_nothing_and_spoils_nothing() {
    let Some(net) = Net::new() else { return };
    let Some(home) = Home::on(Engine::Cluster).await else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut nodes = vec![home.serve(PROGRAM, &[]), home.serve(PROGRAM, &[])];
    let token = said(&home.command(PROGRAM, &["token", "create", "--scopes", "all"]).output().unwrap());
    let token = Some(token.trim().to_owned());
    nodes.push(start_in(&net, &home).await);
    let mut books = Vec::new();
    for (node, process) in nodes.iter().enumerate() {
        let client = Client::new(process.url(), token.clone());
        let book = |no| Book::new(format!("n{node}c{no}"), client.clone(), Dice::new(dice.next()));
        let own: Vec<Book> = (0..CLIENTS).map(book).collect();
        books.extend(own.into_iter().map(|book| if node == 2 { book.that_waits(PATIENCE) } else { book }));
    }
    let alone = Client::new(nodes[2].url(), token.clone());
    let (mut effort, mut longest) = (Effort::new(2), Duration::ZERO);
    while effort.goes_on() {
        work(&mut books).await;
        net.plug(false);
        let done = Told::all(&books[2 * CLIENTS..]).done;
        let (since, others) = (Instant::now(), Told::all(&books[..2 * CLIENTS]).done);
        let says_so = async {
            while alone.get("/readyz").ask().await.status != 503 {}
            since.elapsed()
        };
        let (said, ()) = tokio::join!(says_so, work(&mut books));
        longest = longest.max(said);
        assert_eq!(Told::all(&books[2 * CLIENTS..]).done, done, "it acknowledges nothing");
        assert!(Told::all(&books[..2 * CLIENTS]).done > others, "the others go on");
        net.plug(true);
        while alone.get("/readyz").ask().await.status != 200 {}
    }
    work(&mut books).await;
    // What its clients stopped waiting for may still be on its way at that node: it ends with its process.
    let mut cut_off = nodes.pop().expect("there are three");
    cut_off.ask_to_stop();
    assert!(tokio::task::spawn_blocking(move || cut_off.wait().0).await.unwrap().success());
    nodes.push(start_in(&net, &home).await);
    let mut proved = Vec::new();
    for node in &nodes {
        proved.push(prove(&Client::new(node.url(), token.clone()), &books).await);
    }
    assert!(proved.iter().all(|count| *count == proved[0]), "all nodes show the same: {proved:?}");
    let told = Told::all(&books);
    for mut node in nodes {
        node.ask_to_stop();
        assert!(tokio::task::spawn_blocking(move || node.wait().0).await.unwrap().success());
    }
    Installation { folder: home.path().to_owned(), database: None }.check();
    figure(
        "fault",
        &format!(
            "a node of three cut off {} times: {} operations done, {} unclear, {} files the same at every node, 0 lost, not \
             ready after {:.1} s at most",
            effort.done(),
            told.done,
            told.unclear + told.cut,
            proved[0],
            longest.as_secs_f64(),
        ),
    );
}

async fn work(books: &mut [Book]) {
    join_all(books.iter_mut().map(|book| async {
        for _ in 0..OPERATIONS {
            book.step().await;
        }
    }))
    .await;
}
