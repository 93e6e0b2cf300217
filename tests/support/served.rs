//! The server as it is run, for tests that come through its front door.

use local_postgres::Database;
use runtime::Database as Pools;
use server::{App, Config, Workers};
use tokio::task::JoinHandle;

use crate::database;

/// The application with the generated schema on a database with sample data.
pub async fn demo(configure: impl FnOnce(&mut Config)) -> (Database, App) {
    let database = database::demo().await;
    let mut config = Config::new(database.url());
    configure(&mut config);
    let pools = Pools::new(&config.database()).expect("a test's database has a valid address");
    let app = server::app(generated::schema(pools.clone()), pools, &config);
    (database, app)
}

/// The application on a port of this machine, until this is dropped.
pub struct Served {
    /// Where GraphQL is.
    pub url: String,
    task: JoinHandle<()>,
    _database: Database,
}

impl Served {
    /// Starts it.
    pub async fn start(configure: impl FnOnce(&mut Config)) -> Self {
        let (database, app) = demo(configure).await;
        let workers = Workers::start([move |_| app]).expect("a thread");
        let listener = server::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let task = tokio::spawn(async move {
            let never = std::future::pending::<()>;
            let grace = std::time::Duration::ZERO;
            server::serve(listener, workers, never(), never(), grace).await;
        });
        Self { url: format!("http://{address}/graphql"), task, _database: database }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
