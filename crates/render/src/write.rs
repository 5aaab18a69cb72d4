//! Encodes the small picture. What the original said about itself is not known here any more, so nothing of it leaves.

use crate::Failure;
use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;

/// Quality of a JPEG, 1 to 100: at this one, small pictures show no blocks.
const QUALITY: u8 = 85;

/// PNG for a picture that can be seen through somewhere, else JPEG.
pub(crate) fn encode(picture: &DynamicImage) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let written = if is_see_through(picture) {
        picture.to_rgba8().write_with_encoder(PngEncoder::new(&mut bytes))
    } else {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
    };
    written.map_err(|_| Failure::Trouble)?;
    Ok(bytes)
}

fn is_see_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] != u8::MAX)
}
