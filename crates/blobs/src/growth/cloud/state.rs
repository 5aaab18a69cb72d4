//! All that is known of a growing content in a bucket, as bytes for its row.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use object_store::multipart::PartId;

use crate::{Digests, Error, Key, cloud::Sizes};

/// The first byte of a saved state. It differs from that of a state on a disk, which holds digests alone.
const STATE_VERSION: u8 = 0xc1;
/// What the names of markers begin with.
const MARKER: &str = "upload-";
/// Digits of a segment's name that tell where it ends.
const END_DIGITS: usize = 16;

/// What has grown so far: parts, and behind them segments.
#[derive(Clone)]
pub(super) struct State {
    pub(super) digests: Digests,
    /// The least length of a part when the content began.
    pub(super) part_len: u64,
    /// The multipart upload, once there was enough for a part.
    pub(super) upload: Option<Upload>,
    pub(super) parts: Vec<PartId>,
    pub(super) segments: Vec<Segment>,
    /// Names of segments whose bytes are in parts or other segments by now.
    pub(super) spent: Vec<String>,
}

/// A multipart upload and the name of the object that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) marker: String,
}

/// An object with some bytes of the content, from where the one before it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) end: u64,
}

impl Segment {
    /// A name of its own, which tells where the segment ends.
    pub(super) fn new(end: u64) -> Result<Self, Error> {
        Ok(Self { name: format!("{end:0END_DIGITS$x}-{}", Key::spread()?.name()), end })
    }
}

impl Upload {
    pub(super) fn new(id: String) -> Result<Self, Error> {
        Ok(Self { id, marker: format!("{MARKER}{}", Key::spread()?.name()) })
    }
}

/// Whether this is the name of an upload's marker.
pub(super) fn is_marker(name: &str) -> bool {
    name.starts_with(MARKER)
}

/// Where the segment of this name ends in its content; 0 when it is none.
pub(crate) fn end_of(name: &str) -> u64 {
    let end = name.split_once('-').filter(|(end, _)| end.len() == END_DIGITS);
    end.and_then(|(end, _)| u64::from_str_radix(end, 16).ok()).unwrap_or(0)
}

impl State {
    /// A content of no bytes.
    pub(super) fn new(part_len: u64) -> Self {
        Self {
            digests: Digests::new(),
            part_len,
            upload: None,
            parts: Vec::new(),
            segments: Vec::new(),
            spent: Vec::new(),
        }
    }

    /// How the content is cut into parts.
    pub(super) fn sizes(&self) -> Sizes {
        Sizes::new(self.part_len, None)
    }

    pub(super) fn len(&self) -> u64 {
        self.digests.len()
    }

    /// Where the parts end and the segments begin.
    pub(super) fn end_of_parts(&self) -> u64 {
        self.sizes().start_of(self.parts.len())
    }

    /// How many bytes lie in segments.
    pub(super) fn len_of_segments(&self) -> u64 {
        self.segments.last().map_or(0, |last| last.end - self.end_of_parts())
    }

    pub(super) fn save(&self) -> Vec<u8> {
        let mut out = vec![STATE_VERSION];
        put_bytes(&mut out, &self.digests.save());
        out.extend(self.part_len.to_le_bytes());
        put_count(&mut out, usize::from(self.upload.is_some()));
        if let Some(upload) = &self.upload {
            put_bytes(&mut out, upload.id.as_bytes());
            put_bytes(&mut out, upload.marker.as_bytes());
        }
        put_count(&mut out, self.parts.len());
        for part in &self.parts {
            put_bytes(&mut out, &pack(&part.content_id));
        }
        put_count(&mut out, self.segments.len());
        for segment in &self.segments {
            put_bytes(&mut out, segment.name.as_bytes());
        }
        put_count(&mut out, self.spent.len());
        for name in &self.spent {
            put_bytes(&mut out, name.as_bytes());
        }
        out
    }

    /// A saved state; `None` when it is none that this release can read.
    pub(super) fn read(saved: &[u8]) -> Option<Self> {
        let (&version, rest) = saved.split_first()?;
        if version != STATE_VERSION {
            return None;
        }
        let mut rest = Rest(rest);
        let digests = Digests::restore(rest.bytes()?)?;
        let part_len = rest.number()?;
        let upload = match rest.count()? {
            0 => None,
            _ => Some(Upload { id: rest.text()?, marker: rest.text()? }),
        };
        let parts = rest.list(|rest| Some(PartId { content_id: unpack(rest.bytes()?)? }))?;
        let segments = rest.list(|rest| rest.text().map(|name| Segment { end: end_of(&name), name }))?;
        let spent = rest.list(Rest::text)?;
        let state = Self { digests, part_len, upload, parts, segments, spent };
        (rest.0.is_empty() && state.is_sound()).then_some(state)
    }

    /// Whether its parts and segments are as long as its digests say.
    fn is_sound(&self) -> bool {
        let mut at = self.end_of_parts();
        let rising = self.segments.iter().all(|segment| std::mem::replace(&mut at, segment.end) < segment.end);
        self.part_len > 0 && rising && at == self.len()
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// What has not been read yet of a saved state.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn count(&mut self) -> Option<usize> {
        let (count, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(u32::from_le_bytes(*count)).ok()
    }

    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*number))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| read(self)).collect()
    }
}

/// The first byte of a packed id of a part: as it was, an MD5 in quotes, or that with a SHA-256.
const PLAIN: u8 = 0;
const MD5: u8 = 1;
const MD5_AND_SHA256: u8 = 2;

/// The ids of parts are nearly all of a state: ten thousand of them are half a MiB in this form, and two in their own.
fn pack(id: &str) -> Vec<u8> {
    let tagged = |tag: u8, bytes: &[u8]| [&[tag], bytes].concat();
    let md5 = between(id, "", "").filter(|_| id.len() == 34);
    if let Some(packed) = md5.filter(|md5| id_of_md5(md5) == id) {
        return tagged(MD5, &packed);
    }
    let sha256 = id.split_once("<checksum_sha256>").and_then(|(_, rest)| rest.split_once('<'));
    let sha256 = sha256.and_then(|(sha256, _)| BASE64_STANDARD.decode(sha256).ok());
    if let (Some(md5), Some(sha256)) = (between(id, "<e_tag>", "</e_tag>"), sha256)
        && id_of_both(&md5, &sha256) == id
    {
        return tagged(MD5_AND_SHA256, &[md5, sha256].concat());
    }
    tagged(PLAIN, id.as_bytes())
}

fn unpack(packed: &[u8]) -> Option<String> {
    let (&tag, bytes) = packed.split_first()?;
    match tag {
        PLAIN => String::from_utf8(bytes.to_vec()).ok(),
        MD5 => Some(id_of_md5(bytes)),
        MD5_AND_SHA256 => bytes.split_at_checked(16).map(|(md5, sha256)| id_of_both(md5, sha256)),
        _ => None,
    }
}

/// The 16 bytes that stand in hexadecimal and in quotes between two texts.
fn between(id: &str, before: &str, after: &str) -> Option<Vec<u8>> {
    let inner = if before.is_empty() { id } else { id.split_once(before)?.1.split_once(after)?.0 };
    hex::decode(inner.trim_matches('"')).ok().filter(|md5| md5.len() == 16)
}

fn id_of_md5(md5: &[u8]) -> String {
    format!("\"{}\"", hex::encode(md5))
}

/// As the client library writes it.
fn id_of_both(md5: &[u8], sha256: &[u8]) -> String {
    let (md5, sha256) = (id_of_md5(md5), BASE64_STANDARD.encode(sha256));
    format!("<PartMetadata><e_tag>{md5}</e_tag><checksum_sha256>{sha256}</checksum_sha256></PartMetadata>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    /// Two parts of 8 MiB and two segments behind them.
    fn state() -> State {
        let mut state = State::new(8 * MIB);
        state.digests.update(&vec![7; 16 * 1024 * 1024 + 30]);
        state.upload = Some(Upload::new("an-id".into()).unwrap());
        let md5 = id_of_md5(&[5; 16]);
        let both = id_of_both(&[5; 16], &[6; 32]);
        state.parts = [md5, both].map(|content_id| PartId { content_id }).into();
        state.segments = vec![Segment::new(16 * MIB + 10).unwrap(), Segment::new(16 * MIB + 30).unwrap()];
        state.spent = vec![Segment::new(8 * MIB).unwrap().name];
        state
    }

    #[test]
    fn a_state_is_read_as_it_was_saved() {
        let state = state();
        let read = State::read(&state.save()).unwrap();
        assert_eq!(read.save(), state.save());
        assert_eq!((read.upload.clone(), read.segments.clone()), (state.upload.clone(), state.segments.clone()));
        assert_eq!(read.parts[1].content_id, state.parts[1].content_id);
        assert_eq!((read.end_of_parts(), read.len_of_segments()), (16 * MIB, 30));
        let empty = State::read(&State::new(8 * MIB).save()).unwrap();
        assert_eq!((empty.len(), empty.end_of_parts()), (0, 0));
    }

    #[test]
    fn a_state_that_is_cut_or_does_not_add_up_is_not_read() {
        let saved = state().save();
        for len in 0..saved.len() {
            assert!(State::read(&saved[..len]).is_none(), "{len} bytes of it");
        }
        assert!(State::read(&[saved.as_slice(), &[0]].concat()).is_none());
        let mut fewer = state();
        fewer.segments.pop();
        assert!(State::read(&fewer.save()).is_none());
        let mut backwards = state();
        backwards.segments.swap(0, 1);
        assert!(State::read(&backwards.save()).is_none());
        assert!(State::read(&Digests::new().save()).is_none(), "that of a disk");
    }

    #[test]
    fn ids_of_parts_come_back_whatever_they_are() {
        let upper = "\"0123456789ABCDEF0123456789ABCDEF\"";
        for (id, len) in [
            (id_of_md5(&[1; 16]), 17),
            (id_of_both(&[1; 16], &[2; 32]), 49),
            (upper.to_owned(), 35),
            (String::new(), 1),
            ("0x8D1234".to_owned(), 9),
            ("<PartMetadata><e_tag>x</e_tag></PartMetadata>".to_owned(), 46),
        ] {
            let packed = pack(&id);
            assert_eq!(packed.len(), len, "{id}");
            assert_eq!(unpack(&packed), Some(id));
        }
    }

    #[test]
    fn a_segment_tells_where_it_ends() {
        assert_eq!(end_of(&Segment::new(123_456).unwrap().name), 123_456);
        assert_eq!(end_of("sealed"), 0);
        assert_eq!(end_of("upload-00112233445566778899aabbccddeeff"), 0);
    }
}
