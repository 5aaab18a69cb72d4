//! Links to small pictures, through a whole server and HubSpot's API.

use super::{PLACE, halves, holds, liar, photo, png};
use crate::PROGRAM;
use attache_tests::{Answer, Ask as _, Client, Home, Process, said};
use image::GenericImageView as _;
use reqwest::multipart::{Form, Part};

/// A server of its own process: it is its own program that makes the pictures.
pub(super) struct Server {
    pub(super) client: Client,
    pub(super) process: Process,
    _home: Home,
}

impl Server {
    pub(super) fn start() -> Server {
        let home = Home::new();
        said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
        let process = home.serve(PROGRAM, &[]);
        let client = process.client(PROGRAM, "all");
        Server { client, process, _home: home }
    }

    /// Uploads a file and gives its number.
    pub(super) async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let form = Form::new()
            .part("file", Part::bytes(bytes).file_name(name.to_owned()))
            .text("folderPath", "/pictures")
            .text("options", r#"{"access":"PRIVATE"}"#);
        let file = self.client.post("/files/v3/files").multipart(form).ask().await.expect(201);
        file["id"].as_str().unwrap().to_owned()
    }

    /// Asks for a signed URL with these parameters and fetches it without a token.
    async fn fetch(&self, file: &str, query: &str) -> Answer {
        let path = format!("/files/v3/files/{file}/signed-url?{query}");
        let signed = self.client.get(&path).ask().await.expect(200);
        self.client.with_token(None).get(signed["url"].as_str().unwrap()).ask().await
    }
}

/// Demands a picture and gives its size.
#[track_caller]
pub(super) fn size(answer: &Answer) -> (u32, u32) {
    answer.expect(200);
    image::load_from_memory(&answer.body).unwrap().dimensions()
}

#[tokio::test]
async fn a_link_to_a_thumb_gives_a_small_picture_without_its_place_and_leaves_the_original_alone() {
    let server = Server::start();
    let original = photo(600, 300);
    let file = server.upload("photo.jpg", original.clone()).await;

    let thumb = server.fetch(&file, "size=thumb").await;
    assert_eq!((size(&thumb), thumb.header("content-type")), ((128, 64), "image/jpeg"));
    assert!(!holds(&thumb.body, PLACE) && !holds(&thumb.body, b"Exif"));

    for (word, expected) in [("icon", (32, 16)), ("medium", (512, 256)), ("preview", (600, 300))] {
        assert_eq!(size(&server.fetch(&file, &format!("size={word}")).await), expected, "{word}");
    }
    assert!(server.fetch(&file, "").await.body == original, "the original is as it was");
}

#[tokio::test]
async fn a_small_picture_grows_only_with_upscale() {
    let server = Server::start();
    let file = server.upload("icon.png", png(40, 20)).await;
    assert_eq!(size(&server.fetch(&file, "size=thumb").await), (40, 20));
    assert_eq!(size(&server.fetch(&file, "size=thumb&upscale=false").await), (40, 20));
    assert_eq!(size(&server.fetch(&file, "size=thumb&upscale=true").await), (128, 64));
}

#[tokio::test]
async fn a_picture_with_glass_in_it_stays_a_png() {
    let server = Server::start();
    let mut glass = image::DynamicImage::from(halves(200, 200)).into_rgba8();
    glass.pixels_mut().for_each(|pixel| pixel.0[3] = 100);
    let mut bytes = std::io::Cursor::new(Vec::new());
    glass.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let file = server.upload("glass.png", bytes.into_inner()).await;
    let thumb = server.fetch(&file, "size=thumb").await;
    assert_eq!((size(&thumb), thumb.header("content-type")), ((128, 128), "image/png"));
}

#[tokio::test]
async fn a_picture_that_cannot_be_shown_small_is_refused_in_words_and_still_downloads() {
    let server = Server::start();
    let whole = photo(600, 300);
    let cut = whole[..whole.len() / 2].to_vec();
    for (name, bytes, word) in [("liar.jpg", liar(), "preview_too_large"), ("cut.jpg", cut, "preview_failed")] {
        let file = server.upload(name, bytes.clone()).await;
        server.fetch(&file, "size=thumb").await.refused(422, word);
        assert!(server.fetch(&file, "").await.body == bytes, "{name} is as it was");
    }
}

#[tokio::test]
async fn what_only_has_the_name_of_a_picture_or_an_unknown_format_has_no_preview() {
    let server = Server::start();
    let pretender = b"push graphic-context\nimage over 0,0 0,0 'url(http://127.0.0.1/)'".to_vec();
    for (name, bytes) in [("pretender.png", pretender), ("scan.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec())] {
        let file = server.upload(name, bytes.clone()).await;
        server.fetch(&file, "size=thumb").await.refused(422, "preview_unsupported");
        assert!(server.fetch(&file, "").await.body == bytes, "{name} is as it was");
    }
}

#[tokio::test]
async fn a_size_means_nothing_for_what_is_no_picture() {
    let server = Server::start();
    let file = server.upload("notes.txt", b"notes".to_vec()).await;
    assert_eq!(server.fetch(&file, "size=thumb").await.text(), "notes");
}

#[tokio::test]
async fn many_previews_at_once_are_all_answered() {
    let server = Server::start();
    let file = server.upload("photo.jpg", photo(600, 300)).await;
    let path = format!("/files/v3/files/{file}/signed-url?size=thumb");
    let signed = server.client.get(&path).ask().await.expect(200);
    let stranger = server.client.with_token(None);
    let asked = (0..20).map(|_| stranger.get(signed["url"].as_str().unwrap()).ask());
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(size(&answer), (128, 64));
    }
}
