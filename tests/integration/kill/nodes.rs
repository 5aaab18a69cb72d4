//! One of three nodes is killed at random moments, again and again, while clients work at all of them. What was
//! acknowledged is there at the others at once, bit by bit; what was not is there wholly or not at all.

use super::book::Book;
use super::dice::{self, Dice};
use super::source::Source;
use super::{Life, Place, proof, work};
use crate::nodes::node::Node;
use attache_tests::{Client, Engine, report, said};
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Kills.
const KILLS: usize = 50;
/// Nodes.
const NODES: usize = 3;
/// Clients at work, each at one node between two kills.
const CLIENTS: usize = 9;
/// What each node is started with.
const SETTINGS: [(&str, &str); 1] = [("ATTACHE_ALLOW_PRIVATE_NETWORK", "127.0.0.0/8")];
/// Most answers of a node between one kill and the next.
const ANSWERS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_when_one_of_three_nodes_is_killed() {
    let Some(place) = Place::new(Engine::Cluster).await else { return };
    let of = place.installation();
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut nodes: Vec<Node> = (0..NODES).map(|_| of.start(&SETTINGS)).collect();
    let token = said(&place.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
    let source = Arc::new(Source::open().await);
    let mut books: Vec<Book> = (0..CLIENTS as u64).map(|no| Book::new(no, Dice::new(dice.next() ^ no))).collect();
    let (mut answers, mut unanswered) = (0, 0);
    for kill in 1..=KILLS {
        let lives: Vec<Arc<Life>> = nodes.iter().map(|node| Life::at(node.url(), &token, &source)).collect();
        let working = books.into_iter().zip(0..).map(|(book, no)| {
            let life = lives[(no + kill) % NODES].clone();
            tokio::spawn(work::until_killed(book, life))
        });
        let working: Vec<_> = working.collect();
        let victim = dice.below(NODES);
        lives[victim].wait_for(1 + dice.below(ANSWERS)).await;
        for (life, no) in lives.iter().zip(0..) {
            let ends = if no == victim { &life.over } else { &life.enough };
            ends.store(true, Ordering::SeqCst);
        }
        nodes.remove(victim).kill().await;
        books = join_all(working).await.into_iter().map(|book| book.expect("no client saw a wrong answer")).collect();
        answers += lives.iter().map(|life| life.answers.load(Ordering::SeqCst)).sum::<usize>();
        unanswered += books.iter().filter(|book| book.waits()).count();

        // Any other node shows all of it, and takes the keys that the dead one held.
        proof::let_keys_end(&place).await;
        let other = Client::new(nodes[dice.below(NODES - 1)].url(), Some(token.clone()));
        proof::after_restart(&other, &mut books, kill % 10 == 0).await;
        proof::check(&place);
        nodes.insert(victim, of.start(&SETTINGS));
    }
    report(&format!("{KILLS} kills among {NODES} nodes: {answers} changes acknowledged, {unanswered} cut"));
    assert!(unanswered > KILLS / 2, "the kills hit running requests");
    let client = Client::new(nodes[0].url(), Some(token));
    proof::let_leases_end(&place).await;
    proof::until_tasks_have_ended(&client).await;
    proof::after_restart(&client, &mut books, true).await;
    proof::what_was_promised_has_come(&books);
    for node in nodes {
        assert!(node.stop().await.success());
    }
    of.check();
    proof::what_was_erased_is_gone(&place, &books).await;
}
