//! Database addresses: making them, changing the database, showing them without secrets.

use std::{path::Path, str::FromStr};

use tokio_postgres::config::{Config, Host};

use crate::error::{Error, Result};

/// The address of a database on a Unix socket.
pub(crate) fn socket_url(dir: &Path, database: &str) -> String {
    format!("postgres://postgres@{}/{database}", encode(&dir.to_string_lossy()))
}

/// Percent-encodes everything that is not plain in a URL.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

/// The same server, another database.
pub fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // A keyword string, of which the last mention counts.
        return format!("{url} dbname={database}");
    };
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (rest, String::new()),
    };
    let authority = address.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{}{query}", encode(database))
}

/// Reads an address that came from `variable`.
pub fn parse(url: &str, variable: &str) -> Result<Config> {
    let mut config = Config::from_str(url).map_err(|error| Error::BadUrl {
        variable: variable.to_owned(),
        reason: crate::error::chain(&error),
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(Error::BadUrl {
            variable: variable.to_owned(),
            reason: "it names no host".to_owned(),
        });
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(std::time::Duration::from_secs(10));
    }
    Ok(config)
}

/// Host and port of an address, without user and password.
pub fn place(config: &Config) -> String {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => format!("{host}:{port}"),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => match config.get_hostaddrs().first() {
            Some(address) => format!("{address}:{port}"),
            None => "the default socket".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_is_replaced_and_the_rest_kept() {
        let cases = [
            ("postgres://u:p@h:1/a", "postgres://u:p@h:1/b"),
            ("postgres://u:p@h", "postgres://u:p@h/b"),
            ("postgres://h/a?sslmode=require", "postgres://h/b?sslmode=require"),
            ("host=h dbname=a", "host=h dbname=a dbname=b"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "b"), expected);
            assert_eq!(parse(expected, "TEST").unwrap().get_dbname(), Some("b"));
        }
    }

    #[test]
    fn socket_address_survives_parsing() {
        let config = parse(&socket_url(Path::new("/dev/shm/a b"), "x"), "TEST").unwrap();
        assert_eq!(place(&config), "/dev/shm/a b");
    }

    #[test]
    fn bad_address_is_not_repeated_in_the_error() {
        let error = parse("postgres://u:secret@h:x/a", "DATABASE_URL").unwrap_err().to_string();
        assert!(error.starts_with("DATABASE_URL is not a PostgreSQL URL"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}
