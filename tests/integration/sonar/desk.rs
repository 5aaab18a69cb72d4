//! Sonar's API, spoken to as its clients do. Every answer is judged: its media type, the envelope of a refusal, and how
//! numbers and times are written.

use crate::desk::{Judge, Judged, Stand};
use attache_tests::{Answer, Client, Setup};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::ops::Deref;

/// Uploads, and below it downloads.
pub(crate) const FILES: &str = "/api/files";
/// Everything else.
pub(crate) const GRAPHQL: &str = "/api/graphql";
/// All five permissions, as a token is made with them.
pub(crate) const EVERYTHING: &str =
    "sonar:READ_FILE,sonar:CREATE_FILE,sonar:UPDATE_FILE,sonar:DELETE_FILE,sonar:ALTER_OTHERS_FILES";
/// Every field of a file that is a value.
pub(crate) const FIELDS: &str = "id sonar_unique_id created_at updated_at _version description file_size_in_bytes \
    fileable_id fileable_type filename mime_type primary_image user_id";

/// A server by a held clock, and a client that may do everything.
pub(crate) struct Desk {
    stand: Stand,
    pub(crate) sonar: Sonar,
    /// Our own face, to look from the other side.
    pub(crate) native: Client,
}

impl Desk {
    pub(crate) async fn open(setup: Setup) -> Desk {
        Desk::on(Stand::held(setup).await).await
    }

    async fn on(stand: Stand) -> Desk {
        let sonar = stand.client(EVERYTHING).await;
        let native = stand.app.client("all").await;
        Desk { stand, sonar, native }
    }

    /// The same, after the server was stopped and started again.
    pub(crate) async fn again(self) -> Desk {
        Desk::on(self.stand.again().await).await
    }

    /// A client of the account's owner with other scopes.
    pub(crate) async fn with(&self, scopes: &str) -> Sonar {
        self.client(scopes).await
    }

    /// A client of another user of the account.
    pub(crate) async fn user(&self, no: i64, scopes: &str) -> Sonar {
        let token = self.app.token_of(no, scopes, None).await;
        Sonar::of(self.app.stranger().with_token(Some(token)))
    }

    pub(crate) async fn stop(self) -> Setup {
        self.stand.stop().await
    }
}

impl Deref for Desk {
    type Target = Stand;

    fn deref(&self) -> &Stand {
        &self.stand
    }
}

/// What must hold of each of Sonar's answers.
#[derive(Clone, Default)]
pub(crate) struct Rules;

impl Judge for Rules {
    fn judge(&self, answer: &Answer, method: &Method, path: &str) {
        super::judge::judge(answer, method, path);
    }
}

/// A client of Sonar.
pub(crate) type Sonar = Judged<Rules>;

impl Sonar {
    /// Posts a form of files.
    pub(crate) async fn form(&self, form: Form) -> Answer {
        self.ask(Method::POST, FILES, |request| request.multipart(form)).await
    }

    /// Puts a file in; its number.
    pub(crate) async fn file(&self, name: &str, bytes: impl Into<Vec<u8>>) -> i64 {
        let told = self.form(Form::new().part("files[]", part(name, bytes))).await.expect(200);
        assert_eq!(told["files"][0]["stored"], true, "{told}");
        told["files"][0]["id"].as_i64().unwrap()
    }

    /// Puts a file in and links it; its number.
    pub(crate) async fn file_on(&self, kind: &str, no: i64, name: &str, bytes: impl Into<Vec<u8>>) -> i64 {
        let file = self.file(name, bytes).await;
        self.link(kind, no, &[file]).await;
        file
    }

    /// Links files to an owner, which answers.
    pub(crate) async fn link(&self, kind: &str, no: i64, files: &[i64]) {
        let told = self.ask_graph(&linking(kind, no, files)).await;
        assert_eq!(told.data(), json!({ "linkFileToEntity": { "id": no.to_string() } }));
    }

    /// Asks a query or a mutation, without variables.
    pub(crate) async fn ask_graph(&self, query: &str) -> Told {
        self.graph(json!({ "query": query })).await
    }

    /// Asks a query or a mutation with variables.
    pub(crate) async fn ask_with(&self, query: &str, variables: Value) -> Told {
        self.graph(json!({ "query": query, "variables": variables })).await
    }

    /// Posts a body of GraphQL, which is answered 200.
    pub(crate) async fn graph(&self, body: Value) -> Told {
        Told(self.post(GRAPHQL, body).await.expect(200))
    }

    /// The data of a query that is fine.
    #[track_caller]
    pub(crate) fn data<'s>(&'s self, query: &'s str) -> impl Future<Output = Value> + 's {
        let place = std::panic::Location::caller();
        async move {
            let told = self.ask_graph(query).await;
            assert!(told.errors().is_empty(), "{place}: {query}: {}", told.0);
            told.0["data"].clone()
        }
    }

    /// The numbers of the files of a list; `args` as `(filename: "a.txt")`, or nothing.
    pub(crate) async fn list(&self, args: &str) -> Vec<i64> {
        let data = self.data(&format!("{{ files{args} {{ entities {{ id }} }} }}")).await;
        numbers(&data["files"])
    }

    /// The numbers of the files that a search finds.
    pub(crate) async fn found(&self, search: &str) -> Vec<i64> {
        self.list(&format!("(search: {search})")).await
    }

    /// Every value of a file.
    pub(crate) async fn show(&self, no: i64) -> Value {
        let shown = self.shown(no).await;
        shown.unwrap_or_else(|| panic!("no file {no} is shown"))
    }

    /// Every value of a file; `None` for one that is not in sight.
    pub(crate) async fn shown(&self, no: i64) -> Option<Value> {
        let data = self.data(&format!("{{ files(id: {no}) {{ entities {{ {FIELDS} }} }} }}")).await;
        let files = data["files"]["entities"].as_array().unwrap();
        assert!(files.len() <= 1, "{data}");
        files.first().cloned()
    }

    /// The bytes of a file, in an answer of any status.
    pub(crate) async fn download(&self, no: i64) -> Answer {
        self.get(&format!("{FILES}/{no}")).await
    }

    /// The mutation that moves a file to the trash.
    pub(crate) async fn trash(&self, no: i64) -> Told {
        self.ask_graph(&format!("mutation {{ deleteFile(id: {no}) {{ success message }} }}")).await
    }
}

/// An answer of GraphQL.
#[derive(Clone, Debug)]
pub(crate) struct Told(pub(crate) Value);

impl Told {
    /// The data of an answer without errors.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        assert!(self.errors().is_empty(), "{}", self.0);
        self.0["data"].clone()
    }

    /// The errors, none for a good answer.
    pub(crate) fn errors(&self) -> &[Value] {
        self.0["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether it was done.
    pub(crate) fn is_done(&self) -> bool {
        self.errors().is_empty()
    }

    /// The category of the first error, `""` without one.
    pub(crate) fn category(&self) -> &str {
        self.errors().first().and_then(|error| error["extensions"]["category"].as_str()).unwrap_or_default()
    }

    /// Demands one error of this category; what it says.
    #[track_caller]
    pub(crate) fn refused(&self, category: &str) -> &Value {
        assert_eq!((self.errors().len(), self.category()), (1, category), "{}", self.0);
        &self.errors()[0]
    }

    /// Demands one refusal of a field of the arguments; its text.
    #[track_caller]
    pub(crate) fn invalid(&self, field: &str) -> &str {
        let validation = &self.refused("validation")["extensions"]["validation"];
        assert_eq!(super::judge::keys(validation), [field], "{}", self.0);
        validation[field][0].as_str().unwrap()
    }
}

/// The mutation that links files to an owner.
pub(crate) fn linking(kind: &str, no: i64, files: &[i64]) -> String {
    let mut list = String::new();
    for file in files {
        write!(list, "{{file_id: {file}}} ").unwrap();
    }
    format!(
        "mutation {{ linkFileToEntity(input: {{fileable_type: {kind}, fileable_id: {no}, files: [{list}]}}) {{ id }} }}"
    )
}

/// A part of a form that is a file.
pub(crate) fn part(name: &str, bytes: impl Into<Vec<u8>>) -> Part {
    Part::bytes(bytes.into()).file_name(name.to_owned())
}

/// The numbers of the entities of a connection.
#[track_caller]
pub(crate) fn numbers(connection: &Value) -> Vec<i64> {
    let entities = connection["entities"].as_array().unwrap_or_else(|| panic!("{connection} is no connection"));
    entities.iter().map(number).collect()
}

/// The number of an entity.
#[track_caller]
pub(crate) fn number(entity: &Value) -> i64 {
    let text = entity["id"].as_str().unwrap_or_else(|| panic!("{entity} has no id that is a text"));
    text.parse().unwrap()
}

/// Bytes of every value, in no simple order.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    crate::native::noise(len as u64 + 1, len)
}

/// A small picture.
pub(crate) fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 2).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
