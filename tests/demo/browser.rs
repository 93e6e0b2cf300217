//! GraphiQL in a browser: somebody types a query and reads the answer.
//!
//! Needs node, npm and Chromium. `QUARRY_BROWSER=1` says that they have to be there, as CI does
//! without it; `QUARRY_BROWSER=0` leaves the test out.

use std::path::PathBuf;

use local_postgres::npm::Package;
use tests::node;
use tests::served::Served;

/// Drives the browser.
const PLAYWRIGHT: Package = Package {
    name: "playwright-core",
    version: "1.65.1",
    sha512: "hqPpz7blSMPxWVdoeE1yiBSzXsKiVOd2k+kjCvmUywD2GPO2Dd9HfcWnq9NN0GHbNZDFgZ9JfBFr+X5/BLo0qw==",
};

struct Needs {
    browser: PathBuf,
    playwright: PathBuf,
    graphiql: PathBuf,
}

fn needs(wish: Option<&str>) -> Result<Needs, String> {
    if wish == Some("0") {
        return Err("QUARRY_BROWSER=0".to_owned());
    }
    node::node()?;
    Ok(Needs {
        browser: node::browser()?,
        playwright: PLAYWRIGHT.cached().map_err(|error| error.to_string())?,
        graphiql: xtask::graphiql::files().map_err(|error| format!("{error:#}"))?,
    })
}

#[tokio::test]
async fn graphiql_answers_in_a_browser() {
    let wish = node::variable("QUARRY_BROWSER");
    let is_required = match wish.as_deref() {
        Some(wish) => wish != "0",
        None => node::is_ci(),
    };
    let test = "graphiql_answers_in_a_browser";
    let Some(needs) = node::unless_missing(test, is_required, needs(wish.as_deref())) else {
        return;
    };
    let served = Served::start(|config| config.graphiql_dir = Some(needs.graphiql)).await;
    let query = "{ ordersSummary(limit: 1) { id customerName } }";
    let expected = "\"customerName\":";
    let arguments = [
        needs.playwright.as_os_str(),
        needs.browser.as_os_str(),
        served.url.as_ref(),
        query.as_ref(),
        expected.as_ref(),
    ];
    node::run("browser/graphiql.mjs", &arguments).await;
}
