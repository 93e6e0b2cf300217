//! The statements that an API tells without running them.

use xtask::explain::{self, Explained, Found};

/// What the runtime tells, as `cargo xtask explain` gets it.
pub fn told(explained: &impl serde::Serialize) -> Vec<Explained> {
    let json = serde_json::to_string(explained).expect("statements are JSON");
    serde_json::from_str(&json).expect("and read as such")
}

/// What `cargo xtask explain --check` finds.
pub async fn check(database: &local_postgres::Database, explained: &[Explained]) -> Found {
    let client = database.connect().await.expect("a connection");
    explain::check(&client, explained).await.expect("every statement can be planned")
}
