//! Opens a picture: its format by its first bytes, its size by its header, and only then its pixels.

use crate::{Failure, Options, jpeg};
use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits};
use std::io::Cursor;

/// Memory for what a PNG carries beside its pixels, such as a compressed colour profile, and for one of its lines.
const ASIDE_MAX: u64 = 16 << 20;

/// A picture as it was stored, and how it is to be turned.
pub(crate) struct Opened {
    pub(crate) picture: DynamicImage,
    pub(crate) orientation: Orientation,
}

/// Decodes `bytes`; of an animation, the first frame.
pub(crate) fn open(bytes: Vec<u8>, options: &Options) -> Result<Opened, Failure> {
    let format = image::guess_format(&bytes).map_err(|_| Failure::Unsupported)?;
    let layout = match format {
        ImageFormat::Jpeg => Some(jpeg::layout(&bytes).ok_or(Failure::Broken)?),
        _ => None,
    };
    let input = bytes.len() as u64;
    let mut decoder = decoder(format, Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    // The decoder of JPEG keeps a copy of the input, and a progressive one all coefficients.
    let extra = layout.map_or(0, |layout| input + layout.coefficients(pixels));
    let need = decoder.total_bytes().saturating_add(conversion(decoder.color_type(), pixels)).saturating_add(extra);
    if pixels > options.pixels || need.saturating_add(input) > options.memory {
        return Err(Failure::TooLarge);
    }
    decoder.set_limits(limits(options.memory)).map_err(failure)?;
    // A picture whose EXIF is damaged is shown as it was stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(failure)?;
    Ok(Opened { picture, orientation })
}

/// Reads the header. No format but these five is tried, whatever the bytes ask for.
fn decoder(format: ImageFormat, bytes: Cursor<Vec<u8>>) -> Result<Box<dyn ImageDecoder>, Failure> {
    Ok(match format {
        ImageFormat::Png => Box::new(PngDecoder::with_limits(bytes, limits(ASIDE_MAX)).map_err(failure)?),
        ImageFormat::Jpeg => Box::new(JpegDecoder::new(bytes).map_err(failure)?),
        ImageFormat::Gif => Box::new(GifDecoder::new(bytes).map_err(failure)?),
        ImageFormat::WebP => Box::new(WebPDecoder::new(bytes).map_err(failure)?),
        ImageFormat::Bmp => Box::new(BmpDecoder::new(bytes).map_err(failure)?),
        _ => return Err(Failure::Unsupported),
    })
}

/// Limits of the decoders' own, within those of the process: an answer is better than an abort.
fn limits(memory: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(memory);
    limits
}

/// Bytes of the copy that scaling makes of pictures with transparency that are not RGBA already.
fn conversion(color: ColorType, pixels: u64) -> u64 {
    if color.has_alpha() && color != ColorType::Rgba8 { pixels.saturating_mul(4) } else { 0 }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failure(error: ImageError) -> Failure {
    match error {
        ImageError::Limits(_) => Failure::TooLarge,
        ImageError::Unsupported(_) => Failure::Unsupported,
        ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
            Failure::Broken
        }
    }
}
