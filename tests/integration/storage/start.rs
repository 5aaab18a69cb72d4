//! A server that cannot use its store says so at its start, and what would be right.

use super::Maker;
use super::site::Site;
use attache_tests::Ask;
use attache_tests::proxy::{Fault, Rule};
use std::net::TcpListener;

async fn site() -> Option<Site> {
    Site::new(Maker::SeaweedFs, "start").await
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "'{word}' is not in: {text}");
    }
    assert!(!text.contains("attache-secret"), "{text}");
}

#[tokio::test]
async fn a_store_that_is_not_there_is_named() {
    let Some(site) = site().await else { return };
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = format!("http://127.0.0.1:{port}");
    let said = site.refusal(|command| command.env("ATTACHE_STORAGE", site.at(&nowhere)));
    says(&said, &["s3://files/", &nowhere]);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named() {
    let Some(site) = site().await else { return };
    let missing = site.changed(|bucket| bucket.name = "nobodys-bucket".into());
    let said = site.refusal(|command| command.env("ATTACHE_STORAGE", &missing));
    says(&said, &["s3://nobodys-bucket/", "NoSuchBucket"]);
}

#[tokio::test]
async fn credentials_that_are_wrong_are_told_apart_from_those_that_are_missing() {
    let Some(site) = site().await else { return };
    let said = site.refusal(|command| command.env("AWS_SECRET_ACCESS_KEY", "attache-secret-of-another"));
    says(&said, &["s3://files/", "SignatureDoesNotMatch"]);
    let said = site.refusal(|command| command.env("AWS_ACCESS_KEY_ID", "nobody"));
    says(&said, &["s3://files/", "InvalidAccessKeyId"]);
    let said = site.refusal(|command| command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY"));
    says(&said, &["AWS_ACCESS_KEY_ID"]);
}

/// The stores here take every region; Amazon's answer for another one is this.
#[tokio::test]
async fn a_region_that_is_wrong_is_told_in_the_stores_words() {
    let Some(site) = site().await else { return };
    site.proxy.rules([Rule::new(Fault::Refuse { status: 400, code: "AuthorizationHeaderMalformed" })]);
    says(&site.refusal(|command| command), &["region=us-east-1", "AuthorizationHeaderMalformed"]);
    site.proxy.rules([Rule::new(Fault::Refuse { status: 301, code: "PermanentRedirect" })]);
    says(&site.refusal(|command| command), &["region=us-east-1", "PermanentRedirect"]);
}

#[tokio::test]
async fn a_fault_that_passes_does_not_keep_a_server_from_starting() {
    let Some(site) = site().await else { return };
    site.proxy.rules([Rule::new(Fault::SLOW_DOWN).first(1), Rule::new(Fault::LoseAnswer).every(3)]);
    let server = site.start();
    assert!(!site.proxy.faults().is_empty());
    let ready = site.client(&server).get("/readyz").ask().await;
    assert_eq!(ready.status, 200, "{}", ready.text());
}

#[tokio::test]
async fn a_store_of_another_installation_is_left_alone() {
    let (Some(site), Some(other)) = (site().await, site().await) else { return };
    drop(site.start());
    let said = other.refusal(|command| command.env("ATTACHE_STORAGE", site.changed(|_| {})));
    says(&said, &["another installation", "s3://files/"]);
}
