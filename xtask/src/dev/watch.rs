//! Noticing changes of SQL files.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{sync::mpsc, time::timeout};

/// Editors save in several steps, and people save several files: wait until it is quiet.
const QUIET: Duration = Duration::from_millis(150);

/// Reports files that changed below a folder.
pub(super) struct Watcher {
    paths: mpsc::UnboundedReceiver<PathBuf>,
    // Watching ends when this is dropped.
    _watcher: RecommendedWatcher,
}

impl Watcher {
    /// Starts watching.
    pub(super) fn start(dir: &Path) -> Result<Self> {
        let (sender, paths) = mpsc::unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if is_change(&event.kind) {
                for path in event.paths.into_iter().filter(|path| is_ours(path)) {
                    // Without a receiver the program is about to end.
                    let _ = sender.send(path);
                }
            }
        })
        .context("cannot watch files")?;
        watcher
            .watch(dir, RecursiveMode::Recursive)
            .with_context(|| format!("cannot watch {}", dir.display()))?;
        Ok(Self { paths, _watcher: watcher })
    }

    /// Waits for a change, and then until nothing has changed for a moment.
    pub(super) async fn changed(&mut self) -> Result<BTreeSet<PathBuf>> {
        let Some(first) = self.paths.recv().await else { bail!("watching files ended") };
        let mut changed = BTreeSet::from([first]);
        while let Ok(Some(path)) = timeout(QUIET, self.paths.recv()).await {
            changed.insert(path);
        }
        Ok(changed)
    }
}

/// Reading a file is an event too, and we read them.
fn is_change(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_))
}

/// Editors leave other files beside the ones they edit.
fn is_ours(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let extension = path.extension().and_then(|extension| extension.to_str());
    !hidden && matches!(extension, Some("sql" | "toml"))
}
