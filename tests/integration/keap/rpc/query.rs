//! `DataService.query`: what its values can say.

use crate::keap::desk::{Desk, Place, V1};
use crate::keap::xml::Xml;
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::json;

on_both_engines!(
    values_match_in_any_letters_and_with_wildcards,
    values_are_compared_by_their_prefixes,
    an_array_of_numbers_is_any_of_them,
    all_tests_hold_together,
);

async fn with_files(setup: Setup) -> (Desk, Vec<i64>) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for (name, size, place) in [
        ("Report.pdf", 100, Place::Contact(7)),
        ("report 2.PDF", 200, Place::Contact(17)),
        ("notes.txt", 300, Place::Contact(7)),
        ("own", 400, Place::User),
        ("100%_x.txt", 500, Place::Company),
    ] {
        nos.push(desk.keap.file(name, &vec![b'x'; size], place).await);
    }
    desk.keap.put(&format!("{V1}/{}", nos[2]), &json!({ "is_public": true })).await.expect(200);
    (desk, nos)
}

/// Asks each question, and demands the files at these places.
async fn demand(desk: &Desk, nos: &[i64], asked: Vec<(&str, Xml, &[usize])>) {
    for (field, value, wanted) in asked {
        let wanted: Vec<i64> = wanted.iter().map(|at| nos[*at]).collect();
        assert_eq!(desk.keap.query(vec![(field, value.clone())]).await, wanted, "{field} {value:?}");
        let count = desk.keap.call("DataService.count", ["FileBox".into(), Xml::record(vec![(field, value)])]).await;
        assert_eq!(count.unwrap().int(), wanted.len() as i64, "{field}");
    }
}

async fn values_match_in_any_letters_and_with_wildcards(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    demand(
        &desk,
        &nos,
        vec![
            ("FileName", "REPORT.PDF".into(), &[0]),
            ("FileName", "report%".into(), &[0, 1]),
            ("FileName", "%.txt".into(), &[2, 4]),
            ("FileName", "r%2.pdf".into(), &[1]),
            ("FileName", "%".into(), &[0, 1, 2, 3, 4]),
            ("FileName", "report_pdf".into(), &[]),
            ("Extension", "PDF".into(), &[0, 1]),
            ("Extension", "".into(), &[3]),
            ("Id", "%".into(), &[0, 1, 2, 3, 4]),
            ("ContactId", "%".into(), &[0, 1, 2, 3, 4]),
            ("ContactId", "%7".into(), &[0, 1, 2]),
            ("ContactId", 7.into(), &[0, 2]),
            ("ContactId", 0.into(), &[3, 4]),
            ("FileSize", 300.into(), &[2]),
            ("FileSize", "3%".into(), &[2]),
            ("Public", 1.into(), &[2]),
            ("Public", "0".into(), &[0, 1, 3, 4]),
            ("Public", true.into(), &[2]),
        ],
    )
    .await;
    desk.stop().await;
}

async fn values_are_compared_by_their_prefixes(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    demand(
        &desk,
        &nos,
        vec![
            ("FileSize", "~>~ 200".into(), &[2, 3, 4]),
            ("FileSize", "~>=~ 200".into(), &[1, 2, 3, 4]),
            ("FileSize", "~<~ 200".into(), &[0]),
            ("FileSize", "~<=~ 200".into(), &[0, 1]),
            ("FileSize", "~<>~ 200".into(), &[0, 2, 3, 4]),
            ("FileSize", "~<>~200".into(), &[0, 2, 3, 4]),
            ("ContactId", "~>~ 7".into(), &[1]),
            ("ContactId", "~<>~7".into(), &[1, 3, 4]),
            ("Id", Xml::Text(format!("~>~{}", nos[2])), &[3, 4]),
            ("FileName", "~null~".into(), &[]),
            ("FileName", "~<>~own".into(), &[0, 1, 2, 4]),
        ],
    )
    .await;
    desk.stop().await;
}

async fn an_array_of_numbers_is_any_of_them(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    let ids = |list: &[i64]| Xml::list(list.iter().copied());
    demand(
        &desk,
        &nos,
        vec![
            ("Id", ids(&[nos[0], nos[3], 999]), &[0, 3]),
            ("Id", ids(&[nos[3], nos[3], nos[1]]), &[1, 3]),
            ("Id", ids(&[999]), &[]),
            ("Id", ids(&[]), &[]),
            ("Id", Xml::list([nos[2].to_string().as_str()]), &[2]),
            ("Id", ids(&(1..=1000).collect::<Vec<_>>()), &[0, 1, 2, 3, 4]),
        ],
    )
    .await;
    let many = Xml::list(1..=1001_i64);
    let told = desk.keap.call("DataService.count", ["FileBox".into(), Xml::record(vec![("Id", many)])]).await;
    assert_eq!(told.unwrap_err().0, 12);
    desk.stop().await;
}

async fn all_tests_hold_together(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    let both = vec![("ContactId", 7.into()), ("FileName", "%t%".into())];
    assert_eq!(desk.keap.query(both).await, [nos[0], nos[2]]);
    let all = vec![("ContactId", 7.into()), ("FileName", "%t%".into()), ("Public", 1.into())];
    assert_eq!(desk.keap.query(all).await, [nos[2]]);
    let none = vec![("ContactId", 17.into()), ("FileName", "Report.pdf".into())];
    assert!(desk.keap.query(none).await.is_empty());
    assert_eq!(desk.keap.query(vec![]).await, nos);
    desk.stop().await;
}
