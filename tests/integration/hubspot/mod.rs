//! HubSpot's Files v3 from outside: each case of its contract, on a whole server. Every answer is held against HubSpot's
//! own specification on its way to the test.

mod changes;
mod clients;
mod contract;
mod deletion;
mod desk;
mod duplicates;
mod expiry;
mod folders;
mod form;
mod hosted;
mod imports;
mod names;
mod operations;
mod page;
mod reading;
mod search;
mod signed;
mod uploads;

use desk::{Desk, id, refused_at};
use form::Form;

/// Nobody's id.
const NOBODY: &str = "999999999";
/// Nobody's task.
const NO_TASK: &str = "00000000-0000-7000-8000-000000000000";
/// A picture of 1 x 1 pixels.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\
    \xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x56\xc7\x2f\x0d\0\0\0\0IEND\xaeB`\x82";
