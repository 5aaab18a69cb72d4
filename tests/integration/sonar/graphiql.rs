//! The page for trying queries: off by default, whole without anything from elsewhere, and used in a real browser.

use super::browser::Browser;
use super::desk::EVERYTHING;
use attache_tests::{Ask as _, Client, Setup, TestApp};
use reqwest::StatusCode;

const PAGE: &str = "/graphiql";
/// The editors of the page, and what they say.
const HEADERS: &str = ".graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror";
const QUERY: &str = ".graphiql-query-editor .CodeMirror";
const RUN: &str = "button.graphiql-execute-button";
const RESULT: &str = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()";

async fn started() -> TestApp {
    Setup::new().limits(|limits| limits.sonar_graphiql = 1).start().await
}

/// The addresses that a page loads scripts and styles from.
fn loaded(page: &str) -> Vec<String> {
    let links = ["src=\"", "href=\""].into_iter().flat_map(|before| page.split(before).skip(1));
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).filter(|link| !link.starts_with("data:")).collect()
}

async fn status(client: &Client, path: &str) -> StatusCode {
    client.get(path).ask().await.status
}

#[tokio::test]
async fn there_is_no_page_unless_somebody_turns_it_on() {
    let app = TestApp::start().await;
    for path in [PAGE, "/graphiql/start.js", "/graphiql/nothing.js"] {
        let answer = app.stranger().get(path).ask().await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["category"], "request", "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_page_and_all_that_it_loads_come_from_the_server_with_their_types() {
    let app = started().await;
    let page = app.stranger().get(PAGE).ask().await;
    page.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let links = loaded(&page.text());
    assert_eq!(links.len(), 6);
    for link in &links {
        let answer = app.stranger().get(&format!("/{link}")).ask().await;
        answer.expect(200);
        let kind = if link.ends_with(".js") { "text/javascript" } else { "text/css" };
        assert_eq!(answer.header("content-type"), format!("{kind}; charset=utf-8"), "{link}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{link}");
        let packed = answer.body.starts_with(b"\x1f\x8b");
        assert_eq!(packed, answer.header("content-encoding") == "gzip", "{link}");
    }
    for none in ["/graphiql/", "/graphiql/page.html", "/graphiql/README.md", "/graphiql/start.js.gz", "/graphiql/a/b"] {
        assert_eq!(status(&app.stranger(), none).await, 404, "{none}");
    }
    app.stop().await;
}

#[tokio::test]
async fn each_page_has_a_policy_of_its_own_that_lets_nothing_in_from_elsewhere() {
    let app = started().await;
    let (one, other) = (app.stranger().get(PAGE).ask().await, app.stranger().get(PAGE).ask().await);
    let policy = one.header("content-security-policy");
    assert_ne!(policy, other.header("content-security-policy"));
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(one.text().contains(&format!("nonce=\"{nonce}\"")));
    assert_eq!(one.header("cache-control"), "no-store");
    app.stop().await;
}

#[tokio::test]
async fn somebody_types_a_token_and_a_query_and_reads_the_answer_and_nothing_leaves_the_machine() {
    let Some(browser) = Browser::open().await else { return };
    let app = started().await;
    let token = app.token("default", EVERYTHING).await;
    browser.go(&app.stranger().url(PAGE)).await;

    // Before there is a token, the page says what to do and asks nobody.
    browser.until(&format!("return {RESULT}.includes('Put your token');")).await;
    let api = app.stranger().url("/api/graphql");
    let asked = browser.requests().await;
    assert!(asked.iter().any(|url| url.ends_with("/start.js")) && !asked.contains(&api), "{asked:?}");

    // With one, it answers, and GraphiQL learns the schema with it.
    browser.click(HEADERS).await;
    browser.type_anew(&format!("{{\"Authorization\": \"Bearer {token}\"}}")).await;
    browser.click(QUERY).await;
    browser.type_anew("{ me { name } }").await;
    browser.click(RUN).await;
    let said = browser.until(&format!("const said = {RESULT}; return said.includes('\"me\"') && said;")).await;
    let said: serde_json::Value = serde_json::from_str(said.as_str().unwrap()).unwrap();
    assert_eq!(said.as_object().unwrap().len(), 1, "{said}");
    assert!(said["data"]["me"]["name"].as_str().is_some_and(|name| !name.is_empty()), "{said}");
    browser.click("button[aria-label='Show Documentation Explorer']").await;
    browser.until("return document.querySelector('.graphiql-doc-explorer')?.textContent.includes('Mutation');").await;

    // What opens over the page is styled by its nonce.
    browser.click("button[aria-label='Open settings dialog']").await;
    browser.until("return document.querySelector('.graphiql-dialog') !== null;").await;

    // The browser keeps nothing of it, the token least of all.
    let kept = browser.run("return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie]);").await;
    assert_eq!(kept, "[{},{},\"\"]");

    let asked = browser.requests().await;
    assert!(asked.contains(&api), "{asked:?}");
    let elsewhere = |url: &&String| !url.starts_with(&app.url()) && !url.starts_with("data:");
    assert_eq!(asked.iter().find(elsewhere), None);
    assert_eq!(browser.complaints().await, Vec::<String>::new());

    // That the browser would complain: a script in the page, and one of somebody else.
    for foreign in ["script.textContent = 'window.ran = true'", "script.src = 'http://elsewhere.example/a.js'"] {
        let body = format!(
            "const script = document.createElement('script'); {foreign}; document.body.append(script); \
             return window.ran ?? 'refused';"
        );
        assert_eq!(browser.run(&body).await, "refused");
        let complaints = browser.complaints().await.concat();
        assert!(complaints.contains("Content Security Policy"), "{complaints}");
    }
    app.stop().await;
}
