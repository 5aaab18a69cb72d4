//! The elements of a request, and what is between them.

use super::*;

#[test]
fn every_type_has_its_value() {
    for (xml, expected) in [
        ("<int>7</int>", Value::Int(7)),
        ("<i4>-7</i4>", Value::Int(-7)),
        ("<i8> +7\n</i8>", Value::Int(7)),
        ("<ex:i8>7</ex:i8>", Value::Int(7)),
        ("<boolean>1</boolean>", Value::Bool(true)),
        ("<boolean>0</boolean>", Value::Bool(false)),
        ("<boolean>true</boolean>", Value::Bool(true)),
        ("<double>-1.5</double>", Value::Double(-1.5)),
        ("<double>1E3</double>", Value::Double(1000.0)),
        ("<string>a b</string>", "a b".into()),
        ("<string/>", "".into()),
        ("a b", "a b".into()),
        (" a\n", " a\n".into()),
        ("", "".into()),
        ("  ", "  ".into()),
        ("<nil/>", Value::Nil),
        ("<ex:nil/>", Value::Nil),
        ("<nil></nil>", Value::Nil),
        ("<dateTime.iso8601>20241120T18:34:12</dateTime.iso8601>", "20241120T18:34:12".into()),
        ("<base64>QQ==</base64>", Value::Bytes(b"A".to_vec())),
        ("<base64>\nQ Q\n</base64>", Value::Bytes(b"A".to_vec())),
        ("<base64/>", Value::Bytes(Vec::new())),
        ("<array><data/></array>", Value::Array(Vec::new())),
        ("<array><data></data></array>", Value::Array(Vec::new())),
        ("<struct/>", Value::Struct(Vec::new())),
    ] {
        assert_eq!(value(&format!("<value>{xml}</value>")), expected, "{xml}");
    }
    assert_eq!(value("<value/>"), "".into());
}

#[test]
fn lists_and_structs_hold_values_in_their_order() {
    let xml = "<value><struct>
        <member><name>b</name><value><array><data><value>x</value> <value><i4>1</i4></value></data></array></value></member>
        <member><name>a</name><value><struct/></value></member>
      </struct></value>";
    let list = Value::Array(vec!["x".into(), 1.into()]);
    assert_eq!(value(xml), Value::Struct(vec![("b".into(), list), ("a".into(), Value::Struct(Vec::new()))]));
}

#[test]
fn a_call_may_have_no_parameters() {
    for rest in ["", "<params/>", "<params></params>", "<params>\n</params>\n"] {
        let call = whole(format!("<methodCall><methodName> a.b </methodName>{rest}</methodCall>").as_bytes()).unwrap();
        assert_eq!(call, Call { method: "a.b".into(), params: Vec::new() }, "{rest}");
    }
}

#[test]
fn what_stands_between_the_elements_means_nothing() {
    let request = "<?xml version=\"1.0\"?>\r\n<!-- a comment --><?php say nothing ?>
        <methodCall xmlns:ex='http://ws.apache.org/xmlrpc/namespaces/extensions'>\t<!--x--><methodName>a<!-- -->b</methodName >
        <params ><?x y?><param><value><!-- - --> <i4 a=\"&lt;1\">1<!-- 2 -->3</i4><!----></value></param></params>
        </methodCall><!-- end -->\n<?x?>\n";
    assert_eq!(whole(request.as_bytes()).unwrap(), Call { method: "ab".into(), params: vec![13.into()] });
}

#[test]
fn references_and_cdata_are_the_characters_they_stand_for() {
    for (xml, expected) in [
        ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"),
        ("&#65;&#x42;&#x1F600;&#10;&#13;&#9;", "AB\u{1f600}\n\r\t"),
        ("<![CDATA[<i4>&amp;]] ]>]]>", "<i4>&amp;]] ]>"),
        ("a<![CDATA[]]>b<![CDATA[]]]]>c", "ab]]c"),
        ("a > b", "a > b"),
        ("1\r\n2\r3\n4<![CDATA[\r\n5\r]]>", "1\n2\n3\n4\n5\n"),
    ] {
        assert_eq!(value(&format!("<value>{xml}</value>")), expected.into(), "{xml}");
        assert_eq!(value(&format!("<value><string>{xml}</string></value>")), expected.into(), "{xml}");
    }
}

#[test]
fn what_is_no_request_is_refused_with_what_belongs_there() {
    for (request, expected) in [
        ("<methodResponse/>", "there is no element <methodResponse> in XML-RPC (at byte 17)"),
        ("<params/>", "there is <params> where <methodCall> belongs (at byte 9)"),
        ("<methodCall/>", "there is </methodCall> where <methodName> belongs (at byte 13)"),
        ("<methodCall><params/></methodCall>", "there is <params> where <methodName> belongs (at byte 21)"),
        ("x<methodCall/>", "there is text where only elements may be (at byte 1)"),
        (
            "<methodCall><methodName>a</methodName></methodCall>x",
            "there is text where only elements may be (at byte 52)",
        ),
        (
            "<methodCall><methodName>a</methodName></methodCall><methodCall/>",
            "there is <methodCall> where the end belongs (at byte 64)",
        ),
        (
            "<methodCall><methodName>a</methodCall>",
            "ill-formed document: expected `</methodName>`, but `</methodCall>` was found (at byte 38)",
        ),
        ("</methodCall>", "ill-formed document: close tag `</methodCall>` does not match any open tag (at byte 13)"),
        ("{\"jsonrpc\": \"2.0\"}", "there is text where only elements may be (at byte 18)"),
    ] {
        assert_eq!(why(request), expected, "{request}");
    }
}

#[test]
fn a_value_of_the_wrong_shape_is_refused() {
    for value in [
        "<value>a<i4>1</i4></value>",
        "<value><i4>1</i4>a</value>",
        "<value><i4>1</i4><i4>1</i4></value>",
        "<value><string><b/></string></value>",
        "<value><string><i4>1</i4></string></value>",
        "<value><i4><i4>1</i4></i4></value>",
        "<value><nil>1</nil></value>",
        "<value><float>1</float></value>",
        "<value><value/></value>",
        "<value><data/></value>",
        "<value><array/></value>",
        "<value><array><value/></array></value>",
        "<value><array><data/><data/></array></value>",
        "<value><array><data>a</data></array></value>",
        "<value><struct><value/></struct></value>",
        "<value><struct><member><value/></member></struct></value>",
        "<value><struct><member><name>a</name></member></struct></value>",
        "<value><struct><member><name>a</name><value/><value/></member></struct></value>",
        "<value><struct><member><value/><name>a</name></member></struct></value>",
        "<value/><value/>",
        "<VALUE/>",
        "",
        "a",
    ] {
        why(around(value));
    }
}

#[test]
fn a_request_that_ends_too_early_is_told_so_wherever_it_ends() {
    assert_eq!(why(""), "Premature end of file.");
    let request = around("<value><struct><member><name>a</name><value><![CDATA[b]]></value></member></struct></value>");
    let request = format!("<?xml version='1.0'?><!-- c -->{request}");
    assert!(whole(request.as_bytes()).is_ok());
    for end in 0..request.len() {
        why(&request[..end]);
    }
}
