//! Several nodes of one installation: three processes that share a database and a store of contents, and nothing else.
//! Nodes are killed, frozen and replaced under load, and so is their database; nothing that was acknowledged is lost, and
//! what is refused says clearly that it may be asked again.

mod asleep;
mod cut_off;
mod database;
mod fleet;
mod load;
pub(crate) mod node;
mod rolling;
mod stopped;
mod task;
mod token;

use attache_tests::{Engine, Home};
use fleet::Fleet;
use node::{Installation, Node};
use std::sync::Arc;

/// How many there are.
const NODES: usize = 3;

/// An installation with its nodes.
struct Cluster {
    of: Installation,
    nodes: Vec<Node>,
    /// Kept for as long as anything runs in it.
    _home: Home,
}

impl Cluster {
    /// `None` after a loud skip.
    async fn start(settings: &[(&str, &str)]) -> Option<Cluster> {
        let home = Home::on(Engine::Cluster).await?;
        let of = Installation { folder: home.path().to_owned(), database: home.database().map(str::to_owned) };
        let nodes = (0..NODES).map(|_| of.start(settings)).collect();
        Some(Cluster { of, nodes, _home: home })
    }

    /// Its nodes as a client sees them that puts up with so many refusals of a request.
    fn fleet(&self, patience: usize) -> Arc<Fleet> {
        Fleet::new(&self.of, &self.nodes, patience)
    }

    /// Stops all nodes, and looks for what was left.
    async fn end(self) {
        for node in self.nodes {
            assert!(node.stop().await.success());
        }
        self.of.check();
    }
}
