//! Attache: the `client` crate.
