//! Encrypted connections.
//!
//! `sslmode=require` encrypts and verifies the server's certificate against the system's roots
//! (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others). Without it, connections are plain: a local
//! server with a certificate of its own making is the usual case there.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Makes encrypted connections; says what is wrong with the system's roots if it cannot.
pub(crate) fn connector() -> Result<MakeRustlsConnect, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let errors = found.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        return Err(format!(
            "sslmode=require needs root certificates, and there are none: {errors}"
        ));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
