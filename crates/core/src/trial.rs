//! What must hold of any bytes that strangers send to the domain: the suite's own trials and the fuzz targets of `fuzz/`
//! ask the same.

use crate::cursor::{self, Key, Place};
use crate::outgoing::{Guard, parse};
use crate::seal::Keys;
use crate::sniff::{self, Hints};
use attache_model::AccountNo;
use attache_model::limits::Limits;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

pub use crate::op::list::trial::any_search;

/// Whatever `bytes` are, as something that we sealed they are refused, and what we seal of them opens for its purpose,
/// its account and its list alone. Fields that are cut at another place are other fields.
pub fn any_seal(bytes: &[u8]) {
    let Some(keys) = Keys::new(vec![(2, [2; 32]), (1, [1; 32])]) else { return };
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(keys.open("link", &text), None, "{text:?} was never sealed");
    assert!(keys.verify("ticket", &text).is_none(), "{text:?} was never signed");
    let (mine, other) = (AccountNo(1), AccountNo(2));
    assert!(cursor::open(&keys, mine, "files", &text).is_err(), "{text:?} is no cursor");

    let sealed = keys.seal("link", bytes);
    assert_eq!(keys.open("link", &sealed).as_deref(), Some(bytes));
    assert_eq!(keys.open("share", &sealed), None);
    let place = Place { key: Key::Text(text.clone().into_owned()), tie: Key::Int(bytes.len() as i64) };
    let cursor = cursor::seal(&keys, mine, &text, &place);
    assert_eq!(cursor::open(&keys, mine, &text, &cursor).ok(), Some(place));
    assert!(cursor::open(&keys, other, &text, &cursor).is_err(), "another account's cursor");
    assert!(cursor::open(&keys, mine, &format!("{text}x"), &cursor).is_err(), "another list's cursor");

    let cut = bytes.first().map_or(0, |first| usize::from(*first) % bytes.len());
    let (front, back) = bytes.split_at(cut);
    if !back.is_empty() {
        assert_ne!(keys.mark(&[front, back]), keys.mark(&[bytes, b""]), "cut at {cut} of {bytes:?}");
        assert_ne!(keys.mark(&[front, back]), keys.mark(&[bytes]));
    }
}

/// Whatever `bytes` are, as a URL, as an address that a name leads to, and as an IPv4 address inside of an IPv6 one, they
/// are reached only when they are global unicast by a reading of the registries that knows nothing of ours.
pub fn any_address(bytes: &[u8]) {
    let guard = Guard::new(Vec::new(), "http://127.0.0.1:8080");
    if let Some(url) = str::from_utf8(bytes).ok().and_then(|text| parse(text, &Limits::default()).ok()) {
        url_is_safe(&guard, &url);
        if let Ok(next) = url.join(&String::from_utf8_lossy(bytes)) {
            url_is_safe(&guard, &next);
        }
    }
    if let Some((four, _)) = bytes.split_first_chunk::<4>() {
        address_is_safe(&guard, IpAddr::V4(Ipv4Addr::from(*four)));
    }
    if let Some((sixteen, _)) = bytes.split_first_chunk::<16>() {
        address_is_safe(&guard, IpAddr::V6(Ipv6Addr::from(*sixteen)));
    }
}

fn url_is_safe(guard: &Guard, url: &Url) {
    if guard.check(url).is_err() {
        return;
    }
    assert!(matches!(url.scheme(), "http" | "https"), "{url}");
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    assert!(matches!(url.port_or_known_default(), Some(80 | 443)), "{url}");
    match url.host() {
        Some(Host::Ipv4(four)) => assert!(anybodys(IpAddr::V4(four)), "{url}"),
        Some(Host::Ipv6(six)) => assert!(anybodys(IpAddr::V6(six)), "{url}"),
        Some(Host::Domain(_)) => {}
        None => panic!("{url} has no host"),
    }
}

fn address_is_safe(guard: &Guard, address: IpAddr) {
    assert!(!guard.passes(address) || anybodys(address), "{address}");
}

/// The reference, by networks of the registries of special addresses (RFC 6890 and its updates).
fn anybodys(address: IpAddr) -> bool {
    const SPECIAL: [&str; 35] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:2::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "::ffff:0:0:0/96",
    ];
    let within = |net: &str| net.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&address));
    !SPECIAL.iter().any(|net| within(net))
}

/// Whatever `bytes` are, looking at what they are says something that may stand in a header.
pub fn any_content(bytes: &[u8]) {
    for (ext, declared) in [("", None), ("png", Some("image/png")), ("docx", Some("text/html")), ("zip", None)] {
        let facts = sniff::look(&Hints { head: bytes, ext, declared, charset: Some("utf-8") });
        assert!(sniff::check_type(&facts.media_type).is_ok(), "{}", facts.media_type);
    }
    assert!(sniff::extension(bytes).is_none_or(|ext| ext.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    if let Ok(declared) = str::from_utf8(bytes)
        && sniff::check_type(declared).is_ok()
    {
        assert!(!declared.contains(|c: char| c.is_control() || c == ',' && !declared.contains(';')), "{declared:?}");
    }
}
