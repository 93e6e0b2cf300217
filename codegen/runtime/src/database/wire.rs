//! The half of a connection that moves bytes, moved by whoever waits for an answer.
//!
//! tokio-postgres splits a connection into a client and a future that talks to the server. The usual
//! way is to spawn that future as a task of its own, and then every statement changes tasks twice,
//! often from one thread to another. Here the task that asks also moves the bytes, and only while it
//! asks: nothing is woken but the task that waits.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::AsyncMessage;

/// What talks to the server.
pub(crate) struct Wire {
    /// Gone once the connection is closed, so that nobody waits for an answer that cannot come.
    messages: Option<Box<dyn Messages>>,
    /// Whether work is under way, or was dropped half-way.
    is_busy: bool,
}

/// A connection over any kind of stream.
pub(super) trait Messages: Send {
    fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<AsyncMessage, tokio_postgres::Error>>>;
}

impl<S, T> Messages for tokio_postgres::Connection<S, T>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<AsyncMessage, tokio_postgres::Error>>> {
        self.poll_message(cx)
    }
}

impl Wire {
    pub(super) fn new(messages: impl Messages + 'static) -> Self {
        Self { messages: Some(Box::new(messages)), is_busy: false }
    }

    /// Does work that waits for answers of the server, moving bytes until it is done.
    pub(crate) async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        self.is_busy = true;
        let done = poll_fn(|cx| {
            loop {
                if let Poll::Ready(done) = work.as_mut().poll(cx) {
                    return Poll::Ready(done);
                }
                // Answers wake this task, and the work goes on when it is polled again.
                if self.poll(cx).is_pending() {
                    return Poll::Pending;
                }
            }
        })
        .await;
        self.is_busy = false;
        done
    }

    /// Whether the server has closed the connection, as far as is known without asking, or answers
    /// are outstanding.
    pub(super) fn is_unusable(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.is_busy || self.poll(&mut cx).is_ready() || self.messages.is_none()
    }

    /// Moves what can be moved; ready once, when the connection is found to be closed.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(messages) = &mut self.messages {
            match messages.poll_message(cx) {
                Poll::Pending => return Poll::Pending,
                // Notices are for people at a terminal.
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(_)) | None) => {
                    self.messages = None;
                    return Poll::Ready(());
                }
            }
        }
        Poll::Pending
    }
}
