//! Where histories happen: one server or several nodes, and an account for each history.

use crate::nodes::node::{Installation, Node};
use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit};
use attache_core::{Caller, CheckPlan, Core, Credential, NewToken, Parts, TokenForm};
use attache_db::{Db, Options, Target};
use attache_model::account::Quota;
use attache_model::limits::Limits;
use attache_model::token::Secret;
use attache_model::{Clock, UserNo};
use attache_tests::{Ask, Client, Engine, Home};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What an account of a history may hold: enough for most of what is asked, and not for all of it.
const BYTES: u64 = 120_000;
const FILES: u64 = 6;

/// The nodes, and beside them a core on the same rows that makes the accounts: it is a node that nobody asks anything.
pub(super) struct Site {
    core: Core,
    nodes: Vec<Node>,
    /// By the nodes. They have no token; connections are shared by all histories.
    clients: Vec<Client>,
    accounts: AtomicUsize,
    _home: Home,
}

impl Site {
    /// So many nodes, started with these settings; `None` after a loud skip.
    pub(super) async fn start(engine: Engine, nodes: usize, settings: &[(&str, &str)]) -> Option<Site> {
        let home = Home::on(engine).await?;
        let of = Installation { folder: home.path().to_owned(), database: home.database().map(str::to_owned) };
        let nodes: Vec<Node> = (0..nodes).map(|_| of.start(settings)).collect();
        let clients = nodes.iter().map(|node| Client::new(node.url(), None)).collect();
        let core = core(&home).await;
        Some(Site { core, nodes, clients, accounts: AtomicUsize::new(0), _home: home })
    }

    /// A new account with a quota, and somebody who may do everything in it.
    pub(super) async fn account(&self) -> Account {
        let name = format!("history-{}", self.accounts.fetch_add(1, Ordering::SeqCst));
        let account = self.core.operator().make_account(&name).await.unwrap().name;
        let (user, scopes) = (UserNo::OWNER, attache::scope::parse("all").unwrap());
        let new = NewToken { account, user, name: String::new(), scopes, life: None, form: TokenForm::Plain };
        let (_, secret) = self.core.operator().make_token(new).await.unwrap();
        let token = secret.reveal().to_owned();
        let caller: Caller = self.core.admit(&Credential::Token(Secret::new(token.clone()))).await.unwrap();
        let quota = Quota { bytes: Some(BYTES), files: Some(FILES) };
        self.core.manage(&caller).unwrap().set_quota(quota).await.unwrap();
        Account { clients: self.clients.iter().map(|client| client.with_token(Some(token.clone()))).collect() }
    }

    /// Stops all nodes; what is left is in order.
    pub(super) async fn end(self) {
        for node in self.nodes {
            assert!(node.stop().await.success());
        }
        // Bytes of requests that were cut may be there; everything else agrees.
        let plan = CheckPlan { repair: true, older_than: std::time::Duration::ZERO };
        drop(self.core.operator().check(plan).await.unwrap());
        let report = self.core.operator().check(CheckPlan { repair: false, ..plan }).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

/// A core on the rows and bytes of a home.
async fn core(home: &Home) -> Core {
    let inline = InlineLimit::new(1024).unwrap();
    let blobs: Blobs = match home.storage() {
        Some(bucket) => Cloud::open(bucket, inline, &CloudOptions::default()).unwrap().into(),
        None => Disk::open(&home.path().join("blobs"), inline).unwrap().into(),
    };
    let place = home.path().join("attache.db");
    let target = home.database().map_or(Target::Sqlite(place), |url| Target::Postgres(url.to_owned()));
    let parts = Parts {
        db: Db::open(&target, &Options::default()).await.unwrap(),
        blobs,
        clock: Clock::System,
        limits: Limits::default(),
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    Core::open(parts).await.unwrap()
}

/// The account of one history.
pub(super) struct Account {
    clients: Vec<Client>,
}

impl Account {
    /// A client of a node.
    pub(super) fn client(&self, node: usize) -> Client {
        self.clients[node % self.clients.len()].clone()
    }

    /// Now, and so at every moment that anybody looks.
    pub(super) async fn is_within_quota(&self, node: usize) {
        let usage = &self.client(node).get("/v1/account").ask().await.expect(200)["usage"];
        let (bytes, files) = (usage["bytes"].as_u64().unwrap(), usage["files"].as_u64().unwrap());
        assert!(bytes <= BYTES && files <= FILES, "the account holds {usage}");
    }

    /// At the end of a history: names are there once, folders are a tree, and the account is within its quota.
    pub(super) async fn is_sound(&self) {
        self.is_within_quota(0).await;
        let client = self.client(1);
        let files = crate::native::list(&client, "/v1/files").await;
        let paths: BTreeSet<&str> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
        assert_eq!(paths.len(), files.len(), "two files have one path: {paths:?}");
        let folders = crate::native::list(&client, "/v1/folders").await;
        assert_eq!(folders.len(), 3, "{folders:?}");
        let above = |no: i64| {
            folders.iter().find(|folder| folder["no"] == no).map(|folder| folder["parent_no"].as_i64().unwrap())
        };
        for folder in &folders {
            let start = folder["no"].as_i64().unwrap();
            let up = folders.iter().fold(start, |at, _| above(at).unwrap_or(0));
            assert_eq!(up, 0, "folders are in a ring: {folders:?}");
            assert!(is_named_by_its_parents(folder, &folders), "{folder}");
        }
    }
}

/// Whether a folder's path is its parent's, and its name.
fn is_named_by_its_parents(folder: &Value, folders: &[Value]) -> bool {
    let parent = folders.iter().find(|parent| parent["no"] == folder["parent_no"]);
    let above = parent.map_or("", |parent| parent["path"].as_str().unwrap());
    folder["path"] == format!("{above}/{}", folder["name"].as_str().unwrap())
}
