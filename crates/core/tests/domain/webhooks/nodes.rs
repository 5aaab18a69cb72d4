//! Several nodes on one database: what one of them has put in line or sent, no other one does.

use super::receiver::Receiver;
use super::{Hooks, node, put, work};
use crate::home::Home;
use crate::on_both_engines;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use std::collections::BTreeSet;

on_both_engines!(two_nodes_send_each_delivery_once);

/// Files, each with one event that is sent.
const FILES: usize = 60;

async fn two_nodes_send_each_delivery_once(home: Home) {
    let mut hooks = Hooks::new(home).await;
    let second = node(&hooks.home, Limits::default(), &["127.0.0.0/8"]).await;
    let (stop, working) = work(&second);
    let mut receiver = Receiver::new().await;
    let id = hooks.hook(&receiver.url, &[EventKind::FileCreated]).await;
    for no in 0..FILES {
        let core = if no % 2 == 0 { &hooks.core } else { &second };
        put(core, &hooks.owner, &format!("{no}.txt")).await;
    }
    let mut ids = BTreeSet::new();
    for _ in 0..FILES {
        assert!(ids.insert(receiver.message().await.id().to_owned()), "every message came once");
    }
    hooks.arrived(id, FILES).await;
    hooks.stop().await;
    stop.send_replace(true);
    working.await.unwrap();
    assert!(receiver.came().is_none());
    assert!(hooks.deliveries(id).await.iter().all(|one| one.attempts == 1));
}
