use super::*;
use attache_model::erasure::{ErasedContent, ErasureKind, Parts};
use attache_model::id::ErasureId;
use attache_model::{AccountNo, FileId, FileNo, Time, UserNo};
use proptest::prelude::*;
use uuid::Uuid;

fn keys() -> Keys {
    Keys::new(vec![(2, [2; 32]), (1, [1; 32])]).unwrap()
}

fn signed() -> (Certificate, Vec<PublicKey>) {
    let (account, id) = (AccountNo(1), ErasureId(Uuid::from_u128(9)));
    let opener = Opener::newest(&keys(), account, id);
    let content =
        |version, fate| ErasedContent { version, size: 10, sealed: opener.seal(&Sha256([version as u8; 32])), fate };
    let contents = vec![content(1, Fate::Store { key: "x".into() }), content(2, Fate::Kept)];
    let erasure = Erasure {
        id,
        account,
        file: FileNo(7),
        file_id: FileId(Uuid::from_u128(8)),
        kind: ErasureKind::Erase,
        actor: UserNo(1),
        asked_at: Time::from_millis(1_800_000_000_000),
        gone_at: Some(Time::from_millis(1_800_000_000_100)),
        waits_for: Vec::new(),
        parts: Parts { key: 2, contents, removed: Removed { versions: 2, ..Removed::default() } },
    };
    let all = Signer::all(&keys()).map(|signer| signer.public()).collect();
    (Signer::newest(&keys()).sign("here", &erasure, &opener), all)
}

#[test]
fn a_certificate_holds_under_the_key_that_signed_it_and_says_what_went() {
    let (certificate, keys) = signed();
    let statement = verify(&certificate.to_string(), &keys).unwrap();
    assert_eq!((statement.file_no, statement.contents.len()), (7, 2));
    assert_eq!(statement.versions_of(&Sha256([1; 32])), [1]);
    assert_eq!(statement.versions_of(&Sha256([2; 32])), [2]);
    assert_eq!(statement.versions_of(&Sha256([3; 32])), [0; 0]);
    assert_eq!(statement.contents[1].bytes, StatedFate::KeptForAnotherFile);
    assert_eq!(
        verify(&certificate.to_string(), &keys[1..]),
        Err(Invalid::Signature),
        "the older key has not signed it"
    );
}

#[test]
fn a_certificate_is_json_as_a_whole_and_has_no_key_of_a_content() {
    let text = signed().0.to_string();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["statement"]["file_no"], 7);
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains("\"x\""), "{text}");
}

#[test]
fn the_same_erasure_always_has_the_same_certificate() {
    assert_eq!(signed().0, signed().0);
}

#[test]
fn a_byte_changed_anywhere_is_refused() {
    let (certificate, keys) = signed();
    let text = certificate.to_string().into_bytes();
    for at in 0..text.len() {
        for change in [1, 32, 128] {
            let mut changed = text.clone();
            changed[at] ^= change;
            // What is no text is refused before it is a certificate.
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(verify(&changed, &keys).is_err(), "byte {at} by {change}");
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_cut_out_put_in_or_replaced_is_refused(
        at in 0_usize..2000, cut in 0_usize..20, put in "[ -~\n]{0,8}",
    ) {
        let (certificate, keys) = signed();
        let text = certificate.to_string();
        let at = at % (text.len() + 1);
        let end = (at + cut).min(text.len());
        let changed = format!("{}{put}{}", &text[..at], &text[end..]);
        prop_assert_eq!(verify(&changed, &keys).is_ok(), changed == text);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in ".{0,200}") {
        prop_assert!(verify(&text, &[]).is_err());
        prop_assert!(PublicKey::from_pem(&text).is_err());
    }
}

#[test]
fn keys_go_through_pem_and_back() {
    let (_, keys) = signed();
    let pem: String = keys.iter().map(PublicKey::to_pem).collect();
    assert_eq!(PublicKey::from_pem(&pem), Ok(keys));
    for wrong in ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", &pem[..pem.len() - 10]] {
        assert_eq!(PublicKey::from_pem(wrong), Err(Invalid::Key), "{wrong}");
    }
}
