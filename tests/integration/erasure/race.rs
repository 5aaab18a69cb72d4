//! Erases beside uploads of the same bytes: what is uploaded is readable, and what is erased is gone.

use super::{LARGE, erase, until_gone};
use crate::native::{at, content, is_sound, noise, on_both_engines, post};
use attache_tests::{Ask, Setup, figure};
use futures_util::future::join_all;

on_both_engines!(bytes_that_come_in_while_the_same_bytes_are_erased_are_readable);

/// Rounds, each of an erase and uploads of the same bytes at once.
const ROUNDS: u64 = 12;
const UPLOADS: usize = 4;

async fn bytes_that_come_in_while_the_same_bytes_are_erased_are_readable(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for round in 0..ROUNDS {
        // Small contents are in the database, large ones in the store.
        let bytes = noise(round, if round % 2 == 0 { 700 } else { LARGE });
        let first = post(&client, &format!("name=first-{round}.bin"), bytes.clone()).await.expect(201);
        let names: Vec<String> = (0..UPLOADS).map(|no| format!("name=again-{round}-{no}.bin")).collect();
        let uploads = join_all(names.iter().map(|query| post(&client, query, bytes.clone())));
        let (erasure, uploads) = tokio::join!(erase(&client, &first), uploads);
        for upload in &uploads {
            let file = upload.expect(201);
            assert!(content(&client, &file).await == bytes, "round {round}");
        }
        until_gone(&client, &erasure).await;
        client.get(&at(&first)).ask().await.refused(404, "not_found");
        // The last one that has them takes them away.
        let last = join_all(uploads.iter().map(|upload| async { erase(&client, &upload.expect(201)).await })).await;
        for erasure in last {
            until_gone(&client, &erasure).await;
        }
    }
    is_sound(&app).await;
    figure("erase", &format!("{ROUNDS} erases beside {UPLOADS} uploads of the same bytes each: 0 uploads unreadable"));
    app.stop().await;
}
