//! What the segments of a JPEG tell before it is decoded: how much memory its coding needs, and whether it has an end.
//! The decoder paints what a cut picture lacks in grey, so the end has to be looked for here.

use memchr::{memchr, memmem};

const START_OF_SCAN: u8 = 0xDA;
const END: [u8; 2] = [0xFF, 0xD9];

/// How a JPEG is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Samples in a block of `across` pixels, of all its components.
    samples: u64,
    /// Pixels in the largest block of one sample per component.
    across: u64,
    /// Whether it comes in passes, so that all its coefficients are kept until the last.
    progressive: bool,
}

impl Layout {
    /// Bytes that the coefficients of `pixels` pixels take while it is decoded.
    pub(crate) fn coefficients(self, pixels: u64) -> u64 {
        if self.progressive { pixels.saturating_mul(2 * self.samples).div_ceil(self.across) } else { 0 }
    }
}

/// The layout; `None` for one that has no frame, no scan or no end.
pub(crate) fn layout(bytes: &[u8]) -> Option<Layout> {
    let mut layout = None;
    let mut rest = bytes.get(2..)?;
    loop {
        rest = rest.get(memchr(0xFF, rest)?..)?;
        let marker = *rest.get(1)?;
        rest = match marker {
            // A fill byte: the next one may be the marker.
            0xFF => rest.get(1..)?,
            // Markers that stand alone.
            0x00 | 0x01 | 0xD0..=0xD8 => rest.get(2..)?,
            _ => {
                let len = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
                let (segment, after) = rest.get(2..)?.split_at_checked(len.max(2))?;
                if marker == START_OF_SCAN {
                    // Within a scan no 0xFF is followed by this byte, so the first pair is the end.
                    memmem::find(after, &END)?;
                    return layout;
                }
                if is_frame(marker) {
                    layout = Some(frame(segment, marker)?);
                }
                after
            }
        };
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Reads the frame's header: a length, the precision, both sides, and three bytes for each component.
fn frame(segment: &[u8], marker: u8) -> Option<Layout> {
    let factors = segment.get(8..)?.as_chunks::<3>().0.iter().map(|[_, factors, _]| {
        let (horizontal, vertical) = (u64::from(factors >> 4), u64::from(factors & 15));
        horizontal * vertical
    });
    let samples = factors.clone().sum();
    let across = factors.max().filter(|most| *most > 0)?;
    Some(Layout { samples, across, progressive: matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of nothing but its segments: a comment that holds an end, a frame, a scan and its end.
    fn segments(frame_marker: u8, factors: &[u8]) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xfe\x00\x06\xff\xd9\xff\xd9".to_vec();
        bytes.extend([0xFF, frame_marker, 0, 8 + 3 * factors.len() as u8, 8, 0, 16, 0, 16, factors.len() as u8]);
        for (no, factor) in factors.iter().enumerate() {
            bytes.extend([no as u8 + 1, *factor, 0]);
        }
        bytes.extend(b"\xff\xda\x00\x02\x11\x22\xff\x00\x33\xff\xd9");
        bytes
    }

    #[test]
    fn only_a_progressive_one_keeps_its_coefficients() {
        let halved = [0x22, 0x11, 0x11];
        assert_eq!(layout(&segments(0xC0, &halved)).unwrap().coefficients(1000), 0);
        assert_eq!(layout(&segments(0xC2, &halved)).unwrap().coefficients(1000), 3000);
        assert_eq!(layout(&segments(0xC2, &[0x11, 0x11, 0x11])).unwrap().coefficients(1000), 6000);
        assert_eq!(layout(&segments(0xC2, &[0x11])).unwrap().coefficients(1000), 2000);
    }

    #[test]
    fn one_that_is_cut_anywhere_has_no_layout() {
        let whole = segments(0xC0, &[0x11]);
        for len in 0..whole.len() {
            assert_eq!(layout(&whole[..len]), None, "{len} bytes");
        }
    }

    #[test]
    fn fill_bytes_and_whatever_follows_the_end_are_allowed() {
        let whole = segments(0xC0, &[0x11]);
        let filled = [&whole[..2], &[0xFF, 0xFF], &whole[2..], b"more"].concat();
        assert_eq!(layout(&filled), layout(&whole));
    }

    #[test]
    fn a_frame_without_components_or_with_a_factor_of_zero_has_no_layout() {
        assert_eq!(layout(&segments(0xC0, &[])), None);
        assert_eq!(layout(&segments(0xC0, &[0x00])), None);
    }
}
