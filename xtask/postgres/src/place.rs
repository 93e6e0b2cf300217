//! Where our folders are, and how they are made so that the server's account can use them.

use std::{
    env, fs,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use sha2::{Digest, Sha256};

use crate::{
    PROJECT,
    account::{self, Account},
    error::{Error, IoContext, Result},
};

/// A throw-away cluster is put in memory only if this much is left there, in KiB. Containers
/// often have 64 MB.
const ROOMY: u64 = 1024 * 1024;

/// Longest folder name that still leaves room for `/.s.PGSQL.65535` in a socket address.
pub(crate) const LONGEST_SOCKET_DIR: usize = 92;

/// Where downloads and prepared data folders are kept between runs.
///
/// Root uses /var/cache: /root is usually closed to the account that runs the server.
pub(crate) fn cache_dir() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if account::text(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Path::new("/var/cache").join(PROJECT);
    }
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    base.unwrap_or_else(env::temp_dir).join(PROJECT)
}

/// The parent folder for throw-away clusters: memory if there is enough, else a temporary folder.
pub(crate) fn scratch_dir(account: &Account) -> Result<PathBuf> {
    if let Some(dir) = env::var_os("PGTEST_DIR").filter(|value| !value.is_empty()) {
        let dir = PathBuf::from(dir);
        account.check_enter(&dir)?;
        return Ok(dir);
    }
    let memory = Path::new("/dev/shm");
    if free_kib(memory) > ROOMY && account.can_enter(memory) {
        return Ok(memory.to_owned());
    }
    // The socket lives in the same folder, so a deep TMPDIR (macOS) is as useless as a closed one.
    let short = |dir: &PathBuf| dir.as_os_str().len() + 40 <= LONGEST_SOCKET_DIR;
    let usable = |dir: &PathBuf| short(dir) && account.can_enter(dir);
    [env::temp_dir(), PathBuf::from("/tmp")]
        .into_iter()
        .find(usable)
        .map_or_else(|| Ok(PathBuf::from("/var/tmp")), Ok)
}

/// Free space as `df` sees it, 0 if unknown.
fn free_kib(dir: &Path) -> u64 {
    let Some(text) = account::text(Command::new("df").arg("-Pk").arg(dir)) else { return 0 };
    let field = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    field.and_then(|blocks| blocks.parse().ok()).unwrap_or_default()
}

/// Makes a new private folder with an unused name, owned by `account`.
pub(crate) fn create_scratch(parent: &Path, account: &Account) -> Result<PathBuf> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let dir = parent.join(format!("{}{}-{number}", scratch_prefix(), std::process::id()));
        match fs::DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => {
                account.own(&dir)?;
                return Ok(dir);
            }
            // Left by a killed process that had our number.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(source) => {
                return Err(Error::Io {
                    action: format!("cannot create {}", dir.display()),
                    source,
                });
            }
        }
    }
}

/// What names of throw-away folders start with.
pub(crate) fn scratch_prefix() -> String {
    format!("{PROJECT}-test-")
}

/// Makes the data folder: private, and owned by `account`.
///
/// Some mounts accept a change of owner or mode and ignore it, which `initdb` would report in a
/// less helpful way.
pub(crate) fn create_private(dir: &Path, account: &Account) -> Result<()> {
    fs::create_dir_all(dir).doing(|| format!("cannot create {}", dir.display()))?;
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(dir, private).doing(|| format!("cannot protect {}", dir.display()))?;
    account.own(dir)?;
    let sticks = fs::metadata(dir).is_ok_and(|m| m.mode() & 0o777 == 0o700) && account.owns(dir);
    if sticks {
        return account.check_enter(dir);
    }
    let reason = "the file system ignores owner or mode".to_owned();
    Err(Error::Unusable { place: dir.display().to_string(), reason })
}

/// Where the development clusters of a workspace are.
///
/// Below `target` if the server's account can get there, otherwise (a workspace below /root) in
/// a folder whose name is derived from the workspace, so that the next run finds it again.
pub(crate) fn dev_dir(workspace: &Path, account: &Account) -> Result<(PathBuf, Option<Error>)> {
    let workspace = workspace
        .canonicalize()
        .doing(|| format!("cannot find the workspace {}", workspace.display()))?;
    let Err(blocked) = account.check_enter(&workspace) else {
        return Ok((workspace.join("target/devpg"), None));
    };
    let digest = Sha256::digest(workspace.as_os_str().as_encoded_bytes());
    let short: String = digest[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((Path::new("/var/tmp").join(format!("{PROJECT}-{short}")), Some(blocked)))
}

/// Makes the folder of the development clusters.
///
/// Everybody may write to /var/tmp, so a folder that is there already has to be our own.
pub(crate) fn create_dev_dir(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).doing(|| format!("cannot create {}", dir.display()))?;
    let us = fs::metadata("/proc/self").or_else(|_| fs::metadata(env::temp_dir()));
    let theirs = fs::symlink_metadata(dir);
    let ours = matches!((us, theirs), (Ok(us), Ok(it)) if it.is_dir() && it.uid() == us.uid());
    if ours || !dir.starts_with("/var/tmp") {
        return Ok(());
    }
    let reason = "it belongs to somebody else".to_owned();
    Err(Error::Unusable { place: dir.display().to_string(), reason })
}

/// Copies a folder with everything in it, giving the copy to `account`.
pub(crate) fn copy_tree(from: &Path, to: &Path, account: &Account) -> Result<()> {
    let doing = || format!("cannot copy {} to {}", from.display(), to.display());
    fs::DirBuilder::new().mode(0o700).create(to).doing(doing)?;
    account.own(to)?;
    for entry in fs::read_dir(from).doing(doing)? {
        let entry = entry.doing(doing)?;
        let target = to.join(entry.file_name());
        if entry.file_type().doing(doing)?.is_dir() {
            copy_tree(&entry.path(), &target, account)?;
        } else {
            fs::copy(entry.path(), &target).doing(doing)?;
            account.own(&target)?;
        }
    }
    Ok(())
}
