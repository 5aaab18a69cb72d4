//! A place for servers: rows in PostgreSQL, contents in an object store, and a proxy before that.

use super::Maker;
use crate::PROGRAM;
use attache_blobs::{Blobs, Cloud, CloudOptions, InlineLimit, StorageUrl};
use attache_tests::proxy::{Proxy, Seen};
use attache_tests::{Client, Process, command, said};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Where servers are started.
pub(super) struct Site {
    folder: TempDir,
    database: String,
    /// The store without the proxy.
    store: StorageUrl,
    pub(super) proxy: Proxy,
}

impl Site {
    /// `None` after a loud skip.
    pub(super) async fn new(maker: Maker, name: &str) -> Option<Site> {
        let store = maker.place(name)?;
        let database = attache_db::testing::database().await?;
        let StorageUrl::Bucket(bucket) = &store else { panic!("{store} is no bucket") };
        let proxy = Proxy::start(bucket.endpoint.as_deref().expect("a store of our own"));
        Some(Site { folder: tempfile::tempdir().unwrap(), database, store, proxy })
    }

    /// The store at another address.
    pub(super) fn at(&self, endpoint: &str) -> String {
        self.changed(|bucket| bucket.endpoint = Some(endpoint.to_owned()))
    }

    /// The store's URL, changed, behind the proxy unless that is changed too.
    pub(super) fn changed(&self, change: impl FnOnce(&mut attache_blobs::Bucket)) -> String {
        let mut store = self.store.clone();
        let StorageUrl::Bucket(bucket) = &mut store else { panic!("{store} is no bucket") };
        bucket.endpoint = Some(self.proxy.url());
        change(bucket);
        store.to_string()
    }

    /// A command line on this place.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(PROGRAM, self.folder.path(), arguments);
        command.env("ATTACHE_DATABASE", &self.database).env("ATTACHE_STORAGE", self.changed(|_| {}));
        command
    }

    /// What a server is started with.
    pub(super) fn serving(&self) -> Command {
        self.command(&["serve", "--listen", "127.0.0.1:0"])
    }

    pub(super) fn start(&self) -> Process {
        Process::start(self.serving(), self.folder.path())
    }

    /// A server with settings of its own, by the names of their variables.
    pub(super) fn start_with(&self, settings: &[(&str, &str)]) -> Process {
        let mut command = self.serving();
        command.envs(settings.iter().copied());
        Process::start(command, self.folder.path())
    }

    /// What a server says that is meant not to start.
    pub(super) fn refusal(&self, change: impl FnOnce(&mut Command) -> &mut Command) -> String {
        let mut command = self.serving();
        change(&mut command);
        let output = command.output().unwrap();
        assert!(!output.status.success(), "it started and ended well: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// A client that may do everything.
    pub(super) fn client(&self, server: &Process) -> Client {
        let token = said(&self.command(&["token", "create", "--scopes", "all"]).output().unwrap());
        Client::new(server.url(), Some(token.trim().to_owned()))
    }

    /// Demands that rows, contents and books agree: at first but for what cut requests left, which the check removes, and
    /// then wholly, with nothing in the store but contents that a row names.
    pub(super) async fn is_sound(&self) {
        self.proxy.heal();
        let first = self.check(&["--repair"]);
        let report = String::from_utf8_lossy(&first.stdout).into_owned();
        for fault in ["ghost:", "damaged:", "references:", "book:"] {
            assert!(!report.contains(fault), "{report}");
        }
        let second = self.check(&[]);
        assert!(second.status.success(), "{second:?}");
        let blobs = self.blobs();
        let mut left = blobs.leftovers();
        let left = left.next_batch().await.expect("the store is there");
        assert!(left.is_none_or(|left| left.is_empty()), "something is left of requests that were cut");
    }

    fn check(&self, more: &[&str]) -> Output {
        let line = [&["check", "--older-than", "0s"], more].concat();
        self.command(&line).output().expect("the check runs")
    }

    /// The store without the proxy.
    pub(super) fn blobs(&self) -> Blobs {
        Blobs::Cloud(Cloud::open(&self.store, InlineLimit::new(0).unwrap(), &CloudOptions::default()).unwrap())
    }

    /// The keys of all contents in the store.
    pub(super) async fn contents(&self) -> BTreeSet<String> {
        let (blobs, mut keys) = (self.blobs(), BTreeSet::new());
        let mut list = blobs.keys();
        while let Some(batch) = list.next_batch().await.expect("the store is there") {
            keys.extend(batch.into_iter().map(|found| format!("{found:?}")));
        }
        keys
    }

    /// The most often that one thing was asked of the store since the proxy last forgot.
    pub(super) fn most_tries(&self) -> usize {
        let mut tries: BTreeMap<(String, String), usize> = BTreeMap::new();
        for Seen { method, target, .. } in self.proxy.seen() {
            *tries.entry((method, target)).or_default() += 1;
        }
        tries.into_values().max().unwrap_or(0)
    }
}
