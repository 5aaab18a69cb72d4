//! What a search finds is what it would find among the files as they are shown: the database and the rows in memory are
//! asked the same.

use super::desk::{Client, Desk, numbers};
use crate::resolve::args::ListArgs;
use crate::resolve::condition::{Attributes, Shape};
use crate::resolve::row::{Cell, Row, found};
use crate::resolve::search::ATTRIBUTES;
use attache_model::Time;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

/// A file as it is shown.
#[derive(Clone, Debug)]
struct Shown(Value);

impl Row for Shown {
    const ATTRIBUTES: &'static Attributes = ATTRIBUTES;

    fn cell(&self, attribute: &str) -> Cell {
        let shape = ATTRIBUTES.iter().find(|(name, _)| *name == attribute).unwrap().1;
        match (&self.0[attribute], shape) {
            (Value::Null, _) => Cell::Missing,
            (Value::Bool(flag), _) => Cell::Flag(*flag),
            (value, Shape::Number) => Cell::Number(value.as_str().unwrap().parse().unwrap()),
            (value, Shape::Moment) => Cell::Moment(Time::from_timestamp(value.as_str().unwrap().parse().unwrap())),
            (value, _) => Cell::Text(value.as_str().unwrap().to_owned()),
        }
    }

    fn has(&self, _: &str) -> bool {
        true
    }
}

async fn files(client: &Client<'_>) -> Vec<Shown> {
    let names: Vec<&str> = ATTRIBUTES.iter().map(|(name, _)| *name).collect();
    let data = client.data(&format!("{{ files {{ entities {{ {} }} }} }}", names.join(" "))).await;
    data["files"]["entities"].as_array().unwrap().iter().cloned().map(Shown).collect()
}

/// Some files that differ, by two users.
async fn some(desk: &Desk) {
    let (owner, other) = (desk.owner().await, desk.user(21, attache_model::Scope::ALL).await);
    owner.put("Report.PDF", "12345", Some(("account", 5))).await;
    desk.pass(86_400);
    other.put("a_b%c.txt", "1", None).await;
    let picture = other.put("photo.png", "", Some(("ticket", 5))).await;
    desk.pass(7);
    owner.put("\u{dc}ber 100%.txt", "", Some(("ticket_reply", 12))).await;
    let input = "{description: \"Yearly_Sum 5%\", primary_image: true}";
    owner.data(&format!("mutation {{ updateFile(id: {picture}, input: {input}) {{ id }} }}")).await;
}

/// One condition with a value that some file has, or nearly.
fn condition(files: &[Shown]) -> impl Strategy<Value = (&'static str, Value)> + use<> {
    let files = files.to_vec();
    let pick = (select(files), select(ATTRIBUTES), any::<bool>(), any::<bool>(), 0_usize..4, 0_usize..8);
    let operators = select(vec!["GTE", "GT", "LTE", "LT", "EQ", "NEQ"]);
    (pick, operators).prop_map(|((file, (name, shape), is, partial, cut, way), operator)| {
        let value = &file.0[name];
        match (way, shape) {
            (0, _) => ("exists", json!(name)),
            (1, _) => ("unset_fields", json!(name)),
            (2..5, Shape::Number) => {
                let number = value.as_str().map_or(5, |text| text.parse().unwrap()) + i64::from(is);
                ("integer_fields", json!({ "attribute": name, "search_value": number, "operator": operator }))
            }
            (2..5, Shape::Moment) => {
                ("datetime_fields", json!({ "attribute": name, "search_value": value, "operator": operator }))
            }
            (5, Shape::Moment) => {
                let day = &value.as_str().unwrap()[..10];
                ("date_fields", json!({ "attribute": name, "search_value": day, "operator": operator }))
            }
            (2..5, Shape::Flag) => {
                let operator = if partial { "EQ" } else { "NEQ" };
                ("boolean_fields", json!({ "attribute": name, "search_value": is, "operator": operator }))
            }
            _ => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let cut = if partial { text.chars().skip(cut).take(3).collect() } else { text.to_uppercase() };
                // Of times only the beginning is compared.
                let cut =
                    if shape == Shape::Moment && partial { value.as_str().unwrap()[..10].to_owned() } else { cut };
                (
                    "string_fields",
                    json!({ "attribute": name, "search_value": cut, "match": is, "partial_matching": partial }),
                )
            }
        }
    })
}

fn search(conditions: Vec<(&'static str, Value)>) -> Value {
    let mut search = json!({});
    for (list, condition) in conditions {
        match search.get_mut(list).and_then(Value::as_array_mut) {
            Some(all) => all.push(condition),
            None => search[list] = json!([condition]),
        }
    }
    search
}

#[test]
fn a_search_finds_what_is_shown_so() {
    let run = Runtime::new().unwrap();
    let desk = run.block_on(Desk::open());
    run.block_on(some(&desk));
    let owner = run.block_on(desk.owner());
    let files = run.block_on(files(&owner));
    assert_eq!(files.len(), 4);
    let searches = vec(vec(condition(&files), 0..4).prop_map(search), 0..3);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(200) });
    let results = RefCell::new(BTreeSet::new());
    let told = runner.run(&searches, |searches| {
        let args: ListArgs = serde_json::from_value(json!({ "search": searches })).unwrap();
        let wanted: Vec<i64> = found(files.clone(), &args.search, "search", None)
            .unwrap()
            .iter()
            .map(|file| file.0["id"].as_str().unwrap().parse().unwrap())
            .collect();
        let query =
            "query ($search: [Search]) { files(search: $search) { entities { id } page_info { total_count } } }";
        let answer = run.block_on(owner.ask_with(query, json!({ "search": searches })));
        prop_assert_eq!(answer.get("errors"), None, "{}", answer);
        let list = &answer["data"]["files"];
        prop_assert_eq!(numbers(list), wanted.clone());
        prop_assert_eq!(&list["page_info"]["total_count"], &json!(wanted.len()));
        results.borrow_mut().insert(wanted);
        Ok(())
    });
    told.unwrap();
    assert!(results.borrow().len() > 8, "of 16 results that there can be, these were tried: {results:?}");
}
