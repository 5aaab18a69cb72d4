//! Row 9: files that are on no record yet.

use super::desk::{Desk, EVERYTHING};
use crate::native::{is_sound, names, on_both_engines};
use attache_tests::{Ask, Setup};
use std::time::Duration;

on_both_engines!(
    s09_an_unlinked_file_is_its_uploaders_until_it_is_linked,
    s09_what_nobody_linked_in_time_goes_to_the_trash,
    s09_where_the_time_is_zero_nothing_is_swept,
);

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn s09_an_unlinked_file_is_its_uploaders_until_it_is_linked(setup: Setup) {
    let desk = Desk::open(setup).await;
    let maker = desk.user(2, "sonar:READ_FILE,sonar:CREATE_FILE,sonar:UPDATE_FILE").await;
    let reader = desk.user(3, "sonar:READ_FILE").await;
    let boss = desk.user(4, "sonar:READ_FILE,sonar:ALTER_OTHERS_FILES").await;
    let no = maker.file("a.txt", "hello").await;
    let seen = async |who: &super::desk::Sonar| {
        let listed = who.list("").await.contains(&no);
        assert_eq!(who.shown(no).await.is_some(), listed);
        assert_eq!(who.download(no).await.status == 200, listed);
        listed
    };
    assert_eq!((seen(&maker).await, seen(&reader).await, seen(&boss).await), (true, false, true));
    maker.link("Account", 1, &[no]).await;
    assert_eq!((seen(&maker).await, seen(&reader).await, seen(&boss).await), (true, true, true));
    maker.data(&format!("mutation {{ unlinkFile(id: {no}) {{ id }} }}")).await;
    assert_eq!((seen(&maker).await, seen(&reader).await, seen(&boss).await), (true, false, true));
    desk.stop().await;
}

/// Waits until the housekeeping of a server's start has left so many files.
async fn wait_for(desk: &Desk, files: usize) {
    while desk.sonar.list("").await.len() != files {
        tokio::task::yield_now().await;
    }
}

async fn s09_what_nobody_linked_in_time_goes_to_the_trash(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().sonar_claim, 7 * 24 * 3600);
    let desk = Desk::open(setup).await;
    desk.sonar.file("forgotten.txt", "x").await;
    let linked = desk.sonar.file_on("Account", 1, "linked.txt", "x").await;
    let elsewhere = desk.sonar.file("elsewhere.txt", "x").await;
    desk.native.put(&format!("/v1/records/contact/7/files/{elsewhere}")).ask().await;
    let own = desk.native.post("/v1/files?name=native.txt").body("x").ask().await.expect(201)["no"].as_i64().unwrap();
    desk.pass(6 * DAY);
    let young = desk.sonar.file("young.txt", "x").await;
    let desk = desk.again().await;
    assert_eq!(desk.sonar.list("").await.len(), 5, "its time is not over");
    desk.pass(DAY + Duration::from_secs(1));
    let desk = desk.again().await;
    wait_for(&desk, 4).await;
    let mut left = desk.sonar.list("").await;
    left.sort_unstable();
    let mut kept = vec![linked, elsewhere, own, young];
    kept.sort_unstable();
    assert_eq!(left, kept);
    assert_eq!(names(&desk.native, "/v1/trash").await, ["forgotten.txt"], "it can be brought back");
    // Linked once, it stays, whatever becomes of the link.
    desk.sonar.data(&format!("mutation {{ unlinkFile(id: {linked}) {{ id }} }}")).await;
    desk.pass(5 * DAY);
    let desk = desk.again().await;
    assert_eq!(desk.sonar.list("").await.len(), 4);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn s09_where_the_time_is_zero_nothing_is_swept(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.sonar_claim = 0)).await;
    let no = desk.sonar.file("a.txt", "x").await;
    desk.pass(400 * DAY);
    let desk = desk.again().await;
    let other = desk.user(1, EVERYTHING).await;
    // Tasks run one after another: what is done by now was begun after the sweep.
    assert_eq!(other.list("").await, [no]);
    assert!(names(&desk.native, "/v1/trash").await.is_empty());
    desk.stop().await;
}
