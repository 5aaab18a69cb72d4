//! What is read when: everything within its days, and a share of what is fresh after a minute, an hour and a day.

use super::{Shelf, long};
use crate::home::Home;
use crate::on_both_engines;
use attache_model::limits::Limits;
use std::time::Duration;

on_both_engines!(
    a_content_is_read_when_its_days_are_over_and_not_a_moment_earlier,
    with_no_days_nothing_is_read_again,
    a_damaged_content_comes_up_again_after_a_day,
    fresh_contents_are_read_after_a_minute_an_hour_and_a_day,
    of_fresh_contents_those_are_read_that_were_chosen,
    the_work_goes_on_where_it_was_after_a_restart,
);

const DAY: Duration = Duration::from_secs(24 * 3600);
const MOMENT: Duration = Duration::from_millis(1);

impl Shelf {
    /// How many contents are due, and read now.
    async fn read_due(&self) -> u64 {
        self.core.operator().scrub_due().await.unwrap().contents
    }

    /// Makes some contents, in rows and in the store.
    async fn fill(&self, count: u64) {
        for no in 0..count {
            match no % 2 {
                0 => self.put(&format!("{no}"), &long(no)).await,
                _ => self.put(&format!("{no}"), &no.to_le_bytes()).await,
            };
        }
    }
}

fn limits(scrub_days: u64, scrub_sample: u64) -> Limits {
    Limits { scrub_days, scrub_sample, ..Limits::default() }
}

async fn a_content_is_read_when_its_days_are_over_and_not_a_moment_earlier(home: Home) {
    let shelf = Shelf::new(home, &limits(30, 0)).await;
    shelf.fill(4).await;
    shelf.home.clock.advance(DAY * 30 - MOMENT);
    assert_eq!(shelf.read_due().await, 0);
    shelf.home.clock.advance(MOMENT);
    assert_eq!(shelf.read_due().await, 4);
    assert_eq!(shelf.read_due().await, 0, "each has its days again");
    shelf.home.clock.advance(DAY * 30);
    assert_eq!(shelf.read_due().await, 4);
}

async fn with_no_days_nothing_is_read_again(home: Home) {
    let shelf = Shelf::new(home, &limits(0, 0)).await;
    shelf.fill(2).await;
    shelf.home.clock.advance(DAY * 1000);
    assert_eq!(shelf.read_due().await, 0);
    assert_eq!(shelf.scrub().await.contents, 2, "but when it is asked for");
}

async fn a_damaged_content_comes_up_again_after_a_day(home: Home) {
    let shelf = Shelf::new(home, &limits(30, 0)).await;
    let file = shelf.put("a.bin", &long(1)).await;
    let key = shelf.key_of(file.no).await;
    shelf.tamper(&key, Some(b"others")).await;
    shelf.scrub().await;
    for _ in 0..2 {
        shelf.home.clock.advance(DAY - MOMENT);
        assert_eq!(shelf.read_due().await, 0);
        shelf.home.clock.advance(MOMENT);
        assert_eq!(shelf.core.operator().scrub_due().await.unwrap().damaged.len(), 1);
    }
    shelf.tamper(&key, Some(&long(1))).await;
    shelf.home.clock.advance(DAY);
    assert_eq!(shelf.core.operator().scrub_due().await.unwrap().mended, 1);
    assert_eq!(shelf.read(file.no).await.unwrap(), long(1));
    shelf.home.clock.advance(DAY);
    assert_eq!(shelf.read_due().await, 0, "it has its days again");
}

async fn fresh_contents_are_read_after_a_minute_an_hour_and_a_day(home: Home) {
    let shelf = Shelf::new(home, &limits(30, 1000)).await;
    shelf.fill(4).await;
    let mut before = Duration::ZERO;
    for age in [60, 3600, 24 * 3600].map(Duration::from_secs) {
        shelf.home.clock.advance(age - before - MOMENT);
        assert_eq!(shelf.read_due().await, 0, "before {age:?}");
        shelf.home.clock.advance(MOMENT);
        assert_eq!(shelf.read_due().await, 4, "at {age:?}");
        before = age;
    }
    shelf.home.clock.advance(DAY * 20);
    assert_eq!(shelf.read_due().await, 0);
}

async fn of_fresh_contents_those_are_read_that_were_chosen(home: Home) {
    let shelf = Shelf::new(home, &limits(30, 300)).await;
    shelf.fill(100).await;
    let chosen = shelf.home.ask("SELECT key FROM blob WHERE reread_at > 0", 0, 0).await.unwrap().len() as u64;
    assert!((5..=70).contains(&chosen), "three tenths of 100, by chance: {chosen}");
    shelf.home.clock.advance(Duration::from_secs(60));
    assert_eq!(shelf.read_due().await, chosen);
}

async fn the_work_goes_on_where_it_was_after_a_restart(home: Home) {
    const ALL: u64 = 200;
    let shelf = Shelf::new(home, &limits(30, 0)).await;
    shelf.fill(ALL).await;
    shelf.home.clock.advance(DAY * 30);
    let operator = shelf.core.operator();
    let some = async {
        while shelf.core.figures().care.contents_read < 60 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = some => {}
        _ = operator.scrub_due() => panic!("it was over before it was cut off"),
    }
    let before = shelf.core.figures().care.contents_read;
    let after = shelf.other(&limits(30, 0)).await.operator().scrub_due().await.unwrap().contents;
    // What was read and not written down yet is read again; what was committed as it was cut off was not counted.
    assert!(before >= 60 && before + after <= ALL && before + after >= ALL - 32, "{before} and {after}");
    assert_eq!(shelf.read_due().await, 0);
}
