//! PHP: the official library of REST v1 and XML-RPC (1.6), its successor for v2, two libraries of others for v1 and v2, and
//! the one that many plugins of shops and blogs bring along.

use super::{Site, faulted, on_both, simple};
use serde_json::{Value, json};

/// `$infusionsoft->files()->create([...])`: JSON as PHP writes it, slashes and all that is not ASCII escaped.
const CREATE: &str = r#"
POST /crm/rest/v1/files/ HTTP/1.1
Content-Length: {length}
User-Agent: GuzzleHttp/7
Host: {host}
Content-Type: application/json
Accept: application/json
Authorization: Bearer {token}

{"file_name":"r\u00e9sum\u00e9 \ud83d\udcc4.txt","file_data":"\/\/\/\/","file_association":"CONTACT","contact_id":{contact},"is_public":false}"#;

/// A read or a removal.
const ASK: &str = "
{method} {target} HTTP/1.1
User-Agent: GuzzleHttp/7
Host: {host}
Content-Type: application/json
Accept: application/json
Authorization: Bearer {token}
";

/// `save()` of what was found: all that the object holds goes back.
const SAVE: &str = r#"
PUT /crm/rest/v1/files/{id} HTTP/1.1
Content-Length: {length}
User-Agent: GuzzleHttp/7
Host: {host}
Content-Type: application/json
Accept: application/json
Authorization: Bearer {token}

{"file_descriptor":{descriptor},"file_name":"renamed.txt","file_data":"\/\/8="}"#;

/// JSON as PHP writes it.
fn escaped(value: &Value) -> String {
    value.to_string().replace('/', "\\/")
}

/// A file of v1 without what is made anew for each answer: the signature of its link.
fn steady(file: &Value) -> Value {
    let mut file = file.clone();
    let link = file["download_url"].as_str().expect("a link").split('?').next().map(Value::from);
    file["download_url"] = link.into();
    file
}

async fn ask(site: &Site, method: &str, target: &str) -> attache_tests::Answer {
    site.replay(ASK, &[("method", method), ("target", target)]).await
}

#[tokio::test]
async fn the_php_library_creates_finds_saves_and_deletes() {
    on_both(async |site| {
        let made = site.replay(CREATE, &[]).await.expect(200);
        let file = &steady(&made["file_descriptor"]);
        assert_eq!((&file["file_name"], &file["file_size"]), (&json!("résumé 📄.txt"), &json!(3)));
        let at = format!("/crm/rest/v1/files/{}", file["id"]);

        let found = ask(&site, "GET", &format!("{at}?optional_properties=file_data")).await.expect(200);
        assert_eq!((&steady(&found["file_descriptor"]), &found["file_data"]), (file, &json!("////")));
        let plain = ask(&site, "GET", &format!("{at}?")).await.expect(200);
        assert_eq!((&steady(&plain["file_descriptor"]), &plain["file_data"]), (file, &Value::Null));

        let id = file["id"].to_string();
        let saved = site.replay(SAVE, &[("id", &id), ("descriptor", &escaped(file))]).await.expect(200);
        let after = &saved["file_descriptor"];
        assert_eq!(
            (&after["id"], &after["file_name"], &after["file_size"]),
            (&file["id"], &json!("renamed.txt"), &json!(2))
        );
        for kept in ["contact_id", "date_created", "public", "created_by", "remote_file_key", "file_box_type"] {
            assert_eq!(after[kept], file[kept], "{kept}");
        }

        let gone = ask(&site, "DELETE", &format!("{at}?")).await;
        assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
        let again = ask(&site, "DELETE", &format!("{at}?")).await.expect(404);
        assert_eq!(again["message"], "Unable to find this File");
    })
    .await;
}

#[tokio::test]
async fn the_php_library_asks_for_lists_counts_and_the_first() {
    on_both(async |site| {
        let none = ask(&site, "GET", "/crm/rest/v1/files?contact_id=7&limit=1").await.expect(200);
        assert_eq!((&none["count"], &none["files"]), (&json!(0), &json!([])));
        for _ in 0..3 {
            site.replay(CREATE, &[]).await.expect(200);
        }
        let named = "/crm/rest/v1/files?contact_id=7&name=r%C3%A9sum%C3%A9+%F0%9F%93%84.txt";
        assert_eq!(ask(&site, "GET", named).await.expect(200)["files"].as_array().unwrap().len(), 3);
        let first = ask(&site, "GET", "/crm/rest/v1/files?contact_id=7&limit=1").await.expect(200);
        assert_eq!((&first["count"], first["files"].as_array().unwrap().len()), (&json!(3), 1));
        assert_eq!(ask(&site, "GET", "/crm/rest/v1/files?").await.expect(200)["count"], 3);
    })
    .await;
}

#[tokio::test]
async fn older_releases_of_the_php_library_carry_the_token_in_the_query() {
    let ask =
        "GET /crm/rest/v1/files?access_token={token}&contact_id=7 HTTP/1.1\nHost: {host}\nUser-Agent: GuzzleHttp/6";
    on_both(async |site| {
        let create = CREATE.replace("Authorization: Bearer {token}\n", "");
        let create = create.replace("/files/ ", "/files/?access_token={token} ");
        site.replay(&create, &[]).await.expect(200);
        assert_eq!(site.replay(ask, &[]).await.expect(200)["count"], 1);
    })
    .await;
}

/// A call of the library's other half: the key says nothing, the header counts. A list without items is an array to PHP,
/// whether it was meant as one or as a struct.
const CALL: &str = "
POST /crm/xmlrpc/v1 HTTP/1.1
Content-Length: {length}
User-Agent: GuzzleHttp/7
Host: {host}
Content-Type: text/xml; charset=UTF-8
Authorization: Bearer {token}

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<methodCall><methodName>{method}</methodName><params>\
<param><value><string>backwards-compatability</string></value></param>{params}</params></methodCall>
";

fn text(value: &str) -> String {
    format!("<param><value><string>{value}</string></value></param>")
}

fn int(value: &str) -> String {
    format!("<param><value><int>{value}</int></value></param>")
}

async fn call(site: &Site, method: &str, params: &[String]) -> attache_tests::Answer {
    site.replay(CALL, &[("method", method), ("params", &params.concat())]).await
}

#[tokio::test]
async fn the_php_librarys_xml_half_makes_all_five_calls_and_queries() {
    on_both(async |site| {
        let made = call(&site, "FileService.uploadFile", &[int("7"), text("a &amp; b.txt"), text("YWJj")]).await;
        let id = simple(&made);
        assert_eq!(simple(&call(&site, "FileService.getFile", &[int(&id)]).await), "YWJj");
        assert!(simple(&call(&site, "FileService.getDownloadUrl", &[int(&id)]).await).starts_with("http://"));
        assert_eq!(simple(&call(&site, "FileService.replaceFile", &[int(&id), text("ZGVm")]).await), "1");
        assert_eq!(simple(&call(&site, "FileService.renameFile", &[int(&id), text("b.pdf")]).await), "1");
        assert_eq!(simple(&call(&site, "FileService.getFile", &[text(&id)]).await), "ZGVm");

        let fields = "<param><value><array><data><value><string>Id</string></value><value><string>FileName</string></value>\
                      </data></array></value></param>";
        let one = "<param><value><struct><member><name>ContactId</name><value><int>7</int></value></member></struct></value></param>";
        let all = "<param><value><array><data/></array></value></param>";
        for (query, order) in [(one, ""), (all, "<param><value><string>Id</string></value></param><param><value><boolean>1</boolean></value></param>")] {
            let params = [text("FileBox"), int("1000"), int("0"), query.into(), fields.into(), order.into()];
            let rows = call(&site, "DataService.query", &params).await.text();
            assert!(rows.contains(&format!("<name>Id</name><value><i4>{id}</i4></value>")), "{rows}");
            assert!(rows.contains("<name>FileName</name><value>b.pdf</value>"), "{rows}");
        }
        faulted(&call(&site, "FileService.getFile", &[int("2147483647")]).await, 5);
    })
    .await;
}

/// novaksolutions' library: HTTP of 1996, blanks between the tags, and every letter that is not ASCII as its number.
const NOVAK: &str = "
POST /api/xmlrpc HTTP/1.0
User-Agent: XML-RPC for PHP 3.0.0.beta
Host: {host}
Accept-Encoding: gzip, deflate
Accept-Charset: UTF-8,ISO-8859-1,US-ASCII
Content-Type: text/xml
Content-Length: {length}

<?xml version=\"1.0\"?>
<methodCall>
<methodName>{method}</methodName>
<params>
<param>
<value><string>{token}</string></value>
</param>
{params}</params></methodCall>";

#[tokio::test]
async fn novaksolutions_library_puts_fetches_and_finds() {
    let param = |value: &str| format!("<param>\n<value>{value}</value>\n</param>\n");
    on_both(async |site| {
        let upload = [param("<int>7</int>"), param("<string>r&#233;sum&#233;.txt</string>"), param("<string>YWJj</string>")];
        let call = async |method: &str, params: &[String]| {
            site.replay(NOVAK, &[("method", method), ("params", &params.concat())]).await
        };
        let id = simple(&call("FileService.uploadFile", &upload).await);
        let company = simple(&call("FileService.uploadFile", &upload[1..]).await);
        assert_ne!(id, company);
        assert_eq!(simple(&call("FileService.getFile", &[param(&format!("<int>{id}</int>"))]).await), "YWJj");

        let fields = ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"]
            .map(|field| format!("<value><string>{field}</string></value>\n")).concat();
        let query = "<struct>\n<member><name>FileName</name>\n<value><string>r&#233;sum&#233;%</string></value>\n</member>\n</struct>";
        let params = ["<string>FileBox</string>", "<int>1000</int>", "<int>0</int>", query,
            &format!("<array>\n<data>\n{fields}</data>\n</array>"), "<string>Id</string>", "<boolean>1</boolean>"];
        let rows = call("DataService.query", &params.map(param)).await.text();
        assert_eq!(rows.matches("<name>FileName</name><value>résumé.txt</value>").count(), 2, "{rows}");
        for contact in ["7", "0"] {
            assert_eq!(rows.matches(&format!("<name>ContactId</name><value><i4>{contact}</i4></value>")).count(), 1, "{rows}");
        }
    })
    .await;
}

/// keapgeek's library for Laravel: lists at an address with a slash, files of a user unless a contact is named.
#[tokio::test]
async fn the_laravel_library_lists_and_replaces() {
    let create = CREATE.replace(r#""CONTACT","contact_id":{contact}"#, r#""USER""#);
    on_both(async |site| {
        let made = steady(&site.replay(&create, &[]).await.expect(200)["file_descriptor"]);
        assert_eq!((&made["contact_id"], &made["file_box_type"]), (&Value::Null, &json!("Application")));
        let listed = ask(&site, "GET", "/crm/rest/v1/files/?limit=10").await.expect(200);
        assert_eq!((&listed["count"], steady(&listed["files"][0])), (&json!(1), made.clone()));
        let replace = CREATE
            .replace("POST /crm/rest/v1/files/", "PUT /crm/rest/v1/files/{id}")
            .replace("\"is_public\":false", "\"is_public\":true");
        let after =
            site.replay(&replace, &[("id", &made["id"].to_string())]).await.expect(200)["file_descriptor"].clone();
        assert_eq!((&after["id"], &after["contact_id"], &after["public"]), (&made["id"], &json!(7), &json!(true)));
        // Its filters of v2 are encoded twice.
        let twice = "/crm/rest/v2/files?filter=contact_id%253D%253D7";
        assert_eq!(ask(&site, "GET", twice).await.expect(200)["files"][0]["id"], made["id"].to_string());
    })
    .await;
}

/// A form as toddstoker's library posts it.
fn todd(target: &str, form: &str) -> String {
    const HEAD: &str = "
POST {target} HTTP/1.1
Host: {host}
User-Agent: GuzzleHttp/7
Content-Type: multipart/form-data; boundary=todd
Authorization: Bearer {token}
Content-Length: {length}

";
    HEAD.replace("{target}", target) + form
}

/// toddstoker's library: text parts said to be JSON, one of them quoted.
const TODD: &str = "\
--todd
Content-Disposition: form-data; name=\"file\"; filename=\"scan.txt\"
Content-Length: 3
Content-Type: text/plain

abc
--todd
Content-Disposition: form-data; name=\"file_name\"
Content-Type: application/json
Content-Length: 8

scan.txt
--todd
Content-Disposition: form-data; name=\"file_association\"
Content-Type: application/json
Content-Length: 9

\"CONTACT\"
--todd
Content-Disposition: form-data; name=\"is_public\"
Content-Type: application/json
Content-Length: 5

false
--todd
Content-Disposition: form-data; name=\"contact_id\"
Content-Type: application/json
Content-Length: 1

{contact}
--todd--
";

/// Its changes name what changes inside of the form.
const TODD_UPDATE: &str = "\
--todd
Content-Disposition: form-data; name=\"file_name\"
Content-Length: 5

b.txt
--todd
Content-Disposition: form-data; name=\"is_public\"
Content-Length: 4

true
--todd
Content-Disposition: form-data; name=\"update_mask\"
Content-Length: 19

file_name,is_public
--todd--
";

#[tokio::test]
async fn toddstokers_library_uploads_and_changes() {
    on_both(async |site| {
        let made = site.replay(&todd("/crm/rest/v2/files", TODD), &[]).await.expect(201);
        assert_eq!(
            (&made["file_name"], &made["contact_id"], &made["file_size"]),
            (&json!("scan.txt"), &json!("7"), &json!(3))
        );
        let after = site
            .replay(&todd("/crm/rest/v2/files/{id}", TODD_UPDATE), &[("id", made["id"].as_str().unwrap())])
            .await
            .expect(200);
        assert_eq!(
            (&after["id"], &after["file_name"], &after["is_public"]),
            (&made["id"], &json!("b.txt"), &json!(true))
        );
    })
    .await;
}

/// The official library of v2: a change as Guzzle's forms are, the mask as a key that is there twice.
const V2_UPDATE: &str = "
POST /crm/rest/v2/files/{id}?update_mask=file&update_mask=file_name HTTP/1.1
Host: {host}
User-Agent: OpenAPI-Generator/2.0.21/PHP
Accept: application/json
Authorization: Bearer {token}
Content-Type: multipart/form-data; boundary=9c2b
Content-Length: {length}

--9c2b
Content-Disposition: form-data; name=\"file\"; filename=\"scan.bin\"
Content-Length: 4
Content-Type: application/octet-stream

four
--9c2b
Content-Disposition: form-data; name=\"file_name\"
Content-Length: 5

d.bin
--9c2b--
";

#[tokio::test]
async fn the_php_library_of_v2_lists_gets_updates_and_deletes() {
    let ask =
        ASK.replace("GuzzleHttp/7", "OpenAPI-Generator/2.0.21/PHP").replace("Content-Type: application/json\n", "");
    on_both(async |site| {
        let made = site.replay(&todd("/crm/rest/v2/files", TODD), &[]).await.expect(201);
        let id = made["id"].as_str().unwrap();
        let at = format!("/crm/rest/v2/files/{id}");
        let ask = async |method: &str, target: &str| site.replay(&ask, &[("method", method), ("target", target)]).await;
        assert_eq!(ask("GET", &at).await.expect(200), made);
        let list = "/crm/rest/v2/files?filter=contact_id%3D%3D7%3Bfile_name%3D%3Dscan.txt&order_by=file_name%20asc&page_size=2";
        assert_eq!(ask("GET", list).await.expect(200), json!({"files": [made], "next_page_token": ""}));
        let after = site.replay(V2_UPDATE, &[("id", id)]).await.expect(200);
        assert_eq!((&after["file_name"], &after["file_size"], &after["is_public"]), (&json!("d.bin"), &json!(4), &json!(false)));
        for target in [format!("{at}:data"), format!("{at}%3Adata")] {
            let data = ask("GET", &target).await;
            assert_eq!((data.status.as_u16(), data.body.as_slice()), (200, &b"four"[..]));
        }
        assert_eq!(ask("DELETE", &at).await.status, 204);
        assert_eq!(ask("GET", &at).await.expect(404)["code"], 404);
    })
    .await;
}
