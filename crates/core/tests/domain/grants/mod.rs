//! Grants through the public operations, on both engines: codes, refresh tokens, and who may not trade them.

mod acts;
mod client;
mod end;
mod life;
mod race;
mod trade;
