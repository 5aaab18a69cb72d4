//! `attache check`

use super::{installation, run};
use crate::PROGRAM;
use attache_tests::{Process, said};
use std::path::{Path, PathBuf};

/// The files of contents in a data folder.
fn blobs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(blobs(&path)) } else { found.push(path) }
    }
    found
}

/// An installation with one file that has a blob of its own.
async fn installation_with_a_file() -> tempfile::TempDir {
    let home = installation();
    let server = Process::serve(PROGRAM, home.path(), &[]);
    let client = server.client(PROGRAM, "files:write");
    let put = client.put("/v1/files/by-path/large.bin").body(vec![7_u8; 200_000]).send().await.unwrap();
    assert_eq!(put.status(), 201, "{}", put.text().await.unwrap());
    server.kill();
    home
}

#[tokio::test]
async fn a_sound_installation_is_found_clean() {
    let home = installation_with_a_file().await;
    assert_eq!(blobs(&home.path().join("blobs")).len(), 1);
    said(&run(home.path(), &["check"]));
}

#[tokio::test]
async fn a_blob_that_was_changed_or_lost_on_disk_is_found() {
    let home = installation_with_a_file().await;
    let blob = blobs(&home.path().join("blobs")).remove(0);
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&blob, &bytes).unwrap();
    assert_eq!(run(home.path(), &["check"]).status.code(), Some(1));
    std::fs::remove_file(&blob).unwrap();
    let gone = run(home.path(), &["check"]);
    assert_eq!(gone.status.code(), Some(1), "{}", String::from_utf8_lossy(&gone.stdout));
}

#[tokio::test]
async fn contents_that_no_file_points_to_are_found_and_removed_on_repair() {
    let home = installation_with_a_file().await;
    let blob = blobs(&home.path().join("blobs")).remove(0);
    let stray = blob.with_file_name("0123456789abcdef0123456789abcdef");
    std::fs::copy(&blob, &stray).unwrap();

    let young = run(home.path(), &["check", "--repair"]);
    assert!(young.status.success(), "younger than a day: {}", String::from_utf8_lossy(&young.stdout));
    assert!(stray.exists());
    assert_eq!(run(home.path(), &["check", "--older-than", "0s"]).status.code(), Some(1));
    assert_eq!(run(home.path(), &["check", "--repair", "--older-than", "0s"]).status.code(), Some(1));
    assert!(!stray.exists() && blob.exists());
    said(&run(home.path(), &["check", "--older-than", "0s"]));
}
