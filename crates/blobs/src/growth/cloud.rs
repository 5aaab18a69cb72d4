//! Growing contents in a bucket.

use std::ops::Range;

use super::{Grown, Growth, Piece};
use crate::{Body, Cloud, Error, Key, Stored};

impl Cloud {
    pub(super) async fn append(&self, _: &Growth, _: Body, _: &Piece) -> Result<Grown, Error> {
        Err(Error::Unhealthy)
    }

    pub(super) async fn finish(&self, _: &Growth) -> Result<Stored, Error> {
        Err(Error::Unhealthy)
    }

    pub(super) async fn abandon(&self, _: &Key) -> Result<bool, Error> {
        Err(Error::Unhealthy)
    }

    pub(super) async fn read_growth(&self, _: &Growth, _: Range<u64>) -> Result<Body, Error> {
        Err(Error::Unhealthy)
    }
}
