//! GET of the list: filters, pages, and the links that never end.

use crate::keap::desk::{Desk, Place, V1};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};

on_both_engines!(
    a_list_counts_all_and_its_links_never_end,
    a_script_that_follows_next_until_a_page_is_empty_sees_each_file_once,
    c14_limits_are_read_as_keap_reads_them,
    c14_names_match_in_any_letters_and_a_star_counts_at_the_ends_alone,
    c14_links_begin_with_the_base_that_is_set_or_that_was_asked,
    lists_are_narrowed_by_every_filter_and_by_all_together,
    what_is_not_asked_for_does_not_count_and_what_is_none_is_refused,
    a_new_file_is_listed_at_once_and_a_deleted_one_is_not,
);

fn numbers(list: &Value) -> Vec<i64> {
    list["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64().unwrap()).collect()
}

async fn with_files(setup: Setup, count: usize) -> (Desk, Vec<i64>) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for no in 0..count {
        nos.push(desk.keap.file(&format!("{no}.txt"), b"x", Place::Contact(7)).await);
    }
    (desk, nos)
}

async fn a_list_counts_all_and_its_links_never_end(setup: Setup) {
    let (desk, nos) = with_files(setup, 5).await;
    let base = format!("{}{V1}/", desk.app.url());
    for (query, shown, next, previous) in [
        ("limit=2", &nos[..2], "limit=2&offset=2", "limit=2&offset=0"),
        ("limit=2&offset=2", &nos[2..4], "limit=2&offset=4", "limit=2&offset=0"),
        ("limit=2&offset=4", &nos[4..], "limit=2&offset=6", "limit=2&offset=2"),
        ("limit=2&offset=9", &[], "limit=2&offset=11", "limit=2&offset=7"),
        ("", &nos[..], "limit=1000&offset=1000", "limit=1000&offset=0"),
        ("offset=3", &nos[3..], "limit=1000&offset=1003", "limit=1000&offset=0"),
    ] {
        let list = desk.keap.get(&format!("{V1}?{query}")).await.expect(200);
        assert_eq!(numbers(&list), shown, "{query}");
        assert_eq!(list["count"], 5, "{query}");
        assert_eq!(list["next"], format!("{base}?{next}"), "{query}");
        assert_eq!(list["previous"], format!("{base}?{previous}"), "{query}");
    }
    let list = desk.keap.get(&format!("{V1}?contact_id=7&limit=1&name=*.txt")).await.expect(200);
    let next = list["next"].as_str().unwrap();
    assert!(next.contains("?limit=1&offset=1&") && next.contains("&contact_id=7") && next.contains("&name="), "{next}");
    assert_eq!(numbers(&desk.keap.get(next).await.json()), nos[1..2], "filters go with the link");
    let nothing = desk.keap.get(&format!("{V1}?contact_id=8")).await.expect(200);
    assert_eq!((&nothing["files"], &nothing["count"]), (&json!([]), &json!(0)));
    desk.stop().await;
}

async fn a_script_that_follows_next_until_a_page_is_empty_sees_each_file_once(setup: Setup) {
    let (desk, nos) = with_files(setup, 7).await;
    for slash in ["", "/"] {
        let mut seen = Vec::new();
        let mut page = desk.keap.get(&format!("{V1}{slash}?limit=3")).await.expect(200);
        while page["files"] != json!([]) {
            seen.extend(numbers(&page));
            page = desk.keap.get(page["next"].as_str().unwrap()).await.expect(200);
        }
        assert_eq!(seen, nos);
    }
    desk.stop().await;
}

async fn c14_limits_are_read_as_keap_reads_them(setup: Setup) {
    let (desk, nos) = with_files(setup, 3).await;
    for query in ["", "limit=0", "limit=1000", "limit=1001", "limit=2147483647", "offset=0"] {
        let list = desk.keap.get(&format!("{V1}?{query}")).await.expect(200);
        assert_eq!(numbers(&list), nos, "{query}");
        assert!(list["next"].as_str().unwrap().contains("limit=1000&offset=1000"), "{query}: {list}");
    }
    assert_eq!(desk.keap.list1("limit=1").await, nos[..1]);
    for bad in ["limit=-1", "offset=-1", "limit=ten", "offset=1.5", "limit=1e2", "limit=99999999999999999999"] {
        desk.keap.get(&format!("{V1}?{bad}")).await.expect(400);
    }
    desk.stop().await;
}

async fn c14_names_match_in_any_letters_and_a_star_counts_at_the_ends_alone(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut nos = Vec::new();
    for name in
        ["Report.PDF", "my report.pdf", "report.pdf.txt", "a*b.txt", "axb.txt", "100%_done.txt", "100xydone.txt"]
    {
        nos.push(desk.keap.file(name, b"x", Place::Contact(7)).await);
    }
    let found = async |name: &str| desk.keap.list1(&format!("name={}", crate::keap::desk::encoded(name))).await;
    assert_eq!(found("report.pdf").await, nos[..1]);
    assert_eq!(found("report*").await, [nos[0], nos[2]]);
    assert_eq!(found("*report.pdf").await, nos[..2]);
    assert_eq!(found("*REPORT*").await, nos[..3]);
    assert_eq!(found("a*b.txt").await, [nos[3]], "a star in the middle is a star");
    assert_eq!(found("*a*b.txt").await, [nos[3]]);
    assert_eq!(found("100%_done.txt").await, [nos[5]], "these are no wildcards here");
    assert_eq!(found("*%_*").await, [nos[5]]);
    assert_eq!(found("*").await, nos);
    assert!(found("none").await.is_empty());
    desk.stop().await;
}

async fn c14_links_begin_with_the_base_that_is_set_or_that_was_asked(setup: Setup) {
    let base = "https://files.example.com/box";
    let desk = Desk::open(setup.settings(|settings| settings.public_url = Some(base.to_owned()))).await;
    let file = desk.keap.upload("a.txt", b"a", Place::Company).await;
    assert!(file["download_url"].as_str().unwrap().starts_with(&format!("{base}/at1-")), "{file}");
    let list = desk.keap.0.get(V1).header("Host", "evil.example").ask().await.expect(200);
    for link in ["next", "previous"] {
        assert!(list[link].as_str().unwrap().starts_with(&format!("{base}/crm/rest/v1/files/?")), "{list}");
    }
    desk.stop().await;
}

async fn lists_are_narrowed_by_every_filter_and_by_all_together(setup: Setup) {
    let desk = Desk::open(setup).await;
    let user = desk.with("keap:edit_company_files").await;
    let mut nos = Vec::new();
    for (name, place) in [
        ("a.txt", Place::Contact(7)),
        ("b.txt", Place::Contact(8)),
        ("a.txt", Place::Contact(7)),
        ("a.txt", Place::User),
        ("a.txt", Place::Company),
    ] {
        nos.push(user.file(name, b"x", place).await);
    }
    let public = json!({ "is_public": true });
    for at in [1, 4] {
        user.put(&format!("{V1}/{}", nos[at]), &public).await.expect(200);
    }
    let of = |list: &[usize]| -> Vec<i64> { list.iter().map(|at| nos[*at]).collect() };
    for (query, wanted) in [
        ("contact_id=7", &[0, 2][..]),
        ("contactId=8", &[1]),
        ("contact_id=9", &[]),
        ("viewable=PUBLIC", &[1, 4]),
        ("viewable=PRIVATE", &[0, 2, 3]),
        ("viewable=BOTH", &[0, 1, 2, 3, 4]),
        ("permission=COMPANY", &[4]),
        ("permission=USER", &[0, 1, 2, 3]),
        ("permission=BOTH", &[0, 1, 2, 3, 4]),
        ("type=Contact", &[0, 1, 2]),
        ("type=Application", &[3, 4]),
        ("type=Image", &[]),
        ("type=BrandingCenterLogo", &[]),
        ("contact_id=7&name=a.txt", &[0, 2]),
        ("contact_id=8&name=a.txt", &[]),
        ("name=a.txt&viewable=PUBLIC&permission=COMPANY&type=Application", &[4]),
        ("contact_id=7&limit=1&offset=1", &[2]),
    ] {
        assert_eq!(user.list1(query).await, of(wanted), "{query}");
        let count = user.get(&format!("{V1}?{query}")).await.json()["count"].as_u64().unwrap();
        assert!(query.contains("limit") || count == wanted.len() as u64, "{query}: {count}");
    }
    let plain = desk.with("keap:user").await;
    let empty = plain.get(&format!("{V1}?permission=COMPANY")).await.expect(200);
    assert_eq!((&empty["files"], &empty["count"]), (&json!([]), &json!(0)), "no right is no error");
    desk.stop().await;
}

async fn what_is_not_asked_for_does_not_count_and_what_is_none_is_refused(setup: Setup) {
    let (desk, nos) = with_files(setup, 2).await;
    for query in ["since=2020&fields=id", "order=name", "fileQueryCommand=%7B%7D", "LIMIT=1", "name=&limit=5"] {
        let list = desk.keap.get(&format!("{V1}?{query}")).await.expect(200);
        assert!(query.contains("name=&") || numbers(&list) == nos, "{query}");
    }
    for bad in [
        "viewable=ALL",
        "permission=CONTACT",
        "type=Nothing",
        "type=CONTACT_FILE",
        "contact_id=seven",
        "contact_id=1.5",
    ] {
        desk.keap.get(&format!("{V1}?{bad}")).await.expect(400);
    }
    desk.stop().await;
}

async fn a_new_file_is_listed_at_once_and_a_deleted_one_is_not(setup: Setup) {
    let (desk, nos) = with_files(setup, 2).await;
    let new = desk.keap.file("new.txt", b"x", Place::Contact(7)).await;
    assert_eq!(desk.keap.list1("").await, [nos[0], nos[1], new]);
    desk.keap.delete(&format!("{V1}/{}", nos[0])).await.expect(204);
    let list = desk.keap.get(V1).await.expect(200);
    assert_eq!((numbers(&list), &list["count"]), (vec![nos[1], new], &json!(2)));
    desk.stop().await;
}
