//! Files with an end, by a clock that the tests hold.

use super::*;
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_ttl_is_a_calendar_period_from_the_upload() {
    let desk = Desk::with_held_clock().await;
    for (ttl, end) in [
        ("P1D", "2026-02-01T12:00:00Z"),
        ("P2W", "2026-02-14T12:00:00Z"),
        ("P1M", "2026-02-28T12:00:00Z"),
        ("p3m", "2026-04-30T12:00:00Z"),
        ("P1Y", "2027-01-31T12:00:00Z"),
        ("P1M1W1D", "2026-03-08T12:00:00Z"),
    ] {
        let file = desk.hubspot.put_with("/f/a.txt", b"1", json!({"ttl": ttl})).await;
        let same = desk.hubspot.put_with("/f/a.txt", b"1", json!({"expiresAt": end})).await;
        assert!(file["expiresAt"].is_i64());
        assert_eq!(file["expiresAt"], same["expiresAt"], "{ttl}");
    }
}

#[tokio::test]
async fn an_end_of_one_day_and_of_one_year_is_taken_and_a_bit_outside_is_not() {
    let desk = Desk::with_held_clock().await;
    let upload = |options| desk.hubspot.upload(Form::new().file("a.txt", "1").options(&options));
    for ttl in ["P1D", "P365D", "P12M", "P1Y"] {
        upload(json!({"ttl": ttl})).await.expect(201);
    }
    for ttl in ["P0D", "P366D", "P13M", "P1Y1D", "P53W"] {
        refused_at(&upload(json!({"ttl": ttl})).await, 400, "options.ttl");
    }
    let now = crate::desk::BEGIN.millis();
    upload(json!({"expiresAt": now + 1})).await.expect(201);
    refused_at(&upload(json!({"expiresAt": now})).await, 400, "options.expiresAt");
}

#[tokio::test]
async fn a_file_is_gone_for_everybody_at_the_instant_of_its_end() {
    for desk in Desk::on_both().await {
        let options = json!({"ttl": "P1D", "access": "PUBLIC_INDEXABLE"});
        let file = desk.hubspot.put_with("/f/a.txt", b"1", options).await;
        let path = format!("/files/{}", id(&file));
        desk.pass(DAY - MILLISECOND);
        let signed = desk.hubspot.get(&format!("{path}/signed-url")).await.expect(200);
        assert_eq!(desk.hubspot.get(&path).await.status, 200);
        assert_eq!(desk.hubspot.found("files", "").await, ["a.txt"]);
        desk.pass(MILLISECOND);
        for gone in [path.as_str(), &format!("{path}/download"), &format!("{path}/signed-url"), "/files/stat/f/a.txt"] {
            assert_eq!(desk.hubspot.get(gone).await.status, 404, "{gone}");
        }
        assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
        for url in [&file["url"], &signed["url"]] {
            assert_eq!(desk.anybody(url.as_str().unwrap()).await.status, 404, "{url}");
        }
        assert_eq!(desk.hubspot.patch(&path, json!({"clearExpires": true})).await.status, 404, "it does not come back");
        assert_eq!(desk.hubspot.put("/f/a.txt", b"2").await["path"], "/f/a.txt", "its name is free");
    }
}

#[tokio::test]
async fn an_end_that_was_moved_or_removed_counts() {
    let desk = Desk::with_held_clock().await;
    let put = async |name: &str| desk.hubspot.put_with(&format!("/f/{name}"), b"1", json!({"ttl": "P1D"})).await;
    let (later, never, replaced) = (put("later.txt").await, put("never.txt").await, put("replaced.txt").await);
    let change = |file: &serde_json::Value, input| {
        let path = format!("/files/{}", id(file));
        let hubspot = desk.hubspot.clone();
        async move { hubspot.patch(&path, input).await.expect(200) }
    };
    change(&later, json!({"expiresAt": "2026-02-02T12:00:00Z"})).await;
    change(&never, json!({"clearExpires": true})).await;
    desk.hubspot.replace(id(&replaced), Form::of("a", "2")).await.expect(200);
    desk.pass(DAY);
    assert_eq!(desk.hubspot.found("files", "sort=name").await, ["later.txt", "never.txt"]);
    desk.pass(DAY);
    assert_eq!(desk.hubspot.found("files", "").await, ["never.txt"]);
}

#[tokio::test]
async fn a_replacement_can_set_an_end_by_ttl_and_by_moment() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let replace = async |options| {
        let form = Form::new().file("a.txt", "2").options(&options);
        desk.hubspot.replace(id(&file), form).await.expect(200)["expiresAt"].as_i64()
    };
    let now = crate::desk::BEGIN.millis();
    assert_eq!(replace(json!({"ttl": "P1D"})).await, Some(now + 86_400_000));
    assert_eq!(replace(json!({"expiresAt": "2026-03-01T00:00:00Z"})).await, Some(1_772_323_200_000));
    assert_eq!(replace(json!({})).await, Some(1_772_323_200_000), "none given, none changed");
}
