//! One owner per cluster folder, until the last process of the server is gone.
//!
//! A file lock belongs to the open file, not to a process. The server gets a copy of the open
//! file as its standard input, so the lock is held as long as any of its processes lives,
//! whatever happened to us. Who gets the lock therefore knows that no server runs there, and may
//! delete what a killed one left behind.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    process::Stdio,
    thread,
    time::Duration,
};

use crate::error::{IoContext, Result};

/// An exclusive lock; released when this and every copy handed to a process is closed.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock, or answers `None` if a server or another starter has it.
    ///
    /// A look by [`Lock::is_held`] of another process can be in the way for a moment, hence the
    /// second and third try.
    pub(crate) fn acquire(path: &Path) -> Result<Option<Self>> {
        let file = open(path)?;
        for _ in 0..3 {
            if file.try_lock().is_ok() {
                return Ok(Some(Self(file)));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(None)
    }

    /// Waits for the lock.
    pub(crate) fn wait(path: &Path) -> Result<Self> {
        let file = open(path)?;
        file.lock().doing(|| format!("cannot lock {}", path.display()))?;
        Ok(Self(file))
    }

    /// Whether somebody holds the lock.
    pub(crate) fn is_held(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| file.try_lock_shared().is_err())
    }

    /// A copy to hand to a process as one of its standard streams.
    pub(crate) fn share(&self) -> Result<Stdio> {
        self.0.try_clone().map(Stdio::from).doing(|| "cannot copy a file handle".to_owned())
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .doing(|| format!("cannot open {}", path.display()))
}
