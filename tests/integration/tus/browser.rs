//! Browsers of other sites: what they ask before an upload, and what their scripts may read.

use super::{BYTES, UPLOADS, ask, open, tus};
use attache_tests::{Answer, Ask, TestApp};
use reqwest::Method;

/// What tus clients send.
const SENT: [&str; 10] = [
    "authorization",
    "content-type",
    "tus-resumable",
    "upload-length",
    "upload-defer-length",
    "upload-offset",
    "upload-metadata",
    "upload-concat",
    "upload-checksum",
    "x-http-method-override",
];
/// What tus clients read.
const READ: [&str; 14] = [
    "location",
    "content-location",
    "attache-file",
    "upload-offset",
    "upload-length",
    "upload-defer-length",
    "upload-metadata",
    "upload-concat",
    "upload-expires",
    "tus-resumable",
    "tus-version",
    "tus-extension",
    "tus-max-size",
    "tus-checksum-algorithm",
];

fn listed(answer: &Answer, header: &str) -> Vec<String> {
    answer.header(header).split(',').map(|word| word.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn a_browser_may_send_every_method_and_header_of_the_protocol() {
    let app = TestApp::start().await;
    for path in [UPLOADS, "/v1/uploads/", "/v1/uploads/0190a5a4-5d5c-7f00-8000-00000000000a"] {
        let asked = app.stranger().request(Method::OPTIONS, path).header("Origin", "https://crm.example");
        let asked = asked.header("Access-Control-Request-Method", "PATCH");
        let answer = asked.header("Access-Control-Request-Headers", SENT.join(",")).ask().await;
        assert!([200, 204].contains(&answer.status.as_u16()), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookie is ever asked for");
        let (methods, headers) =
            (listed(&answer, "access-control-allow-methods"), listed(&answer, "access-control-allow-headers"));
        for method in ["post", "head", "patch", "delete"] {
            assert!(methods.iter().any(|allowed| allowed == method), "{method}");
        }
        for header in SENT {
            assert!(headers.iter().any(|allowed| allowed == header), "{header}");
        }
        assert_eq!(answer.header("tus-version"), "1.0.0", "it is an answer to OPTIONS like any other");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_script_may_read_every_header_of_the_protocol_in_refusals_too() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let from = |method, path: &str| tus(&client, method, path).header("Origin", "https://crm.example");
    let answers = [
        from(Method::POST, UPLOADS).header("Upload-Length", "5").ask().await,
        from(Method::HEAD, &at).ask().await,
        from(Method::PATCH, &at).header("Upload-Offset", "0").header("Content-Type", BYTES).body("hello").ask().await,
        from(Method::PATCH, &at).header("Upload-Offset", "3").header("Content-Type", BYTES).body("hello").ask().await,
        from(Method::DELETE, "/v1/uploads/none").ask().await,
        client.post(UPLOADS).header("Origin", "https://crm.example").ask().await,
        app.stranger().post(UPLOADS).header("Tus-Resumable", "1.0.0").header("Origin", "null").ask().await,
    ];
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [201, 200, 204, 409, 404, 412, 401]);
    for answer in answers {
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{answer:?}");
        let exposed = listed(&answer, "access-control-expose-headers");
        for header in READ {
            assert!(exposed.iter().any(|name| name == header), "{header} in {answer:?}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn every_header_that_is_sent_back_may_be_read() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let answer = ask(&client, &[("Upload-Length", "0"), ("Upload-Metadata", "filename YQ==")]).await;
    let seen = tus(&client, Method::HEAD, answer.header("location")).ask().await;
    // What a script may read without being told, and what is for the browser itself.
    let plain = ["cache-control", "content-length", "content-type", "date", "vary", "x-content-type-options"];
    for name in answer.headers.keys().chain(seen.headers.keys()).map(reqwest::header::HeaderName::as_str) {
        let exposed = listed(&answer, "access-control-expose-headers");
        let known =
            plain.contains(&name) || name.starts_with("access-control-") || exposed.iter().any(|own| own == name);
        assert!(known, "{name} is not exposed");
    }
    app.stop().await;
}
