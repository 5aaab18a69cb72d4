//! Many rows in one answer: no statement is run for each of them, and the largest page is given.

use super::desk::{Desk, EVERYTHING, Sonar, number, numbers, part};
use crate::native::on_both_engines;
use attache_db::testing::Steps;
use attache_tests::{Engine, Setup};
use futures_util::{StreamExt as _, stream};
use reqwest::multipart::Form;

on_both_engines!(
    a_hundred_rows_take_as_many_statements_as_one,
    what_is_not_asked_for_is_not_counted,
    a_link_of_many_files_takes_a_few_statements_for_each,
);

/// How often a request is followed: what the housekeeping runs beside it is not among its fewest statements.
const TRIES: usize = 5;

/// Most statements for each file that a link changes, all in its one commit.
const EACH: usize = 8;

/// The statements that a query runs.
async fn statements(steps: &Steps, sonar: &Sonar, query: &str) -> Vec<String> {
    let mut fewest: Option<Vec<String>> = None;
    for _ in 0..TRIES {
        steps.take();
        sonar.data(query).await;
        let ran = steps.take();
        if fewest.as_ref().is_none_or(|fewest| ran.len() < fewest.len()) {
            fewest = Some(ran);
        }
    }
    fewest.unwrap()
}

/// A hundred files of a few users on owners of their own.
async fn hundred(desk: &Desk) {
    let users = [desk.user(1, EVERYTHING).await, desk.user(2, EVERYTHING).await, desk.user(3, EVERYTHING).await];
    for no in 1..=100 {
        let kind = ["Account", "Ticket", "Job"][no % 3];
        users[no % 3].file_on(kind, no as i64, "a.txt", format!("{no}")).await;
        users[no % 3].file_on("Account", 500 + no as i64, "b.txt", format!("{no}")).await;
    }
}

async fn a_hundred_rows_take_as_many_statements_as_one(setup: Setup) {
    let desk = Desk::open(setup).await;
    hundred(&desk).await;
    let steps = Steps::follow().await;
    let owner = "fileable { __typename id ... on Account { files { entities { id } page_info { total_count } } } }";
    let sums = "files(aggregation: [{field_name: \"file_size_in_bytes\", aggregation_function: SUM}, {field_name: \"mime_type\", \
        aggregation_function: COUNT}]) { aggregations { value counts { value count } } }";
    for (what, list) in [
        ("files", "files(PAGE) { entities { id filename } }".to_owned()),
        ("users", "files(PAGE) { entities { id user { id name } } }".to_owned()),
        ("owners", "files(PAGE fileable_type: Account) { entities { id fileable { id created_at } } }".to_owned()),
        ("logs", "files(PAGE) { entities { id logs { entities { type } } } }".to_owned()),
        (
            "owners and their files",
            format!("files(PAGE fileable_type: Account) {{ entities {{ id user {{ name }} {owner} }} }}"),
        ),
        (
            "files of owners",
            "accounts(PAGE) { entities { id files { entities { id filename user { name } } } } }".to_owned(),
        ),
        ("counts of owners", "accounts(PAGE) { entities { id files { page_info { total_count } } } }".to_owned()),
        ("sums of owners", format!("accounts(PAGE) {{ entities {{ id {sums} }} }}")),
        (
            "owners of files of owners",
            "accounts(PAGE) { entities { files { entities { fileable { id } } } } }".to_owned(),
        ),
        (
            "one file of each owner",
            "accounts(PAGE) { entities { files(paginator: {page: 1, records_per_page: 1}) { entities { id } } } }"
                .to_owned(),
        ),
    ] {
        let page = |rows: u32| {
            format!("{{ {} }}", list.replace("PAGE", &format!("paginator: {{page: 1, records_per_page: {rows}}}")))
        };
        let of = async |rows: u32| statements(&steps, &desk.sonar, &page(rows)).await;
        let (few, many) = (of(1).await, of(100).await);
        assert_eq!(few.len(), many.len(), "{what}: {few:#?}\nfor one, for a hundred\n{many:#?}");
        assert!(!few.is_empty());
        attache_tests::report(&format!("{what}: {} statements", many.len()));
    }
    drop(steps);
    desk.stop().await;
}

async fn what_is_not_asked_for_is_not_counted(setup: Setup) {
    let desk = Desk::open(setup).await;
    hundred(&desk).await;
    let steps = Steps::follow().await;
    let counting = |ran: &[String]| ran.iter().filter(|text| text.to_uppercase().contains("COUNT(*)")).count();
    let plain = statements(&steps, &desk.sonar, "{ files { entities { id } } }").await;
    assert_eq!(counting(&plain), 0, "{plain:#?}");
    let paged = statements(&steps, &desk.sonar, "{ files { page_info { total_count } } }").await;
    let whole = statements(&steps, &desk.sonar, "{ files { entities { id } page_info { total_count } } }").await;
    assert!(paged.len() <= plain.len() && whole.len() == plain.len() + 1, "{plain:#?}\n{paged:#?}\n{whole:#?}");
    drop(steps);
    desk.stop().await;
}

async fn a_link_of_many_files_takes_a_few_statements_for_each(setup: Setup) {
    let desk = Desk::open(setup).await;
    let steps = Steps::follow().await;
    let mut counts = Vec::new();
    for (owner, files) in [(1, 2), (2, 40)] {
        let mut fewest = usize::MAX;
        for again in 0..TRIES as i64 {
            let mut nos = Vec::new();
            for no in 0..files {
                nos.push(desk.sonar.file("a.txt", format!("{no}")).await);
            }
            steps.take();
            desk.sonar.link("Account", owner * 10 + again, &nos).await;
            fewest = fewest.min(steps.take().len());
        }
        counts.push((files, fewest));
    }
    drop(steps);
    attache_tests::report(&format!("files of a link and its statements: {counts:?}"));
    assert!(counts[1].1 <= counts[0].1 + 38 * EACH, "{counts:?}");
    desk.stop().await;
}

/// Files more than the largest page holds.
const MORE: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_ten_thousand_rows_are_one_page_on_sqlite() {
    one_page(Engine::Sqlite, 10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s15_as_many_rows_as_there_may_be_are_one_page_on_postgresql() {
    one_page(Engine::Postgres, 1_000).await;
}

async fn one_page(engine: Engine, most: usize) {
    let Some(setup) = Setup::new().on(engine).await else { return };
    let setup = setup.limits(|limits| limits.graphql_page = most as u64);
    let all = most + MORE;
    let desk = Desk::open(setup).await;
    let sonar = &desk.sonar;
    let forms = stream::iter(0..all / 20).map(async |form| {
        let files = (0..20).map(|no| part(&format!("{form}-{no}.txt"), format!("{form} {no}")));
        let owner = Form::new().text("fileable_type", "Account").text("fileable_id", "1");
        let told = sonar.form(files.fold(owner, |form, file| form.part("files[]", file))).await.expect(200);
        told["files"].as_array().unwrap().iter().filter(|file| file["stored"] == true).count()
    });
    let stored = forms.buffer_unordered(16).fold(0, async |sum, stored| sum + stored).await;
    assert_eq!(stored, all);
    let query = "{ files(paginator: {page: 1, records_per_page: 1000000}) { entities { id } \
        page_info { page total_pages total_count records_per_page } } }";
    let told = sonar.data(query).await["files"].clone();
    let info = serde_json::json!({ "page": 1, "total_pages": 2, "total_count": all, "records_per_page": most });
    assert_eq!(told["page_info"], info);
    let nos = numbers(&told);
    assert!(nos.len() == most && nos.is_sorted_by(|one, next| one < next));
    let rest = sonar.list(&format!("(paginator: {{page: 2, records_per_page: {most}}})")).await;
    assert_eq!(rest.len(), MORE);
    assert!(rest[0] > nos[most - 1]);
    let of_owner = sonar.data("{ accounts(id: 1, paginator: {page: 1, records_per_page: 1}) { entities { files(paginator: {page: 1, records_per_page: 10000}) { entities { id } } } } }").await;
    assert_eq!(numbers(&of_owner["accounts"]["entities"][0]["files"]), nos);
    let two = "{ files(paginator: {page: 1, records_per_page: 10000}) { entities { id filename } } }";
    assert_eq!(
        number(&sonar.data(two).await["files"]["entities"][most - 1]),
        nos[most - 1],
        "two fields of each are within the cost"
    );
    desk.stop().await;
}
