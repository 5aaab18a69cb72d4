//! GET of the list: pages.

use crate::keap::desk::{Desk, Keap, Place, V2, encoded};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::Value;
use std::time::Duration;

on_both_engines!(
    c13_pages_have_a_size_and_the_last_has_an_empty_token,
    c13_a_token_that_is_not_of_this_list_is_refused,
    c13_pages_neither_skip_nor_repeat_what_stays_while_others_come_and_go,
);

async fn with_files(setup: Setup, count: usize) -> (Desk, Vec<i64>) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for no in 0..count {
        nos.push(desk.keap.file(&format!("{no}.txt"), b"x", Place::Contact(7)).await);
        desk.pass(Duration::from_secs(1));
    }
    (desk, nos)
}

fn numbers(page: &Value) -> Vec<i64> {
    page["files"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn token(page: &Value) -> String {
    page["next_page_token"].as_str().unwrap().to_owned()
}

async fn c13_pages_have_a_size_and_the_last_has_an_empty_token(setup: Setup) {
    let (desk, nos) = with_files(setup, 4).await;
    for query in ["", "page_size=0", "page_size=1000", "page_size=4", "page_token=", "page_size="] {
        let page = desk.keap.get(&format!("{V2}?{query}")).await;
        if query == "page_size=" && page.status == 400 {
            continue;
        }
        let page = page.expect(200);
        assert_eq!((numbers(&page), token(&page)), (nos.clone(), String::new()), "{query}");
    }
    let first = desk.keap.get(&format!("{V2}?page_size=2")).await.expect(200);
    assert_eq!(numbers(&first), nos[..2]);
    let second = desk.keap.get(&format!("{V2}?page_size=2&page_token={}", encoded(&token(&first)))).await.expect(200);
    assert_eq!((numbers(&second), token(&second)), (nos[2..].to_vec(), String::new()));
    // Another size of page is the same list.
    let rest = desk.keap.get(&format!("{V2}?page_size=1&page_token={}", encoded(&token(&first)))).await.expect(200);
    assert_eq!(numbers(&rest), nos[2..3]);
    for bad in ["page_size=1001", "page_size=-1", "page_size=ten", "page_size=1.5", "page_size=99999999999"] {
        desk.keap.get(&format!("{V2}?{bad}")).await.expect(400);
    }
    desk.stop().await;
}

async fn c13_a_token_that_is_not_of_this_list_is_refused(setup: Setup) {
    let (desk, _) = with_files(setup, 4).await;
    let first = desk.keap.get(&format!("{V2}?page_size=2&filter=contact_id==7&order_by=id")).await.expect(200);
    let good = encoded(&token(&first));
    desk.keap.get(&format!("{V2}?page_size=2&filter=contact_id==7&order_by=id&page_token={good}")).await.expect(200);
    let mut broken = token(&first).into_bytes();
    let middle = broken.len() / 2;
    broken[middle] = if broken[middle] == b'a' { b'b' } else { b'a' };
    let broken = encoded(&String::from_utf8(broken).unwrap());
    for query in [
        format!("filter=contact_id==8&order_by=id&page_token={good}"),
        format!("order_by=id&page_token={good}"),
        format!("filter=contact_id==7&order_by=file_name&page_token={good}"),
        format!("filter=contact_id==7&order_by=id%20desc&page_token={good}"),
        format!("filter=contact_id==7&order_by=id&page_token={broken}"),
        "page_token=garbage".to_owned(),
        "page_token=%00".to_owned(),
    ] {
        desk.keap.get(&format!("{V2}?{query}")).await.expect(400);
    }
    // Nor is one of this very list of another account, or of an account's other face.
    let other = Keap::of(desk.app.other_account("other").await);
    other.get(&format!("{V2}?page_size=2&filter=contact_id==7&order_by=id&page_token={good}")).await.expect(400);
    let own = desk.native.get("/v1/files?limit=1").ask().await.expect(200)["next_cursor"].clone();
    desk.keap.get(&format!("{V2}?page_token={}", encoded(own.as_str().unwrap()))).await.expect(400);
    desk.stop().await;
}

async fn c13_pages_neither_skip_nor_repeat_what_stays_while_others_come_and_go(setup: Setup) {
    let (desk, nos) = with_files(setup, 8).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    for round in 0.. {
        let page = desk.keap.get(&format!("{V2}?page_size=2&page_token={}", encoded(&next))).await.expect(200);
        seen.extend(numbers(&page));
        next = token(&page);
        if next.is_empty() {
            break;
        }
        if round == 0 {
            // One that was seen goes, one that was not seen goes, and the very last one that was seen.
            for at in [0, 1, 4] {
                desk.keap.delete(&format!("{V2}/{}", nos[at])).await.expect(204);
            }
            desk.keap.file("new.txt", b"x", Place::Contact(7)).await;
        }
    }
    let new = seen.pop().unwrap();
    assert!(new > nos[7], "what comes later is seen too");
    assert_eq!(seen, [nos[0], nos[1], nos[2], nos[3], nos[5], nos[6], nos[7]]);
    desk.native.get("/v1/account").ask().await.expect(200);
    desk.stop().await;
}
