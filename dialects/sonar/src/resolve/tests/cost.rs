//! What a query costs the database: as many statements for many rows as for one, and none for what nobody selected.

use super::desk::{Client, Desk};
use attache_db::testing::Steps;

/// The statements of a query, without those that let its caller in.
async fn statements(steps: &Steps, client: &Client<'_>, query: &str) -> Vec<String> {
    client.data("{ __typename }").await;
    let _ = steps.take();
    client.data(query).await;
    steps.take()
}

#[tokio::test]
async fn many_rows_cost_as_many_statements_as_one() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let steps = Steps::follow().await;
    let nested = "entities { id fileable_id fileable_type user { name } \
        fileable { id created_at ... on Account { files { entities { id user { id } fileable { id } } page_info { total_count } } } } }";
    let queries = [
        format!("{{ files {{ {nested} page_info {{ total_count }} }} }}"),
        "{ accounts { entities { id files { entities { id fileable_type user { name } fileable { id updated_at } } \
            page_info { total_count } } more: files(fileable_type: Account) { entities { id } } } } }"
            .to_owned(),
        "{ files { entities { logs { entities { id } page_info { total_count } } } } }".to_owned(),
        "{ accounts { entities { files(aggregation: {field_name: \"id\", aggregation_function: MAX}) { aggregations { value } } } } }".to_owned(),
    ];
    owner.put("a.txt", "x", Some(("account", 1))).await;
    let mut one = Vec::new();
    for query in &queries {
        one.push(statements(&steps, &owner, query).await.len());
    }
    for id in 1..=30 {
        for name in ["b.txt", "c.txt"] {
            owner.put(name, "x", Some(("account", id))).await;
        }
    }
    for (query, one) in queries.iter().zip(one) {
        let many = statements(&steps, &owner, query).await;
        // A list that does not fill its page tells its own length.
        assert!(many.len() <= one, "{one} for one and {} for many of {query}: {many:#?}", many.len());
        assert!((1..=12).contains(&one), "{query}: {one}");
    }
}

#[tokio::test]
async fn what_nobody_selected_is_not_asked_for() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let steps = Steps::follow().await;
    for name in ["a.txt", "b.txt"] {
        owner.put(name, "x", Some(("account", 1))).await;
    }
    let page = "paginator: {page: 1, records_per_page: 1}";
    let sum = "aggregation: {field_name: \"id\", aggregation_function: SUM}";
    for (query, count) in [
        (format!("{{ files({page}, {sum}) {{ entities {{ id }} }} }}"), 1),
        (format!("{{ files({page}, {sum}) {{ page_info {{ page records_per_page }} }} }}"), 0),
        (format!("{{ files({page}, {sum}) {{ page_info {{ total_count }} }} }}"), 1),
        (format!("{{ files({page}, {sum}) {{ aggregations {{ value }} }} }}"), 1),
        (
            format!(
                "{{ files({page}, {sum}) {{ entities {{ id }} page_info {{ total_pages }} aggregations {{ value }} }} }}"
            ),
            3,
        ),
        ("{ files { entities { id } page_info { total_count } } }".to_owned(), 1),
        ("{ files { ...some } } fragment some on FileConnection { page_info { page } }".to_owned(), 0),
        ("{ accounts { page_info { total_count } } }".to_owned(), 1),
        ("{ accounts { entities { id } } }".to_owned(), 1),
    ] {
        let asked = statements(&steps, &owner, &query).await;
        let reads: Vec<&String> = asked.iter().filter(|text| text.contains("SELECT")).collect();
        assert_eq!(reads.len(), count, "{query}: {asked:#?}");
    }
}
