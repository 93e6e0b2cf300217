//! Running cargo.

use std::{env, path::Path, process::Command};

/// Cargo, as it was called by the user, in a folder.
pub fn cargo(folder: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(folder);
    // Set by `cargo run` for this program; inherited, they would make cargo build things anew.
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"CARGO_PKG_")
            || name.as_encoded_bytes().starts_with(b"CARGO_MANIFEST_")
        {
            command.env_remove(name);
        }
    }
    command
}
