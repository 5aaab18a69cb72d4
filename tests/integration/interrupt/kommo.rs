//! A client of Kommo's drive: it sends the same part to the same address until there is an answer.

use super::site::Site;
use super::wire::{Reply, Request, Sent};
use super::{Fate, Job, Mishap};
use serde_json::json;

/// Largest part.
const PART: usize = 512 << 10;

/// An upload on its way.
struct Upload<'s> {
    site: &'s Site,
    session: i64,
    /// Where the next part goes.
    next: String,
    offset: usize,
    hanging: Vec<Sent>,
}

/// Puts a file in.
pub(super) async fn upload(site: &Site, job: &mut Job) {
    let mut upload = open(site, job).await;
    let mut fate = Fate::of(&mut job.dice);
    while upload.offset < job.len() {
        let left = job.len() - upload.offset;
        let len = if job.dice.one_in(2) { left.min(PART) } else { 1 + job.dice.below(left.min(PART)) };
        upload.part(job, len, &mut fate).await;
    }
    upload.bury().await;
}

async fn open<'s>(site: &'s Site, job: &Job) -> Upload<'s> {
    let mut plan = json!({ "file_name": job.name, "file_size": job.len() });
    if let Some(file) = &job.replaces {
        plan["file_uuid"] = file["id"].clone();
    }
    let reply = site.ask_in_calm(&site.request("POST", "/v1.0/sessions").body(plan.to_string())).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let opened = reply.json();
    let session = opened["session_id"].as_i64().expect("a number");
    let next = path(opened["upload_url"].as_str().expect("an address"));
    Upload { site, session, next, offset: 0, hanging: Vec::new() }
}

/// The server has another port in each of its lives.
fn path(url: &str) -> String {
    url[url.find("/upload/").expect("an address of a part")..].to_owned()
}

impl Upload<'_> {
    /// Sends a part until it is taken.
    async fn part(&mut self, job: &mut Job, len: usize, fate: &mut Fate) {
        // The address is all that is needed.
        let mut request = self.site.request("POST", &self.next).body(&job.bytes[self.offset..self.offset + len]);
        request.headers.clear();
        let is_last = self.offset + len == job.len();
        while let Some(mishap) = fate.next(&mut job.dice, is_last) {
            self.send_badly(&request, job, mishap).await;
            if job.dice.one_in(3) {
                self.look(job, len).await;
            }
        }
        let reply = self.site.ask(&request).await;
        self.offset += len;
        self.taken(&reply, job);
    }

    fn taken(&mut self, reply: &Reply, job: &Job) {
        let answer = reply.json();
        assert_eq!(answer["session_id"], self.session, "{}", reply.text());
        if self.offset < job.len() {
            assert_eq!(reply.status, 202, "{}", reply.text());
            self.next = path(answer["next_url"].as_str().expect("an address"));
            return;
        }
        assert_eq!((reply.status, answer["size"].as_u64()), (200, Some(job.len() as u64)), "{}", reply.text());
        if let Some(file) = &job.replaces {
            assert_eq!(answer["uuid"], file["id"]);
        }
    }

    async fn send_badly(&mut self, request: &Request, job: &mut Job, mishap: Mishap) {
        let len = request.body.len();
        let part = match mishap {
            Mishap::Lost => len,
            Mishap::Killed => job.dice.below(len + 1),
            Mishap::Cut | Mishap::Hung => job.dice.below(len),
        };
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

    /// Asks how far the session is: the part is there wholly or not at all.
    async fn look(&self, job: &Job, len: usize) {
        self.site.note("status asked");
        let reply = self.site.ask(&self.site.request("GET", &format!("/v1.0/sessions/{}", self.session))).await;
        let (status, received) = (reply.json()["status"].clone(), reply.json()["received"].as_u64());
        let received = received.expect("a number") as usize;
        assert!([self.offset, self.offset + len].contains(&received), "{received} is no end of a part");
        // Every byte may be here while the file is not made yet.
        assert!(status == "open" || (status == "done" && received == job.len()), "{}", reply.text());
    }

    /// The requests that hung get on at last, when all is over: nothing new comes of them.
    async fn bury(&mut self) {
        for hanging in std::mem::take(&mut self.hanging) {
            if let Some(reply) = hanging.rise().await {
                assert!([200, 202, 409].contains(&reply.status), "{}: {}", reply.status, reply.text());
            }
        }
    }
}
