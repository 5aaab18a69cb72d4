//! How much a request may have, at the edge.

use super::*;

fn is_too_large(result: &Result<Call>, bytes: u64) -> bool {
    matches!(result, Err(Error::TooLarge { code: Code::BodyTooLarge, limit }) if *limit == bytes)
}

#[test]
fn c26_a_request_of_the_limit_is_read_and_one_byte_more_is_not() {
    let limits = small();
    for tail in ["</methodCall>", "</methodCall><!-- x -->"] {
        let head = "<?xml version='1.0'?><methodCall><methodName>a</methodName>";
        let request = |len: usize| format!("{head}{}{tail}", " ".repeat(len - head.len() - tail.len()));
        assert!(read(request(1000).as_bytes(), refuses_a_file, &limits).is_ok());
        assert!(is_too_large(&read(request(1001).as_bytes(), refuses_a_file, &limits), 1000));
    }
    let trailing = |len: usize| format!("{:len$}", "<methodCall><methodName>a</methodName></methodCall>");
    assert!(read(trailing(1000).as_bytes(), refuses_a_file, &limits).is_ok());
    assert!(is_too_large(&read(trailing(1001).as_bytes(), refuses_a_file, &limits), 1000));
}

#[test]
fn a_request_that_never_ends_is_not_read_on_past_the_limit() {
    let limits = Limits::default();
    for endless in ["<param><value/></param>", " ", "<!-- x -->", "<?x?>"] {
        let head = "<methodCall><methodName>a</methodName><params>";
        let mut rest = endless.as_bytes().iter().copied().cycle();
        let mut taken = 0;
        let source = head.as_bytes().chain(io::BufReader::new(Endless(&mut rest, &mut taken)));
        assert!(is_too_large(&read(source, refuses_a_file, &limits), 1 << 20), "{endless}");
        assert!(taken < (1 << 20) + (64 << 10), "{taken}");
    }
}

struct Endless<'a, I>(&'a mut I, &'a mut usize);

impl<I: Iterator<Item = u8>> Read for Endless<'_, I> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        into.fill_with(|| self.0.next().unwrap());
        *self.1 += into.len();
        Ok(into.len())
    }
}

#[test]
fn a_text_of_64_kib_is_held_and_a_longer_one_is_refused_where_no_file_may_be() {
    let limits = Limits::default();
    let at = |template: &str, len: usize| {
        let text = template.replace('%', &"x".repeat(len));
        read(text.as_bytes(), refuses_a_file, &limits)
    };
    let upload = |inner: &str| {
        format!(
            "<methodCall><methodName>FileService.uploadFile</methodName><params><param><value>{inner}</value></param></params></methodCall>"
        )
    };
    for template in [
        around("<value>%</value>"),
        around("<value><string>%</string></value>"),
        around("<value><dateTime.iso8601>%</dateTime.iso8601></value>"),
        upload("<dateTime.iso8601>%</dateTime.iso8601>"),
        upload("<array><data><value>%</value></data></array>"),
        upload("<array><data><value><string>%</string></value></data></array>"),
        upload("<struct><member><name>a</name><value>%</value></member></struct>"),
        upload("<struct><member><name>%</name><value/></member></struct>"),
        "<methodCall><methodName>%</methodName></methodCall>".to_owned(),
    ] {
        assert!(at(&template, 64 << 10).is_ok(), "{template}");
        assert!(is_too_large(&at(&template, (64 << 10) + 1), 64 << 10), "{template}");
    }
    // Base64 of which four characters are three bytes.
    let base64 = |len: usize| at(&around("<value><base64>%</base64></value>"), len);
    assert!(matches!(&base64(64 << 10).unwrap().params[..], [Value::Bytes(bytes)] if bytes.len() == 48 << 10));
    assert!(is_too_large(&base64((64 << 10) + 4), 64 << 10));
}

#[test]
fn a_tag_or_comment_of_4_kib_is_read_and_a_longer_one_is_not() {
    let limits = Limits::default();
    let read = |xml: &str, len: usize| {
        let filled = xml.replace('%', &" ".repeat(len + 1 - xml.len()));
        read(around(&format!("{filled}<value/>")).as_bytes(), refuses_a_file, &limits)
    };
    for xml in ["<!--%-->", "<?x %?>"] {
        assert!(read(xml, 4096).is_ok(), "{xml}");
        let error = read(xml, 4097).unwrap_err();
        assert!(
            matches!(&error, Error::Malformed { why, .. } if why.starts_with("a tag or comment is longer")),
            "{error}"
        );
    }
    let tag = |len: usize| whole_tag(&limits, len);
    assert!(tag(4096).is_ok());
    assert!(matches!(tag(4097), Err(Error::Malformed { .. })));
}

fn whole_tag(limits: &Limits, len: usize) -> Result<Call> {
    let tag = format!("<value{}/>", " ".repeat(len - 8));
    assert_eq!(tag.len(), len);
    read(around(&tag).as_bytes(), refuses_a_file, limits)
}

#[test]
fn many_small_values_take_no_more_than_their_request_allows() {
    let items = "<value/>".repeat(100_000);
    let limits = Limits::default();
    let call = read(
        around(&format!("<value><array><data>{items}</data></array></value>")).as_bytes(),
        refuses_a_file,
        &limits,
    );
    assert!(matches!(&call.unwrap().params[..], [Value::Array(items)] if items.len() == 100_000));
    let members: String = (0..15_000).map(|at| format!("<member><name>{at}</name><value/></member>")).collect();
    let call = read(around(&format!("<value><struct>{members}</struct></value>")).as_bytes(), refuses_a_file, &limits);
    assert!(matches!(&call.unwrap().params[..], [Value::Struct(members)] if members.len() == 15_000));
}
