//! Making data folders: `initdb`, and a prepared one to copy for throw-away clusters.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    account::Account,
    binaries::Binaries,
    error::{Error, IoContext, Result},
    lock::Lock,
    place,
};

/// The same on every machine: UTF-8, text sorted by bytes, upper and lower case by Unicode.
const FLAGS: &[&str] = &[
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale=C",
    // Syncing every file takes seconds on a busy disk, and a half-made folder is never used.
    "-N",
    // 28 MB instead of 39.
    "--wal-segsize=1",
    "--no-instructions",
];

/// `--locale=C` alone would leave `upper('é')` unchanged.
const CTYPE: &str = "--lc-ctype=C.UTF-8";

/// Who may connect, and how.
pub(crate) enum Access<'a> {
    /// Everybody who reaches the socket: for sockets in a private folder.
    Trust,
    /// Only with this password.
    Password(&'a str),
}

/// Fills an empty data folder, which must belong to `account`.
pub(crate) fn initdb(
    binaries: &Binaries,
    account: &Account,
    data: &Path,
    access: &Access<'_>,
) -> Result<()> {
    let mut arguments: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
    let mut password_file = None;
    match access {
        Access::Trust => arguments.extend(["-A", "trust"].map(String::from)),
        Access::Password(password) => {
            let file = data.with_extension("password");
            write_password(&file, password, account)?;
            arguments.extend(["-A".to_owned(), "scram-sha-256".to_owned()]);
            arguments.push(format!("--pwfile={}", file.display()));
            password_file = Some(file);
        }
    }
    let first = run(binaries, account, data, &arguments, &[CTYPE]);
    let done = match first {
        // Old and small systems have no C.UTF-8.
        Err(Error::Command { output, .. }) if output.contains("invalid locale") => {
            run(binaries, account, data, &arguments, &[])
        }
        other => other,
    };
    if let Some(file) = password_file {
        fs::remove_file(&file).doing(|| format!("cannot remove {}", file.display()))?;
    }
    done
}

fn run(
    binaries: &Binaries,
    account: &Account,
    data: &Path,
    arguments: &[String],
    more: &[&str],
) -> Result<()> {
    let mut command = account.command(binaries.dir().join("initdb"));
    command.arg("-D").arg(data).args(arguments).args(more).current_dir(data);
    let output = command.output().doing(|| "cannot run initdb".to_owned())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Command { action: "initdb".to_owned(), status: output.status, output: said })
}

fn write_password(file: &Path, password: &str, account: &Account) -> Result<()> {
    write_private(file, &format!("{password}\n"))?;
    account.own(file)
}

/// Writes a file that only its owner can read, from the first moment on.
pub(crate) fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let doing = || format!("cannot write {}", file.display());
    // A file of the same name with other rights would keep them.
    let partial = file.with_extension("partial");
    let _ = fs::remove_file(&partial);
    let mut options = fs::OpenOptions::new();
    let mut out = options.create_new(true).write(true).mode(0o600).open(&partial).doing(doing)?;
    out.write_all(text.as_bytes()).doing(doing)?;
    fs::rename(&partial, file).doing(doing)
}

/// A prepared data folder for throw-away clusters, made once per server version.
///
/// Copying it into memory takes a tenth of the time of `initdb`. It is complete when it exists:
/// it is made under another name and renamed.
pub(crate) fn seed(binaries: &Binaries, account: &Account) -> Result<PathBuf> {
    let parent = place::cache_dir().join("seed");
    fs::create_dir_all(&parent).doing(|| format!("cannot create {}", parent.display()))?;
    let seed = parent.join(seed_key(binaries, account));
    if seed.is_dir() {
        return Ok(seed);
    }
    let _lock = Lock::wait(&seed.with_extension("lock"))?;
    if !seed.is_dir() {
        let scratch = place::create_scratch(&place::scratch_dir(account)?, account)?;
        let made = make_seed(binaries, account, &scratch, &seed);
        // Only a leftover in a temporary folder.
        let _ = fs::remove_dir_all(&scratch);
        made?;
    }
    Ok(seed)
}

fn make_seed(binaries: &Binaries, account: &Account, scratch: &Path, seed: &Path) -> Result<()> {
    let data = scratch.join("data");
    place::create_private(&data, account)?;
    initdb(binaries, account, &data, &Access::Trust)?;
    let partial = seed.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).doing(|| format!("cannot remove {}", partial.display()))?;
    }
    place::copy_tree(&data, &partial, account)?;
    fs::rename(&partial, seed).doing(|| format!("cannot create {}", seed.display()))
}

/// Names everything that decides the bytes of a prepared folder.
fn seed_key(binaries: &Binaries, account: &Account) -> String {
    let mut hash = Sha256::new();
    for part in [binaries.version(), account.name(), CTYPE].iter().chain(FLAGS) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    let short: String = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{short}", binaries.major())
}
