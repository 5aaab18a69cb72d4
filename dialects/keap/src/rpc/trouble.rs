//! Why a call came to nothing: an error of ours, a fault that only this wire has, or parameters that no method takes.

use super::fault::{Fault, Kind};
use attache_model::Error;

/// The result of a call.
pub(super) type Outcome<T> = Result<T, Trouble>;

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// An error of ours.
    Error(Error),
    /// A fault of this wire alone.
    Fault(Fault),
    /// The method takes no parameters of these types.
    Shape,
}

impl Trouble {
    /// A parameter that is not allowed; `why` says what would be right.
    pub(super) fn invalid(why: impl std::fmt::Display) -> Trouble {
        Trouble::Fault(Fault::new(Kind::InvalidParameter, why))
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Error(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Fault(fault)
    }
}
