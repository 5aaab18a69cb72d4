//! Changing files within reach: rights hold in the commit itself, and files move between contacts, users and the company.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{attachment, record};
use attache_core::{
    Body, CardChange, Condition, Destination, Expect, FileUse, NewCard, NewField, NewFile, NewName, NewValue, Reach,
    ReachChange, Reached, Staged,
};
use attache_model::account::Quota;
use attache_model::link::Origin;
use attache_model::{Audience, Error, FolderRef, Name, Scope, What};

on_both_engines!(
    whoever_lost_a_file_to_the_company_changes_nothing_of_it,
    a_change_and_a_move_out_of_reach_at_once_come_one_after_the_other,
    a_file_moves_where_its_mover_may_put_it_and_nowhere_else,
    nobody_puts_another_users_file_into_that_users_own,
    a_file_is_on_one_contact_after_a_move_to_it,
    a_move_to_where_a_file_is_already_is_no_change,
    a_file_that_a_note_keeps_stays_on_its_contact,
    a_file_that_a_field_keeps_stays_on_its_contact,
    a_change_is_made_wholly_or_not_at_all,
    a_change_that_changes_nothing_leaves_no_trace,
    a_file_in_the_trash_is_gone_from_reach_and_comes_back_whose_it_was,
    a_public_file_is_public_at_the_level_that_it_had,
    who_may_read_nothing_reaches_nothing,
);

const USER: &[Scope] = &[Scope::FilesPersonal, Scope::FilesContact];
const EDITOR: &[Scope] = &[Scope::FilesPersonal, Scope::FilesContact, Scope::FilesCompany, Scope::FilesCompanyWrite];
const ALL: &[Scope] = &[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete];

fn contact(no: u32) -> Destination {
    Destination::Contact(record(&format!("contact/{no}")))
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn moved(to: &Destination) -> ReachChange {
    ReachChange { destination: Some(to.clone()), ..ReachChange::default() }
}

fn renamed(to: &str) -> ReachChange {
    ReachChange { name: Some(name(to)), ..ReachChange::default() }
}

async fn staged(reach: &Reach<'_>, bytes: &[u8]) -> Staged {
    reach.stage(Body::from(bytes.to_vec()), &Expect::at_most(100_000)).await.unwrap()
}

/// A new file whose content is its name.
pub(crate) async fn put(reach: &Reach<'_>, called: &str, to: Destination) -> Reached {
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(name(called)));
    reach.put_file(new, to, staged(reach, called.as_bytes()).await).await.unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "an answer is judged where it is given")]
#[track_caller]
fn lacks<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::MissingScope(_))), "{result:?}");
}

async fn whoever_lost_a_file_to_the_company_changes_nothing_of_it(home: Home) {
    let (user, editor) = (home.user(2, USER).await, home.user(3, EDITOR).await);
    let (user, editor) = (home.core.reach(&user).unwrap(), home.core.reach(&editor).unwrap());
    let file = put(&user, "a.txt", contact(7)).await.file;
    let content = staged(&user, b"mine again").await;
    let now_theirs = editor.change_file(file.no, moved(&Destination::Company), None).await.unwrap();
    assert_eq!((now_theirs.audience, now_theirs.contact), (Audience::Company, None));

    lacks(user.file(file.no).await);
    lacks(user.open(file.no).await);
    lacks(user.may_change(file.no).await);
    lacks(user.change_file(file.no, renamed("b.txt"), Some(content)).await);
    lacks(user.trash_file(file.no).await);
    assert_eq!(editor.file(file.no).await.unwrap(), now_theirs);
}

async fn a_change_and_a_move_out_of_reach_at_once_come_one_after_the_other(home: Home) {
    let (user, editor) = (home.user(2, USER).await, home.user(3, EDITOR).await);
    let (user, editor) = (home.core.reach(&user).unwrap(), home.core.reach(&editor).unwrap());
    for round in 0..20 {
        let file = put(&user, &format!("{round}.txt"), contact(7)).await.file;
        let new = format!("{round}-new.txt");
        let (change, taken) = tokio::join!(
            user.change_file(file.no, renamed(&new), None),
            editor.change_file(file.no, moved(&Destination::Company), None),
        );
        let (end, taken) = (editor.file(file.no).await.unwrap(), taken.unwrap());
        assert_eq!((taken.audience, end.audience), (Audience::Company, Audience::Company));
        match change {
            // It came first: the file was still the contact's.
            Ok(changed) => {
                assert_eq!((changed.audience, changed.contact), (Audience::Contact, Some(7)));
                assert_eq!(end.file.title().full(), new);
            }
            Err(error) => {
                lacks(Err::<(), _>(error));
                assert_eq!(end.file.title(), file.title());
            }
        }
    }
}

async fn a_file_moves_where_its_mover_may_put_it_and_nowhere_else(home: Home) {
    let (user, editor) = (home.user(2, USER).await, home.user(3, EDITOR).await);
    let (user, editor) = (home.core.reach(&user).unwrap(), home.core.reach(&editor).unwrap());
    let file = put(&user, "a.txt", contact(7)).await.file;
    lacks(user.change_file(file.no, moved(&Destination::Company), None).await);
    lacks(user.may_put(&Destination::Company));
    for (to, whose, number) in [(Destination::User, Audience::User, None), (contact(8), Audience::Contact, Some(8))] {
        let there = user.change_file(file.no, moved(&to), None).await.unwrap();
        assert_eq!((there.audience, there.contact), (whose, number));
        assert_eq!(user.file(file.no).await.unwrap(), there);
    }
    let file = put(&editor, "b.txt", Destination::Company).await.file;
    for (to, whose) in [
        (contact(1), Audience::Contact),
        (Destination::User, Audience::User),
        (Destination::Company, Audience::Company),
    ] {
        assert_eq!(editor.change_file(file.no, moved(&to), None).await.unwrap().audience, whose);
        let kept = editor.file(file.no).await.unwrap().file;
        assert_eq!((kept.no, kept.id, kept.created_at), (file.no, file.id, file.created_at));
    }
}

// A file that its maker keeps personally is out of everybody else's reach: to put one there is to write in that place.
async fn nobody_puts_another_users_file_into_that_users_own(home: Home) {
    let (user, editor, admin) = (home.user(2, USER).await, home.user(3, EDITOR).await, home.user(4, ALL).await);
    let [user, editor, admin] = [&user, &editor, &admin].map(|caller| home.core.reach(caller).unwrap());
    let file = put(&user, "a.txt", contact(7)).await;
    lacks(editor.change_file(file.file.no, moved(&Destination::User), None).await);
    assert_eq!(user.file(file.file.no).await.unwrap(), file);
    let given = admin.change_file(file.file.no, moved(&Destination::User), None).await.unwrap();
    assert_eq!(given.audience, Audience::User);
    assert_eq!(user.file(file.file.no).await.unwrap(), given);
    lacks(editor.file(file.file.no).await);
}

async fn a_file_is_on_one_contact_after_a_move_to_it(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    let file = put(&reach, "a.txt", contact(7)).await.file;
    home.clock.advance(std::time::Duration::from_secs(1));
    home.edit().link_files(&record("contact/8"), &[file.id]).await.unwrap();
    home.edit().link_files(&record("deal/1"), &[file.id]).await.unwrap();
    assert_eq!(reach.file(file.no).await.unwrap().contact, Some(7), "the oldest");
    let after = home.last_event().await;
    let there = reach.change_file(file.no, moved(&contact(9)), None).await.unwrap();
    assert_eq!((there.audience, there.contact), (Audience::Contact, Some(9)));
    let records: Vec<_> = home.origins(&file).await.into_iter().map(|(record, _)| record).collect();
    assert_eq!(records, ["deal/1", "contact/9"], "what is no contact is nobody's business");
    let mut events = home.events(after).await;
    events.sort();
    assert_eq!(
        events,
        [
            ("file.linked", "contact/9".to_owned()),
            ("file.unlinked", "contact/7".to_owned()),
            ("file.unlinked", "contact/8".to_owned()),
            ("file.updated", String::new()),
        ]
    );
}

async fn a_move_to_where_a_file_is_already_is_no_change(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    for (no, to) in [contact(7), Destination::User, Destination::Company].into_iter().enumerate() {
        let file = put(&reach, &format!("{no}.txt"), to.clone()).await;
        home.clock.advance(std::time::Duration::from_secs(1));
        let after = home.last_event().await;
        assert_eq!(reach.change_file(file.file.no, moved(&to), None).await.unwrap(), file);
        assert!(home.events(after).await.is_empty());
    }
}

async fn a_file_that_a_note_keeps_stays_on_its_contact(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    let file = put(&reach, "a.txt", Destination::Company).await.file;
    let card = NewCard { id: Some(7), ..NewCard::default() };
    home.records().put_cards("contact", vec![card]).await.unwrap();
    home.note(attachment(&record("contact/7"), &file)).await.unwrap();
    is_kept(&home, &reach, &file, Origin::Note).await;
}

async fn a_file_that_a_field_keeps_stays_on_its_contact(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    let file = put(&reach, "a.txt", Destination::Company).await.file;
    let new = NewField { name: "Passport".into(), code: None, sort: None };
    let field = home.records().setup().unwrap().put_fields("contact", vec![new]).await.unwrap()[0].no;
    let value = NewValue { field, file: Some(FileUse::of(file.id)) };
    let change = CardChange { values: vec![value], ..CardChange::of(record("contact/7")) };
    home.edit().link_files(&record("contact/7"), &[file.id]).await.unwrap();
    home.records().change_cards(vec![change]).await.unwrap();
    home.edit().unlink_files(&record("contact/7"), &[file.id]).await.unwrap();
    is_kept(&home, &reach, &file, Origin::Field).await;
}

/// A file that contact 7 keeps for another reason than that it was put there.
async fn is_kept(home: &Home, reach: &Reach<'_>, file: &attache_model::file::File, why: Origin) {
    let before = reach.file(file.no).await.unwrap();
    assert_eq!((before.audience, before.contact), (Audience::Contact, Some(7)));
    for to in [Destination::Company, contact(8)] {
        let change = ReachChange { name: Some(name("b.txt")), ..moved(&to) };
        let refused = reach.change_file(file.no, change, None).await;
        assert!(
            matches!(&refused, Err(Error::State { what: What::File, why }) if why.contains("contact/7")),
            "{refused:?}"
        );
        assert_eq!(reach.file(file.no).await.unwrap(), before, "no part of the change is made");
    }
    let own = reach.change_file(file.no, moved(&Destination::User), None).await.unwrap();
    assert_eq!((own.audience, own.contact), (Audience::User, None));
    assert_eq!(home.origins(file).await, [("contact/7".to_owned(), why)], "the contact goes on to show it");
    let back = reach.change_file(file.no, moved(&contact(7)), None).await.unwrap();
    assert_eq!((back.audience, back.contact), (Audience::Contact, Some(7)));
}

async fn a_change_is_made_wholly_or_not_at_all(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    let before = put(&reach, "a.txt", contact(7)).await;
    let manage = home.core.manage(&home.owner).unwrap();
    manage.set_quota(Quota { bytes: Some(20), files: None }).await.unwrap();
    let to = Some(Destination::User);
    let change =
        ReachChange { name: Some(name("b.txt")), public: Some(true), destination: to, ..ReachChange::default() };
    let large = staged(&reach, &[b'x'; 50]).await;
    let refused = reach.change_file(before.file.no, change.clone(), Some(large)).await;
    assert!(matches!(refused, Err(Error::Quota { .. })), "{refused:?}");
    assert_eq!(reach.file(before.file.no).await.unwrap(), before);

    let after = home.last_event().await;
    let small = staged(&reach, b"new").await;
    let changed = reach.change_file(before.file.no, change, Some(small)).await.unwrap();
    assert_eq!((changed.file.title().full(), changed.file.version.size, changed.file.version.no), ("b.txt", 3, 2));
    assert_eq!((changed.audience, changed.file.access.is_public(), changed.file.versions), (Audience::User, true, 2));
    let mut events = home.events(after).await;
    events.sort();
    assert_eq!(events, [("file.replaced", String::new()), ("file.unlinked", "contact/7".to_owned())]);
    assert_eq!(reach.file(before.file.no).await.unwrap(), changed);
}

async fn a_change_that_changes_nothing_leaves_no_trace(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    put(&reach, "a.txt", contact(7)).await;
    let twin = put(&reach, "a.txt", contact(7)).await;
    home.clock.advance(std::time::Duration::from_secs(60));
    let after = home.last_event().await;
    let to = Some(contact(7));
    let same =
        ReachChange { name: Some(name("a.txt")), public: Some(false), destination: to, ..ReachChange::default() };
    for change in [ReachChange::default(), same] {
        assert_eq!(reach.change_file(twin.file.no, change, None).await.unwrap(), twin);
    }
    assert!(home.events(after).await.is_empty());
}

async fn a_file_in_the_trash_is_gone_from_reach_and_comes_back_whose_it_was(home: Home) {
    let user = home.user(2, USER).await;
    let reach = home.core.reach(&user).unwrap();
    for (no, to) in [contact(7), Destination::User].into_iter().enumerate() {
        let file = put(&reach, &format!("{no}.txt"), to.clone()).await;
        let no = file.file.no;
        reach.trash_file(no).await.unwrap();
        let gone = [
            reach.file(no).await.err(),
            reach.open(no).await.err(),
            reach.may_change(no).await.err(),
            reach.change_file(no, renamed("b.txt"), None).await.err(),
            reach.change_file(no, moved(&contact(9)), None).await.err(),
            reach.trash_file(no).await.err(),
        ];
        assert!(gone.iter().all(|error| matches!(error, Some(Error::NotFound(What::File)))), "{gone:?}");
        assert_eq!(reach.count(&[]).await.unwrap(), 0);
        home.remove().restore_file(no).await.unwrap();
        let back = reach.file(no).await.unwrap();
        assert_eq!((back.audience, back.contact), (file.audience, file.contact));
        home.remove().trash_file(no, Condition::Always).await.unwrap();
    }
}

async fn a_public_file_is_public_at_the_level_that_it_had(home: Home) {
    let admin = home.user(4, ALL).await;
    let reach = home.core.reach(&admin).unwrap();
    let file = put(&reach, "a.txt", Destination::Company).await.file;
    let public = |public| ReachChange { public: Some(public), ..ReachChange::default() };
    let account = admin.account();
    let fetched = async || home.core.public_file(account, file.id).await;
    assert!(matches!(fetched().await, Err(Error::NotFound(What::File))));
    reach.change_file(file.no, public(true), None).await.unwrap();
    assert_eq!(fetched().await.unwrap().file.no, file.no);
    let other = home.stranger().await.account();
    assert!(matches!(home.core.public_file(other, file.id).await, Err(Error::NotFound(What::File))));
    reach.change_file(file.no, public(false), None).await.unwrap();
    assert!(matches!(fetched().await, Err(Error::NotFound(What::File))));

    let indexed = attache_core::FileChange {
        access: Some(attache_model::Access::PublicIndexable),
        ..attache_core::FileChange::default()
    };
    home.edit().change_file(file.no, indexed).await.unwrap();
    let still = reach.change_file(file.no, public(true), None).await.unwrap();
    assert_eq!(still.file.access, attache_model::Access::PublicIndexable);
    reach.trash_file(file.no).await.unwrap();
    assert!(matches!(fetched().await, Err(Error::NotFound(What::File))));
}

async fn who_may_read_nothing_reaches_nothing(home: Home) {
    for scopes in [&[Scope::Settings][..], &[Scope::FilesWrite, Scope::FilesDelete], &[Scope::Records]] {
        let caller = home.user(2, scopes).await;
        lacks(home.core.reach(&caller));
    }
    let reader = home.user(2, &[Scope::FilesRead]).await;
    let reach = home.core.reach(&reader).unwrap();
    for to in [contact(7), Destination::User, Destination::Company] {
        lacks(reach.may_put(&to));
    }
}
