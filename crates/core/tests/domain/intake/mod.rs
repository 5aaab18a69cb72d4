//! Intakes through the public operations, on both engines: what their makers see, what their senders can do, and what
//! nobody can.

mod count;
mod make;
mod password;
mod receive;

use crate::home::Home;
use attache_core::{Body, Edit, FileQuery, Life, NewIntake, Receipt, Sender, SentFile, Start};
use attache_model::Result;
use attache_model::file::File;
use attache_model::intake::Intake;
use attache_model::link::{Link, Record};

/// The record of every intake here.
fn record() -> Record {
    "contact/42".parse().unwrap()
}

fn new() -> NewIntake {
    NewIntake::new(record())
}

impl Home {
    fn maker(&self) -> Edit<'_> {
        self.core.edit(&self.owner).unwrap()
    }

    async fn intake(&self, new: NewIntake) -> Intake {
        self.maker().make_intake(new).await.unwrap()
    }

    /// Somebody who follows an intake's link.
    async fn sender(&self, intake: &Intake) -> Sender {
        self.try_sender(intake).await.unwrap()
    }

    async fn try_sender(&self, intake: &Intake) -> Result<Sender> {
        let seal = self.maker().intake_seal(intake.id);
        self.core.visit_intake(&seal).await?.unlock(None).await
    }

    /// Sends a file by an intake's link.
    async fn send(&self, intake: &Intake, name: &str, content: &[u8]) -> Result<Receipt> {
        send(&mut self.sender(intake).await, name, None, content).await
    }

    async fn received(&self, intake: &Intake) -> u64 {
        self.maker().intake(intake.id).await.unwrap().received
    }

    /// What is on the record, oldest first, as its owner sees it.
    async fn on_record(&self) -> Vec<(Link, File)> {
        let mut items = self.maker().files_on(&record(), Start::First, 100).await.unwrap().items;
        items.reverse();
        items
    }

    async fn names(&self) -> Vec<String> {
        self.on_record().await.into_iter().map(|(_, file)| file.name.full().to_owned()).collect()
    }

    /// How many files lists show.
    async fn listed(&self) -> usize {
        let all = FileQuery { tests: vec![], order: vec![], start: Start::First, limit: 100, life: Life::Either };
        self.maker().files(&all).await.unwrap().items.len()
    }

    /// The words of the account's events.
    async fn happened(&self) -> Vec<&'static str> {
        self.maker().events(0, 1000).await.unwrap().iter().map(|event| event.kind.word()).collect()
    }
}

async fn send(sender: &mut Sender, name: &str, media_type: Option<&str>, content: &[u8]) -> Result<Receipt> {
    let sent = SentFile { name: name.to_owned(), media_type: media_type.map(str::to_owned) };
    sender.receive(&sent, Body::from(content.to_vec())).await
}
