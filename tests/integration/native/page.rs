//! The examples of `docs/api.md`, run as they are printed.

use crate::PROGRAM;
use crate::page::{has_python3, pasted, started};
use attache_tests::Ask;

const PAGE: &str = include_str!("../../../docs/api.md");

#[tokio::test]
async fn the_commands_of_the_page_put_a_file_on_a_record_and_share_it() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);

    let (_, link) = out.split_once(r#"{"url":""#).expect("a link is made");
    let client = server.client(PROGRAM, "all");
    let sent = std::fs::read(home.path().join("lease.pdf")).unwrap();
    assert!(client.get(link.split('"').next().unwrap()).ask().await.body == sent, "{out}");
    assert_eq!(super::names(&client, "/v1/files?name=scan.pdf").await, ["scan.pdf"]);
    let listed = client.get("/v1/records/contact/42/files").ask().await.expect(200);
    let [only] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!(only["file"]["path"], "/contracts/2026/lease.pdf");
    assert!(super::content(&client, &only["file"]).await == sent, "the bytes are others");
}
