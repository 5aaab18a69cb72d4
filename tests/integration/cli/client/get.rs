//! `attache get`: what is here already, and where things go.

use super::Desk;
use crate::native::on_both_engines;
use attache_tests::Setup;

on_both_engines!(
    a_file_here_is_not_written_over_unless_it_is_said,
    files_go_where_they_are_sent_by_path_number_or_id,
    what_is_not_there_is_told_and_the_rest_is_fetched,
);

async fn a_file_here_is_not_written_over_unless_it_is_said(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "theirs");
    desk.run(&["put", "a.txt"]).good();
    assert_eq!(desk.run(&["get", "/a.txt", "--json"]).objects()[0]["outcome"], "here");
    desk.write("a.txt", "mine");
    assert_eq!(desk.run(&["get", "/a.txt"]).bad(4), "/a.txt: a.txt is here with other content; --force writes over it");
    assert_eq!(desk.read("a.txt"), b"mine");
    assert_eq!(desk.run(&["get", "/a.txt", "--force", "--json"]).objects()[0]["outcome"], "fetched");
    assert_eq!(desk.read("a.txt"), b"theirs");
    desk.app.stop().await;
}

async fn files_go_where_they_are_sent_by_path_number_or_id(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    let file = desk.run(&["put", "a.txt", "--to", "/x", "--json"]).objects()[0]["file"].clone();
    desk.write("b.txt", "b");
    desk.run(&["put", "b.txt", "--to", "/x"]).good();
    std::fs::create_dir(desk.at("there")).unwrap();
    let no = file["no"].to_string();
    let id = file["id"].as_str().unwrap();
    assert_eq!(desk.run(&["get", id, "-o", "there"]).good(), "there/a.txt\n");
    assert_eq!(desk.run(&["get", &no, "-o", "new/"]).good(), "new/a.txt\n");
    assert_eq!(desk.run(&["get", "/x/a.txt", "-o", "other.txt"]).good(), "other.txt\n");
    assert_eq!(desk.run(&["get", "/x/a.txt", "/x/b.txt", "-o", "both"]).lines(), ["both/a.txt", "both/b.txt"]);
    for path in ["there/a.txt", "new/a.txt", "other.txt", "both/a.txt"] {
        assert_eq!(desk.read(path), b"a", "{path}");
    }
    desk.app.stop().await;
}

async fn what_is_not_there_is_told_and_the_rest_is_fetched(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    desk.run(&["put", "a.txt", "--to", "/x"]).good();
    assert_eq!(desk.run(&["get", "/nothing", "/x/a.txt", "-o", "down"]).bad(1), "there is no file /nothing");
    assert_eq!(desk.read("down/a.txt"), b"a");
    assert_eq!(desk.run(&["get", "/x"]).bad(2), "/x is a folder; --recursive gets it with all that is in it");
    assert!(desk.run(&["get", "a.txt"]).bad(2).contains("/contracts/a.txt"));
    assert_eq!(desk.run(&["get", "/x/a.txt", "/x/a.txt", "-o", "-"]).bad(2), "-o - takes one file");
    assert_eq!(desk.run(&["get", "999999"]).bad(1), "there is no file 999999");
    desk.app.stop().await;
}
