//! Rows 17 to 20, and what the vendor says of searches: conditions of one object are all asked for, of several objects one
//! is enough.

use super::desk::{Desk, EVERYTHING, Sonar, noise, png};
use crate::native::on_both_engines;
use attache_tests::Setup;
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    s17_an_unknown_attribute_is_named_together_with_those_that_there_are,
    s18_letters_are_found_in_either_case_and_no_sign_is_a_wildcard,
    s19_a_general_search_looks_at_name_description_and_type,
    s19_with_relations_it_looks_at_the_uploader_too,
    s20_files_are_chosen_by_their_user_and_their_owner,
    s20_other_relations_are_refused,
    within_one_search_all_must_hold_and_of_several_one,
    every_kind_of_field_is_compared_by_every_operator,
    what_is_set_and_what_is_not_is_found,
    reverse_relation_filters_of_a_group_must_all_hold_and_of_several_groups_one,
    a_search_of_nothing_finds_everything,
);

/// Three files: `report.PDF` of user 1 on account 5, `a_b%c.txt` of user 2 on nothing, `photo.png` of user 2 on ticket 5.
async fn three(desk: &Desk) -> [i64; 3] {
    let other = desk.user(2, EVERYTHING).await;
    let report = desk.sonar.file_on("Account", 5, "report.PDF", noise(100)).await;
    desk.sonar
        .data(&format!("mutation {{ updateFile(id: {report}, input: {{description: \"Yearly Sum\"}}) {{ id }} }}"))
        .await;
    desk.pass(Duration::from_secs(24 * 3600));
    let odd = other.file("a_b%c.txt", noise(50)).await;
    desk.pass(Duration::from_secs(24 * 3600));
    let photo = other.file_on("Ticket", 5, "photo.png", png()).await;
    desk.sonar.data(&format!("mutation {{ updateFile(id: {photo}, input: {{primary_image: true}}) {{ id }} }}")).await;
    [report, odd, photo]
}

fn text(attribute: &str, value: &str, more: &str) -> String {
    format!("{{string_fields: [{{attribute: \"{attribute}\", search_value: {}, {more}}}]}}", json!(value))
}

async fn s17_an_unknown_attribute_is_named_together_with_those_that_there_are(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.sonar.file("a.txt", "x").await;
    let wrong = "password_hash";
    for (args, field) in [
        (format!("search: {}", text(wrong, "x", "match: true")), "search.0.string_fields.0.attribute"),
        (
            format!("search: [{{integer_fields: [{{attribute: \"{wrong}\", search_value: 1, operator: EQ}}]}}]"),
            "search.0.integer_fields.0.attribute",
        ),
        (
            format!("search: [{{boolean_fields: [{{attribute: \"{wrong}\", search_value: true, operator: EQ}}]}}]"),
            "search.0.boolean_fields.0.attribute",
        ),
        (format!("search: [{{exists: [\"{wrong}\"]}}]"), "search.0.exists.0"),
        (format!("search: [{{unset_fields: [\"id\", \"{wrong}\"]}}]"), "search.0.unset_fields.1"),
        (
            format!("sorter: [{{attribute: \"id\", direction: ASC}}, {{attribute: \"{wrong}\", direction: ASC}}]"),
            "sorter.1.attribute",
        ),
        ("sorter: [{attribute: \"account_no\", direction: ASC}]".to_owned(), "sorter.0.attribute"),
        ("sorter: [{attribute: \"\", direction: ASC}]".to_owned(), "sorter.0.attribute"),
    ] {
        let told = desk.sonar.ask_graph(&format!("{{ files({args}) {{ entities {{ id }} }} }}")).await;
        let said = told.invalid(field).to_owned();
        assert!(["id", "filename", "mime_type"].iter().all(|known| said.contains(known)), "{args}: {said}");
        assert!(!args.contains(wrong) || said.contains(wrong), "{args}: {said}");
    }
    desk.stop().await;
}

async fn s18_letters_are_found_in_either_case_and_no_sign_is_a_wildcard(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let found = async |value: &str, more: &str| desk.sonar.found(&text("filename", value, more)).await;
    for value in ["report.PDF", "REPORT.pdf", "Report.Pdf"] {
        assert_eq!(found(value, "match: true, partial_matching: false").await, [report]);
        assert_eq!(found(value, "match: true").await, [report], "a part is what is looked for by default");
        assert_eq!(found(value, "match: false, partial_matching: false").await, [odd, photo]);
    }
    assert_eq!(found("REP", "match: true").await, [report]);
    assert_eq!(found("rep", "match: true, partial_matching: false").await, [0_i64; 0]);
    assert_eq!(found("rep", "match: false, partial_matching: true").await, [odd, photo]);
    assert_eq!(found(".P", "match: true").await, [report, photo]);
    for (value, wanted) in [
        ("%", vec![odd]),
        ("_", vec![odd]),
        ("a_b", vec![odd]),
        ("b%c", vec![odd]),
        ("rep%", vec![]),
        ("r_port", vec![]),
        ("*", vec![]),
        ("\\", vec![]),
    ] {
        assert_eq!(found(value, "match: true").await, wanted, "{value:?}");
        assert_eq!(desk.sonar.list(&format!("(general_search: {})", json!(value))).await, wanted, "{value:?}");
    }
    assert_eq!(found("", "match: true").await, [report, odd, photo], "no letters are part of every name");
    desk.stop().await;
}

async fn s19_a_general_search_looks_at_name_description_and_type(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    for (value, wanted) in [
        ("REPORT", vec![report]),
        ("yearly", vec![report]),
        ("image/", vec![photo]),
        ("c.txt", vec![odd]),
        ("Account", vec![]),
        ("nothing of this", vec![]),
    ] {
        for mode in ["", ", general_search_mode: ROOT", ", general_search_mode: ROOT_PLUS_RELATIONS"] {
            assert_eq!(desk.sonar.list(&format!("(general_search: \"{value}\"{mode})")).await, wanted, "{value}{mode}");
        }
    }
    let and = "(general_search: \"p\", mime_type: \"image/png\")";
    assert_eq!(desk.sonar.list(and).await, [photo], "it stands beside the other conditions");
    desk.stop().await;
}

async fn s19_with_relations_it_looks_at_the_uploader_too(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let data = desk.sonar.data(&format!("{{ files(id: {odd}) {{ entities {{ user {{ name username }} }} }} }}")).await;
    let user = &data["files"]["entities"][0]["user"];
    for word in [&user["name"], &user["username"]] {
        let list = |mode: &str| format!("(general_search: {word}, general_search_mode: {mode})");
        assert_eq!(desk.sonar.list(&list("ROOT_PLUS_RELATIONS")).await, [odd, photo], "{word}");
        assert_eq!(desk.sonar.list(&list("ROOT")).await, [0_i64; 0], "{word}");
        assert!(!desk.sonar.list(&list("ROOT_PLUS_RELATIONS")).await.contains(&report));
    }
    desk.stop().await;
}

async fn related(sonar: &Sonar, filters: &str) -> Vec<i64> {
    sonar.list(&format!("(reverse_relation_filters: {filters})")).await
}

async fn s20_files_are_chosen_by_their_user_and_their_owner(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let by = |relation: &str, attribute: &str, value: i64| {
        let search = format!("{{integer_fields: {{attribute: \"{attribute}\", search_value: {value}, operator: EQ}}}}");
        format!("{{relation: \"{relation}\", search: {search}}}")
    };
    assert_eq!(related(&desk.sonar, &by("user", "id", 2)).await, [odd, photo]);
    assert_eq!(related(&desk.sonar, &by("user", "id", 1)).await, [report]);
    assert_eq!(related(&desk.sonar, &by("user", "id", 77)).await, [0_i64; 0]);
    assert_eq!(related(&desk.sonar, &by("fileable", "id", 5)).await, [report, photo]);
    assert_eq!(related(&desk.sonar, "{relation: \"fileable\", group: \"1\", is_empty: false}").await, [report, photo]);
    assert_eq!(related(&desk.sonar, "{relation: \"fileable\", is_empty: true}").await, [odd]);
    assert_eq!(related(&desk.sonar, "[{relation: \"user\"}]").await, [report, odd, photo]);
    let inside = format!("{{reverse_relation_filters: {}}}", by("fileable", "id", 5));
    assert_eq!(desk.sonar.found(&inside).await, [report, photo], "it may stand inside of a search");
    desk.stop().await;
}

async fn s20_other_relations_are_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    three(&desk).await;
    for (filters, field) in [
        ("{relation: \"tasks\"}", "reverse_relation_filters.0.relation"),
        ("[{relation: \"user\"}, {relation: \"logs\"}]", "reverse_relation_filters.1.relation"),
        ("{relation: \"\"}", "reverse_relation_filters.0.relation"),
        ("{relation: \"user.role\"}", "reverse_relation_filters.0.relation"),
    ] {
        let query = format!("{{ files(reverse_relation_filters: {filters}) {{ entities {{ id }} }} }}");
        let told = desk.sonar.ask_graph(&query).await;
        let said = told.invalid(field);
        assert!(said.contains("user") && said.contains("fileable"), "{said}");
    }
    desk.stop().await;
}

async fn within_one_search_all_must_hold_and_of_several_one(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let name = |value: &str| format!("{{attribute: \"filename\", search_value: \"{value}\", match: true}}");
    let size = |value: usize| format!("{{attribute: \"file_size_in_bytes\", search_value: {value}, operator: EQ}}");
    let both = format!("[{{string_fields: [{}, {}]}}]", name("report"), name("pdf"));
    assert_eq!(desk.sonar.found(&both).await, [report]);
    let none = format!("[{{string_fields: [{}, {}]}}]", name("report"), name("photo"));
    assert_eq!(desk.sonar.found(&none).await, [0_i64; 0]);
    let either = format!("[{{string_fields: [{}]}}, {{string_fields: [{}]}}]", name("report"), name("photo"));
    assert_eq!(desk.sonar.found(&either).await, [report, photo]);
    let kinds = format!("[{{string_fields: [{}], integer_fields: [{}]}}]", name("report"), size(100));
    assert_eq!(desk.sonar.found(&kinds).await, [report]);
    let kinds = format!("[{{string_fields: [{}], integer_fields: [{}]}}]", name("report"), size(50));
    assert_eq!(desk.sonar.found(&kinds).await, [0_i64; 0]);
    let kinds = format!("[{{string_fields: [{}]}}, {{integer_fields: [{}]}}]", name("report"), size(50));
    assert_eq!(desk.sonar.found(&kinds).await, [report, odd]);
    desk.stop().await;
}

async fn every_kind_of_field_is_compared_by_every_operator(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let all = [report, odd, photo];
    let wanted =
        |which: [bool; 3]| -> Vec<i64> { all.into_iter().zip(which).filter_map(|(no, is)| is.then_some(no)).collect() };
    // Of each operator: whether the first, the second and the third are found when the second is compared with.
    let operators = [
        ("GTE", [false, true, true]),
        ("GT", [false, false, true]),
        ("LTE", [true, true, false]),
        ("LT", [true, false, false]),
        ("EQ", [false, true, false]),
        ("NEQ", [true, false, true]),
    ];
    for (operator, which) in operators {
        let search = format!("{{integer_fields: {{attribute: \"id\", search_value: {odd}, operator: {operator}}}}}");
        assert_eq!(desk.sonar.found(&search).await, wanted(which), "{search}");
        let search =
            format!("{{integer_fields: {{attribute: \"id\", search_value: \"{odd}\", operator: {operator}}}}}");
        assert_eq!(desk.sonar.found(&search).await, wanted(which), "{search}");
        let search = format!(
            "{{datetime_fields: {{attribute: \"created_at\", search_value: \"2026-02-01T12:00:00+00:00\", operator: {operator}}}}}"
        );
        assert_eq!(desk.sonar.found(&search).await, wanted(which), "{search}");
        let search = format!(
            "{{date_fields: {{attribute: \"created_at\", search_value: \"2026-02-01\", operator: {operator}}}}}"
        );
        assert_eq!(desk.sonar.found(&search).await, wanted(which), "{search}: a day is all of its hours");
        let search = format!(
            "{{float_fields: {{attribute: \"file_size_in_bytes\", search_value: 50.0, operator: {operator}}}}}"
        );
        let sizes = [100.0, 50.0, png().len() as f64];
        let holds = |size: f64| match operator {
            "GTE" => size >= 50.0,
            "GT" => size > 50.0,
            "LTE" => size <= 50.0,
            "LT" => size < 50.0,
            "EQ" => size == 50.0,
            _ => size != 50.0,
        };
        assert_eq!(desk.sonar.found(&search).await, wanted(sizes.map(holds)), "{search}");
    }
    for (operator, value, which) in [
        ("EQ", true, [false, false, true]),
        ("EQ", false, [true, true, false]),
        ("NEQ", true, [true, true, false]),
        ("NEQ", false, [false, false, true]),
    ] {
        let search = format!(
            "{{boolean_fields: {{attribute: \"primary_image\", search_value: {value}, operator: {operator}}}}}"
        );
        assert_eq!(desk.sonar.found(&search).await, wanted(which), "{search}");
    }
    let silent = "{boolean_fields: {attribute: \"primary_image\", search_value: true}}";
    assert_eq!(desk.sonar.found(silent).await, [photo], "without an operator it is EQ");
    desk.stop().await;
}

async fn what_is_set_and_what_is_not_is_found(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    for (search, wanted) in [
        ("{exists: \"description\"}", vec![report]),
        ("{unset_fields: \"description\"}", vec![odd, photo]),
        ("{exists: [\"fileable_id\"]}", vec![report, photo]),
        ("{exists: [\"fileable_type\", \"description\"]}", vec![report]),
        ("{unset_fields: [\"fileable_id\"]}", vec![odd]),
        ("{unset_fields: [\"fileable_id\", \"description\"]}", vec![odd]),
        ("{exists: \"id\"}", vec![report, odd, photo]),
        ("{exists: \"user_id\"}", vec![report, odd, photo]),
        ("{unset_fields: \"id\"}", vec![]),
        ("{exists: \"fileable_id\", unset_fields: \"description\"}", vec![photo]),
    ] {
        assert_eq!(desk.sonar.found(search).await, wanted, "{search}");
    }
    desk.stop().await;
}

async fn reverse_relation_filters_of_a_group_must_all_hold_and_of_several_groups_one(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [report, odd, photo] = three(&desk).await;
    let user = |no: i64, group: &str| {
        let search = format!("{{integer_fields: {{attribute: \"id\", search_value: {no}, operator: EQ}}}}");
        format!("{{relation: \"user\", search: {search}, group: \"{group}\"}}")
    };
    let owned =
        |is_empty: bool, group: &str| format!("{{relation: \"fileable\", is_empty: {is_empty}, group: \"{group}\"}}");
    let list = |one: String, other: String| format!("[{one}, {other}]");
    assert_eq!(related(&desk.sonar, &list(user(2, "1"), owned(false, "1"))).await, [photo]);
    assert_eq!(related(&desk.sonar, &list(user(2, "1"), owned(true, "1"))).await, [odd]);
    assert_eq!(related(&desk.sonar, &list(user(1, "1"), owned(true, "2"))).await, [report, odd]);
    assert_eq!(related(&desk.sonar, &list(user(1, "1"), owned(true, "1"))).await, [0_i64; 0]);
    desk.stop().await;
}

async fn a_search_of_nothing_finds_everything(setup: Setup) {
    let desk = Desk::open(setup).await;
    let all = three(&desk).await;
    for args in [
        "(search: [])",
        "(search: null)",
        "(search: [{}])",
        "(search: [null])",
        "(search: {string_fields: []})",
        "(search: {string_fields: null})",
        "(sorter: [])",
        "(sorter: [null])",
        "(reverse_relation_filters: [])",
        "(general_search: \"\")",
        "(general_search: null)",
    ] {
        assert_eq!(desk.sonar.list(args).await, all, "{args}");
    }
    desk.stop().await;
}
