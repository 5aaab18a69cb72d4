//! `attache rm` and `restore`.

use super::{Desk, fed};
use crate::native::on_both_engines;
use attache_tests::Setup;

on_both_engines!(
    a_file_goes_to_the_trash_and_comes_back,
    nothing_is_erased_without_being_asked_for,
    a_folder_goes_with_all_that_is_in_it_when_it_is_said,
);

async fn a_file_goes_to_the_trash_and_comes_back(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "first");
    desk.run(&["put", "a.txt", "--to", "/x"]).good();
    assert_eq!(desk.run(&["rm", "/x/a.txt"]).good(), "");
    assert_eq!(desk.run(&["rm", "/x/a.txt"]).bad(1), "there is no file /x/a.txt");
    desk.write("a.txt", "second");
    desk.run(&["put", "a.txt", "--to", "/x"]).good();
    // Its name is taken by now.
    assert_eq!(desk.run(&["restore", "/x/a.txt"]).good(), "/x/a-1.txt\n");
    assert_eq!(desk.run(&["get", "/x/a-1.txt", "-o", "-"]).out, b"first");
    assert_eq!(desk.run(&["restore", "/x/a.txt"]).bad(1), "there is no file /x/a.txt in the trash");
    let gone = desk.run(&["rm", "/x/a.txt", "/x/a-1.txt", "--json"]).objects();
    assert!(gone.len() == 2 && gone.iter().all(|one| one["outcome"] == "trashed"), "{gone:?}");
    let found = desk.run(&["find", "--trashed", "--json"]).objects();
    let no = found[0]["file"]["no"].to_string();
    let back = desk.run(&["restore", &no, "--json"]).objects();
    assert_eq!((&back[0]["outcome"], &back[0]["file"]["no"].to_string()), (&"restored".into(), &no));
    desk.app.stop().await;
}

async fn nothing_is_erased_without_being_asked_for(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    desk.write("b.txt", "b");
    desk.run(&["put", "a.txt", "b.txt"]).good();
    let asked = fed(desk.command(&["rm", "--erase", "/a.txt"]), b"y\n");
    assert_eq!(asked.bad(2), "nobody is here to be asked; --yes says that they may be erased for good");
    assert_eq!(desk.run(&["rm", "--erase", "--yes", "/a.txt", "--json"]).objects()[0]["outcome"], "erased");
    desk.run(&["restore", "/a.txt"]).bad(1);
    desk.run(&["rm", "/b.txt"]).good();
    desk.run(&["rm", "--erase", "--yes", "/b.txt"]).good();
    assert_eq!(desk.run(&["find", "--trashed"]).code, Some(1));
    desk.app.stop().await;
}

async fn a_folder_goes_with_all_that_is_in_it_when_it_is_said(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("d/e/a.txt", "a");
    desk.run(&["put", "d"]).good();
    assert_eq!(desk.run(&["rm", "/d"]).bad(2), "/d is a folder; --recursive moves it and all in it to the trash");
    desk.run(&["rm", "--recursive", "/d"]).good();
    assert_eq!(desk.run(&["ls", "--json"]).good(), "");
    assert_eq!(desk.run(&["find", "a.txt", "--trashed", "--json"]).objects().len(), 1);
    desk.app.stop().await;
}
