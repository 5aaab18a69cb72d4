//! The panel of one record: what a panel's token opens, and nothing else does.

mod browsers;
mod change;
mod look;
mod mint;
mod shown;

pub(crate) use browsers::browsers;
pub(crate) use change::*;
pub(crate) use look::*;
pub(crate) use mint::*;
