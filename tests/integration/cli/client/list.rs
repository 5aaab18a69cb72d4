//! `attache ls`, `find`, `link`, `unlink` and `share`.

use super::Desk;
use crate::native::on_both_engines;
use attache_tests::Setup;

on_both_engines!(
    a_folder_is_listed_with_its_folders_first,
    files_are_found_by_everything_that_is_said_of_them,
    a_file_is_put_on_a_record_and_taken_off_again,
    a_link_gives_the_file_to_somebody_without_a_token,
);

/// A few files.
fn office(desk: &Desk) {
    desk.write("office/lease.pdf", "%PDF-1.4 lease");
    desk.write("office/notes.txt", "some notes");
    desk.write("office/old/lease 2025.pdf", "%PDF-1.4 older");
    desk.run(&["put", "office"]).good();
}

async fn a_folder_is_listed_with_its_folders_first(setup: Setup) {
    let desk = Desk::new(setup).await;
    office(&desk);
    let names = |lines: Vec<String>| {
        let names = lines.iter().map(|line| line.rsplit("  ").next().unwrap_or_default().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(desk.run(&["ls"]).lines()), ["NAME", "office/"]);
    assert_eq!(names(desk.run(&["ls", "/office"]).lines()), ["NAME", "old/", "lease.pdf", "notes.txt"]);
    let long = desk.run(&["ls", "-l", "/office/"]).lines();
    assert!(long[2].contains("14 B") && long[2].contains("private") && long[2].contains("application/pdf"), "{long:?}");
    assert_eq!(names(desk.run(&["ls", "/office/notes.txt"]).lines()), ["NAME", "notes.txt"]);
    let objects = desk.run(&["ls", "/office", "--json"]).objects();
    assert_eq!(objects[0]["folder"]["path"], "/office/old");
    assert_eq!(objects[2]["file"]["version"]["size"], 10);
    assert_eq!(desk.run(&["ls", "/nowhere"]).bad(1), "there is no folder and no file /nowhere");
    desk.run(&["ls", "office"]).bad(2);
    assert_eq!(names(desk.run(&["ls", "contact/1"]).lines()), ["NAME"]);
    desk.app.stop().await;
}

async fn files_are_found_by_everything_that_is_said_of_them(setup: Setup) {
    let desk = Desk::new(setup).await;
    office(&desk);
    desk.run(&["link", "/office/notes.txt", "deal/7"]).good();
    let found = |arguments: &[&str]| {
        let said = desk.run(&[&["find", "--json"], arguments].concat());
        let names = said.objects().into_iter().map(|one| one["file"]["name"].as_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    assert_eq!(found(&["LEASE"]), ["lease 2025.pdf", "lease.pdf"]);
    assert_eq!(found(&["lease", "--under", "/office/old"]), ["lease 2025.pdf"]);
    assert_eq!(found(&["--record", "deal/7"]), ["notes.txt"]);
    assert_eq!(found(&["--ext", "txt,md"]), ["notes.txt"]);
    assert_eq!(found(&["--type", "application/pdf", "--created-after", "2020-01-01T00:00:00Z"]).len(), 2);
    assert_eq!(found(&["--size-max", "13"]), ["notes.txt"]);
    assert_eq!(found(&["--size-min", "11", "--kind", "document"]).len(), 2);
    let sorted = desk.run(&["find", "--sort", "-size", "--json"]).objects();
    let sizes: Vec<_> = sorted.iter().map(|one| one["file"]["version"]["size"].as_u64().unwrap()).collect();
    assert!(sizes.len() == 3 && sizes.is_sorted_by(|one, next| one >= next), "{sizes:?}");
    let none = desk.run(&["find", "nothing of this name"]);
    assert_eq!((none.code, none.out.as_slice(), none.err.as_str()), (Some(1), &b""[..], ""));
    let lines = desk.run(&["find", "notes"]).lines();
    assert!(lines.len() == 2 && lines[1].ends_with("  /office/notes.txt"), "{lines:?}");
    desk.run(&["find", "--sort", "colour"]).bad(2);
    desk.app.stop().await;
}

async fn a_file_is_put_on_a_record_and_taken_off_again(setup: Setup) {
    let desk = Desk::new(setup).await;
    office(&desk);
    for _ in 0..2 {
        desk.run(&["link", "/office/lease.pdf", "contact/42"]).good();
    }
    let link = desk.run(&["link", "/office/notes.txt", "contact/42", "--json"]).objects();
    assert_eq!(link[0]["record"], "contact/42");
    let lines = desk.run(&["ls", "contact/42"]).lines();
    assert!(lines[1].ends_with("/office/notes.txt") && lines[2].ends_with("/office/lease.pdf"), "{lines:?}");
    desk.run(&["unlink", "/office/lease.pdf", "contact/42"]).good();
    assert_eq!(
        desk.run(&["unlink", "/office/lease.pdf", "contact/42"]).bad(1),
        "there is no file /office/lease.pdf on contact/42"
    );
    let unlinked = desk.run(&["unlink", "/office/notes.txt", "contact/42", "--json"]).objects();
    assert_eq!(unlinked[0]["outcome"], "unlinked");
    assert_eq!(desk.run(&["link", "/nowhere", "contact/42"]).bad(1), "there is no file /nowhere");
    assert!(desk.run(&["link", "/office/notes.txt", "contact"]).bad(2).contains("contact/42"));
    desk.app.stop().await;
}

async fn a_link_gives_the_file_to_somebody_without_a_token(setup: Setup) {
    let desk = Desk::new(setup).await;
    office(&desk);
    let url = desk.run(&["share", "/office/notes.txt", "--for", "1d", "--download"]).good();
    let stranger = attache_tests::Client::new(desk.app.url(), None);
    let answer = stranger.get(url.trim()).send().await.unwrap();
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(answer.bytes().await.unwrap(), "some notes");
    let share = desk.run(&["share", "/office/notes.txt", "--json"]).objects();
    assert!(share[0]["url"].is_string() && share[0]["expires_at"].is_string(), "{share:?}");
    assert!(desk.run(&["share", "/office/notes.txt", "--for", "8d"]).bad(2).contains("604800 seconds"));
    assert_eq!(desk.run(&["share", "/office"]).bad(1), "there is no file /office");
    desk.app.stop().await;
}
