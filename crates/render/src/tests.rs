use super::*;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, GenericImageView as _, ImageEncoder as _, ImageFormat, Rgb, Rgba};
use std::io::Cursor;

const OPTIONS: Options = Options { side: 64, upscale: false, pixels: 1_000_000, memory: 64 << 20, cpu: 5 };

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> DynamicImage {
    let half = |x, _| if x < width / 2 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
    image::RgbImage::from_fn(width, height, half).into()
}

/// `picture` as a JPEG whose EXIF holds this orientation, and a text that looks private.
fn with_exif(picture: &DynamicImage, orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 52.5163 N 13.3777 E");
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).unwrap();
    picture.to_rgb8().write_with_encoder(encoder).unwrap();
    bytes
}

fn made(bytes: Vec<u8>, options: &Options) -> DynamicImage {
    image::load_from_memory(&small(bytes, options).unwrap()).unwrap()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[test]
fn every_known_format_becomes_a_small_picture() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
        let small = made(encoded(&halves(200, 100), format), &OPTIONS);
        assert_eq!(small.dimensions(), (64, 32), "{format:?}");
        let Rgba([red, _, blue, _]) = small.get_pixel(8, 16);
        assert!(red > 200 && blue < 50, "the left of {format:?} is red, not {red} {blue}");
    }
}

#[test]
fn every_depth_of_colour_becomes_a_small_picture() {
    let picture = halves(200, 100);
    let grey = DynamicImage::from(picture.to_luma8());
    let deep = DynamicImage::from(picture.to_rgba16());
    let deep_grey = DynamicImage::from(picture.to_luma_alpha16());
    for picture in [grey, deep, deep_grey] {
        let color = picture.color();
        assert_eq!(made(encoded(&picture, ImageFormat::Png), &OPTIONS).dimensions(), (64, 32), "{color:?}");
    }
}

#[test]
fn what_can_be_seen_through_becomes_png_and_all_else_jpeg() {
    let opaque = DynamicImage::from(halves(100, 100).to_rgba8());
    assert!(small(encoded(&opaque, ImageFormat::Png), &OPTIONS).unwrap().starts_with(b"\xff\xd8"));
    let glass = DynamicImage::from(image::RgbaImage::from_pixel(100, 100, Rgba([0, 200, 0, 100])));
    let png = small(encoded(&glass, ImageFormat::Png), &OPTIONS).unwrap();
    assert_eq!(image::guess_format(&png).unwrap(), ImageFormat::Png);
    let Rgba([_, green, _, alpha]) = image::load_from_memory(&png).unwrap().get_pixel(20, 20);
    assert!(green.abs_diff(200) <= 1 && alpha == 100, "{green} {alpha}");
}

#[test]
fn a_picture_that_was_taken_sideways_stands_upright() {
    // 6 says that the camera was turned: what is stored on the left belongs at the top.
    let small = made(with_exif(&halves(200, 100), 6), &OPTIONS);
    assert_eq!(small.dimensions(), (32, 64));
    let Rgba([red, _, blue, _]) = small.get_pixel(16, 4);
    assert!(red > 200 && blue < 50, "its top is red, not {red} {blue}");
}

#[test]
fn nothing_the_original_said_about_itself_is_kept() {
    let original = with_exif(&halves(30, 20), 1);
    assert!(holds(&original, b"GPS") && holds(&original, b"Exif"));
    for upscale in [false, true] {
        let small = small(original.clone(), &Options { upscale, ..OPTIONS }).unwrap();
        assert!(!holds(&small, b"GPS") && !holds(&small, b"Exif"));
    }
}

#[test]
fn a_small_picture_grows_only_when_it_is_told_to() {
    let icon = encoded(&halves(20, 10), ImageFormat::Png);
    assert_eq!(made(icon.clone(), &OPTIONS).dimensions(), (20, 10));
    assert_eq!(made(icon, &Options { upscale: true, ..OPTIONS }).dimensions(), (64, 32));
}

#[test]
fn a_picture_at_the_limit_of_pixels_is_made_and_one_over_is_too_large() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
        let options = Options { pixels: 300 * 200, ..OPTIONS };
        assert_eq!(made(encoded(&halves(300, 200), format), &options).dimensions(), (64, 43));
        let over = small(encoded(&halves(300, 201), format), &options);
        assert_eq!(over.unwrap_err(), Failure::TooLarge, "{format:?}");
    }
}

#[test]
fn a_header_that_promises_more_than_memory_holds_is_too_large_before_any_pixel() {
    let mut jpeg = encoded(&halves(16, 16), ImageFormat::Jpeg);
    let frame = memchr::memmem::find(&jpeg, b"\xff\xc0").unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert_eq!(small(jpeg.clone(), &OPTIONS).unwrap_err(), Failure::TooLarge);
    // Even with pixels to spare, memory is the end of it.
    assert_eq!(small(jpeg, &Options { pixels: u64::MAX, ..OPTIONS }).unwrap_err(), Failure::TooLarge);
}

#[test]
fn the_memory_for_a_picture_is_counted_with_the_picture_itself() {
    let picture = encoded(&halves(300, 200), ImageFormat::Bmp);
    let memory = picture.len() as u64 + 300 * 200 * 3;
    assert!(small(picture.clone(), &Options { memory, ..OPTIONS }).is_ok());
    assert_eq!(small(picture, &Options { memory: memory - 1, ..OPTIONS }).unwrap_err(), Failure::TooLarge);
}

#[test]
fn a_cut_picture_is_broken() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
        let whole = encoded(&halves(300, 200), format);
        for len in [whole.len() / 8, whole.len() / 2, whole.len() * 3 / 4] {
            assert_eq!(
                small(whole[..len].to_vec(), &OPTIONS).err(),
                Some(Failure::Broken),
                "{len} bytes of {format:?}"
            );
        }
    }
}

#[test]
fn what_is_no_picture_of_a_known_format_is_not_tried() {
    let not: [&[u8]; 7] = [
        b"",
        b"hello",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000000000 1000000000\"/>",
        b"push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'url(http://127.0.0.1/)'",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100",
        b"II*\0\x08\0\0\0",
        b"P6 1 1 255 abc",
    ];
    for bytes in not {
        assert_eq!(small(bytes.to_vec(), &OPTIONS).unwrap_err(), Failure::Unsupported);
    }
}

#[test]
fn a_colour_profile_that_unpacks_to_more_than_memory_is_left_packed() {
    let bytes = png_with_profile(&vec![0; 40 << 20]);
    assert!(bytes.len() < 1 << 20);
    // Far less memory than the profile needs; the limit of the process itself is tested with the lock.
    assert_eq!(made(bytes, &Options { memory: 20 << 20, ..OPTIONS }).dimensions(), (64, 64));
}

/// A PNG with this colour profile; the encoder packs it.
fn png_with_profile(profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    encoder.write_image(&[7; 64 * 64 * 3], 64, 64, ExtendedColorType::Rgb8).unwrap();
    bytes
}

#[test]
fn input_at_its_limit_is_read_and_one_byte_more_is_too_large() {
    let full = io::repeat(0).take(INPUT_MAX);
    assert_eq!(read(full).unwrap().len() as u64, INPUT_MAX);
    assert_eq!(read(io::repeat(0).take(INPUT_MAX + 1)).unwrap_err(), Failure::TooLarge);
}
