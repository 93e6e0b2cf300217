//! The signals that stop the server.

use std::io;

use tokio::sync::watch;

/// Counts the signals to stop that have arrived.
#[derive(Clone, Debug)]
pub struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Listens for Ctrl-C and SIGTERM from now on.
    pub fn listen() -> io::Result<Self> {
        let (count, receiver) = watch::channel(0);
        let mut source = Source::new()?;
        tokio::spawn(async move {
            while source.next().await {
                count.send_modify(|count| *count += 1);
            }
        });
        Ok(Self(receiver))
    }

    /// Waits until this many signals have arrived.
    pub async fn arrived(&self, wanted: u32) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|&count| count >= wanted).await.is_err() {
            // There will be no more signals.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> bool {
        tokio::select! {
            signal = self.interrupt.recv() => signal.is_some(),
            signal = self.terminate.recv() => signal.is_some(),
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
