//! Records of one account are nowhere in another one, which may have the same types and ids.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, place, put, words};
use attache_core::{CardChange, CardQuery, FileUse, NewCard, NewField, NewFile, NewName, NoteChange, NoteQuery, Start};
use attache_model::{Error, FolderRef, Name, What};

on_both_engines!(another_accounts_records_are_as_if_they_were_not, two_accounts_have_the_same_records_apart);

async fn another_accounts_records_are_as_if_they_were_not(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    let note = home.note(attachment(&deal, &file)).await.unwrap();
    let events = home.last_event().await;

    let stranger = home.stranger().await;
    let (records, edit) = (home.core.records(&stranger).unwrap(), home.core.edit(&stranger).unwrap());
    assert!(matches!(records.card(&deal).await, Err(Error::NotFound(What::Record))));
    assert!(matches!(records.note("deal", note.no).await, Err(Error::NotFound(What::Note))));
    assert!(matches!(records.field("deal", field).await, Err(Error::NotFound(What::Field))));
    assert!(matches!(records.setup().unwrap().remove_field("deal", field).await, Err(Error::NotFound(What::Field))));
    assert!(matches!(edit.records_of(file.id, 9).await, Err(Error::NotFound(What::File))));
    assert!(!edit.has_record(&deal).await.unwrap());
    assert!(edit.tab(&deal, i64::MAX, 9).await.unwrap().is_empty());
    assert!(edit.feed(&deal, Start::First, 9).await.unwrap().items.is_empty());
    assert!(records.fields("deal").await.unwrap().is_empty());
    let cards = records.cards("deal", &CardQuery { ids: vec![], offset: 0, limit: 9 }).await.unwrap();
    let notes = records.notes("deal", &NoteQuery { limit: 9, ..NoteQuery::default() }).await.unwrap();
    assert!(cards.items.is_empty() && notes.items.is_empty());
    assert_eq!(place(records.change_cards(vec![CardChange::of(deal.clone())]).await), "0.record");
    assert_eq!(place(records.put_notes(vec![words(&deal, "theirs")]).await), "0.record");
    let change = NoteChange { no: note.no, ..NoteChange::default() };
    assert_eq!(place(records.change_notes("deal", vec![change]).await), "0.note");
    assert_eq!(place(edit.link_files(&deal, &[file.id]).await), "0.file");
    edit.unlink_files(&deal, &[file.id]).await.unwrap();

    assert_eq!(home.tab(&deal).await, ["a.txt"]);
    assert_eq!(home.last_event().await, events, "nothing happened to what is theirs");
}

async fn two_accounts_have_the_same_records_apart(home: Home) {
    let stranger = home.stranger().await;
    let (records, edit) = (home.core.records(&stranger).unwrap(), home.core.edit(&stranger).unwrap());
    let (deal, mine) = (home.deal().await, home.file("mine.txt").await);
    home.note(attachment(&deal, &mine)).await.unwrap();
    let theirs =
        records.put_cards("deal", vec![NewCard { name: "Theirs".into(), ..NewCard::default() }]).await.unwrap();
    assert_eq!(theirs[0].record, deal, "both accounts count from one");
    let name = NewName::Exact(Name::parse("theirs.txt").unwrap());
    let file = put(&edit, NewFile::new(FolderRef::ROOT, name)).await;
    records.put_notes(vec![attachment(&deal, &file)]).await.unwrap();
    let field = NewField { name: "Contract".into(), code: None, sort: None };
    let field = records.setup().unwrap().put_fields("deal", vec![field]).await.unwrap()[0].no;

    assert_eq!(home.records().card(&deal).await.unwrap().name, "Lease");
    assert_eq!(home.tab(&deal).await, ["mine.txt"]);
    assert_eq!(edit.tab(&deal, i64::MAX, 9).await.unwrap().len(), 1);
    assert_eq!(edit.feed(&deal, Start::First, 9).await.unwrap().items.len(), 1);
    assert_eq!(place(home.set(&deal, field, Some(FileUse::of(mine.id))).await), "0.values.0.field");
    home.field("Lease").await;
    assert_eq!(place(home.set(&deal, field, Some(FileUse::of(file.id))).await), "0.values.0.file");
}
