//! Rows 15, 16 and 28, and the arguments of `files`: lists, their pages and their order.

use super::desk::{Desk, Sonar, noise, number, numbers, png};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    s15_a_page_has_a_hundred_rows_unless_it_is_asked_for_others,
    s15_a_page_that_is_too_large_is_cut_and_says_so,
    s15_a_page_below_one_is_refused,
    s16_without_a_sorter_and_between_equals_the_number_decides,
    s16_every_attribute_sorts_both_ways_and_several_sort_one_after_another,
    s28_times_are_utc_in_whole_seconds,
    each_argument_of_the_list_chooses_by_its_attribute,
);

fn page_of(no: i64, size: i64) -> String {
    let paginator = format!("paginator: {{page: {no}, records_per_page: {size}}}");
    format!(
        "{{ files({paginator}) {{ entities {{ id }} page_info {{ page total_pages total_count records_per_page }} }} }}"
    )
}

async fn page(sonar: &Sonar, no: i64, size: i64) -> (Vec<i64>, Value) {
    let data = sonar.data(&page_of(no, size)).await;
    (numbers(&data["files"]), data["files"]["page_info"].clone())
}

fn info(page: u64, pages: u64, count: u64, size: u64) -> Value {
    json!({ "page": page, "total_pages": pages, "total_count": count, "records_per_page": size })
}

async fn s15_a_page_has_a_hundred_rows_unless_it_is_asked_for_others(setup: Setup) {
    let desk = Desk::open(setup).await;
    assert_eq!(page(&desk.sonar, 1, 25).await, (vec![], info(1, 0, 0, 25)), "nothing is no page");
    let mut all = Vec::new();
    for no in 0..101 {
        all.push(desk.sonar.file("a.txt", format!("{no}")).await);
    }
    let without = "{ files { entities { id } page_info { page total_pages total_count records_per_page } } }";
    let data = desk.sonar.data(without).await;
    assert_eq!(numbers(&data["files"]), all[..100]);
    assert_eq!(data["files"]["page_info"], info(1, 2, 101, 100));
    assert_eq!(page(&desk.sonar, 2, 100).await, (all[100..].to_vec(), info(2, 2, 101, 100)));
    assert_eq!(page(&desk.sonar, 3, 50).await, (all[100..].to_vec(), info(3, 3, 101, 50)));
    assert_eq!(page(&desk.sonar, 4, 50).await, (vec![], info(4, 3, 101, 50)), "a page behind the last one is empty");
    assert_eq!(page(&desk.sonar, 1, 101).await, (all.clone(), info(1, 1, 101, 101)));
    assert!(page(&desk.sonar, i64::from(i32::MAX), 1).await.0.is_empty());
    let mut walked = Vec::new();
    for no in 1..=15 {
        walked.extend(page(&desk.sonar, no, 7).await.0);
    }
    assert_eq!(walked, all);
    desk.stop().await;
}

async fn s15_a_page_that_is_too_large_is_cut_and_says_so(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().graphql_page, 10_000);
    let desk = Desk::open(setup.limits(|limits| limits.graphql_page = 5)).await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(desk.sonar.file_on("Account", 1, "a.txt", "x").await);
    }
    for (asked, told) in [(4, 4), (5, 5), (6, 5), (10_000, 5), (1_000_000, 5), (i64::from(i32::MAX), 5)] {
        let (rows, told_of) = page(&desk.sonar, 1, asked).await;
        let pages = 6_u64.div_ceil(told);
        assert_eq!((rows.as_slice(), told_of), (&all[..told as usize], info(1, pages, 6, told)), "{asked}");
    }
    assert_eq!(page(&desk.sonar, 2, 1_000_000).await.0, all[5..]);
    let nested = "{ accounts { entities { files(paginator: {page: 1, records_per_page: 1000000}) \
        { entities { id } page_info { page total_pages total_count records_per_page } } } } }";
    let data = desk.sonar.data(nested).await;
    let files = &data["accounts"]["entities"][0]["files"];
    assert_eq!((numbers(files), &files["page_info"]), (all[..5].to_vec(), &info(1, 2, 6, 5)));
    desk.stop().await;
}

async fn s15_a_page_below_one_is_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.sonar.file_on("Account", 1, "a.txt", "x").await;
    for (no, size, field) in [
        (0, 10, "paginator.page"),
        (-1, 10, "paginator.page"),
        (1, 0, "paginator.records_per_page"),
        (1, -7, "paginator.records_per_page"),
    ] {
        let told = desk.sonar.ask_graph(&page_of(no, size)).await;
        assert!(!told.invalid(field).is_empty());
        let owners = page_of(no, size).replace("files(", "accounts(");
        assert!(!desk.sonar.ask_graph(&owners).await.invalid(field).is_empty());
    }
    desk.stop().await;
}

async fn s16_without_a_sorter_and_between_equals_the_number_decides(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut all = Vec::new();
    for name in ["b.txt", "a.txt", "b.txt", "a.txt", "b.txt"] {
        all.push(desk.sonar.file(name, "same").await);
    }
    assert_eq!(desk.sonar.list("").await, all);
    let by = async |direction: &str| {
        desk.sonar.list(&format!("(sorter: [{{attribute: \"filename\", direction: {direction}}}])")).await
    };
    assert_eq!(by("ASC").await, [all[1], all[3], all[0], all[2], all[4]]);
    assert_eq!(by("DESC").await, [all[0], all[2], all[4], all[1], all[3]], "equals stay in their order");
    let pages = async |no: i64| {
        let sorter = "sorter: {attribute: \"filename\", direction: DESC}";
        desk.sonar.list(&format!("({sorter}, paginator: {{page: {no}, records_per_page: 2}})")).await
    };
    assert_eq!([pages(1).await, pages(2).await, pages(3).await].concat(), by("DESC").await);
    desk.stop().await;
}

/// Files that differ in every attribute.
async fn different(desk: &Desk) -> Vec<i64> {
    let other = desk.user(2, super::desk::EVERYTHING).await;
    let mut all = vec![desk.sonar.file("b.txt", noise(3)).await];
    desk.pass(Duration::from_secs(10));
    all.push(other.file_on("Ticket", 9, "a.png", png()).await);
    desk.pass(Duration::from_secs(10));
    all.push(desk.sonar.file_on("Account", 700, "c.csv", noise(2)).await);
    desk.pass(Duration::from_secs(10));
    for (no, input) in
        [(all[1], "primary_image: true"), (all[0], "description: \"about b\""), (all[2], "description: \"Zebra\"")]
    {
        desk.sonar.data(&format!("mutation {{ updateFile(id: {no}, input: {{{input}}}) {{ id }} }}")).await;
        desk.pass(Duration::from_secs(10));
    }
    all
}

/// What a value sorts by: numbers by what they are worth, texts by their letters, nothing before everything.
fn key(attribute: &str, value: &Value) -> (bool, i64, String) {
    let text = match value {
        Value::Null => return (false, 0, String::new()),
        Value::Bool(value) => u8::from(*value).to_string(),
        value => value.as_str().unwrap().to_owned(),
    };
    let is_number = ["id", "_version", "file_size_in_bytes", "fileable_id", "user_id", "primary_image"];
    match is_number.contains(&attribute) {
        true => (true, text.parse().unwrap(), String::new()),
        false => (true, 0, text.to_lowercase()),
    }
}

async fn s16_every_attribute_sorts_both_ways_and_several_sort_one_after_another(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all = different(&desk).await;
    let mut shown = Vec::new();
    for no in &all {
        shown.push(desk.sonar.show(*no).await);
    }
    for attribute in super::desk::FIELDS.split_whitespace() {
        let mut sorted = shown.clone();
        sorted.sort_by_key(|file| (key(attribute, &file[attribute]), number(file)));
        let up: Vec<i64> = sorted.iter().map(number).collect();
        let list = |direction: &str| format!("(sorter: [{{attribute: \"{attribute}\", direction: {direction}}}])");
        let told = desk.sonar.list(&list("ASC")).await;
        if told != up {
            // Where nothing is may be at either end, but the same on both engines.
            sorted.sort_by_key(|file| {
                (!key(attribute, &file[attribute]).0, key(attribute, &file[attribute]), number(file))
            });
            assert_eq!(told, sorted.iter().map(number).collect::<Vec<_>>(), "{attribute}");
        }
        let down = desk.sonar.list(&list("DESC")).await;
        if ["filename", "id", "sonar_unique_id", "created_at", "updated_at", "mime_type"].contains(&attribute) {
            assert_eq!(down, told.iter().rev().copied().collect::<Vec<_>>(), "{attribute}");
        }
        assert_eq!(down.len(), 3, "{attribute}");
    }
    let two = "(sorter: [{attribute: \"user_id\", direction: ASC}, {attribute: \"filename\", direction: DESC}])";
    assert_eq!(desk.sonar.list(two).await, [all[2], all[0], all[1]]);
    desk.stop().await;
}

async fn s28_times_are_utc_in_whole_seconds(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.pass(Duration::from_millis(1999));
    let no = desk.sonar.file("a.txt", "x").await;
    let shown = desk.sonar.show(no).await;
    assert_eq!(shown["created_at"], "2026-01-31T12:00:01+00:00");
    assert_eq!(shown["updated_at"], "2026-01-31T12:00:01+00:00");
    // What is shown finds the file, in any zone and with any fraction left out.
    for time in
        ["2026-01-31T12:00:01+00:00", "2026-01-31T12:00:01Z", "2026-01-31T16:00:01+04:00", "2026-01-31T07:00:01-05:00"]
    {
        assert_eq!(desk.sonar.list(&format!("(created_at: \"{time}\")")).await, [no], "{time}");
        let search =
            format!("{{datetime_fields: {{attribute: \"created_at\", search_value: \"{time}\", operator: EQ}}}}");
        assert_eq!(desk.sonar.found(&search).await, [no], "{time}");
    }
    desk.pass(Duration::from_secs(3600));
    desk.sonar.data(&format!("mutation {{ updateFile(id: {no}, input: {{description: \"d\"}}) {{ id }} }}")).await;
    let shown = desk.sonar.show(no).await;
    assert_eq!(
        (&shown["created_at"], &shown["updated_at"]),
        (&json!("2026-01-31T12:00:01+00:00"), &json!("2026-01-31T13:00:01+00:00"))
    );
    desk.stop().await;
}

async fn each_argument_of_the_list_chooses_by_its_attribute(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all = different(&desk).await;
    for no in &all {
        let shown = desk.sonar.show(*no).await;
        for attribute in super::desk::FIELDS.split_whitespace() {
            let literal = match (&shown[attribute], attribute) {
                (Value::Null, _) => continue,
                (value, "fileable_type") => value.as_str().unwrap().to_owned(),
                (value, _) => value.to_string(),
            };
            let mut same = Vec::new();
            for other in &all {
                if desk.sonar.show(*other).await[attribute] == shown[attribute] {
                    same.push(*other);
                }
            }
            assert_eq!(desk.sonar.list(&format!("({attribute}: {literal})")).await, same, "{attribute}: {literal}");
        }
        let both = format!("(id: {no}, filename: {})", shown["filename"]);
        assert_eq!(desk.sonar.list(&both).await, [*no]);
    }
    assert!(desk.sonar.list("(filename: \"nothing.txt\")").await.is_empty());
    assert!(desk.sonar.list("(id: 99)").await.is_empty());
    assert_eq!(desk.sonar.list(&format!("(id: \"{}\")", all[0])).await, [all[0]], "a number may be a text");
    assert_eq!(desk.sonar.list("(fileable_type: Account, fileable_id: 9)").await, [0_i64; 0]);
    desk.stop().await;
}
