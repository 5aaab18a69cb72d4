//! Ruby: infusionsoft 1.4.1 on the standard library's XMLRPC::Client, with a key at an app's address and with OAuth.

use super::{Site, faulted, on_both, simple};
use attache_tests::Answer;

const CALL: &str = "
POST {target} HTTP/1.1
User-Agent: Infusionsoft-1.4.1 (RubyGem)
Content-Type: text/xml; charset=utf-8
Content-Length: {length}
Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3
Accept: */*
Host: {host}

<?xml version=\"1.0\" ?><methodCall><methodName>{method}</methodName><params>\
<param><value><string>{token}</string></value></param>{params}</params></methodCall>
";

const TARGETS: [&str; 2] = ["/api/xmlrpc", "/crm/xmlrpc/v1?access_token={token}"];

fn text(value: &str) -> String {
    format!("<param><value><string>{value}</string></value></param>")
}

fn int(value: &str) -> String {
    format!("<param><value><i4>{value}</i4></value></param>")
}

fn list(values: &[&str]) -> String {
    let items: String = values.iter().map(|value| format!("<value><string>{value}</string></value>")).collect();
    format!("<param><value><array><data>{items}</data></array></value></param>")
}

async fn call(site: &Site, target: &str, method: &str, params: &[String]) -> Answer {
    let answer = site.replay(CALL, &[("target", target), ("method", method), ("params", &params.concat())]).await;
    // The client refuses to read what is of another type.
    assert!(answer.header("content-type").starts_with("text/xml"), "{}", answer.header("content-type"));
    answer
}

#[tokio::test]
async fn all_file_and_data_calls_of_the_ruby_gem_are_answered() {
    on_both(async |site| {
        for target in TARGETS {
            let call = async |method: &str, params: &[String]| call(&site, target, method, params).await;
            // Its base64 has line breaks.
            let lines = format!("{}\n{}\n", "YWJj".repeat(15), "YWJj");
            let id = simple(&call("FileService.uploadFile", &[int("7"), text("notes.csv"), text(&lines)]).await);
            assert_eq!(simple(&call("FileService.getFile", &[int(&id)]).await), "YWJj".repeat(16));
            assert!(simple(&call("FileService.getDownloadUrl", &[int(&id)]).await).contains("-v2"));
            assert_eq!(simple(&call("FileService.renameFile", &[int(&id), text("b.csv")]).await), "1");
            assert_eq!(simple(&call("FileService.replaceFile", &[int(&id), text("ZA==\n")]).await), "1");

            let where_id = format!("<param><value><struct><member><name>Id</name><value><i4>{id}</i4></value></member></struct></value></param>");
            let table = [text("FileBox"), int("1000"), int("0")];
            let row = format!("<struct><member><name>Id</name><value><i4>{id}</i4></value></member></struct>");
            for (method, rest) in [("DataService.query", vec![where_id]), ("DataService.findByField", vec![text("Id"), int(&id)])] {
                let rows = call(method, &[&table[..], &rest, &[list(&["Id"])]].concat()).await.text();
                assert!(rows.contains(&format!("<array><data><value>{row}</value></data></array>")), "{rows}");
            }
            let loaded = call("DataService.load", &[text("FileBox"), int(&id), list(&["FileName", "FileSize"])]).await.text();
            assert!(loaded.contains("b.csv") && loaded.contains("<i4>1</i4>"), "{loaded}");
            let none = call("DataService.findByField", &[&table[..], &[text("Id"), int("2147483647"), list(&["Id"])]].concat()).await;
            assert!(none.text().contains("<array><data/></array>"), "{}", none.text());
        }
    })
    .await;
}

#[tokio::test]
async fn the_ruby_gems_exceptions_are_told_by_their_numbers() {
    on_both(async |site| {
        let at = TARGETS[0];
        let fields = list(&["Colour"]);
        for (code, method, params) in [
            (5, "FileService.getFile", vec![int("2147483647")]),
            (7, "DataService.add", vec![text("FileBox"), "<param><value><struct></struct></value></param>".into()]),
            (9, "DataService.load", vec![text("Nothing"), int("1"), list(&["Id"])]),
            (10, "DataService.findByField", vec![text("FileBox"), int("1"), int("0"), text("Id"), int("1"), fields]),
            (11, "DataService.findByField", vec![text("FileBox"), int("1"), int("0"), text("Id"), int("1"), list(&[])]),
            (12, "FileService.uploadFile", vec![int("7"), text("a/b.txt"), text("YWJj")]),
        ] {
            faulted(&call(&site, at, method, &params).await, code);
        }
        let wrong = Site { host: site.host.clone(), token: "0123456789abcdef".into() };
        faulted(&call(&wrong, at, "FileService.getFile", &[int("1")]).await, 2);
    })
    .await;
}
