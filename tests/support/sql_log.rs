//! The statements that a request runs, in order.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Records statements of this thread while it lives.
pub struct SqlLog {
    statements: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

impl SqlLog {
    /// Starts to record.
    pub fn start() -> Self {
        let statements = Arc::<Mutex<Vec<String>>>::default();
        let subscriber = tracing_subscriber::registry().with(Recorder(statements.clone()));
        Self { statements, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// What has been recorded since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.statements.lock().expect("no test panics while recording"))
    }
}

struct Recorder(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "runtime::sql" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            self.0.lock().expect("no test panics while recording").push(statement.0);
        }
    }
}

#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "statement" {
            self.0.push_str(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "statement" {
            write!(self.0, "{value:?}").expect("a String can be written to");
        }
    }
}
