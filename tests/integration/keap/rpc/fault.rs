//! Faults: each case of the contract's table with its number.

use crate::keap::desk::{Desk, Keap, LEGACY, Place, RPC};
use crate::keap::xml::{Told, Xml, call};
use crate::native::on_both_engines;
use attache_tests::Setup;

on_both_engines!(every_case_has_keaps_number, what_is_no_call_is_fault_0, c25_what_there_is_no_handler_for_is_said,);

#[track_caller]
fn is(told: &Told, code: i64, words: &str) {
    let (got, text) = told.as_ref().unwrap_err();
    assert!(*got == code && text.contains(words), "{got} {text} where {code} {words} is right");
}

async fn every_case_has_keaps_number(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"x", Place::Company).await;
    let keap = &desk.keap;
    let table = || Xml::from("FileBox");
    let empty = || Xml::Record(Vec::new());
    let of = async |method: &str, args: Vec<Xml>| keap.call(method, args).await;

    let nobody = Keap::of(desk.app.stranger());
    is(&nobody.send(LEGACY, call("FileService.getFile", &["wrong".into(), no.into()])).await, 2, "[InvalidKey]");
    for method in ["FileService.getFile", "FileService.getDownloadUrl"] {
        for id in [99, 0, -1, i64::from(i32::MAX)] {
            is(&of(method, vec![id.into()]).await, 5, "[RecordNotFound]Record was not found");
        }
        is(&of(method, vec!["99".into()]).await, 5, "[RecordNotFound]");
    }
    is(&of("FileService.renameFile", vec![99.into(), "b.txt".into()]).await, 5, "[RecordNotFound]");
    is(&of("FileService.replaceFile", vec![99.into(), Xml::content(b"y")]).await, 5, "[RecordNotFound]");
    is(&of("DataService.load", vec![table(), 99.into(), Xml::list(["Id"])]).await, 5, "[RecordNotFound]");
    is(&of("DataService.add", vec![table(), empty()]).await, 7, "[NoTableAccess]");
    is(&of("DataService.delete", vec![table(), no.into()]).await, 7, "[NoTableAccess]");
    let change = Xml::record(vec![("FileName", "b.txt".into())]);
    is(&of("DataService.update", vec![table(), no.into(), change]).await, 8, "[NoFieldAccess]");
    let query = |table: &str, tests: Xml, fields: Xml| vec![table.into(), 10.into(), 0.into(), tests, fields];
    is(&of("DataService.query", query("Nothing", empty(), Xml::list(["Id"]))).await, 9, "[NoTableFound]");
    is(&of("DataService.query", query("filebox", empty(), Xml::list(["Id"]))).await, 9, "[NoTableFound]");
    is(&of("DataService.query", query("FileBox", empty(), Xml::list(["Size"]))).await, 10, "[NoFieldFound]");
    is(&of("DataService.query", query("FileBox", empty(), Xml::list(["id"]))).await, 10, "[NoFieldFound]");
    let unknown = Xml::record(vec![("Owner", 1.into())]);
    is(&of("DataService.query", query("FileBox", unknown.clone(), Xml::list(["Id"]))).await, 10, "[NoFieldFound]");
    is(&of("DataService.count", vec![table(), unknown]).await, 10, "[NoFieldFound]");
    is(&of("DataService.query", query("FileBox", empty(), Xml::List(Vec::new()))).await, 11, "[NoFields]");
    is(&of("FileService.renameFile", vec![no.into(), "a/b".into()]).await, 12, "[InvalidParameter]");
    is(&of("FileService.replaceFile", vec![no.into(), "***".into()]).await, 12, "[InvalidParameter]");
    let negative = |limit: i64, page: i64| vec![table(), limit.into(), page.into(), empty(), Xml::list(["Id"])];
    is(&of("DataService.query", negative(-1, 0)).await, 12, "[InvalidParameter]");
    is(&of("DataService.query", negative(1, -1)).await, 12, "[InvalidParameter]");

    let user = desk.user(2, "keap:user").await;
    for (method, args) in [
        ("FileService.getFile", vec![no.into()]),
        ("FileService.getDownloadUrl", vec![no.into()]),
        ("FileService.renameFile", vec![no.into(), "b.txt".into()]),
        ("FileService.replaceFile", vec![no.into(), Xml::content(b"y")]),
        ("DataService.load", vec![table(), no.into(), Xml::list(["Id"])]),
    ] {
        is(&user.call(method, args).await, 14, "[NoAccess]");
    }
    assert_eq!(desk.keap.v1(no).await["file_name"], "a.txt");
    desk.stop().await;
}

async fn what_is_no_call_is_fault_0(setup: Setup) {
    let desk = Desk::open(setup).await;
    let whole = call("FileService.getFile", &["key".into(), 1.into()]);
    let mut documents = vec![
        String::new(),
        "not xml".to_owned(),
        "<methodCall>".to_owned(),
        "<methodCall/>".to_owned(),
        "<methodResponse></methodResponse>".to_owned(),
        "<a><b></a></b>".to_owned(),
        whole.replace("</methodCall>", ""),
        whole.replace("<int>1</int>", "<int>one</int>"),
        whole.replace("<int>1</int>", "<int>2147483648</int>"),
        whole.replace("<int>1</int>", "<integer>1</integer>"),
        whole.replace("<int>1</int>", "<int>1"),
        format!("{whole}{whole}"),
        format!("{whole}trailing"),
        whole.replace("<methodName>FileService.getFile</methodName>", ""),
    ];
    documents.extend((1..whole.len() - 1).step_by(7).map(|end| whole[..end].to_owned()));
    for document in documents {
        let (code, text) = desk.keap.send(RPC, document.clone()).await.unwrap_err();
        assert_eq!(code, 0, "{document}: {text}");
        assert!(text.starts_with("Failed to parse XML-RPC request: "), "{document}: {text}");
    }
    let latin = [b"<methodCall><methodName>\xE9</methodName></methodCall>".as_slice()].concat();
    assert_eq!(desk.keap.send(RPC, latin).await.unwrap_err().0, 0);
    desk.stop().await;
}

async fn c25_what_there_is_no_handler_for_is_said(setup: Setup) {
    let desk = Desk::open(setup).await;
    for method in [
        "APIEmailService.sendTemplate",
        "FileService.deleteFile",
        "FileService.getfile",
        "system.multicall",
        "system.listMethods",
        "DataService.echo",
        "ContactService.load",
    ] {
        let told = desk.keap.call(method, [1.into()]).await;
        assert_eq!(told, Err((0, format!("No such handler: {method}"))));
    }
    desk.stop().await;
}
