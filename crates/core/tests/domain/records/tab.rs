//! The tab of a record, and the records of a file.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, place, record};
use attache_core::{FileUse, NewLink, NewNote};
use attache_model::link::Origin;
use attache_model::{Error, FileId, What};

on_both_engines!(
    the_tab_has_each_file_once_by_its_newest_link,
    pages_of_the_tab_go_on_below_a_link,
    linking_twice_changes_nothing,
    links_are_made_all_or_none,
    unlinking_takes_files_off_whatever_way_they_came,
    batches_of_the_same_files_in_any_order_do_not_hinder_each_other,
    a_deleted_file_leaves_the_tab_until_it_comes_back,
    the_records_of_a_file_come_each_once_with_their_cards,
);

async fn the_tab_has_each_file_once_by_its_newest_link(home: Home) {
    let (deal, a, b) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.edit().link_files(&deal, &[a.id, b.id]).await.unwrap();
    assert_eq!(home.tab(&deal).await, ["b.txt", "a.txt"]);
    let sent = NewLink { origin: Origin::Intake, ..NewLink::attached(deal.clone()) };
    home.edit().link(a.no, sent).await.unwrap();
    assert_eq!(home.tab(&deal).await, ["a.txt", "b.txt"]);
    assert_eq!(home.origins(&a).await.len(), 2);
}

async fn pages_of_the_tab_go_on_below_a_link(home: Home) {
    let deal = home.deal().await;
    let mut files = Vec::new();
    for no in 0..5 {
        files.push(home.file(&format!("{no}.txt")).await.id);
    }
    home.edit().link_files(&deal, &files).await.unwrap();
    let (mut before, mut names) = (i64::MAX, Vec::new());
    loop {
        let page = home.edit().tab(&deal, before, 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        before = last.no;
        names.extend(page.iter().map(|(_, file)| file.name.full().to_owned()));
    }
    assert_eq!(names, ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"]);
}

async fn linking_twice_changes_nothing(home: Home) {
    let (deal, a, b) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.edit().link_files(&deal, &[a.id, b.id]).await.unwrap();
    let (links, events) = (home.edit().tab(&deal, i64::MAX, 9).await.unwrap(), home.last_event().await);
    home.edit().link_files(&deal, &[a.id, a.id, b.id]).await.unwrap();
    assert_eq!(home.edit().tab(&deal, i64::MAX, 9).await.unwrap(), links);
    assert_eq!(home.last_event().await, events);
}

async fn links_are_made_all_or_none(home: Home) {
    let (deal, file, trashed) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.trash(&trashed).await;
    let unknown = FileId("0190a5a4-5d5c-7f00-8000-000000000001".parse().unwrap());
    for bad in [trashed.id, unknown] {
        assert_eq!(place(home.edit().link_files(&deal, &[file.id, bad]).await), "1.file");
        assert!(home.tab(&deal).await.is_empty());
    }
}

async fn unlinking_takes_files_off_whatever_way_they_came(home: Home) {
    let (deal, a, b) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.note(attachment(&deal, &a)).await.unwrap();
    home.edit().link(a.no, NewLink { origin: Origin::Intake, ..NewLink::attached(deal.clone()) }).await.unwrap();
    home.edit().link_files(&deal, &[b.id]).await.unwrap();
    let unknown = FileId("0190a5a4-5d5c-7f00-8000-000000000001".parse().unwrap());
    home.edit().unlink_files(&deal, &[unknown, a.id]).await.unwrap();
    assert_eq!(home.tab(&deal).await, ["b.txt"]);
    assert_eq!(home.events(0).await.last().unwrap(), &("file.unlinked", deal.to_string()));
    home.trash(&b).await;
    home.edit().unlink_files(&deal, &[a.id, b.id]).await.unwrap();
    home.remove().restore_files(&[b.no.into()]).await.unwrap();
    assert!(home.tab(&deal).await.is_empty(), "a file in the trash can be taken off too");
}

async fn batches_of_the_same_files_in_any_order_do_not_hinder_each_other(home: Home) {
    let mut files = Vec::new();
    for no in 0..10 {
        files.push(home.file(&format!("{no}.txt")).await.id);
    }
    let turned: Vec<_> = files.iter().rev().copied().collect();
    let (deal, edit, notes) = (home.deal().await, home.edit(), home.records());
    for _ in 0..5 {
        let new =
            turned.iter().map(|id| NewNote { file: Some(FileUse::of(*id)), ..NewNote::of(deal.clone(), "attachment") });
        let (one, two, three) = tokio::join!(
            edit.link_files(&deal, &files),
            edit.link_files(&deal, &turned),
            notes.put_notes(new.collect())
        );
        one.unwrap();
        two.unwrap();
        three.unwrap();
        assert_eq!(home.tab(&deal).await.len(), 10);
        edit.unlink_files(&deal, &files).await.unwrap();
        assert!(home.tab(&deal).await.is_empty());
    }
}

async fn a_deleted_file_leaves_the_tab_until_it_comes_back(home: Home) {
    let (deal, a, b) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.edit().link_files(&deal, &[a.id, b.id]).await.unwrap();
    let before = home.edit().tab(&deal, i64::MAX, 9).await.unwrap();
    home.trash(&a).await;
    assert_eq!(home.tab(&deal).await, ["b.txt"]);
    home.remove().restore_files(&[a.no.into()]).await.unwrap();
    let after = home.edit().tab(&deal, i64::MAX, 9).await.unwrap();
    let links = |tab: &[(attache_model::link::Link, attache_model::file::File)]| -> Vec<i64> {
        tab.iter().map(|(link, _)| link.no).collect()
    };
    assert_eq!(links(&after), links(&before));
    home.purge(&a).await;
    assert_eq!(home.tab(&deal).await, ["b.txt"]);
}

async fn the_records_of_a_file_come_each_once_with_their_cards(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    let contact = record("contact/anna");
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    home.edit().link_files(&contact, &[file.id]).await.unwrap();
    let shown = async || -> Vec<(String, Origin, String, usize)> {
        let found = home.edit().records_of(file.id, 10).await.unwrap();
        let show = |(link, card): (attache_model::link::Link, attache_model::card::Card)| {
            assert_eq!(link.record, card.record);
            (card.record.to_string(), link.origin, card.name, card.values.len())
        };
        found.into_iter().map(show).collect()
    };
    let of_deal = |origin| (deal.to_string(), origin, "Lease".to_owned(), 1);
    let of_contact = (contact.to_string(), Origin::Attached, String::new(), 0);
    assert_eq!(shown().await, [of_deal(Origin::Field), of_contact.clone()]);
    home.edit().link_files(&deal, &[file.id]).await.unwrap();
    home.edit().link(file.no, NewLink { origin: Origin::Intake, ..NewLink::attached(deal.clone()) }).await.unwrap();
    assert_eq!(shown().await, [of_contact, of_deal(Origin::Attached)]);
    home.trash(&file).await;
    let gone = home.edit().records_of(file.id, 10).await;
    assert!(matches!(gone, Err(Error::NotFound(What::File))), "{gone:?}");
}
