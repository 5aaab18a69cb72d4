//! The scripts that people write to get all of their files out of REST v1: page after page by `next`, each file with its
//! content, and a table whose head is the first record.

use super::{Site, on_both};
use attache_tests::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const GET: &str = "
GET {target} HTTP/1.1
Host: {host}
User-Agent: python-requests/2.31.0
Accept-Encoding: gzip, deflate
Accept: application/json, */*
Authorization: Bearer {token}
content-type: application/json
";

const POST: &str = "
POST /crm/rest/v1/files HTTP/1.1
Host: {host}
User-Agent: python-requests/2.31.0
X-Keap-API-Key: {token}
Content-Type: application/json
Content-Length: {length}

";

async fn get(site: &Site, target: &str) -> Answer {
    site.replay(GET, &[("target", target)]).await
}

/// Puts a file in; the id of the contact comes as a text, and nothing is said of the public, as people write it.
async fn put(site: &Site, name: &str, content: &[u8]) {
    let body = json!({"file_name": name, "file_data": STANDARD.encode(content), "contact_id": "7", "file_association": "CONTACT"});
    site.replay(&format!("{POST}{body}"), &[]).await.expect(200);
}

fn names(record: &Value) -> Vec<&String> {
    record.as_object().unwrap().keys().collect()
}

#[tokio::test]
async fn an_export_gets_every_file_and_comes_to_an_end() {
    on_both(async |site| {
        let contents: Vec<Vec<u8>> = (0..5).map(|at| vec![b'a' + at; usize::from(at) * 1000]).collect();
        for (at, content) in contents.iter().enumerate() {
            put(&site, &format!("{at}.txt"), content).await;
        }
        let (mut records, mut pages) = (Vec::new(), 0);
        let mut target = "/crm/rest/v1/files?limit=2".to_owned();
        loop {
            let page = get(&site, &target).await.expect(200);
            let files = page["files"].as_array().unwrap();
            if files.is_empty() {
                break;
            }
            records.extend(files.iter().cloned());
            pages += 1;
            assert!(pages < 10, "{target}");
            let next = page["next"].as_str().expect("a next page, always");
            target = next.strip_prefix(&format!("http://{}", site.host)).expect(next).to_owned();
        }
        assert_eq!((records.len(), pages), (5, 3));
        for (record, content) in records.iter().zip(&contents) {
            // A column that the head does not have would end the script.
            assert_eq!(names(record), names(&records[0]));
            let one = get(&site, &format!("/crm/rest/v1/files/{}?optional_properties=file_data", record["id"]))
                .await
                .expect(200);
            assert_eq!(&STANDARD.decode(one["file_data"].as_str().unwrap()).unwrap(), content);
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_ends_a_script_with_the_gateways_words() {
    on_both(async |site| {
        let wrong = Site { host: site.host.clone(), token: "KeapAK-0000".into() };
        let fault = get(&wrong, "/crm/rest/v1/files").await.expect(401);
        assert_eq!(fault["fault"]["detail"]["errorcode"], "keymanagement.service.invalid_access_token");
    })
    .await;
}
