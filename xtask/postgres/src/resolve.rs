//! Which database a command should use.

use std::{env, path::Path};

use crate::{
    dev::{DevCluster, Running},
    error::Result,
    url,
};

/// The database that is there to be used, if any.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// The address in `DATABASE_URL`; its server and its data are not ours.
    Given {
        /// The address.
        url: String,
    },
    /// The development cluster of the workspace is running.
    Development(Running),
    /// Neither; start the development cluster, or a throw-away one.
    Nothing,
}

impl Resolved {
    /// The address, if there is a database.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Given { url } => Some(url),
            Self::Development(running) => Some(&running.url),
            Self::Nothing => None,
        }
    }
}

/// `DATABASE_URL`, else the running development cluster of the workspace.
///
/// Nothing is started and nothing is connected to. If `DATABASE_URL` is set it is used, even if
/// its server turns out to be unreachable: working on another database than the one that was
/// named would be worse than an error.
pub fn resolve(workspace: &Path) -> Result<Resolved> {
    if let Some(given) = env::var("DATABASE_URL").ok().filter(|value| !value.is_empty()) {
        url::parse(&given, "DATABASE_URL")?;
        return Ok(Resolved::Given { url: given });
    }
    let running = DevCluster::of(workspace)?.running();
    Ok(running.map_or(Resolved::Nothing, Resolved::Development))
}
