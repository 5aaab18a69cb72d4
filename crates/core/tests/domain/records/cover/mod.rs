//! The pictures of owners: one at the most for each, whatever happens at once and by whatever face.

mod leave;
mod rival;

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{place, record};
use attache_core::{
    Attach, Body, Destination, Expect, FileQuery, FileTest, Life, NewFile, NewName, Reach, ReachChange, Replacement,
    Start,
};
use attache_model::file::File;
use attache_model::{Error, FileNo, FolderRef, Name, Owner, Scope};
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
