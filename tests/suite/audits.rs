//! The reference audits of GraphQL over HTTP.
//!
//! They need node and npm; where CI has npm, they have to run.

use std::path::PathBuf;

use local_postgres::npm::Package;
use tests::node;
use tests::served::Served;

/// Has the audits, which <https://github.com/graphql/graphql-http> publishes the results of.
const AUDITS: Package = Package {
    name: "graphql-http",
    version: "1.23.1",
    sha512: "h6AcykL7+xp22QvOnK0fu1eHk9AZG1ngF71rk0ZGuGupnjm1yqXRFrZ/eMv4Q1FTCWILJ5o6hVAxzt3S8/wPHQ==",
};

fn needs() -> Result<PathBuf, String> {
    node::node()?;
    AUDITS.cached().map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_audit_passes() {
    let is_required = node::is_ci() && node::is_installed("npm");
    let Some(audits) = node::unless_missing("every_audit_passes", is_required, needs()) else {
        return;
    };
    let served = Served::start(|_| ()).await;
    let arguments = [audits.as_os_str(), served.url.as_ref()];
    node::run("audits/audits.mjs", &arguments).await;
}
