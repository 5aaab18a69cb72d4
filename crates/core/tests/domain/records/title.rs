//! Names that show although another file of the folder has them.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::record;
use crate::records::reach::put;
use attache_core::{
    Destination, FileChange, FileQuery, FileSort, FileTest, Life, Order, Pattern, Reach, ReachChange, Rename, Start,
};
use attache_model::file::File;
use attache_model::name::NAME_MAX;
use attache_model::{FileNo, FolderRef, Name};

on_both_engines!(
    a_name_that_is_taken_shows_all_the_same,
    however_many_files_show_one_name_the_next_finds_its_own_at_once,
    a_file_that_is_renamed_to_a_taken_name_shows_it,
    a_file_that_is_renamed_to_what_it_is_called_in_its_folder_is_called_so_everywhere,
    a_free_name_is_the_files_own,
    a_rename_through_another_face_ends_the_title,
    a_title_outlives_the_trash,
    a_file_that_comes_back_to_a_taken_name_shows_the_number_it_got,
    the_longest_name_is_taken_twice_and_shows_whole,
    lists_find_and_order_files_by_what_they_show,
);

/// The name in the folder and the name that shows.
async fn both(home: &Home, no: FileNo) -> (String, String) {
    let file = home.edit().file(no).await.unwrap();
    (file.name.full().to_owned(), file.title().full().to_owned())
}

fn pair(name: &str, title: &str) -> (String, String) {
    (name.to_owned(), title.to_owned())
}

async fn rename(reach: &Reach<'_>, no: FileNo, to: &str) -> File {
    let change = ReachChange { name: Some(Name::parse(to).unwrap()), ..ReachChange::default() };
    reach.change_file(no, change, None).await.unwrap().file
}

async fn puts<const N: usize>(reach: &Reach<'_>, names: [&str; N]) -> [FileNo; N] {
    let mut nos = [FileNo(0); N];
    for (no, name) in nos.iter_mut().zip(names) {
        *no = put(reach, name, Destination::Company).await.file.no;
    }
    nos
}

async fn a_name_that_is_taken_shows_all_the_same(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [first, second, third] = puts(&reach, ["a.txt", "a.txt", "a.txt"]).await;
    assert_eq!(both(&home, first).await, pair("a.txt", "a.txt"));
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a.txt"));
    assert_eq!(both(&home, third).await, pair("a-2.txt", "a.txt"));
    reach.trash_file(first).await.unwrap();
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a.txt"), "nothing moves up");
}

async fn however_many_files_show_one_name_the_next_finds_its_own_at_once(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut nos = Vec::new();
    for _ in 0..12 {
        nos.push(put(&reach, "a.txt", Destination::Company).await.file.no);
    }
    for (at, no) in nos.iter().enumerate().skip(1) {
        let number = if at <= 8 { at.to_string() } else { no.to_string() };
        assert_eq!(both(&home, *no).await, pair(&format!("a-{number}.txt"), "a.txt"));
    }
    let [other, last] = puts(&reach, ["b.txt", "c.txt"]).await;
    rename(&reach, other, "a.txt").await;
    assert_eq!(both(&home, other).await, pair(&format!("a-{other}.txt"), "a.txt"), "a renamed file too");
    // Somebody called a file so on purpose, and it is the next one's number.
    let next = FileNo(last.0 + 1);
    rename(&reach, last, &format!("a-{next}.txt")).await;
    let taken = put(&reach, "a.txt", Destination::Company).await.file.no;
    assert_eq!((taken, both(&home, taken).await), (next, pair("a-9.txt", "a.txt")));
}

async fn a_file_that_is_renamed_to_a_taken_name_shows_it(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [_, second] = puts(&reach, ["a.txt", "b.txt"]).await;
    assert_eq!(rename(&reach, second, "a.txt").await.title().full(), "a.txt");
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a.txt"));
    rename(&reach, second, "b.txt").await;
    assert_eq!(both(&home, second).await, pair("b.txt", "b.txt"));
    // The other letters are another name.
    rename(&reach, second, "A.txt").await;
    assert_eq!(both(&home, second).await, pair("A.txt", "A.txt"));
}

async fn a_file_that_is_renamed_to_what_it_is_called_in_its_folder_is_called_so_everywhere(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [_, second] = puts(&reach, ["a.txt", "a.txt"]).await;
    rename(&reach, second, "a-1.txt").await;
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a-1.txt"));
    rename(&reach, second, "a.txt").await;
    let (name, title) = both(&home, second).await;
    assert_eq!(title, "a.txt");
    assert!(name.starts_with("a-"), "{name}");
}

async fn a_free_name_is_the_files_own(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [first, second] = puts(&reach, ["a.txt", "a.txt"]).await;
    rename(&reach, first, "gone.txt").await;
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a.txt"));
    rename(&reach, second, "c.txt").await;
    rename(&reach, second, "a.txt").await;
    assert_eq!(both(&home, second).await, pair("a.txt", "a.txt"));
}

async fn a_rename_through_another_face_ends_the_title(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [_, second, third] = puts(&reach, ["a.txt", "a.txt", "a.txt"]).await;
    let full =
        |name: &str| FileChange { name: Some(Rename::Full(Name::parse(name).unwrap())), ..FileChange::default() };
    home.edit().change_file(second, full("b.txt")).await.unwrap();
    assert_eq!(both(&home, second).await, pair("b.txt", "b.txt"));
    // What that face shows is what it keeps.
    home.edit().change_file(third, full("a-2.txt")).await.unwrap();
    assert_eq!(both(&home, third).await, pair("a-2.txt", "a-2.txt"));
    let elsewhere =
        FileChange { folder: Some(FolderRef::Path("/f".into())), make_folders: true, ..FileChange::default() };
    let [_, fourth] = puts(&reach, ["c.txt", "c.txt"]).await;
    home.edit().change_file(fourth, elsewhere).await.unwrap();
    assert_eq!(both(&home, fourth).await, pair("c-1.txt", "c.txt"), "a move is no new name");
}

async fn a_title_outlives_the_trash(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [_, second] = puts(&reach, ["a.txt", "a.txt"]).await;
    reach.trash_file(second).await.unwrap();
    home.remove().restore_file(second).await.unwrap();
    assert_eq!(both(&home, second).await, pair("a-1.txt", "a.txt"));
}

async fn a_file_that_comes_back_to_a_taken_name_shows_the_number_it_got(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [first] = puts(&reach, ["a.txt"]).await;
    reach.trash_file(first).await.unwrap();
    let [second] = puts(&reach, ["a.txt"]).await;
    home.remove().restore_file(first).await.unwrap();
    assert_eq!(both(&home, first).await, pair("a-1.txt", "a-1.txt"));
    assert_eq!(both(&home, second).await, pair("a.txt", "a.txt"));
}

async fn the_longest_name_is_taken_twice_and_shows_whole(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let long = format!("{}\u{20ac}.txt", "a".repeat(NAME_MAX - 7));
    assert_eq!(long.len(), NAME_MAX);
    let nos = puts(&reach, [long.as_str(); 12]).await;
    let mut names = std::collections::BTreeSet::new();
    for no in nos {
        let (name, title) = both(&home, no).await;
        assert_eq!(title, long);
        assert!(name.len() <= NAME_MAX && name.ends_with(".txt"), "{name}");
        names.insert(name);
    }
    assert_eq!(names.len(), nos.len());
}

async fn lists_find_and_order_files_by_what_they_show(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let on = |no: u32| Destination::Contact(record(&format!("contact/{no}")));
    let mut nos = Vec::new();
    for (name, to) in [
        ("Passport.pdf", on(7)),
        ("passport.pdf", on(8)),
        ("Passport.pdf", on(7)),
        ("passport", on(7)),
        ("z.pdf", on(7)),
    ] {
        nos.push(put(&reach, name, to).await.file.no.0);
    }
    let found = async |tests: Vec<FileTest>, order: Vec<Order<FileSort>>| -> Vec<i64> {
        let query = FileQuery { tests, order, start: Start::First, limit: 2, life: Life::Living };
        let mut all = Vec::new();
        let mut start = Some(Start::First);
        while let Some(here) = start {
            let page = reach.files(&FileQuery { start: here, ..query.clone() }).await.unwrap();
            all.extend(page.items.iter().map(|reached| reached.file.no.0));
            start = match page.next {
                Some(attache_model::page::Next::Cursor(text)) => Some(Start::Cursor(text)),
                _ => None,
            };
        }
        all
    };
    let title = |text: &str| FileTest::TitleMatches(Pattern::at_ends(text, '*'));
    let seven = FileTest::Contact(attache_core::Span::exactly(7));
    assert_eq!(found(vec![title("PASSPORT.pdf")], vec![]).await, [nos[0], nos[1], nos[2]]);
    assert_eq!(found(vec![title("PASSPORT.pdf"), seven.clone()], vec![]).await, [nos[0], nos[2]]);
    assert_eq!(found(vec![title("passport")], vec![]).await, [nos[3]]);
    assert_eq!(found(vec![title("pass*"), seven], vec![]).await, [nos[0], nos[2], nos[3]]);
    assert!(found(vec![title("passport-1.pdf")], vec![]).await.is_empty(), "its name in the folder is nothing here");
    assert_eq!(found(vec![FileTest::ExtensionMatches(Pattern::exactly(""))], vec![]).await, [nos[3]]);
    let by = |descending| vec![Order { by: FileSort::Title, descending }];
    let up = found(vec![], by(false)).await;
    assert_eq!(up.last(), Some(&nos[4]));
    assert_eq!(up.iter().filter(|no| nos[..3].contains(no)).copied().collect::<Vec<_>>(), nos[..3]);
    assert_eq!(found(vec![], by(true)).await[0], nos[4]);
    assert_eq!(reach.count(&[title("*port*")]).await.unwrap(), 4);
}
