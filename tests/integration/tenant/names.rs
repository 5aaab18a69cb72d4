//! What things are called by: those of the other account, and of nobody.

use crate::native::{at, list, post, put};
use attache_tests::{Ask, Client};
use serde_json::{Value, json};

/// Names of one thing of each kind.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) file: String,
    pub(super) file_no: String,
    pub(super) trashed: String,
    pub(super) trashed_no: String,
    pub(super) folder: String,
    pub(super) folder_no: String,
    pub(super) path: String,
    pub(super) folder_path: String,
    pub(super) name: String,
    pub(super) record: String,
    pub(super) sha256: String,
    pub(super) md5: String,
    pub(super) task: String,
    pub(super) share: String,
    pub(super) intake: String,
    pub(super) webhook: String,
    pub(super) erasure: String,
    pub(super) token: String,
    /// The number of a token, as Sonar knows it.
    pub(super) token_no: String,
    pub(super) cursor: String,
    /// Of an upload in Kommo's drive.
    pub(super) session: String,
    /// Of a note on the record, and of a field of such records.
    pub(super) note: String,
    pub(super) field: String,
    /// Ids of an open upload of tus, and of one that is to be joined.
    pub(super) upload: String,
    pub(super) piece: String,
}

impl Names {
    /// Fills the account of `client` with one thing of each kind, with numbers that no other account has.
    pub(super) async fn of_a_full_account(client: &Client) -> Names {
        // Numbers are taken in blocks: these are left behind, so that the next ones are this account's alone.
        for no in 0..3 {
            put(client, &format!("filler-{no}.txt"), "x").await;
        }
        let file = put(client, "hidden-place/plan.txt", "what nobody else may know").await;
        put(client, "hidden-place/plan.txt", "its second version").await;
        let file = client.get(&at(&file)).ask().await.expect(200);
        for record in ["deal/7007", "contact/7007", "account/7007"] {
            client.put(&format!("/v1/records/{record}/files/{}", file["no"])).ask().await.expect(200);
        }
        let trashed = put(client, "hidden-place/trashed.txt", "what was thrown away").await;
        client.delete(&at(&trashed)).ask().await.expect(204);
        post(client, "name=hidden.txt&access=hidden_private", "what lists leave out").await.expect(201);
        let share = client.post(&format!("{}/links", at(&file))).json(&json!({})).ask().await.expect(201);
        let intake = client.post("/v1/intakes").json(&json!({ "record": "deal/7007" })).ask().await.expect(201);
        let webhook = json!({ "url": "https://receiver.invalid/", "kinds": ["intake.closed"] });
        let webhook = client.post("/v1/webhooks").json(&webhook).ask().await.expect(201);
        // A disabled one stays as it is, whatever happens in the account.
        let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
        client.patch(&path).json(&json!({ "disabled": true })).ask().await.expect(200);
        let token = client.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
        let erased = put(client, "hidden-place/erased.txt", "what is gone").await;
        client.delete(&format!("{}?erase=true", at(&erased))).ask().await.expect(204);
        let erasures = client.get("/v1/erasures").ask().await.expect(200);
        let folder = client.get("/v1/folders/by-path/hidden-place").ask().await.expect(200);
        let page = client.get("/v1/files?limit=1").ask().await.expect(200);
        let opening = json!({ "file_name": "hidden.bin", "file_size": 10 });
        let session = client.post("/v1.0/sessions").json(&opening).ask().await.expect(200);
        let (upload, piece) = super::tus::uploads(client).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Names {
            file: text(&file["id"]),
            file_no: file["no"].to_string(),
            trashed: text(&trashed["id"]),
            trashed_no: trashed["no"].to_string(),
            folder: text(&folder["id"]),
            folder_no: folder["no"].to_string(),
            path: "hidden-place/plan.txt".into(),
            folder_path: "hidden-place".into(),
            name: "plan.txt".into(),
            record: "deal/7007".into(),
            sha256: text(&file["version"]["sha256"]),
            md5: text(&file["version"]["md5"]),
            task: task(client).await,
            share: text(&share["id"]),
            intake: text(&intake["id"]),
            webhook: text(&webhook["id"]),
            erasure: text(&erasures["items"][0]["id"]),
            token: text(&token["id"]),
            token_no: token_no(client).await,
            cursor: text(&page["next_cursor"]),
            session: session["session_id"].to_string(),
            note: super::crm::note(client, "7007", &file).await,
            field: field(client).await,
            upload,
            piece,
        }
    }

    /// The number of the contact that the file is on.
    pub(super) fn contact(&self) -> &str {
        self.record.rsplit('/').next().unwrap()
    }

    /// Names of the same shape that nobody has.
    pub(super) fn of_nothing(like: &Names) -> Names {
        let turn = |text: &str| -> String {
            text.chars().map(|c| if c.is_ascii_hexdigit() && c != '4' { other_digit(c) } else { c }).collect()
        };
        Names {
            file: turn(&like.file),
            file_no: "87654321".into(),
            trashed: turn(&like.trashed),
            trashed_no: "87654322".into(),
            folder: turn(&like.folder),
            folder_no: "87654323".into(),
            path: "absent-place/none.txt".into(),
            folder_path: "absent-place".into(),
            name: "none.txt".into(),
            record: "deal/9119".into(),
            sha256: turn(&like.sha256),
            md5: turn(&like.md5),
            task: turn(&like.task),
            share: turn(&like.share),
            intake: turn(&like.intake),
            webhook: turn(&like.webhook),
            erasure: turn(&like.erasure),
            token: turn(&like.token),
            token_no: "87654327".into(),
            cursor: like.cursor.chars().rev().collect(),
            session: "87654324".into(),
            note: "87654325".into(),
            field: "87654326".into(),
            upload: turn(&like.upload),
            piece: turn(&like.piece),
        }
    }

    /// Each name with the word that stands for it, longest names first.
    fn all(&self) -> Vec<(&str, &'static str)> {
        let mut all = vec![
            (self.file.as_str(), "FILE"),
            (&self.file_no, "FILE-NO"),
            (&self.trashed, "TRASHED"),
            (&self.trashed_no, "TRASHED-NO"),
            (&self.folder, "FOLDER"),
            (&self.folder_no, "FOLDER-NO"),
            (&self.path, "PATH"),
            (&self.folder_path, "FOLDER-PATH"),
            (&self.name, "NAME"),
            (&self.record, "RECORD"),
            (&self.sha256, "SHA256"),
            (&self.md5, "MD5"),
            (&self.task, "TASK"),
            (&self.share, "SHARE"),
            (&self.token, "TOKEN"),
            (&self.cursor, "CURSOR"),
        ];
        all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        all
    }

    /// A text in which each name is replaced by its word: an answer may repeat what it was asked for.
    pub(super) fn veil(&self, text: &str) -> String {
        let text = self.all().iter().fold(text.to_owned(), |text, (name, word)| text.replace(name, word));
        // Fields and notes are counted from 1: their numbers stand anywhere, so only these words make them names.
        let text = text.replace(&format!("no field {}", self.field), "no field FIELD");
        let text = text.replace(&format!("no note {}", self.note), "no note NOTE");
        // The links of Keap's lists repeat what was asked for.
        text.replace(&format!("contact_id={}", self.contact()), "contact_id=CONTACT")
    }

    /// The names that nobody else may be told; numbers and short words may stand anywhere.
    pub(super) fn secrets(&self) -> Vec<&str> {
        vec![
            &self.file,
            &self.trashed,
            &self.folder,
            &self.folder_path,
            &self.sha256,
            &self.md5,
            &self.share,
            &self.token,
        ]
    }
}

/// The same digit in another place of the alphabet, so that a name keeps its shape.
fn other_digit(c: char) -> char {
    match c {
        '0'..='3' | '5'..='8' => (c as u8 + 1) as char,
        'a'..='e' => (c as u8 + 1) as char,
        _ => c,
    }
}

/// A field with a number that an account with one field does not have.
async fn field(client: &Client) -> String {
    super::crm::own(client).await;
    super::crm::own(client).await.1
}

/// The number of a token that an account with a few tokens does not have.
async fn token_no(client: &Client) -> String {
    let make = json!({ "query": "mutation { createPersonalAccessToken(input: {name: \"hidden\"}) { id } }" });
    let mut last = String::new();
    for _ in 0..8 {
        let made = client.post("/api/graphql").json(&make).ask().await.expect(200);
        last = made["data"]["createPersonalAccessToken"]["id"].as_str().unwrap().to_owned();
    }
    last
}

/// A task that has ended.
async fn task(client: &Client) -> String {
    let asked = json!({ "url": "http://localhost/source.bin" });
    let task = client.post("/v1/imports").json(&asked).ask().await.expect(202)["task"].as_str().unwrap().to_owned();
    loop {
        let state = client.get(&format!("/v1/tasks/{task}")).ask().await.expect(200);
        if state["state"] == "failed" {
            return task;
        }
        tokio::task::yield_now().await;
    }
}

/// Nothing that a list of the other account shows is this account's.
pub(super) async fn shows_nothing_of(client: &Client, names: &Names) {
    let overviews = ["/v1/records", "/v1/tasks", "/v1/events", "/v1/usage?by=folder", "/v1/usage?by=record"];
    for path in ["/v1/files", "/v1/trash", "/v1/folders?counts=true", "/v1/links"].into_iter().chain(overviews) {
        let shown = serde_json::to_string(&list(client, path).await).unwrap();
        assert!(names.secrets().iter().all(|secret| !shown.contains(secret)), "{path}: {shown}");
    }
}
