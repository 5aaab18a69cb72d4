//! Method A: a file system on a loop device is told that it is going down, at random moments under mixed work.

use super::book::Book;
use super::disk::{Bench, Disk, Kind};
use super::work::Life;
use super::{CLIENTS, books, log_is_moved, look, serve, token, work};
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, Process, figure, report};
use std::sync::Arc;

/// Cuts of each file system.
const CUTS: usize = 100;
/// Cuts of one disk, after which there is a new one.
const CUTS_OF_A_DISK: usize = 50;
/// Most answers between a start and the next cut.
const ANSWERS: usize = 40;
/// The same where nothing is erased, so that there is not too much to look at.
const ANSWERS_KEPT: usize = 8;
/// Room on a disk, in bytes. A new XFS needs 300 MiB.
const ROOM: u64 = 320 << 20;

/// A server on a disk that loses its power.
pub(super) struct Trial {
    disk: Disk,
    server: Option<Process>,
    token: String,
    books: Vec<Book>,
    fault: Option<&'static str>,
    /// Whether the clients erase nothing.
    keep: bool,
    pub(super) acknowledged: usize,
    pub(super) unanswered: usize,
    pub(super) cuts: usize,
}

impl Trial {
    /// A new server on a new disk, with clients who erase nothing if they `keep`.
    pub(super) async fn new(
        bench: &Bench,
        kind: Kind,
        fault: Option<&'static str>,
        keep: bool,
        dice: &mut Dice,
    ) -> Trial {
        let image = bench.image("image", kind, ROOM);
        let disk = Disk::mount(&image, &bench.folder("disk"), kind);
        disk.prepare();
        let server = serve(&disk.data(), fault);
        let token = token(&disk.data(), fault);
        let books = books(keep, dice);
        Trial { disk, server: Some(server), token, books, fault, keep, acknowledged: 0, unanswered: 0, cuts: 0 }
    }

    /// Lets clients work for some answers, cuts the power, and looks at what is there when it is back. Gives what was
    /// lost.
    pub(super) async fn cut(&mut self, dice: &mut Dice) -> Vec<String> {
        let server = self.server.take().expect("a server runs");
        let life = Life::new(server.url(), &self.token, Arc::default());
        // In a quiet moment nothing that comes later makes up for a sync that was forgotten.
        let (answers, quiet) = (1 + dice.below(if self.keep { ANSWERS_KEPT } else { ANSWERS }), dice.one_in(2));
        if self.keep {
            log_is_moved(&self.disk.data()).await;
        }
        let books = work(std::mem::take(&mut self.books), 1 + dice.below(CLIENTS), &life, async {
            life.wait_for(answers).await;
            if quiet {
                life.is_enough();
            } else {
                life.power_goes();
                self.disk.cut();
            }
        });
        let books = books.await;
        if quiet {
            self.disk.cut();
        }
        server.kill();
        self.cuts += 1;
        self.acknowledged += life.answers();
        self.unanswered += books.iter().filter(|book| book.waits()).count();
        self.disk.power_on();
        match look(&self.disk.data(), self.fault, &self.token, books, self.cuts % 10 == 1).await {
            Ok(seen) => {
                self.server = Some(seen.server);
                self.books = seen.books;
                seen.losses
            }
            Err(why) => vec![why],
        }
    }
}

async fn nothing_is_lost_on(kind: Kind) {
    let Some(bench) = Bench::new(&["mkfs.xfs"]) else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut effort = Effort::new(CUTS);
    let (mut acknowledged, mut unanswered, mut trial) = (0, 0, None);
    while effort.goes_on() {
        let on: &mut Trial = match &mut trial {
            Some(on) => on,
            none => none.insert(Trial::new(&bench, kind, None, effort.done() > CUTS_OF_A_DISK, &mut dice).await),
        };
        let losses = on.cut(&mut dice).await;
        assert!(losses.is_empty(), "after cut {} of {kind:?}: {losses:#?}", effort.done());
        if on.cuts == CUTS_OF_A_DISK {
            acknowledged += on.acknowledged;
            unanswered += on.unanswered;
            trial = None;
        }
    }
    let rest = trial.as_ref().map_or((0, 0), |trial| (trial.acknowledged, trial.unanswered));
    (acknowledged, unanswered) = (acknowledged + rest.0, unanswered + rest.1);
    assert!(unanswered > effort.done() / 2, "the cuts hit running requests");
    let cuts = effort.done();
    figure("power", &format!("{cuts} cuts of {kind:?}: {acknowledged} changes acknowledged, {unanswered} cut, 0 lost"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_goes_on_ext4() {
    nothing_is_lost_on(Kind::Ext4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_goes_on_xfs() {
    nothing_is_lost_on(Kind::Xfs).await;
}
