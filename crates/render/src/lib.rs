//! The process that makes small pictures of pictures. It locks itself in, reads a picture that it does not trust from
//! standard input, and writes a smaller one, without any metadata, to standard output.

mod jpeg;
mod lock;
mod open;
mod scale;
mod write;

pub use lock::lock;

use std::io::{self, Read, Write};
use std::process::ExitCode;

/// Largest picture that is read, in bytes.
pub const INPUT_MAX: u64 = 64 << 20;
/// Longest side that can be asked for, in pixels.
pub const SIDE_MAX: u32 = 4096;

/// The exit code for a picture with more pixels or bytes than may be decoded.
pub const EXIT_TOO_LARGE: u8 = 3;
/// The exit code for anything but a picture in PNG, JPEG, GIF, WebP or BMP.
pub const EXIT_UNSUPPORTED: u8 = 4;
/// The exit code for a picture that cannot be read.
pub const EXIT_BROKEN: u8 = 5;
/// The exit code of a process that could not lock itself in, or was cut off from its pipes.
pub const EXIT_TROUBLE: u8 = 6;

/// What to make, and how much it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Side of the box that the result fits in, 1 to [`SIDE_MAX`] pixels.
    pub side: u32,
    /// Whether a picture smaller than the box grows to it.
    pub upscale: bool,
    /// Most pixels that are decoded, width times height.
    pub pixels: u64,
    /// Memory for the picture, in bytes.
    pub memory: u64,
    /// Processor time, in seconds.
    pub cpu: u64,
}

/// Why there is no small picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// More pixels or bytes than may be decoded.
    TooLarge,
    /// No format that is known here.
    Unsupported,
    /// A known format, but not as it should be.
    Broken,
    /// The process itself is at fault.
    Trouble,
}

impl Failure {
    fn code(self) -> u8 {
        match self {
            Failure::TooLarge => EXIT_TOO_LARGE,
            Failure::Unsupported => EXIT_UNSUPPORTED,
            Failure::Broken => EXIT_BROKEN,
            Failure::Trouble => EXIT_TROUBLE,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Failure {
        Failure::Trouble
    }
}

/// Makes one small picture, standard input to standard output. Nothing is read before the process is locked in, and
/// nothing is written before the picture is whole.
///
/// The process must have a single thread: the lock binds the one that calls.
pub fn run(options: &Options) -> ExitCode {
    match render(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.code()),
    }
}

fn render(options: &Options) -> Result<(), Failure> {
    lock(options)?;
    let picture = small(read(io::stdin().lock())?, options)?;
    let mut out = io::stdout().lock();
    out.write_all(&picture)?;
    Ok(out.flush()?)
}

/// All of the input, up to [`INPUT_MAX`] bytes.
fn read(from: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    from.take(INPUT_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > INPUT_MAX {
        return Err(Failure::TooLarge);
    }
    // A vector that grew may hold twice what is in it.
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// The small picture, encoded.
fn small(bytes: Vec<u8>, options: &Options) -> Result<Vec<u8>, Failure> {
    let opened = open::open(bytes, options)?;
    let mut picture = scale::to_box(opened.picture, options.side, options.upscale);
    // Turned after it is small, which is cheap; the box is square, so it fits either way.
    picture.apply_orientation(opened.orientation);
    write::encode(&picture)
}

#[cfg(test)]
mod tests;
