//! How requests are encoded.

use super::*;

const MARK: &[u8] = b"\xef\xbb\xbf";

fn declared(encoding: &str, text: &[u8]) -> Vec<u8> {
    let head = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>");
    [head.as_bytes(), b"<methodCall><methodName>", text, b"</methodName></methodCall>"].concat()
}

#[test]
fn utf_8_is_read_with_and_without_a_mark_and_a_declaration() {
    let request = "<methodCall><methodName>\u{e9}\u{1f600}</methodName></methodCall>";
    for head in [
        "",
        "<?xml version='1.0'?>",
        "<?xml\tversion=\"1.0\" encoding='UTF-8' standalone=\"yes\" ?>",
        "<?xml version='1.1'?>\n",
    ] {
        for mark in [b"".as_slice(), MARK] {
            let request = [mark, head.as_bytes(), request.as_bytes()].concat();
            assert_eq!(whole(&request).unwrap().method, "\u{e9}\u{1f600}", "{head}");
        }
    }
}

#[test]
fn the_encodings_that_clients_declare_are_read_in_any_letter_case() {
    for encoding in ["UTF-8", "utf-8", "utf8", "US-ASCII", "us-ascii"] {
        assert_eq!(whole(&declared(encoding, "\u{e9}".as_bytes())).unwrap().method, "\u{e9}", "{encoding}");
    }
    for encoding in ["ISO-8859-1", "iso-8859-1", "latin1"] {
        assert_eq!(whole(&declared(encoding, b"\xe9\xff\x80a&#8364;")).unwrap().method, "\u{e9}\u{ff}\u{80}a\u{20ac}");
    }
}

#[test]
fn other_encodings_are_refused_by_name() {
    let why = why(declared("Shift_JIS", b"a"));
    assert_eq!(why, "the encoding Shift_JIS is not read, but UTF-8, US-ASCII and ISO-8859-1 are");
}

#[test]
fn utf_16_is_refused() {
    let units = |bom: bool| bom.then_some(0xfeff).into_iter().chain("<methodCall/>".encode_utf16());
    for bom in [true, false] {
        let [little, big] = [
            units(bom).flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
            units(bom).flat_map(u16::to_be_bytes).collect(),
        ];
        assert!(why(little).starts_with("the encoding UTF-16 is not read"));
        assert!(why(big).starts_with("the encoding UTF-16 is not read"));
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_refused() {
    for text in [b"\xe9".as_slice(), b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xff"] {
        assert!(why(declared("UTF-8", text)).starts_with("Invalid byte in a UTF-8 sequence."), "{text:?}");
    }
    let mut cut = declared("UTF-8", b"");
    cut.push(0xc3);
    assert!(why(cut).starts_with("Invalid byte in a UTF-8 sequence."));
}

#[test]
fn a_declaration_that_cannot_be_read_is_refused() {
    for head in [
        "<?xml?>",
        "<?xml ?>",
        "<?xml encoding='UTF-8'?>",
        "<?xml version='2.0'?>",
        "<?xml version='1.0",
        "<?xml version='1.0' encoding=?>",
        "<?xml version='1.0'?><?xml version='1.0'?>",
        " <?xml version='1.0'?>",
        "<?xml version='\u{1}1.0'?>",
        "\u{feff}\u{feff}",
    ] {
        why(format!("{head}<methodCall><methodName>a</methodName></methodCall>"));
    }
}

#[test]
fn a_declaration_of_the_longest_length_is_read_and_a_longer_one_is_not() {
    let head = |len: usize| format!("<?xml version='1.0'{}?>", " ".repeat(len - 21));
    let limits = Limits { xml_bytes: 1 << 20, ..Limits::default() };
    let whole = |len| read((head(len) + "<methodCall><methodName/></methodCall>").as_bytes(), refuses_a_file, &limits);
    assert!(whole(1024).is_ok());
    assert!(matches!(whole(1025), Err(Error::Malformed { .. })));
}
