//! Requests that are made to harm.

use super::*;

#[test]
fn xr01_to_03_a_document_type_is_refused_where_it_begins() {
    let bomb = "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">";
    for doctype in [
        format!("<!DOCTYPE x [{bomb}]>"),
        "<!DOCTYPE x SYSTEM \"file:///etc/hostname\">".to_owned(),
        "<!doctype html>".to_owned(),
        "<!DOCTYPE".to_owned(),
    ] {
        let request = format!("<?xml version='1.0'?>\n{doctype}{}", around("<value>&b;</value>"));
        assert_eq!(why(&request), "DOCTYPE is not allowed, nor any other declaration (at byte 22)");
    }
    for inside in ["<!DOCTYPE x>", "<!ENTITY a 'b'>", "<![INCLUDE[x]]>", "<![cdata[x]]>", "<!>", "<!-x-->"] {
        let why = why(around(&format!("<value>{inside}</value>")));
        assert!(why.starts_with("DOCTYPE is not allowed"), "{inside}: {why}");
    }
}

#[test]
fn xr02_no_entity_but_the_five_of_xml_is_known() {
    for name in ["a", "nbsp", "AMP", "eacute", "xxe", "amp ", " amp", ""] {
        why(around(&format!("<value>&{name};</value>")));
    }
    let told = why(around("<value>&nbsp;</value>"));
    assert_eq!(told, "The entity \"nbsp\" was referenced, but not declared. (at byte 62)");
    for broken in ["&", "& ", "&amp", "&amp<", "a && b", "&verylongname;", "&\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9};"] {
        why(around(&format!("<value>{broken}</value>")));
    }
    why(around("<value a='&nbsp;'/>"));
}

#[test]
fn xr19_characters_that_xml_does_not_allow_are_refused_however_they_are_written() {
    for reference in
        ["&#0;", "&#1;", "&#x1;", "&#8;", "&#11;", "&#31;", "&#xD800;", "&#xFFFE;", "&#xFFFF;", "&#x110000;"]
    {
        assert!(
            why(around(&format!("<value>{reference}</value>"))).contains("no character that XML allows"),
            "{reference}"
        );
    }
    for reference in ["&#;", "&#x;", "&#+65;", "&#x+41;", "&#-1;", "&#X41;", "&# 65;", "&#99999999999;"] {
        why(around(&format!("<value>{reference}</value>")));
    }
    for c in ["\0", "\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
        for place in [
            "<value>%</value>",
            "<value><![CDATA[%]]></value>",
            "<value><!--%--></value>",
            "<value a='%'/>",
            "<value>%<value>",
        ] {
            why(around(&place.replace('%', c)));
        }
    }
    assert_eq!(why(around("<value>\u{1}</value>")), "An invalid XML character (Unicode: 0x1) was found. (at byte 62)");
    let legal = "\t\n\u{20}\u{7f}\u{80}\u{d7ff}\u{e000}\u{efff}\u{fffd}\u{10000}\u{10ffff}";
    assert_eq!(value(&format!("<value>{legal}</value>")), legal.into());
}

#[test]
fn xr08_a_tag_with_more_than_a_few_attributes_is_refused_before_it_has_come() {
    let tag = |n: usize| (0..n).map(|at| format!(" a{at}='x'")).collect::<String>();
    assert_eq!(value(&format!("<value{}/>", tag(16))), "".into());
    assert!(why(around(&format!("<value{}/>", tag(17)))).starts_with("a tag has more than 16 attributes"));

    let many: String = (0..100_000).map(|at| format!(" xmlns:n{at}='u'")).collect();
    let request = around(&format!("<value{many}/>"));
    let mut source = request.as_bytes();
    let error = read(&mut source, refuses_a_file, &Limits::default()).unwrap_err();
    assert!(
        matches!(&error, Error::Malformed { why, .. } if why.starts_with("a tag or comment is longer")),
        "{error:?}"
    );
    assert!(request.len() - source.len() < 40_000, "the rest is never read");
}

#[test]
fn attributes_have_to_be_well_formed() {
    for tag in ["<value a>", "<value a=1>", "<value a='1' a='2'>", "<value a='<'>", "<value a='1\">", "<value =''>"] {
        why(around(&format!("{tag}x</value>")));
    }
}

#[test]
fn xr06_lists_and_structs_are_inside_of_each_other_as_often_as_is_allowed_and_no_more() {
    let limits = Limits { xml_bytes: 1 << 20, ..Limits::default() };
    let nested = |open: &str, close: &str, depth: usize| {
        let value = format!("<value>{}<i4>1</i4>{}</value>", open.repeat(depth), close.repeat(depth));
        read(around(&value).as_bytes(), refuses_a_file, &limits)
    };
    for (open, close) in [
        ("<array><data><value>", "</value></data></array>"),
        ("<struct><member><name>a</name><value>", "</value></member></struct>"),
    ] {
        assert!(nested(open, close, 32).is_ok());
        for depth in [33, 1000, 10_000] {
            let error = nested(open, close, depth).unwrap_err();
            let why = "lists and structs are inside of each other more than 32 times";
            assert!(matches!(&error, Error::Malformed { why: told, .. } if told.starts_with(why)), "{error:?}");
        }
    }
}

#[test]
fn xr11_a_number_past_32_bits_is_refused() {
    for (text, number) in [("2147483647", i32::MAX), ("-2147483648", i32::MIN)] {
        assert_eq!(value(&format!("<value><int>{text}</int></value>")), number.into());
    }
    let told = why(around("<value><int>2147483648</int></value>"));
    assert_eq!(told, "Failed to parse integer value: 2147483648 (at byte 83)");
    for text in ["-2147483649", "1.0", "", " ", "0x1", "1 2", "one", "9999999999999999999999"] {
        for tag in ["int", "i4", "i8"] {
            why(around(&format!("<value><{tag}>{text}</{tag}></value>")));
        }
    }
}

#[test]
fn a_boolean_or_double_that_is_none_is_refused() {
    for text in ["", "2", "yes", "TRUE"] {
        why(around(&format!("<value><boolean>{text}</boolean></value>")));
    }
    for text in ["", "inf", "NaN", "infinity", "1e999", "1,5", "0x1", "1e", "."] {
        why(around(&format!("<value><double>{text}</double></value>")));
    }
}

#[test]
fn xr12_base64_that_is_none_is_a_value_that_is_not_allowed() {
    for text in ["QQ===", "Q", "QR==", "QQ==QQ==", "Q*==", "data:text/plain;base64,QQ=="] {
        let error = whole(around(&format!("<value><base64>{text}</base64></value>")).as_bytes()).unwrap_err();
        assert!(matches!(&error, Error::Invalid { field, .. } if field == "base64"), "{text}: {error:?}");
    }
}

#[test]
fn xr13_a_struct_with_the_same_member_twice_is_refused() {
    let member = |name: &str| format!("<member><name>{name}</name><value>x</value></member>");
    let twice = format!("<value><struct>{}{}{}</struct></value>", member("Id"), member("id"), member("&#73;d"));
    assert!(why(around(&twice)).starts_with("a struct has two members called Id"));
}

#[test]
fn what_a_message_repeats_of_a_request_is_short() {
    let long = "x".repeat(500);
    for value in [
        format!("<value><i4>{long}</i4></value>"),
        format!("<value><{long}/></value>"),
        format!("<value></{long}>"),
        format!(
            "<value><struct><member><name>{long}</name><value/></member><member><name>{long}</name><value/></member></struct></value>"
        ),
    ] {
        let limits = Limits::default();
        let error = read(around(&value).as_bytes(), refuses_a_file, &limits).unwrap_err();
        assert!(error.to_string().len() < 200, "{error}");
    }
}

#[test]
fn comments_are_well_formed() {
    for comment in ["<!-- a -- b -->", "<!-- a --->", "<!-- a", "<!-->", "<!--->"] {
        why(around(&format!("{comment}<value/>")));
    }
}
