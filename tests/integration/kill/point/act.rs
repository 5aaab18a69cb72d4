//! The operations that the server dies under, each as a client does it, and again after its answer did not come.

use super::stand::Stand;
use crate::kill::book::Content;
use crate::kill::resume::path;
use crate::native::list;
use crate::tus;
use attache_tests::{Answer, Ask as _, Client};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Longer than what is kept in the database itself.
const LEN: usize = 70_000;
/// What is kept there in the end, when it has come in pieces.
const SHORT: usize = 30_000;
/// Where an upload that comes in two pieces is divided.
const HALF: usize = 20_000;

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Raw,
    Form,
    Base64,
    Parts,
    Tus,
    Version,
    Overwrite,
    Delete,
    Restore,
    Erase,
    Move,
    Twin,
    Thumbnail,
    Import,
}

impl Act {
    pub(super) const ALL: [Act; 14] = [
        Act::Raw,
        Act::Form,
        Act::Base64,
        Act::Parts,
        Act::Tus,
        Act::Version,
        Act::Overwrite,
        Act::Delete,
        Act::Restore,
        Act::Erase,
        Act::Move,
        Act::Twin,
        Act::Thumbnail,
        Act::Import,
    ];

    /// Its word in the table of points.
    pub(super) fn word(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Whether a client that heard no answer may simply ask again.
    pub(super) fn may_be_repeated(self) -> bool {
        // A second version of the same bytes is what it then asks for.
        self != Act::Version
    }

    /// Whether it is asked for under an idempotency key.
    pub(super) fn has_key(self) -> bool {
        matches!(self, Act::Raw | Act::Base64 | Act::Twin)
    }

    /// The point that ends what goes on after the answer.
    pub(super) fn end(self, bucket: bool) -> Option<&'static str> {
        match self {
            Act::Twin if bucket => Some("blobs.object_removed"),
            Act::Twin => Some("blobs.removed"),
            Act::Import => Some("core.task_ended"),
            _ => None,
        }
    }
}

/// The server went away before it answered.
#[derive(Debug)]
pub(super) struct Gone;

/// What one run of an operation is about.
#[derive(Debug)]
pub(super) struct Subject {
    /// In the name of each of its files and of no other.
    pub(super) tag: String,
    first: Content,
    second: Content,
    /// Its file's number and entity tag, where it begins with a file.
    file: Option<(i64, String)>,
    way: Way,
}

/// How far a client is that needs several requests.
#[derive(Debug)]
enum Way {
    Begun,
    /// Where the next part goes, and how many bytes are there.
    Parts(String, usize),
    /// Where an upload is.
    Tus(String),
    /// A task that was promised.
    Task(String),
}

impl Subject {
    /// Makes what the operation begins with.
    pub(super) async fn make(act: Act, no: u64, client: &Client) -> Subject {
        let len = if act == Act::Tus { SHORT } else { LEN };
        let [first, second] = [2 * no, 2 * no + 1].map(|seed| Content::Noise(7_000_000 + seed, len));
        let tag = format!("s{no:05}");
        let mut subject = Subject { tag, first, second, file: None, way: Way::Begun };
        let bytes = match act {
            Act::Raw | Act::Form | Act::Base64 | Act::Parts | Act::Tus | Act::Import => return subject,
            Act::Thumbnail => crate::preview::png(64, 64),
            _ => first.bytes(),
        };
        let put = client.put(&format!("/v1/files/by-path/acts/{}.bin", subject.tag)).body(bytes).ask().await;
        let file = put.expect(201);
        let no = file["no"].as_i64().expect("a number");
        if act == Act::Restore {
            client.delete(&format!("/v1/files/{no}")).ask().await.expect(204);
        }
        subject.file = Some((no, put.header("etag").to_owned()));
        subject
    }

    /// Everything that is to be seen of it, with words in place of what differs from subject to subject.
    pub(super) async fn state(&self, client: &Client) -> Vec<String> {
        let mut lines = Vec::new();
        for file in list(client, &format!("/v1/files?name_contains={}", self.tag)).await {
            lines.push(format!("{} {:?}", self.place(&file), self.contents(client, &file).await));
        }
        let trash = list(client, "/v1/trash").await;
        let mine = trash.iter().filter(|file| file["name"].as_str().is_some_and(|name| name.contains(&self.tag)));
        lines.extend(mine.map(|file| format!("trashed {} {}", self.place(file), file["version"]["no"])));
        lines
    }

    fn place(&self, file: &Value) -> String {
        let text = |key: &str| file[key].as_str().expect("a text").replace(&self.tag, "#");
        format!("{}/{} of {} bytes", text("folder"), text("name"), file["size"])
    }

    /// Reads every version, and tells which content it is.
    async fn contents(&self, client: &Client, file: &Value) -> Vec<&'static str> {
        let mut words = Vec::new();
        let versions = client.get(&format!("/v1/files/{}/versions", file["no"])).ask().await.expect(200);
        for version in versions["items"].as_array().expect("a list") {
            let read = client.get(&format!("/v1/files/{}/versions/{}/content", file["no"], version["no"]));
            let read = read.ask().await;
            assert_eq!(read.status, 200, "{version} of {file}");
            words.push(match &read.body {
                bytes if *bytes == self.first.bytes() => "first",
                bytes if *bytes == self.second.bytes() => "second",
                bytes if bytes.starts_with(b"\x89PNG") => "picture",
                _ => panic!("other bytes than any that were sent: {version} of {file}"),
            });
        }
        words
    }

    /// Whether no answer has told yet how far it is.
    pub(super) fn is_begun(&self) -> bool {
        matches!(self.way, Way::Begun)
    }

    fn no(&self) -> i64 {
        self.file.as_ref().expect("it begins with a file").0
    }

    /// Asks for the operation, or goes on with it. What comes back is the last answer.
    pub(super) async fn ask(&mut self, act: Act, stand: &Stand) -> Result<Answer, Gone> {
        match act {
            Act::Parts => self.parts(&stand.client).await,
            Act::Tus => self.tus(&stand.client).await,
            Act::Import => self.import(stand).await,
            _ => answer(self.request(act, &stand.client)).await,
        }
    }

    fn request(&self, act: Act, client: &Client) -> RequestBuilder {
        let (tag, bytes) = (&self.tag, self.first.bytes());
        let keyed = |request: RequestBuilder| request.header("Idempotency-Key", self.tag.as_str());
        match act {
            Act::Raw => keyed(client.post(&format!("/v1/files?folder=/acts&name={tag}.bin"))).body(bytes),
            Act::Form => self.form(client),
            Act::Base64 => keyed(client.post("/crm/rest/v1/files")).json(&json!({
                "file_name": format!("{tag}.bin"), "file_data": STANDARD.encode(bytes), "file_association": "COMPANY",
                "is_public": false,
            })),
            Act::Version => client.put(&format!("/v1/files/{}/content", self.no())).body(self.second.bytes()),
            Act::Overwrite => {
                let path = format!("/v1/files/by-path/acts/{tag}.bin");
                let etag = &self.file.as_ref().expect("it begins with a file").1;
                client.put(&path).header("If-Match", etag).body(self.second.bytes())
            }
            Act::Delete => client.delete(&format!("/v1/files/{}", self.no())),
            Act::Restore => client.post(&format!("/v1/files/{}/restore", self.no())),
            Act::Erase => client.delete(&format!("/files/v3/files/{}/gdpr-delete", self.no())),
            Act::Move => client.patch(&format!("/v1/files/{}", self.no())).json(&json!({ "folder": "/moved" })),
            Act::Twin => keyed(client.post(&format!("/v1/files?folder=/acts&name={tag}-twin.bin"))).body(bytes),
            Act::Thumbnail => client.get(&format!("/v1/files/{}/preview?size=icon", self.no())),
            Act::Parts | Act::Tus | Act::Import => unreachable!("it takes several requests"),
        }
    }

    /// HubSpot's upload knows no key; a client that may have to ask again has the file that is there returned.
    fn form(&self, client: &Client) -> RequestBuilder {
        let name = format!("{}.bin", self.tag);
        let options = json!({
            "access": "PRIVATE", "overwrite": false, "duplicateValidationStrategy": "RETURN_EXISTING",
            "duplicateValidationScope": "EXACT_FOLDER",
        });
        let file = Part::bytes(self.first.bytes()).file_name(name.clone());
        let form = Form::new().text("folderPath", "/acts").text("fileName", name).text("options", options.to_string());
        client.post("/files/v3/files").multipart(form.part("file", file))
    }

    /// Kommo's session: the same part goes to the same address until there is an answer.
    async fn parts(&mut self, client: &Client) -> Result<Answer, Gone> {
        let bytes = self.first.bytes();
        if let Way::Begun = self.way {
            let plan = json!({ "file_name": format!("{}.bin", self.tag), "file_size": bytes.len() });
            let opened = answer(client.post("/v1.0/sessions").json(&plan)).await?.expect(200);
            self.way = Way::Parts(path(opened["upload_url"].as_str().expect("an address")), 0);
        }
        loop {
            let Way::Parts(next, sent) = &self.way else { unreachable!("it was opened above") };
            let (end, part) = if *sent == 0 { (HALF, &bytes[..HALF]) } else { (LEN, &bytes[HALF..]) };
            let taken = answer(client.post(next).body(part.to_vec())).await?;
            if end == LEN {
                return Ok(taken);
            }
            self.way = Way::Parts(path(taken.expect(202)["next_url"].as_str().expect("an address")), end);
        }
    }

    /// tus: it asks where the upload stands and goes on there.
    async fn tus(&mut self, client: &Client) -> Result<Answer, Gone> {
        let bytes = self.first.bytes();
        if let Way::Begun = self.way {
            let name = tus::metadata(&[("filename", &format!("{}.bin", self.tag))]);
            let plan = [("Upload-Length", SHORT.to_string()), ("Upload-Metadata", name)];
            let plan = plan.each_ref().map(|(name, value)| (*name, value.as_str()));
            let opened = answer(tus::asking(client, &plan)).await?;
            assert_eq!(opened.status, 201, "{}", opened.text());
            self.way = Way::Tus(path(opened.header("location")));
        }
        let Way::Tus(at) = &self.way else { unreachable!("it was opened above") };
        loop {
            let stands = answer(tus::tus(client, Method::HEAD, at)).await?;
            assert_eq!(stands.status, 200);
            let offset: usize = stands.header("upload-offset").parse().expect("an offset");
            if offset == SHORT {
                return Ok(stands);
            }
            let end = if offset < HALF { HALF } else { SHORT };
            let request = tus::patching(client, at, offset as u64, bytes[offset..end].to_vec());
            assert_eq!(answer(request).await?.status, 204);
        }
    }

    /// An import is promised, and then waited for. One that may have been promised is looked for first.
    async fn import(&mut self, stand: &Stand) -> Result<Answer, Gone> {
        if let Way::Begun = self.way {
            let plan =
                json!({ "url": stand.source.url(self.first), "name": format!("{}.bin", self.tag), "folder": "/acts" });
            let promised = answer(stand.client.post("/v1/imports").json(&plan)).await?.expect(202);
            self.way = Way::Task(promised["task"].as_str().expect("an id").to_owned());
        }
        let Way::Task(task) = &self.way else { unreachable!("it was promised above") };
        loop {
            let looked = answer(stand.client.get(&format!("/v1/tasks/{task}"))).await?;
            match looked.expect(200)["state"].as_str() {
                Some("done") => return Ok(looked),
                Some("failed") => panic!("{}", looked.text()),
                _ => tokio::task::yield_now().await,
            }
        }
    }

    /// Looks for the task of an import whose promise was not heard.
    pub(super) async fn look_for_promise(&mut self, client: &Client) {
        if let Way::Begun = self.way {
            let tasks = list(client, "/v1/tasks?state=queued,running").await;
            let id = tasks.first().and_then(|task| task["id"].as_str());
            self.way = id.map_or(Way::Begun, |id| Way::Task(id.to_owned()));
        }
    }
}

/// The whole answer, unless the server went away.
async fn answer(request: RequestBuilder) -> Result<Answer, Gone> {
    let answer = request.send().await.map_err(|_| Gone)?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.map_err(|_| Gone)?.to_vec();
    Ok(Answer { status, headers, body })
}
