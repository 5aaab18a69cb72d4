//! The numbers that the guide, the alerts and the dashboard name are those that a server shows.

use super::machine::deploy;
use super::page::first_cells;
use attache_tests::{Ask, Engine, TestApp};
use std::collections::BTreeSet;

/// What Prometheus itself knows of whatever it watches.
const BY_PROMETHEUS: [&str; 1] = ["up"];

/// The names of all metrics that a server shows once it has answered something well and something badly.
async fn shown(engine: Engine) -> Option<BTreeSet<String>> {
    let app = TestApp::on(engine).await?;
    let client = app.client("all").await;
    client.get("/v1/files").ask().await.expect(200);
    client.get("/v1/files/none").ask().await;
    // A request is counted when its last byte has left, which the client may see a little earlier.
    let page = loop {
        let page = app.stranger().get("/metrics").ask().await.text();
        if page.contains("attache_http_errors_total{") {
            break page;
        }
    };
    app.stop().await;
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")).filter_map(|rest| rest.split_once(' '));
    Some(
        types
            .map(|(name, kind)| match kind {
                "counter" => format!("{name}_total"),
                "info" => format!("{name}_info"),
                _ => name.to_owned(),
            })
            .collect(),
    )
}

/// The metrics' names in a query.
fn named(query: &str) -> impl Iterator<Item = String> + '_ {
    let words = query.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("attache_") || BY_PROMETHEUS.contains(word)).map(str::to_owned)
}

#[tokio::test]
async fn the_guide_lists_exactly_what_metrics_a_server_shows() {
    let listed: BTreeSet<String> = first_cells("metrics").into_iter().collect();
    for engine in [Engine::Sqlite, Engine::Postgres, Engine::Cluster] {
        let Some(shown) = shown(engine).await else { continue };
        let missing: Vec<&String> = shown.difference(&listed).collect();
        assert!(missing.is_empty(), "docs/operations.md does not have {missing:?}");
        // What is not there has no numbers.
        let absent: &[&str] = match engine {
            Engine::Sqlite => &["attache_db_", "attache_store_"],
            Engine::Postgres => &["attache_store_"],
            Engine::Cluster => &[],
        };
        let gone = listed.difference(&shown).filter(|name| !absent.iter().any(|start| name.starts_with(start)));
        let gone: Vec<&String> = gone.collect();
        assert!(gone.is_empty(), "docs/operations.md names {gone:?}, which {engine:?} does not show");
    }
}

#[test]
fn alerts_and_dashboard_ask_only_for_metrics_that_the_guide_lists() {
    let mut listed: BTreeSet<String> = first_cells("metrics").into_iter().collect();
    listed.extend(["attache_http_request_seconds_bucket"].map(str::to_owned));
    listed.extend(BY_PROMETHEUS.map(str::to_owned));
    for (file, least) in [("grafana.json", 10), ("alerts.yml", 8)] {
        let text = std::fs::read_to_string(deploy().join("monitoring").join(file)).unwrap();
        let queries = text.lines().filter(|line| !line.contains("uid") && !line.trim_start().starts_with('#'));
        let asked: BTreeSet<String> = queries.flat_map(named).collect();
        let unknown: Vec<&String> = asked.difference(&listed).collect();
        assert!(unknown.is_empty(), "{file} asks for {unknown:?}");
        assert!(asked.len() >= least, "{file}: {asked:?}");
    }
}

#[test]
fn the_dashboard_is_one_that_grafana_reads() {
    let text = std::fs::read_to_string(deploy().join("monitoring/grafana.json")).unwrap();
    let board: serde_json::Value = serde_json::from_str(&text).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let ids: BTreeSet<i64> = panels.iter().map(|panel| panel["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has a number of its own");
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty() && targets.iter().all(|target| target["expr"].is_string()), "{}", panel["title"]);
        let place = &panel["gridPos"];
        assert!(place["x"].as_i64().unwrap() + place["w"].as_i64().unwrap() <= 24, "{}", panel["title"]);
    }
}
