//! The page about webhooks: its commands and its receivers are run as they are printed, and the library that they use says
//! which messages are good.

use super::receiver::{Message, Receiver};
use super::{at, hook, put, trusting};
use crate::clients::{installed, node, python};
use crate::page::{blocks, has_python3, run};
use crate::{PROGRAM, clients};
use attache_tests::{Ask, Client, Home, Setup};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

const PAGE: &str = include_str!("../../../docs/webhooks.md");
/// Where the page's receivers listen.
const PORT: &str = "8081";

/// A receiver of the page, running.
struct Printed {
    child: Child,
    port: u16,
    lines: mpsc::Receiver<String>,
}

impl Printed {
    /// Starts it and returns once it takes connections.
    async fn start(
        run: fn(&[&str]) -> Command,
        arguments: &[&str],
        language: &str,
        port: u16,
        secret: &str,
    ) -> Printed {
        let [text] = blocks(PAGE, language).try_into().expect("one example");
        let text = text.replace(PORT, &port.to_string());
        let mut command = run(&[arguments, &[&text]].concat());
        let mut child = command.env("WEBHOOK_SECRET", secret).stdout(Stdio::piped()).spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| sender.send(line).ok())
        });
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(child.try_wait().unwrap().is_none(), "the receiver in {language} ended");
            tokio::task::yield_now().await;
        }
        Printed { child, port, lines }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/attache", self.port)
    }

    /// Sends it a message; the status of its answer.
    async fn take(&self, message: &Message) -> u16 {
        let client = Client::new("", None);
        let signed = message.headers.iter().filter(|(name, _)| name.starts_with("webhook-"));
        let request = signed.fold(client.post(&self.url()), |request, (name, value)| request.header(name, value));
        request.body(message.body.clone()).ask().await.status.as_u16()
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

type Way = (fn(&[&str]) -> Command, &'static [&'static str], &'static str);

/// How the page's receivers are run: those whose library is installed.
fn ways() -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    if installed(node(&["-e", "require.resolve('standardwebhooks')"]), "standardwebhooks (npm)") {
        ways.push((node, &["--input-type=module", "-e"], "js"));
    }
    if installed(python(&["-c", "import standardwebhooks"]), "standardwebhooks (PyPI)") {
        ways.push((clients::python, &["-c"], "py"));
    }
    ways
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_receivers_take_good_messages_and_refuse_changed_ones_as_clients_do() {
    let app = trusting(Setup::new()).start().await;
    let client = app.client("all").await;
    let receiver = Receiver::new().await;
    let webhook = hook(&client, &receiver.url).await;
    put(&client, "a.txt").await;
    let message = receiver.message().await;
    let rotated: Value = client.post(&format!("{}/rotate", at(&webhook))).ask().await.expect(200);
    put(&client, "b.txt").await;
    let doubly = receiver.message().await;
    let secrets = [&webhook, &rotated].map(|one| one["secret"].as_str().unwrap().to_owned());
    for (run, arguments, language) in ways() {
        let [old, new] = &secrets;
        let before = Printed::start(run, arguments, language, free_port(), old).await;
        let after = Printed::start(run, arguments, language, free_port(), new).await;
        assert_eq!(before.take(&message).await, 204, "{language}: what was signed is good");
        assert_eq!(before.lines.recv().unwrap(), "file.linked contact/42");
        assert_eq!(after.take(&message).await, 401, "{language}: it was signed with the old secret alone");
        assert_eq!(before.take(&doubly).await, 204, "{language}: the old secret still signs");
        assert_eq!(after.take(&doubly).await, 204, "{language}: so does the new one");
        let body = message.body.replace("contact/42", "contact/43");
        assert_eq!(before.take(&Message { body, ..message.clone() }).await, 401, "{language}: another body");
        for (changed, value) in
            [("webhook-id", "another"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")]
        {
            let mut other = message.clone();
            other.headers.iter_mut().filter(|(name, _)| name == changed).for_each(|header| header.1 = value.into());
            assert_eq!(before.take(&other).await, 401, "{language}: another {changed}");
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_commands_lead_to_a_message_at_its_receiver_as_clients_do() {
    if !has_python3() {
        return;
    }
    for (way, arguments, language) in ways() {
        let home = Home::new();
        let server = home.serve(PROGRAM, &["--allow-private-network", "127.0.0.0/8"]);
        let port = free_port();
        let commands: Vec<String> = blocks(PAGE, "sh")
            .iter()
            .map(|block| block.replace(PORT, &port.to_string()).replace("attache token", &format!("{PROGRAM} token")))
            .collect();
        let (make, rest) = commands.split_first().unwrap();
        let out = run(&format!("{make}\ncat webhook.json; echo; echo \"$TOKEN $WEBHOOK\""), &home, &server);
        let (made, named) = out.trim().rsplit_once('\n').unwrap();
        let made: Value = serde_json::from_str(made.trim()).unwrap();
        assert_eq!(made["kinds"], json!(["file.linked", "intake.received"]));
        let (token, id) = named.split_once(' ').unwrap();
        let printed = Printed::start(way, arguments, language, port, made["secret"].as_str().unwrap()).await;
        let known = format!("export ATTACHE=http://127.0.0.1:8080 TOKEN={token} WEBHOOK={id}\n");
        let out = run(&(known + &rest.join("\n")), &home, &server);
        assert!(out.contains(r#""status":204"#), "{out}");
        assert_eq!(printed.lines.recv().unwrap().trim(), "webhook.test");
        assert_eq!(printed.lines.recv().unwrap(), "file.linked contact/42");
    }
}
