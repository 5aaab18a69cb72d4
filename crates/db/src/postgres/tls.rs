//! TLS to PostgreSQL, where the URL asks for it. Whoever asks gets the whole of it: the server's certificate must be
//! for its name and by somebody who is trusted, whichever of `require`, `verify-ca` and `verify-full` the URL says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// What a URL says, and how connections by it are made.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) config: Config,
    pub(super) connector: MakeRustlsConnect,
}

/// Reads a URL. Where it asks for no TLS, none is used, also with a server that has some.
pub(super) fn read(url: &str) -> Result<Way, Error> {
    let (url, root) = split(url);
    let mut config: Config =
        url.parse().map_err(|error| Error::Unfit(format!("the URL of PostgreSQL cannot be used: {error}")))?;
    if config.get_ssl_mode() == SslMode::Require {
        return Ok(Way { config, connector: MakeRustlsConnect::new(trusting(root.as_deref())?) });
    }
    config.ssl_mode(SslMode::Disable);
    let nobody = provided()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(Way { config, connector: MakeRustlsConnect::new(nobody) })
}

/// Takes out what the driver does not know: the stricter modes, which all mean "with TLS" here, and the file with the
/// certificates to trust.
fn split(url: &str) -> (String, Option<PathBuf>) {
    let Some((before, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mut root = None;
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) => {
                root = Some(PathBuf::from(percent_decode_str(path).decode_utf8_lossy().into_owned()));
            }
            Some(("sslmode", "verify-ca" | "verify-full")) => kept.push("sslmode=require"),
            _ => kept.push(pair),
        }
    }
    (format!("{before}?{}", kept.join("&")), root)
}

fn trusting(root: Option<&Path>) -> Result<ClientConfig, Error> {
    let Some(path) = root else {
        let config = provided()?.with_platform_verifier().map_err(|error| unfit(&error))?;
        return Ok(config.with_no_client_auth());
    };
    let fail = |why: String| Error::Unfit(format!("sslrootcert {}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| fail(error.to_string()))? {
        let certificate = certificate.map_err(|error| fail(error.to_string()))?;
        roots.add(certificate).map_err(|error| fail(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(fail("it holds no certificate".to_owned()));
    }
    Ok(provided()?.with_root_certificates(roots).with_no_client_auth())
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn provided() -> Result<Builder, Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    builder.with_safe_default_protocol_versions().map_err(|error| unfit(&error))
}

fn unfit(error: &rustls::Error) -> Error {
    Error::Unfit(format!("TLS to PostgreSQL cannot be set up: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_other_clients_are_understood() {
        let (url, root) =
            split("postgres://u:p%40@h/db?sslmode=verify-full&sslrootcert=%2Fa%20b.pem&connect_timeout=3");
        assert_eq!(url, "postgres://u:p%40@h/db?sslmode=require&connect_timeout=3");
        assert_eq!(root, Some("/a b.pem".into()));
        assert_eq!(split("postgres://h/db"), ("postgres://h/db".to_owned(), None));
    }

    #[test]
    fn without_a_word_about_tls_none_is_used() {
        for url in ["postgres://h/db", "postgres://h/db?sslmode=prefer", "postgres://h/db?sslmode=disable"] {
            assert_eq!(read(url).unwrap().config.get_ssl_mode(), SslMode::Disable, "{url}");
        }
        assert_eq!(read("postgres://h/db?sslmode=require").unwrap().config.get_ssl_mode(), SslMode::Require);
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_its_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for path in [file.path().to_str().unwrap(), "/no/such.pem"] {
            let refused = read(&format!("postgres://h/db?sslmode=require&sslrootcert={path}")).err();
            assert!(matches!(&refused, Some(Error::Unfit(why)) if why.contains(path)), "{refused:?}");
        }
    }
}
