//! Holds and erases of the same files at once, on the engine itself: whichever is told to be done, the other one is refused.

use super::LARGE;
use crate::home::Home;
use crate::on_both_engines;
use attache_core::Condition;
use attache_model::{Error, What};

on_both_engines!(of_a_hold_and_an_erase_at_once_one_is_refused);

/// Files that are held and erased at once.
const FILES: usize = 60;

#[expect(clippy::print_stdout, reason = "figures are said where the run's report keeps them")]
async fn of_a_hold_and_an_erase_at_once_one_is_refused(home: Home) {
    let (mut held, mut erased) = (0, 0);
    for no in 0..FILES {
        let bytes = if no % 2 == 0 { vec![7; LARGE] } else { b"x".to_vec() };
        let file = home.stored(&format!("{no}.bin"), bytes.clone()).await.no;
        let hold = async {
            // By turns the one and the other comes first.
            for _ in 0..no % 7 {
                tokio::task::yield_now().await;
            }
            home.core.manage(&home.owner).unwrap().hold_file(file, "case 7").await
        };
        let erase = async { home.core.remove(&home.owner).unwrap().erase_file(file, Condition::Always).await };
        let (hold, erase) = if no % 3 == 0 { tokio::join!(hold, erase) } else { swapped(tokio::join!(erase, hold)) };
        match (hold, erase) {
            (Ok(_), Err(Error::Held(What::File))) => {
                held += 1;
                assert_eq!(home.bytes(file, 1).await, bytes, "{no}");
            }
            (Err(Error::NotFound(What::File)), Ok(_)) => erased += 1,
            other => panic!("file {no}: {other:?}"),
        }
    }
    let left = home.ask("SELECT name FROM file WHERE legal_hold_at > 0", 0, 0).await.unwrap();
    assert_eq!((left.len(), held + erased), (held, FILES));
    println!("FIGURE hold: {FILES} files held and erased at once: {held} held, {erased} erased, 0 both");
}

fn swapped<A, B>((one, other): (A, B)) -> (B, A) {
    (other, one)
}
