//! The examples of `docs/keap.md`, run as they are printed. Those of PHP and Ruby are not: their libraries are in no
//! registry that tests could take them from.

use crate::PROGRAM;
use crate::clients::{installed, node, python};
use crate::page::{at, blocks, example, has_python3, pasted, started};
use attache_tests::{Ask, Home, Process, said};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../docs/keap.md");

/// What is on the contact of the examples, by our own API; each has the name that was given and the bytes that were sent.
async fn on_the_contact(home: &Home, server: &Process) -> Vec<Value> {
    let client = server.client(PROGRAM, "all");
    let listed = client.get("/v1/records/contact/7/files").ask().await.expect(200);
    let sent = std::fs::read(home.path().join("upload.pdf")).unwrap();
    let files: Vec<Value> = listed["items"].as_array().unwrap().iter().map(|item| item["file"].clone()).collect();
    for file in &files {
        assert_eq!(file["title"], "passport.pdf");
        assert!(crate::native::content(&client, file).await == sent, "the bytes are others");
    }
    files
}

/// A reader's folder with a file to send, a server, and a key.
fn prepared() -> (Home, Process, String) {
    let (home, server) = started();
    std::fs::write(home.path().join("upload.pdf"), crate::native::noise(1, 200_000)).unwrap();
    let token = server.client(PROGRAM, "keap:full").token().unwrap().to_owned();
    (home, server, token)
}

#[test]
fn no_example_of_the_page_is_in_a_language_that_is_not_looked_at() {
    let opened = PAGE.lines().filter(|line| line.starts_with("```") && *line != "```").count();
    let known: usize = ["sh", "python", "js", "php", "ruby"].iter().map(|language| blocks(PAGE, language).len()).sum();
    assert_eq!(opened, known);
}

#[tokio::test]
async fn the_commands_of_the_page_keep_a_passport_and_find_it_by_contact_and_name() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    let [file] = on_the_contact(&home, &server).await.try_into().expect("one file");
    let (no, id) = (file["no"].to_string(), file["id"].as_str().unwrap().to_owned());
    // REST v2, the rows of FileBox, our own API and HubSpot's, one after the other.
    for said in [
        format!(r#""files":[{{"id":"{no}""#),
        format!("<name>Id</name><value><i4>{no}</i4></value>"),
        format!(r#""id":"{id}""#),
        r#""name":"passport""#.to_owned(),
    ] {
        assert!(out.contains(&said), "{said} is not in {out}");
    }
    assert!(out.contains("code="), "{out}");
}

#[tokio::test]
async fn the_python_scripts_of_the_page_keep_and_find_a_passport() {
    if !installed(python(&["-c", "import keap_core_v2_client"]), "keap-core-v2-sdk") {
        return;
    }
    let (home, server, token) = prepared();
    let scripts = blocks(PAGE, "python");
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        let mut run = python(&["-c", &at(&script, &server)]);
        let out = said(&run.current_dir(home.path()).env("TOKEN", &token).output().unwrap());
        let newest = on_the_contact(&home, &server).await.into_iter().max_by_key(|file| file["no"].as_u64()).unwrap();
        let (no, id) = (newest["no"].to_string(), newest["id"].as_str().unwrap());
        assert!(out.trim() == no || out.contains(id), "{out}");
    }
    assert_eq!(on_the_contact(&home, &server).await.len(), 2);
}

#[tokio::test]
async fn the_node_script_of_the_page_keeps_and_finds_a_passport() {
    if !installed(node(&["-e", "['infusionsoft-api', 'xmlrpc'].forEach(require.resolve)"]), "infusionsoft-api") {
        return;
    }
    let (home, server, token) = prepared();
    // Imports come first whatever stands before them, so the client is found where it is and the file where it is.
    let chdir = format!("process.chdir({})", json!(home.path()));
    let script = format!("{chdir}\n{}\nconsole.log(link)", example(PAGE, "js", &server));
    let out = said(&node(&["--input-type=module", "-e", &script]).env("TOKEN", token).output().unwrap());
    let [file] = on_the_contact(&home, &server).await.try_into().expect("one file");
    assert!(out.contains(file["id"].as_str().unwrap()), "{out}");
    let got = server.client(PROGRAM, "all").with_token(None).get(out.trim()).ask().await;
    assert!(got.status == 200 && got.body == std::fs::read(home.path().join("upload.pdf")).unwrap());
}
