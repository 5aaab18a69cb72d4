//! The pictures of owners: one at the most for each, whatever happens at once and by whatever face.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, place, record};
use attache_core::{
    Attach, Body, CardChange, Destination, Expect, FileQuery, FileTest, FileUse, Life, NewCard, NewField, NewFile,
    NewLink, NewName, NewNote, NewValue, NoteChange, Reach, ReachChange, Replacement, Start,
};
use attache_model::file::File;
use attache_model::link::Origin;
use attache_model::{Error, FileNo, FolderRef, Name, Owner, Scope};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};

on_both_engines!(
    an_owner_has_one_picture_and_the_last_one_chosen,
    a_picture_is_chosen_with_its_link,
    choosing_what_is_the_picture_already_changes_nothing,
    only_an_image_is_a_picture,
    a_file_without_an_owner_is_nobodys_picture,
    one_list_has_one_picture,
    who_may_change_a_file_makes_it_the_picture_in_the_place_of_another_users,
    what_is_no_image_any_more_is_nobodys_picture,
    a_file_that_leaves_its_owner_is_nobodys_picture_even_when_it_comes_back,
    a_file_that_another_face_puts_on_another_owner_is_nobodys_picture,
    a_file_that_goes_back_to_its_older_owner_is_nobodys_picture,
    a_file_whose_owner_stays_keeps_its_mark,
    a_change_that_moves_a_file_to_another_owner_takes_its_mark,
    a_file_comes_back_from_the_trash_as_the_picture_unless_another_one_was_chosen,
    of_those_who_choose_at_once_one_has_its_choice,
    lists_of_many_files_and_changes_of_each_do_not_hinder_each_other,
    whatever_happens_at_once_no_owner_has_two_pictures,
);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";
const OWN: &[Scope] = &[Scope::FilesLinked, Scope::FilesCreate, Scope::FilesOwnWrite];

fn account(no: i64) -> Owner {
    Owner::new("account", no).unwrap()
}

fn marked(cover: bool) -> ReachChange {
    ReachChange { cover: Some(cover), ..ReachChange::default() }
}

fn attach(file: &File, cover: Option<bool>) -> Attach {
    Attach { cover, ..Attach::of(file.no) }
}

async fn put(reach: &Reach<'_>, name: &str, bytes: &[u8], to: Destination) -> File {
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()));
    let staged = reach.stage(Body::from(bytes.to_vec()), &Expect::at_most(1000)).await.unwrap();
    reach.put_file(new, to, staged).await.unwrap().file
}

/// A new picture on an account.
async fn picture(reach: &Reach<'_>, name: &str, no: i64) -> File {
    put(reach, name, PNG, Destination::Owner(account(no))).await
}

async fn choose(reach: &Reach<'_>, file: &File) -> File {
    reach.change_file(file.no, marked(true), None).await.unwrap().file
}

async fn is_cover(home: &Home, file: &File) -> bool {
    home.edit().trashed_file(file.no).await.unwrap().cover
}

/// The pictures by owner, those in the trash among them. Each has an owner.
async fn covers(home: &Home) -> BTreeMap<Owner, BTreeSet<FileNo>> {
    let reach = home.core.reach(&home.owner).unwrap();
    let tests = vec![FileTest::Cover(true)];
    let query = FileQuery { tests, order: Vec::new(), start: Start::First, limit: 100, life: Life::Either };
    let nos: Vec<FileNo> = reach.list_files(&query).await.unwrap().items.into_iter().map(|file| file.no).collect();
    let owners = reach.owners_of(&nos).await.unwrap();
    let mut all: BTreeMap<Owner, BTreeSet<FileNo>> = BTreeMap::new();
    for no in nos {
        let owner = owners.get(&no).unwrap_or_else(|| panic!("file {no} is the picture of nobody"));
        all.entry(*owner).or_default().insert(no);
    }
    for (owner, files) in &all {
        assert!(files.len() == 1, "{owner:?} has {} pictures", files.len());
    }
    all
}

async fn an_owner_has_one_picture_and_the_last_one_chosen(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (a, b, other) =
        (picture(&reach, "a.png", 1).await, picture(&reach, "b.png", 1).await, picture(&reach, "c.png", 2).await);
    let first = choose(&reach, &a).await;
    choose(&reach, &other).await;
    assert!(first.cover && first.revision == a.revision + 1);
    home.clock.advance(std::time::Duration::from_secs(1));
    let after = home.last_event().await;
    assert!(choose(&reach, &b).await.cover);
    let old = reach.file(a.no).await.unwrap().file;
    assert_eq!((old.cover, old.revision, old.updated_at), (false, first.revision + 1, home.clock.now().to_millis()));
    assert_eq!(home.events(after).await, vec![("file.updated", String::new()); 2]);
    assert!(is_cover(&home, &other).await, "another owner's is its own");
    assert!(!reach.change_file(b.no, marked(false), None).await.unwrap().file.cover);
    assert_eq!(covers(&home).await.into_keys().collect::<Vec<_>>(), [account(2)]);
}

async fn a_picture_is_chosen_with_its_link(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let old = picture(&reach, "a.png", 1).await;
    choose(&reach, &old).await;
    let (b, c) =
        (put(&reach, "b.png", PNG, Destination::Company).await, put(&reach, "c.png", PNG, Destination::Company).await);
    reach.link_files(account(1), &[attach(&b, None), attach(&c, Some(true))]).await.unwrap();
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([c.no]));
    let revision = reach.file(c.no).await.unwrap().file.revision;
    assert_eq!(revision, c.revision + 1, "link and mark are one change");
    reach.link_files(account(1), &[attach(&old, Some(true)), attach(&c, Some(false))]).await.unwrap();
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([old.no]));
    reach.link_files(account(1), &[attach(&old, Some(false))]).await.unwrap();
    assert!(covers(&home).await.is_empty());
}

async fn choosing_what_is_the_picture_already_changes_nothing(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let file = picture(&reach, "a.png", 1).await;
    let chosen = choose(&reach, &file).await;
    home.clock.advance(std::time::Duration::from_secs(9));
    let after = home.last_event().await;
    assert_eq!(choose(&reach, &file).await, chosen);
    reach.link_files(account(1), &[attach(&file, Some(true))]).await.unwrap();
    assert_eq!(reach.file(file.no).await.unwrap().file, chosen);
    assert!(home.events(after).await.is_empty());
}

async fn only_an_image_is_a_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let old = picture(&reach, "a.png", 1).await;
    choose(&reach, &old).await;
    for (name, bytes) in [("b.txt", &b"words"[..]), ("c.png", b"no picture at all"), ("d.png", b"%PDF-1.7\n")] {
        let file = put(&reach, name, bytes, Destination::Company).await;
        let refused = reach.link_files(account(1), &[attach(&old, None), attach(&file, Some(true))]).await;
        assert_eq!(place(refused), "1.cover", "{name}");
        assert!(home.origins(&file).await.is_empty(), "nothing is linked");
        reach.link_files(account(1), &[attach(&file, None)]).await.unwrap();
        assert_eq!(place(reach.change_file(file.no, marked(true), None).await), "cover", "{name}");
    }
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([old.no]), "the old one stays");
    let drawn = put(&reach, "e.svg", b"<svg/>", Destination::Owner(account(1))).await;
    assert!(choose(&reach, &drawn).await.cover);
}

async fn a_file_without_an_owner_is_nobodys_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let file = put(&reach, "a.png", PNG, Destination::Contact(record("contact/1"))).await;
    home.edit().link_files(&record("account/x1"), &[file.id]).await.unwrap();
    assert_eq!(place(reach.change_file(file.no, marked(true), None).await), "cover");
    assert_eq!(reach.change_file(file.no, marked(false), None).await.unwrap().file, file);
    assert!(matches!(reach.change_file(FileNo(99), marked(true), None).await, Err(Error::NotFound(_))));
}

async fn one_list_has_one_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (a, b) =
        (put(&reach, "a.png", PNG, Destination::Company).await, put(&reach, "b.png", PNG, Destination::Company).await);
    let both = [attach(&a, Some(true)), attach(&b, None), attach(&b, Some(true))];
    assert_eq!(place(reach.link_files(account(1), &both).await), "2.cover");
    let twice = [attach(&a, Some(true)), attach(&b, Some(false)), attach(&a, Some(true))];
    reach.link_files(account(1), &twice).await.unwrap();
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([a.no]));
}

// Which picture an owner shows is the owner's matter, and not that of the file which was it before.
async fn who_may_change_a_file_makes_it_the_picture_in_the_place_of_another_users(home: Home) {
    let (one, two) = (home.user(2, OWN).await, home.user(3, OWN).await);
    let (one, two) = (home.core.reach(&one).unwrap(), home.core.reach(&two).unwrap());
    let (a, b) = (picture(&one, "a.png", 1).await, picture(&two, "b.png", 1).await);
    choose(&one, &a).await;
    assert!(matches!(one.change_file(b.no, marked(true), None).await, Err(Error::MissingScope(_))));
    assert!(is_cover(&home, &a).await, "a refused change changes nothing");
    choose(&two, &b).await;
    assert_eq!(covers(&home).await[&account(1)], BTreeSet::from([b.no]));
}

async fn what_is_no_image_any_more_is_nobodys_picture(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let file = picture(&reach, "a.png", 1).await;
    choose(&reach, &file).await;
    let stage = async |bytes: &[u8]| reach.stage(Body::from(bytes.to_vec()), &Expect::at_most(1000)).await.unwrap();
    let drawn = stage(&[PNG, b"other"].concat()).await;
    let with = home.edit().replace_file(file.no, Replacement::default(), drawn).await.unwrap();
    assert!(with.cover && with.versions == 2, "another image is the picture now");
    let words = stage(b"words").await;
    assert!(!home.edit().replace_file(file.no, Replacement::default(), words).await.unwrap().cover);
    choose_again_is_refused(&reach, &file).await;
    let first = attache_core::FileChange { version: Some(1), ..attache_core::FileChange::default() };
    assert!(!home.edit().change_file(file.no, first).await.unwrap().cover, "it does not come back by itself");
    choose(&reach, &file).await;
    let words = stage(b"words").await;
    assert_eq!(place(reach.change_file(file.no, marked(true), Some(words)).await), "cover");
    assert!(is_cover(&home, &file).await);
}

async fn choose_again_is_refused(reach: &Reach<'_>, file: &File) {
    assert_eq!(place(reach.change_file(file.no, marked(true), None).await), "cover");
}

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
async fn ways(home: &Home) -> i64 {
    let cards = (1..=9).map(|id| NewCard { id: Some(id), ..NewCard::default() }).collect();
    home.records().put_cards("company", cards).await.unwrap();
    let new = NewField { name: "Logo".into(), code: None, sort: None };
    home.records().setup().unwrap().put_fields("company", vec![new]).await.unwrap()[0].no
}

async fn set(home: &Home, to: &str, field: i64, file: Option<&File>) {
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

async fn of_those_who_choose_at_once_one_has_its_choice(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut files = Vec::new();
    for no in 0..4 {
        files.push(picture(&reach, &format!("{no}.png"), 1).await);
    }
    for round in 0..20 {
        let one: Vec<Attach> =
            files[..2].iter().map(|file| attach(file, Some(file.no == files[round % 2].no))).collect();
        let (listed, chosen) = tokio::join!(
            reach.link_files(account(1), &one),
            join_all(files.iter().map(|file| reach.change_file(file.no, marked(true), None))),
        );
        listed.unwrap();
        for (file, chosen) in files.iter().zip(chosen) {
            assert_eq!((chosen.as_ref().unwrap().file.no, chosen.unwrap().file.cover), (file.no, true));
        }
        assert_eq!(covers(&home).await[&account(1)].len(), 1);
    }
}

async fn lists_of_many_files_and_changes_of_each_do_not_hinder_each_other(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut files = Vec::new();
    for no in 0..6 {
        files.push(picture(&reach, &format!("{no}.png"), 1).await);
    }
    for round in 0..10 {
        let list = |first: usize, step: usize| -> Vec<Attach> {
            let some = (0..6).map(|at| &files[(first + at * step) % 6]);
            some.enumerate().map(|(at, file)| attach(file, (at == 3).then_some(true))).collect()
        };
        let lists = [list(round, 1), list(round + 3, 5), list(0, 1), list(5, 5)];
        for end in join_all(lists.iter().map(|list| reach.link_files(account(1), list))).await {
            end.unwrap();
        }
        assert_eq!(covers(&home).await[&account(1)].len(), 1);
    }
}

/// Something that happens to one of some files.
#[derive(Clone, Copy, Debug)]
enum Act {
    Choose,
    Drop,
    Link(i64),
    Unlink,
    OtherFace(i64),
    OtherFaceOff(i64),
    Value(i64),
    ValueOff(i64),
    Trash,
    Restore,
}

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn act(&mut self) -> Act {
        let no = i64::try_from(self.below(2)).unwrap() + 1;
        match self.below(14) {
            0..=3 => Act::Choose,
            4 => Act::Drop,
            5 | 6 => Act::Link(no),
            7 => Act::Unlink,
            8 => Act::OtherFace(no),
            9 => Act::OtherFaceOff(no),
            10 => Act::Value(no),
            11 => Act::ValueOff(no),
            12 => Act::Trash,
            _ => Act::Restore,
        }
    }
}

async fn act(home: &Home, file: &File, field: i64, act: Act) -> Result<(), Error> {
    let reach = home.core.reach(&home.owner).unwrap();
    let company = |no| Owner::new("company", no).unwrap();
    let value = async |no, file| {
        let change = CardChange { values: vec![NewValue { field, file }], ..CardChange::of(company(no).into()) };
        home.records().change_cards(vec![change]).await.map(drop)
    };
    match act {
        Act::Choose => reach.change_file(file.no, marked(true), None).await.map(drop),
        Act::Drop => reach.change_file(file.no, marked(false), None).await.map(drop),
        Act::Link(no) => reach.link_files(company(no), &[attach(file, Some(true))]).await.map(drop),
        Act::Unlink => reach.unlink_file(file.no).await.map(drop),
        Act::OtherFace(no) => home.edit().link(file.no, NewLink::attached(company(no).into())).await.map(drop),
        Act::OtherFaceOff(no) => home.edit().unlink(file.no, &company(no).into(), None).await.map(drop),
        Act::Value(no) => value(no, Some(FileUse::of(file.id))).await,
        Act::ValueOff(no) => value(no, None).await,
        Act::Trash => home.remove().trash_files(&[file.no.into()]).await.map(drop),
        Act::Restore => home.edit().restore_files(&[file.no.into()]).await.map(drop),
    }
}

async fn whatever_happens_at_once_no_owner_has_two_pictures(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let field = ways(&home).await;
    let mut files = Vec::new();
    for no in 0..4 {
        files.push(put(&reach, &format!("{no}.png"), PNG, Destination::Company).await);
    }
    let (mut dice, mut chosen) = (Dice(1), 0);
    for round in 0..60 {
        let acts: Vec<(usize, Act)> = (0..6).map(|_| (usize::try_from(dice.below(4)).unwrap(), dice.act())).collect();
        let ends = join_all(acts.iter().map(|(at, what)| act(&home, &files[*at], field, *what))).await;
        for (what, end) in acts.iter().zip(ends) {
            let told = matches!(end, Ok(()) | Err(Error::NotFound(_) | Error::Invalid { .. } | Error::State { .. }));
            assert!(told, "round {round}, {what:?}: {end:?}");
        }
        chosen += covers(&home).await.len();
    }
    assert!(chosen > 20, "there were pictures to speak of: {chosen}");
}
