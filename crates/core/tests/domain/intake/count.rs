//! Counting: an intake never takes more files than it may, nor any when it has ended.

use super::{new, send};
use crate::home::Home;
use crate::on_both_engines;
use attache_core::{Body, NewIntake, SentFile};
use attache_model::intake::Standing;
use attache_model::{Error, What};
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use std::time::Duration;

on_both_engines!(
    sixteen_senders_at_once_never_send_more_than_may_come,
    numbers_in_names_are_each_given_once,
    one_sender_is_told_how_many_are_left,
    an_intake_ends_with_its_time,
    an_intake_that_is_closed_takes_nothing,
    one_that_ends_while_bytes_come_takes_nothing,
);

async fn sixteen_senders_at_once_never_send_more_than_may_come(home: Home) {
    let intake = home.intake(NewIntake { max_files: Some(5), ..new() }).await;
    let mut senders = Vec::new();
    for _ in 0..16 {
        senders.push(home.sender(&intake).await);
    }
    let sends = senders.iter_mut().enumerate().map(async |(at, sender)| {
        let content = vec![u8::try_from(at).unwrap(); 2000];
        send(sender, &format!("{at}.txt"), None, &content).await
    });
    let came = join_all(sends).await;
    assert_eq!(came.iter().filter(|came| came.is_ok()).count(), 5);
    for told in came.into_iter().filter_map(Result::err) {
        assert!(matches!(told, Error::TooMany { what: What::Intake, limit: 5 }), "{told}");
    }
    assert_eq!((home.received(&intake).await, home.on_record().await.len()), (5, 5));
    let told = home.try_sender(&intake).await.unwrap_err();
    assert!(matches!(told, Error::TooMany { what: What::Intake, .. }), "{told}");
    let received = home.happened().await.into_iter().filter(|word| *word == "intake.received").count();
    assert_eq!(received, 5);
}

async fn numbers_in_names_are_each_given_once(home: Home) {
    let plan = NewIntake { file_name: "{number}".into(), max_files: Some(12), ..new() };
    let intake = home.intake(plan).await;
    let sends = (0..12).map(|at| home.send(&intake, "a.txt", if at % 2 == 0 { b"even" } else { b"odd" }));
    assert!(join_all(sends.collect::<Vec<_>>()).await.iter().all(Result::is_ok));
    let mut names = home.names().await;
    names.sort_by_key(|name| (name.len(), name.clone()));
    assert_eq!(names, (1..=12).map(|no| format!("{no}.txt")).collect::<Vec<_>>());
}

async fn one_sender_is_told_how_many_are_left(home: Home) {
    let intake = home.intake(NewIntake { max_files: Some(2), ..new() }).await;
    let mut sender = home.sender(&intake).await;
    assert_eq!(send(&mut sender, "a.txt", None, b"a").await.unwrap().left, 1);
    assert!(send(&mut sender, "b.txt", None, b"").await.is_err(), "an empty one is not counted");
    assert_eq!(send(&mut sender, "b.txt", None, b"b").await.unwrap().left, 0);
    assert_eq!(sender.visitor().standing(), Standing::Full);
    assert!(matches!(send(&mut sender, "c.txt", None, b"c").await, Err(Error::TooMany { .. })));
}

async fn an_intake_ends_with_its_time(home: Home) {
    let intake = home.intake(NewIntake { life: Some(Duration::from_secs(60)), ..new() }).await;
    home.clock.advance(Duration::from_millis(59_999));
    home.send(&intake, "a.txt", b"a").await.unwrap();
    home.clock.advance(Duration::from_millis(1));
    assert!(matches!(home.try_sender(&intake).await, Err(Error::Gone(What::Intake))));
    let seal = home.maker().intake_seal(intake.id);
    assert_eq!(home.core.visit_intake(&seal).await.unwrap().standing(), Standing::Expired);
}

async fn an_intake_that_is_closed_takes_nothing(home: Home) {
    let intake = home.intake(new()).await;
    let mut sender = home.sender(&intake).await;
    home.maker().close_intake(intake.id).await.unwrap();
    assert!(matches!(home.try_sender(&intake).await, Err(Error::Gone(What::Intake))));
    assert!(matches!(send(&mut sender, "a.txt", None, b"a").await, Err(Error::Gone(What::Intake))));
    assert!(home.on_record().await.is_empty());
}

/// The bytes are all here, and between the look before them and the commit the intake is closed: the commit refuses.
async fn one_that_ends_while_bytes_come_takes_nothing(home: Home) {
    let intake = home.intake(new()).await;
    let mut sender = home.sender(&intake).await;
    let (first, second) = (Bytes::from_static(b"first "), Bytes::from_static(b"second"));
    let (core, owner, id) = (home.core.clone(), home.owner.clone(), intake.id);
    let slow = stream::unfold(0, move |at| {
        let (core, owner, first, second) = (core.clone(), owner.clone(), first.clone(), second.clone());
        async move {
            match at {
                0 => Some((Ok(first), 1)),
                1 => {
                    core.edit(&owner).unwrap().close_intake(id).await.unwrap();
                    Some((Ok(second), 2))
                }
                _ => None,
            }
        }
    });
    let sent = SentFile { name: "a.txt".into(), media_type: None };
    let told = sender.receive(&sent, Body::new(Box::pin(slow), None)).await.unwrap_err();
    assert!(matches!(told, Error::Gone(What::Intake)), "{told}");
    assert!(home.on_record().await.is_empty());
    assert_eq!(home.happened().await, ["intake.created", "intake.closed"]);
}
