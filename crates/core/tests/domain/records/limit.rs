//! Every limit on records, at its edge.

use crate::home::Home;
use crate::records::acts::{attachment, place, words};
use attache_core::{CardChange, CardQuery, FieldChange, FileUse, NewCard, NewField, NewNote, NoteChange, NoteQuery};
use attache_model::FileId;
use attache_model::card::{NUMBER_NAME_MAX, NUMBERS_MAX};
use attache_model::field::{FIELD_CODE_MAX, FIELD_NAME_MAX};
use attache_model::note::NOTE_KIND_MAX;
use std::collections::BTreeMap;

#[tokio::test]
async fn a_request_writes_as_many_items_as_the_limit_and_no_more() {
    let home = Home::sqlite().await;
    let (deal, most) = (home.deal().await, 250);
    assert_eq!(home.core.limits().record_items, most as u64);
    let (records, edit) = (home.records(), home.edit());
    let unknown = FileId("0190a5a4-5d5c-7f00-8000-000000000001".parse().unwrap());
    let field = || NewField { name: "f".into(), code: None, sort: None };

    records.put_cards("deal", vec![NewCard::default(); most]).await.unwrap();
    records.change_cards(vec![CardChange::of(deal.clone()); most]).await.unwrap();
    records.put_notes(vec![words(&deal, "x"); most]).await.unwrap();
    records.setup().unwrap().put_fields("deal", vec![field(); most]).await.unwrap();
    edit.unlink_files(&deal, &vec![unknown; most]).await.unwrap();
    let ids: Vec<i64> = (1..=250).collect();
    assert_eq!(records.cards("deal", &CardQuery { ids, offset: 0, limit: 250 }).await.unwrap().items.len(), most);

    let over = most + 1;
    assert_eq!(place(records.put_cards("deal", vec![NewCard::default(); over]).await), "items");
    assert_eq!(place(records.change_cards(vec![CardChange::of(deal.clone()); over]).await), "items");
    assert_eq!(place(records.put_notes(vec![words(&deal, "x"); over]).await), "items");
    assert_eq!(place(records.change_notes("deal", vec![NoteChange::default(); over]).await), "items");
    assert_eq!(place(records.setup().unwrap().put_fields("deal", vec![field(); over]).await), "items");
    assert_eq!(
        place(records.setup().unwrap().change_fields("deal", vec![(1, FieldChange::default()); over]).await),
        "items"
    );
    assert_eq!(place(edit.link_files(&deal, &vec![unknown; over]).await), "items");
    assert_eq!(place(edit.unlink_files(&deal, &vec![unknown; over]).await), "items");
    let ids: Vec<i64> = (1..=251).collect();
    assert_eq!(place(records.cards("deal", &CardQuery { ids: ids.clone(), offset: 0, limit: 9 }).await), "items");
    assert_eq!(place(records.notes("deal", &NoteQuery { nos: ids, limit: 9, ..NoteQuery::default() }).await), "items");
}

#[tokio::test]
async fn names_of_records_and_shown_names_end_at_their_limit() {
    let home = Home::sqlite().await;
    let (deal, field, file) = (home.deal().await, home.field("f").await, home.file("a.txt").await);
    let most = home.core.limits().record_name_bytes as usize;
    assert_eq!(most, 1024);
    let (right, wrong) = ("x".repeat(most), "x".repeat(most + 1));
    let new = |name: &String| vec![NewCard { name: name.clone(), ..NewCard::default() }];
    home.records().put_cards("deal", new(&right)).await.unwrap();
    assert_eq!(place(home.records().put_cards("deal", new(&wrong)).await), "0.name");
    let rename = |name: &String| vec![CardChange { name: Some(name.clone()), ..CardChange::of(deal.clone()) }];
    home.records().change_cards(rename(&right)).await.unwrap();
    assert_eq!(place(home.records().change_cards(rename(&wrong)).await), "0.name");
    let shown = |name: &String| FileUse { name: Some(name.clone()), ..FileUse::of(file.id) };
    home.set(&deal, field, Some(shown(&right))).await.unwrap();
    assert_eq!(place(home.set(&deal, field, Some(shown(&wrong))).await), "0.values.0.name");
    let note = |name: &String| NewNote { file: Some(shown(name)), ..attachment(&deal, &file) };
    home.note(note(&right)).await.unwrap();
    assert_eq!(place(home.note(note(&wrong)).await), "0.name");
}

#[tokio::test]
async fn notes_end_at_their_limits() {
    let home = Home::sqlite().await;
    let deal = home.deal().await;
    let most = home.core.limits().note_bytes as usize;
    assert_eq!(most, 64 << 10);
    home.note(words(&deal, &"x".repeat(most))).await.unwrap();
    assert_eq!(place(home.note(words(&deal, &"x".repeat(most + 1))).await), "0.text");
    home.note(NewNote::of(deal.clone(), &"k".repeat(NOTE_KIND_MAX))).await.unwrap();
    assert_eq!(place(home.note(NewNote::of(deal.clone(), &"k".repeat(NOTE_KIND_MAX + 1))).await), "0.kind");
}

#[tokio::test]
async fn fields_end_at_their_limits() {
    let home = Home::sqlite().await;
    let put = async |name: usize, code: usize| {
        let new = NewField { name: "n".repeat(name), code: Some("c".repeat(code)), sort: None };
        home.records().setup().unwrap().put_fields("deal", vec![new]).await
    };
    put(FIELD_NAME_MAX, FIELD_CODE_MAX).await.unwrap();
    assert_eq!(place(put(FIELD_NAME_MAX + 1, 1).await), "0.name");
    assert_eq!(place(put(1, FIELD_CODE_MAX + 1).await), "0.code");

    let most = home.core.limits().record_fields as usize;
    assert_eq!(most, 500);
    let more = |count| vec![NewField { name: "f".into(), code: None, sort: None }; count];
    home.records().setup().unwrap().put_fields("deal", more(250)).await.unwrap();
    home.records().setup().unwrap().put_fields("deal", more(249)).await.unwrap();
    assert_eq!(home.records().fields("deal").await.unwrap().len(), most);
    assert_eq!(place(home.records().setup().unwrap().put_fields("deal", more(1)).await), "fields");
    home.records().setup().unwrap().put_fields("contact", more(1)).await.unwrap();
}

#[tokio::test]
async fn a_card_has_as_many_numbers_as_its_limit() {
    let home = Home::sqlite().await;
    let numbers = |range: std::ops::Range<usize>| range.map(|no| (format!("n{no}"), 1)).collect::<BTreeMap<_, _>>();
    let new = |numbers| vec![NewCard { numbers, ..NewCard::default() }];
    let card = home.records().put_cards("deal", new(numbers(0..NUMBERS_MAX))).await.unwrap().remove(0);
    assert_eq!(place(home.records().put_cards("deal", new(numbers(0..NUMBERS_MAX + 1))).await), "0.numbers");
    let one_more = BTreeMap::from([("another".into(), Some(1))]);
    let change = |numbers| vec![CardChange { numbers, ..CardChange::of(card.record.clone()) }];
    assert_eq!(place(home.records().change_cards(change(one_more.clone())).await), "0.numbers");
    let instead = one_more.into_iter().chain([("n0".into(), None)]).collect();
    home.records().change_cards(change(instead)).await.unwrap();

    let named = |len: usize| new(BTreeMap::from([("n".repeat(len), 1)]));
    home.records().put_cards("deal", named(NUMBER_NAME_MAX)).await.unwrap();
    assert_eq!(place(home.records().put_cards("deal", named(NUMBER_NAME_MAX + 1)).await), "0.numbers");
}

#[tokio::test]
async fn a_page_begins_within_its_limit() {
    let home = Home::sqlite().await;
    let most = home.core.limits().record_offset;
    assert_eq!(most, 1_000_000);
    let cards = |offset| CardQuery { ids: vec![], offset, limit: 9 };
    let notes = |offset| NoteQuery { offset, limit: 9, ..NoteQuery::default() };
    home.records().cards("deal", &cards(most)).await.unwrap();
    home.records().notes("deal", &notes(most)).await.unwrap();
    assert_eq!(place(home.records().cards("deal", &cards(most + 1)).await), "offset");
    assert_eq!(place(home.records().notes("deal", &notes(most + 1)).await), "offset");
}

#[tokio::test]
async fn a_type_that_is_none_is_refused_everywhere() {
    let home = Home::sqlite().await;
    for bad in ["", "Deal", "deal/1", "d e"] {
        assert_eq!(place(home.records().put_cards(bad, vec![]).await), "record.type");
        assert_eq!(
            place(home.records().cards(bad, &CardQuery { ids: vec![], offset: 0, limit: 1 }).await),
            "record.type"
        );
        assert_eq!(place(home.records().setup().unwrap().put_fields(bad, vec![]).await), "record.type");
        assert_eq!(place(home.records().fields(bad).await), "record.type");
        assert_eq!(place(home.records().notes(bad, &NoteQuery::default()).await), "record.type");
    }
}
