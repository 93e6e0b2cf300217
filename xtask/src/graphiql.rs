//! The files of GraphiQL, fetched once so that `cargo xtask dev` works offline afterwards.
//!
//! GraphiQL 4.1.2 is the newest version that ships one self-contained bundle for browsers; later
//! ones are hundreds of modules that a page loads from a CDN. It runs with React 18, the newest
//! that ships such bundles. The packages are pinned by their checksums and are never part of a
//! build. Without npm the server's page loads the same files from a CDN.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use local_postgres::{PROJECT, npm::Package};

use crate::report::Report;

/// Tells the server where the files are.
pub(crate) const VARIABLE: &str = "GRAPHIQL_DIR";

/// Packages, and the files that we take from each. They end up side by side.
const FILES: &[(Package, &[&str])] = &[
    (
        Package {
            name: "graphiql",
            version: "4.1.2",
            sha512: "rNlzQIAzm6i2KBXmVQWBgLvt0TloxFVB2d18bukvdsvjEuFDHsKx5IVOomL1W1o5WW+tE54+ioHb2AEKzO2cUg==",
        },
        &["graphiql.min.js", "graphiql.min.css"],
    ),
    (
        Package {
            name: "react",
            version: "18.3.1",
            sha512: "wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        },
        &["umd/react.production.min.js"],
    ),
    (
        Package {
            name: "react-dom",
            version: "18.3.1",
            sha512: "5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        },
        &["umd/react-dom.production.min.js"],
    ),
];

/// The folder with the files, downloaded if it is not there yet.
pub fn files() -> Result<PathBuf> {
    ready(|| ())
}

/// The folder with the files, or `None` with one line that says why not.
pub(crate) fn fetch(report: &Report) -> Option<PathBuf> {
    let version = FILES[0].0.version;
    ready(|| report.status("Fetching", format!("GraphiQL {version} from npm")))
        .inspect_err(|error| {
            report.status("Note", format!("GraphiQL comes from a CDN ({error:#})"));
        })
        .ok()
}

/// `begin` is called before a download.
fn ready(begin: impl FnOnce()) -> Result<PathBuf> {
    let cache = cache_dir().context("neither HOME nor XDG_CACHE_HOME is set")?;
    let dir = cache.join("graphiql").join(FILES[0].0.version);
    if !dir.is_dir() {
        begin();
        download(&dir)?;
    }
    Ok(dir)
}

fn cache_dir() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(base.join(PROJECT))
}

/// Makes the folder under another name and renames it: it is complete when it exists.
fn download(dir: &Path) -> Result<()> {
    let work = dir.with_extension(format!("partial-{}", std::process::id()));
    let result = fill(&work).and_then(|()| {
        match fs::rename(work.join("files"), dir) {
            // Another process was faster.
            Err(_) if dir.is_dir() => Ok(()),
            other => other.context("cannot create the folder"),
        }
    });
    // Only a leftover, under a name that is not used again.
    let _ = fs::remove_dir_all(&work);
    result
}

fn fill(work: &Path) -> Result<()> {
    let files = work.join("files");
    fs::create_dir_all(&files).with_context(|| format!("cannot create {}", files.display()))?;
    for (package, paths) in FILES {
        let unpacked = package.unpack(&work.join(package.name))?;
        for path in *paths {
            let name = Path::new(path).file_name().context("a file has no name")?;
            let from = unpacked.join(path);
            fs::copy(&from, files.join(name)).with_context(|| format!("no {}", from.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[ignore = "downloads with npm"]
    fn four_files_arrive() {
        let work = env::temp_dir().join(format!("xtask-graphiql-{}", std::process::id()));
        fill(&work).unwrap();
        let files = fs::read_dir(work.join("files")).unwrap().flatten();
        let mut names: Vec<_> = files.map(|file| file.file_name()).collect();
        names.sort();
        let expected = [
            "graphiql.min.css",
            "graphiql.min.js",
            "react-dom.production.min.js",
            "react.production.min.js",
        ];
        assert_eq!(names, expected);
        fs::remove_dir_all(&work).unwrap();
    }
}
