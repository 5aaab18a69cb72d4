//! A real browser without a window, told what to do by `chromedriver`, as people's hands and eyes would.

use crate::clients::installed;
use attache_tests::{Ask as _, Client};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Without a window, and with no host but this one: nothing could leave it unseen. Its own sandbox takes rights that
/// containers do not give; it is shown pages of ours alone.
const ARGUMENTS: [&str; 6] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--window-size=1280,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
/// The control key, as drivers write it.
const CONTROL: &str = "\u{e009}";

/// The driver's process.
struct Driver(Child);

/// A browser with one empty page.
pub(super) struct Browser {
    _driver: Driver,
    session: Client,
    /// What it keeps, in a folder that goes with it.
    _home: TempDir,
}

impl Browser {
    /// `None` after a loud skip, where the machine has no browser or no driver.
    pub(super) async fn open() -> Option<Browser> {
        let is_there = |program: &str| {
            let mut ask = Command::new(program);
            ask.arg("--version");
            installed(ask, program)
        };
        (is_there("chromium") && is_there("chromedriver")).then_some(())?;
        // In a group of its own, since the browser outlives a driver that ends alone.
        let mut driver = Command::new("chromedriver");
        driver.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut driver = Driver(driver.spawn().unwrap());
        let sessions = format!("http://127.0.0.1:{}/session", port(&mut driver.0));
        let home = TempDir::new().unwrap();
        let own = format!("--user-data-dir={}", home.path().display());
        let mut browser = Browser { _driver: driver, session: Client::new(sessions.as_str(), None), _home: home };
        let args = [&ARGUMENTS[..], &[own.as_str()]].concat();
        let options = json!({ "args": args });
        let logs = json!({ "browser": "ALL", "performance": "ALL" });
        let wish = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": logs });
        let made = browser.tell("", json!({ "capabilities": { "alwaysMatch": wish } })).await;
        let id = made["sessionId"].as_str().unwrap();
        browser.session = Client::new(format!("{sessions}/{id}"), None);
        Some(browser)
    }

    /// Tells the driver something; its answer.
    async fn tell(&self, path: &str, body: Value) -> Value {
        let answer = self.session.post(path).json(&body).ask().await;
        assert!(answer.status.is_success(), "{path} {body}: {}", answer.text());
        answer.json()["value"].take()
    }

    /// Opens an address and waits until everything on it was loaded.
    pub(super) async fn go(&self, url: &str) {
        self.tell("/url", json!({ "url": url })).await;
    }

    /// Runs a function's body in the page; what it returns.
    pub(super) async fn run(&self, body: &str) -> Value {
        self.tell("/execute/sync", json!({ "script": body, "args": [] })).await
    }

    /// Runs a function's body at each frame until it returns something true; that.
    pub(super) async fn until(&self, body: &str) -> Value {
        let look = format!(
            "const done = arguments[0];
             const look = () => {{
               const seen = (() => {{ {body} }})();
               if (seen) done(seen); else requestAnimationFrame(look);
             }};
             look();"
        );
        self.tell("/execute/async", json!({ "script": look, "args": [] })).await
    }

    /// Clicks on what a selector finds, once it is there.
    pub(super) async fn click(&self, selector: &str) {
        self.until(&format!("return document.querySelector({selector:?}) !== null;")).await;
        let found = self.tell("/element", json!({ "using": "css selector", "value": selector })).await;
        let element = found.as_object().unwrap().values().next().unwrap().as_str().unwrap();
        self.tell(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Types into what was clicked, in the place of all that is there.
    pub(super) async fn type_anew(&self, text: &str) {
        let press = |key: &str| json!({ "type": "keyDown", "value": key });
        let release = |key: &str| json!({ "type": "keyUp", "value": key });
        let mut keys = vec![press(CONTROL), press("a"), release("a"), release(CONTROL)];
        keys.extend(text.chars().flat_map(|c| [press(&c.to_string()), release(&c.to_string())]));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": keys });
        self.tell("/actions", json!({ "actions": [keyboard] })).await;
    }

    /// What the browser complained of since this was asked last.
    pub(super) async fn complaints(&self) -> Vec<String> {
        let entries = self.tell("/se/log", json!({ "type": "browser" })).await;
        entries.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// The addresses that the page asked for since this was asked last.
    pub(super) async fn requests(&self) -> Vec<String> {
        let entries = self.tell("/se/log", json!({ "type": "performance" })).await;
        let mut urls = Vec::new();
        for entry in entries.as_array().unwrap() {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                urls.push(event["params"]["request"]["url"].as_str().unwrap().to_owned());
            }
        }
        urls
    }
}

/// The port that a driver says it listens on.
fn port(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let said =
        lines.find_map(|line| line.unwrap().split_once("successfully on port ").map(|(_, port)| port.to_owned()));
    // Whatever it says later goes nowhere; a full pipe would stop it.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    said.expect("the driver listens").trim_end_matches('.').parse().unwrap()
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        // It fails when all of it has ended already.
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        let _ = self.0.wait();
    }
}
