//! What files inside of JSON and XML cost: the same memory at every length.

use super::desk::{Place, RPC, V1, decoded, noise, upload_body};
use super::xml::{Xml, call, told};
use crate::PROGRAM;
use attache_tests::{Ask, Client, Home, Process, report};
use futures_util::future::join_all;

/// Bytes of a file.
const LEN: usize = 24 << 20;
/// Uploads and downloads at once.
const AT_ONCE: usize = 4;
/// Most memory that the server may ever have resident, in KiB, as for uploads of other faces. One of these files held in
/// memory would be a quarter of it, as base64 a third.
const PEAK_KIB: u64 = 96 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c06_files_of_any_length_inside_of_json_and_xml_do_not_grow_the_server() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "keap:full");
    let bytes = noise(LEN);
    let before = peak_kib(&server);
    let json: &'static str = Box::leak(upload_body("a.bin", &bytes, Place::Contact(7)).to_string().into_boxed_str());
    let args = ["key".into(), 7.into(), "a.bin".into(), Xml::content(&bytes)];
    let xml: &'static str = Box::leak(call("FileService.uploadFile", &args).into_boxed_str());
    let nos = join_all(
        (0..AT_ONCE)
            .map(async |no| if no % 2 == 0 { put_v1(&client, json).await } else { put_rpc(&client, xml).await }),
    );
    let nos = nos.await;
    let between = peak_kib(&server);
    let same = join_all(nos.iter().enumerate().map(async |(no, file)| {
        if no % 2 == 0 { get_rpc(&client, *file).await == bytes } else { get_v1(&client, *file).await == bytes }
    }));
    assert!(same.await.iter().all(|same| *same));
    let after = peak_kib(&server);
    report(&format!(
        "{AT_ONCE} files of {LEN} bytes at once inside of JSON and XML: the peak went from {before} to {between} KiB in, \
         {after} KiB out"
    ));
    assert!(after < PEAK_KIB + home.buffers_kib(), "{after} KiB");
}

async fn put_v1(client: &Client, body: &'static str) -> i64 {
    client.post(V1).body(body).ask().await.expect(200)["file_descriptor"]["id"].as_i64().unwrap()
}

async fn put_rpc(client: &Client, body: &'static str) -> i64 {
    told(&client.post(RPC).body(body).ask().await.text()).unwrap().int()
}

async fn get_v1(client: &Client, no: i64) -> Vec<u8> {
    let read = client.get(&format!("{V1}/{no}?optional_properties=file_data")).ask().await.expect(200);
    decoded(&read["file_data"])
}

async fn get_rpc(client: &Client, no: i64) -> Vec<u8> {
    let document = call("FileService.getFile", &["key".into(), no.into()]);
    told(&client.post(RPC).body(document).ask().await.text()).unwrap().bytes()
}

/// The most memory that a server ever had resident.
pub(crate) fn peak_kib(server: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
