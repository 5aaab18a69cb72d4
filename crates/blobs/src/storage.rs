//! Where contents are kept, as one text: a folder, or a bucket of an object store.

use std::{fmt, path::PathBuf};

use url::Url;

/// The region of an S3 store that names none.
const REGION: &str = "us-east-1";

/// Where contents are kept. Credentials are never part of it: they come from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageUrl {
    /// `file:/path`: a folder of a local file system.
    Folder(PathBuf),
    /// A bucket of an object store.
    Bucket(Bucket),
}

/// A bucket, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Which protocol it is spoken to in.
    pub kind: BucketKind,
    /// Its name.
    pub name: String,
    /// What all keys in it begin with: empty, or ending with a slash.
    pub prefix: String,
    /// The store's address where it is not the vendor's own, such as `http://127.0.0.1:8333`.
    pub endpoint: Option<String>,
    /// S3's region.
    pub region: String,
    /// Whether a digest is sent with what is stored, for the store to compare. Some S3 stores refuse the header.
    pub checksums: bool,
}

/// The protocols of object stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketKind {
    /// `s3://`: Amazon S3 and everything that speaks as it does.
    S3,
    /// `gs://`: Google Cloud Storage.
    Google,
    /// `az://`: Azure Blob Storage, whose buckets are called containers.
    Azure,
}

impl BucketKind {
    fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

impl StorageUrl {
    /// Reads `file:/path`, or `s3://bucket/prefix?endpoint=...&region=...&checksums=off`, `gs://...`, `az://...`.
    ///
    /// # Errors
    /// What is wrong with it and what would be right, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("file:") {
            return Ok(Self::Folder(folder(path)?.into()));
        }
        let url = Url::parse(text).map_err(|error| format!("{error}; {EXAMPLES}"))?;
        let kind = match url.scheme() {
            "s3" => BucketKind::S3,
            "gs" => BucketKind::Google,
            "az" => BucketKind::Azure,
            other => return Err(format!("'{other}:' is no kind of storage; {EXAMPLES}")),
        };
        if !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return Err("it holds more than a bucket's name; credentials belong in the environment, and a store's \
                        address in ?endpoint="
                .into());
        }
        let name = url.host_str().filter(|name| !name.is_empty()).ok_or("the name of the bucket is missing")?;
        let mut bucket = Bucket {
            kind,
            name: name.to_owned(),
            prefix: prefix(url.path())?,
            endpoint: None,
            region: REGION.into(),
            checksums: true,
        };
        for (name, value) in url.query_pairs() {
            bucket.set(&name, &value)?;
        }
        Ok(Self::Bucket(bucket))
    }
}

/// What a place for contents looks like.
const EXAMPLES: &str =
    "write file:/folder, s3://bucket?endpoint=https://host&region=name, gs://bucket or az://container";

impl Bucket {
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "endpoint" => self.endpoint = Some(endpoint(value)?),
            "region" if self.kind == BucketKind::S3 => self.region = region(value)?,
            "checksums" if self.kind == BucketKind::S3 => {
                self.checksums = match value {
                    "on" => true,
                    "off" => false,
                    other => return Err(format!("checksums={other}: write on or off")),
                }
            }
            // The value is not repeated: it may be a secret.
            other => {
                return Err(format!("there is no parameter '{other}' here; endpoint, region and checksums are known"));
            }
        }
        Ok(())
    }
}

/// The path behind `file:` or `file://`, which names no host of another machine.
fn folder(path: &str) -> Result<&str, String> {
    let local = match path.strip_prefix("//") {
        Some(path) if !path.starts_with('/') => "",
        Some(path) => path,
        None => path,
    };
    // One slash at the root says as much as many, and cannot be taken for a host's beginning.
    let slashes = local.bytes().take_while(|byte| *byte == b'/').count();
    match &local[slashes.saturating_sub(1)..] {
        "" => Err("write file: and a folder, such as file:/var/lib/attache/blobs".into()),
        path => Ok(path),
    }
}

/// The store's address as it is asked for, without a slash at its end. Its characters are such that it can stand in a
/// query as it is.
fn endpoint(text: &str) -> Result<String, String> {
    // The value is not repeated: it may hold a secret.
    let wrong = || "endpoint: write http:// or https://, a host and perhaps a port".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/' | b'[' | b']');
    match url.scheme() {
        "http" | "https" if url.as_str().bytes().all(plain) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err(wrong()),
    }
}

/// A region's name, which can stand in a query as it is.
fn region(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.is_empty() || !text.bytes().all(plain) {
        return Err(format!("region={text:?}: write letters, digits, '-', '_' and '.', such as {REGION}"));
    }
    Ok(text.to_owned())
}

/// What keys begin with: plain segments alone, so that nothing has to be escaped on any store.
fn prefix(path: &str) -> Result<String, String> {
    let path = path.trim_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    if !path.bytes().all(plain) || path.split('/').any(|part| matches!(part, "." | "..")) || path.contains("//") {
        return Err(format!("the prefix '{path}' may have letters, digits, '-', '_', '.' and single slashes alone"));
    }
    Ok(if path.is_empty() { String::new() } else { format!("{path}/") })
}

impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bucket = match self {
            Self::Folder(path) => return write!(f, "file:{}", path.display()),
            Self::Bucket(bucket) => bucket,
        };
        write!(f, "{}://{}/{}", bucket.kind.scheme(), bucket.name, bucket.prefix)?;
        let mut separator = '?';
        let mut parameter = |f: &mut fmt::Formatter<'_>, name: &str, value: &str| {
            write!(f, "{separator}{name}={value}")?;
            separator = '&';
            Ok(())
        };
        if let Some(endpoint) = &bucket.endpoint {
            parameter(f, "endpoint", endpoint)?;
        }
        if bucket.kind == BucketKind::S3 {
            parameter(f, "region", &bucket.region)?;
        }
        if !bucket.checksums {
            parameter(f, "checksums", "off")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_shown() {
        for text in [
            "file:/var/lib/attache/blobs",
            "s3://files/?region=us-east-1",
            "s3://files/a/b/?endpoint=http://127.0.0.1:8333&region=eu-1&checksums=off",
            "gs://files/",
            "az://files/x/?endpoint=https://store.example.com",
        ] {
            assert_eq!(StorageUrl::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_may_be_left_out_may_be_left_out() {
        let short = StorageUrl::parse("s3://files").unwrap();
        assert_eq!(short, StorageUrl::parse("s3://files/?region=us-east-1&checksums=on").unwrap());
        for text in ["file:/srv/x", "file:///srv/x", "file:////srv/x", "file://///srv/x"] {
            assert_eq!(StorageUrl::parse(text).unwrap(), StorageUrl::Folder("/srv/x".into()), "{text}");
        }
        let slash = StorageUrl::parse("s3://files?endpoint=http://h:1/").unwrap();
        assert_eq!(slash, StorageUrl::parse("s3://files/?endpoint=http://h:1").unwrap());
    }

    #[test]
    fn an_address_is_shown_as_it_is_asked_for() {
        for (text, endpoint) in [
            ("s3://files?endpoint=https://Host:443/", "https://host"),
            ("s3://files?endpoint=https://host:90%0a0", "https://host:900"),
            ("s3://files?endpoint=http://[::1]:8333/a/b/", "http://[::1]:8333/a/b"),
        ] {
            let shown = format!("s3://files/?endpoint={endpoint}&region=us-east-1");
            assert_eq!(StorageUrl::parse(text).unwrap().to_string(), shown);
            assert_eq!(StorageUrl::parse(&shown).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_what_would_be_right() {
        for (text, why) in [
            ("", "s3://bucket"),
            ("/var/blobs", "file:/folder"),
            ("file:", "and a folder"),
            ("file://", "and a folder"),
            ("file://host/folder", "and a folder"),
            ("ftp://files", "'ftp:' is no kind of storage"),
            ("s3://", "bucket is missing"),
            ("s3://key:secret@files", "environment"),
            ("s3://files:9000", "?endpoint="),
            ("s3://files?endpoint=files.example.com", "http://"),
            ("s3://files?endpoint=http://a:b@h", "http://"),
            ("s3://files?endpoint=http://h?x", "http://"),
            ("s3://files?endpoint=http://h%23x", "http://"),
            ("s3://files?endpoint=http://h/a%2526b", "http://"),
            ("s3://files?region=", "region=\"\": write letters"),
            ("s3://files?region=eu%26checksums%3Doff", "write letters"),
            ("s3://files?region=eu%0A1", "write letters"),
            ("s3://files?secret_key=x", "'secret_key'"),
            ("s3://files?checksums=maybe", "on or off"),
            ("gs://files?region=x", "'region'"),
            ("s3://files/a//b", "single slashes"),
            ("s3://files/a b", "single slashes"),
        ] {
            let said = StorageUrl::parse(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn a_refused_parameter_does_not_repeat_its_value() {
        let said = StorageUrl::parse("s3://files?secret_access_key=hush").unwrap_err();
        assert!(!said.contains("hush"), "{said}");
    }
}
