//! Small pictures of pictures. Decoding happens in a child process with bounded memory, time and no rights: what breaks
//! there is an answer, not an event.

use crate::{Content, Core};
use attache_model::error::{Code, Error};
use attache_model::file::Version;
use attache_model::media::Kind;
use attache_model::share::PreviewSize;
use attache_model::{Result, limits::Limits};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// Largest file that is handed to the child, in bytes.
const SOURCE_MAX: u64 = 64 << 20;
/// Largest picture that is taken back, in bytes.
const RESULT_MAX: u64 = 16 << 20;
/// Time beyond its processor time that a child may take.
const GRACE: Duration = Duration::from_secs(5);
/// What the child ends with when the picture is larger than it may decode.
pub const EXIT_TOO_LARGE: i32 = 3;
/// What the child ends with when the content is no picture of a format that it knows.
pub const EXIT_UNSUPPORTED: i32 = 4;
/// What the child ends with when it could not do its work at all, whatever the picture.
pub const EXIT_TROUBLE: i32 = 6;

/// A preview.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its media type.
    pub media_type: &'static str,
    /// The picture.
    pub bytes: Bytes,
}

impl Core {
    /// Whether there can be previews of a version: it is a picture whose format and size allow it, and they are not
    /// turned off. A picture that is damaged shows only when one is made.
    pub fn has_preview(&self, version: &Version) -> bool {
        self.0.renderer.is_some() && is_known_picture(version) && !self.is_too_large(version)
    }

    fn is_too_large(&self, version: &Version) -> bool {
        let pixels = u64::from(version.width.unwrap_or(0)) * u64::from(version.height.unwrap_or(0));
        pixels > self.limits().preview_pixels || version.size > SOURCE_MAX
    }

    /// A picture that fits in the box of `size`; smaller ones grow to it only with `upscale`. It holds no metadata of
    /// the original.
    ///
    /// # Errors
    /// `PreviewUnsupported` for content that is no picture, `PreviewTooLarge` past the limit of pixels, `PreviewFailed`
    /// for a picture that cannot be read, `Busy` when too many are being made or the machine has no time for this one.
    pub async fn preview(&self, content: &Content, size: PreviewSize, upscale: bool) -> Result<Preview> {
        let Some(command) = &self.0.renderer else {
            return Err(Error::refuse(Code::PreviewUnsupported, "size", "previews are turned off"));
        };
        if !is_known_picture(&content.version) {
            return Err(unsupported());
        }
        if self.is_too_large(&content.version) {
            let limit = self.limits().preview_pixels;
            return Err(Error::refuse(
                Code::PreviewTooLarge,
                "size",
                format!("pictures of up to {limit} pixels have previews"),
            ));
        }
        let span = Limits::seconds(self.limits().preview_cpu) + GRACE;
        let turn = tokio::time::timeout(span, self.0.previews.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Error::Busy { after: span }) };
        let child = self.spawn_renderer(command, size, upscale)?;
        attache_point::fail_point!("core.renderer_started");
        match tokio::time::timeout(span, feed(child, content)).await {
            Ok(done) => done,
            // Its processor time would have ended it sooner, so it is not the picture that takes too long.
            Err(_) => Err(Error::Busy { after: span }),
        }
    }

    fn spawn_renderer(&self, command: &[OsString], size: PreviewSize, upscale: bool) -> Result<Child> {
        let (program, first) = command.split_first().ok_or_else(|| Error::bug("the renderer's command is empty"))?;
        let limits = self.limits();
        Command::new(program)
            .args(first)
            .args(["--side", &size.side().to_string(), "--pixels", &limits.preview_pixels.to_string()])
            .args(["--memory", &limits.preview_memory.to_string(), "--cpu", &limits.preview_cpu.to_string()])
            .args(upscale.then_some("--upscale"))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Error::unavailable("start the preview process", error))
    }
}

/// Whether its bytes were found to be a picture.
fn is_known_picture(version: &Version) -> bool {
    version.kind == Kind::Image && version.encoding.is_some()
}

/// Hands the picture in and takes the preview out, both at once, so that neither side waits for the other.
async fn feed(mut child: Child, content: &Content) -> Result<Preview> {
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Error::bug("the preview process has no pipes"));
    };
    let mut body = content.read(0..content.version.size).await?;
    let give = async move {
        while let Some(bytes) = body.try_next().await? {
            // A child that has seen enough closes its end.
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        std::io::Result::Ok(())
    };
    let take = async move {
        let mut bytes = Vec::new();
        from.take(RESULT_MAX).read_to_end(&mut bytes).await.map(|_| bytes)
    };
    let (given, taken) = tokio::join!(give, take);
    let status = child.wait().await.map_err(|error| Error::unavailable("wait for the preview process", error))?;
    let bytes = taken.map_err(|error| Error::unavailable("read the preview", error))?;
    // What the child made of half a picture says nothing about the picture.
    given.map_err(crate::broken)?;
    match status.code() {
        Some(0) if !bytes.is_empty() => Ok(Preview { media_type: media_type(&bytes), bytes: bytes.into() }),
        Some(EXIT_TOO_LARGE) => Err(Error::refuse(Code::PreviewTooLarge, "size", "the picture has too many pixels")),
        Some(EXIT_UNSUPPORTED) => Err(unsupported()),
        Some(EXIT_TROUBLE) => {
            let why = std::io::Error::other("it could not lock itself in or use its pipes");
            Err(Error::unavailable("make a preview in a process of its own", why))
        }
        _ => Err(failed()),
    }
}

fn media_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\xff\xd8") { "image/jpeg" } else { "image/png" }
}

fn unsupported() -> Error {
    Error::refuse(Code::PreviewUnsupported, "size", "only pictures in PNG, JPEG, GIF, WebP or BMP have previews")
}

fn failed() -> Error {
    Error::refuse(Code::PreviewFailed, "size", "the picture could not be read; the file itself can still be downloaded")
}
