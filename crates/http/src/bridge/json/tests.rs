use super::*;
use crate::bridge::{Decoders, Source};
use attache_blobs::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use proptest::prelude::*;

const FILE: &str = "file_data";

/// What was kept, and the file.
type Split = (String, Option<Vec<u8>>);

async fn split_of(chunks: Vec<io::Result<Bytes>>, limits: Limits) -> Result<Split> {
    let body = Body::new(stream::iter(chunks), None);
    let decoders = Decoders::new(&limits);
    let decoder = move |source: Source, opener: &mut Opener| read(source, FILE, opener, &limits, |_| Ok(()));
    let stage = async |mut body: Body| {
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await.transpose().map_err(body::fault)? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    let (kept, file) = decoders.decode(body, decoder, stage).await?;
    Ok((String::from_utf8(kept).unwrap(), file))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
}

fn split(text: impl AsRef<[u8]>) -> Result<Split> {
    run(split_of(vec![Ok(Bytes::copy_from_slice(text.as_ref()))], Limits::default()))
}

fn refusal(text: impl AsRef<[u8]>) -> (Code, String) {
    match split(text).unwrap_err() {
        Error::Malformed { code, field, .. } | Error::Invalid { code, field, .. } => (code, field),
        other => panic!("{other:?} has no code"),
    }
}

#[test]
fn the_file_is_taken_out_wherever_it_stands() {
    for (text, kept) in [
        (r#"{"file_data":"YWJj"}"#, r#"{"file_data":true}"#),
        (r#" { "a" : 1 , "file_data" : "YWJj" } "#, r#"{"a":1,"file_data":true}"#),
        (r#"{"file_data":"YWJj","b":["x",{"file_data":"y"}]}"#, r#"{"file_data":true,"b":["x",{"file_data":"y"}]}"#),
        (r#"{"file\u005fdata":"YW\u004aj","c":null}"#, r#"{"file_data":true,"c":null}"#),
        (r#"{"file_data":"YW\r\n Jj\n"}"#, r#"{"file_data":true}"#),
    ] {
        assert_eq!(split(text).unwrap(), (kept.to_owned(), Some(b"abc".to_vec())), "{text}");
    }
}

#[test]
fn slashes_may_be_escaped() {
    let (_, file) = split(r#"{"file_data":"\/\/\/+"}"#).unwrap();
    assert_eq!(file.unwrap(), b"\xff\xff\xfe");
}

#[test]
fn no_file_and_a_null_are_kept_apart_from_an_empty_file() {
    assert_eq!(split("{}").unwrap(), ("{}".to_owned(), None));
    assert_eq!(split(r#"{"file_data":null}"#).unwrap(), (r#"{"file_data":null}"#.to_owned(), None));
    assert_eq!(split(r#"{"file_data":""}"#).unwrap().1, Some(Vec::new()));
}

#[test]
fn everything_else_is_kept_as_it_was_sent() {
    let text = r#"{"n":12345678901234567890.5,"s":"\u0000\"\ud83d\ude00","":[[],{},true,false,null]}"#;
    let (kept, _) = split(text).unwrap();
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(read(&kept), read(text));
    assert!(kept.contains("12345678901234567890.5"), "{kept}");
}

#[test]
fn a_member_that_is_there_twice_is_seen() {
    assert_eq!(refusal(r#"{"file_data":"","file_data":""}"#), (Code::JsonInvalid, FILE.to_owned()));
    for text in [r#"{"file_data":null,"file_data":""}"#, r#"{"file_data":"","file_data":null}"#, r#"{"a":1,"a":1}"#] {
        let (kept, _) = split(text).unwrap();
        let members = crate::json::Members::Once;
        let read = crate::json::parse::<serde_json::Value>(kept.as_bytes(), "body", members, &Limits::default());
        assert!(matches!(read, Err(Error::Malformed { code: Code::JsonInvalid, .. })), "{text}");
    }
}

#[test]
fn a_file_that_is_no_base64_text_is_refused() {
    for bad in ["1", "true", "[]", "{}", r#""QR==""#, r#""Q""#, r#""data:text/plain;base64,QQ==""#, r#""Q\u00e4==""#] {
        let refused = refusal(format!(r#"{{"file_data":{bad}}}"#));
        assert_eq!(refused, (Code::ValueInvalid, FILE.to_owned()), "{bad}");
    }
}

#[test]
fn what_is_no_json_object_is_refused() {
    for bad in [
        "",
        " ",
        "null",
        "[]",
        "\"x\"",
        "{",
        "{\"a\"",
        "{\"a\":1,}",
        "{} x",
        "{}{}",
        "{'a':1}",
        "\u{feff}{}",
        r#"{"file_data":"QQ"#,
        r#"{"file_data":"QQ\x"}"#,
        "{\"file_data\":\"Q\nQ\"}",
        "a=1&b=2",
        r#"{"n":1e400}"#,
        "{\"n\":01}",
    ] {
        assert_eq!(refusal(bad).0, Code::JsonInvalid, "{bad}");
    }
    for bad in [
        &b"{\"a\":\"\xff\"}"[..],
        b"{\"\xff\":1}",
        b"{\"file_data\":\"\xff\"}",
        br#"{"a":"\ud800"}"#,
        br#"{"file_data":"\udc00"}"#,
        br#"{"\ud800":1}"#,
    ] {
        assert_eq!(refusal(bad).0, Code::Utf8Invalid, "{}", String::from_utf8_lossy(bad));
    }
}

#[test]
fn nesting_of_the_limit_passes_and_one_more_does_not() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert!(split(nested(32)).is_ok());
    assert_eq!(refusal(nested(33)).0, Code::JsonInvalid);
    assert_eq!(refusal(format!("{{\"a\":{}", "[".repeat(100_000))).0, Code::JsonInvalid);
}

#[test]
fn all_but_the_file_is_bounded_and_the_file_is_not() {
    let file = "QUJD".repeat(3000);
    for around in [
        |pad: &str, file: &str| format!(r#"{{"a":"{pad}","file_data":"{file}"}}"#),
        |pad: &str, file: &str| format!(r#"{{"file_data":"{file}","a":"{pad}"}}"#),
        |pad: &str, file: &str| format!(r#"{{"file_data":"{file}","{pad}":0}}"#),
        |pad: &str, file: &str| format!(r#"{{"file_data":"{file}"}}{}"#, pad.replace('x', " ")),
        |pad: &str, _: &str| format!(r#"{{"{pad}":7}}"#),
    ] {
        for len in [100, 1024, 5000] {
            let text = around(&"x".repeat(len), &file);
            // Everything but the file's text, which ends with its quote; the opening one may stand on either side.
            let carried = if text.contains(&file) { file.len() + 1 } else { 0 };
            let rest = (text.len() - carried) as u64;
            let read = |json_bytes| {
                let limits = Limits { json_bytes, ..Limits::default() };
                run(split_of(vec![Ok(Bytes::from(text.clone()))], limits))
            };
            let sent = &text[..20];
            assert!(read(rest).is_ok(), "{sent} {len}");
            let error = read(rest - 2).unwrap_err();
            assert!(matches!(error, Error::TooLarge { code: Code::BodyTooLarge, .. }), "{error:?} {sent} {len}");
        }
    }
}

#[test]
fn what_comes_before_the_file_can_refuse_it() {
    let text = r#"{"a":"b","file_data":"QQ==","c":"d"}"#;
    let (mut opener, _content) = Opener::new();
    let mut asked = Vec::new();
    let error = read(text.as_bytes(), FILE, &mut opener, &Limits::default(), |so_far| {
        asked.extend_from_slice(so_far);
        Err(Error::Forged)
    });
    assert!(matches!(error, Err(Error::Forged)));
    assert_eq!(String::from_utf8(asked).unwrap(), r#"{"a":"b"}"#);
    assert!(!opener.is_open());
}

#[test]
fn a_body_that_is_cut_is_told_as_cut_wherever_it_happens() {
    let text = r#"{"a":"b","file_data":"QUJDQUJD","c":"d"} "#;
    for at in 0..=text.len() {
        let chunks = vec![Ok(Bytes::from(text[..at].to_owned())), Err(io::Error::other(Error::Cut))];
        let error = run(split_of(chunks, Limits::default())).unwrap_err();
        assert!(matches!(error, Error::Cut), "{error:?} at {at}");
    }
}

/// Objects near those that are read.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let file = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400).prop_map(|bytes| {
            let text = ::base64::Engine::encode(&::base64::engine::general_purpose::STANDARD, bytes);
            format!("\"{}\"", text.replace('/', "\\/"))
        }),
        Just("\"Q\\u0051==\"".to_owned()),
        Just("\"QR==\"".to_owned()),
        Just("null".to_owned()),
    ];
    let other = "(\"[a-z\\u{e4}\\u{1f600}]{0,9}\":(\"[a-z ]{0,30}\"|[0-9]{1,5}|true|\\[1,2\\]),){0,4}";
    (other, file, other, prop::option::of((any::<prop::sample::Index>(), any::<u8>()))).prop_map(
        |(before, file, after, stray)| {
            let mut text = format!("{{{before}\"file_data\":{file},{after}\"z\":0}}").into_bytes();
            if let Some((at, byte)) = stray {
                let at = at.index(text.len());
                text[at] = byte;
            }
            text
        },
    )
}

proptest! {
    #[test]
    fn however_a_body_is_cut_into_chunks_it_reads_the_same(text in text(), lens in prop::collection::vec(1..60_usize, 1..9)) {
        let mut chunks = Vec::new();
        let mut rest = Bytes::from(text.clone());
        for len in lens.iter().cycle() {
            if rest.is_empty() { break; }
            chunks.push(Ok(rest.split_to((*len).min(rest.len()))));
        }
        let whole = told(split(&text));
        prop_assert_eq!(told(run(split_of(chunks, Limits::default()))), whole.clone());
        // There the first block is put together again, and here it is not.
        let mut file = Vec::new();
        let pieces = Pieces { text: &text, lens: lens.iter().copied().cycle() };
        let (kept, read_file) = alone(pieces, &mut file);
        prop_assert_eq!(told(kept.map(|kept| (String::from_utf8(kept).unwrap(), read_file))), whole);
    }
}

/// A result in a form that can be compared.
fn told(read: Result<Split>) -> std::result::Result<Split, String> {
    read.map_err(|error| error.to_string())
}

/// Reads its text in pieces of these lengths.
struct Pieces<'a, L> {
    text: &'a [u8],
    lens: L,
}

impl<L: Iterator<Item = usize>> Read for Pieces<'_, L> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.lens.next().unwrap().min(buffer.len()).min(self.text.len());
        let (piece, rest) = self.text.split_at(len);
        buffer[..len].copy_from_slice(piece);
        self.text = rest;
        Ok(len)
    }
}

/// Reads without the threads of a server; contents are small enough to wait in the sink's queue.
fn alone(source: impl Read, file: &mut Vec<u8>) -> (Result<Vec<u8>>, Option<Vec<u8>>) {
    let (mut opener, mut content) = Opener::new();
    let kept = read(source, FILE, &mut opener, &Limits::default(), |_| Ok(()));
    let content = content.try_recv().ok().map(|mut body| {
        run(async {
            while let Some(Ok(chunk)) = body.next().await {
                file.extend_from_slice(&chunk);
            }
        });
        file.clone()
    });
    (kept, content)
}
