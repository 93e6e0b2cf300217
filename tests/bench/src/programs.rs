//! Building what is measured.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The programs that take part.
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) limit: PathBuf,
    /// Absent where it is not wanted.
    pub(crate) orm: Option<PathBuf>,
}

/// The folder of this crate.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    folder().ancestors().nth(2).unwrap_or(folder()).to_owned()
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

impl Programs {
    /// Builds them in release mode, each by itself: built together they would share the union of
    /// their features.
    pub(crate) fn build(server: Option<&Path>, with_orm: bool) -> Result<Self> {
        let target = target();
        let release = target.join("release");
        let server = match server {
            Some(server) => server.to_owned(),
            None => {
                build("the server", &["--package", "server"])?;
                release.join("server")
            }
        };
        build("the limit", &["--package", "bench", "--bin", "limit"])?;
        let orm = target.join("orm");
        if with_orm {
            let manifest = folder().join("orm/Cargo.toml");
            let (manifest, orm) = (manifest.to_string_lossy(), orm.to_string_lossy());
            build("the ORM", &["--locked", "--manifest-path", &manifest, "--target-dir", &orm])?;
        }
        Ok(Self {
            server,
            limit: release.join("limit"),
            orm: with_orm.then(|| orm.join("release/orm")),
        })
    }
}

fn build(what: &str, arguments: &[&str]) -> Result<()> {
    build_in(&repository(), what, &[&["--release"], arguments].concat())
}

/// Builds something of a workspace.
pub(crate) fn build_in(workspace: &Path, what: &str, arguments: &[&str]) -> Result<()> {
    let mut cargo = xtask::cargo(workspace);
    cargo.args(["build", "--quiet"]).args(arguments);
    let status = cargo.status().context("cannot run cargo")?;
    ensure!(status.success(), "{what} cannot be built; cargo's reason is above");
    Ok(())
}
