//! What a store of blobs promises: one suite for every kind of store, and the promises of the disk alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bucket;
mod bucket_growth;
mod bucket_put;
mod chunking;
mod copy;
mod disk;
mod fake;
mod faults;
mod growing;
mod growth;
mod growth_faults;
mod growth_split;
mod host;
mod hostile;
mod piece;
mod sample;
mod store;
mod wire;
