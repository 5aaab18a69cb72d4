//! Certificates of erasures: a statement and its signature, in a text that a person can verify without us.
//!
//! The text is JSON in three lines. The statement is the second line, byte for byte what is signed; so the line and the
//! signature can be taken out with the tools of every shell. No other spelling of the same JSON is a certificate.

use super::sealed::{Opener, seal};
use crate::seal::Keys;
use attache_model::Time;
use attache_model::digest::Sha256;
use attache_model::erasure::{Erasure, Fate, Removed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::fmt;

/// What a statement says it is. A change of its meaning changes this word.
const WHAT: &str = "attache erasure certificate 1";
/// What stands around the statement and its signature.
const BEFORE: &str = "{\"statement\":\n";
const BETWEEN: &str = "\n,\"signature\":\"";
const AFTER: &str = "\"}\n";
/// What stands before the 32 bytes of an Ed25519 key in a public key's DER (RFC 8410).
const DER_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// What is certified. The order of its members is that of the signed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    what: String,
    /// The key that it is signed with.
    pub key: String,
    /// The installation that says it.
    pub installation: String,
    /// Whose file it was.
    pub account: i64,
    /// Id of the erasure.
    pub erasure: String,
    /// The number that the file had.
    pub file_no: i64,
    /// The id that the file had.
    pub file_id: String,
    /// Number of the user who asked for it.
    pub asked_by: i64,
    /// From when on nobody could reach the file.
    pub asked_at: String,
    /// When all of it was looked for and nothing was found.
    pub gone_at: String,
    /// The contents of its versions.
    pub contents: Vec<StatedContent>,
    /// The key under which the digests are sealed, in hex.
    pub opener: String,
    /// Rows that went with it.
    pub removed: Removed,
    /// What there never is anything of.
    pub kept_nowhere: Vec<String>,
}

/// What is said of one version's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedContent {
    /// The version's number.
    pub version: i64,
    /// Its bytes.
    pub size: u64,
    /// HMAC-SHA-256 of its SHA-256 in hex, under the opener.
    pub sealed_sha256: Sha256,
    /// What became of the bytes.
    pub bytes: StatedFate,
}

/// What became of a content's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatedFate {
    /// They were looked for where they had been, and are not there.
    Gone,
    /// Another file has the same content.
    KeptForAnotherFile,
}

/// A certificate's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate(String);

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no certificate that holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It has another shape.
    #[error("it is not a certificate of an erasure, or was written anew: {0}")]
    Shape(&'static str),
    /// None of the keys has signed it.
    #[error("the signature does not fit: it was changed, or another installation's key has signed it")]
    Signature,
    /// A key that is none.
    #[error("it is not a public key for Ed25519 in PEM, as `attache erasure key` prints it")]
    Key,
}

/// A key that verifies certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Its name: the beginning of its SHA-256, in hex.
    pub fn id(&self) -> String {
        hex::encode(&sha2::Sha256::digest(self.0)[..8])
    }

    /// As a file that openssl reads.
    pub fn to_pem(&self) -> String {
        let der = [&DER_HEAD[..], &self.0[..]].concat();
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(der))
    }

    /// All keys in a text of PEM.
    ///
    /// # Errors
    /// `Key` for a text without any, or with something else.
    pub fn from_pem(text: &str) -> Result<Vec<PublicKey>, Invalid> {
        let mut keys = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (body, after) =
                rest.strip_prefix(PEM_BEGIN).and_then(|rest| rest.split_once(PEM_END)).ok_or(Invalid::Key)?;
            let lines: String = body.split_whitespace().collect();
            let der = STANDARD.decode(lines).map_err(|_| Invalid::Key)?;
            let key = der.strip_prefix(&DER_HEAD).and_then(|key| key.try_into().ok()).ok_or(Invalid::Key)?;
            keys.push(PublicKey(key));
            rest = after.trim_start();
        }
        if keys.is_empty() { Err(Invalid::Key) } else { Ok(keys) }
    }
}

/// The statement of a certificate that one of `keys` has signed.
///
/// # Errors
/// `Shape` and `Signature`; whatever byte was changed, it is one of them.
pub fn verify(text: &str, keys: &[PublicKey]) -> Result<Statement, Invalid> {
    let inner = text.strip_prefix(BEFORE).ok_or(Invalid::Shape("its first line is not that of one"))?;
    let (statement, end) = inner.split_once(BETWEEN).ok_or(Invalid::Shape("the signature is not on its third line"))?;
    let signature = end.strip_suffix(AFTER).ok_or(Invalid::Shape("its end is not that of one"))?;
    let signature = STANDARD.decode(signature).map_err(|_| Invalid::Shape("the signature is not base64"))?;
    let fits =
        |key: &PublicKey| UnparsedPublicKey::new(&ED25519, key.0).verify(statement.as_bytes(), &signature).is_ok();
    let key = keys.iter().find(|key| fits(key)).ok_or(Invalid::Signature)?;
    let read: Statement =
        serde_json::from_str(statement).map_err(|_| Invalid::Shape("its statement is of another release"))?;
    if read.what != WHAT || read.key != key.id() {
        return Err(Invalid::Shape("its statement is of another release"));
    }
    Ok(read)
}

impl Statement {
    /// The versions whose content has this digest.
    pub fn versions_of(&self, digest: &Sha256) -> Vec<i64> {
        let Some(opener) = Sha256::from_hex(&self.opener) else { return Vec::new() };
        let sealed = seal(&opener.0, digest);
        self.contents.iter().filter(|content| content.sealed_sha256 == sealed).map(|content| content.version).collect()
    }
}

/// Signs certificates. Its key is made of one of the installation's, for nothing else.
pub(crate) struct Signer(Ed25519KeyPair);

impl Signer {
    /// With the installation's newest key.
    pub(crate) fn newest(keys: &Keys) -> Signer {
        Signer::from_seed(&keys.derive(&[WHAT]).1)
    }

    /// With each key of the installation, the newest first.
    pub(crate) fn all(keys: &Keys) -> impl Iterator<Item = Signer> + '_ {
        keys.numbers().filter_map(|no| Some(Signer::from_seed(&keys.derive_of(no, &[WHAT])?)))
    }

    fn from_seed(seed: &[u8; 32]) -> Signer {
        #[expect(clippy::expect_used, reason = "every 32 bytes are a seed of Ed25519")]
        Signer(Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed"))
    }

    pub(crate) fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    /// The certificate of an erasure that is gone.
    pub(crate) fn sign(&self, installation: &str, erasure: &Erasure, opener: &Opener) -> Certificate {
        let statement = Statement {
            what: WHAT.to_owned(),
            key: self.public().id(),
            installation: installation.to_owned(),
            account: erasure.account.0,
            erasure: erasure.id.to_string(),
            file_no: erasure.file.0,
            file_id: erasure.file_id.to_string(),
            asked_by: erasure.actor.0,
            asked_at: erasure.asked_at.rfc3339_millis(),
            gone_at: erasure.gone_at.map(Time::rfc3339_millis).unwrap_or_default(),
            contents: erasure.parts.contents.iter().map(stated).collect(),
            opener: opener.text(),
            removed: erasure.parts.removed,
            kept_nowhere: vec![String::from("previews")],
        };
        let text = serde_json::to_string(&statement).unwrap_or_default();
        let signature = STANDARD.encode(self.0.sign(text.as_bytes()));
        Certificate(format!("{BEFORE}{text}{BETWEEN}{signature}{AFTER}"))
    }
}

fn stated(content: &attache_model::erasure::ErasedContent) -> StatedContent {
    StatedContent {
        version: content.version,
        size: content.size,
        sealed_sha256: content.sealed,
        bytes: if content.fate == Fate::Kept { StatedFate::KeptForAnotherFile } else { StatedFate::Gone },
    }
}

#[cfg(test)]
mod tests;
