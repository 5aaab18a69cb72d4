//! Servers whose contents are in an object store, behind a proxy that does wrong: what passes is not noticed, what stays is
//! told as something to try again, and nothing acknowledged is lost.

mod away;
mod lasting;
mod many;
mod passing;
mod redirect;
mod site;
mod start;
mod way;

use attache_blobs::{StorageUrl, testing};

/// The object stores that servers are tried on.
#[derive(Clone, Copy, Debug)]
enum Maker {
    SeaweedFs,
    /// Another one, so that nobody gets used to the faults of one.
    Second,
}

impl Maker {
    /// Whether it compares what it is sent with the digest beside it, and links with their signatures. The second one, a
    /// stand-in for tests, takes everything.
    fn is_strict(self) -> bool {
        matches!(self, Maker::SeaweedFs)
    }

    /// A place of its own in this store; `None` after a loud skip.
    fn place(self, name: &str) -> Option<StorageUrl> {
        match self {
            Maker::SeaweedFs => testing::storage(name),
            Maker::Second => testing::second_storage(name),
        }
    }
}

/// Each of the named functions is a test on both object stores.
macro_rules! on_both_stores {
    ($($name:ident,)+) => {
        mod seaweedfs {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::storage::Maker::SeaweedFs).await;
                }
            )+
        }
        mod second {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(crate::storage::Maker::Second).await;
                }
            )+
        }
    };
}
use on_both_stores;
