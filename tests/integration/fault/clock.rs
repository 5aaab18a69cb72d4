//! A clock that jumps by ten minutes or ten years, forwards and backwards, while the server runs and while it is started:
//! nothing that lives is purged, nothing that has ended comes back, and signed links open no longer than they may.

use super::is_sound;
use crate::native::{at, content, noise, post, put};
use crate::{PROGRAM, tus};
use attache_tests::{Ask as _, Client, Home, Process, figure, skip};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Where Debian keeps the library that lets a program see another time.
const LIBRARIES: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// How far the clock is off, one after the other.
const JUMPS: [(&str, i64); 8] = [
    ("+10 min", 600),
    ("right", 0),
    ("-10 min", -600),
    ("+10 years", 315_360_000),
    ("right after that", 0),
    ("-10 years", -315_360_000),
    ("right again", 0),
    ("+10 min again", 600),
];
/// Life of the link that is signed first.
const LINK_LIFE: i64 = 3600;

/// The library; `None` after a loud skip.
pub(crate) fn library() -> Option<&'static str> {
    let found = LIBRARIES.into_iter().find(|path| Path::new(path).exists());
    if found.is_none() {
        skip("faketime");
    }
    found
}

/// A clock that a test sets for a server.
struct Hand(PathBuf);

impl Hand {
    /// The clock is so many seconds off, from now on.
    fn set(&self, off: i64) {
        let next = self.0.with_extension("next");
        std::fs::write(&next, format!("{off:+}s\n")).unwrap();
        // Nobody reads half of it.
        std::fs::rename(&next, &self.0).unwrap();
    }

    fn start(&self, home: &Home, library: &str) -> Process {
        let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
        command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &self.0).env("FAKETIME_NO_CACHE", "1");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Process::start(command, home.path())
    }
}

/// What is there before the clock jumps.
struct Things {
    living: Value,
    /// Ends by its own time in a year.
    mortal: Value,
    /// A link that works for [`LINK_LIFE`].
    link: String,
    /// Half of an upload.
    upload: String,
    /// What was ended: a file erased, an upload given up, a token and a link taken back.
    erased: Value,
    given_up: String,
    revoked: Client,
    unlinked: String,
}

const BYTES: usize = 100_000;

async fn things(client: &Client) -> Things {
    let living = put(client, "living.bin", noise(1, BYTES)).await;
    let trashed = put(client, "trashed.bin", noise(2, BYTES)).await;
    client.delete(&at(&trashed)).ask().await.expect(204);
    let mortal = post(client, "name=mortal.bin&ttl=31536000", noise(3, BYTES)).await.expect(201);
    let erased = put(client, "erased.bin", noise(4, BYTES)).await;
    client.delete(&format!("{}?erase=true", at(&erased))).ask().await;
    let upload = tus::open_named(client, BYTES, "half.bin").await;
    assert_eq!(tus::patch(client, &upload, 0, noise(5, BYTES)[..40_000].to_vec()).await.status, 204);
    let given_up = tus::open_named(client, BYTES, "given-up.bin").await;
    tus::tus(client, Method::DELETE, &given_up).ask().await.expect(204);
    let made =
        client.post("/v1/tokens").json(&json!({ "scopes": ["files:read"], "name": "t" })).ask().await.expect(201);
    let revoked = client.with_token(Some(made["secret"].as_str().unwrap().to_owned()));
    client.delete(&format!("/v1/tokens/{}", made["id"].as_str().unwrap())).ask().await.expect(204);
    let (link, _) = sign(client, &living, LINK_LIFE).await;
    let (unlinked, id) = sign(client, &living, LINK_LIFE).await;
    client.delete(&format!("/v1/links/{id}")).ask().await.expect(204);
    Things { living, mortal, link, upload, erased, given_up, revoked, unlinked }
}

async fn sign(client: &Client, file: &Value, life: i64) -> (String, String) {
    let plan = json!({ "expires_in": life });
    let link = client.post(&format!("{}/links", at(file))).json(&plan).ask().await.expect(201);
    (link["url"].as_str().unwrap().to_owned(), link["id"].as_str().unwrap().to_owned())
}

impl Things {
    /// What must hold while the clock is so many seconds off.
    async fn look(&self, client: &Client, off: i64) {
        assert!(content(client, &self.living).await == noise(1, BYTES));
        let trash = client.get("/v1/trash").ask().await.expect(200);
        let trash: Vec<&Value> = trash["items"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
        assert_eq!(trash, ["trashed.bin"], "nothing is purged before its time");
        let mortal = client.get(&format!("{}/content", at(&self.mortal))).ask().await;
        let is_over = off > 365 * 24 * 3600;
        assert_eq!(mortal.status, if is_over { 404 } else { 200 }, "{}", mortal.text());
        let link = client.with_token(None).get(&self.link).ask().await;
        assert_eq!(link.status.is_success(), off < LINK_LIFE, "{}: {}", link.status, link.text());
        let upload = tus::head(client, &self.upload).await;
        assert!(upload.status == 200 || is_over, "{}", upload.status);
        self.ended_stays_ended(client).await;
    }

    async fn ended_stays_ended(&self, client: &Client) {
        client.get(&at(&self.erased)).ask().await.refused(404, "not_found");
        let given_up = tus::head(client, &self.given_up).await;
        assert!([404, 410].contains(&given_up.status.as_u16()), "{}", given_up.status);
        assert_eq!(self.revoked.get("/v1/files").ask().await.status, 401);
        assert!(!client.with_token(None).get(&self.unlinked).ask().await.status.is_success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_purges_nothing_and_brings_nothing_back_on_sqlite() {
    let Some(library) = library() else { return };
    let Some(home) = Home::on_disk() else { return };
    let hand = Hand(home.path().join("clock"));
    hand.set(0);
    let mut server = hand.start(&home, library);
    let mut client = server.client(PROGRAM, "all");
    let mut things = things(&client).await;
    for (_, off) in JUMPS {
        hand.set(off);
        things.look(&client, off).await;
        // Housekeeping begins with the start.
        server.ask_to_stop();
        assert!(server.wait().0.success());
        server = hand.start(&home, library);
        client = Client::new(server.url(), client.token().map(str::to_owned));
        things = things.at(&client);
        things.look(&client, off).await;
    }
    // What was begun before all this comes to its end.
    let answer = tus::patch(&client, &things.upload, 40_000, noise(5, BYTES)[40_000..].to_vec()).await;
    assert!(answer.status == 204 && tus::content(&client, &answer).await == noise(5, BYTES), "{}", answer.text());
    server.ask_to_stop();
    assert!(server.wait().0.success());
    is_sound(home.path());
    let names: Vec<&str> = JUMPS.iter().map(|(name, _)| *name).collect();
    let jumps = names.join(", ");
    figure(
        "fault",
        &format!("clock {jumps}, each while running and at a start: 0 purged, 0 revived, links closed in time"),
    );
}

impl Things {
    /// The same things at a server that has another address.
    fn at(&self, client: &Client) -> Things {
        let path = |url: &str| {
            let path = url.find("/signed/").or(url.find("/v1/")).or(url.find("/s/")).expect("an address of ours");
            client.url(&url[path..])
        };
        Things {
            living: self.living.clone(),
            mortal: self.mortal.clone(),
            link: path(&self.link),
            upload: path(&self.upload),
            erased: self.erased.clone(),
            given_up: path(&self.given_up),
            revoked: Client::new(client.url(""), self.revoked.token().map(str::to_owned)),
            unlinked: path(&self.unlinked),
        }
    }
}
