//! The account PostgreSQL runs as.
//!
//! `postgres` and `initdb` refuse to run as root, so root (a container, a build machine)
//! switches to `postgres`, else to `nobody`. Everybody else runs it as themselves.

use std::{
    env,
    ffi::OsStr,
    fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::error::{Error, IoContext, Result};

/// Who PostgreSQL runs as, and whether that is somebody else than us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    name: String,
    uid: u32,
    gid: u32,
    switch: bool,
}

impl Account {
    /// Ourselves, or an unprivileged account if we are root.
    pub fn detect() -> Result<Self> {
        let uid = id(&["-u"]).unwrap_or_default();
        if uid != 0 {
            let name = text(Command::new("id").arg("-un")).ok_or(Error::NoPasswdEntry(uid))?;
            return Ok(Self { name, uid, gid: id(&["-g"]).unwrap_or(uid), switch: false });
        }
        ["postgres", "nobody"].into_iter().find_map(Self::switch_to).ok_or(Error::NoAccount)
    }

    /// The named account, if it exists and we are allowed to become it.
    ///
    /// In a container with a single mapped user id the switch itself is refused.
    fn switch_to(name: &str) -> Option<Self> {
        let (uid, gid) = (id(&["-u", name])?, id(&["-g", name])?);
        let account = Self { name: name.to_owned(), uid, gid, switch: true };
        account.command("true").current_dir("/").status().ok()?.success().then_some(account)
    }

    /// Name of the account.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether commands run as somebody else than the current user.
    pub fn is_switched(&self) -> bool {
        self.switch
    }

    /// A command that will run as this account, without PostgreSQL's environment variables.
    ///
    /// The standard library changes the user before the folder, so the caller's current folder
    /// may be out of reach: always set `current_dir`.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C");
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account can enter the folder.
    pub(crate) fn can_enter(&self, dir: &Path) -> bool {
        let mut probe = self.command("/bin/sh");
        probe.args(["-c", "cd -- \"$1\"", "sh"]).arg(dir).current_dir("/");
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }

    /// An error if this account cannot enter the folder, naming where it is blocked.
    pub(crate) fn check_enter(&self, dir: &Path) -> Result<()> {
        if !self.switch || self.can_enter(dir) {
            return Ok(());
        }
        let blocked = dir.ancestors().filter(|a| !self.can_enter(a)).last().unwrap_or(dir);
        let mode = fs::metadata(blocked).map(|m| m.mode() & 0o7777).unwrap_or_default();
        Err(Error::CannotEnter {
            user: self.name.clone(),
            uid: self.uid,
            path: dir.to_owned(),
            blocked: format!("{}, mode {mode:04o}", blocked.display()),
        })
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> Result<()> {
        if !self.switch {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid))
            .doing(|| format!("cannot give {} to user `{}`", path.display(), self.name))
    }

    /// Whether a file or folder belongs to this account.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|m| m.uid() == self.uid)
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    text(Command::new("id").args(arguments))?.parse().ok()
}

/// Standard output of a command that succeeded and said something.
pub(crate) fn text(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
