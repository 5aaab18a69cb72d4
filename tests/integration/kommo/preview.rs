//! Small pictures of pictures, through a server of its own process: it is its own program that makes them.

use super::desk::{Drive, text};
use crate::PROGRAM;
use crate::preview::png;
use attache_tests::{Home, Process, said};
use serde_json::{Value, json};

struct Server {
    drive: Drive,
    _process: Process,
    _home: Home,
}

impl Server {
    fn start() -> Server {
        let home = Home::new();
        said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
        let process = home.serve(PROGRAM, &[]);
        let drive = Drive::of(process.client(PROGRAM, "kommo:files,kommo:files_delete"));
        Server { drive, _process: process, _home: home }
    }

    async fn anybody(&self, url: &str) -> attache_tests::Answer {
        Drive::of(self.drive.0.with_token(None)).get(url).await
    }
}

fn previews(file: &Value) -> &Vec<Value> {
    file["previews"].as_array().unwrap()
}

#[tokio::test]
async fn a_picture_has_previews_of_the_sizes_that_are_told() {
    let server = Server::start();
    let file = server.drive.put("halves.png", &png(600, 300)).await;
    let told: Vec<_> = previews(&file).iter().map(|one| (one["width"].as_u64(), one["height"].as_u64())).collect();
    assert_eq!(told, [(Some(32), Some(16)), (Some(128), Some(64)), (Some(512), Some(256)), (Some(600), Some(300))]);
    for preview in previews(&file) {
        let answer = server.anybody(&text(&preview["download_link"])).await;
        let picture = image::load_from_memory(&answer.body).unwrap();
        let size = (u64::from(picture.width()), u64::from(picture.height()));
        assert_eq!((Some(size.0), Some(size.1)), (preview["width"].as_u64(), preview["height"].as_u64()));
        assert!(answer.header("content-type").starts_with("image/"));
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test]
async fn what_is_no_picture_has_none_and_nobody_guesses_one() {
    let server = Server::start();
    for (name, bytes) in [("a.txt", &b"x"[..]), ("fake.png", b"not a picture"), ("a.svg", b"<svg/>")] {
        let file = server.drive.put(name, bytes).await;
        assert_eq!(file["previews"], json!(null), "{name}");
    }
    let file = server.drive.put("halves.png", &png(60, 30)).await;
    let url = text(&previews(&file)[0]["download_link"]);
    for wrong in [url.replace("/icon/", "/x/"), url.replace("/icon/", "/"), url.replace("/icon/", "/icon/x/")] {
        assert_eq!(server.anybody(&wrong).await.status, 404, "{wrong}");
    }
    server.drive.delete_all(&[&text(&file["uuid"])]).await.expect(204);
    assert_eq!(server.anybody(&url).await.status, 404);
}
