//! Tasks: whoever is asked for one tells every node, and one of them does it.

use super::Nodes;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{FolderChange, NewFolder};
use attache_db::Signal;
use attache_model::id::TaskId;
use attache_model::task::TaskState;
use attache_model::{FolderNo, FolderRef};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Enough for both workers to reach for the same one.
const TASKS: usize = 40;

on_both_engines!(
    every_node_hears_of_a_task_that_is_asked_for,
    a_task_that_was_asked_for_at_one_node_is_done_by_another,
    many_tasks_are_each_done_once_by_the_workers_of_two_nodes,
);

impl Nodes {
    async fn folder(&self, name: &str) -> FolderNo {
        let new = NewFolder { parent: FolderRef::ROOT, make_parents: false, name: name.to_owned(), or_existing: false };
        self.one.edit(&self.owner).unwrap().make_folder(new).await.unwrap().no
    }

    /// Asks the first node for a folder's new name.
    async fn ask_for(&self, folder: FolderNo, name: &str) -> TaskId {
        let change = FolderChange { name: Some(name.to_owned()), parent: None };
        self.one.edit(&self.owner).unwrap().change_folder_later(&FolderRef::No(folder), change).await.unwrap()
    }

    async fn done(&self, task: TaskId) {
        while self.one.view(&self.owner).unwrap().task(task).await.unwrap().state != TaskState::Done {
            tokio::task::yield_now().await;
        }
    }
}

async fn every_node_hears_of_a_task_that_is_asked_for(home: Home) {
    let nodes = Nodes::new(home).await;
    let folder = nodes.folder("a").await;
    let mut ear = nodes.ear().await;
    nodes.ask_for(folder, "b").await;
    let heard = ear.next().await;
    assert!(matches!(&heard, Some(Signal::Message { topic, .. }) if topic == "task"), "{heard:?}");
}

async fn a_task_that_was_asked_for_at_one_node_is_done_by_another(home: Home) {
    let nodes = Nodes::new(home).await;
    let (stop, mut stopped) = watch::channel(false);
    let worker = nodes.two.work();
    let working = tokio::spawn(worker.run(async move { drop(stopped.wait_for(|stopped| *stopped).await) }));
    let folder = nodes.folder("a").await;
    nodes.done(nodes.ask_for(folder, "b").await).await;
    stop.send_replace(true);
    working.await.unwrap();
}

async fn many_tasks_are_each_done_once_by_the_workers_of_two_nodes(home: Home) {
    let nodes = Nodes::new(home).await;
    let mut folders = Vec::new();
    for count in 0..TASKS {
        folders.push(nodes.folder(&format!("old {count}")).await);
    }
    let (stop, stopped) = watch::channel(false);
    let mut working = JoinSet::new();
    for core in [&nodes.one, &nodes.two] {
        let mut stopped = stopped.clone();
        working.spawn(core.work().run(async move { drop(stopped.wait_for(|stopped| *stopped).await) }));
    }
    let mut tasks = Vec::new();
    for (count, folder) in folders.iter().enumerate() {
        tasks.push(nodes.ask_for(*folder, &format!("new {count}")).await);
    }
    for task in tasks {
        nodes.done(task).await;
    }
    stop.send_replace(true);
    while let Some(ended) = working.join_next().await {
        ended.unwrap();
    }
    let tries = "SELECT CAST(attempts AS TEXT) FROM task WHERE attempts <> 1 OR lease_no <> 1";
    assert!(nodes.home.ask(tries, 0, 0).await.unwrap().is_empty(), "each was taken once");
    let renamed = nodes.home.ask("SELECT name FROM folder WHERE name LIKE 'new %'", 0, 0).await.unwrap();
    assert_eq!(renamed.len(), TASKS);
}
