//! Owners, and putting files on them.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, place, record};
use crate::records::reach::put;
use attache_core::{
    Attach, CardChange, Destination, FileTest, FileUse, NewCard, NewField, NewLink, NewValue, OwnerQuery, OwnerTest,
    Reach, Span,
};
use attache_model::file::File;
use attache_model::link::{Origin, Record};
use attache_model::{Error, FileNo, Named, Owner, Scope, Time, UserNo, What};
use std::time::Duration;

on_both_engines!(
    an_owner_is_known_once_a_file_is_put_on_it,
    putting_files_on_an_owner_again_changes_nothing,
    files_are_put_on_an_owner_all_or_none,
    a_file_on_a_field_of_its_owner_gets_onto_the_tab,
    of_two_owners_that_want_one_file_at_once_exactly_one_gets_it,
    what_is_out_of_sight_is_not_there_and_what_is_not_ones_own_is_refused,
    who_sees_nothing_links_what_it_put_in,
    what_is_said_of_a_file_comes_with_its_link,
    a_list_of_files_has_some_and_not_too_many,
    a_file_is_taken_off_all_its_owners_and_off_nothing_else,
    what_a_note_or_a_field_keeps_stays_on_its_owner,
    owners_are_those_that_a_link_or_a_card_names,
    owners_of_many_types_are_found_at_once,
    a_page_of_owners_goes_by_number,
    owners_are_counted_by_the_tests_that_list_them,
    what_is_no_number_is_no_owner,
    users_come_by_their_numbers,
    another_accounts_owners_are_others,
);

const ADMIN: &[Scope] = &[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete];
const OWN: &[Scope] = &[Scope::FilesLinked, Scope::FilesCreate, Scope::FilesOwnWrite];

fn owner(kind: &str, id: i64) -> Owner {
    Owner::new(kind, id).unwrap()
}

fn of(files: &[&File]) -> Vec<Attach> {
    files.iter().map(|file| Attach::of(file.no)).collect()
}

async fn company(reach: &Reach<'_>, name: &str) -> File {
    put(reach, name, Destination::Company).await.file
}

/// The owner of a file as lists show it.
async fn shown(reach: &Reach<'_>, file: &File) -> Option<Owner> {
    reach.owners_of(&[file.no]).await.unwrap().remove(&file.no)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, what: What) -> String {
    match result {
        Err(Error::State { what: found, why }) if found == what => why,
        other => panic!("not refused for its state: {other:?}"),
    }
}

async fn an_owner_is_known_once_a_file_is_put_on_it(home: Home) {
    let caller = home.user(2, OWN).await;
    let reach = home.core.reach(&caller).unwrap();
    let (one, file) = (owner("account", 1), company(&reach, "a.txt").await);
    assert!(reach.owners(&[one]).await.unwrap().is_empty());
    home.clock.advance(Duration::from_secs(5));
    let (now, after) = (home.clock.now().to_millis(), home.last_event().await);
    let named = reach.link_files(one, &of(&[&file])).await.unwrap();
    assert_eq!(named, Named { owner: one, since: now, changed: now });
    assert_eq!(shown(&reach, &file).await, Some(one));
    assert_eq!(home.origins(&file).await, [("account/1".to_owned(), Origin::Attached)]);
    assert_eq!(home.events(after).await, [("file.linked", "account/1".to_owned())]);
    let linked = reach.file(file.no).await.unwrap().file;
    assert_eq!((linked.revision, linked.updated_at, linked.updated_by), (2, now, UserNo(2)));

    home.clock.advance(Duration::from_secs(5));
    let later = home.clock.now().to_millis();
    let second = company(&reach, "b.txt").await;
    assert_eq!(reach.link_files(one, &of(&[&second])).await.unwrap(), Named { owner: one, since: now, changed: later });
}

async fn putting_files_on_an_owner_again_changes_nothing(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, a, b) = (owner("ticket", 7), company(&reach, "a.txt").await, company(&reach, "b.txt").await);
    let named = reach.link_files(one, &of(&[&a, &b, &a])).await.unwrap();
    let before = [reach.file(a.no).await.unwrap(), reach.file(b.no).await.unwrap()];
    assert_eq!((before[0].file.revision, home.origins(&a).await.len()), (2, 1), "twice in one list is once");
    home.clock.advance(Duration::from_secs(60));
    let after = home.last_event().await;
    for again in [of(&[&a]), of(&[&b, &a])] {
        assert_eq!(reach.link_files(one, &again).await.unwrap(), named);
    }
    assert_eq!([reach.file(a.no).await.unwrap(), reach.file(b.no).await.unwrap()], before);
    assert!(home.events(after).await.is_empty());
}

async fn files_are_put_on_an_owner_all_or_none(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, two) = (owner("account", 1), owner("account", 2));
    let (a, theirs, gone) =
        (company(&reach, "a.txt").await, company(&reach, "b.txt").await, company(&reach, "c.txt").await);
    reach.link_files(two, &of(&[&theirs])).await.unwrap();
    reach.trash_file(gone.no).await.unwrap();
    let after = home.last_event().await;
    let told = |attach: Attach| Attach { description: Some("new".into()), ..attach };
    let with = |no| [told(Attach::of(a.no)), told(Attach::of(no))];
    for no in [gone.no, FileNo(999)] {
        let missing = reach.link_files(one, &with(no)).await;
        assert!(matches!(missing, Err(Error::NotFound(What::File))), "{missing:?}");
    }
    let why = refused(reach.link_files(one, &with(theirs.no)).await, What::Link);
    assert!(why.contains(&theirs.no.to_string()) && why.contains("account 2"), "{why}");
    assert_eq!((shown(&reach, &a).await, shown(&reach, &theirs).await), (None, Some(two)));
    assert_eq!(reach.file(a.no).await.unwrap().file, a, "nothing of it was made");
    assert!(home.events(after).await.is_empty() && reach.owners(&[one]).await.unwrap().is_empty());
}

async fn a_file_on_a_field_of_its_owner_gets_onto_the_tab(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, file) = (owner("company", 1), company(&reach, "a.txt").await);
    home.edit().link(file.no, NewLink { origin: Origin::Field, ..NewLink::attached(one.into()) }).await.unwrap();
    assert!(home.tab(&one.into()).await.is_empty());
    reach.link_files(one, &of(&[&file])).await.unwrap();
    assert_eq!(home.tab(&one.into()).await, ["a.txt"]);
    assert_eq!(shown(&reach, &file).await, Some(one));
}

async fn of_two_owners_that_want_one_file_at_once_exactly_one_gets_it(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    for round in 1..=20 {
        let file = company(&reach, &format!("{round}.txt")).await;
        let (one, two) = (owner("account", round), owner("job", round));
        let attach = of(&[&file]);
        let (first, second) = tokio::join!(reach.link_files(one, &attach), reach.link_files(two, &attach));
        let (won, lost) = match (first, second) {
            (Ok(_), lost) => (one, lost),
            (lost, Ok(_)) => (two, lost),
            both => panic!("nobody got it: {both:?}"),
        };
        refused(lost, What::Link);
        assert_eq!(home.origins(&file).await, [(Record::from(won).to_string(), Origin::Attached)]);
    }
}

async fn what_is_out_of_sight_is_not_there_and_what_is_not_ones_own_is_refused(home: Home) {
    let (one, other, all) = (home.user(2, OWN).await, home.user(3, OWN).await, home.user(4, ADMIN).await);
    let [mine, theirs, all] = [&one, &other, &all].map(|caller| home.core.reach(caller).unwrap());
    let (unlinked, linked) = (company(&theirs, "a.txt").await, company(&theirs, "b.txt").await);
    let personal = put(&theirs, "c.txt", Destination::User).await.file;
    theirs.link_files(owner("job", 1), &of(&[&linked])).await.unwrap();
    for out_of_sight in [&unlinked, &personal] {
        let refused = mine.link_files(owner("job", 2), &of(&[out_of_sight])).await;
        assert!(matches!(refused, Err(Error::NotFound(What::File))), "{refused:?}");
        let refused = mine.unlink_file(out_of_sight.no).await;
        assert!(matches!(refused, Err(Error::NotFound(What::File))), "{refused:?}");
    }
    for target in [1, 2] {
        let refused = mine.link_files(owner("job", target), &of(&[&linked])).await;
        assert!(matches!(refused, Err(Error::MissingScope(_))), "{refused:?}");
    }
    assert!(matches!(mine.unlink_file(linked.no).await, Err(Error::MissingScope(_))));

    let both = home.user(2, &[OWN, &[Scope::FilesOthers]].concat()).await;
    let both = home.core.reach(&both).unwrap();
    both.unlink_file(linked.no).await.unwrap();
    both.link_files(owner("job", 2), &of(&[&linked, &unlinked])).await.unwrap();
    assert!(matches!(both.link_files(owner("job", 2), &of(&[&personal])).await, Err(Error::NotFound(What::File))));
    all.link_files(owner("job", 2), &of(&[&personal])).await.unwrap();
    assert!(both.file(personal.no).await.is_err(), "what a user keeps personally stays its own");
}

async fn who_sees_nothing_links_what_it_put_in(home: Home) {
    let caller = home.user(2, &[Scope::FilesCreate, Scope::FilesOwnWrite]).await;
    let reach = home.core.reach(&caller).unwrap();
    let file = company(&reach, "a.txt").await;
    assert!(reach.file(file.no).await.is_err());
    reach.link_files(owner("account", 1), &of(&[&file])).await.unwrap();
    reach.unlink_file(file.no).await.unwrap();
}

async fn what_is_said_of_a_file_comes_with_its_link(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, file) = (owner("account", 1), company(&reach, "a.txt").await);
    let said = |text: &str| [Attach { description: Some(text.to_owned()), ..Attach::of(file.no) }];
    let after = home.last_event().await;
    reach.link_files(one, &said("the lease")).await.unwrap();
    let linked = reach.file(file.no).await.unwrap().file;
    assert_eq!((linked.description.as_str(), linked.revision), ("the lease", 2));
    let events = [("file.updated", String::new()), ("file.linked", "account/1".to_owned())];
    assert_eq!(home.events(after).await, events);

    reach.link_files(one, &of(&[&file])).await.unwrap();
    assert_eq!(reach.file(file.no).await.unwrap().file, linked, "what is not said stays");
    reach.link_files(one, &said("")).await.unwrap();
    assert_eq!(reach.file(file.no).await.unwrap().file.description, "");
    let most = usize::try_from(home.core.limits().description_bytes).unwrap();
    reach.link_files(one, &said(&"x".repeat(most))).await.unwrap();
    let longer = reach.link_files(one, &said(&"x".repeat(most + 1))).await;
    assert!(matches!(longer, Err(Error::TooLarge { .. })), "{longer:?}");
    assert_eq!(place(reach.link_files(one, &said("a\0b")).await), "description");
}

async fn a_list_of_files_has_some_and_not_too_many(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, file) = (owner("account", 1), company(&reach, "a.txt").await);
    assert_eq!(place(reach.link_files(one, &[]).await), "files");
    let most = usize::try_from(home.core.limits().record_items).unwrap();
    let list = vec![Attach::of(file.no); most + 1];
    assert_eq!(place(reach.link_files(one, &list).await), "items");
    assert_eq!(shown(&reach, &file).await, None);
    reach.link_files(one, &list[..most]).await.unwrap();
    assert_eq!(shown(&reach, &file).await, Some(one));
}

async fn a_file_is_taken_off_all_its_owners_and_off_nothing_else(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (file, one) = (company(&reach, "a.txt").await, owner("account", 1));
    for on in ["deal/1", "contact/2", "account/x1", "ticket/3"] {
        home.edit().link_files(&record(on), &[file.id]).await.unwrap();
    }
    home.edit().link(file.no, NewLink { origin: Origin::Intake, ..NewLink::attached(one.into()) }).await.unwrap();
    home.edit().link(file.no, NewLink::attached(one.into())).await.unwrap();
    let (before, after) = (reach.file(file.no).await.unwrap().file, home.last_event().await);
    let free = reach.unlink_file(file.no).await.unwrap();
    assert_eq!((shown(&reach, &file).await, free.revision), (None, before.revision + 1));
    assert_eq!(free, reach.file(file.no).await.unwrap().file);
    let left: Vec<_> = home.origins(&file).await.into_iter().map(|(record, _)| record).collect();
    assert_eq!(left, ["deal/1", "contact/2", "account/x1"], "what is no owner is another matter");
    let off = |record: &str| ("file.unlinked", record.to_owned());
    assert_eq!(home.events(after).await, [off("ticket/3"), off("account/1"), off("account/1")]);

    assert_eq!(reach.unlink_file(file.no).await.unwrap(), free, "once more changes nothing");
    assert_eq!(home.events(after).await.len(), 3);
    reach.link_files(owner("ticket", 9), &of(&[&file])).await.unwrap();
    assert_eq!(shown(&reach, &file).await, Some(owner("ticket", 9)));
    reach.trash_file(file.no).await.unwrap();
    assert!(matches!(reach.unlink_file(file.no).await, Err(Error::NotFound(What::File))));
}

async fn what_a_note_or_a_field_keeps_stays_on_its_owner(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (noted, valued) = (company(&reach, "a.txt").await, company(&reach, "b.txt").await);
    let one = owner("company", 1);
    home.records().put_cards("company", vec![NewCard { id: Some(1), ..NewCard::default() }]).await.unwrap();
    home.note(attachment(&one.into(), &noted)).await.unwrap();
    let new = NewField { name: "Contract".into(), code: None, sort: None };
    let field = home.records().setup().unwrap().put_fields("company", vec![new]).await.unwrap()[0].no;
    let value = NewValue { field, file: Some(FileUse::of(valued.id)) };
    let change = CardChange { values: vec![value], ..CardChange::of(one.into()) };
    home.records().change_cards(vec![change]).await.unwrap();
    for (file, word) in [(&noted, "note"), (&valued, "field")] {
        home.edit().link_files(&record("ticket/1"), &[file.id]).await.unwrap();
        let (before, after) = (home.origins(file).await, home.last_event().await);
        let why = refused(reach.unlink_file(file.no).await, What::Link);
        assert!(why.contains(word) && why.contains("company/1"), "{why}");
        assert_eq!((home.origins(file).await, home.last_event().await), (before, after), "it is off no owner");
    }
}

async fn owners_are_those_that_a_link_or_a_card_names(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let card = |id| NewCard { id: Some(id), ..NewCard::default() };
    home.records().put_cards("company", vec![card(1), card(2)]).await.unwrap();
    let first = home.clock.now().to_millis();
    home.clock.advance(Duration::from_secs(10));
    let file = company(&reach, "a.txt").await;
    let linked = home.clock.now().to_millis();
    reach.link_files(owner("company", 1), &of(&[&file])).await.unwrap();
    home.clock.advance(Duration::from_secs(10));
    let changed = home.clock.now().to_millis();
    let change = CardChange { name: Some("Acme".into()), ..CardChange::of(record("company/2")) };
    home.records().change_cards(vec![change]).await.unwrap();
    let file = company(&reach, "b.txt").await;
    reach.link_files(owner("account", 2), &of(&[&file])).await.unwrap();

    let asked =
        [owner("company", 1), owner("company", 2), owner("company", 3), owner("account", 2), owner("account", 1)];
    let found = reach.owners(&asked).await.unwrap();
    let named = |owner: Owner, since: Time, changed: Time| (owner, Named { owner, since, changed });
    let expected = [
        named(owner("company", 1), first, linked),
        named(owner("company", 2), first, changed),
        named(owner("account", 2), changed, changed),
    ];
    assert_eq!(found, expected.into_iter().collect());
    assert!(reach.owners(&[]).await.unwrap().is_empty());

    reach.trash_file(file.no).await.unwrap();
    assert_eq!(reach.owners(&[owner("account", 2)]).await.unwrap().len(), 1, "what is in the trash is on it still");
    home.remove().erase_file(file.no, attache_core::Condition::Always).await.unwrap();
    assert!(reach.owners(&[owner("account", 2)]).await.unwrap().is_empty(), "nothing names it any more");
}

async fn owners_of_many_types_are_found_at_once(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut on = Vec::new();
    for (at, kind) in attache_model::owner::OWNERS.into_iter().enumerate() {
        let file = company(&reach, &format!("{at}.txt")).await;
        for no in [1, i64::MAX] {
            home.edit().link(file.no, NewLink::attached(owner(kind, no).into())).await.unwrap();
            on.push(owner(kind, no));
        }
    }
    // More than one statement asks about.
    let asked: Vec<Owner> = (2..6000).map(|no| owner("job", no)).chain(on.iter().copied()).collect();
    let found = reach.owners(&asked).await.unwrap();
    assert_eq!(found.len(), on.len());
    assert!(on.iter().all(|owner| found[owner].owner == *owner));
}

/// Accounts 2, 3, 10 and 100, a second apart in that order but for the last, which came first.
async fn accounts(home: &Home, reach: &Reach<'_>) -> Vec<Named> {
    let mut made = Vec::new();
    for no in [100, 2, 3, 10] {
        let file = company(reach, &format!("{no}.txt")).await;
        home.clock.advance(Duration::from_secs(1));
        made.push(reach.link_files(owner("account", no), &of(&[&file])).await.unwrap());
    }
    made.rotate_left(1);
    made
}

fn accounts_where(tests: Vec<OwnerTest>) -> OwnerQuery {
    OwnerQuery { kind: "account", tests, descending: false, offset: 0, limit: 10 }
}

async fn a_page_of_owners_goes_by_number(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let made = accounts(&home, &reach).await;
    home.records().put_cards("company", vec![NewCard { id: Some(5), ..NewCard::default() }]).await.unwrap();
    let page = async |query: OwnerQuery| reach.owner_page(&query).await.unwrap();
    assert_eq!(page(accounts_where(vec![])).await, made);
    let down: Vec<Named> = made.iter().rev().copied().collect();
    assert_eq!(page(OwnerQuery { descending: true, ..accounts_where(vec![]) }).await, down);
    assert_eq!(page(OwnerQuery { offset: 1, limit: 2, ..accounts_where(vec![]) }).await, made[1..3]);
    assert_eq!(page(OwnerQuery { offset: 4, ..accounts_where(vec![]) }).await, []);
    assert_eq!(page(OwnerQuery { limit: 0, ..accounts_where(vec![]) }).await, []);
    assert_eq!(page(OwnerQuery { kind: "company", ..accounts_where(vec![]) }).await[0].owner, owner("company", 5));
    assert_eq!(page(OwnerQuery { kind: "job", ..accounts_where(vec![]) }).await, []);
}

async fn owners_are_counted_by_the_tests_that_list_them(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let made = accounts(&home, &reach).await;
    let second = |at: usize| made[at].since.0;
    let from = |from| Span { from: Some(from), to: None };
    let id = |no| OwnerTest::Id(Span::exactly(no));
    let not = |test| OwnerTest::Not(Box::new(test));
    let cases = [
        (vec![], vec![2, 3, 10, 100]),
        (vec![id(10)], vec![10]),
        (vec![id(4)], vec![]),
        (vec![id(-1)], vec![]),
        (vec![id(10), id(3)], vec![]),
        (vec![OwnerTest::Id(Span { from: Some(3), to: Some(10) })], vec![3, 10]),
        (vec![OwnerTest::Id(Span { from: Some(3), to: Some(10) }), id(10)], vec![10]),
        (vec![not(id(10))], vec![2, 3, 100]),
        (vec![OwnerTest::Created(from(second(1)))], vec![3, 10]),
        (vec![not(OwnerTest::Created(from(second(1))))], vec![2, 100]),
        (vec![OwnerTest::Updated(Span { from: None, to: Some(second(0)) })], vec![2, 100]),
        (vec![OwnerTest::AnyOf(vec![id(2), id(100), id(7)])], vec![2, 100]),
        (vec![OwnerTest::AnyOf(vec![])], vec![]),
        (vec![not(OwnerTest::AnyOf(vec![]))], vec![2, 3, 10, 100]),
        (vec![OwnerTest::AllOf(vec![])], vec![2, 3, 10, 100]),
        (vec![not(OwnerTest::AllOf(vec![]))], vec![]),
        (vec![OwnerTest::AnyOf(vec![OwnerTest::AllOf(vec![id(2), id(3)]), id(10)])], vec![10]),
        (vec![OwnerTest::Id(Span::default())], vec![2, 3, 10, 100]),
    ];
    for (tests, left) in cases {
        let page = reach.owner_page(&accounts_where(tests.clone())).await.unwrap();
        assert_eq!(page.iter().map(|named| named.owner.id()).collect::<Vec<_>>(), left, "{tests:?}");
        assert_eq!(reach.count_owners("account", &tests).await.unwrap(), left.len() as u64, "{tests:?}");
    }
    assert_eq!(reach.count_owners("ticket", &[]).await.unwrap(), 0);
}

async fn what_is_no_number_is_no_owner(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let file = company(&reach, "a.txt").await;
    home.records().put_cards("company", vec![NewCard::default()]).await.unwrap();
    for id in ["0", "007", "x", "1x", "-1", "1.5", "9223372036854775808", "10000000000000000000", "9223372036854775807"]
    {
        home.edit().link(file.no, NewLink::attached(record(&format!("account/{id}")))).await.unwrap();
    }
    let page = reach.owner_page(&accounts_where(vec![])).await.unwrap();
    assert_eq!(page.iter().map(|named| named.owner.id()).collect::<Vec<_>>(), [i64::MAX]);
    let all = vec![OwnerTest::Id(Span { from: Some(i64::MIN), to: Some(i64::MAX) })];
    assert_eq!(reach.count_owners("account", &all).await.unwrap(), 1);
    assert_eq!(shown(&reach, &file).await, Some(owner("account", i64::MAX)));
}

async fn users_come_by_their_numbers(home: Home) {
    let caller = home.user(30, OWN).await;
    home.clock.advance(Duration::from_secs(1));
    home.user(4, OWN).await;
    let users = home.core.reach(&caller).unwrap().users().await.unwrap();
    assert_eq!(users.iter().map(|user| user.no.0).collect::<Vec<_>>(), [1, 4, 30]);
    assert!(users[1].created_at > users[2].created_at && users.iter().all(|user| !user.name.is_empty()));
}

async fn another_accounts_owners_are_others(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let (one, file) = (owner("account", 1), company(&reach, "a.txt").await);
    reach.link_files(one, &of(&[&file])).await.unwrap();
    let stranger = home.stranger().await;
    let theirs = home.core.reach(&stranger).unwrap();
    assert!(theirs.owners(&[one]).await.unwrap().is_empty() && theirs.owners_of(&[file.no]).await.unwrap().is_empty());
    assert_eq!(theirs.owner_page(&accounts_where(vec![])).await.unwrap(), []);
    assert_eq!(theirs.count_owners("account", &[OwnerTest::Id(Span::exactly(1))]).await.unwrap(), 0);
    assert_eq!(theirs.users().await.unwrap().len(), 1);
    assert_eq!(theirs.count(&[FileTest::Owned(true)]).await.unwrap(), 0);
    for refused in [theirs.link_files(one, &of(&[&file])).await.err(), theirs.unlink_file(file.id).await.err()] {
        assert!(matches!(refused, Some(Error::NotFound(What::File))), "{refused:?}");
    }
    assert_eq!(shown(&reach, &file).await, Some(one));
}
