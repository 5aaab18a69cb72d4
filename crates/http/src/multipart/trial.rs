//! What must hold of any bytes that claim to be a form, or the head of one of its parts.

use super::head::parse_head;
use super::reader::Bounds;
use super::{Multipart, fault};
use crate::serve::disposition;
use attache_blobs::Body;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use std::io;

/// What was read of a form: names and contents.
type Parts = Vec<(String, Option<String>, Vec<u8>)>;

/// Whatever `bytes` are, as a form with the boundary `XX` they are read or refused, the same however they are cut, and
/// no limit is passed.
pub fn any_form(bytes: &[u8]) {
    let limits = small();
    let whole = read(bytes, bytes.len().max(1), &limits);
    for len in [1, 7] {
        assert_eq!(format!("{:?}", read(bytes, len, &limits)), format!("{whole:?}"), "in pieces of {len} bytes");
    }
    let Ok(parts) = whole else { return };
    assert!(parts.len() as u64 <= limits.multipart_parts, "{} parts", parts.len());
    assert!(parts.iter().all(|(.., content)| content.len() as u64 <= limits.file_bytes), "a file past the limit");
}

/// Small, so that short inputs reach them.
fn small() -> Limits {
    Limits {
        multipart_parts: 4,
        part_headers: 4,
        part_header_bytes: 160,
        multipart_preamble_bytes: 16,
        multipart_field_bytes: 32,
        file_bytes: 64,
        ..Limits::default()
    }
}

fn read(bytes: &[u8], len: usize, limits: &Limits) -> Result<Parts> {
    let pieces = bytes.chunks(len).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece)));
    let body = Body::new(stream::iter(pieces.collect::<Vec<_>>()), None);
    let read = async {
        let (mut form, mut parts) = (Multipart::new("multipart/form-data; boundary=XX", body, limits)?, Parts::new());
        while let Some(part) = form.next_part().await? {
            let (name, file_name) = (part.name.clone(), part.file_name.clone());
            let (mut chunks, mut content) = (part.stream(), Vec::new());
            while let Some(chunk) = chunks.next().await {
                content.extend_from_slice(&chunk.map_err(fault)?);
            }
            parts.push((name, file_name, content));
        }
        Ok(parts)
    };
    read.now_or_never().unwrap_or_else(|| Err(Error::bug("a form that is all there is waited for")))
}

/// Whatever `bytes` are, as the headers of a part they are refused or name a field, and what they name is named again by
/// the header that we would write of it.
pub fn any_head(bytes: &[u8]) {
    let bounds = Bounds::of(&small());
    let block = [bytes, b"\r\n"].concat();
    let Ok(head) = parse_head(&block, 1, bounds) else { return };
    assert!(head.headers.len() as u64 <= bounds.part_headers);
    let file = head.file_name.as_deref().unwrap_or_default();
    let ours = disposition(false, file);
    assert!(ours.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{ours:?}");
    let parameters = ours.strip_prefix("attachment;").unwrap_or_default();
    let line = format!("Content-Disposition: form-data; name={};{parameters}\r\n", quoted(&head.name));
    let Ok(again) = parse_head(line.as_bytes(), 1, Bounds::of(&Limits::default())) else {
        panic!("what was written is not read: {line:?}");
    };
    assert_eq!(again.name, head.name);
    // A file without a name leaves as `file`, with the empty name beside it.
    assert_eq!(again.file_name.as_deref(), Some(file), "{line:?}");
}

/// As browsers write a field's name.
fn quoted(name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    format!("\"{name}\"")
}
