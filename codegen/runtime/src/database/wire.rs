//! The half of a connection that moves bytes, moved by whoever waits for an answer.
//!
//! tokio-postgres splits a connection into a client and a future that talks to the server. The usual
//! way is to spawn that future as a task of its own, and then every statement changes tasks twice,
//! often from one thread to another. Here the task that asks also moves the bytes, and only while it
//! asks: nothing is woken but the task that waits.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::AsyncMessage;

/// What talks to the server.
pub(crate) struct Wire {
    /// Gone once the connection is closed, so that nobody waits for an answer that cannot come.
    messages: Option<Box<dyn Messages>>,
    /// Whether work is under way, or was dropped half-way.
    is_busy: bool,
    /// Whether the work has got what it waited for.
    woken: Arc<Woken>,
}

/// A waker that leaves a note.
#[derive(Default)]
struct Woken(AtomicBool);

impl Woken {
    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.set();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set();
    }
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
        Self { messages: Some(Box::new(messages)), is_busy: false, woken: Arc::default() }
    }

    /// Does work that waits for answers of the server and for nothing else, moving bytes until it is
    /// done.
    ///
    /// Whatever wakes the work happens here, while bytes are moved. It then goes on at once; to wake
    /// the whole task would only make it look at everything twice.
    pub(crate) fn drive<'w, T>(
        &'w mut self,
        work: impl Future<Output = T> + 'w,
    ) -> impl Future<Output = T> + 'w {
        // In a box, because it is large and what waits for it is moved many times.
        let mut work = Box::pin(work);
        let (woken, waker) = (self.woken.clone(), Waker::from(self.woken.clone()));
        self.is_busy = true;
        woken.set();
        poll_fn(move |cx| {
            loop {
                if woken.take()
                    && let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker))
                {
                    self.is_busy = false;
                    return Poll::Ready(done);
                }
                if self.poll(cx).is_ready() {
                    // Closed: whoever waits is told.
                    woken.set();
                } else if !woken.is_set() {
                    return Poll::Pending;
                }
            }
        })
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
