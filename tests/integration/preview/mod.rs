//! Small pictures of pictures: the process that makes them, and what links to them give.

mod hostile;
mod link;
mod native;
mod process;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) })
}

/// It as a PNG.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    halves(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// It as a JPEG whose EXIF tells a place.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0".to_vec();
    exif.extend(PLACE);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).unwrap();
    halves(width, height).write_with_encoder(encoder).unwrap();
    assert!(holds(&bytes, PLACE));
    bytes
}

const PLACE: &[u8] = b"GPS 52.5163 N 13.3777 E";

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A JPEG of a thousand bytes that says it has 65535 by 65535 pixels.
fn liar() -> Vec<u8> {
    let mut bytes = photo(16, 16);
    let frame = bytes.windows(2).position(|pair| pair == b"\xff\xc0").unwrap();
    bytes[frame + 5..frame + 9].fill(0xFF);
    bytes
}
