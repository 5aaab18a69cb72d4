//! Waiting for what happens next.

use crate::home::Home;
use crate::on_both_engines;
use attache_core::{EventQuery, NewFolder, Side};
use attache_model::FolderRef;
use attache_model::event::EventKind;
use std::time::Duration;

on_both_engines!(
    who_waits_hears_of_a_change_of_the_account_alone,
    nobody_waits_at_a_process_that_stops,
    an_event_of_another_kind_is_passed_over_and_not_read_again,
);

const LONG: Duration = Duration::from_secs(3600);

fn after(no: i64, kinds: Option<Vec<EventKind>>) -> EventQuery {
    EventQuery { side: Side::After(no), kinds, limit: 10 }
}

async fn make(home: &Home, name: &str) {
    let new = NewFolder { parent: FolderRef::ROOT, make_parents: false, name: name.into(), or_existing: false };
    home.core.edit(&home.owner).unwrap().make_folder(new).await.unwrap();
}

async fn who_waits_hears_of_a_change_of_the_account_alone(home: Home) {
    let stranger = home.stranger().await;
    let (ours, theirs) = (home.core.view(&home.owner).unwrap(), home.core.view(&stranger).unwrap());
    let query = after(0, None);
    let (told, ()) = tokio::join!(ours.await_history(&query, LONG), make(&home, "a"));
    let told = told.unwrap();
    assert_eq!((told.items[0].event.kind, told.last, told.at_end), (EventKind::FolderCreated, 1, true));
    assert_eq!(told.items[0].folder.as_ref().unwrap().name, "a");
    assert!(theirs.await_history(&query, Duration::ZERO).await.unwrap().items.is_empty());
}

async fn nobody_waits_at_a_process_that_stops(home: Home) {
    let view = home.core.view(&home.owner).unwrap();
    let query = after(0, None);
    let (told, ()) = tokio::join!(view.await_history(&query, LONG), async { home.core.stop_waiting() });
    assert!(told.unwrap().items.is_empty());
    assert!(view.await_history(&query, LONG).await.unwrap().items.is_empty(), "nor from then on");
}

async fn an_event_of_another_kind_is_passed_over_and_not_read_again(home: Home) {
    for name in ["a", "b"] {
        make(&home, name).await;
    }
    let view = home.core.view(&home.owner).unwrap();
    for kinds in [vec![EventKind::FileCreated], vec![]] {
        let page = view.await_history(&after(0, Some(kinds)), Duration::ZERO).await.unwrap();
        assert_eq!((page.items.len(), page.last, page.at_end), (0, 2, true));
    }
    let newest = EventQuery { side: Side::Before(i64::MAX), kinds: None, limit: 1 };
    let page = view.history(&newest).await.unwrap();
    assert_eq!((page.items[0].event.no, page.last, page.before), (2, 2, Some(2)));
}
