//! The examples of `docs/tus.md`, run as they are printed.

use crate::PROGRAM;
use crate::clients::{installed, node, python};
use crate::page::{example, pasted, started};
use attache_tests::{Ask, Process, said};

const PAGE: &str = include_str!("../../../docs/tus.md");

/// What is on the record of the examples.
async fn on_the_deal(server: &Process) -> serde_json::Value {
    server.client(PROGRAM, "all").get("/v1/records/deal/42/files").ask().await.expect(200)
}

#[tokio::test]
async fn the_commands_of_the_page_put_a_file_on_a_record() {
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    assert!(out.contains("upload-offset: 100000") && out.contains("upload-offset: 300000"), "{out}");
    let id = out.lines().find_map(|line| line.strip_prefix("attache-file: ")).expect("the file is named");
    let listed = on_the_deal(&server).await;
    assert!(listed.to_string().contains(id.trim()), "{listed}");
    let content = server.client(PROGRAM, "all").get(&format!("/v1/files/{}/content", id.trim())).ask().await;
    assert!(content.body == std::fs::read(home.path().join("scan.bin")).unwrap());
}

#[tokio::test]
async fn the_function_of_the_page_sends_a_file() {
    if !installed(node(&["-e", "require.resolve('tus-js-client')"]), "tus-js-client") {
        return;
    }
    let (_home, server) = started();
    let token = server.client(PROGRAM, "files:write").token().unwrap().to_owned();
    // Node has no files of a browser; to the function they are something with a name and a type.
    let call = format!(
        "const file = Object.assign(Buffer.from('We agree.'), {{ name: 'contract.txt', type: 'text/plain' }})\n\
         console.log(await send(file, '{token}'))"
    );
    let script = format!("{}\n{call}", example(PAGE, "js", &server));
    let out = said(&node(&["--input-type=module", "-e", &script]).output().unwrap());
    let listed = on_the_deal(&server).await.to_string();
    assert!(listed.contains(out.trim()) && listed.contains("contract.txt"), "{out}\n{listed}");
}

#[tokio::test]
async fn the_script_of_the_page_sends_a_file() {
    if !installed(python(&["-c", "import tusclient"]), "tuspy") {
        return;
    }
    let (home, server) = started();
    std::fs::write(home.path().join("scan.bin"), crate::native::noise(1, 300_000)).unwrap();
    let token = server.client(PROGRAM, "files:write").token().unwrap().to_owned();
    let mut script = python(&["-c", &example(PAGE, "python", &server)]);
    let out = said(&script.current_dir(home.path()).env("TOKEN", token).output().unwrap());
    let listed = on_the_deal(&server).await.to_string();
    assert!(listed.contains(out.trim()) && listed.contains("scan.bin"), "{out}\n{listed}");
}
