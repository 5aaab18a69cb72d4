//! A certificate in the hands of whoever asked: verified with two files and nothing else.

use super::{LARGE, erase};
use crate::PROGRAM;
use crate::native::{noise, post};
use attache_tests::{Ask, Client, Home, dice, figure, said};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Changed certificates that are tried by the program itself; the bytes one by one are tried beside its code.
const CHANGED: usize = 40;

/// What a person has: the certificate, the key and the content that they knew.
struct Desk {
    folder: TempDir,
    text: String,
}

impl Desk {
    /// Of a file that was erased; the server and its data are gone by the time that this returns.
    async fn of_an_erased_file() -> Desk {
        let home = Home::new();
        said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
        let server = home.serve(PROGRAM, &[]);
        let client: Client = server.client(PROGRAM, "all");
        let file = post(&client, "name=a.bin", noise(5, LARGE)).await.expect(201);
        let erasure = erase(&client, &file).await;
        let answer = client.get(&format!("{erasure}/certificate")).ask().await;
        assert_eq!(answer.header("content-type"), "application/json");
        let desk = Desk { folder: TempDir::new().unwrap(), text: answer.text() };
        let key = said(&home.command(PROGRAM, &["erasure", "key"]).output().unwrap());
        let shown = client.get("/v1/erasures/key").ask().await.expect(200);
        assert_eq!(shown["items"][0]["pem"], key.as_str(), "the key is the same by both ways");
        desk.keep("certificate.json", desk.text.as_bytes());
        desk.keep("key.pem", key.as_bytes());
        desk.keep("content.bin", &noise(5, LARGE));
        desk
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Verifies in an empty data folder: nothing is there to ask.
    fn verify(&self, certificate: &str, more: &[&str]) -> Output {
        let nowhere = self.folder.path().join("nowhere");
        let line = [&["erasure", "verify", certificate, "--key", "key.pem"], more].concat();
        let mut command: Command = attache_tests::command(PROGRAM, Path::new(&nowhere), &line);
        let output = command.current_dir(self.folder.path()).output().unwrap();
        assert!(!nowhere.exists(), "no installation is made or opened");
        output
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_verified_without_server_and_database_and_tells_which_content_went() {
    let desk = Desk::of_an_erased_file().await;
    let report = said(&desk.verify("certificate.json", &[]));
    assert!(report.starts_with("holds:") && report.contains(&format!("version 1, {LARGE} bytes: gone")), "{report}");
    let report = said(&desk.verify("certificate.json", &["--content", "content.bin"]));
    assert!(report.ends_with("content.bin is the content of version 1\n"), "{report}");
    desk.keep("other.bin", b"other");
    let other = desk.verify("certificate.json", &["--content", "other.bin"]);
    assert_eq!(other.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_with_any_change_does_not_hold() {
    let desk = Desk::of_an_erased_file().await;
    let seed = dice::seed();
    let mut dice = dice::Dice::new(seed);
    let text = desk.text.as_bytes();
    let step = text.len() / CHANGED;
    for no in 0..CHANGED {
        let at = (no * step + dice.below(step)).min(text.len() - 1);
        let mut changed = text.to_vec();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        desk.keep("changed.json", &changed);
        let output = desk.verify("changed.json", &[]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "ATTACHE_SEED={seed}, byte {at}: {said}");
        assert!(said.starts_with("does not hold"), "{said}");
    }
    let other = Desk::of_an_erased_file().await;
    desk.keep("changed.json", other.text.as_bytes());
    assert_eq!(desk.verify("changed.json", &[]).status.code(), Some(1), "another installation has signed it");
    figure("erase", &format!("{CHANGED} certificates changed by one byte: {CHANGED} refused"));
}
