//! Outgoing requests. One guard for all of them: http and https only, and only addresses that are global unicast after
//! every way of wrapping an IPv4 address in an IPv6 one was undone. Names are resolved by us, every address must pass,
//! and the connection goes to an address that passed. Each redirect of an import goes through the same gate; a message
//! follows none.

use attache_model::Result;
use attache_model::error::{Code, Error};
use attache_model::limits::Limits;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response, header};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// Ports that are reached without being named by `--allow-private-network`.
const PORTS: [u16; 2] = [80, 443];

/// What may be reached.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    allowed: Arc<Vec<IpNet>>,
    own: Option<(String, u16)>,
}

/// A URL that is written as one of ours may be: http or https, with a host.
///
/// # Errors
/// `UrlInvalid` that says what is wrong with what is no URL; `UrlRefused` for one of another scheme, or that is read in
/// two ways.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Url> {
    let fault = |why: &str| Error::malformed(Code::UrlInvalid, "url", why);
    if text.len() as u64 > limits.import_url_bytes {
        return Err(fault(&format!("it is at most {} bytes long", limits.import_url_bytes)));
    }
    // Browsers and clients disagree on these; we read no second meaning into a URL.
    if text.chars().any(|c| c.is_control() || c == ' ') {
        return Err(fault("it must not contain blanks or control characters"));
    }
    let url = Url::parse(text).map_err(|error| fault(&format!("it is not a URL: {error}")))?;
    if text.contains('\\') || !matches!(url.scheme(), "http" | "https") {
        return Err(Error::UrlRefused);
    }
    if url.host().is_none() {
        return Err(fault("it has no host"));
    }
    Ok(url)
}

impl Guard {
    pub(crate) fn new(allowed: Vec<IpNet>, public_url: &str) -> Guard {
        let own = Url::parse(public_url)
            .ok()
            .and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
        Guard { allowed: Arc::new(allowed), own }
    }

    /// A client that fetches, and connects only to addresses that pass.
    pub(crate) fn client(&self, limits: &Limits) -> Result<Client> {
        Guard::builder(self.clone())
            .connect_timeout(Limits::seconds(limits.import_connect))
            .read_timeout(Limits::seconds(limits.import_idle))
            .timeout(Limits::seconds(limits.import_total))
            .build()
            .map_err(|error| Error::internal("build the outgoing client", error))
    }

    /// A client that sends messages, and connects only to addresses that pass.
    pub(crate) fn sender(&self, limits: &Limits) -> Result<Client> {
        Guard::builder(self.clone())
            .timeout(Limits::seconds(limits.webhook_timeout))
            .build()
            .map_err(|error| Error::internal("build the client of webhooks", error))
    }

    /// A client that connects to what `names` leads to, and asks it once for each connection.
    fn builder(names: impl Resolve + 'static) -> ClientBuilder {
        // TLS has no crypto of its own until somebody names one; who was first in this process does not matter.
        drop(rustls::crypto::ring::default_provider().install_default());
        Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(names))
            .pool_max_idle_per_host(0)
            .user_agent(concat!("attache/", env!("CARGO_PKG_VERSION")))
    }

    /// Sends a message. What comes back, a redirect too, is the answer; its body is still to be read.
    pub(crate) async fn post(
        &self,
        client: &Client,
        url: Url,
        headers: header::HeaderMap,
        body: String,
    ) -> std::result::Result<Response, Unreached> {
        self.check(&url).map_err(|_| Unreached::Refused)?;
        client.post(url).headers(headers).body(body).send().await.map_err(|error| match error {
            error if is_refusal(&error) => Unreached::Refused,
            error if error.is_timeout() => Unreached::Late,
            error if error.is_connect() => Unreached::Silent,
            _ => Unreached::Cut,
        })
    }

    /// Fetches a URL, following redirects through the gate. The answer's body is still to be read.
    pub(crate) async fn fetch(&self, client: &Client, url: Url, limits: &Limits) -> Result<Response> {
        let mut at = url;
        for _ in 0..=limits.import_redirects {
            self.check(&at)?;
            let request = client.get(at.clone()).header(header::ACCEPT_ENCODING, "identity");
            let answer = request.send().await.map_err(refused_or_unavailable)?;
            let Some(next) = location(&answer) else { return Ok(answer) };
            at = at.join(&next).map_err(|_| Error::UrlRefused)?;
        }
        Err(Error::UrlRefused)
    }

    /// Refuses what can be refused before a name is resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<()> {
        let port = url.port_or_known_default().unwrap_or(0);
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err(Error::UrlRefused),
        };
        let named = literal.is_some_and(|ip| self.is_allowed(ip));
        let host = url.host_str().map(plain_host);
        let own = self.own.as_ref().is_some_and(|(own, its)| host == Some(plain_host(own)) && port == *its);
        let port_fits = PORTS.contains(&port) || named || (literal.is_none() && !self.allowed.is_empty());
        let address_fits = literal.is_none_or(|ip| self.passes(ip));
        // Our own address is only reached where the operator names it.
        if plain && port_fits && address_fits && (!own || named) { Ok(()) } else { Err(Error::UrlRefused) }
    }

    /// What a name led to, if every address of it passes: one private address among public ones is how rebinding begins.
    fn judge(&self, found: Vec<SocketAddr>) -> std::result::Result<Vec<SocketAddr>, Refused> {
        let fits = !found.is_empty() && found.iter().all(|at| self.passes(at.ip()));
        if fits { Ok(found) } else { Err(Refused) }
    }

    fn is_allowed(&self, ip: IpAddr) -> bool {
        self.allowed.iter().any(|net| net.contains(&ip))
    }

    pub(crate) fn passes(&self, ip: IpAddr) -> bool {
        let real = unwrapped(ip);
        self.is_allowed(ip) || self.is_allowed(real) || (is_global(ip) && is_global(real))
    }
}

/// A host's name without the dot that may end it.
fn plain_host(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(guard.judge(found)?.into_iter()) as Addrs)
        })
    }
}

/// An address that a name led to is not allowed.
#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the address is not allowed")
    }
}

impl std::error::Error for Refused {}

/// Why a message has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreached {
    /// Its address is not allowed.
    Refused,
    /// Nobody answered in time.
    Late,
    /// There was no connection.
    Silent,
    /// The connection broke off, or what came was no answer.
    Cut,
}

/// Refusals all say the same, so that nobody can scan a network with imports.
fn refused_or_unavailable(error: reqwest::Error) -> Error {
    if is_refusal(&error) { Error::UrlRefused } else { Error::unavailable("fetch a URL", error.without_url()) }
}

fn is_refusal(error: &reqwest::Error) -> bool {
    let mut at: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = at {
        if cause.is::<Refused>() {
            return true;
        }
        at = cause.source();
    }
    false
}

fn location(answer: &Response) -> Option<String> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let to = answer.headers().get(header::LOCATION).filter(|_| redirects)?;
    to.to_str().ok().map(str::to_owned)
}

/// The IPv4 address inside an IPv6 one: mapped, compatible, NAT64, 6to4 or Teredo.
fn unwrapped(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = ip else { return ip };
    let s = six.segments();
    let four = |high: u16, low: u16| {
        let (a, b) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a[0], a[1], b[0], b[1]))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => four(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) != (0, 0) && (high, low) != (0, 1) => four(high, low),
        [0x2002, high, low, ..] => four(high, low),
        [0x2001, 0, .., high, low] => four(!high, !low),
        _ => ip,
    }
}

/// Global unicast: reachable by anyone, and nobody's own network.
fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_global_v4(ip),
        IpAddr::V6(ip) => is_global_v6(ip),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_global_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    // Only 2000::/3 is given out as global unicast; the holes in it are for documentation, tunnels and benchmarks.
    (s[0] & 0xe000) == 0x2000
        && !(s[0] == 0x2001 && s[1] < 0x0200)
        && !(s[0] == 0x2001 && s[1] == 0x0db8)
        && s[0] != 0x2002
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<()> {
        Guard::new(Vec::new(), "http://127.0.0.1:8080").check(&parse(text, &Limits::default())?)
    }

    #[test]
    fn addresses_that_are_not_global_are_refused_however_they_are_written() {
        for bad in [
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::127.0.0.1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:0:0::1]/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[fd00:ec2::254]/",
            "http://100.100.100.200/",
            "http://169.254.169.254/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://user:pw@example.com/",
            "http://example.com:22/",
        ] {
            assert!(matches!(check(bad), Err(Error::UrlRefused)), "{bad}");
        }
    }

    #[test]
    fn what_is_no_http_url_is_refused_at_once() {
        for bad in ["file:///etc/passwd", "FILE:///x", "ftp://x/", "data:,x", "http://good.example\\@127.0.0.1/"] {
            assert!(matches!(check(bad), Err(Error::UrlRefused)), "{bad}");
        }
        for bad in ["nonsense", "", "http://", "http://[fe80::1%25eth0]/", "http://a b/"] {
            assert!(matches!(check(bad), Err(Error::Malformed { code: Code::UrlInvalid, .. })), "{bad}");
        }
    }

    #[test]
    fn a_url_of_the_limit_is_read_and_one_byte_more_is_not() {
        let most = Limits::default().import_url_bytes as usize;
        let of = |len: usize| format!("http://example.com/{:a<1$}", "", len - "http://example.com/".len());
        assert!(check(&of(most)).is_ok());
        assert!(matches!(check(&of(most + 1)), Err(Error::Malformed { code: Code::UrlInvalid, .. })));
        assert!(check(&of(10_000)).is_err());
    }

    #[test]
    fn public_addresses_pass_and_so_do_networks_that_the_operator_names() {
        assert!(check("https://example.com/a.png").is_ok());
        assert!(check("http://93.184.216.34/").is_ok());
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], "http://127.0.0.1:8080");
        let url = |text| parse(text, &Limits::default()).unwrap();
        assert!(guard.check(&url("http://127.0.0.1:9999/x")).is_ok());
        assert!(guard.check(&url("http://10.0.0.1/")).is_err());
    }

    #[test]
    fn our_own_address_is_refused_by_every_spelling_of_its_name() {
        let guard = Guard::new(Vec::new(), "https://files.example.com");
        let check = |text| guard.check(&parse(text, &Limits::default()).unwrap());
        for own in ["https://files.example.com/x", "https://FILES.example.com./x", "https://files.example.com:443/x"] {
            assert!(matches!(check(own), Err(Error::UrlRefused)), "{own}");
        }
        assert!(check("https://more.files.example.com/x").is_ok());
    }

    #[test]
    fn a_name_is_refused_when_any_address_that_it_leads_to_is_not_public() {
        let guard = Guard::new(Vec::new(), "http://127.0.0.1:8080");
        let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let (public, other) = (at("93.184.216.34:0"), at("[2606:2800:220:1::1]:0"));
        assert_eq!(guard.judge(vec![public, other]).unwrap(), [public, other]);
        for private in ["127.0.0.1:0", "10.0.0.1:0", "[::1]:0", "[::ffff:10.0.0.1]:0", "[fe80::1]:0"] {
            assert!(guard.judge(vec![public, at(private)]).is_err(), "{private} behind a public one");
            assert!(guard.judge(vec![at(private), public]).is_err(), "{private} before a public one");
        }
        assert!(guard.judge(Vec::new()).is_err());
    }

    /// Leads to one address when it is asked first, and to another one ever after.
    struct Rebinding {
        first: SocketAddr,
        then: SocketAddr,
        asked: Arc<std::sync::atomic::AtomicUsize>,
    }

    impl Resolve for Rebinding {
        fn resolve(&self, _: Name) -> Resolving {
            let no = self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let found = if no == 0 { self.first } else { self.then };
            Box::pin(async move { Ok(Box::new(std::iter::once(found)) as Addrs) })
        }
    }

    #[tokio::test]
    async fn the_connection_goes_to_an_address_that_was_looked_at() {
        let (good, evil) = (std::net::TcpListener::bind("127.0.0.1:0"), std::net::TcpListener::bind("127.0.0.1:0"));
        let (good, evil) = (good.unwrap(), evil.unwrap());
        evil.set_nonblocking(true).unwrap();
        let asked = Arc::default();
        let names = Rebinding {
            first: good.local_addr().unwrap(),
            then: evil.local_addr().unwrap(),
            asked: Arc::clone(&asked),
        };
        let client = Guard::builder(names).build().unwrap();
        let serving = tokio::task::spawn_blocking(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = good.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood").unwrap();
        });
        let answer = client.get("http://files.example/").send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "good");
        serving.await.unwrap();
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(evil.accept().is_err(), "nobody came to the other address");
    }
}
