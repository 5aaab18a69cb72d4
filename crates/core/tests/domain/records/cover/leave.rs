//! A picture that gets another owner, or goes to the trash: what becomes of its mark, by whatever face it happened.

use super::{PNG, account, attach, choose, covers, is_cover, picture, put};
use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, record};
use attache_core::{
    Body, CardChange, Destination, Expect, FileUse, NewCard, NewField, NewFile, NewLink, NewName, NewNote, NewValue,
    NoteChange, ReachChange,
};
use attache_model::file::File;
use attache_model::link::Origin;
use attache_model::{FolderRef, Owner};
use std::collections::{BTreeMap, BTreeSet};

on_both_engines!(
    a_file_that_leaves_its_owner_is_nobodys_picture_even_when_it_comes_back,
    a_file_that_another_face_puts_on_another_owner_is_nobodys_picture,
    a_file_that_goes_back_to_its_older_owner_is_nobodys_picture,
    a_file_whose_owner_stays_keeps_its_mark,
    a_change_that_moves_a_file_to_another_owner_takes_its_mark,
    a_file_comes_back_from_the_trash_as_the_picture_unless_another_one_was_chosen,
);

async fn a_file_that_leaves_its_owner_is_nobodys_picture_even_when_it_comes_back(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (a, b) = (picture(&reach, "a.png", 1).await, picture(&reach, "b.png", 1).await);
    choose(&reach, &a).await;
    assert!(!reach.unlink_file(a.no).await.unwrap().cover);
    choose(&reach, &b).await;
    reach.link_files(account(1), &[attach(&a, None)]).await.unwrap();
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([b.no]));

    // The same by the other faces.
    home.edit().unlink(b.no, &account(1).into(), None).await.unwrap();
    let gone = reach.file(b.no).await.unwrap().file;
    assert!(!gone.cover);
    choose(&reach, &a).await;
    home.edit().link_files(&account(1).into(), &[b.id]).await.unwrap();
    home.edit().unlink_files(&account(1).into(), &[a.id]).await.unwrap();
    let left = reach.file(a.no).await.unwrap().file;
    assert!(!left.cover && left.updated_by == home.owner.actor());
    assert!(covers(&home).await.is_empty());
}

/// Each way in which other faces put a file on a company, on cards that are there.
pub(super) async fn ways(home: &Home) -> i64 {
    let cards = (1..=9).map(|id| NewCard { id: Some(id), ..NewCard::default() }).collect();
    home.records().put_cards("company", cards).await.unwrap();
    let new = NewField { name: "Logo".into(), code: None, sort: None };
    home.records().setup().unwrap().put_fields("company", vec![new]).await.unwrap()[0].no
}

pub(super) async fn set(home: &Home, to: &str, field: i64, file: Option<&File>) {
    let value = NewValue { field, file: file.map(|file| FileUse::of(file.id)) };
    let change = CardChange { values: vec![value], ..CardChange::of(record(to)) };
    home.records().change_cards(vec![change]).await.unwrap();
}

async fn by_way(home: &Home, way: usize, field: i64, file: &File, to: &str) {
    let onto = record(to);
    match way {
        0 => drop(home.edit().link(file.no, NewLink::attached(onto)).await.unwrap()),
        1 => home.edit().link_files(&onto, &[file.id]).await.unwrap(),
        2 => drop(home.note(attachment(&onto, file)).await.unwrap()),
        3 => set(home, to, field, Some(file)).await,
        _ => {
            let mut new = NewFile::new(FolderRef::ROOT, NewName::Exact(file.name.clone()));
            new.clash = attache_core::Clash::Version;
            new.links = vec![NewLink::attached(onto)];
            let staged = home.edit().stage(Body::from(PNG.to_vec()), &Expect::at_most(1000)).await.unwrap();
            let put = home.edit().put_file(new, staged).await.unwrap().into_file();
            assert_eq!((put.no, put.cover), (file.no, false), "what is told is what is kept");
        }
    }
}

async fn a_file_that_another_face_puts_on_another_owner_is_nobodys_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let field = ways(&home).await;
    for way in 0..5 {
        let to = Owner::new("company", i64::try_from(way).unwrap() + 1).unwrap();
        let theirs = put(&reach, &format!("{way}-old.png"), PNG, Destination::Owner(to)).await;
        choose(&reach, &theirs).await;
        let file = choose(&reach, &picture(&reach, &format!("{way}.png"), 7).await).await;
        by_way(&home, way, field, &file, &format!("company/{}", to.id())).await;
        let moved = reach.file(file.no).await.unwrap().file;
        assert!(!moved.cover && moved.revision > file.revision, "way {way}");
        assert_eq!(reach.owners_of(&[file.no]).await.unwrap()[&file.no], to);
        let now = covers(&home).await;
        assert_eq!((now.get(&to), now.get(&account(7))), (Some(&BTreeSet::from([theirs.no])), None), "way {way}");
        choose(&reach, &moved).await;
        assert_eq!(covers(&home).await[&to], BTreeSet::from([file.no]));
    }
}

async fn a_file_that_goes_back_to_its_older_owner_is_nobodys_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let field = ways(&home).await;
    let old = picture(&reach, "old.png", 1).await;
    choose(&reach, &old).await;
    for way in 0..4 {
        let file = picture(&reach, &format!("{way}.png"), 1).await;
        let to = format!("company/{}", way + 1);
        let mut note = None;
        match way {
            2 => note = Some(home.note(attachment(&record(&to), &file)).await.unwrap()),
            way => by_way(&home, way, field, &file, &to).await,
        }
        choose(&reach, &file).await;
        match (way, note) {
            (0, _) => drop(home.edit().unlink(file.no, &record(&to), Some(Origin::Attached)).await.unwrap()),
            (1, _) => home.edit().unlink_files(&record(&to), &[file.id]).await.unwrap(),
            (_, Some(note)) => {
                let other = FileUse::of(home.file("note.txt").await.id);
                let change = NoteChange { no: note.no, file: Some(other), ..NoteChange::default() };
                home.records().change_notes("company", vec![change]).await.unwrap();
            }
            _ => set(&home, &to, field, None).await,
        }
        assert_eq!(reach.owners_of(&[file.no]).await.unwrap()[&file.no], account(1), "way {way}");
        assert!(!is_cover(&home, &file).await, "way {way}");
        assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([old.no]), "way {way}");
    }
}

async fn a_file_whose_owner_stays_keeps_its_mark(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    home.records().put_cards("company", vec![NewCard { id: Some(1), ..NewCard::default() }]).await.unwrap();
    let one = Owner::new("company", 1).unwrap();
    let file = put(&reach, "a.png", PNG, Destination::Owner(account(9))).await;
    home.edit().link(file.no, NewLink::attached(one.into())).await.unwrap();
    let chosen = choose(&reach, &file).await;
    home.edit().link_files(&record("deal/1"), &[file.id]).await.unwrap();
    home.edit().link_files(&record("account/x1"), &[file.id]).await.unwrap();
    home.edit().link(file.no, NewLink { origin: Origin::Intake, ..NewLink::attached(one.into()) }).await.unwrap();
    home.note(NewNote { file: Some(FileUse::of(file.id)), ..NewNote::of(one.into(), "attachment") }).await.unwrap();
    home.edit().unlink_files(&record("deal/1"), &[file.id]).await.unwrap();
    home.edit().unlink(file.no, &one.into(), Some(Origin::Intake)).await.unwrap();
    home.edit().unlink(file.no, &account(9).into(), None).await.unwrap();
    assert_eq!(reach.file(file.no).await.unwrap().file, chosen);
    assert_eq!(covers(&home).await[&one], BTreeSet::from([file.no]));
}

async fn a_change_that_moves_a_file_to_another_owner_takes_its_mark(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (a, b) = (picture(&reach, "a.png", 1).await, picture(&reach, "b.png", 2).await);
    choose(&reach, &a).await;
    choose(&reach, &b).await;
    let to =
        |no, cover| ReachChange { destination: Some(Destination::Owner(account(no))), cover, ..ReachChange::default() };
    assert!(reach.change_file(a.no, to(1, None), None).await.unwrap().file.cover, "it is there already");
    assert!(!reach.change_file(a.no, to(2, None), None).await.unwrap().file.cover);
    assert_eq!(covers(&home).await[&account(2)], BTreeSet::from([b.no]));
    assert!(reach.change_file(a.no, to(3, Some(true)), None).await.unwrap().file.cover);
    assert!(reach.change_file(b.no, to(3, Some(true)), None).await.unwrap().file.cover);
    assert_eq!(covers(&home).await, BTreeMap::from([(account(3), BTreeSet::from([b.no]))]));
}

async fn a_file_comes_back_from_the_trash_as_the_picture_unless_another_one_was_chosen(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (a, b) = (picture(&reach, "a.png", 1).await, picture(&reach, "b.png", 1).await);
    choose(&reach, &a).await;
    reach.trash_file(a.no).await.unwrap();
    assert!(home.remove().restore_file(a.no).await.unwrap().cover);
    reach.trash_file(a.no).await.unwrap();
    choose(&reach, &b).await;
    assert!(!home.remove().restore_file(a.no).await.unwrap().cover);
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([b.no]));
    reach.trash_file(b.no).await.unwrap();
    home.edit().unlink(b.no, &account(1).into(), None).await.unwrap();
    assert!(!home.remove().restore_file(b.no).await.unwrap().cover, "it left its owner in the trash");
}
