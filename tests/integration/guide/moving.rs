//! One machine becomes several nodes, as the guide says.

use super::cluster::{Cluster, can_run};
use super::machine::Machine;
use super::page::{Block, section};
use super::port;
use super::single::ready;

#[test]
fn what_one_machine_kept_is_on_several_nodes_after_the_move() {
    if !can_run() {
        return;
    }
    let cluster = Cluster::empty();
    cluster.set_up_below();
    let own = ["8080", "9090"].map(|port| (format!("127.0.0.1:{port}"), format!("127.0.0.1:{}", port::free())));
    let old = Machine::new(&[&own[..], cluster.store.addresses()].concat());
    let [install, token, ..] = &section("One machine")[..] else { panic!("the guide sets one machine up") };
    old.follow(install);
    ready(&old, "127.0.0.1:8080");
    let token = old.follow(token).lines().next().unwrap().trim().to_owned();
    let curl = format!("curl --silent --fail --header 'Authorization: Bearer {token}'");
    old.run(&format!("head -c 3000000 /dev/urandom >kept.bin; {curl} --upload-file kept.bin http://127.0.0.1:8080/v1/files/by-path/kept.bin"));

    let [moving]: [Block; 1] = section("Moving an installation").try_into().expect("one block");
    old.follow(&moving);

    let [install, migrate, start, _]: [Block; 4] = section("Nodes").try_into().expect("four blocks");
    cluster.nodes.iter().for_each(|node| drop(node.follow(&install)));
    cluster.follow(&migrate);
    cluster.nodes.iter().for_each(|node| drop(node.follow(&start)));
    cluster.await_nodes();
    let kept = old.run("sha256sum <kept.bin");
    for node in &cluster.nodes {
        let found = node.run(&format!(
            "id=$({curl} 'http://10.0.0.11:8080/v1/files?name=kept.bin' | grep -o '\"id\":\"[^\"]*' | head -n 1 | cut -d '\"' -f 4)
             {curl} \"http://10.0.0.11:8080/v1/files/$id/content\" | sha256sum"
        ));
        assert_eq!(found, kept, "the same token gets the same bytes");
    }
}
