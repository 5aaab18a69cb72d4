//! The server as a library: settings, the wiring of core and dialects, and the commands of the `attache` binary. The
//! integration tests start servers from here, in their own process.

pub mod cli;
pub mod command;
pub mod data;
pub mod error;
pub mod log;
pub mod scope;
pub mod serve;
pub mod setting;
pub mod signal;
pub mod span;
pub mod wire;

pub use error::{Error, Result};
pub use serve::Server;
pub use setting::Settings;
