//! The statements that a request runs, and the errors that it logs, in order.

use std::cell::RefCell;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

thread_local! {
    static STATEMENTS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
    static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Records statements of this thread while it lives.
///
/// One subscriber serves the whole process: those that come and go with a test miss events while
/// another test's is being installed.
pub struct SqlLog(());

impl SqlLog {
    /// Starts to record.
    pub fn start() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Recorder))
                .expect("no other subscriber in the tests");
        });
        STATEMENTS.set(Some(Vec::new()));
        ERRORS.take();
        Self(())
    }

    /// The causes of masked errors since the last call.
    pub fn take_errors(&self) -> Vec<String> {
        ERRORS.take()
    }

    /// What has been recorded since the last call.
    pub fn take(&self) -> Vec<String> {
        STATEMENTS.replace(Some(Vec::new())).unwrap_or_default()
    }
}

impl Drop for SqlLog {
    fn drop(&mut self) {
        STATEMENTS.set(None);
    }
}

struct Recorder;

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            return ERRORS.with_borrow_mut(|errors| event.record(&mut Cause(errors)));
        }
        if event.metadata().target() != "runtime::sql" {
            return;
        }
        STATEMENTS.with_borrow_mut(|statements| {
            if let Some(statements) = statements {
                event.record(&mut Statement(statements));
            }
        });
    }
}

struct Statement<'a>(&'a mut Vec<String>);

impl Visit for Statement<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "statement" {
            self.0.push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

struct Cause<'a>(&'a mut Vec<String>);

impl Visit for Cause<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "cause" {
            self.0.push(format!("{value:?}"));
        }
    }
}
