//! What values and notes keep of an erased file: that there was one, and nothing of its name.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, words};
use attache_core::{Condition, FileUse, NewNote, NoteQuery};
use attache_model::VersionId;
use std::path::Path;

on_both_engines!(
    an_erased_file_leaves_no_name_in_values_and_notes,
    an_erase_from_the_trash_leaves_no_name_either,
    a_file_that_is_erased_while_it_is_put_into_values_and_notes_leaves_no_name,
);

async fn an_erased_file_leaves_no_name_in_values_and_notes(home: Home) {
    let (deal, one, two) = (home.deal().await, home.field("One").await, home.field("Two").await);
    let (file, kept) = (home.file("Anna Smith.txt").await, home.file("kept.txt").await);
    let named = FileUse { name: Some("Passport of Anna.txt".into()), ..FileUse::of(file.id) };
    home.set(&deal, one, Some(named.clone())).await.unwrap();
    home.set(&deal, two, Some(FileUse::of(file.id))).await.unwrap();
    let text = "See Passport of Anna.txt, once Anna Smith.txt, by tomorrow";
    let note = NewNote { text: text.into(), file: Some(named), ..attachment(&deal, &file) };
    let note = home.note(note).await.unwrap();
    let other = home.note(attachment(&deal, &kept)).await.unwrap();

    home.remove().erase_file(file.no, Condition::Always).await.unwrap();
    for value in home.records().card(&deal).await.unwrap().values {
        assert_eq!((value.file, value.name.as_str(), value.size, value.deleted), (file.id, "", 0, true));
        assert_eq!(value.version, VersionId::of(file.id, 1));
    }
    let left = home.records().note("deal", note.no).await.unwrap();
    let shown = left.file.unwrap();
    assert_eq!((shown.file, shown.name.as_str(), shown.deleted), (file.id, "", true));
    assert_eq!(left.text, "See , once , by tomorrow");
    assert_eq!(home.records().note("deal", other.no).await.unwrap(), other);
    assert_eq!(home.tab(&deal).await, ["kept.txt"]);
}

async fn an_erase_from_the_trash_leaves_no_name_either(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("One").await, home.file("Anna.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    home.trash(&file).await;
    assert_eq!(home.value(&deal).await.name, "Anna.txt");
    home.remove().erase_file(file.no, Condition::Always).await.unwrap();
    assert_eq!(home.value(&deal).await.name, "");
}

async fn a_file_that_is_erased_while_it_is_put_into_values_and_notes_leaves_no_name(home: Home) {
    let (deal, field) = (home.deal().await, home.field("One").await);
    for no in 0..20 {
        let file = home.file(&format!("Anna{no}.txt")).await;
        let named = FileUse { name: Some(format!("Anna{no}, given.txt")), ..FileUse::of(file.id) };
        let note = NewNote { file: Some(named.clone()), ..attachment(&deal, &file) };
        let remove = home.remove();
        let (_, _, erased) = tokio::join!(
            home.set(&deal, field, Some(named)),
            home.note(note),
            remove.erase_file(file.no, Condition::Always)
        );
        erased.unwrap();
        let values = home.records().card(&deal).await.unwrap().values;
        assert!(values.iter().all(|value| value.name.is_empty() && value.deleted), "{values:?}");
    }
    let all = home.records().notes("deal", &NoteQuery { limit: 100, ..NoteQuery::default() }).await.unwrap();
    assert!(all.items.iter().all(|note| note.file.as_ref().is_some_and(|file| file.name.is_empty())));
    assert!(home.tab(&deal).await.is_empty());
}

#[tokio::test]
async fn no_file_of_the_database_holds_the_name_of_an_erased_file() {
    let home = Home::sqlite().await;
    let (deal, field) = (home.deal().await, home.field("One").await);
    let mut files = Vec::new();
    for no in 0..40 {
        let file = home.file(&format!("FileName{no:02}.txt")).await;
        let named = FileUse { name: Some(format!("GivenName{no:02}.txt")), ..FileUse::of(file.id) };
        home.set(&deal, field, Some(named.clone())).await.unwrap();
        let text = format!("as in GivenName{no:02}.txt");
        home.note(NewNote { text, file: Some(named), ..attachment(&deal, &file) }).await.unwrap();
        home.note(words(&deal, &format!("between {no}"))).await.unwrap();
        files.push(file);
    }
    for file in files.iter().skip(1) {
        home.remove().erase_file(file.no, Condition::Always).await.unwrap();
    }
    let mut bytes = Vec::new();
    gather(home.data(), &mut bytes);
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("FileName00") && holds("GivenName00"), "the search finds what is kept");
    let left: Vec<String> = (1..40)
        .flat_map(|no| [format!("FileName{no:02}"), format!("filename{no:02}"), format!("GivenName{no:02}")])
        .filter(|word| holds(word))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn gather(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if path.is_dir() => gather(&path, bytes),
            path => bytes.extend(std::fs::read(&path).unwrap_or_default()),
        }
    }
}
