//! What happened to a file, for those who may read it.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::record;
use crate::records::reach::put;
use attache_core::{Destination, ReachChange};
use attache_model::event::EventKind;
use attache_model::{Error, FileNo, Name, Scope, UserNo, What};

on_both_engines!(
    a_files_events_are_its_own_in_the_order_that_was_asked_for,
    a_files_events_are_for_those_who_may_read_it,
);

const USER: &[Scope] = &[Scope::FilesPersonal, Scope::FilesContact];

fn named(name: &str) -> ReachChange {
    ReachChange { name: Some(Name::parse(name).unwrap()), ..ReachChange::default() }
}

async fn a_files_events_are_its_own_in_the_order_that_was_asked_for(home: Home) {
    let user = home.user(2, USER).await;
    let (theirs, reach) = (home.core.reach(&user).unwrap(), home.core.reach(&home.owner).unwrap());
    let file = put(&theirs, "a.txt", Destination::Contact(record("contact/7"))).await.file.no;
    let other = put(&reach, "b.txt", Destination::Company).await.file.no;
    for name in ["c.txt", "d.txt"] {
        reach.change_file(file, named(name), None).await.unwrap();
        reach.change_file(other, named(&format!("other-{name}")), None).await.unwrap();
    }
    let told = async |newest_first, limit| {
        let events = reach.events_of(file, newest_first, limit).await.unwrap();
        assert!(events.iter().all(|event| event.file == Some(file)), "{events:?}");
        events.into_iter().map(|event| (event.kind, event.actor.0)).collect::<Vec<_>>()
    };
    let all = [
        (EventKind::FileCreated, 2),
        (EventKind::FileLinked, 2),
        (EventKind::FileUpdated, 1),
        (EventKind::FileUpdated, 1),
    ];
    assert_eq!(told(false, 100).await, all);
    assert_eq!(told(false, 2).await, all[..2]);
    assert_eq!(told(true, 3).await, [all[3], all[2], all[1]]);
    assert_eq!(told(true, 0).await, []);
    for (newest_first, limit) in [(false, 100), (false, 2), (true, 3)] {
        let many = reach.events_of_files(&[other, file, FileNo(99)], newest_first, limit).await.unwrap();
        assert_eq!(many.len(), 2);
        for no in [file, other] {
            assert_eq!(many[&no], reach.events_of(no, newest_first, limit).await.unwrap());
        }
    }

    let linked = &reach.events_of(file, false, 2).await.unwrap()[1];
    assert_eq!((linked.record.as_str(), linked.actor), ("contact/7", UserNo(2)));
}

async fn a_files_events_are_for_those_who_may_read_it(home: Home) {
    let (user, stranger) = (home.user(2, USER).await, home.stranger().await);
    let (user, stranger) = (home.core.reach(&user).unwrap(), home.core.reach(&stranger).unwrap());
    let owner = home.core.reach(&home.owner).unwrap();
    let file = put(&owner, "a.txt", Destination::Company).await.file.no;
    let lacking = user.events_of(file, true, 10).await;
    assert!(matches!(lacking, Err(Error::MissingScope(_))), "{lacking:?}");
    for reach in [user, stranger] {
        assert!(reach.events_of_files(&[file], true, 10).await.unwrap().is_empty());
    }

    owner.trash_file(file).await.unwrap();
    for (reach, no) in [(stranger, file), (owner, file), (owner, FileNo(file.0 + 1000))] {
        let answer = reach.events_of(no, true, 10).await;
        assert!(matches!(answer, Err(Error::NotFound(What::File))), "{answer:?}");
    }
}
