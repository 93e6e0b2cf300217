//! What to generate: `sql/codegen.toml`.

use std::path::Path;

use serde::Deserialize;

/// The settings of a schema folder; every key has a default, and an unknown key is an error.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Config {
    /// Schemas whose views and functions become the API.
    pub schemas: Vec<String>,
    /// How the name of a view starts that is part of the API; the prefix is no part of its
    /// GraphQL name.
    pub view_prefix: String,
    /// The same for functions.
    pub function_prefix: String,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file exists and cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path} is not valid: {message}")]
    Parse {
        /// The file.
        path: String,
        /// What is wrong and where.
        message: String,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schemas: vec!["public".into()],
            view_prefix: "v_".into(),
            function_prefix: "fn_".into(),
        }
    }
}

impl Config {
    /// Reads `codegen.toml` in the folder of the SQL files; without one, everything is default.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not TOML, has an unknown key, or names no schema.
    pub fn load(sql_dir: &Path) -> Result<Self, ConfigError> {
        let path = sql_dir.join("codegen.toml");
        let shown = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                Self::parse(&text).map_err(|message| ConfigError::Parse { path: shown, message })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path: shown, source }),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if config.schemas.is_empty() {
            return Err("`schemas` is empty, so there would be nothing to generate".into());
        }
        config.schemas.sort();
        config.schemas.dedup();
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn empty_file_is_the_default() {
        assert_eq!(Config::parse(""), Ok(Config::default()));
    }

    #[test]
    fn given_keys_replace_defaults() {
        let config = Config::parse("schemas = [\"b\", \"a\"]\nview_prefix = \"view_\"").unwrap();
        assert_eq!(config.schemas, ["a", "b"]);
        assert_eq!(
            (config.view_prefix.as_str(), config.function_prefix.as_str()),
            ("view_", "fn_")
        );
    }

    #[test]
    fn unknown_key_is_an_error_that_names_it() {
        assert!(Config::parse("scemas = []").unwrap_err().contains("scemas"));
        assert!(Config::parse("schemas = []").unwrap_err().contains("empty"));
    }

    #[test]
    fn missing_file_is_the_default() {
        assert_eq!(Config::load(std::path::Path::new("/nonexistent")).unwrap(), Config::default());
    }
}
