//! Makes a picture fit in a square box.

use image::imageops::FilterType;
use image::{DynamicImage, RgbaImage};

/// `picture` with its longer side at `side` pixels. A smaller one stays as it is, unless `upscale`.
pub(crate) fn to_box(picture: DynamicImage, side: u32, upscale: bool) -> DynamicImage {
    let (width, height) = fit((picture.width(), picture.height()), side, upscale);
    if (width, height) == (picture.width(), picture.height()) {
        return picture;
    }
    if !picture.color().has_alpha() {
        return resize(picture, width, height);
    }
    // What cannot be seen must not colour its neighbours: a pixel counts as much as it is opaque.
    let mut picture = picture.into_rgba8();
    multiply(&mut picture);
    let mut small = resize(picture.into(), width, height).into_rgba8();
    divide(&mut small);
    small.into()
}

/// The size in the box, at the same ratio as far as whole pixels allow, and never without pixels.
fn fit((width, height): (u32, u32), side: u32, upscale: bool) -> (u32, u32) {
    let longer = width.max(height);
    if longer == 0 || (longer <= side && !upscale) {
        return (width, height);
    }
    let scaled = |length: u32| {
        let exact = u64::from(length) * u64::from(side) + u64::from(longer / 2);
        u32::try_from(exact / u64::from(longer)).unwrap_or(side).clamp(1, side.max(1))
    };
    (scaled(width), scaled(height))
}

/// To exactly this size. A much larger picture first goes to twice of it by plain averages, which need no memory beside
/// the picture's own; the filter then has little to do.
fn resize(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    let (between_width, between_height) = (picture.width().min(2 * width), picture.height().min(2 * height));
    let between = picture.thumbnail_exact(between_width, between_height);
    drop(picture);
    between.resize_exact(width, height, FilterType::CatmullRom)
}

/// Multiplies each colour by its opacity.
fn multiply(picture: &mut RgbaImage) {
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let times = |colour: u8| narrow((u32::from(colour) * u32::from(alpha) + 127) / 255);
        pixel.0 = [times(red), times(green), times(blue), alpha];
    }
}

/// Takes the opacity out of each colour again.
fn divide(picture: &mut RgbaImage) {
    for pixel in picture.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let over = |colour: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            narrow((colour * 255 + alpha / 2).checked_div(alpha).unwrap_or(0))
        };
        pixel.0 = [over(red), over(green), over(blue), alpha];
    }
}

fn narrow(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgba};

    #[test]
    fn the_longer_side_meets_the_box_and_the_ratio_stays() {
        assert_eq!(fit((4000, 3000), 128, false), (128, 96));
        assert_eq!(fit((3000, 4000), 128, false), (96, 128));
        assert_eq!(fit((129, 129), 128, false), (128, 128));
        assert_eq!(fit((u32::MAX, u32::MAX), 4096, false), (4096, 4096));
    }

    #[test]
    fn a_thin_picture_keeps_at_least_one_pixel() {
        assert_eq!(fit((50_000_000, 1), 32, false), (32, 1));
        assert_eq!(fit((1, 10_000), 32, false), (1, 32));
    }

    #[test]
    fn a_small_picture_grows_only_when_it_is_told_to() {
        assert_eq!(fit((40, 20), 128, false), (40, 20));
        assert_eq!(fit((40, 20), 128, true), (128, 64));
        assert_eq!(fit((128, 20), 128, true), (128, 20));
    }

    #[test]
    fn a_resized_picture_has_the_size_that_was_computed() {
        for size in [(1000, 10), (300, 300), (3, 2)] {
            let picture = DynamicImage::new_rgb8(size.0, size.1);
            let small = to_box(picture, 64, true);
            assert_eq!((small.width(), small.height()), fit(size, 64, true));
        }
    }

    #[test]
    fn what_cannot_be_seen_does_not_colour_its_neighbours() {
        // Columns by turns: opaque red, and green that is wholly transparent.
        let striped = RgbaImage::from_fn(400, 400, |x, _| match x % 2 {
            0 => Rgba([255, 0, 0, 255]),
            _ => Rgba([0, 255, 0, 0]),
        });
        let small = to_box(striped.into(), 50, false).into_rgba8();
        let Rgba([red, green, blue, alpha]) = *small.get_pixel(25, 25);
        assert_eq!((red, green, blue), (255, 0, 0));
        assert!((120..=135).contains(&alpha), "half of it is seen, not {alpha} of 255");
    }

    #[test]
    fn a_grey_picture_stays_what_it_is_in_the_middle_of_its_greys() {
        let checks = image::GrayImage::from_fn(256, 256, |x, y| Luma([if (x + y) % 2 == 0 { 0 } else { 200 }]));
        let small = to_box(checks.into(), 32, false).into_luma8();
        assert!(small.pixels().all(|Luma([grey])| (95..=105).contains(grey)));
    }
}
