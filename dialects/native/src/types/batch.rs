//! Many things in one request, each with a result of its own.

use super::Origin;
use crate::error::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Files of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileBatch {
    /// Ids or numbers, as text.
    pub(crate) files: Vec<String>,
}

/// Links of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBatch {
    /// Pairs of a file and a record.
    pub(crate) items: Vec<LinkItem>,
}

/// A file and a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkItem {
    /// Id or number of the file, as text.
    pub(crate) file: String,
    /// The record.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// Why; when a link is made `attached` where it is not given, when it is removed any.
    pub(crate) origin: Option<Origin>,
    /// A free word for the file's part on the record.
    pub(crate) role: Option<String>,
}

/// What became of each item of a batch, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchResult {
    /// One result for each item.
    pub(crate) results: Vec<ItemResult>,
    /// How many items failed.
    pub(crate) failed: usize,
}

/// What became of one item of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemResult {
    /// The file as the request named it.
    pub(crate) file: String,
    /// Whether it was done.
    pub(crate) ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Problem>,
}
