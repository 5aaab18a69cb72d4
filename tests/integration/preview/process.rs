//! `attache render`, the process itself, as the server starts it.

use super::{PLACE, holds, liar, photo, png};
use crate::PROGRAM;
use attache_core::{EXIT_TOO_LARGE, EXIT_UNSUPPORTED};
use attache_model::limits::Limits;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, GenericImageView as _, ImageEncoder as _};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

const EXIT_BROKEN: i32 = 5;

/// Starts it with this much memory, and all else as in a server that nobody changed.
fn start(memory: u64, arguments: &[&str]) -> Child {
    let Limits { preview_pixels, preview_cpu, .. } = Limits::default();
    Command::new(PROGRAM)
        .args(["render", "--side", "128", "--pixels", &preview_pixels.to_string()])
        .args(["--cpu", &preview_cpu.to_string(), "--memory", &memory.to_string()])
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Gives it `picture` and waits for its end.
fn end(mut child: Child, picture: Vec<u8>) -> Output {
    let mut stdin = child.stdin.take().unwrap();
    // It may end before it has read all; what became of the picture, its answer tells.
    let feeding = thread::spawn(move || drop(stdin.write_all(&picture)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    output
}

fn render(picture: Vec<u8>) -> Output {
    end(start(Limits::default().preview_memory, &[]), picture)
}

/// Demands this exit code and nothing on standard output.
#[track_caller]
fn assert_refused(output: &Output, code: i32) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{}: {said}", output.status);
}

/// Demands a picture and gives its size.
#[track_caller]
fn size(output: &Output) -> (u32, u32) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    image::load_from_memory(&output.stdout).unwrap().dimensions()
}

/// A BMP with a byte for each pixel, all black. It is read as three bytes for each.
fn black(width: u32, height: u32) -> Vec<u8> {
    let (head, palette) = (54_u32, 8_u32);
    let row = width.next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    bytes.extend([head + palette + row * height, 0, head + palette, 40, width, height].map(u32::to_le_bytes).concat());
    bytes.extend([1_u16, 8].map(u16::to_le_bytes).concat());
    bytes.extend([0, row * height, 0, 0, 2, 0].map(u32::to_le_bytes).concat());
    bytes.resize((head + palette + row * height) as usize, 0);
    bytes
}

#[test]
fn a_picture_comes_back_small_and_without_the_place_it_was_taken_at() {
    let output = render(photo(1000, 500));
    assert_eq!(size(&output), (128, 64));
    assert!(!holds(&output.stdout, PLACE) && !holds(&output.stdout, b"Exif"));
}

#[test]
fn a_picture_at_the_default_limit_of_pixels_fits_in_the_default_memory_and_one_over_does_not() {
    assert_eq!(Limits::default().preview_pixels, 10_000 * 5_000);
    assert_eq!(size(&render(black(10_000, 5_000))), (128, 64));
    assert_refused(&render(black(10_000, 5_001)), EXIT_TOO_LARGE);
}

#[test]
fn a_picture_that_takes_more_memory_than_there_is_gives_none() {
    let output = end(start(64 << 20, &[]), black(10_000, 5_000));
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_header_that_lies_about_its_size_is_too_large() {
    // Far less memory than such a picture would take.
    assert_refused(&end(start(8 << 20, &[]), liar()), EXIT_TOO_LARGE);
}

#[test]
fn a_cut_picture_is_broken_and_says_nothing() {
    let whole = photo(400, 300);
    assert_refused(&render(whole[..whole.len() / 2].to_vec()), EXIT_BROKEN);
    let whole = png(400, 300);
    assert_refused(&render(whole[..whole.len() / 2].to_vec()), EXIT_BROKEN);
}

#[test]
fn a_colour_profile_that_unpacks_to_100_mib_does_not_meet_the_limit_of_memory() {
    let mut bomb = Vec::new();
    let mut encoder = PngEncoder::new(&mut bomb);
    encoder.set_icc_profile(vec![0; 100 << 20]).unwrap();
    encoder.write_image(&[7; 64 * 64 * 3], 64, 64, ExtendedColorType::Rgb8).unwrap();
    assert_eq!(size(&end(start(40 << 20, &[]), bomb)), (64, 64));
}

#[test]
fn what_only_pretends_to_be_a_picture_is_not_tried() {
    for not in
        ["push graphic-context\nimage over 0,0 0,0 'url(http://127.0.0.1/)'", "%!PS-Adobe-3.0 EPSF-3.0", "<svg/>", ""]
    {
        assert_refused(&render(not.into()), EXIT_UNSUPPORTED);
    }
}

#[test]
fn it_is_locked_in_before_it_has_read_a_picture() {
    let mut child = start(64 << 20, &[]);
    // A pipe holds less than this: when all of it is written, reading has begun.
    child.stdin.as_mut().unwrap().write_all(&black(1000, 1000)).unwrap();
    let about = |what: &str| std::fs::read_to_string(format!("/proc/{}/{what}", child.id())).unwrap();
    let (status, limits) = (about("status"), about("limits"));
    for line in
        ["NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "Threads:\t1"]
    {
        assert!(status.lines().any(|known| known == line), "{line} is not in\n{status}");
    }
    for (limit, value) in
        [("Max open files", "3"), ("Max processes", "0"), ("Max core file size", "0"), ("Max cpu time", "10")]
    {
        let words = limits.lines().find_map(|line| line.strip_prefix(limit)).unwrap();
        assert_eq!(words.split_whitespace().next(), Some(value), "{limit}");
    }
    drop(child.stdin.take());
    assert_eq!(size(&child.wait_with_output().unwrap()), (128, 128));
}

#[test]
fn it_reads_no_settings_and_makes_no_data_folder() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["render", "--side", "32", "--pixels", "1000000", "--memory", "67108864", "--cpu", "5"]);
    command.current_dir(home.path()).env("ATTACHE_LISTEN", "nowhere").env("ATTACHE_CONFIG", "/no/such/file");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let output = end(child, png(64, 64));
    assert_eq!(size(&output), (32, 32));
    assert_eq!(files(home.path()), 0);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

fn files(folder: &Path) -> usize {
    folder.read_dir().unwrap().count()
}

#[test]
fn a_box_without_pixels_is_refused_and_the_widest_one_is_not() {
    let sides = |side: &str| {
        let line = ["render", "--side", side, "--pixels", "1000000", "--memory", "67108864", "--cpu", "5"];
        let mut command = Command::new(PROGRAM);
        command.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        end(command.spawn().unwrap(), png(20, 10)).status.code()
    };
    assert_eq!(["0", "1", "4096", "4097"].map(sides), [Some(2), Some(0), Some(0), Some(2)]);
}
