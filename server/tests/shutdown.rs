//! Time limits, clients that hang up, and stopping, over a socket.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code)]

mod support;

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use server::{Stopped, Workers};
use support::{Count, app, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const SLOW: &str = r#"{"query":"mutation { count(ms: 300) }"}"#;

struct Server {
    address: SocketAddr,
    count: Count,
    stop: Option<oneshot::Sender<()>>,
    insist: Option<oneshot::Sender<()>>,
    stopped: JoinHandle<Stopped>,
}

impl Server {
    async fn start(grace: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (schema, count) = support::schema();
        let config = server::Config::new(support::NO_DATABASE);
        let app =
            move |running| server::app_counting(schema, support::no_database(), &config, running);
        let workers = Workers::start([app]).unwrap();
        let (stop, stop_receiver) = oneshot::channel();
        let (insist, insist_receiver) = oneshot::channel::<()>();
        let stopped = tokio::spawn(async move {
            let stop = async { drop(stop_receiver.await) };
            let insist = async { drop(insist_receiver.await) };
            server::serve(listener, workers, stop, insist, grace).await
        });
        Self { address, count, stop: Some(stop), insist: Some(insist), stopped }
    }

    async fn send(&self, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).await.unwrap();
        // Until the server has begun.
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

async fn read(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn requests_in_flight_finish() {
    let mut server = Server::start(Duration::from_secs(10)).await;
    let stream = server.send(SLOW).await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    server.stop();
    assert!(read(stream).await.ends_with(r#"{"data":{"count":1}}"#));
    assert_eq!(server.stopped.await.unwrap(), Stopped::Finished);
    assert!(TcpStream::connect(server.address).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_its_mutation() {
    let mut server = Server::start(Duration::from_secs(10)).await;
    drop(server.send(SLOW).await);
    server.stop();
    assert_eq!(server.count.load(Ordering::SeqCst), 0);
    assert_eq!(server.stopped.await.unwrap(), Stopped::Finished);
    assert_eq!(server.count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_grace_is_not_exceeded() {
    let mut server = Server::start(Duration::from_millis(200)).await;
    let _stream = server.send(r#"{"query":"{ slow(ms: 60000) }"}"#).await;
    let start = Instant::now();
    server.stop();
    assert_eq!(server.stopped.await.unwrap(), Stopped::CutOff);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let mut server = Server::start(Duration::from_secs(600)).await;
    let _stream = server.send(r#"{"query":"{ slow(ms: 60000) }"}"#).await;
    server.stop();
    server.insist.take().unwrap().send(()).unwrap();
    assert_eq!(server.stopped.await.unwrap(), Stopped::CutOff);
}

#[tokio::test]
async fn an_answer_comes_in_time() {
    let app = app(|config| config.request_timeout = Duration::from_millis(50));
    let answer = post(&app, r#"{"query":"{ slow(ms: 5000) }"}"#, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (504, "REQUEST_TIMEOUT"));
    let answer = post(&app, SLOW, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (504, "REQUEST_TIMEOUT"));
    assert!(answer.message().contains("may change data"), "{}", answer.message());
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let answer = post(&app, axum::body::Body::from_stream(never), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (408, "REQUEST_TIMEOUT"));
}

#[tokio::test]
async fn an_address_in_use_is_explained() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let error = server::bind(&address).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("address {address} is in use; choose another with --listen or LISTEN_ADDR")
    );
    let error = server::bind("nonsense").await.unwrap_err();
    assert!(error.to_string().contains("not an address"), "{error}");
}
