//! What a form may be, told on whole forms: each runs through the reader in one piece and cut up.

use super::*;
use attache_model::Error;
use futures_util::stream;
use proptest::prelude::*;

const KIND: &str = "multipart/form-data; boundary=XX";

fn head(name: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n")
}

fn file(content: &[u8]) -> Vec<u8> {
    [b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n", content, b"\r\n--XX--\r\n"]
        .concat()
}

fn form(body: Vec<u8>, cuts: &[usize], limits: &Limits) -> Multipart {
    let mut rest = Bytes::from(body);
    let mut chunks: Vec<io::Result<Bytes>> = Vec::new();
    for cut in cuts {
        chunks.push(Ok(rest.split_to((*cut).min(rest.len()))));
    }
    chunks.push(Ok(rest));
    Multipart::new(KIND, Body::new(stream::iter(chunks), None), limits).unwrap()
}

/// Every part of a form: name and content.
async fn read(mut form: Multipart) -> Result<Vec<(String, Vec<u8>)>> {
    let mut parts = Vec::new();
    while let Some(part) = form.next_part().await? {
        let name = part.name.clone();
        let mut content = Vec::new();
        let mut chunks = part.stream();
        while let Some(chunk) = chunks.next().await {
            content.extend_from_slice(&chunk.map_err(fault)?);
        }
        parts.push((name, content));
    }
    Ok(parts)
}

async fn parts(body: impl Into<Vec<u8>>) -> Result<Vec<(String, Vec<u8>)>> {
    read(form(body.into(), &[], &Limits::default())).await
}

async fn refusal(body: impl Into<Vec<u8>>) -> Code {
    match parts(body).await.unwrap_err() {
        Error::Malformed { code, .. } | Error::TooLarge { code, .. } => code,
        other => panic!("{other:?} has no code"),
    }
}

#[tokio::test]
async fn fields_and_files_come_out_in_their_order() {
    let body = format!("{}x\r\n{}y\r\n--XX--\r\n", head("a"), head("b"));
    assert_eq!(parts(body).await.unwrap(), [("a".to_owned(), b"x".to_vec()), ("b".to_owned(), b"y".to_vec())]);
    assert_eq!(parts("--XX--").await.unwrap(), []);
}

#[tokio::test]
async fn an_empty_file_is_a_legal_file() {
    assert_eq!(parts(file(b"")).await.unwrap()[0].1, b"");
}

#[tokio::test]
async fn the_boundary_inside_the_bytes_is_content_unless_a_line_begins_with_it() {
    for content in [&b"--XX"[..], b"a--XX--\r\n", b"\r\n--X", b"\n--XX", b"\r\r\n-XX\r\n", b"\r\n\r\n"] {
        assert_eq!(parts(file(content)).await.unwrap()[0].1, content, "{content:?}");
    }
}

#[tokio::test]
async fn a_line_that_only_begins_like_the_boundary_is_refused_because_readers_disagree_on_it() {
    assert_eq!(refusal(file(b"\r\n--XXY")).await, Code::MultipartInvalid);
}

#[tokio::test]
async fn a_form_without_its_closing_boundary_is_truncated_wherever_it_ends() {
    let whole = format!("{}x\r\n{}y\r\n--XX--", head("a"), head("b"));
    for end in 0..whole.len() {
        assert_eq!(refusal(&whole[..end]).await, Code::MultipartTruncated, "after {end} bytes");
    }
}

#[tokio::test]
async fn a_part_ends_only_when_the_whole_form_has_come() {
    let mut body = file(b"content");
    body.truncate(body.len() - 4);
    let mut form = form(body, &[], &Limits::default());
    let mut chunks = form.next_part().await.unwrap().unwrap().stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "content");
    let error = fault(chunks.next().await.unwrap().unwrap_err());
    assert!(matches!(error, Error::Malformed { code: Code::MultipartTruncated, .. }));
}

#[tokio::test]
async fn a_hundred_parts_are_taken_and_the_next_is_refused_when_it_begins() {
    let many = |count| format!("{}\r\n", head("a")).repeat(count) + "--XX--";
    assert_eq!(parts(many(100)).await.unwrap().len(), 100);
    assert_eq!(refusal(many(101)).await, Code::TooManyParts);
    assert_eq!(refusal(many(10_000)).await, Code::TooManyParts);
}

#[tokio::test]
async fn sixteen_headers_are_taken_and_seventeen_are_not() {
    let with = |count: usize| {
        let more = "X-A: b\r\n".repeat(count - 1);
        format!("--XX\r\n{more}Content-Disposition: form-data; name=a\r\n\r\n\r\n--XX--")
    };
    assert_eq!(parts(with(16)).await.unwrap().len(), 1);
    assert_eq!(refusal(with(17)).await, Code::PartHeadersTooLarge);
}

#[tokio::test]
async fn a_header_block_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let with = |bytes: usize| {
        let rest = "Content-Disposition: form-data; name=a\r\nX-A: \r\n";
        let filler = "b".repeat(bytes - rest.len());
        format!("--XX\r\nContent-Disposition: form-data; name=a\r\nX-A: {filler}\r\n\r\n\r\n--XX--")
    };
    assert_eq!(parts(with(8 << 10)).await.unwrap().len(), 1);
    assert_eq!(refusal(with((8 << 10) + 1)).await, Code::PartHeadersTooLarge);
    let endless = format!("--XX\r\nX-A: {}", "b".repeat(1 << 20));
    assert_eq!(refusal(endless).await, Code::PartHeadersTooLarge);
}

#[tokio::test]
async fn a_preamble_of_the_limit_is_passed_over_and_one_byte_more_is_refused() {
    let with = |bytes: usize| format!("{}\r\n{}x\r\n--XX--", "p".repeat(bytes - 2), head("a"));
    assert_eq!(parts(with(1 << 10)).await.unwrap().len(), 1);
    assert_eq!(refusal(with((1 << 10) + 1)).await, Code::MultipartInvalid);
    assert_eq!(refusal("p".repeat(10 << 20)).await, Code::MultipartInvalid);
}

#[tokio::test]
async fn much_after_the_closing_boundary_is_refused() {
    let with = |bytes: usize| format!("{}x\r\n--XX--\r\n{}", head("a"), "e".repeat(bytes));
    assert_eq!(parts(with(1 << 10)).await.unwrap().len(), 1);
    assert_eq!(refusal(with((1 << 10) + 1)).await, Code::MultipartInvalid);
}

#[tokio::test]
async fn a_text_field_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let text = async |bytes: usize| {
        let body = format!("{}{}\r\n--XX--", head("a"), "t".repeat(bytes));
        let part = form(body.into(), &[], &Limits::default()).next_part().await.unwrap().unwrap();
        part.text().await
    };
    assert_eq!(text(64 << 10).await.unwrap().len(), 64 << 10);
    assert!(matches!(text((64 << 10) + 1).await, Err(Error::TooLarge { code: Code::FieldTooLarge, .. })));
}

#[tokio::test]
async fn a_file_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let read = async |bytes: usize| read(form(file(&vec![7; bytes]), &[], &limits)).await;
    assert_eq!(read(1000).await.unwrap()[0].1.len(), 1000);
    assert!(matches!(read(1001).await, Err(Error::TooLarge { code: Code::FileTooLarge, limit: 1000 })));
}

#[tokio::test]
async fn heads_that_readers_disagree_on_are_refused() {
    let with = |head: &str| format!("--XX\r\n{head}\r\n\r\nx\r\n--XX--");
    let good = "Content-Disposition: form-data; name=a";
    for bad in [
        "X-A: b".to_owned(),
        format!("{good}\r\n{good}"),
        format!("{good}\nX-A: b"),
        format!("{good}\rX-A: b"),
        format!("{good}\r\n X-A: folded"),
        format!("{good}\r\nno colon"),
        format!("{good}\r\nX A: b"),
        format!("{good}\r\nX-A: \0"),
        format!("{good}\r\nContent-Transfer-Encoding: base64"),
    ] {
        assert_eq!(refusal(with(&bad)).await, Code::MultipartInvalid, "{bad:?}");
    }
    assert_eq!(refusal("--XX\r\n\r\nx\r\n--XX--").await, Code::MultipartInvalid);
    let bare = format!("--XX\n{good}\n\nx\n--XX--");
    assert_eq!(refusal(bare).await, Code::MultipartInvalid);
    let lines = format!("--XX\r\n{good}\n\n{}", "x".repeat(9 << 10));
    assert_eq!(refusal(lines).await, Code::MultipartInvalid);
    for how in ["binary", "8bit", "7BIT"] {
        assert_eq!(parts(with(&format!("{good}\r\nContent-Transfer-Encoding: {how}"))).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn names_that_are_not_utf8_are_refused() {
    let body = [b"--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n", &b"x\r\n--XX--"[..]].concat();
    assert_eq!(refusal(body).await, Code::Utf8Invalid);
    let text = [head("a").as_bytes(), b"\xff\r\n--XX--"].concat();
    let part = form(text, &[], &Limits::default()).next_part().await.unwrap().unwrap();
    assert!(matches!(part.text().await, Err(Error::Malformed { code: Code::Utf8Invalid, .. })));
}

#[tokio::test]
async fn a_part_that_is_not_read_is_passed_over() {
    let body = format!("{}{}\r\n{}y\r\n--XX--", head("a"), "skip".repeat(1000), head("b"));
    let mut form = form(body.into(), &[50, 100], &Limits::default());
    let first = form.next_part().await.unwrap().unwrap();
    let second = form.next_part().await.unwrap().unwrap();
    assert_eq!(second.text().await.unwrap(), "y");
    assert!(first.text().await.is_err(), "its content is gone");
    assert!(form.next_part().await.unwrap_err().is_ours(), "reading back is a fault of the handler and stays one");
}

#[tokio::test]
async fn a_broken_connection_stays_what_it_is() {
    let chunks = [Ok(Bytes::from(head("a"))), Err(io::Error::other(Error::Checksum))];
    let mut form = Multipart::new(KIND, Body::new(stream::iter(chunks), None), &Limits::default()).unwrap();
    let part = form.next_part().await.unwrap().unwrap();
    assert!(matches!(part.text().await, Err(Error::Checksum)));
    assert!(matches!(form.next_part().await, Err(Error::Checksum)));
}

#[tokio::test]
async fn a_form_fed_byte_by_byte_is_the_same_form() {
    let content = b"--XX\r\n--X\r\r\n--\r\n-\r";
    let body = file(content);
    let cuts = vec![1; body.len()];
    assert_eq!(read(form(body, &cuts, &Limits::default())).await.unwrap()[0].1, content);
}

proptest! {
    #[test]
    fn however_the_bytes_are_split_the_result_is_the_same(
        pieces in prop::collection::vec(prop::sample::select(vec!["\r", "\n", "-", "--", "X", "XX", "\r\n--", "\r\n", "b"]), 0..40),
        cuts in prop::collection::vec(0_usize..12, 0..60),
        end in 0_usize..20,
    ) {
        let mut body = file(pieces.concat().as_bytes());
        body.truncate(body.len() - end.min(8));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let whole = runtime.block_on(read(form(body.clone(), &[], &Limits::default())));
        let split = runtime.block_on(read(form(body, &cuts, &Limits::default())));
        prop_assert_eq!(format!("{whole:?}"), format!("{split:?}"));
    }

    #[test]
    fn no_bytes_make_the_reader_panic_or_hang(body in prop::collection::vec(prop::sample::select(b"\r\n-X:a\";= \0".to_vec()), 0..300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let with_head = [b"--XX\r\n", &body[..]].concat();
        for body in [body, with_head] {
            let _ = runtime.block_on(read(form(body, &[], &Limits::default())));
        }
    }
}
