//! GET of the list: filters and orders.

use crate::keap::desk::{Desk, Place, V2, encoded};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    every_field_can_be_filtered_by,
    c12_a_filter_that_was_encoded_twice_is_read,
    c12_names_match_in_any_letters_and_a_star_counts_at_the_ends,
    c12_times_are_compared,
    c12_unknown_fields_operators_and_values_are_refused,
    c12_lists_come_in_the_order_that_is_asked_for,
);

/// A desk with five files, a second apart; the third is public.
async fn with_files(setup: Setup) -> (Desk, Vec<i64>) {
    let desk = Desk::open(setup).await;
    let other = desk.user(2, "keap:edit_company_files").await;
    let mut nos = Vec::new();
    for (at, (name, size, place)) in [
        ("b.txt", 30, Place::Contact(7)),
        ("A.txt", 10, Place::Contact(8)),
        ("c.pdf", 20, Place::Contact(7)),
        ("d", 20, Place::User),
        ("b.txt", 50, Place::Company),
    ]
    .into_iter()
    .enumerate()
    {
        let keap = if at == 1 { &other } else { &desk.keap };
        nos.push(keap.file(name, &vec![b'x'; size], place).await);
        desk.pass(Duration::from_secs(1));
    }
    desk.keap.put(&format!("{}/{}", crate::keap::desk::V1, nos[2]), &json!({ "is_public": true })).await.expect(200);
    (desk, nos)
}

async fn every_field_can_be_filtered_by(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    for (filter, wanted) in [
        ("is_public==true", &[2][..]),
        ("is_public==false", &[0, 1, 3, 4]),
        ("contact_id==7", &[0, 2]),
        ("contact_id==9", &[]),
        ("user_id==1", &[0, 2, 3, 4]),
        ("user_id==2", &[1]),
        ("category==DOCUMENTS", &[0, 1, 2, 3, 4]),
        ("category==LOGO", &[]),
        ("file_box_type==CONTACT", &[0, 1, 2]),
        ("file_box_type==APPLICATION", &[3, 4]),
        ("file_box_type==UNLAYER", &[]),
        ("file_name==b.txt", &[0, 4]),
        ("contact_id==7;file_name==b.txt", &[0]),
        ("contact_id==7;file_name==b.txt;is_public==true", &[]),
        ("file_name==b.txt;file_box_type==APPLICATION;user_id==1", &[4]),
    ] {
        let wanted: Vec<i64> = wanted.iter().map(|at| nos[*at]).collect();
        assert_eq!(desk.keap.filtered(filter).await, wanted, "{filter}");
    }
    for nothing in ["", "filter=", "unknown=1&fields=id"] {
        assert_eq!(desk.keap.list2(nothing).await, nos, "{nothing}");
    }
    desk.stop().await;
}

async fn c12_a_filter_that_was_encoded_twice_is_read(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    let once = "contact_id%3D%3D7%3Bfile_name%3D%3Db.txt";
    assert_eq!(desk.keap.list2(&format!("filter={once}")).await, nos[..1]);
    assert_eq!(desk.keap.list2("filter=contact_id==7;file_name==b.txt").await, nos[..1]);
    assert_eq!(desk.keap.list2(&format!("filter={}", encoded(once))).await, nos[..1], "encoded twice");
    assert_eq!(desk.keap.list2("filter=contact_id%253D%253D7").await, [nos[0], nos[2]]);
    desk.stop().await;
}

async fn c12_names_match_in_any_letters_and_a_star_counts_at_the_ends(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    let star = desk.keap.file("a*c.txt", b"x", Place::Company).await;
    for (name, wanted) in [
        ("a.TXT", vec![nos[1]]),
        ("B.txt", vec![nos[0], nos[4]]),
        ("*.txt", vec![nos[0], nos[1], nos[4], star]),
        ("a*", vec![nos[1], star]),
        ("*.*", vec![nos[0], nos[1], nos[2], nos[4], star]),
        ("*", [nos.clone(), vec![star]].concat()),
        ("a*c.txt", vec![star]),
        ("*PD*", vec![nos[2]]),
        ("d", vec![nos[3]]),
    ] {
        assert_eq!(desk.keap.filtered(&format!("file_name=={name}")).await, wanted, "{name}");
    }
    desk.stop().await;
}

async fn c12_times_are_compared(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    for (filter, wanted) in [
        ("created_time==2026-01-31T12:00:01Z", &[1][..]),
        ("created_time>2026-01-31T12:00:01Z", &[2, 3, 4]),
        ("created_time>=2026-01-31T12:00:01Z", &[1, 2, 3, 4]),
        ("created_time<2026-01-31T12:00:01Z", &[0]),
        ("created_time<=2026-01-31T12:00:01Z", &[0, 1]),
        ("created_time>=2026-01-31T12:00:01.000Z", &[1, 2, 3, 4]),
        ("created_time>=2026-01-31T13:00:01+01:00", &[1, 2, 3, 4]),
        ("created_time>2026-01-31T12:00:01Z;created_time<2026-01-31T12:00:04Z", &[2, 3]),
        ("updated_time>=2026-01-31T12:00:05Z", &[2]),
        ("updated_time<2026-01-31T12:00:01Z", &[0]),
    ] {
        let wanted: Vec<i64> = wanted.iter().map(|at| nos[*at]).collect();
        assert_eq!(desk.keap.filtered(filter).await, wanted, "{filter}");
    }
    desk.stop().await;
}

async fn c12_unknown_fields_operators_and_values_are_refused(setup: Setup) {
    let (desk, _) = with_files(setup).await;
    for bad in [
        "size==3",
        "file_name",
        "file_name=b.txt",
        "file_name!=b.txt",
        "file_name>b.txt",
        "contact_id==seven",
        "contact_id>7",
        "user_id==x",
        "is_public==perhaps",
        "category==Documents2",
        "category==NOTHING",
        "file_box_type==FILE",
        "created_time==yesterday",
        "created_time>2026-13-01T00:00:00Z",
        "==7",
        "contact_id==7;size==1",
    ] {
        desk.keap.get(&format!("{V2}?filter={}", encoded(bad))).await.expect(400);
    }
    desk.stop().await;
}

async fn c12_lists_come_in_the_order_that_is_asked_for(setup: Setup) {
    let (desk, nos) = with_files(setup).await;
    for (order, wanted) in [
        ("file_name%20asc", &[1, 0, 4, 2, 3][..]),
        ("file_name", &[1, 0, 4, 2, 3]),
        ("file_name+desc", &[3, 2, 0, 4, 1]),
        ("FILE_NAME%20DESC", &[3, 2, 0, 4, 1]),
        ("updated_time", &[0, 1, 3, 4, 2]),
        ("updated_time%20desc", &[2, 4, 3, 1, 0]),
        ("created_time%20desc", &[4, 3, 2, 1, 0]),
        ("created_time%20asc", &[0, 1, 2, 3, 4]),
        ("id%20desc", &[4, 3, 2, 1, 0]),
        ("id", &[0, 1, 2, 3, 4]),
        ("file_size", &[1, 2, 3, 0, 4]),
        ("file_size%20desc", &[4, 0, 2, 3, 1]),
    ] {
        let wanted: Vec<i64> = wanted.iter().map(|at| nos[*at]).collect();
        assert_eq!(desk.keap.list2(&format!("order_by={order}")).await, wanted, "{order}");
        // Pages go on in the same order.
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let path = format!("{V2}?order_by={order}&page_size=2&page_token={}", encoded(&token));
            let page = desk.keap.get(&path).await.expect(200);
            let files = page["files"].as_array().unwrap();
            seen.extend(files.iter().map(|file| file["id"].as_str().unwrap().parse::<i64>().unwrap()));
            token = page["next_page_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, wanted, "{order} by pages");
    }
    for bad in ["name", "file_name%20up", "file_name%20asc%20desc", "file_name,id", "contact_id"] {
        desk.keap.get(&format!("{V2}?order_by={bad}")).await.expect(400);
    }
    desk.stop().await;
}
