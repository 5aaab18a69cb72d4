//! The examples of `docs/sonar.md`, run as they are printed. The one of PHP is not: its library is in no registry that tests
//! could take it from.

use super::desk::{EVERYTHING, GRAPHQL};
use crate::PROGRAM;
use crate::clients::{installed, node, python};
use crate::page::{at, blocks, example, has_python3, pasted, started};
use attache_tests::{Ask, Client, Home, Process, said};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../docs/sonar.md");

/// What is on a record, by our own API, by title.
async fn on(record: &str, client: &Client) -> Vec<Value> {
    let listed = client.get(&format!("/v1/records/{record}/files")).ask().await.expect(200);
    let mut files: Vec<Value> = listed["items"].as_array().unwrap().iter().map(|item| item["file"].clone()).collect();
    files.sort_by_key(|file| file["title"].as_str().unwrap().to_owned());
    files
}

/// The titles of files, which must have the bytes of a file of the reader's.
async fn titles(files: &[Value], sent: &str, home: &Home, client: &Client) -> Vec<String> {
    let sent = std::fs::read(home.path().join(sent)).unwrap();
    for file in files {
        assert!(crate::native::content(client, file).await == sent, "the bytes are others");
    }
    files.iter().map(|file| file["title"].as_str().unwrap().to_owned()).collect()
}

/// A reader's folder with a file to send, a server, and a token.
fn prepared() -> (Home, Process, String) {
    let (home, server) = started();
    std::fs::write(home.path().join("upload.pdf"), crate::native::noise(1, 200_000)).unwrap();
    let token = server.client(PROGRAM, EVERYTHING).token().unwrap().to_owned();
    (home, server, token)
}

#[test]
fn no_example_of_the_page_is_in_a_language_that_is_not_looked_at() {
    let opened = PAGE.lines().filter(|line| line.starts_with("```") && *line != "```").count();
    let known: usize =
        ["sh", "graphql", "python", "js", "php"].iter().map(|language| blocks(PAGE, language).len()).sum();
    assert_eq!(opened, known);
}

#[tokio::test]
async fn the_commands_of_the_page_put_files_on_an_account_and_get_those_of_a_ticket_reply() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    let client = server.client(PROGRAM, "all");
    let account = on("account/1", &client).await;
    assert_eq!(titles(&account, "myFile.pdf", &home, &client).await, ["myFile.pdf", "signed.pdf"]);
    assert_eq!(account[1]["description"], "Signed by the landlord");
    let reply = on("ticket_reply/49", &client).await;
    assert_eq!(titles(&reply, "form.pdf", &home, &client).await, ["Wireless Landlord form.pdf"]);
    // Each answer that the page prints or leads to; numbers are this server's.
    let (no, id) = (&reply[0]["no"], reply[0]["id"].as_str().unwrap());
    for said in [
        r#"{"data":{"linkFileToEntity":{"id":"1"}}}"#.to_owned(),
        r#""filename":"signed.pdf","stored":true,"failure_message":null}]}"#.to_owned(),
        r#"{"data":{"linkFileToEntity":{"id":"49"}}}"#.to_owned(),
        format!(r#"{{"data":{{"files":{{"entities":[{{"id":"{no}","filename":"Wireless Landlord form.pdf"}}]}}}}}}"#),
        format!(r#""id":"{id}""#),
        r#""name":"Wireless Landlord form""#.to_owned(),
    ] {
        assert!(out.contains(&said), "{said} is not in {out}");
    }
}

#[tokio::test]
async fn the_queries_of_the_page_are_answered() {
    let (_home, server, token) = prepared();
    let client = server.client(PROGRAM, "all").with_token(Some(token));
    let queries = blocks(PAGE, "graphql");
    assert_eq!(queries.len(), 2);
    for query in queries {
        let told = client.post(GRAPHQL).json(&json!({ "query": query })).ask().await.expect(200);
        assert!(told.get("errors").is_none() && told["data"]["files"].is_object(), "{query}: {told}");
    }
}

#[tokio::test]
async fn the_python_scripts_of_the_page_link_a_file_and_list_it() {
    if !installed(python(&["-c", "import gql, sonar_software_api"]), "gql and sonar-software-api") {
        return;
    }
    let (home, server, token) = prepared();
    let client = server.client(PROGRAM, "all");
    let scripts = blocks(PAGE, "python");
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        let mut run = python(&["-c", &at(&script, &server)]);
        let out = said(&run.current_dir(home.path()).env("TOKEN", &token).output().unwrap());
        let ticket = on("ticket/7", &client).await;
        assert_eq!(titles(&ticket, "upload.pdf", &home, &client).await, ["upload.pdf"]);
        assert_eq!(out.trim(), format!("{} upload.pdf 200000", ticket[0]["no"]));
    }
}

#[tokio::test]
async fn the_node_script_of_the_page_links_a_file_and_lists_it() {
    if !installed(node(&["-e", "require.resolve('graphql-request')"]), "graphql-request") {
        return;
    }
    let (home, server, token) = prepared();
    let client = server.client(PROGRAM, "all");
    // Imports come first whatever stands before them, so the client is found where it is and the file where it is.
    let script = format!("process.chdir({})\n{}", json!(home.path()), example(PAGE, "js", &server));
    let out = said(&node(&["--input-type=module", "-e", &script]).env("TOKEN", token).output().unwrap());
    let ticket = on("ticket/7", &client).await;
    assert_eq!(titles(&ticket, "upload.pdf", &home, &client).await, ["upload.pdf"]);
    assert_eq!(out.trim(), format!("{} upload.pdf 200000", ticket[0]["no"]));
}
