//! Method B: a disk in user space logs what the server makes of it, and states are made from the log in which a cut may
//! leave a disk: all up to a flush, and of what came later some, some of it torn.

use super::book::Book;
use super::disk::{Bench, Disk, Kind};
use super::tape::{Lot, Player, Tape};
use super::work::Life;
use super::{CLIENTS, books, log_is_moved, look, serve, token, work};
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, figure, report};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// States that are looked at.
const STATES: usize = 300;
/// States of one recording.
const STATES_OF_A_TAPE: usize = 50;
/// Times of work in a recording, and answers in each. After every other one the server is started anew.
const SHIFTS: usize = 4;
const ANSWERS: usize = 20;
/// One in so many states is torn, wherever there is something to tear.
const TORN: usize = 3;
/// Room on a disk, in bytes.
const ROOM: u64 = 160 << 20;

/// What was recorded.
pub(super) struct Recording {
    player: Player,
    books: Vec<Book>,
    token: String,
    /// From when on the power may go, in steps.
    begun: usize,
    fault: Option<&'static str>,
    state: PathBuf,
    at: PathBuf,
}

impl Recording {
    /// Records some lives of a server, with clients who erase nothing if they `keep`.
    pub(super) async fn make(bench: &Bench, fault: Option<&'static str>, keep: bool, dice: &mut Dice) -> Recording {
        let image = bench.image("image", Kind::Ext4, ROOM);
        let base = bench.path("base");
        super::disk::run(std::process::Command::new("cp").arg("--sparse=always").args([&image, &base]));
        let tape = Tape::start(bench, &image);
        let mut disk = Disk::mount(&tape.disk(), &bench.folder("disk"), Kind::Ext4);
        disk.prepare();
        let mut server = serve(&disk.data(), fault);
        let token = token(&disk.data(), fault);
        let mut books = books(keep, dice);
        let begun = tape.clock().load(Ordering::SeqCst) as usize;
        for shift in 0..SHIFTS {
            let life = Life::new(server.url(), &token, tape.clock());
            let working = work(books, 1 + dice.below(CLIENTS), &life, async {
                life.wait_for(ANSWERS).await;
                life.is_enough();
            });
            books = working.await;
            if keep {
                log_is_moved(&disk.data()).await;
            }
            if shift % 2 == 1 {
                server.kill();
                server = serve(&disk.data(), fault);
            }
        }
        server.kill();
        disk.take_away();
        let player = Player::new(tape.stop(), base);
        Recording { player, books, token, begun, fault, state: bench.path("state"), at: bench.folder("disk") }
    }

    /// Moments at which the power may go, in order; with whether the last write is torn.
    fn cuts(&self, count: usize, dice: &mut Dice) -> Vec<(usize, bool)> {
        let mut cuts: Vec<(usize, bool)> =
            (0..count).map(|no| self.a_cut(self.fault.is_none() && no % TORN == 0, dice)).collect();
        cuts.sort_unstable();
        cuts
    }

    fn a_cut(&self, tear: bool, dice: &mut Dice) -> (usize, bool) {
        let answered: Vec<u64> = self.books.iter().flat_map(Book::acknowledged).collect();
        loop {
            let any = self.begun + dice.below(self.player.len() + 1 - self.begun);
            // As often just when something was promised: nothing that comes later makes up for a sync that was forgotten.
            let cut = if tear || self.fault.is_none() && dice.one_in(2) {
                any
            } else {
                answered[dice.below(answered.len())] as usize
            };
            if cut < self.begun {
                continue;
            }
            if !tear || self.player.tears_at(cut) {
                return (cut, tear);
            }
        }
    }

    /// Makes a state and looks at it. Gives what was lost in it.
    async fn look_at(&mut self, cut: usize, tear: bool, dice: &mut Dice) -> (Lot, Vec<String>) {
        let lot = self.player.state(cut, tear, dice, &self.state);
        let mut disk = Disk::mount(&self.state, &self.at, Kind::Ext4);
        let books = self.books.iter().map(|book| book.as_of(cut as u64)).collect();
        let losses = match look(&disk.data(), self.fault, &self.token, books, cut.is_multiple_of(10)).await {
            Ok(seen) => {
                seen.server.kill();
                seen.losses
            }
            Err(why) => vec![why],
        };
        disk.take_away();
        (lot, losses)
    }
}

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) states: usize,
    torn: usize,
    kept: usize,
    dropped: usize,
    promises: usize,
}

/// Looks at states of new recordings while the effort goes on, until something is lost.
pub(super) async fn look_through(
    bench: &Bench,
    effort: &mut Effort,
    fault: Option<&'static str>,
    dice: &mut Dice,
) -> (Sums, Vec<String>) {
    let mut sums = Sums::default();
    // Half of the clients erase nothing; of a server with a fault, all.
    for keep in [fault.is_some(), true].into_iter().cycle() {
        let mut tape = Recording::make(bench, fault, keep, dice).await;
        for (cut, tear) in tape.cuts(STATES_OF_A_TAPE, dice) {
            if !effort.goes_on() {
                return (sums, Vec::new());
            }
            let (lot, losses) = tape.look_at(cut, tear, dice).await;
            sums.states += 1;
            sums.torn += usize::from(lot.torn);
            sums.kept += lot.kept;
            sums.dropped += lot.dropped;
            let answered = tape.books.iter().flat_map(Book::acknowledged);
            sums.promises += answered.filter(|at| *at <= cut as u64).count();
            if !losses.is_empty() {
                return (sums, losses);
            }
        }
    }
    unreachable!("a cycle has no end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_in_any_state_that_a_power_cut_leaves() {
    let Some(bench) = Bench::new(&["/dev/fuse"]) else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (sums, losses) = look_through(&bench, &mut Effort::new(STATES), None, &mut Dice::new(seed)).await;
    assert!(losses.is_empty(), "in state {}: {losses:#?}", sums.states);
    let Sums { states, torn, kept, dropped, promises } = sums;
    assert!(torn * 5 >= states, "{torn} of {states} states are torn, which is less than a fifth");
    figure(
        "power",
        &format!(
            "{states} crash states, {torn} of them torn, with {kept} writes behind the last flush kept and {dropped} \
             dropped: {promises} promises held, 0 lost"
        ),
    );
}
