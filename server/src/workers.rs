//! Threads that serve connections, each with a runtime and database connections of its own.
//!
//! A request is then read, run and answered by one thread, which nobody has to wake: on the machine
//! of the README this saves a fifth of the processor time of a small query, compared with threads
//! that take tasks from each other. The price is that a client's requests wait for each other on
//! their thread while others may be idle; what one of them may cost is limited.

use std::time::Duration;
use std::{io, thread};

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use crate::app::App;
use crate::execute::Running;
use crate::serve::handle;

/// How many more threads each may have for what takes long: documents that are seen for the first
/// time, and names of hosts.
const MAX_BLOCKING: usize = 4;

/// How often each thread wakes of its own accord. A timer that ends before all others interrupts
/// tokio's wait for events, with a system call and another turn of its loop; after this one, the
/// timeouts of requests never do.
const TICK: Duration = Duration::from_secs(1);

/// The threads.
pub struct Workers(Vec<Worker>);

struct Worker {
    connections: mpsc::UnboundedSender<std::net::TcpStream>,
    done: oneshot::Receiver<()>,
}

impl Workers {
    /// Starts a thread for each application.
    pub fn start<A>(apps: impl IntoIterator<Item = A>) -> io::Result<Self>
    where
        A: FnOnce(Running) -> App + Send + 'static,
    {
        apps.into_iter().map(Worker::start).collect::<io::Result<_>>().map(Self)
    }

    /// Gives each next connection to the next thread.
    pub(crate) fn serve(&self, number: usize, stream: TcpStream) -> io::Result<()> {
        let stream = stream.into_std()?;
        let worker = self.0.get(number % self.0.len().max(1));
        match worker.map(|worker| worker.connections.send(stream)) {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err(io::Error::other("a thread has ended")),
        }
    }

    /// Waits until all connections are closed and nothing is executed any more.
    pub(crate) async fn finish(self) {
        let (connections, done): (Vec<_>, Vec<_>) =
            self.0.into_iter().map(|worker| (worker.connections, worker.done)).unzip();
        drop(connections);
        for done in done {
            // A thread that has panicked is done, too.
            done.await.ok();
        }
    }
}

impl Worker {
    fn start(app: impl FnOnce(Running) -> App + Send + 'static) -> io::Result<Self> {
        let (connections, receiver) = mpsc::unbounded_channel();
        let (finished, done) = oneshot::channel();
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(MAX_BLOCKING)
            .enable_all()
            .build()?;
        thread::Builder::new().name("worker".to_owned()).spawn(move || {
            work(&runtime, receiver, app);
            // Nobody waits for it if the grace is over.
            finished.send(()).ok();
            // Does not wait for what hangs, such as the name resolution of a lost database.
            runtime.shutdown_background();
        })?;
        Ok(Self { connections, done })
    }
}

fn work(
    runtime: &Runtime,
    mut receiver: mpsc::UnboundedReceiver<std::net::TcpStream>,
    app: impl FnOnce(Running) -> App,
) {
    runtime.block_on(async {
        tokio::spawn(async {
            let mut ticks = tokio::time::interval(TICK);
            loop {
                ticks.tick().await;
            }
        });
        let running = Running::default();
        let app = app(running.clone());
        let connections = GracefulShutdown::new();
        while let Some(stream) = receiver.recv().await {
            match TcpStream::from_std(stream) {
                Ok(stream) => handle(stream, app.clone(), &connections),
                Err(error) => tracing::error!(%error, "cannot serve a connection"),
            }
        }
        connections.shutdown().await;
        running.idle().await;
    });
}
