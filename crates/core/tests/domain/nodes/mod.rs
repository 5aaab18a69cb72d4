//! Several nodes on one installation: two cores on one database, each with its own memory of what happened.

mod link;
mod task;
mod token;
mod upload;

use crate::home::Home;
use attache_blobs::{Blobs, InlineLimit, Memory};
use attache_core::{Caller, Core, Parts};
use attache_db::{Error, Signal, Signals};
use attache_model::limits::Limits;
use tokio::task::JoinSet;

/// Two nodes of the home's installation, and its owner.
pub(crate) struct Nodes {
    pub(crate) one: Core,
    pub(crate) two: Core,
    pub(crate) owner: Caller,
    home: Home,
    listening: JoinSet<()>,
}

/// A node on the home's database with these contents.
async fn node(home: &Home, blobs: Blobs, limits: &Limits) -> Core {
    let parts = Parts {
        db: home.db.clone(),
        blobs,
        clock: home.clock.clone(),
        limits: limits.clone(),
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    Core::open(parts).await.unwrap()
}

fn memory() -> Memory {
    Memory::new(InlineLimit::new(8).unwrap())
}

impl Nodes {
    /// Two that share their contents and hear each other.
    pub(crate) async fn new(home: Home) -> Nodes {
        let contents = memory();
        // Neither is taken for dead, however slow the machine is.
        let limits = Limits { upload_stall: 1, upload_handover: 120, ..Limits::default() };
        let mut nodes = Nodes::of(home, contents.clone().into(), contents.into(), &limits).await;
        for core in [nodes.one.clone(), nodes.two.clone()] {
            nodes.listen(core).await;
        }
        nodes
    }

    /// Two that hear nothing. What one writes late does not reach the other's contents, as in a store where nothing that
    /// is there is written over.
    pub(crate) async fn deaf(home: Home, limits: &Limits) -> Nodes {
        Nodes::of(home, memory().into(), memory().into(), limits).await
    }

    /// Two that share their contents and hear nothing.
    pub(crate) async fn quiet(home: Home, limits: &Limits) -> Nodes {
        let contents = memory();
        Nodes::of(home, contents.clone().into(), contents.into(), limits).await
    }

    async fn of(home: Home, one: Blobs, two: Blobs, limits: &Limits) -> Nodes {
        let (one, two) = (node(&home, one, limits).await, node(&home, two, limits).await);
        Nodes { one, two, owner: home.owner.clone(), home, listening: JoinSet::new() }
    }

    /// Lets a node hear the others, and returns once it does.
    pub(crate) async fn listen(&mut self, core: Core) {
        let name = self.name(&core).await;
        self.listening.spawn(async move { core.listen().await });
        loop {
            let name = name.clone();
            let heard = self.home.db.read(move |tx| {
                let name = name.clone();
                Box::pin(async move { tx.is_heard_by(&name).await })
            });
            let heard: Result<bool, Error> = heard.await;
            if heard.unwrap() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The name that a node has in rows.
    pub(crate) async fn name(&self, core: &Core) -> String {
        let upload = self.open(core, 1).await;
        let name = self.home.ask(&format!("SELECT node FROM upload WHERE no = {}", upload.no), 0, 0).await.unwrap();
        core.remove(&self.owner).unwrap().abort_upload(upload.no).await.unwrap();
        name.into_iter().next().unwrap()
    }

    /// One who hears everything that the nodes say from now on.
    pub(crate) async fn ear(&self) -> Signals {
        let mut ear = self.home.db.signals("ear");
        assert_eq!(ear.next().await, Some(Signal::Regained));
        ear
    }

    /// Says something that only the end of a test listens for.
    pub(crate) async fn say_end(&self) {
        self.home.db.write(|tx| Box::pin(async move { tx.signal("end", "").await })).await.unwrap();
    }
}
