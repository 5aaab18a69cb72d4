//! Previews through our own API, and what has none.

use super::link::{Server, size};
use super::{PLACE, holds, liar, photo, png};
use attache_tests::{Answer, Ask as _};

async fn preview(server: &Server, file: &str, query: &str) -> Answer {
    server.client.get(&format!("/v1/files/{file}/preview{query}")).ask().await
}

#[tokio::test]
async fn a_preview_comes_in_every_listed_size_and_in_no_other() {
    let server = Server::start();
    let file = server.upload("photo.jpg", photo(1600, 800)).await;
    for (query, wanted) in [("?size=icon", 32), ("?size=thumb", 128), ("", 512), ("?size=preview", 1024)] {
        let picture = preview(&server, &file, query).await;
        assert_eq!((size(&picture), holds(&picture.body, PLACE)), ((wanted, wanted / 2), false), "{query}");
    }
    for query in ["?size=99999", "?size=original", "?size="] {
        preview(&server, &file, query).await.refused(422, "size_invalid");
    }
    preview(&server, &file, "?w=99999&h=99999").await.refused(400, "unknown_parameter");
    let small = server.upload("small.png", png(16, 16)).await;
    assert_eq!(size(&preview(&server, &small, "?size=thumb&upscale=true").await), (128, 128));
}

#[tokio::test]
async fn a_client_that_has_the_preview_is_told_so_and_a_replaced_picture_has_a_new_one() {
    let server = Server::start();
    let file = server.upload("a.png", png(64, 64)).await;
    let first = preview(&server, &file, "?size=icon").await;
    let tag = first.header("etag").to_owned();
    let again = server.client.get(&format!("/v1/files/{file}/preview?size=icon")).header("If-None-Match", &tag);
    assert_eq!(again.ask().await.status, 304);
    server.client.put(&format!("/v1/files/{file}/content")).body(png(80, 40)).ask().await.expect(200);
    let second = preview(&server, &file, "?size=icon").await;
    assert_eq!((size(&second), second.header("etag") == tag), ((32, 16), false));
}

#[tokio::test]
async fn what_is_no_picture_or_a_broken_one_says_so_and_still_downloads() {
    let server = Server::start();
    let mut cut = photo(64, 64);
    cut.truncate(cut.len() / 2);
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e9 1e9"/>"#.to_vec();
    let named = [
        ("text.txt", b"plain".to_vec(), "preview_unsupported"),
        ("delegate.png", b"push graphic-context\nimage over 0,0 0,0 'msl:/etc/passwd'".to_vec(), "preview_unsupported"),
        ("script.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9".to_vec(), "preview_unsupported"),
        ("drawing.svg", svg, "preview_unsupported"),
        ("page.pdf", b"%PDF-1.4\n%%EOF".to_vec(), "preview_unsupported"),
        ("liar.jpg", liar(), "preview_too_large"),
        ("cut.jpg", cut, "preview_failed"),
    ];
    for (name, bytes, word) in named {
        let file = server.upload(name, bytes.clone()).await;
        preview(&server, &file, "?size=thumb").await.refused(422, word);
        let whole = server.client.get(&format!("/v1/files/{file}/content")).ask().await;
        assert_eq!(whole.body, bytes, "{name}");
    }
    preview(&server, "999", "?size=thumb").await.refused(404, "not_found");
}
