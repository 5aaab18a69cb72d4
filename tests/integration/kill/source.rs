//! A site that imports are fetched from: it gives each path its own content.

use super::book::Content;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use tokio::net::TcpListener;

/// Where contents are fetched from.
pub(super) struct Source(String);

impl Source {
    pub(super) async fn open() -> Source {
        let noise = async |Path((seed, len)): Path<(u64, usize)>| Content::Noise(seed, len).bytes();
        let picture = async |Path((width, height)): Path<(u32, u32)>| Content::Picture(width, height).bytes();
        let site =
            Router::new().route("/noise/{seed}/{len}", get(noise)).route("/picture/{width}/{height}", get(picture));
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", socket.local_addr().expect("it has an address"));
        tokio::spawn(async move { axum::serve(socket, site).await });
        Source(url)
    }

    /// The address of a content.
    pub(super) fn url(&self, content: Content) -> String {
        match content {
            Content::Noise(seed, len) => format!("{}/noise/{seed}/{len}", self.0),
            Content::Picture(width, height) => format!("{}/picture/{width}/{height}", self.0),
        }
    }
}
