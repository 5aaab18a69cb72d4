//! What the process may take of the machine.

use crate::Options;
use rustix::fs::{FileType, fstat};
use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};
use std::io;

/// Address space of the program itself: its code, libraries and stack.
const PROGRAM: u64 = 256 << 20;
/// Standard input, output and error: no further file, socket or pipe can be opened.
const STANDARD: u64 = 3;
/// How far the process steps back: a picture waits for an upload, and still has a tenth of a processor that is busy.
const NICE: i32 = 10;

/// Lowers every limit to what one picture needs.
pub(super) fn lower(options: &Options) -> io::Result<()> {
    nice(NICE)?;
    to(Resource::Core, 0)?;
    to(Resource::Nproc, 0)?;
    to(Resource::Nofile, STANDARD)?;
    // Private memory, wherever it comes from, and all addresses, as the outer bound.
    to(Resource::Data, options.memory)?;
    to(Resource::As, options.memory.saturating_add(PROGRAM))?;
    to(Resource::Cpu, options.cpu)?;
    let out = fstat(io::stdout())?;
    if FileType::from_raw_mode(out.st_mode) != FileType::RegularFile {
        // The limit is for files on disk; a person may have the result written into one.
        to(Resource::Fsize, 0)?;
    }
    Ok(())
}

/// Lowers one limit for good; one that is lower already stays.
fn to(resource: Resource, most: u64) -> io::Result<()> {
    let before = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let most = Some(most.min(before));
    Ok(setrlimit(resource, Rlimit { current: most, maximum: most })?)
}
