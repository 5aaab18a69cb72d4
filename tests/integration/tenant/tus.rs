//! The operations of tus, which has no document of its own.

use super::names::Names;
use super::routes::Operation;
use crate::tus::{BYTES, UPLOADS, asking, metadata, open, patch, patching, tus};
use attache_tests::Client;
use reqwest::RequestBuilder;

/// Every operation.
pub(super) fn operations() -> impl Iterator<Item = Operation> {
    attache_tus::OPERATIONS.iter().map(|(method, path)| (method.parse().unwrap(), (*path).to_owned()))
}

/// The requests of an operation that name things by `names`; `None` for operations that are not of tus.
pub(super) fn requests(client: &Client, operation: &Operation, names: &Names) -> Option<Vec<RequestBuilder>> {
    let uploads = [&names.upload, &names.piece].map(|id| format!("{UPLOADS}/{id}"));
    match (operation.0.as_str(), operation.1.as_str()) {
        ("POST", "/v1/uploads") => {
            let named = [
                ("folder_id", &names.folder),
                ("folder_id", &names.folder_no),
                ("file", &names.file),
                ("file", &names.file_no),
                ("file", &names.trashed),
                ("file", &names.trashed_no),
            ];
            let mut all: Vec<_> = named
                .iter()
                .map(|(key, name)| metadata(&[(key, name.as_str())]))
                .map(|metadata| asking(client, &[("Upload-Length", "5"), ("Upload-Metadata", &metadata)]))
                .collect();
            all.extend(uploads.iter().map(|at| asking(client, &[("Upload-Concat", &format!("final;{at}"))])));
            all.push(
                asking(client, &[("Upload-Length", "1"), ("Content-Type", BYTES), ("Upload-Concat", "x")]).body("x"),
            );
            Some(all)
        }
        ("PATCH", "/v1/uploads/{id}") => Some(uploads.iter().map(|at| patching(client, at, 5, "mine!")).collect()),
        ("HEAD" | "DELETE", "/v1/uploads/{id}") => {
            Some(uploads.iter().map(|at| tus(client, operation.0.clone(), at)).collect())
        }
        _ => None,
    }
}

/// The ids of an open upload and of a piece that is whole.
pub(super) async fn uploads(client: &Client) -> (String, String) {
    let upload = open(client, &[("Upload-Length", "10")]).await;
    let piece = open(client, &[("Upload-Length", "5"), ("Upload-Concat", "partial")]).await;
    for at in [&upload, &piece] {
        assert_eq!(patch(client, at, 0, "what ").await.status, 204);
    }
    let id = |at: &str| at.rsplit('/').next().unwrap().to_owned();
    (id(&upload), id(&piece))
}
