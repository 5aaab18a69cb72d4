//! `attache put`: what goes up comes down again as it was.

use super::{Desk, Said, fed, noise, tree};
use crate::native::on_both_engines;
use attache_tests::Setup;
use std::process::Stdio;

on_both_engines!(
    a_folder_goes_up_and_comes_down_with_every_byte,
    what_is_there_already_is_not_sent_again,
    a_name_that_is_taken_is_what_the_caller_makes_of_it,
    standard_input_goes_up_and_comes_out_again_whatever_its_length,
    files_are_put_on_records_with_the_commit_that_makes_them,
    what_cannot_be_put_does_not_keep_the_rest_from_it,
);

/// A byte more than what goes in one request.
const LARGE: usize = (8 << 20) + 1;

async fn a_folder_goes_up_and_comes_down_with_every_byte(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("office/empty.txt", "");
    desk.write("office/ünï codé #1?%2F.txt", "words");
    desk.write("office/2026/contracts/lease.pdf", noise(1, 300_000));
    desk.write("office/2026/large.bin", noise(2, LARGE));
    desk.write("office/2026/whole piece.bin", noise(3, LARGE - 1));
    std::fs::create_dir_all(desk.at("office/nothing/in here")).unwrap();
    let put = desk.run(&["put", "office", "--to", "/up"]).lines();
    assert_eq!(
        put,
        [
            "/up/office/2026/contracts/lease.pdf",
            "/up/office/2026/large.bin",
            "/up/office/2026/whole piece.bin",
            "/up/office/empty.txt",
            "/up/office/ünï codé #1?%2F.txt"
        ]
    );
    let got = desk.run(&["get", "--recursive", "/up/office", "--output", "down"]).lines();
    assert_eq!(got.len(), 5);
    assert_eq!(tree(&desk.at("down/office")), tree(&desk.at("office")));
    let everything = desk.run(&["get", "-r", "/", "-o", "all", "--json"]).objects();
    assert!(everything.iter().all(|one| one["outcome"] == "fetched"), "{everything:?}");
    assert_eq!(tree(&desk.at("all/up/office")), tree(&desk.at("office")));
    desk.app.stop().await;
}

async fn what_is_there_already_is_not_sent_again(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("d/small.txt", "small");
    desk.write("d/large.bin", noise(4, LARGE));
    desk.run(&["put", "d"]).good();
    let again = desk.run(&["put", "d", "--record", "deal/7", "--json"]).objects();
    let told: Vec<_> =
        again.iter().map(|one| (one["name"].as_str().unwrap(), one["outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [("d/large.bin", "there"), ("d/small.txt", "there")]);
    assert!(again.iter().all(|one| one["file"]["version"]["no"] == 1));
    assert_eq!(desk.run(&["ls", "deal/7", "--json"]).objects().len(), 2);
    assert_eq!(desk.run(&["find", "--json"]).objects().len(), 2);
    desk.app.stop().await;
}

async fn a_name_that_is_taken_is_what_the_caller_makes_of_it(setup: Setup) {
    let desk = Desk::new(setup).await;
    for (name, old, new) in [("s.txt", b"old".to_vec(), b"new".to_vec()), ("l.bin", noise(5, LARGE), noise(6, LARGE))] {
        let outcome = |what: &str| {
            let said = desk.run(&["put", name, "--on-conflict", what, "--json"]).objects();
            (said[0]["outcome"].as_str().unwrap().to_owned(), said[0]["file"]["path"].as_str().unwrap().to_owned())
        };
        let is = |outcome: &str, path: String| (outcome.to_owned(), path);
        let (stem, ext) = name.split_once('.').unwrap();
        desk.write(name, &old);
        assert_eq!(outcome("refuse"), is("created", format!("/{name}")));
        desk.write(name, &new);
        let words = desk.run(&["put", name]).bad(4);
        assert_eq!(
            words,
            format!("/{name}: the name is taken by other content; see --on-conflict for what to do then")
        );
        assert_eq!(outcome("number"), is("created", format!("/{stem}-1.{ext}")));
        assert_eq!(outcome("version"), is("versioned", format!("/{name}")));
        assert_eq!(desk.run(&["get", &format!("/{name}"), "-o", "-"]).out, new);
        desk.write(name, &old);
        assert_eq!(outcome("replace"), is("created", format!("/{name}")));
        assert_eq!(desk.run(&["get", &format!("/{name}"), "-o", "-"]).out, old);
        assert_eq!(desk.run(&["find", name, "--trashed", "--json"]).objects().len(), 1);
    }
    desk.app.stop().await;
}

async fn standard_input_goes_up_and_comes_out_again_whatever_its_length(setup: Setup) {
    let desk = Desk::new(setup).await;
    for (no, len) in [0, 1, LARGE - 2, LARGE - 1, LARGE, 2 * (LARGE - 1), 20_000_000].into_iter().enumerate() {
        let (content, name) = (noise(no as u64, len), format!("{len}.bin"));
        let put = fed(desk.command(&["put", "-", "--name", &name, "--to", "piped"]), &content);
        assert_eq!(put.good(), format!("/piped/{name}\n"));
        let got = desk.run(&["get", &format!("/piped/{name}"), "-o", "-"]);
        assert_eq!((got.code, got.err.as_str()), (Some(0), ""));
        assert!(got.out == content, "{len} bytes");
    }
    desk.run(&["put", "-"]).bad(2);
    // One program's output is the other one's input.
    let mut get = desk.command(&["get", "/piped/20000000.bin", "-o", "-"]);
    let mut get = get.stdout(Stdio::piped()).spawn().unwrap();
    let mut put = desk.command(&["put", "-", "--name", "copy.bin"]);
    assert_eq!(Said::of(put.stdin(get.stdout.take().unwrap()).output()).good(), "/copy.bin\n");
    assert!(get.wait().unwrap().success());
    assert!(desk.run(&["get", "/copy.bin", "-o", "-"]).out == noise(6, 20_000_000));
    desk.app.stop().await;
}

async fn files_are_put_on_records_with_the_commit_that_makes_them(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    desk.write("b.bin", noise(7, LARGE));
    desk.run(&["put", "a.txt", "b.bin", "--record", "contact/42", "--record", "deal/7"]).good();
    for record in ["contact/42", "deal/7"] {
        let on = desk.run(&["ls", record, "--json"]).objects();
        let mut names: Vec<_> = on.iter().map(|one| one["file"]["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a.txt", "b.bin"], "{record}");
        assert!(on.iter().all(|one| one["link"]["record"] == record), "{on:?}");
    }
    desk.run(&["put", "a.txt", "--to", "/x", "--record", "contact"]).bad(2);
    assert_eq!(desk.run(&["find", "--json"]).objects().len(), 2);
    desk.app.stop().await;
}

async fn what_cannot_be_put_does_not_keep_the_rest_from_it(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("d/a.txt", "a");
    desk.write("d/b\\c.txt", "b");
    desk.write("d/z.txt", "z");
    std::os::unix::fs::symlink("a.txt", desk.at("d/link")).unwrap();
    let said = desk.run(&["put", "d", "--json"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert_eq!(said.err.lines().count(), 2, "{}", said.err);
    assert!(said.err.contains("d/b\\c.txt: ") && said.err.contains("d/link: "), "{}", said.err);
    let lines: Vec<serde_json::Value> =
        String::from_utf8(said.out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: Vec<_> = lines.iter().filter_map(|line| line["error"]["code"].as_str()).collect();
    assert_eq!((lines.len(), failed), (4, vec!["name_invalid", "trouble"]));
    assert_eq!(desk.run(&["find", "--json"]).objects().len(), 2);

    let words = desk.run(&["put", "d/a.txt", "missing.txt"]).bad(1);
    assert_eq!(words, "read missing.txt: no such file or directory");
    desk.run(&["put", "d", "--name", "x"]).bad(2);
    desk.run(&["put", "d/a.txt", "d/z.txt", "--name", "x"]).bad(2);
    desk.app.stop().await;
}
