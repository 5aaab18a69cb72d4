use super::*;
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::io::Read as _;

const NOTE: &str = include_str!("../../graphiql/README.md");

/// What the page loads, as it stands in it.
fn loaded() -> HashSet<&'static str> {
    let links = ["src=\"", "href=\""].into_iter().flat_map(|before| PAGE.split(before).skip(1));
    links.map(|rest| rest.split('"').next().unwrap()).filter(|link| *link != "data:,").collect()
}

#[test]
fn the_page_loads_what_is_here_and_nothing_else() {
    let names: HashSet<String> = ASSETS.iter().map(|asset| format!("graphiql/{}", asset.name)).collect();
    assert_eq!(loaded(), names.iter().map(String::as_str).collect());
    assert_eq!(PAGE.matches(NONCE).count(), 1);
}

#[test]
fn the_page_holds_no_script_and_no_style_of_its_own() {
    assert!(!PAGE.contains("<style") && !PAGE.contains("style=") && !PAGE.contains("onload"));
    assert!(PAGE.match_indices("<script").all(|(at, _)| PAGE[at..].starts_with("<script defer src=")));
}

#[test]
fn the_policy_names_the_pages_nonce_and_lets_nothing_in_from_elsewhere() {
    let answer = shown("0123abcd");
    insta::assert_snapshot!(answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap());
    assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
}

#[test]
fn what_is_released_has_its_release_in_its_name_and_is_kept_for_ever() {
    for asset in &ASSETS {
        let headers = asset.answer().headers().clone();
        assert_eq!(asset.released, asset.name.contains(|c: char| c.is_ascii_digit()), "{}", asset.name);
        assert_eq!(asset.released, asset.bytes.starts_with(b"\x1f\x8b"), "{}", asset.name);
        assert_eq!(asset.released, headers.contains_key(CONTENT_ENCODING), "{}", asset.name);
        assert_eq!(asset.released, headers[CACHE_CONTROL].to_str().unwrap().contains("immutable"), "{}", asset.name);
    }
}

#[test]
fn the_note_tells_the_digest_of_every_file_that_was_released() {
    for asset in ASSETS.iter().filter(|asset| asset.released) {
        let row = NOTE.lines().find(|line| line.starts_with(&format!("| `{}.gz` |", asset.name)));
        let row = row.unwrap_or_else(|| panic!("{} is not in the note", asset.name));
        let told = row.rsplit('`').nth(1).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(asset.bytes).read_to_end(&mut bytes).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&bytes)), told, "{}", asset.name);
    }
}
