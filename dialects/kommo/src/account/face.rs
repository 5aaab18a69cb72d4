//! What everything on the account's host is shown with.

use attache_http::PublicUrl;
use attache_model::AccountNo;

/// How the things of one account look from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face<'a> {
    /// What links begin with.
    pub(crate) public: &'a PublicUrl,
    /// The account.
    pub(crate) account: AccountNo,
}

impl Face<'_> {
    /// The address of what the segments name below `/api/v4`.
    pub(crate) fn href<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> String {
        self.public.link(["api", "v4"].into_iter().chain(segments))
    }
}
