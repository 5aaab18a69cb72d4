//! Who puts a file under hold, what of, and how it is seen.

use super::is_held;
use crate::home::{Home, START};
use crate::on_both_engines;
use attache_core::{Condition, FileChange, Rename, Start, etag};
use attache_model::legal_hold::{LEGAL_HOLD_REASON_MAX, LegalHold};
use attache_model::page::Next;
use attache_model::{Access, Error, Name, Scope, UserNo, What};
use std::time::Duration;

on_both_engines!(
    a_hold_is_seen_on_the_file_and_lifted_again_and_each_leaves_a_line,
    another_reason_keeps_since_when_and_by_whom,
    a_reason_that_is_none_changes_nothing,
    only_who_may_change_settings_places_and_lifts_holds,
    a_hidden_file_is_there_for_those_who_reach_it_alone,
    files_under_hold_are_listed_page_by_page,
);

async fn a_hold_is_seen_on_the_file_and_lifted_again_and_each_leaves_a_line(home: Home) {
    let file = home.stored("a.txt", b"x".to_vec()).await;
    assert_eq!(file.legal_hold, None);
    let hold = home.hold_it(file.no).await;
    let placed_at = START.to_millis();
    assert_eq!(hold, LegalHold { reason: "case 7".into(), placed_at, placed_by: UserNo::OWNER });
    let view = home.core.view(&home.owner).unwrap();
    let seen = view.file(file.no).await.unwrap();
    assert_eq!(seen.legal_hold, Some(hold));
    assert_ne!(etag(&seen), etag(&file), "who keeps a copy of the properties hears of the hold");

    home.lift_it(file.no).await;
    assert_eq!(view.file(file.no).await.unwrap().legal_hold, None);
    let again = home.core.manage(&home.owner).unwrap().lift_hold(file.no).await;
    assert!(matches!(again, Err(Error::NotFound(What::LegalHold))), "{again:?}");
    home.try_erase(file.no).await.unwrap();
    let (placed, lifted) = (format!("hold.placed file/{} done", file.no), format!("hold.lifted file/{} done", file.no));
    assert_eq!(home.lines_of_holds().await, [placed, lifted]);
}

async fn another_reason_keeps_since_when_and_by_whom(home: Home) {
    let file = home.stored("a.txt", b"x".to_vec()).await;
    let first = home.hold_it(file.no).await;
    home.clock.advance(Duration::from_secs(60));
    let other = home.user(2, &[Scope::Settings]).await;
    let manage = home.core.manage(&other).unwrap();
    let second = manage.hold_file(file.id, "  case 8 ").await.unwrap();
    assert_eq!(second, LegalHold { reason: "case 8".into(), ..first });
    assert_eq!(manage.hold_file(file.id, "case 8").await.unwrap(), second);
    assert_eq!(home.core.view(&home.owner).unwrap().file(file.no).await.unwrap().legal_hold, Some(second));
    assert_eq!(home.lines_of_holds().await.len(), 2, "the same hold once more changes nothing");
}

async fn a_reason_that_is_none_changes_nothing(home: Home) {
    let file = home.stored("a.txt", b"x".to_vec()).await;
    let manage = home.core.manage(&home.owner).unwrap();
    for wrong in ["", "  ", "a\nb", &"x".repeat(LEGAL_HOLD_REASON_MAX + 1)] {
        let end = manage.hold_file(file.no, wrong).await;
        assert!(matches!(&end, Err(Error::Invalid { field, .. }) if field == "reason"), "{end:?}");
    }
    assert_eq!(home.core.view(&home.owner).unwrap().file(file.no).await.unwrap(), file);
    manage.hold_file(file.no, &"x".repeat(LEGAL_HOLD_REASON_MAX)).await.unwrap();
}

async fn only_who_may_change_settings_places_and_lifts_holds(home: Home) {
    let file = home.stored("a.txt", b"x".to_vec()).await;
    let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Settings).collect();
    let other = home.user(2, &others).await;
    assert!(matches!(home.core.manage(&other), Err(Error::MissingScope(Scope::Settings))));
    let clerk = home.user(3, &[Scope::Settings]).await;
    home.core.manage(&clerk).unwrap().hold_file(file.no, "case 7").await.unwrap();
    assert!(home.core.view(&clerk).is_err(), "who looks after holds reads no files by that");

    let stranger = home.stranger().await;
    let manage = home.core.manage(&stranger).unwrap();
    assert!(matches!(manage.hold_file(file.id, "mine").await, Err(Error::NotFound(What::File))));
    assert!(matches!(manage.lift_hold(file.id).await, Err(Error::NotFound(What::File))));
    assert!(manage.held_files(Start::First, 10).await.unwrap().items.is_empty());
    assert!(is_held(&home.try_erase(file.no).await));
}

async fn a_hidden_file_is_there_for_those_who_reach_it_alone(home: Home) {
    let file = home.stored("a.txt", b"x".to_vec()).await;
    let hide = FileChange { access: Some(Access::HiddenPrivate), ..FileChange::default() };
    home.core.edit(&home.owner).unwrap().change_file(file.no, hide).await.unwrap();
    home.hold_it(file.no).await;
    let clerk = home.user(2, &[Scope::Settings]).await;
    let manage = home.core.manage(&clerk).unwrap();
    assert!(matches!(manage.lift_hold(file.no).await, Err(Error::NotFound(What::File))));
    assert!(manage.held_files(Start::First, 10).await.unwrap().items.is_empty());
    let own = home.core.manage(&home.owner).unwrap().held_files(Start::First, 10).await.unwrap();
    assert_eq!(own.items.len(), 1);
}

async fn files_under_hold_are_listed_page_by_page(home: Home) {
    let mut held = Vec::new();
    for no in 0..5 {
        let file = home.stored(&format!("{no}.txt"), vec![no]).await;
        if no != 2 {
            home.hold_it(file.no).await;
            held.push(file);
        }
    }
    // In the trash, renamed, and after its own end it is under hold all the same.
    home.throw_away(held[0].no).await;
    let rename = FileChange { name: Some(Rename::Full(Name::parse("b.txt").unwrap())), ..FileChange::default() };
    let edit = home.core.edit(&home.owner).unwrap();
    edit.change_file(held[1].no, FileChange { condition: Condition::Always, ..rename }).await.unwrap();
    home.end_after(held[2].no, Duration::from_secs(1)).await;
    home.clock.advance(Duration::from_secs(2));

    let manage = home.core.manage(&home.owner).unwrap();
    let (mut start, mut seen) = (Start::First, Vec::new());
    loop {
        let page = manage.held_files(start, 3).await.unwrap();
        assert!(page.items.iter().all(|item| item.hold.reason == "case 7"));
        seen.extend(page.items.into_iter().map(|item| (item.no, item.id)));
        let Some(Next::Cursor(cursor)) = page.next else { break };
        start = Start::Cursor(cursor);
    }
    assert_eq!(seen, held.iter().map(|file| (file.no, file.id)).collect::<Vec<_>>());
    let wrong = manage.held_files(Start::Cursor("x".into()), 3).await;
    assert!(matches!(wrong, Err(Error::Malformed { .. })), "{wrong:?}");
}
