use super::*;
use proptest::prelude::*;
use std::cmp;

/// Reads a text in pieces of the given lengths, and then byte by byte.
struct Pieces<'a> {
    text: &'a [u8],
    lens: Vec<usize>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.lens.pop().unwrap_or(1).max(1);
        let len = cmp::min(cmp::min(len, buffer.len()), self.text.len());
        let (piece, rest) = self.text.split_at(len);
        buffer[..len].copy_from_slice(piece);
        self.text = rest;
        Ok(len)
    }
}

fn read(text: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Decoder::new(text.as_bytes()).read_to_end(&mut bytes).map(|_| bytes)
}

#[test]
fn c16_both_alphabets_with_and_without_padding_and_with_white_space_are_read() {
    for text in ["+/+/QQ==", "-_-_QQ", "+_-/QQ=", " + /\r\n+/\tQ Q = = \n"] {
        assert_eq!(read(text).unwrap(), b"\xfb\xff\xbfA", "{text:?}");
        assert_eq!(decode("file_data", text).unwrap(), b"\xfb\xff\xbfA", "{text:?}");
    }
    assert_eq!(read("").unwrap(), b"");
    assert_eq!(read(" \n ").unwrap(), b"");
}

#[test]
fn c16_what_is_not_base64_is_refused() {
    for text in [
        "QR==",
        "QUJ=",
        "Q",
        "QUJDR",
        "QQ==QQ==",
        "QQ==Q",
        "QQ===",
        "QQ== =",
        "=",
        "====",
        "QUJD=",
        "Q=Q=",
        "QQ*=",
        "data:image/png;base64,QQ==",
        "QQ\u{0}==",
        "QQ\u{a0}==",
        "QQ\u{b}==",
        "\u{feff}QQ==",
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text:?}");
        let error = decode("file_data", text).unwrap_err();
        assert!(matches!(error, Error::Invalid { code: Code::ValueInvalid, .. }), "{text:?}");
    }
}

#[test]
fn an_error_of_the_text_itself_is_passed_on() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other(Error::Cut))
        }
    }
    let error = Decoder::new(Broken).read_to_end(&mut Vec::new()).unwrap_err();
    assert!(matches!(error.downcast::<Error>(), Ok(Error::Cut)));
}

async fn encoded(chunks: Vec<Vec<u8>>) -> String {
    let chunks = chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)));
    let text: Vec<_> = encode_stream(stream::iter(chunks)).collect().await;
    let text = text.into_iter().flat_map(Result::unwrap).collect();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn a_stream_that_breaks_never_looks_like_a_whole_text() {
    let chunks = [Ok(Bytes::from_static(b"abcd")), Err(io::Error::other(Error::Cut)), Ok(Bytes::from_static(b"ef"))];
    let text: Vec<_> = encode_stream(stream::iter(chunks)).collect().await;
    assert_eq!(text.len(), 2);
    assert_eq!(text[0].as_ref().unwrap(), "YWJj");
    assert!(text[1].is_err());
}

/// Texts near base64: mostly valid, some with a fault.
fn text() -> impl Strategy<Value = String> {
    let made = (
        prop::collection::vec(any::<u8>(), 0..3000),
        any::<bool>(),
        0..4_usize,
        prop::option::of((any::<prop::sample::Index>(), "[ \n\t=*A-]")),
    );
    made.prop_map(|(bytes, url_safe, padding, stray)| {
        let mut text = PLAIN.encode(bytes);
        let len = text.trim_end_matches('=').len();
        text.truncate(cmp::max(len, text.len().saturating_sub(padding)));
        if url_safe {
            text = text.replace('+', "-").replace('/', "_");
        }
        if let Some((at, stray)) = stray {
            text.insert_str(at.index(text.len() + 1), &stray);
        }
        text
    })
}

proptest! {
    #[test]
    fn however_a_text_is_cut_it_means_what_the_whole_of_it_means(
        text in text(),
        lens in prop::collection::vec(1..2000_usize, 0..8),
        step in 1..1500_usize,
    ) {
        let mut decoder = Decoder::new(Pieces { text: text.as_bytes(), lens });
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; step]);
        let end = loop {
            match decoder.read(&mut buffer) {
                Ok(0) => break Ok(()),
                Ok(len) => bytes.extend_from_slice(&buffer[..len]),
                Err(error) => break Err(error),
            }
        };
        match decode("x", &text) {
            Ok(whole) => prop_assert!(end.is_ok() && bytes == whole, "{end:?}"),
            Err(_) => prop_assert_eq!(end.unwrap_err().kind(), io::ErrorKind::InvalidData),
        }
    }

    #[test]
    fn arbitrary_bytes_never_read_as_more_than_the_whole_of_them_does(text in ".{0,40}") {
        prop_assert_eq!(read(&text).ok(), decode("x", &text).ok());
    }

    #[test]
    fn however_bytes_are_cut_their_text_is_the_one_of_the_whole(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..40),
    ) {
        let whole = chunks.concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let text = runtime.block_on(encoded(chunks));
        prop_assert_eq!(text.len() as u64, encoded_len(whole.len() as u64));
        prop_assert_eq!(&text, &PLAIN.encode(&whole));
        prop_assert_eq!(read(&text).unwrap(), whole);
    }
}
