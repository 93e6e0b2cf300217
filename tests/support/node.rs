//! Tests that need what not every machine has: node, packages from npm, a browser.

use std::{
    env,
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::database::repository;

/// Longer than any script needs, downloads excluded.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Names of browsers that can be driven, best first.
const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Whether this is continuous integration.
pub fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false")
}

/// The value of an environment variable that is set to something.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// What a test needs; without it the test is left out, which is said, or fails if it is required.
///
/// # Panics
///
/// Panics if what is required is missing.
pub fn unless_missing<T>(test: &str, is_required: bool, needs: Result<T, String>) -> Option<T> {
    let reason = match needs {
        Ok(found) => return Some(found),
        Err(reason) => reason,
    };
    assert!(!is_required, "{test} cannot run: {reason}");
    // Not by `eprintln!`, whose output is shown only when a test fails.
    let _ = writeln!(std::io::stderr(), "test {test} is left out: {reason}");
    None
}

/// Whether a program can be run.
pub fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A distribution's stub that only tells how to install the program fails.
    command.status().is_ok_and(|status| status.success())
}

/// Node, by which scripts run, is there.
pub fn node() -> Result<(), String> {
    is_installed("node").then_some(()).ok_or_else(|| "node is not installed".to_owned())
}

/// The full path of a browser.
pub fn browser() -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let find = |name: &&str| {
        let file = env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())?;
        is_installed(&file.to_string_lossy()).then_some(file)
    };
    let found = BROWSERS.iter().find_map(find);
    found.ok_or_else(|| format!("no browser is installed ({})", BROWSERS.join(", ")))
}

/// Runs a script below `tests/` to its end and answers with what it wrote to standard output.
///
/// # Panics
///
/// Panics with everything it wrote if it fails or hangs.
pub async fn run(script: &str, arguments: &[&OsStr]) -> String {
    let mut command = tokio::process::Command::new("node");
    command.arg(Path::new("tests").join(script)).args(arguments).current_dir(repository());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(TIMEOUT, command.output())
        .await
        .unwrap_or_else(|_| panic!("{script} hangs"))
        .unwrap_or_else(|error| panic!("{script} cannot be run: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{script}: {}\n{said}{complained}", output.status);
    said
}
