//! The end of a server.

use super::installation;
use crate::PROGRAM;
use attache_tests::Process;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn sigterm_ends_an_idle_server_with_exit_code_0() {
    let home = installation();
    let mut server = Process::serve(PROGRAM, home.path(), &[]);
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log:?}");
}

#[test]
fn sigterm_lets_a_running_upload_finish_and_refuses_new_connections() {
    let home = installation();
    let mut server = Process::serve(PROGRAM, home.path(), &[]);
    let client = server.client(PROGRAM, "files:write,files:read");
    let address = server.url().trim_start_matches("http://").to_owned();
    let content = vec![b'x'; 300_000];
    let mut upload = TcpStream::connect(&address).unwrap();
    let head = format!(
        "PUT /v1/files/by-path/drained.txt HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        client.token().unwrap(),
        content.len()
    );
    upload.write_all(head.as_bytes()).unwrap();
    // The server asks for the body: from here on the upload is running.
    let mut go_on = [0; 25];
    upload.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&go_on));
    upload.write_all(&content[..100_000]).unwrap();

    server.ask_to_stop();
    while TcpStream::connect(&address).is_ok_and(|probe| !is_closed(probe)) {}
    upload.write_all(&content[100_000..]).unwrap();
    let mut answer = String::new();
    upload.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log:?}");
}

/// A connection that the system took but that no server will ever read from.
fn is_closed(mut probe: TcpStream) -> bool {
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answer = Vec::new();
    probe.write_all(request).is_err() || probe.read_to_end(&mut answer).is_err() || answer.is_empty()
}
