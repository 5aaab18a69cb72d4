//! Making, listing and closing intakes.

use super::new;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{IntakeQuery, NewIntake, Start};
use attache_model::intake::Standing;
use attache_model::limits::Limits;
use attache_model::page::Next;
use attache_model::{Error, FolderNo, FolderRef, Scope, What};
use std::collections::BTreeSet;
use std::time::Duration;

on_both_engines!(
    an_intake_has_defaults_and_its_folder_is_made,
    every_number_is_allowed_to_its_edge_and_not_beyond,
    what_is_wrong_is_refused_with_its_place_and_makes_nothing,
    lists_go_on_where_they_ended_newest_first,
    a_list_can_be_of_one_record_and_of_open_ones,
    closing_twice_is_closing_once,
    another_account_knows_nothing_of_it,
    hidden_files_are_asked_for_by_those_alone_who_may_make_them,
);

fn life(seconds: u64) -> NewIntake {
    NewIntake { life: Some(Duration::from_secs(seconds)), ..new() }
}

async fn an_intake_has_defaults_and_its_folder_is_made(home: Home) {
    let plan = NewIntake { folder: FolderRef::Path("/people/42".into()), ..new() };
    let intake = home.intake(plan).await;
    let (limits, now) = (Limits::default(), intake.created_at);
    assert_eq!((intake.max_files, intake.max_bytes, intake.received), (10, limits.file_bytes, 0));
    assert_eq!(intake.expires_at, now.plus(Limits::seconds(limits.intake_default)));
    assert!(!intake.hidden && !intake.has_password && intake.types.is_all() && intake.closed_at.is_none());
    assert_ne!(intake.folder, FolderNo::ROOT);
    assert_eq!(home.maker().folder(&FolderRef::No(intake.folder)).await.unwrap().path, "/people/42");
    assert_eq!(home.maker().intake(intake.id).await.unwrap(), intake);
    assert_eq!(home.happened().await, ["folder.created", "folder.created", "intake.created"]);
    let events = home.maker().events(2, 10).await.unwrap();
    assert_eq!((events[0].record.as_str(), events[0].file), ("contact/42", None));
}

async fn every_number_is_allowed_to_its_edge_and_not_beyond(home: Home) {
    let limits = Limits::default();
    let (files, bytes) = (limits.intake_files, limits.file_bytes);
    for (field, plan, right) in [
        ("max_files", NewIntake { max_files: Some(1), ..new() }, true),
        ("max_files", NewIntake { max_files: Some(files), ..new() }, true),
        ("max_files", NewIntake { max_files: Some(files + 1), ..new() }, false),
        ("max_files", NewIntake { max_files: Some(0), ..new() }, false),
        ("max_bytes", NewIntake { max_bytes: Some(1), ..new() }, true),
        ("max_bytes", NewIntake { max_bytes: Some(bytes), ..new() }, true),
        ("max_bytes", NewIntake { max_bytes: Some(bytes + 1), ..new() }, false),
        ("max_bytes", NewIntake { max_bytes: Some(0), ..new() }, false),
        ("expires_in", life(1), true),
        ("expires_in", life(limits.intake_life), true),
        ("expires_in", life(limits.intake_life + 1), false),
        ("expires_in", life(0), false),
        ("expires_in", life(u64::MAX), false),
    ] {
        match home.maker().make_intake(plan).await {
            Ok(_) => assert!(right, "{field}"),
            Err(error) => assert!(!right && error.to_string().starts_with(field), "{field}: {error}"),
        }
    }
}

async fn what_is_wrong_is_refused_with_its_place_and_makes_nothing(home: Home) {
    let folder = || FolderRef::Path("/never".into());
    for (field, plan) in [
        ("title", NewIntake { title: "a\nb".into(), ..new() }),
        ("note", NewIntake { note: "a\u{1b}".into(), ..new() }),
        ("file_name", NewIntake { file_name: "{nobody}".into(), ..new() }),
        ("role", NewIntake { role: "x".repeat(65), ..new() }),
        ("types[0]", NewIntake { types: vec!["pictures".into()], ..new() }),
        ("password", NewIntake { password: Some(attache_model::token::Secret::new("")), ..new() }),
    ] {
        let error = home.maker().make_intake(NewIntake { folder: folder(), ..plan }).await.unwrap_err();
        assert!(error.to_string().starts_with(field), "{field}: {error}");
    }
    assert!(matches!(home.maker().folder(&folder()).await, Err(Error::NotFound(What::Folder))));
    assert!(home.happened().await.is_empty());
}

async fn lists_go_on_where_they_ended_newest_first(home: Home) {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(home.intake(new()).await.id);
    }
    home.clock.advance(Duration::from_millis(1));
    made.push(home.intake(new()).await.id);
    let mut seen = Vec::new();
    let mut query = IntakeQuery { record: None, open_only: false, start: Start::First, limit: 2 };
    loop {
        let page = home.maker().intakes(&query).await.unwrap();
        seen.extend(page.items.iter().map(|intake| intake.id));
        match page.next {
            Some(Next::Cursor(cursor)) => query.start = Start::Cursor(cursor),
            _ => break,
        }
    }
    assert_eq!((seen.len(), seen[0]), (6, made[5]));
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
    let elsewhere = IntakeQuery { open_only: true, ..query };
    assert!(home.maker().intakes(&elsewhere).await.is_err(), "a cursor is of one list");
}

async fn a_list_can_be_of_one_record_and_of_open_ones(home: Home) {
    let here = home.intake(new()).await;
    let there = home.intake(NewIntake::new("deal/7".parse().unwrap())).await;
    let closed = home.intake(new()).await;
    home.maker().close_intake(closed.id).await.unwrap();
    let full = home.intake(NewIntake { max_files: Some(1), ..new() }).await;
    home.send(&full, "a.txt", b"a").await.unwrap();
    let over = home.intake(life(1)).await;
    home.clock.advance(Duration::from_secs(1));
    let list = async |record: Option<&str>, open_only| {
        let record = record.map(|record| record.parse().unwrap());
        let query = IntakeQuery { record, open_only, start: Start::First, limit: 100 };
        let page = home.maker().intakes(&query).await.unwrap();
        page.items.iter().map(|found| found.id).collect::<BTreeSet<_>>()
    };
    assert_eq!(list(None, false).await, [&here, &there, &closed, &full, &over].map(|made| made.id).into());
    assert_eq!(list(None, true).await, [here.id, there.id].into());
    assert_eq!(list(Some("contact/42"), true).await, [here.id].into());
    assert_eq!(list(Some("contact/42"), false).await, [here.id, closed.id, full.id, over.id].into());
    assert!(list(Some("contact/43"), false).await.is_empty());
}

async fn closing_twice_is_closing_once(home: Home) {
    let intake = home.intake(new()).await;
    home.maker().close_intake(intake.id).await.unwrap();
    let closed = home.maker().intake(intake.id).await.unwrap();
    home.clock.advance(Duration::from_secs(5));
    home.maker().close_intake(intake.id).await.unwrap();
    assert_eq!(home.maker().intake(intake.id).await.unwrap(), closed);
    assert_eq!(closed.standing(closed.created_at), Standing::Closed);
    assert_eq!(home.happened().await, ["intake.created", "intake.closed"]);
}

async fn another_account_knows_nothing_of_it(home: Home) {
    let intake = home.intake(new()).await;
    let stranger = home.stranger().await;
    let other = home.core.edit(&stranger).unwrap();
    assert!(matches!(other.intake(intake.id).await, Err(Error::NotFound(What::Intake))));
    assert!(matches!(other.close_intake(intake.id).await, Err(Error::NotFound(What::Intake))));
    let all = IntakeQuery { record: None, open_only: false, start: Start::First, limit: 10 };
    assert!(other.intakes(&all).await.unwrap().items.is_empty());
    // A link that is sealed for the other account leads nowhere.
    let seal = other.intake_seal(intake.id);
    assert!(matches!(home.core.visit_intake(&seal).await, Err(Error::NotFound(What::Intake))));
    home.send(&intake, "a.txt", b"a").await.unwrap();
}

async fn hidden_files_are_asked_for_by_those_alone_who_may_make_them(home: Home) {
    let plain = home.user(7, &[Scope::FilesRead, Scope::FilesWrite]).await;
    let edit = home.core.edit(&plain).unwrap();
    let hidden = NewIntake { hidden: true, ..new() };
    let refused = edit.make_intake(hidden.clone()).await;
    assert!(matches!(refused, Err(Error::MissingScope(Scope::FilesHiddenWrite))));
    let may = home.user(8, &[Scope::FilesWrite, Scope::FilesHiddenWrite]).await;
    home.core.edit(&may).unwrap().make_intake(hidden).await.unwrap();
}
