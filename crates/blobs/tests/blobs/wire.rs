//! How a store is spoken to when it does not answer as it should: by a listener of our own that says what it is told to.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use attache_blobs::{Blobs, Cloud, CloudOptions, Error, InlineLimit, Key, StorageUrl};
use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::sample::{MIB, anything, body, content, gather};

/// What the listener does with the next request.
#[derive(Clone)]
enum Say {
    /// A status and a body.
    Status(u16, &'static str),
    /// An object, or the range of it that was asked for.
    Object(Bytes),
    /// So many bytes of the object, after which the connection ends.
    Cut(Bytes, usize),
    /// The connection ends without an answer.
    Nothing,
    /// No answer at all, for as long as the test takes.
    Silence,
}

/// The lines of the requests that came, with their `Range`.
type Asked = Arc<Mutex<Vec<String>>>;

/// A store that says these things one after another, and then the last one for ever.
async fn listener(says: Vec<Say>) -> (Blobs, Asked) {
    impatient(says, Duration::from_secs(120)).await
}

/// As [`listener`], which is given up after so long.
async fn impatient(says: Vec<Say>, deadline: Duration) -> (Blobs, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut says = says.into_iter();
        let mut last = None;
        while let Ok((stream, _)) = listener.accept().await {
            let say = says.next().or(last).expect("something to say");
            last = Some(say.clone());
            tokio::spawn(answer(stream, say, Arc::clone(&seen)));
        }
    });
    let url = StorageUrl::parse(&format!("s3://files?endpoint={endpoint}")).unwrap();
    let options = CloudOptions { deadline, ..CloudOptions::default() };
    (Blobs::from(open(&url, &options)), asked)
}

fn open(url: &StorageUrl, options: &CloudOptions) -> Cloud {
    attache_blobs::testing::with_options(url, ("key", "the-secret"), InlineLimit::default(), options).unwrap()
}

async fn answer(mut stream: TcpStream, say: Say, asked: Asked) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let field = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
    };
    let mut rest = vec![0; field("content-length").map_or(0, |len| len.parse().unwrap())];
    if stream.read_exact(&mut rest).await.is_err() {
        return;
    }
    let range = field("range");
    let line = head.lines().next().unwrap_or_default().split(' ').next().unwrap_or_default().to_owned();
    asked.lock().unwrap().push(format!("{line} {}", range.as_deref().unwrap_or("all")));
    let said = match say {
        Say::Status(status, body) => format!(
            "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\netag: \"e\"\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
        Say::Object(object) => object_answer(&object, range.as_deref(), usize::MAX),
        Say::Cut(object, len) => object_answer(&object, range.as_deref(), len),
        Say::Nothing => return,
        Say::Silence => return std::future::pending().await,
    };
    drop(stream.write_all(&said).await);
    drop(stream.shutdown().await);
}

fn object_answer(object: &Bytes, range: Option<&str>, len: usize) -> Vec<u8> {
    let all = object.len();
    let (status, from) = match range {
        None => (200, 0),
        Some(range) => (206, range.trim_start_matches("bytes=").split('-').next().unwrap().parse().unwrap()),
    };
    let body = &object[from..];
    let mut said = format!(
        "HTTP/1.1 {status} x\r\nconnection: close\r\netag: \"e\"\r\ncontent-length: {}\r\ncontent-range: bytes {from}-{}/{all}\r\n\r\n",
        body.len(),
        all - 1
    )
    .into_bytes();
    said.extend_from_slice(&body[..body.len().min(len)]);
    said
}

fn key() -> Key {
    "3f/00112233445566778899aabbccddeeff".parse().unwrap()
}

/// An error with all its causes.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn count(asked: &Asked) -> usize {
    asked.lock().unwrap().len()
}

#[tokio::test]
async fn what_passes_is_tried_again_and_not_more_often_than_three_times() {
    let content = content(MIB);
    for failing in [
        Say::Status(500, ""),
        Say::Status(503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
        Say::Status(400, "<Error><Code>BadDigest</Code></Error>"),
        Say::Nothing,
    ] {
        let (store, asked) = listener(vec![failing.clone(), failing.clone(), Say::Status(200, "")]).await;
        store.put(body(&content), &anything()).await.unwrap();
        assert_eq!(count(&asked), 3);
        let (store, asked) = listener(vec![failing]).await;
        let refused = store.put(body(&content), &anything()).await.unwrap_err();
        assert!(matches!(refused, Error::Io { .. }), "{refused:?}");
        // What may have been written all the same is removed meanwhile.
        let puts = asked.lock().unwrap().iter().filter(|line| line.starts_with("PUT")).count();
        assert_eq!(puts, 3);
    }
}

#[tokio::test]
async fn what_will_not_pass_is_asked_once_and_told_without_secrets() {
    let answer = "<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.</Message>\
        <StringToSign>the-string</StringToSign><AWSAccessKeyId>key</AWSAccessKeyId></Error>";
    let (store, asked) = listener(vec![Say::Status(403, answer)]).await;
    let refused = store.put(body(&content(MIB)), &anything()).await.unwrap_err();
    assert_eq!(count(&asked), 1);
    let said = told(&refused);
    assert!(said.contains("403 SignatureDoesNotMatch: The signature does not match."), "{said}");
    assert!(!said.contains("the-s"), "{said}");
}

#[tokio::test]
async fn a_store_without_room_is_full() {
    for answer in [Say::Status(507, ""), Say::Status(403, "<Error><Code>QuotaExceeded</Code></Error>")] {
        let (store, _) = listener(vec![answer]).await;
        let refused = store.put(body(&content(MIB)), &anything()).await.unwrap_err();
        assert!(matches!(refused, Error::Full), "{refused:?}");
    }
}

#[tokio::test]
async fn a_silent_store_is_given_up_at_the_deadline() {
    let (store, asked) = impatient(vec![Say::Silence], Duration::from_secs(2)).await;
    let refused = store.read(&key(), 0..10, 10).await.unwrap_err();
    assert!(told(&refused).contains("the store was silent"), "{refused:?}");
    assert!((1..=6).contains(&count(&asked)), "{} requests", count(&asked));
}

#[tokio::test]
async fn a_read_that_breaks_off_goes_on_where_it_broke() {
    let content = content(3 * MIB);
    let cut = |len: usize| Say::Cut(content.clone(), len);
    let (store, asked) = listener(vec![cut(MIB), cut(MIB), cut(0), cut(10), Say::Object(content.clone())]).await;
    let len = content.len() as u64;
    let read = gather(store.read(&key(), 0..len, len).await.unwrap()).await.unwrap();
    assert!(read == content);
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 5);
    assert_eq!(asked[..2], ["GET all".to_owned(), format!("GET bytes={}-{}", MIB, len - 1)]);
}

#[tokio::test]
async fn a_read_that_never_gets_on_ends_in_an_error_and_never_short() {
    let content = content(MIB);
    let (store, asked) = listener(vec![Say::Cut(content.clone(), 10)]).await;
    let len = content.len() as u64;
    let read = store.read(&key(), 0..len, len).await.unwrap();
    gather(read).await.unwrap_err();
    assert_eq!(count(&asked), 3);
}

#[tokio::test]
async fn an_object_of_another_length_is_damaged_before_a_byte_leaves() {
    let content = content(MIB);
    let (store, _) = listener(vec![Say::Object(content.clone())]).await;
    for range in [0..10, 0..content.len() as u64 + 1] {
        let damaged = store.read(&key(), range, content.len() as u64 + 1).await.unwrap_err();
        assert!(matches!(damaged, Error::Damaged { .. }), "{damaged:?}");
    }
}
