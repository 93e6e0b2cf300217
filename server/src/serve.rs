//! Listening, and stopping without losing a request.

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::time::Duration;

use futures_util::FutureExt;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::app::App;
use crate::workers::Workers;

/// How long a connection may be idle, or take to send the headers of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);

/// The pause after the system refused a connection, for example for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The address cannot be listened on; says why, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}; choose another with --listen or LISTEN_ADDR")]
pub struct BindError(String);

/// How serving ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// Every request was answered.
    Finished,
    /// The grace was over, or somebody insisted: requests may have been cut off.
    CutOff,
}

/// Listens on an address.
pub async fn bind(address: &str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|cause| {
        BindError(match cause.kind() {
            ErrorKind::AddrInUse => format!("address {address} is in use"),
            ErrorKind::PermissionDenied => format!("address {address} needs more privileges"),
            ErrorKind::AddrNotAvailable => format!("address {address} is not one of this machine"),
            ErrorKind::InvalidInput => format!("`{address}` is not an address like 127.0.0.1:8000"),
            _ => format!("cannot listen on `{address}`: {cause}"),
        })
    })
}

/// Serves until `stop` is done; then lets requests in flight finish, at most for the grace, or
/// until `insist` is done.
pub async fn serve(
    listener: TcpListener,
    workers: Workers,
    stop: impl Future<Output = ()>,
    insist: impl Future<Output = ()>,
    grace: Duration,
) -> Stopped {
    accept(&listener, &workers, stop).await;
    // Frees the address: a new process may take over while this one finishes.
    drop(listener);
    tokio::select! {
        () = workers.finish() => Stopped::Finished,
        () = tokio::time::sleep(grace) => Stopped::CutOff,
        () = insist => Stopped::CutOff,
    }
}

async fn accept(listener: &TcpListener, workers: &Workers, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    for number in 0.. {
        let accepted = tokio::select! {
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                if let Err(error) = workers.serve(number, stream) {
                    tracing::error!(%error, "cannot serve a connection");
                }
            }
            // The client has gone again.
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

pub(crate) fn handle(stream: TcpStream, app: App, connections: &GracefulShutdown) {
    // Answers are written in one piece: waiting for more to send only delays them. A socket that
    // refuses the option works all the same.
    let _ = stream.set_nodelay(true);
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEADER_TIMEOUT);
    let watcher = connections.watcher();
    tokio::spawn(async move {
        let service =
            service_fn(move |request| app.clone().answer(request).map(Ok::<_, Infallible>));
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection.into_owned()).await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

fn is_connection_error(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
