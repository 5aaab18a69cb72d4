//! Locks the process in before it looks at a picture: what a decoder can be talked into then has nothing to reach.
//!
//! Three walls, each of which holds alone: limits of what the process may take, no file and no network by the kernel's
//! access rules, and no system calls but the few that decoding needs.

#[cfg(target_os = "linux")]
mod calls;
mod limits;
#[cfg(target_os = "linux")]
mod rights;

use crate::Options;
use std::io;

/// Locks the calling thread, and with it a process of one thread, in. It cannot be undone.
///
/// # Errors
/// When a limit or the filter of system calls cannot be set; then nothing must be decoded.
pub fn lock(options: &Options) -> io::Result<()> {
    // The order matters: access rules need a descriptor, which the limits forbid, and the filter forbids all of it.
    #[cfg(target_os = "linux")]
    rights::drop()?;
    limits::lower(options)?;
    #[cfg(target_os = "linux")]
    calls::filter()?;
    Ok(())
}

#[cfg(test)]
mod tests;
