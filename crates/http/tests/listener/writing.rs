//! How an answer leaves: head and small content in one write, so that it is one packet train and one wake-up.

use super::*;
use attache_http::serve::{Cache, Content, Show, Tag, serve};
use attache_model::Time;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// One end of a connection in memory that counts the writes to it.
struct Counting {
    stream: DuplexStream,
    writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counting {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Content that is read from its home in four chunks.
async fn small(request: Request) -> Result<Response, Fail<Plain>> {
    const LEN: usize = 64 << 10;
    let content = Content {
        len: LEN as u64,
        tag: Tag::new("v1"),
        last_modified: Time(0),
        media_type: "image/png".to_owned(),
        name: "cat.png".to_owned(),
        show: Show::Inline,
        cache: Cache::Ask,
        embed: false,
        sha256: None,
        headers: http::HeaderMap::new(),
    };
    let open = async |_| {
        let chunks = [const { Bytes::from_static(&[7; LEN / 4]) }; 4].map(Ok);
        Ok(attache_blobs::Body::new(futures_util::stream::iter(chunks), Some(LEN as u64)))
    };
    Ok(serve(request.method(), request.headers(), &content, open).await?)
}

#[tokio::test]
async fn head_and_small_content_leave_in_one_write() {
    let writes = Arc::new(AtomicUsize::new(0));
    let (mut client, stream) = tokio::io::duplex(1 << 20);
    let router = mount::<Plain, ()>(Router::new().route("/small", get(small)), &[], &Metrics::new());
    let io = TokioIo::new(Counting { stream, writes: writes.clone() });
    let served = http1::Builder::new().serve_connection(io, TowerToHyperService::new(router));
    client.write_all(last("GET /small", "").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let (served, read) = tokio::join!(served, client.read_to_end(&mut answer));
    served.unwrap();
    assert!(read.unwrap() > 64 << 10);
    assert_eq!(writes.load(Ordering::Relaxed), 1);
}
