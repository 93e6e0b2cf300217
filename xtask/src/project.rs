//! Where things are in this repository.

use std::{
    env,
    path::{Path, PathBuf},
};

use ::codegen::Config;
use anyhow::{Context, Result};

/// The repository that commands work on.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The repository that this program was built from; cargo names it when it runs us.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .filter(|dir| Path::new(dir).ends_with("xtask"))
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("the repository has no root")?;
        Ok(Self { root: root.to_owned() })
    }

    /// The folder with `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder `sql`.
    pub(crate) fn sql(&self) -> PathBuf {
        self.root.join("sql")
    }

    /// A path as messages show it: relative to the repository if it is inside.
    pub(crate) fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// What to generate, from `sql/codegen.toml`.
    pub(crate) fn config(&self) -> Result<Config> {
        Ok(Config::load(&self.sql())?)
    }
}
