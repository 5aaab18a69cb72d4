//! A file's newest link tells whose it is, whichever nodes its links were made at.

use super::Nodes;
use crate::home::Home;
use attache_core::{Body, Core, Expect, NewFile, NewLink, NewName};
use attache_model::link::Record;
use attache_model::{FileNo, FolderRef, Name};

fn contact(id: &str) -> NewLink {
    NewLink::attached(Record::new("contact", id).unwrap())
}

async fn put(nodes: &Nodes, core: &Core, name: &str, on: &str) -> FileNo {
    let edit = core.edit(&nodes.owner).unwrap();
    let staged = edit.stage(Body::from(name.as_bytes().to_vec()), &Expect::at_most(100)).await.unwrap();
    let name = NewName::Exact(Name::parse(name).unwrap());
    let new = NewFile { links: vec![contact(on)], ..NewFile::new(FolderRef::ROOT, name) };
    edit.put_file(new, staged).await.unwrap().into_file().no
}

#[tokio::test]
async fn the_link_that_was_made_last_is_the_newest_whichever_node_made_it() {
    let Some(home) = Home::postgres().await else { return };
    let nodes = Nodes::new(home).await;
    // Each node has taken numbers for links by now, the second one the higher ones.
    let file = put(&nodes, &nodes.one, "one.txt", "1").await;
    put(&nodes, &nodes.two, "two.txt", "1").await;
    for (core, id) in [(&nodes.two, "2"), (&nodes.one, "3"), (&nodes.two, "4"), (&nodes.one, "5")] {
        core.edit(&nodes.owner).unwrap().link(file, contact(id)).await.unwrap();
        let newest = format!("SELECT record_id FROM link WHERE file_no = {file} ORDER BY no DESC LIMIT 1");
        assert_eq!(nodes.home.ask(&newest, 0, 0).await.unwrap(), [id]);
    }
}
