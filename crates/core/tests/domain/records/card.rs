//! Cards of records.

use crate::home::{Home, SECOND, START};
use crate::on_both_engines;
use crate::records::acts::{place, record};
use attache_core::{CardChange, CardQuery, NewCard};
use attache_model::page::Next;
use attache_model::{Error, UserNo, What};
use std::collections::BTreeMap;

on_both_engines!(
    a_card_is_kept_as_it_was_given,
    ids_count_up_and_pass_over_what_something_names,
    an_id_far_down_a_row_of_named_ones_is_found,
    a_given_id_that_has_a_card_is_refused,
    a_batch_of_cards_is_made_whole_or_not_at_all,
    a_change_sets_what_it_names_and_leaves_the_rest,
    a_record_that_only_a_link_names_has_an_empty_card,
    a_change_gives_such_a_record_a_card_of_its_own,
    a_record_that_nothing_names_is_not_there,
    pages_of_cards_go_by_id,
    changes_of_one_card_at_once_are_all_kept,
    cards_made_at_once_have_ids_of_their_own,
);

fn numbers(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

async fn a_card_is_kept_as_it_was_given(home: Home) {
    let new = NewCard {
        name: "Lease \u{2013} Berlin".into(),
        numbers: numbers(&[("price", 20), ("status_id", 142)]),
        created_at: Some(SECOND),
        created_by: Some(UserNo(7)),
        responsible: Some(UserNo(8)),
        ..NewCard::default()
    };
    let made = home.records().put_cards("deal", vec![new]).await.unwrap().remove(0);
    assert_eq!(home.records().card(&made.record).await.unwrap(), made);
    assert_eq!(
        (made.name.as_str(), &made.numbers),
        ("Lease \u{2013} Berlin", &numbers(&[("price", 20), ("status_id", 142)]))
    );
    assert_eq!((made.created_at, made.updated_at), (SECOND, START));
    assert_eq!((made.created_by, made.updated_by, made.responsible), (UserNo(7), UserNo::OWNER, UserNo(8)));
    assert_eq!(home.events(0).await, [("record.created", made.record.to_string())]);
}

async fn ids_count_up_and_pass_over_what_something_names(home: Home) {
    let file = home.file("a.txt").await;
    home.edit().link_files(&record("deal/2"), &[file.id]).await.unwrap();
    home.records().put_cards("deal", vec![NewCard { id: Some(3), ..NewCard::default() }]).await.unwrap();
    let made = home.records().put_cards("deal", vec![NewCard::default(), NewCard::default()]).await.unwrap();
    let ids: Vec<_> = made.iter().map(|card| card.record.to_string()).collect();
    assert_eq!(ids, ["deal/1", "deal/4"]);
}

async fn an_id_far_down_a_row_of_named_ones_is_found(home: Home) {
    let file = home.file("a.txt").await;
    for no in 1..=200 {
        home.edit().link_files(&record(&format!("deal/{no}")), &[file.id]).await.unwrap();
    }
    let made = home.records().put_cards("deal", vec![NewCard::default()]).await.unwrap().remove(0);
    assert!(made.record.id().parse::<i64>().unwrap() > 200, "{}", made.record);
}

async fn a_given_id_that_has_a_card_is_refused(home: Home) {
    let given = || vec![NewCard { id: Some(42), ..NewCard::default() }];
    home.records().put_cards("deal", given()).await.unwrap();
    let again = home.records().put_cards("deal", given()).await;
    assert!(matches!(again, Err(Error::Exists { what: What::Record, no: 42, .. })), "{again:?}");
    home.records().put_cards("contact", given()).await.unwrap();
    for bad in [0, -1, 1 << 53] {
        let new = vec![NewCard::default(), NewCard { id: Some(bad), ..NewCard::default() }];
        assert_eq!(place(home.records().put_cards("deal", new).await), "1.id");
    }
}

async fn a_batch_of_cards_is_made_whole_or_not_at_all(home: Home) {
    let new = vec![NewCard::default(), NewCard { name: "a\u{7}b".into(), ..NewCard::default() }];
    assert_eq!(place(home.records().put_cards("deal", new).await), "1.name");
    let deal = home.deal().await;
    let changes = vec![
        CardChange { name: Some("changed".into()), ..CardChange::of(deal.clone()) },
        CardChange::of(record("deal/999")),
    ];
    assert_eq!(place(home.records().change_cards(changes).await), "1.record");
    assert_eq!(home.records().card(&deal).await.unwrap().name, "Lease");
    assert_eq!(home.events(0).await.len(), 1);
}

async fn a_change_sets_what_it_names_and_leaves_the_rest(home: Home) {
    let new =
        NewCard { name: "Lease".into(), numbers: numbers(&[("price", 1), ("status_id", 2)]), ..NewCard::default() };
    let made = home.records().put_cards("deal", vec![new]).await.unwrap().remove(0);
    home.clock.advance(std::time::Duration::from_secs(5));
    let other = home.user(9, &[attache_model::Scope::Records]).await;
    let change = CardChange {
        numbers: BTreeMap::from([
            ("price".into(), Some(3)),
            ("status_id".into(), None),
            ("pipeline_id".into(), Some(4)),
        ]),
        ..CardChange::of(made.record.clone())
    };
    let changed = home.core.records(&other).unwrap().change_cards(vec![change]).await.unwrap().remove(0);
    assert_eq!(changed, home.records().card(&made.record).await.unwrap());
    assert_eq!(changed.numbers, numbers(&[("price", 3), ("pipeline_id", 4)]));
    assert_eq!(
        (changed.name, changed.created_at, changed.created_by),
        ("Lease".into(), made.created_at, made.created_by)
    );
    assert_eq!((changed.updated_at.seconds() - made.updated_at.seconds(), changed.updated_by), (5, UserNo(9)));
    assert_eq!(home.events(0).await.last().unwrap().0, "record.updated");
}

async fn a_record_that_only_a_link_names_has_an_empty_card(home: Home) {
    let (first, second) = (home.file("a.txt").await, home.file("b.txt").await);
    let contact = record("contact/42");
    home.edit().link_files(&contact, &[first.id]).await.unwrap();
    home.clock.advance(std::time::Duration::from_secs(5));
    home.edit().link_files(&contact, &[second.id]).await.unwrap();
    let card = home.records().card(&contact).await.unwrap();
    assert_eq!((card.name.as_str(), card.created_at, card.updated_at), ("", START, START));
    assert!(card.numbers.is_empty() && card.values.is_empty());
    assert!(home.edit().has_record(&contact).await.unwrap());
    let listed = home.records().cards("contact", &CardQuery { ids: vec![], offset: 0, limit: 10 }).await.unwrap();
    assert!(listed.items.is_empty(), "a list has the cards that were made");
}

async fn a_change_gives_such_a_record_a_card_of_its_own(home: Home) {
    let file = home.file("a.txt").await;
    let (contact, word) = (record("contact/42"), record("contact/anna"));
    for record in [&contact, &word] {
        home.edit().link_files(record, &[file.id]).await.unwrap();
    }
    home.clock.advance(std::time::Duration::from_secs(5));
    let change = CardChange { name: Some("Anna".into()), ..CardChange::of(contact.clone()) };
    let made = home.records().change_cards(vec![change]).await.unwrap().remove(0);
    assert_eq!((made.name.as_str(), made.created_at), ("Anna", START));
    assert_eq!(made.updated_at.seconds() - START.seconds(), 5);
    assert_eq!(home.records().card(&contact).await.unwrap(), made);
    assert_eq!(
        home.records().cards("contact", &CardQuery { ids: vec![42], offset: 0, limit: 10 }).await.unwrap().items,
        [made]
    );
    assert_eq!(place(home.records().change_cards(vec![CardChange::of(word)]).await), "0.record");
}

async fn a_record_that_nothing_names_is_not_there(home: Home) {
    let deal = home.deal().await;
    let other = record(&format!("contact/{}", deal.id()));
    for record in [other, record("deal/777"), record("deal/01")] {
        assert!(matches!(home.records().card(&record).await, Err(Error::NotFound(What::Record))), "{record}");
        assert!(!home.edit().has_record(&record).await.unwrap(), "{record}");
    }
}

async fn pages_of_cards_go_by_id(home: Home) {
    home.records().put_cards("deal", vec![NewCard::default(); 5]).await.unwrap();
    home.records().put_cards("contact", vec![NewCard::default()]).await.unwrap();
    let page = async |ids: &[i64], offset, limit| {
        let page = home.records().cards("deal", &CardQuery { ids: ids.to_vec(), offset, limit }).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|card| card.record.to_string()).collect();
        (ids.join(" "), page.next)
    };
    assert_eq!(page(&[], 0, 2).await, ("deal/1 deal/2".into(), Some(Next::Offset(2))));
    assert_eq!(page(&[], 2, 2).await, ("deal/3 deal/4".into(), Some(Next::Offset(4))));
    assert_eq!(page(&[], 4, 2).await, ("deal/5".into(), None));
    assert_eq!(page(&[], 9, 2).await, (String::new(), None));
    assert_eq!(page(&[5, 1, 3, 99], 0, 10).await, ("deal/1 deal/3 deal/5".into(), None));
}

async fn changes_of_one_card_at_once_are_all_kept(home: Home) {
    let deal = home.deal().await;
    let change = |no: usize| {
        let numbers = BTreeMap::from([(format!("n{no}"), Some(1))]);
        vec![CardChange { numbers, ..CardChange::of(deal.clone()) }]
    };
    let records = home.records();
    let all = (0..8).map(|no| records.change_cards(change(no)));
    for done in futures_util::future::join_all(all).await {
        done.unwrap();
    }
    assert_eq!(home.records().card(&deal).await.unwrap().numbers.len(), 8);
}

async fn cards_made_at_once_have_ids_of_their_own(home: Home) {
    let records = home.records();
    let all = (0..8).map(|_| records.put_cards("deal", vec![NewCard::default(), NewCard::default()]));
    let mut ids = std::collections::BTreeSet::new();
    for made in futures_util::future::join_all(all).await {
        ids.extend(made.unwrap().into_iter().map(|card| card.record));
    }
    assert_eq!(ids.len(), 16);
}
