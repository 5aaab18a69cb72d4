//! A client of tus: it asks where the upload stands, and goes on there.

use super::site::Site;
use super::wire::{Request, Sent};
use super::{Fate, Job, Mishap};
use crate::tus::{BYTES, UPLOADS, metadata};

/// An upload on its way.
struct Upload<'s> {
    site: &'s Site,
    at: String,
    /// Where it stands, as far as the client knows.
    offset: usize,
    /// How far the bytes reach that were ever sent.
    reach: usize,
    /// The client does not know where it stands.
    asks: bool,
    hanging: Vec<Sent>,
}

/// Puts a file in.
pub(super) async fn upload(site: &Site, job: &mut Job) {
    let mut upload = open(site, job).await;
    let mut fate = Fate::of(&mut job.dice);
    loop {
        if upload.asks && upload.ask(job.len()).await {
            break;
        }
        let left = job.len() - upload.offset;
        let len = if job.dice.one_in(2) { left } else { 1 + job.dice.below(left) };
        match fate.next(&mut job.dice, len == left) {
            None => upload.send(job, len).await,
            Some(mishap) => upload.send_badly(job, len, mishap).await,
        }
    }
    upload.bury(job.len()).await;
}

async fn open<'s>(site: &'s Site, job: &Job) -> Upload<'s> {
    let mut pairs = vec![("filename", job.name.as_str())];
    if let Some(file) = &job.replaces {
        pairs.push(("file", file["id"].as_str().expect("an id")));
    }
    let request = speak(site, "POST", UPLOADS).with("Upload-Length", job.len());
    let reply = site.ask_in_calm(&request.with("Upload-Metadata", metadata(&pairs))).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let at = reply.header("location");
    // The server has another port in each of its lives.
    let at = at[at.find(UPLOADS).expect("an upload's address")..].to_owned();
    Upload { site, at, offset: 0, reach: 0, asks: false, hanging: Vec::new() }
}

fn speak(site: &Site, method: &'static str, path: &str) -> Request {
    site.request(method, path).with("Tus-Resumable", "1.0.0")
}

impl Upload<'_> {
    /// Asks where the upload stands; whether it is over.
    async fn ask(&mut self, len: usize) -> bool {
        let reply = self.site.ask(&speak(self.site, "HEAD", &self.at)).await;
        assert_eq!(reply.status, 200);
        let offset = reply.header("upload-offset").parse().expect("an offset");
        assert!(self.offset <= offset, "{offset} bytes are left of {}, which were acknowledged", self.offset);
        assert!(offset <= self.reach, "{offset} bytes are there, and {} were sent", self.reach);
        (self.offset, self.asks) = (offset, false);
        assert_eq!(offset == len, !reply.header("attache-file").is_empty(), "a whole upload is a file: {reply:?}");
        offset == len
    }

    fn patch(&mut self, job: &Job, len: usize) -> Request {
        let bytes = &job.bytes[self.offset..self.offset + len];
        let request = speak(self.site, "PATCH", &self.at).with("Upload-Offset", self.offset);
        request.with("Content-Type", BYTES).body(bytes)
    }

    async fn send(&mut self, job: &Job, len: usize) {
        let request = self.patch(job, len);
        self.reach = self.reach.max(self.offset + len);
        self.asks = true;
        let Some(sent) = request.send(&self.site.address().await, len).await else { return };
        let Some(reply) = sent.answer().await else { return self.site.note("pieces without an answer") };
        match reply.status {
            204 => {
                self.offset += len;
                assert_eq!(reply.header("upload-offset"), self.offset.to_string());
                self.asks = self.offset == job.len();
            }
            // One that hangs had brought something already.
            409 => self.site.note("pieces refused for their offset"),
            status => panic!("{status}: {}", reply.text()),
        }
    }

    async fn send_badly(&mut self, job: &mut Job, len: usize, mishap: Mishap) {
        let request = self.patch(job, len);
        let part = job.dice.below(len + 1).min(len - usize::from(!matches!(mishap, Mishap::Killed)));
        let part = if matches!(mishap, Mishap::Lost) { len } else { part };
        self.reach = self.reach.max(self.offset + part);
        self.asks = true;
        let address = self.site.address().await;
        let Some(mut sent) = request.send(&address, part).await else { return };
        match mishap {
            Mishap::Cut => {
                self.site.note("cut");
                drop(sent);
            }
            Mishap::Hung => {
                self.site.note("hung");
                self.hanging.push(sent);
                // Some clients ask first, others just send again.
                self.asks = job.dice.one_in(2);
            }
            Mishap::Lost => {
                self.site.note("answer lost");
                sent.first_byte().await;
            }
            Mishap::Killed => {
                self.site.note("killed");
                self.site.kill(&address);
                sent.answer().await;
            }
        }
    }

    /// The requests that hung get on at last, when all is over: nothing comes of them.
    async fn bury(mut self, len: usize) {
        for hanging in std::mem::take(&mut self.hanging) {
            if let Some(reply) = hanging.rise().await {
                assert_eq!(reply.status, 409, "{}", reply.text());
            }
        }
        assert!(self.ask(len).await);
    }
}
