//! What objects of a list need besides themselves, fetched for all of them at once.

use crate::App;
use attache_core::Caller;

/// The loaders of one request.
pub(crate) struct Loaders {}

impl Loaders {
    /// Those of a request by `caller`.
    pub(crate) fn new(_: &App, _: &Caller) -> Loaders {
        Loaders {}
    }
}
