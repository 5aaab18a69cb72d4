//! A harness that cannot fail proves nothing: with one sync left out, the power cuts show that something is lost.

use super::cut::Trial;
use super::disk::{Bench, Kind};
use super::state::look_through;
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, figure, report};

/// Within so many cuts each fault must show.
const CUTS: usize = 50;

/// Cuts the power of servers with a planted fault, until a loss shows.
async fn shows_by_cuts(point: &'static str, kind: Kind) {
    let Some(bench) = Bench::new(&["mkfs.xfs"]) else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut trial = Trial::new(&bench, kind, Some(point), true, &mut dice).await;
    while trial.cuts < CUTS {
        let losses = trial.cut(&mut dice).await;
        if let Some(loss) = losses.first() {
            report(&format!("with {point} on {kind:?}: {loss}"));
            figure("power", &format!("planted fault {point} on {kind:?}: caught by cut {}", trial.cuts));
            return;
        }
    }
    panic!("{CUTS} cuts of {kind:?} do not show {point}");
}

/// Looks at states of a server with a planted fault, until a loss shows.
async fn shows_in_states(point: &'static str) {
    let Some(bench) = Bench::new(&["/dev/fuse"]) else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (sums, losses) = look_through(&bench, &mut Effort::new(CUTS), Some(point), &mut Dice::new(seed)).await;
    let Some(loss) = losses.first() else { panic!("{CUTS} states do not show {point}") };
    report(&format!("with {point}: {loss}"));
    figure("power", &format!("planted fault {point}: caught in crash state {}", sums.states));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_sync_bytes_is_found_out() {
    shows_by_cuts("blobs.sync_bytes", Kind::Ext4).await;
    shows_by_cuts("blobs.sync_bytes", Kind::Xfs).await;
    shows_in_states("blobs.sync_bytes").await;
}

/// By states alone: while a log grows, and between the last answer and the kernel's own next commit, a name is brought
/// along by what others sync. The moments between are short, and a cut of a running machine seldom hits one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_sync_names_is_found_out() {
    shows_in_states("blobs.sync_names").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_sync_each_commit_is_found_out() {
    shows_by_cuts("db.synchronous_normal", Kind::Ext4).await;
    shows_by_cuts("db.synchronous_normal", Kind::Xfs).await;
    shows_in_states("db.synchronous_normal").await;
}
