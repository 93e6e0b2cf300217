//! Every request on its way in, and its answer on its way out.
//!
//! `/graphql` is nearly all there is to do, and goes straight to its handler: with a router and its
//! layers, a small query runs through more code, which PostgreSQL has pushed out of the processor's
//! caches since the last one. All other requests go to axum's router.

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::HttpBody;
use axum::http::header::{ACCEPT_ENCODING, VARY, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::{Either, Full};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tracing::Instrument;

use crate::errors::Refusal;
use crate::graphql::{self, Api};
use crate::log::{Line, Operation};

/// Smaller answers fit into one packet anyway: compressing them costs time and saves none.
const COMPRESS_ABOVE: u64 = 1_400;

/// Browsers must not guess other types than we declare.
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// The body of an answer: bytes that are there, or whatever a router made.
pub(crate) type Body = Either<Full<Bytes>, axum::body::Body>;

/// The application: a service of tower and axum that needs no socket. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    api: Api,
    router: Router,
}

impl App {
    pub(crate) fn new(api: Api, router: Router) -> Self {
        Self(Arc::new(Inner { api, router: router.layer(compression()) }))
    }

    /// Answers a request, logs it, and gives it the id that the log has.
    pub(crate) async fn answer<B>(self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let mut line = Line::begin(&request);
        let span = line.span();
        let answered = AssertUnwindSafe(self.route(request)).catch_unwind().instrument(span).await;
        let (mut response, operation) = answered
            .unwrap_or_else(|_| (Refusal::internal().into_response().map(Either::Right), None));
        line.write(response.status(), operation);
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        line.tag(headers);
        response
    }

    /// The answer, and the operation that it answers.
    async fn route<B>(self, request: Request<B>) -> (Response<Body>, Option<Operation>)
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        if request.uri().path() != graphql::PATH {
            let request = request.map(axum::body::Body::new);
            let Ok(response) = self.0.router.clone().oneshot(request).await;
            return (response.map(Either::Right), None);
        }
        let (parts, body) = request.into_parts();
        let (response, operation) = self.0.api.respond(&parts, body).await;
        if response.body().len() as u64 <= COMPRESS_ABOVE {
            return (response.map(|body| Either::Left(Full::new(body))), operation);
        }
        (compress(parts, response.map(Full::new)).await, operation)
    }
}

fn compression() -> CompressionLayer<SizeAbove> {
    let layer = CompressionLayer::new().quality(CompressionLevel::Fastest);
    layer.compress_when(SizeAbove::new(COMPRESS_ABOVE))
}

/// Compresses an answer, if its client likes that.
async fn compress(request: Parts, mut response: Response<Full<Bytes>>) -> Response<Body> {
    if !request.headers.contains_key(ACCEPT_ENCODING) {
        response.headers_mut().append(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
        return response.map(Either::Left);
    }
    let mut response = Some(response);
    let answer = service_fn(|_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
    let Ok(response) = compression().layer(answer).call(Request::from_parts(request, ())).await;
    response.map(|body| Either::Right(axum::body::Body::new(body)))
}

impl<B> Service<Request<B>> for App
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let app = self.clone();
        Box::pin(async move { Ok(app.answer(request).await.map(axum::body::Body::new)) })
    }
}
