//! Keap's library of v2 for JavaScript, the first releases of all its libraries of v2, and a library of XML-RPC for .NET.

use super::{on_both, simple};
use serde_json::json;

/// JavaScript: the bytes come as a buffer, so their part has no file name, and it stands before or behind the others.
const JS_CREATE: &str = "
POST /crm/rest/v2/files HTTP/1.1
Host: {host}
Accept-Encoding: gzip, deflate
User-Agent: OpenAPI-Generator/2.0.21/Javascript
Authorization: Bearer {token}
Accept: application/json
Content-Type: multipart/form-data; boundary=--------------------------515890814546601021194782
Content-Length: {length}

----------------------------515890814546601021194782
Content-Disposition: form-data; name=\"file\"
Content-Type: application/octet-stream

abc
----------------------------515890814546601021194782
Content-Disposition: form-data; name=\"file_name\"

a b.txt
----------------------------515890814546601021194782
Content-Disposition: form-data; name=\"contact_id\"

{contact}
----------------------------515890814546601021194782
Content-Disposition: form-data; name=\"is_public\"

true
----------------------------515890814546601021194782
Content-Disposition: form-data; name=\"file_association\"

CONTACT
----------------------------515890814546601021194782--
";

const JS_ASK: &str = "
{method} {target} HTTP/1.1
Host: {host}
Accept-Encoding: gzip, deflate
User-Agent: OpenAPI-Generator/2.0.21/Javascript
Authorization: Bearer {token}
Content-Type: application/json
Accept: application/json
";

#[tokio::test]
async fn the_javascript_library_makes_all_six_calls() {
    on_both(async |site| {
        let made = site.replay(JS_CREATE, &[]).await.expect(201);
        assert_eq!((&made["file_name"], &made["is_public"], &made["file_size"]), (&json!("a b.txt"), &json!(true), &json!(3)));
        let id = made["id"].as_str().unwrap();
        let at = format!("/crm/rest/v2/files/{id}");
        let ask = async |method: &str, target: &str| site.replay(JS_ASK, &[("method", method), ("target", target)]).await;
        assert_eq!(ask("GET", &at).await.expect(200), made);
        let list = "/crm/rest/v2/files?filter=contact_id%3D%3D7%3Bfile_name%3D%3Da%20b.txt&order_by=updated_time%20desc&page_size=1";
        assert_eq!(ask("GET", list).await.expect(200)["files"], json!([made]));
        let data = ask("GET", &format!("{at}:data")).await;
        assert_eq!((data.status.as_u16(), data.body.as_slice(), data.header("content-encoding")), (200, &b"abc"[..], ""));
        let update = JS_CREATE.replace("/files HTTP", "/files/{id}?update_mask=file&update_mask=is_public HTTP");
        let update = update.replace("\nabc\n", "\nlonger\n").replace("\ntrue\n", "\nfalse\n").replace("a b.txt", "not this");
        let after = site.replay(&update, &[("id", id)]).await.expect(200);
        assert_eq!((&after["file_name"], &after["is_public"], &after["file_size"]), (&json!("a b.txt"), &json!(false), &json!(6)));
        assert_eq!(ask("DELETE", &at).await.status, 204);
    })
    .await;
}

/// The first releases sent each field twice, in the query and as a part, and asked for changes by PATCH.
const EARLY: &str = "
{method} {target} HTTP/1.1
Host: {host}
User-Agent: OpenAPI-Generator/2.0.4/python
Accept: application/json
Authorization: Bearer {token}
Content-Type: multipart/form-data; boundary=early
Content-Length: {length}

{parts}--early--
";

fn part(name: &str, value: &str) -> String {
    format!("--early\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

#[tokio::test]
async fn early_libraries_of_v2_send_fields_in_the_query_in_the_form_or_in_both() {
    on_both(async |site| {
        let send = async |method: &str, target: &str, parts: &[String]| {
            site.replay(EARLY, &[("method", method), ("target", target), ("parts", &parts.concat())]).await
        };
        let query =
            "/crm/rest/v2/files?file=ignored&file_name=query.txt&file_association=CONTACT&contact_id=7&is_public=True";
        let only = send("POST", query, &[part("file", "abc")]).await.expect(201);
        assert_eq!(
            (&only["file_name"], &only["is_public"], &only["contact_id"]),
            (&json!("query.txt"), &json!(true), &json!("7"))
        );
        let both =
            [part("is_public", "False"), part("file_name", "part.txt"), part("file", "abcd"), part("contact_id", "8")];
        let both = send("POST", query, &both).await.expect(201);
        assert_eq!(
            (&both["file_name"], &both["is_public"], &both["contact_id"]),
            (&json!("part.txt"), &json!(false), &json!("8"))
        );

        let at = format!("/crm/rest/v2/files/{}", both["id"].as_str().unwrap());
        let masked = [part("update_mask", "file_name"), part("file_name", "masked.txt"), part("is_public", "true")];
        for method in ["PATCH", "POST"] {
            let after = send(method, &at, &masked).await.expect(200);
            assert_eq!((&after["file_name"], &after["is_public"]), (&json!("masked.txt"), &json!(false)));
        }
        // Their base address had another half; what comes out is the same.
        assert_eq!(send("GET", &at, &[]).await.expect(200)["file_name"], "masked.txt");
    })
    .await;
}

/// .NET: XML-RPC.NET indents, so that blanks stand around every value, and asks before it sends.
const DOT_NET: &str = "
POST /crm/xmlrpc/v1?access_token={token} HTTP/1.1
Content-Type: text/xml
User-Agent: XML-RPC.NET
Host: {host}
Content-Length: {length}
Expect: 100-continue

<?xml version=\"1.0\"?>
<methodCall>
  <methodName>{method}</methodName>
  <params>
    <param>
      <value>
        <string>{token}</string>
      </value>
    </param>
{params}  </params>
</methodCall>";

#[tokio::test]
async fn the_dot_net_library_uploads_and_queries() {
    let param = |value: &str| format!("    <param>\n      <value>\n        {value}\n      </value>\n    </param>\n");
    on_both(async |site| {
        let call = async |method: &str, values: &[&str]| {
            let params: String = values.iter().map(|value| param(value)).collect();
            site.replay(DOT_NET, &[("method", method), ("params", &params)]).await
        };
        let upload = ["<i4>7</i4>", "<string> a.txt</string>", "<string>YWJj</string>"];
        let id = simple(&call("FileService.uploadFile", &upload).await);
        let criteria = "<struct>\n          <member>\n            <name>ContactId</name>\n            <value>\n              \
                        <i4>7</i4>\n            </value>\n          </member>\n        </struct>";
        let fields = "<array>\n          <data>\n            <value>\n              <string>FileSize</string>\n            \
                      </value>\n            <value>\n              <string>FileName</string>\n            </value>\n          \
                      </data>\n        </array>";
        let rows = call("DataService.query", &["<string>FileBox</string>", "<i4>1000</i4>", "<i4>0</i4>", criteria, fields]).await.text();
        assert!(rows.contains("<name>FileSize</name><value><i4>3</i4></value>") && rows.contains("<value>a.txt</value>"), "{rows}");
        assert_eq!(simple(&call("FileService.getFile", &[&format!("<i4>{id}</i4>")]).await), "YWJj");
    })
    .await;
}
