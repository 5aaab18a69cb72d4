//! The one file of an upload, which is decoded as it comes.

use super::*;
use attache_http::base64::encode;
use std::io::ErrorKind;

/// A file that is long enough not to be held.
fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn upload(params: &[&str]) -> String {
    called("FileService.uploadFile", params)
}

fn called(method: &str, params: &[&str]) -> String {
    let params: String = params.iter().map(|value| format!("<param><value>{value}</value></param>\n")).collect();
    format!("<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>")
}

/// What a call was when its file began, and the file.
type Received = (Call, Vec<u8>);

fn received(request: impl AsRef<[u8]>, piece: usize, limits: &Limits) -> Result<(Call, Option<Received>)> {
    let mut file = None;
    let spill = |before: &Call, content: &mut dyn Read| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        file = Some((before.clone(), bytes));
        Ok(())
    };
    let call = read(Pieces { bytes: request.as_ref(), len: piece }, spill, limits)?;
    Ok((call, file))
}

#[track_caller]
fn spilled(request: impl AsRef<[u8]>) -> Vec<u8> {
    let (call, file) = received(request, 5000, &Limits::default()).unwrap();
    assert!(call.params.contains(&Value::Spilled));
    file.unwrap().1
}

#[test]
fn a_long_file_goes_on_as_it_comes_and_the_call_keeps_its_place() {
    let content = bytes(8 << 20);
    let (call, file) =
        received(upload(&["key", "<i4>7</i4>", "a.bin", &encode(&content)]), 5000, &Limits::default()).unwrap();
    assert_eq!(call.params, ["key".into(), 7.into(), "a.bin".into(), Value::Spilled]);
    let (before, file) = file.unwrap();
    assert_eq!(before.params, call.params[..3], "what came before the file is known when it begins");
    assert!(file == content);
}

#[test]
fn a_text_of_64_kib_is_held_and_a_longer_one_is_a_file() {
    let short = encode(&bytes(48 << 10));
    assert_eq!(short.len(), 64 << 10);
    let (call, file) = received(upload(&["key", &short]), 5000, &Limits::default()).unwrap();
    assert_eq!((call.params[1].clone(), file), (Value::Text(short), None));
    assert_eq!(spilled(upload(&["key", &encode(&bytes((48 << 10) + 1))])), bytes((48 << 10) + 1));
}

#[test]
fn a_file_comes_untyped_or_as_a_string_or_as_base64_and_for_a_replacement_too() {
    let (content, text) = (bytes(100_000), encode(&bytes(100_000)));
    for value in [text.clone(), format!("<string>{text}</string>"), format!("\n <base64>{text}</base64> ")] {
        assert!(spilled(upload(&["key", &value])) == content);
        assert!(spilled(called("FileService.replaceFile", &["key", "7", &value])) == content);
    }
}

#[test]
fn a_file_may_be_the_parameter_in_front_of_others() {
    let content = bytes(100_000);
    let (call, file) =
        received(upload(&["key", "a", &encode(&content), "<i4>7</i4>"]), 100, &Limits::default()).unwrap();
    assert_eq!(call.params, ["key".into(), "a".into(), Value::Spilled, 7.into()]);
    assert!(file.unwrap().1 == content);
}

#[test]
fn c16_line_ends_white_space_references_and_cdata_may_be_anywhere_in_a_file() {
    let (content, text) = (bytes(100_000), encode(&bytes(100_000)));
    for mark in [
        "\r\n",
        "\n",
        " ",
        "&#13;\n",
        "&#13;&#10;",
        "&#xD;&#xA;",
        "<!-- line -->",
        "<?x?>",
        "<![CDATA[]]>",
        "<![CDATA[\r\n]]>",
    ] {
        let lines: Vec<_> = text.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
        assert!(spilled(upload(&["key", &lines.join(mark)])) == content, "{mark:?}");
    }
    assert!(spilled(upload(&["key", &format!("<![CDATA[{text}]]>")])) == content);
    assert!(
        spilled(upload(&["key", &text.replace('+', "&#43;").replace('/', "&#x2f;").replace('=', "&#61;")])) == content
    );
    assert!(spilled(upload(&["key", &text.replace('+', "-").replace('/', "_").replace('=', "")])) == content);
}

#[test]
fn a_file_is_read_from_iso_8859_1_as_well() {
    let content = bytes(100_000);
    let request = upload(&["key", "R\u{e9}.pdf", &encode(&content)]).replace("?>", " encoding='ISO-8859-1'?>");
    let request: Vec<u8> = request.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let (call, file) = received(request, 4096, &Limits::default()).unwrap();
    assert_eq!(call.params[1], "R\u{e9}.pdf".into());
    assert!(file.unwrap().1 == content);
}

#[test]
fn there_is_one_file_to_a_call_and_only_where_files_belong() {
    let text = encode(&bytes(100_000));
    for request in [
        upload(&[&text, &text]),
        upload(&["key", &format!("<array><data><value>{text}</value></data></array>")]),
        upload(&["key", &format!("<struct><member><name>a</name><value>{text}</value></member></struct>")]),
        called("FileService.renameFile", &["key", "7", &text]),
        called("DataService.query", &[&text]),
        called("fileservice.uploadfile", &[&text]),
    ] {
        let error = received(request, 5000, &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::TooLarge { code: Code::BodyTooLarge, limit: 65_536 }), "{error:?}");
    }
}

#[test]
fn c06_a_file_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let ours = Limits { keap_file_bytes: 100_000, ..Limits::default() };
    let everybodys = Limits { file_bytes: 100_000, ..Limits::default() };
    for limits in [ours, everybodys] {
        let of = |len: usize| received(upload(&["key", &encode(&bytes(len))]), 5000, &limits);
        assert_eq!(of(100_000).unwrap().1.unwrap().1.len(), 100_000);
        let error = of(100_001).unwrap_err();
        assert!(matches!(error, Error::TooLarge { code: Code::FileTooLarge, limit: 100_000 }), "{error:?}");
    }
}

#[test]
fn c26_the_file_does_not_count_against_the_limit_of_the_rest() {
    let text = encode(&bytes(300_000));
    let (head, tail) = (upload(&["key", "%"]), "</methodCall>");
    let (head, tail) = (head.strip_suffix(tail).unwrap(), tail);
    let request = |rest: usize| {
        let blank = " ".repeat(rest - (head.len() - 1) - tail.len());
        format!("{}{blank}{tail}", head.replace('%', &text))
    };
    let limits = Limits { xml_bytes: 1000, ..Limits::default() };
    assert!(received(request(1000), 5000, &limits).is_ok());
    let error = received(request(1001), 5000, &limits).unwrap_err();
    assert!(matches!(error, Error::TooLarge { code: Code::BodyTooLarge, limit: 1000 }), "{error:?}");
    // A text that turns out to be none does count.
    let error = received(upload(&["key", &"x".repeat(1000)]), 5000, &limits).unwrap_err();
    assert!(matches!(error, Error::TooLarge { code: Code::BodyTooLarge, limit: 1000 }), "{error:?}");
}

#[test]
fn xr12_a_file_that_is_no_base64_is_a_value_that_is_not_allowed() {
    let text = encode(&bytes(100_000));
    let data_url = format!("data:text/plain;base64,{text}");
    for bad in
        [format!("{text}Q"), format!("{text}{text}"), text.replacen('B', "*", 1), data_url, "\u{e9}".repeat(70_000)]
    {
        let error = received(upload(&["key", &bad]), 5000, &Limits::default()).unwrap_err();
        assert!(matches!(&error, Error::Invalid { field, .. } if field == "base64"), "{error:?}");
    }
}

#[test]
fn what_is_wrong_with_the_xml_of_a_file_is_told_as_that() {
    let text = encode(&bytes(99_999));
    for (bad, expected) in [
        (format!("{text}&nope;"), "The entity \"nope\""),
        (format!("{text}\u{1}"), "An invalid XML character"),
        (format!("{text}<i4>1</i4>"), "there is <int> where </value> belongs"),
        (format!("{text}<b/>"), "there is no element <b>"),
        (format!("<string>{text}<string/></string>"), "there is <string> where </string> belongs"),
        (format!("{text}<!DOCTYPE x>"), "DOCTYPE is not allowed"),
        (format!("<string>{text}</base64>"), "ill-formed document"),
    ] {
        let error = received(upload(&["key", &bad]), 5000, &Limits::default()).unwrap_err();
        assert!(matches!(&error, Error::Malformed { why, .. } if why.starts_with(expected)), "{expected}: {error:?}");
    }
}

#[test]
fn a_request_that_ends_within_its_file_ends_too_early() {
    let request = upload(&["key", &encode(&bytes(100_000))]);
    for end in [70_000, 100_000, 120_000] {
        let error = received(&request[..end], 5000, &Limits::default()).unwrap_err();
        assert!(matches!(&error, Error::Malformed { why, .. } if why == "Premature end of file."), "{error:?}");
    }
}

#[test]
fn whoever_takes_the_file_may_refuse_it() {
    let request = upload(&["key", &encode(&bytes(100_000))]);
    let spill = |_: &Call, _: &mut dyn Read| Err(io::Error::other(Error::StorageFull));
    let error = read(request.as_bytes(), spill, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::StorageFull), "{error:?}");
    let spill = |_: &Call, content: &mut dyn Read| content.read_exact(&mut [0; 10]);
    let error = read(request.as_bytes(), spill, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "a file that is not read to its end is no file: {error:?}");
}

#[test]
fn a_body_that_breaks_ends_the_reading_with_its_own_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other(Error::Checksum))
        }
    }
    let request = upload(&["key", &encode(&bytes(100_000))]);
    for end in [0, 3, 10, 50, 200, 90_000] {
        let source = request.as_bytes()[..end].chain(Broken);
        let spill = |_: &Call, content: &mut dyn Read| io::copy(content, &mut io::sink()).map(drop);
        let error = read(source, spill, &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Checksum), "{end}: {error:?}");
    }
}

#[test]
fn a_read_that_is_interrupted_is_tried_again() {
    struct Interrupted<'a>(&'a [u8], bool);
    impl Read for Interrupted<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(ErrorKind::Interrupted.into()) } else { (&mut self.0).take(9).read(into) }
        }
    }
    let request = upload(&["key", &encode(&bytes(50_000))]);
    let spill = |_: &Call, content: &mut dyn Read| io::copy(content, &mut io::sink()).map(drop);
    assert!(read(Interrupted(request.as_bytes(), false), spill, &Limits::default()).is_ok());
}

#[test]
fn the_longest_request_has_room_for_the_longest_file_in_any_lines() {
    let limits = Limits { keap_file_bytes: 3_000_000, ..Limits::default() };
    let text = encode(&bytes(3_000_000));
    let lines: Vec<_> = text.as_bytes().chunks(60).map(|line| str::from_utf8(line).unwrap()).collect();
    let request = upload(&["key", &lines.join("&#13;&#10;")]);
    assert!(request.len() as u64 <= longest(&limits));
    assert_eq!(received(request, 5000, &limits).unwrap().1.unwrap().1.len(), 3_000_000);
}
