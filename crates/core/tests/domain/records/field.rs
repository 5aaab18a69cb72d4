//! Fields of records.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::place;
use attache_core::{FieldChange, FileUse, NewField};
use attache_model::{Error, What};

on_both_engines!(
    fields_stand_in_their_order,
    a_field_is_changed_where_it_is_named,
    a_field_belongs_to_one_type_of_records,
    a_removed_field_takes_its_values_and_their_links_along,
    what_a_removal_left_when_its_process_died_is_taken_away_by_housekeeping,
);

fn field(name: &str, sort: Option<i64>) -> NewField {
    NewField { name: name.into(), code: None, sort }
}

async fn fields_stand_in_their_order(home: Home) {
    let new = vec![field("c", Some(30)), field("a", Some(10)), field("b", Some(10)), field("d", None)];
    home.records().setup().unwrap().put_fields("deal", new).await.unwrap();
    home.records().setup().unwrap().put_fields("deal", vec![field("last", None)]).await.unwrap();
    let names: Vec<_> = home.records().fields("deal").await.unwrap().into_iter().map(|field| field.name).collect();
    assert_eq!(names, ["a", "b", "d", "c", "last"]);
}

async fn a_field_is_changed_where_it_is_named(home: Home) {
    let new = NewField { name: "Contract".into(), code: Some("CONTRACT".into()), sort: None };
    let made = home.records().setup().unwrap().put_fields("deal", vec![new]).await.unwrap().remove(0);
    assert_eq!(home.records().field("deal", made.no).await.unwrap(), made);
    home.clock.advance(std::time::Duration::from_secs(1));
    let change = FieldChange { name: Some("Lease".into()), ..FieldChange::default() };
    let changed =
        home.records().setup().unwrap().change_fields("deal", vec![(made.no, change)]).await.unwrap().remove(0);
    assert_eq!((changed.name.as_str(), changed.code.as_deref(), changed.sort), ("Lease", Some("CONTRACT"), made.sort));
    assert!(changed.updated_at > made.updated_at && changed.created_at == made.created_at);
    let clear = FieldChange { code: Some(None), ..FieldChange::default() };
    let both = vec![(made.no, clear), (made.no + 1, FieldChange::default())];
    assert_eq!(place(home.records().setup().unwrap().change_fields("deal", both).await), "1.field");
    assert_eq!(home.records().field("deal", made.no).await.unwrap(), changed);
}

async fn a_field_belongs_to_one_type_of_records(home: Home) {
    let no = home.field("Contract").await;
    assert!(home.records().fields("contact").await.unwrap().is_empty());
    for end in [
        home.records().field("contact", no).await.map(|_| ()),
        home.records().setup().unwrap().remove_field("contact", no).await,
        home.records().setup().unwrap().remove_field("deal", no + 1).await,
    ] {
        assert!(matches!(end, Err(Error::NotFound(What::Field))), "{end:?}");
    }
    assert_eq!(home.records().fields("deal").await.unwrap().len(), 1);
}

async fn a_removed_field_takes_its_values_and_their_links_along(home: Home) {
    let (gone, kept) = (home.field("Gone").await, home.field("Kept").await);
    let (deal, file, other) = (home.deal().await, home.file("a.txt").await, home.file("b.txt").await);
    home.set(&deal, gone, Some(FileUse::of(file.id))).await.unwrap();
    home.set(&deal, kept, Some(FileUse::of(other.id))).await.unwrap();
    let before = home.last_event().await;
    home.records().setup().unwrap().remove_field("deal", gone).await.unwrap();
    let values = home.records().card(&deal).await.unwrap().values;
    assert_eq!(values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>(), ["b.txt"]);
    assert!(home.origins(&file).await.is_empty());
    assert_eq!(home.events(before).await, [("file.unlinked", deal.to_string())]);
    let again = home.records().setup().unwrap().remove_field("deal", gone).await;
    assert!(matches!(again, Err(Error::NotFound(What::Field))), "{again:?}");
    assert_eq!(place(home.set(&deal, gone, Some(FileUse::of(file.id))).await), "0.values.0.field");
}

async fn what_a_removal_left_when_its_process_died_is_taken_away_by_housekeeping(home: Home) {
    let (field, deal, file) = (home.field("Gone").await, home.deal().await, home.file("a.txt").await);
    home.set(&deal, field, Some(FileUse::of(file.id))).await.unwrap();
    home.tamper("UPDATE field SET removed_at = 1").await;
    assert!(home.records().card(&deal).await.unwrap().values.is_empty(), "nobody sees its values from then on");
    let gone = async {
        while !home.origins(&file).await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    home.core.work().run(gone).await;
    home.edit().link_files(&deal, &[file.id]).await.unwrap();
    assert!(home.edit().unlink(file.no, &deal, None).await.unwrap(), "no field holds it any more");
}
