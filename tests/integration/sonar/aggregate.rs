//! Row 32: sums and counts over everything that a list has, whatever page of it is asked for.

use super::desk::{Desk, EVERYTHING, noise, png};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::{Value, json};

on_both_engines!(
    s32_sums_are_over_the_whole_filtered_set,
    s32_counts_are_of_each_value_the_most_first,
    s32_counts_within_counts,
    s32_what_cannot_be_summed_or_counted_is_refused,
    s32_an_owner_sums_its_own_files,
    s32_no_sum_tells_of_a_file_out_of_sight,
);

/// Sizes 10, 20 and 35 of texts on accounts, and a picture on nothing.
async fn four(desk: &Desk) -> [i64; 4] {
    [
        desk.sonar.file_on("Account", 1, "a.txt", noise(10)).await,
        desk.sonar.file_on("Account", 1, "a.txt", noise(20)).await,
        desk.sonar.file_on("Ticket", 1, "b.txt", noise(35)).await,
        desk.sonar.file("c.png", png()).await,
    ]
}

fn asking(args: &str, aggregators: &str) -> String {
    let fields = "field value aggregation_function counts { value count sub_aggregator_results { field value \
        aggregation_function counts { value count } } }";
    format!("{{ files({args} aggregation: {aggregators}) {{ aggregations {{ {fields} }} }} }}")
}

async fn asked(desk: &Desk, args: &str, aggregators: &str) -> Vec<Value> {
    let data = desk.sonar.data(&asking(args, aggregators)).await;
    data["files"]["aggregations"].as_array().unwrap().clone()
}

/// The value of one sum.
async fn sum(desk: &Desk, args: &str, field: &str, function: &str) -> Value {
    let told = asked(desk, args, &format!("[{{field_name: \"{field}\", aggregation_function: {function}}}]")).await;
    assert_eq!((told.len(), &told[0]["field"], &told[0]["aggregation_function"]), (1, &json!(field), &json!(function)));
    told[0]["value"].clone()
}

/// The counts of one field: value and count, in their order.
fn counts(told: &Value) -> Vec<(String, String)> {
    let counts = told["counts"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    counts.iter().map(|count| (text(&count["value"]), text(&count["count"]))).collect()
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.iter().map(|(value, count)| ((*value).to_owned(), (*count).to_owned())).collect()
}

async fn s32_sums_are_over_the_whole_filtered_set(setup: Setup) {
    let desk = Desk::open(setup).await;
    let size = "file_size_in_bytes";
    for function in ["MAX", "MIN", "SUM", "AVG"] {
        let nothing = sum(&desk, "", size, function).await;
        assert!(nothing.is_null() || nothing == "0", "{function} of nothing is {nothing}");
    }
    let nos = four(&desk).await;
    let texts = "fileable_type: Account,";
    for (function, value) in [("MAX", "20"), ("MIN", "10"), ("SUM", "30"), ("AVG", "15")] {
        assert_eq!(sum(&desk, texts, size, function).await, value, "{function}");
        let paged = format!("{texts} paginator: {{page: 2, records_per_page: 1}},");
        assert_eq!(sum(&desk, &paged, size, function).await, value, "{function} on a page");
    }
    let search = "search: {exists: \"fileable_id\"},";
    assert_eq!(sum(&desk, search, size, "SUM").await, "65");
    assert_eq!(sum(&desk, search, size, "AVG").await, "21.6667");
    assert_eq!(sum(&desk, "", "id", "MAX").await, nos[3].to_string());
    assert_eq!(sum(&desk, "", "id", "MIN").await, nos[0].to_string());
    desk.stop().await;
}

async fn s32_counts_are_of_each_value_the_most_first(setup: Setup) {
    let desk = Desk::open(setup).await;
    four(&desk).await;
    let told = asked(
        &desk,
        "paginator: {page: 1, records_per_page: 1},",
        "[{field_name: \"filename\", aggregation_function: COUNT}, {field_name: \"fileable_type\", aggregation_function: COUNT}, \
         {field_name: \"mime_type\", aggregation_function: COUNT}]",
    )
    .await;
    assert_eq!(counts(&told[0]), pairs([("a.txt", "2"), ("b.txt", "1"), ("c.png", "1")]));
    let mut owners = counts(&told[1]);
    assert_eq!(owners.remove(0), ("Account".to_owned(), "2".to_owned()));
    owners.sort();
    assert_eq!(owners, pairs([("", "1"), ("Ticket", "1")]), "what has no owner is counted as nothing");
    assert_eq!(counts(&told[2]), pairs([("text/plain", "3"), ("image/png", "1")]));
    assert!(told.iter().all(|told| told["value"].is_null()), "{told:?}");
    desk.stop().await;
}

async fn s32_counts_within_counts(setup: Setup) {
    let desk = Desk::open(setup).await;
    four(&desk).await;
    let within = "{field_name: \"file_size_in_bytes\", aggregation_function: SUM}";
    let told = asked(
        &desk,
        "search: {exists: \"fileable_id\"},",
        &format!(
            "{{field_name: \"fileable_type\", aggregation_function: COUNT, sub_aggregators: [{within}, \
            {{field_name: \"filename\", aggregation_function: COUNT}}]}}"
        ),
    )
    .await;
    assert_eq!(counts(&told[0]), pairs([("Account", "2"), ("Ticket", "1")]));
    let of = |at: usize| &told[0]["counts"][at]["sub_aggregator_results"];
    assert_eq!((&of(0)[0]["value"], &of(1)[0]["value"]), (&json!("30"), &json!("35")));
    assert_eq!(counts(&of(0)[1]), pairs([("a.txt", "2")]));
    assert_eq!(counts(&of(1)[1]), pairs([("b.txt", "1")]));
    desk.stop().await;
}

async fn s32_what_cannot_be_summed_or_counted_is_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    four(&desk).await;
    for (field, function) in [
        ("password_hash", "COUNT"),
        ("filename", "SUM"),
        ("mime_type", "AVG"),
        ("created_at", "MAX"),
        ("file_size_in_bytes", "COUNT"),
        ("", "COUNT"),
    ] {
        let aggregator = format!("[{{field_name: \"{field}\", aggregation_function: {function}}}]");
        let told = desk.sonar.ask_graph(&asking("", &aggregator)).await;
        assert_eq!(told.refused("validation")["path"], json!(["files"]), "{field} {function}");
    }
    desk.stop().await;
}

async fn s32_an_owner_sums_its_own_files(setup: Setup) {
    let desk = Desk::open(setup).await;
    four(&desk).await;
    let sums = "aggregation: [{field_name: \"file_size_in_bytes\", aggregation_function: SUM}]";
    desk.sonar.file_on("Account", 2, "d.txt", noise(7)).await;
    let query = format!("{{ accounts {{ entities {{ id files({sums}) {{ aggregations {{ field value }} }} }} }} }}");
    let data = desk.sonar.data(&query).await;
    let of = |at: usize| data["accounts"]["entities"][at]["files"]["aggregations"].clone();
    let told = |value: &str| json!([{ "field": "file_size_in_bytes", "value": value }]);
    assert_eq!((of(0), of(1)), (told("30"), told("7")));
    desk.stop().await;
}

async fn s32_no_sum_tells_of_a_file_out_of_sight(setup: Setup) {
    let desk = Desk::open(setup).await;
    let nos = four(&desk).await;
    let other = desk.user(2, EVERYTHING).await;
    other.file("hidden.bin", noise(1000)).await;
    let reader = desk.user(1, "sonar:READ_FILE").await;
    let aggregators = "[{field_name: \"file_size_in_bytes\", aggregation_function: MAX}, {field_name: \"id\", aggregation_function: \
        MAX}, {field_name: \"filename\", aggregation_function: COUNT}]";
    let told = reader.data(&asking("", aggregators)).await["files"]["aggregations"].clone();
    assert_eq!(told[0]["value"], png().len().max(35).to_string());
    assert_eq!(told[1]["value"], nos[3].to_string());
    assert!(!told[2].to_string().contains("hidden"), "{told}");
    desk.stop().await;
}
