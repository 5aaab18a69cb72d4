//! Searching, on both engines: every filter in every form that clients write, order, pages, and what is never found.

use super::*;
use serde_json::{Value, json};
use std::time::Duration;

/// Four files made a second apart in `/f`, and one elsewhere.
async fn shelf(desk: &Desk) -> Vec<Value> {
    let mut files = Vec::new();
    for (path, bytes, options) in [
        ("/f/Cat 1.png", PIXEL, json!({"access": "PUBLIC_INDEXABLE"})),
        ("/f/dog_50%.txt", b"a dog".as_slice(), json!({"ttl": "P1D"})),
        ("/f/\u{c4}pfel.pdf", b"%PDF-1.4 apples", json!({"access": "PUBLIC_NOT_INDEXABLE"})),
        ("/f/README", b"readme", json!({})),
        ("/elsewhere/cat.txt", b"another cat", json!({})),
    ] {
        files.push(desk.hubspot.put_with(path, bytes, options).await);
        desk.pass(Duration::from_secs(1));
    }
    files
}

const ALL: [&str; 5] = ["Cat 1.png", "dog_50%.txt", "\u{c4}pfel.pdf", "README", "cat.txt"];

#[tokio::test]
async fn files_are_found_by_every_property() {
    for desk in Desk::on_both().await {
        let files = shelf(&desk).await;
        let [cat, dog, apple, readme, other] = ALL;
        let (parent, dog_id) = (files[0]["parentFolderId"].as_str().unwrap(), id(&files[1]));
        let (md5, url) = (files[0]["fileMd5"].as_str().unwrap(), files[0]["url"].as_str().unwrap());
        desk.hubspot.patch(&format!("/files/{}", id(&files[3])), json!({"isUsableInContent": false})).await.expect(200);
        for (query, expected) in [
            (String::new(), ALL.to_vec()),
            (format!("ids={dog_id}"), vec![dog]),
            (format!("ids={dog_id}&ids={}", id(&files[0])), vec![cat, dog]),
            (format!("ids={dog_id},{}", id(&files[0])), vec![cat, dog]),
            (format!("ids={NOBODY}"), vec![]),
            (format!("id={dog_id}"), vec![dog]),
            (format!("idGte={dog_id}"), vec![dog, apple, readme, other]),
            (format!("idLte={dog_id}"), vec![cat, dog]),
            (format!("parentFolderIds={parent}"), vec![cat, dog, apple, readme]),
            (format!("parentFolderId={parent}"), vec![cat, dog, apple, readme]),
            ("parentFolderIds=0".to_owned(), vec![]),
            ("name=cat".to_owned(), vec![cat, other]),
            ("name=CAT".to_owned(), vec![cat, other]),
            ("name=t+1.p".to_owned(), vec![cat]),
            ("name=%C3%A4PF".to_owned(), vec![apple]),
            ("name=50%25".to_owned(), vec![dog]),
            ("name=%25".to_owned(), vec![dog]),
            ("name=_".to_owned(), vec![dog]),
            ("name=g%255".to_owned(), vec![]),
            ("name=%5C".to_owned(), vec![]),
            ("path=/f/Cat%201.png".to_owned(), vec![cat]),
            ("path=f/Cat+1.png".to_owned(), vec![cat]),
            ("path=/f/cat%201.png".to_owned(), vec![]),
            ("path=/f".to_owned(), vec![]),
            (format!("url={}", url.replace('%', "%25")), vec![cat]),
            ("url=https://elsewhere.example/a.png".to_owned(), vec![]),
            ("size=5".to_owned(), vec![dog]),
            ("sizeGte=6&sizeLte=11".to_owned(), vec![readme, other]),
            ("width=1".to_owned(), vec![cat]),
            ("widthGte=2".to_owned(), vec![]),
            ("widthLte=1".to_owned(), vec![cat]),
            ("height=1".to_owned(), vec![cat]),
            ("heightGte=1&heightLte=1".to_owned(), vec![cat]),
            ("encoding=png".to_owned(), vec![cat]),
            ("type=IMG".to_owned(), vec![cat]),
            ("type=document".to_owned(), vec![dog, apple, other]),
            ("type=PICTURE".to_owned(), vec![]),
            ("extension=PDF".to_owned(), vec![apple]),
            ("extension=.txt".to_owned(), vec![dog, other]),
            (format!("fileMd5={}", md5.to_uppercase()), vec![cat]),
            ("fileMd5=xyz".to_owned(), vec![]),
            ("isUsableInContent=False".to_owned(), vec![readme]),
            ("isUsableInContent=0".to_owned(), vec![readme]),
            ("allowsAnonymousAccess=True".to_owned(), vec![cat, apple]),
            ("allowsAnonymousAccess=false".to_owned(), vec![dog, readme, other]),
            (format!("parentFolderIds={parent}&name=p&allowsAnonymousAccess=1"), vec![cat, apple]),
            ("ids=&name=&colour=red".to_owned(), ALL.to_vec()),
        ] {
            assert_eq!(desk.hubspot.found("files", &query).await, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn files_are_found_by_moments_in_every_form_to_the_millisecond() {
    for desk in Desk::on_both().await {
        let files = shelf(&desk).await;
        let [cat, dog, apple, ..] = ALL;
        for (query, expected) in [
            ("createdAt=2026-01-31T12:00:01.000Z", vec![dog]),
            ("createdAt=2026-01-31T12:00:01", vec![dog]),
            ("createdAt=2026-01-31T12:00:01.000000%2B00:00", vec![dog]),
            ("createdAt=2026-01-31T14:00:01%2B02:00", vec![dog]),
            ("createdAt=1769860801000", vec![dog]),
            ("createdAt=1769860801001", vec![]),
            ("createdAtLte=1769860801000", vec![cat, dog]),
            ("createdAtLte=1769860800999", vec![cat]),
            ("createdAtGte=1769860801000&createdAtLte=2026-01-31T12:00:02Z", vec![dog, apple]),
            ("updatedAt=1769860801000", vec![dog]),
            ("updatedAtLte=1769860801000", vec![cat, dog]),
            ("before=1769860801000", vec![cat]),
            ("before=1769860801001", vec![cat, dog]),
            ("expiresAt=2026-02-01T12:00:01Z", vec![dog]),
            ("expiresAtGte=2001-01-01", vec![dog]),
            ("expiresAtLte=2026-02-01T12:00:00.999Z", vec![]),
        ] {
            assert_eq!(desk.hubspot.found("files", query).await, expected, "{query}");
        }
        desk.hubspot.patch(&format!("/files/{}", id(&files[0])), json!({"name": "Cat 2"})).await.expect(200);
        assert_eq!(desk.hubspot.found("files", "updatedAtGte=1769860805000").await, ["Cat 2.png"]);
    }
}

#[tokio::test]
async fn files_come_in_every_order_and_ties_by_id() {
    for desk in Desk::on_both().await {
        shelf(&desk).await;
        let [cat, dog, apple, readme, other] = ALL;
        for (sort, expected) in [
            ("sort=id", vec![cat, dog, apple, readme, other]),
            ("sort=-id", vec![other, readme, apple, dog, cat]),
            ("sort=createdAt", vec![cat, dog, apple, readme, other]),
            ("sort=-createdAt", vec![other, readme, apple, dog, cat]),
            ("sort=-updatedAt", vec![other, readme, apple, dog, cat]),
            ("sort=name", vec![other, cat, dog, readme, apple]),
            ("sort=-name", vec![apple, readme, dog, cat, other]),
            ("sort=size", vec![dog, readme, other, apple, cat]),
            ("sort=-size", vec![cat, apple, other, readme, dog]),
            ("sort=extension", vec![readme, apple, cat, dog, other]),
            ("sort=-extension", vec![dog, other, cat, apple, readme]),
            ("sort=extension&sort=-id", vec![readme, apple, cat, other, dog]),
            ("sort=extension,-id", vec![readme, apple, cat, other, dog]),
        ] {
            assert_eq!(desk.hubspot.found("files", sort).await, expected, "{sort}");
        }
        for key in ["type", "width", "height", "expiresAt"] {
            for sort in [format!("sort={key}"), format!("sort=-{key}")] {
                let found = desk.hubspot.found("files", &sort).await;
                assert_eq!(found.len(), 5, "{sort}: nothing is lost for want of a value");
                let tied: Vec<_> = found.iter().filter(|name| [readme, other].contains(&name.as_str())).collect();
                if key != "type" {
                    assert_eq!(tied, [readme, other], "{sort}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_engines_agree_on_where_absent_values_stand() {
    let mut orders = Vec::new();
    for desk in Desk::on_both().await {
        shelf(&desk).await;
        let mut found = Vec::new();
        for key in ["type", "width", "height", "expiresAt", "-type", "-width", "-height", "-expiresAt"] {
            found.push(desk.hubspot.found("files", &format!("sort={key}")).await);
        }
        orders.push(found);
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]), "{orders:#?}");
}

#[tokio::test]
async fn pages_follow_one_another_by_offset_and_by_their_links() {
    for desk in Desk::on_both().await {
        for number in 0..23 {
            desk.hubspot.put(&format!("/f/{number:02}.txt"), b"1").await;
        }
        let names = |page: &Value| -> Vec<String> {
            page["results"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect()
        };
        let (mut page, mut seen) = (desk.hubspot.get("/files/search?name=.txt").await.expect(200), Vec::new());
        assert_eq!(page["results"].as_array().unwrap().len(), 10, "that is the default");
        loop {
            seen.extend(names(&page));
            assert_eq!(page["paging"].get("prev"), None);
            let Some(link) = page["paging"]["next"]["link"].as_str() else { break };
            assert!(link.starts_with(&desk.app.url()) && link.contains("name=.txt"), "{link}");
            assert_eq!(page["paging"]["next"]["after"], seen.len().to_string());
            page = desk.hubspot.ask_at(reqwest::Method::GET, link, |request| request).await.expect(200);
        }
        let all: Vec<String> = (0..23).map(|number| format!("{number:02}")).collect();
        assert_eq!(seen, all);
        assert_eq!(page.get("paging"), None, "the last page says nothing of a next one");
        let exact = desk.hubspot.get("/files/search?limit=23").await.expect(200);
        assert_eq!((names(&exact), exact.get("paging")), (all, None));
        let behind = desk.hubspot.get("/files/search?after=10000").await.expect(200);
        assert_eq!((names(&behind), behind.get("paging")), (vec![], None));
    }
}

#[tokio::test]
async fn a_walk_by_id_has_no_end_that_is_not_the_last_file() {
    let desk = Desk::open().await;
    for number in 0..7 {
        desk.hubspot.put(&format!("/f/{number}.txt"), b"1").await;
    }
    let (mut from, mut seen) = (0, Vec::new());
    loop {
        let page = desk.hubspot.get(&format!("/files/search?sort=id&limit=3&idGte={from}")).await.expect(200);
        let results = page["results"].as_array().unwrap();
        let Some(last) = results.last() else { break };
        from = id(last).parse::<i64>().unwrap() + 1;
        seen.extend(results.iter().map(|file| file["name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4", "5", "6"]);
}

#[tokio::test]
async fn a_search_sees_what_was_done_before_it() {
    for desk in Desk::on_both().await {
        let file = desk.hubspot.put("/f/a.txt", b"1").await;
        assert_eq!(desk.hubspot.found("files", "name=a.txt").await, ["a.txt"]);
        desk.hubspot.patch(&format!("/files/{}", id(&file)), json!({"name": "b"})).await.expect(200);
        assert_eq!(desk.hubspot.found("files", "path=/f/b.txt").await, ["b.txt"]);
        desk.hubspot.delete(&format!("/files/{}", id(&file))).await.expect(204);
        assert_eq!(desk.hubspot.found("files", "").await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn folders_are_found_by_every_property_in_every_order() {
    for desk in Desk::on_both().await {
        let mut made = Vec::new();
        for path in ["/One", "/One/two_%", "/One/\u{c4}pfel"] {
            made.push(desk.hubspot.make_folder(path).await);
            desk.pass(Duration::from_secs(1));
        }
        let [one, two, apple] = ["One", "two_%", "\u{c4}pfel"];
        let (top, second) = (id(&made[0]), id(&made[1]));
        for (query, expected) in [
            (String::new(), vec![one, two, apple]),
            (format!("ids={second}&ids={top}"), vec![one, two]),
            (format!("ids={second},{top}"), vec![one, two]),
            (format!("id={second}"), vec![two]),
            (format!("idGte={second}"), vec![two, apple]),
            (format!("idLte={second}"), vec![one, two]),
            (format!("parentFolderIds={top}"), vec![two, apple]),
            ("parentFolderIds=0".to_owned(), vec![one]),
            ("createdAt=1769860801000".to_owned(), vec![two]),
            ("createdAtGte=2026-01-31T12:00:01Z".to_owned(), vec![two, apple]),
            ("createdAtLte=1769860800999".to_owned(), vec![one]),
            ("updatedAt=1769860801000".to_owned(), vec![two]),
            ("updatedAtGte=1769860802000".to_owned(), vec![apple]),
            ("updatedAtLte=1769860800000".to_owned(), vec![one]),
            ("before=1769860801000".to_owned(), vec![one]),
            ("name=ONE".to_owned(), vec![one]),
            ("name=%C3%A4p".to_owned(), vec![apple]),
            ("name=_%25".to_owned(), vec![two]),
            ("path=/One/two_%25".to_owned(), vec![two]),
            ("path=One".to_owned(), vec![one]),
            ("path=/one".to_owned(), vec![]),
            ("sort=name".to_owned(), vec![one, two, apple]),
            ("sort=-name".to_owned(), vec![apple, two, one]),
            ("sort=-id".to_owned(), vec![apple, two, one]),
            ("sort=-createdAt".to_owned(), vec![apple, two, one]),
            ("sort=-updatedAt&limit=2".to_owned(), vec![apple, two]),
            ("sort=id&limit=2&after=2".to_owned(), vec![apple]),
        ] {
            assert_eq!(desk.hubspot.found("folders", &query).await, expected, "{query}");
        }
        let page = desk.hubspot.get("/folders/search?limit=2").await.expect(200);
        assert_eq!(page["paging"]["next"]["after"], "2");
        let link = page["paging"]["next"]["link"].as_str().unwrap();
        let last = desk.hubspot.ask_at(reqwest::Method::GET, link, |request| request).await.expect(200);
        assert_eq!((last["results"].as_array().unwrap().len(), last.get("paging")), (1, None));
    }
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_named() {
    let desk = Desk::open().await;
    for (query, place) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("after=-1", "after"),
        ("after=10001", "after"),
        ("after=next", "after"),
        ("sort=colour", "sort"),
        ("sort=--name", "sort"),
        ("ids=1,x", "ids"),
        ("idGte=x", "idGte"),
        ("parentFolderIds=-1", "parentFolderIds"),
        ("createdAt=yesterday", "createdAt"),
        ("updatedAtLte=2026-13-01", "updatedAtLte"),
        ("before=soon", "before"),
    ] {
        for things in ["files", "folders"] {
            refused_at(&desk.hubspot.get(&format!("/{things}/search?{query}")).await, 400, place);
        }
    }
    for (query, place) in [
        ("sizeLte=big", "sizeLte"),
        ("width=1.5", "width"),
        ("isUsableInContent=maybe", "isUsableInContent"),
        ("allowsAnonymousAccess=2", "allowsAnonymousAccess"),
        ("expiresAtGte=never", "expiresAtGte"),
    ] {
        refused_at(&desk.hubspot.get(&format!("/files/search?{query}")).await, 400, place);
    }
}
