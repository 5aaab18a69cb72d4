//! Finding files by their owners and by what is said of them, and orders by these.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::record;
use crate::records::reach::put;
use attache_core::{
    Destination, Expect, FileQuery, FileSort, FileTest, Life, NewFile, NewLink, NewName, Order, Pattern, Reach,
    ReachChange, Span, Start,
};
use attache_model::{Error, FileNo, FolderRef, Name, Owner, Scope};
use std::collections::HashMap;

on_both_engines!(
    a_files_owner_is_the_one_of_its_newest_link_that_has_one,
    one_owner_has_all_the_files_that_are_on_it,
    files_are_found_by_the_type_and_number_of_their_owner,
    files_are_found_by_what_is_said_of_them,
    tests_are_joined_by_and_or_and_not,
    lists_are_ordered_by_owner_and_by_what_is_said,
    a_description_has_a_limit,
    to_put_a_file_on_an_owner_takes_the_right_to_link,
);

fn owner(text: &str) -> Owner {
    Owner::of(&record(text)).unwrap()
}

fn on(text: &str) -> Destination {
    Destination::Owner(owner(text))
}

fn kinds(kinds: &[&'static str], id: Span) -> FileTest {
    FileTest::OwnerIs { kinds: kinds.to_vec(), id }
}

/// The numbers of the files that pass, in the order that is asked for.
async fn found(reach: &Reach<'_>, tests: Vec<FileTest>, order: &[(FileSort, bool)]) -> Vec<i64> {
    let order = order.iter().map(|(by, descending)| Order { by: *by, descending: *descending }).collect();
    let query = FileQuery { tests: tests.clone(), order, start: Start::Offset(0), limit: 100, life: Life::Living };
    let page = reach.list_files(&query).await.unwrap();
    assert_eq!(reach.count(&tests).await.unwrap(), page.items.len() as u64, "{tests:?}");
    page.items.iter().map(|file| file.no.0).collect()
}

async fn all(reach: &Reach<'_>, test: FileTest) -> Vec<i64> {
    found(reach, vec![test], &[]).await
}

/// Four files: on an account, on a ticket, on a contact, on nothing.
async fn four(reach: &Reach<'_>, home: &Home) -> [i64; 4] {
    let account = put(reach, "account.txt", on("account/7")).await.file.no.0;
    let ticket = put(reach, "ticket.txt", on("ticket/12")).await.file.no.0;
    let contact = put(reach, "contact.txt", Destination::Contact(record("contact/7"))).await.file.no.0;
    let none = put(reach, "none.txt", Destination::Company).await.file.no.0;
    // Records that look like owners and are none.
    for text in ["account/007", "account/0", "account/A-7", "account/99999999999999999999", "leads/7"] {
        home.edit().link(FileNo(contact), NewLink::attached(record(text))).await.unwrap();
    }
    [account, ticket, contact, none]
}

async fn a_files_owner_is_the_one_of_its_newest_link_that_has_one(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [account, ticket, contact, none] = four(&reach, &home).await;
    let nos = [account, ticket, contact, none].map(FileNo);
    let owners = reach.owners_of(&nos).await.unwrap();
    assert_eq!(owners, HashMap::from([(nos[0], owner("account/7")), (nos[1], owner("ticket/12"))]));

    home.edit().link(nos[0], NewLink::attached(record("vendor/9223372036854775807"))).await.unwrap();
    home.edit().link(nos[0], NewLink::attached(record("contact/1"))).await.unwrap();
    let owners = reach.owners_of(&nos[..1]).await.unwrap();
    assert_eq!(owners[&nos[0]], owner("vendor/9223372036854775807"));
    assert_eq!(all(&reach, kinds(&["vendor"], Span::default())).await, [account]);
    assert_eq!(all(&reach, kinds(&["account"], Span::default())).await, [0; 0], "the newest one is shown");
    assert!(reach.owners_of(&[]).await.unwrap().is_empty());
}

async fn one_owner_has_all_the_files_that_are_on_it(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let first = put(&reach, "a.txt", on("account/7")).await.file.no;
    let second = put(&reach, "b.txt", on("ticket/7")).await.file.no;
    home.edit().link(first, NewLink::attached(record("ticket/7"))).await.unwrap();
    assert_eq!(all(&reach, kinds(&["account"], Span::exactly(7))).await, [first.0]);
    assert_eq!(all(&reach, kinds(&["ticket"], Span::exactly(7))).await, [first.0, second.0]);
    assert_eq!(all(&reach, kinds(&["account", "ticket"], Span::exactly(7))).await, [first.0, second.0]);
    assert_eq!(all(&reach, kinds(&["ticket"], Span::exactly(8))).await, [0; 0]);
    assert_eq!(all(&reach, kinds(&[], Span::exactly(7))).await, [0; 0]);
}

async fn files_are_found_by_the_type_and_number_of_their_owner(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [account, ticket, contact, none] = four(&reach, &home).await;
    assert_eq!(all(&reach, FileTest::Owned(true)).await, [account, ticket]);
    assert_eq!(all(&reach, FileTest::Owned(false)).await, [contact, none]);
    let any = attache_model::owner::OWNERS.as_slice();
    assert_eq!(all(&reach, kinds(any, Span { from: Some(8), to: None })).await, [ticket]);
    assert_eq!(all(&reach, kinds(any, Span { from: None, to: Some(11) })).await, [account]);
    assert_eq!(all(&reach, kinds(&["account", "vendor"], Span::default())).await, [account]);
    let not = FileTest::Not(Box::new(kinds(&["account"], Span::exactly(7))));
    assert_eq!(all(&reach, not).await, [ticket, contact, none]);
    let digits = |text: &str| FileTest::OwnerIdMatches(Pattern::containing(text));
    assert_eq!(all(&reach, digits("2")).await, [ticket], "of account/7 and ticket/12");
    assert_eq!(all(&reach, digits("")).await, [account, ticket]);
    assert_eq!(all(&reach, FileTest::Not(Box::new(digits("2")))).await, [account, contact, none]);
}

async fn files_are_found_by_what_is_said_of_them(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let told = put(&reach, "a.txt", Destination::Company).await.file;
    let silent = put(&reach, "b.txt", Destination::Company).await.file;
    let change = ReachChange { description: Some(String::from("Straße 100%_Ü")), ..ReachChange::default() };
    let told = reach.change_file(told.no, change, None).await.unwrap().file;
    let (a, b) = (told.no.0, silent.no.0);
    let contains = |text: &str| FileTest::DescriptionMatches(Pattern::containing(text));
    assert_eq!(all(&reach, contains("100%_ü")).await, [a]);
    assert_eq!(all(&reach, contains("1%0")).await, [0; 0]);
    assert_eq!(all(&reach, FileTest::DescriptionMatches(Pattern::exactly("STRAßE 100%_ü"))).await, [a]);
    assert_eq!(all(&reach, FileTest::DescriptionMatches(Pattern::exactly("straße"))).await, [0; 0]);
    assert_eq!(all(&reach, FileTest::Described(true)).await, [a]);
    assert_eq!(all(&reach, FileTest::Described(false)).await, [b]);
    assert_eq!(all(&reach, FileTest::MediaTypeMatches(Pattern::containing("TEXT/"))).await, [a, b]);
    assert_eq!(all(&reach, FileTest::IdMatches(Pattern::exactly(&told.id.to_string()))).await, [a]);
    assert_eq!(all(&reach, FileTest::RevisionMatches(Pattern::exactly("2"))).await, [a]);
    assert_eq!(all(&reach, FileTest::Cover(true)).await, [0; 0]);
    assert_eq!(all(&reach, FileTest::Maker(Span::exactly(home.owner.actor().0))).await, [a, b]);
    assert_eq!(all(&reach, FileTest::Maker(Span { from: Some(2), to: None })).await, [0; 0]);

    let none = ReachChange { description: Some(String::new()), ..ReachChange::default() };
    let silent_again = reach.change_file(told.no, none.clone(), None).await.unwrap().file;
    assert_eq!(silent_again.description, "");
    let same = reach.change_file(told.no, none, None).await.unwrap().file;
    assert_eq!(same.revision, silent_again.revision, "no change is no new revision");
    assert_eq!(all(&reach, contains("")).await, [a, b]);
}

async fn tests_are_joined_by_and_or_and_not(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [account, ticket, contact, none] = four(&reach, &home).await;
    let owned = || FileTest::Owned(true);
    let named = |text: &str| FileTest::TitleMatches(Pattern::containing(text));
    assert_eq!(all(&reach, FileTest::AllOf(vec![owned(), named("t.txt")])).await, [account, ticket]);
    assert_eq!(all(&reach, FileTest::AllOf(vec![owned(), named("ticket")])).await, [ticket]);
    assert_eq!(all(&reach, FileTest::AnyOf(vec![named("none"), named("ticket")])).await, [ticket, none]);
    let both = FileTest::AnyOf(vec![FileTest::AllOf(vec![owned(), named("account")]), named("contact")]);
    assert_eq!(all(&reach, both.clone()).await, [account, contact]);
    assert_eq!(all(&reach, FileTest::Not(Box::new(both))).await, [ticket, none]);
    assert_eq!(all(&reach, FileTest::AnyOf(Vec::new())).await, [0; 0]);
    assert_eq!(all(&reach, FileTest::AllOf(Vec::new())).await.len(), 4);
    assert_eq!(all(&reach, FileTest::Not(Box::new(FileTest::AllOf(Vec::new())))).await, [0; 0]);
    let exact = FileTest::AnyOf(vec![kinds(&["account"], Span::exactly(7)), kinds(&["ticket"], Span::exactly(12))]);
    assert_eq!(found(&reach, vec![exact, named("ticket")], &[]).await, [ticket]);
}

async fn lists_are_ordered_by_owner_and_by_what_is_said(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let [account, ticket, contact, none] = four(&reach, &home).await;
    let change = ReachChange { description: Some(String::from("b")), ..ReachChange::default() };
    reach.change_file(FileNo(contact), change, None).await.unwrap();
    let by = async |order: &[(FileSort, bool)]| found(&reach, Vec::new(), order).await;
    assert_eq!(by(&[(FileSort::OwnerKind, false)]).await, [contact, none, account, ticket]);
    assert_eq!(by(&[(FileSort::OwnerKind, true)]).await, [ticket, account, contact, none]);
    assert_eq!(by(&[(FileSort::OwnerId, true), (FileSort::Title, true)]).await, [ticket, account, none, contact]);
    assert_eq!(by(&[(FileSort::Description, true)]).await, [contact, account, ticket, none]);
    assert_eq!(by(&[(FileSort::Revision, true), (FileSort::No, true)]).await, [contact, none, ticket, account]);
    assert_eq!(by(&[(FileSort::MediaType, false)]).await, [account, ticket, contact, none]);
    assert_eq!(by(&[(FileSort::Id, false)]).await.len(), 4);
    assert_eq!(by(&[(FileSort::Maker, false), (FileSort::Cover, false)]).await, [account, ticket, contact, none]);
}

async fn a_description_has_a_limit(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let limit = usize::try_from(home.core.limits().description_bytes).unwrap();
    let put = async |description: String| {
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("a.txt").unwrap()));
        let staged = reach.stage(attache_core::Body::from(Vec::new()), &Expect::at_most(1)).await.unwrap();
        reach.put_file(NewFile { description, ..new }, Destination::Company, staged).await
    };
    let full = put("é".repeat(limit / 2)).await.unwrap().file;
    assert_eq!(full.description.len(), limit);
    assert!(matches!(put(format!("{}a", "é".repeat(limit / 2))).await, Err(Error::TooLarge { .. })));
    assert!(matches!(put(String::from("a\0b")).await, Err(Error::Invalid { .. })));
    let change = |description: String| ReachChange { description: Some(description), ..ReachChange::default() };
    let over = reach.change_file(full.no, change("a".repeat(limit + 1)), None).await;
    assert!(matches!(over, Err(Error::TooLarge { .. })));
    assert_eq!(reach.change_file(full.no, change("a".repeat(limit)), None).await.unwrap().file.revision, 2);
    assert_eq!(reach.count(&[]).await.unwrap(), 1, "what was refused is not there");
}

async fn to_put_a_file_on_an_owner_takes_the_right_to_link(home: Home) {
    let creator = home.user(2, &[Scope::FilesCreate, Scope::FilesLinked]).await;
    let reach = home.core.reach(&creator).unwrap();
    let alone = put(&reach, "a.txt", Destination::Company).await.file;
    assert_eq!(all(&reach, FileTest::No(Span::exactly(alone.no.0))).await, [alone.no.0]);
    assert!(matches!(reach.may_put(&on("account/7")), Err(Error::MissingScope(_))));

    let linker = home.user(2, &[Scope::FilesCreate, Scope::FilesOwnWrite]).await;
    let reach = home.core.reach(&linker).unwrap();
    let linked = put(&reach, "b.txt", on("account/7")).await.file;
    let everyone = home.user(3, &[Scope::FilesLinked]).await;
    let reach = home.core.reach(&everyone).unwrap();
    assert_eq!(found(&reach, Vec::new(), &[]).await, [linked.no.0]);
    assert!(matches!(reach.file(alone.no).await, Err(Error::MissingScope(_))));
}
