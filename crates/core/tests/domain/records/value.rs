//! Files in fields of records.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::{place, put};
use attache_core::{Clash, FileChange, FileUse, NewCard, NewFile, NewName, NewValue, Rename};
use attache_model::link::Origin;
use attache_model::{Access, Error, FileId, FolderRef, Name, Scope, VersionId, What};

on_both_engines!(
    a_value_without_a_version_follows_the_active_one,
    a_value_with_a_version_stays_with_it_until_it_is_written_again,
    a_value_that_was_given_a_name_keeps_it,
    a_value_is_refused_where_its_file_or_version_or_field_is_not_there,
    a_value_puts_its_file_on_the_record_but_not_on_the_tab,
    the_link_of_a_value_goes_with_the_last_field_that_holds_the_file,
    the_link_of_a_value_is_not_taken_away_but_by_the_field,
    a_value_of_a_file_in_the_trash_is_deleted_until_it_comes_back,
    a_value_keeps_the_name_and_size_of_a_purged_file,
    a_hidden_file_looks_like_an_erased_one_to_those_who_may_not_know_of_it,
    a_new_card_comes_with_its_values,
);

async fn a_value_without_a_version_follows_the_active_one(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    let value = home.value(&deal).await;
    assert_eq!((value.field, value.field_name.as_str(), value.file), (field, "Contract", file.id));
    assert_eq!((value.version, value.name.as_str(), value.size), (VersionId::of(file.id, 1), "a.txt", 5));
    assert!(!value.pinned && !value.deleted);
    home.replace(&file, "longer than before").await;
    let name = Some(Rename::Full(Name::parse("b.txt").unwrap()));
    home.edit().change_file(file.no, FileChange { name, ..FileChange::default() }).await.unwrap();
    let value = home.value(&deal).await;
    assert_eq!((value.version, value.name.as_str(), value.size), (VersionId::of(file.id, 2), "b.txt", 18));
}

async fn a_value_with_a_version_stays_with_it_until_it_is_written_again(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    home.replace(&file, "longer than before").await;
    let first = VersionId::of(file.id, 1);
    home.set(&deal, field, Some(FileUse { version: Some(first), ..FileUse::of(file.id) })).await.unwrap();
    home.replace(&file, "and longer than that one").await;
    let value = home.value(&deal).await;
    assert_eq!((value.version, value.pinned, value.size), (first, true, 5));
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    let value = home.value(&deal).await;
    assert_eq!((value.version, value.pinned, value.size), (VersionId::of(file.id, 3), false, 24));
}

async fn a_value_that_was_given_a_name_keeps_it(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    let named = FileUse { name: Some("The contract.txt".into()), ..FileUse::of(file.id) };
    home.set(&deal, field, Some(named)).await.unwrap();
    assert_eq!(home.value(&deal).await.name, "The contract.txt");
}

async fn a_value_is_refused_where_its_file_or_version_or_field_is_not_there(home: Home) {
    let (deal, field) = (home.deal().await, home.field("Contract").await);
    let (file, other, trashed) = (home.file("a.txt").await, home.file("b.txt").await, home.file("c.txt").await);
    home.trash(&trashed).await;
    let expires_at = Some(home.edit().now().plus(std::time::Duration::from_secs(60)));
    let name = NewName::Exact(Name::parse("d.txt").unwrap());
    let expired = put(&home.edit(), NewFile { expires_at, ..NewFile::new(FolderRef::ROOT, name) }).await;
    home.clock.advance(std::time::Duration::from_secs(60));
    let unknown = FileId("0190a5a4-5d5c-7f00-8000-000000000001".parse().unwrap());
    for id in [trashed.id, expired.id, unknown] {
        assert_eq!(place(home.set(&deal, field, Some(FileUse::of(id))).await), "0.values.0.file");
    }
    for version in [VersionId::of(file.id, 2), VersionId::of(other.id, 1)] {
        let wrong = FileUse { version: Some(version), ..FileUse::of(file.id) };
        assert_eq!(place(home.set(&deal, field, Some(wrong)).await), "0.values.0.version");
    }
    assert_eq!(place(home.set(&deal, field + 1, Some(FileUse::of(file.id))).await), "0.values.0.field");
    assert!(home.records().card(&deal).await.unwrap().values.is_empty());
    assert!(home.origins(&file).await.is_empty());
}

async fn a_value_puts_its_file_on_the_record_but_not_on_the_tab(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    let before = home.last_event().await;
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    assert_eq!(home.origins(&file).await, [(deal.to_string(), Origin::Field)]);
    assert!(home.tab(&deal).await.is_empty());
    let words: Vec<_> = home.events(before).await.into_iter().map(|(word, _)| word).collect();
    assert_eq!(words, ["record.updated", "file.linked"]);
    home.edit().link_files(&deal, &[file.id]).await.unwrap();
    assert_eq!(home.tab(&deal).await, ["a.txt"]);
}

async fn the_link_of_a_value_goes_with_the_last_field_that_holds_the_file(home: Home) {
    let (deal, one, two) = (home.deal().await, home.field("One").await, home.field("Two").await);
    let (file, other) = (home.file("a.txt").await, home.file("b.txt").await);
    for field in [one, two] {
        home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    }
    home.set(&deal, one, Some(FileUse::of(other.id))).await.unwrap();
    assert_eq!((home.origins(&file).await.len(), home.origins(&other).await.len()), (1, 1));
    home.set(&deal, two, None).await.unwrap();
    assert_eq!((home.origins(&file).await.len(), home.origins(&other).await.len()), (0, 1));
    home.set(&deal, one, None).await.unwrap();
    home.set(&deal, one, None).await.unwrap();
    assert!(home.origins(&other).await.is_empty());
    assert!(home.records().card(&deal).await.unwrap().values.is_empty());
}

async fn the_link_of_a_value_is_not_taken_away_but_by_the_field(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    home.edit().link_files(&deal, &[file.id]).await.unwrap();
    home.edit().unlink_files(&deal, &[file.id]).await.unwrap();
    assert_eq!(home.origins(&file).await, [(deal.to_string(), Origin::Field)]);
    for origin in [None, Some(Origin::Field)] {
        let refused = home.edit().unlink(file.no, &deal, origin).await;
        assert!(matches!(refused, Err(Error::State { what: What::Link, .. })), "{refused:?}");
    }
    assert!(!home.edit().unlink(file.no, &deal, Some(Origin::Attached)).await.unwrap());
    assert_eq!(home.origins(&file).await.len(), 1);
}

async fn a_value_of_a_file_in_the_trash_is_deleted_until_it_comes_back(home: Home) {
    let (deal, field, file) = (home.deal().await, home.field("Contract").await, home.file("a.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    let before = home.value(&deal).await;
    home.trash(&file).await;
    let trashed = home.value(&deal).await;
    assert!(trashed.deleted);
    assert_eq!((trashed.file, trashed.version, trashed.name), (before.file, before.version, before.name.clone()));
    home.remove().restore_files(&[file.no.into()]).await.unwrap();
    assert_eq!(home.value(&deal).await, before);
    assert_eq!(home.origins(&file).await, [(deal.to_string(), Origin::Field)]);
}

async fn a_value_keeps_the_name_and_size_of_a_purged_file(home: Home) {
    let (deal, one, two) = (home.deal().await, home.field("One").await, home.field("Two").await);
    let file = home.file("a.txt").await;
    let first = VersionId::of(file.id, 1);
    home.set(&deal, one, Some(FileUse { version: Some(first), ..FileUse::of(file.id) })).await.unwrap();
    home.set(&deal, two, Some(FileUse::of(file.id))).await.unwrap();
    home.replace(&file, "longer than before").await;
    home.purge(&file).await;
    let values = home.records().card(&deal).await.unwrap().values;
    let shown: Vec<_> = values.iter().map(|v| (v.file, v.version, v.name.as_str(), v.size, v.deleted)).collect();
    let second = VersionId::of(file.id, 2);
    assert_eq!(shown, [(file.id, first, "a.txt", 5, true), (file.id, second, "a.txt", 18, true)]);
    home.set(&deal, two, None).await.unwrap();
    assert_eq!(home.records().card(&deal).await.unwrap().values.len(), 1);
}

async fn a_hidden_file_looks_like_an_erased_one_to_those_who_may_not_know_of_it(home: Home) {
    let (deal, field) = (home.deal().await, home.field("Contract").await);
    let name = NewName::Exact(Name::parse("secret.txt").unwrap());
    let new = NewFile { access: Access::HiddenPrivate, clash: Clash::Refuse, ..NewFile::new(FolderRef::ROOT, name) };
    let file = put(&home.edit(), new).await;
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    assert_eq!(home.value(&deal).await.name, "secret.txt");

    let clerk = home.user(5, &[Scope::Records, Scope::FilesRead]).await;
    let records = home.core.records(&clerk).unwrap();
    let value = records.card(&deal).await.unwrap().values.remove(0);
    assert_eq!((value.name.as_str(), value.size, value.deleted), ("", 0, true));
    let values = vec![NewValue { field, file: Some(FileUse::of(file.id)) }];
    let refused = records.put_cards("deal", vec![NewCard { values, ..NewCard::default() }]).await;
    assert_eq!(place(refused), "0.values.0.file");
}

async fn a_new_card_comes_with_its_values(home: Home) {
    let (one, two) = (home.field("One").await, home.field("Two").await);
    let (file, other) = (home.file("a.txt").await, home.file("b.txt").await);
    let values = |list: &[(i64, FileId)]| -> Vec<NewValue> {
        list.iter().map(|(field, id)| NewValue { field: *field, file: Some(FileUse::of(*id)) }).collect()
    };
    let new = vec![
        NewCard { values: values(&[(two, file.id), (one, other.id)]), ..NewCard::default() },
        NewCard { values: values(&[(one, file.id)]), ..NewCard::default() },
    ];
    let made = home.records().put_cards("deal", new).await.unwrap();
    let names: Vec<Vec<&str>> =
        made.iter().map(|card| card.values.iter().map(|value| value.name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["b.txt", "a.txt"], vec!["a.txt"]], "in the order of the fields");
    assert_eq!(home.origins(&file).await.len(), 2);
    let bad =
        vec![NewCard::default(), NewCard { values: values(&[(one, file.id), (77, file.id)]), ..NewCard::default() }];
    assert_eq!(place(home.records().put_cards("deal", bad).await), "1.values.1.field");
}
