//! Notes on records.

use crate::home::{Home, SECOND};
use crate::on_both_engines;
use crate::records::acts::{attachment, place, record, words};
use attache_core::{FileUse, NewNote, NoteChange, NoteQuery, NoteSort, Order, Span};
use attache_model::link::Origin;
use attache_model::page::Next;
use attache_model::{Error, Time, UserNo, VersionId, What};
use std::time::Duration;

on_both_engines!(
    the_moment_of_a_note_is_kept_to_the_second,
    a_note_of_any_kind_is_kept_with_its_words,
    a_file_in_a_note_is_on_the_tab,
    a_file_that_is_on_the_tab_already_gets_no_second_link,
    a_file_taken_off_the_tab_stays_in_its_note,
    a_note_follows_the_active_version_unless_it_names_one,
    a_note_with_another_file_takes_the_link_along,
    notes_are_refused_whole_where_one_is_wrong,
    a_note_is_changed_where_it_is_named,
    notes_are_found_by_everything_they_are_asked_for,
    pages_of_notes_go_by_number_unless_ordered,
    a_note_of_a_deleted_file_says_so,
);

async fn the_moment_of_a_note_is_kept_to_the_second(home: Home) {
    let deal = home.deal().await;
    let now = home.note(words(&deal, "now")).await.unwrap();
    assert_eq!((now.created_at, now.updated_at), (SECOND, SECOND));
    for seconds in [0, 1, 1_669_372_247, 4_102_444_800] {
        let created_at = Some(Time::from_millis(seconds * 1000));
        let note = home.note(NewNote { created_at, ..words(&deal, "then") }).await.unwrap();
        assert_eq!(note.created_at.seconds(), seconds);
        assert_eq!(home.records().note("deal", note.no).await.unwrap(), note);
    }
    let far = Some(Time::NEVER);
    assert_eq!(place(home.note(NewNote { created_at: far, ..words(&deal, "never") }).await), "0.created_at");
}

async fn a_note_of_any_kind_is_kept_with_its_words(home: Home) {
    let deal = home.deal().await;
    let text = "Line one\nLine two\t\u{1F4CE}";
    let new = NewNote {
        text: text.into(),
        created_by: Some(UserNo(3)),
        ..NewNote::of(deal.clone(), "extended_service_message")
    };
    let note = home.note(new).await.unwrap();
    assert_eq!((note.kind.as_str(), note.text.as_str(), note.file.as_ref()), ("extended_service_message", text, None));
    assert_eq!((note.created_by, note.updated_by, note.responsible), (UserNo(3), UserNo::OWNER, UserNo(3)));
    assert_eq!(home.events(0).await.last().unwrap(), &("note.created", deal.to_string()));
    let elsewhere = home.records().note("contact", note.no).await;
    assert!(matches!(elsewhere, Err(Error::NotFound(What::Note))), "{elsewhere:?}");
}

async fn a_file_in_a_note_is_on_the_tab(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    for _ in 0..2 {
        home.note(attachment(&deal, &file)).await.unwrap();
    }
    assert_eq!(home.tab(&deal).await, ["a.txt"]);
    assert_eq!(home.origins(&file).await, [(deal.to_string(), Origin::Note)]);
}

async fn a_file_that_is_on_the_tab_already_gets_no_second_link(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    home.edit().link_files(&deal, &[file.id]).await.unwrap();
    home.note(attachment(&deal, &file)).await.unwrap();
    assert_eq!(home.origins(&file).await, [(deal.to_string(), Origin::Attached)]);

    let (other, field) = (home.deal().await, home.field("Contract").await);
    home.set(&other, field, Some(FileUse::of(file.id))).await.unwrap();
    home.note(attachment(&other, &file)).await.unwrap();
    assert_eq!(home.tab(&other).await, ["a.txt"], "a field alone does not put it there");
}

async fn a_file_taken_off_the_tab_stays_in_its_note(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    let note = home.note(attachment(&deal, &file)).await.unwrap();
    home.edit().unlink_files(&deal, &[file.id]).await.unwrap();
    assert!(home.tab(&deal).await.is_empty());
    assert_eq!(home.records().note("deal", note.no).await.unwrap(), note);
}

async fn a_note_follows_the_active_version_unless_it_names_one(home: Home) {
    let (deal, file) = (home.deal().await, home.file("a.txt").await);
    let first = VersionId::of(file.id, 1);
    let pinned = FileUse { version: Some(first), name: Some("Shown".into()), ..FileUse::of(file.id) };
    let pinned = home.note(NewNote { file: Some(pinned), ..attachment(&deal, &file) }).await.unwrap();
    let follows = home.note(attachment(&deal, &file)).await.unwrap();
    home.replace(&file, "more").await;
    let shown = async |no| {
        let file = home.records().note("deal", no).await.unwrap().file.unwrap();
        (file.version, file.pinned, file.name)
    };
    assert_eq!(shown(pinned.no).await, (first, true, "Shown".into()));
    assert_eq!(shown(follows.no).await, (VersionId::of(file.id, 2), false, "a.txt".into()));
}

async fn a_note_with_another_file_takes_the_link_along(home: Home) {
    let (deal, file, other) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    let note = home.note(attachment(&deal, &file)).await.unwrap();
    let change = NoteChange { no: note.no, file: Some(FileUse::of(other.id)), ..NoteChange::default() };
    let changed = home.records().change_notes("deal", vec![change]).await.unwrap().remove(0);
    assert_eq!(changed.file.unwrap().file, other.id);
    assert_eq!(home.tab(&deal).await, ["b.txt"]);
    assert!(home.origins(&file).await.is_empty());
}

async fn notes_are_refused_whole_where_one_is_wrong(home: Home) {
    let (deal, file, trashed) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.trash(&trashed).await;
    let foreign = FileUse { version: Some(VersionId::of(trashed.id, 1)), ..FileUse::of(file.id) };
    for (wrong, at) in [
        (attachment(&deal, &trashed), "1.file"),
        (NewNote { file: Some(foreign), ..attachment(&deal, &file) }, "1.version"),
        (words(&record("deal/777"), "nowhere"), "1.record"),
        (words(&deal, "a\0b"), "1.text"),
        (NewNote::of(deal.clone(), ""), "1.kind"),
        (NewNote::of(deal.clone(), "a\nb"), "1.kind"),
    ] {
        assert_eq!(place(home.records().put_notes(vec![attachment(&deal, &file), wrong]).await), at);
    }
    let all = home.records().notes("deal", &NoteQuery { limit: 10, ..NoteQuery::default() }).await.unwrap();
    assert!(all.items.is_empty() && home.tab(&deal).await.is_empty());
}

async fn a_note_is_changed_where_it_is_named(home: Home) {
    let deal = home.deal().await;
    let note = home.note(words(&deal, "before")).await.unwrap();
    home.clock.advance(Duration::from_secs(5));
    let change = NoteChange { no: note.no, text: Some("after".into()), ..NoteChange::default() };
    let changed = home.records().change_notes("deal", vec![change.clone()]).await.unwrap().remove(0);
    assert_eq!((changed.text.as_str(), changed.kind.as_str()), ("after", "common"));
    assert_eq!((changed.created_at, changed.updated_at.seconds()), (note.created_at, note.updated_at.seconds() + 5));
    assert_eq!(home.events(0).await.last().unwrap(), &("note.updated", deal.to_string()));
    let wrong = NoteChange { no: note.no + 1, ..NoteChange::default() };
    let undone = NoteChange { text: Some("never".into()), ..change };
    assert_eq!(place(home.records().change_notes("deal", vec![undone.clone(), wrong]).await), "1.note");
    assert_eq!(place(home.records().change_notes("contact", vec![undone]).await), "0.note");
    assert_eq!(home.records().note("deal", note.no).await.unwrap(), changed);
}

async fn notes_are_found_by_everything_they_are_asked_for(home: Home) {
    let (one, two, file) = (home.deal().await, home.deal().await, home.file("a.txt").await);
    let a = home.note(words(&one, "a")).await.unwrap();
    home.clock.advance(Duration::from_secs(10));
    let b = home.note(attachment(&two, &file)).await.unwrap();
    let c = home.note(NewNote::of(two.clone(), "call_in")).await.unwrap();
    let find = async |query: NoteQuery| -> Vec<i64> {
        let found = home.records().notes("deal", &NoteQuery { limit: 10, ..query }).await.unwrap();
        found.items.into_iter().map(|note| note.no).collect()
    };
    let all = NoteQuery::default;
    let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
    assert_eq!(find(all()).await, [a.no, b.no, c.no]);
    assert_eq!(find(NoteQuery { nos: vec![c.no, a.no, 999], ..all() }).await, [a.no, c.no]);
    assert_eq!(find(NoteQuery { records: vec![two.id().into()], ..all() }).await, [b.no, c.no]);
    assert_eq!(find(NoteQuery { kinds: kinds(&["attachment", "common"]), ..all() }).await, [a.no, b.no]);
    let since = Span { from: Some(b.updated_at.0), to: None };
    assert_eq!(find(NoteQuery { updated: since, ..all() }).await, [b.no, c.no]);
    let until = Span { from: None, to: Some(a.updated_at.0) };
    assert_eq!(find(NoteQuery { updated: until, ..all() }).await, [a.no]);
    let both = NoteQuery { records: vec![two.id().into()], kinds: kinds(&["call_in"]), ..all() };
    assert_eq!(find(both).await, [c.no]);
    assert!(home.records().notes("contact", &NoteQuery { limit: 10, ..all() }).await.unwrap().items.is_empty());
}

async fn pages_of_notes_go_by_number_unless_ordered(home: Home) {
    let deal = home.deal().await;
    let mut nos = Vec::new();
    for text in ["a", "b", "c"] {
        nos.push(home.note(words(&deal, text)).await.unwrap().no);
        home.clock.advance(Duration::from_secs(1));
    }
    let change = NoteChange { no: nos[0], text: Some("a again".into()), ..NoteChange::default() };
    home.records().change_notes("deal", vec![change]).await.unwrap();
    let page = async |order, offset, limit| {
        let query = NoteQuery { order, offset, limit, ..NoteQuery::default() };
        let page = home.records().notes("deal", &query).await.unwrap();
        (page.items.into_iter().map(|note| note.no).collect::<Vec<_>>(), page.next)
    };
    let by = |by, descending| Some(Order { by, descending });
    assert_eq!(page(None, 0, 2).await, (vec![nos[0], nos[1]], Some(Next::Offset(2))));
    assert_eq!(page(None, 2, 2).await, (vec![nos[2]], None));
    assert_eq!(page(by(NoteSort::No, true), 0, 9).await.0, [nos[2], nos[1], nos[0]]);
    assert_eq!(page(by(NoteSort::Updated, false), 0, 9).await.0, [nos[1], nos[2], nos[0]]);
    assert_eq!(page(by(NoteSort::Updated, true), 0, 9).await.0, [nos[0], nos[2], nos[1]]);
}

async fn a_note_of_a_deleted_file_says_so(home: Home) {
    let (deal, file, other) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    let note = home.note(attachment(&deal, &file)).await.unwrap();
    let purged = home.note(attachment(&deal, &other)).await.unwrap();
    home.trash(&file).await;
    let shown = async |no| {
        let file = home.records().note("deal", no).await.unwrap().file.unwrap();
        (file.file, file.version, file.name, file.deleted)
    };
    assert_eq!(shown(note.no).await, (file.id, VersionId::of(file.id, 1), "a.txt".into(), true));
    home.remove().restore_files(&[file.no.into()]).await.unwrap();
    assert_eq!(home.records().note("deal", note.no).await.unwrap(), note);
    home.purge(&other).await;
    assert_eq!(shown(purged.no).await, (other.id, VersionId::of(other.id, 1), "b.txt".into(), true));
}
