//! GraphiQL, the page for people.
//!
//! Its files come from a folder that is read once, at start, or from a CDN; then the browser checks
//! them against the hashes below. Only the names in [`FILES`] are served, from memory: no path of a
//! request ever reaches the file system.

use std::fmt::Write;
use std::path::Path;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response};
use axum::response::IntoResponse;
use bytes::Bytes;

use crate::errors::Refusal;
use crate::media::Media;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Serves the files of npm packages as they are.
const CDN: &str = "https://cdn.jsdelivr.net/npm";

/// A file of GraphiQL.
struct File {
    name: &'static str,
    /// Its place below the address of the CDN.
    path: &'static str,
    integrity: &'static str,
}

/// What the page loads, in this order. React 18 and GraphiQL 4 are the newest versions that need no
/// bundler.
const FILES: [File; 4] = [
    File {
        name: "graphiql.min.css",
        path: "graphiql@4.1.2/graphiql.min.css",
        integrity: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    },
    File {
        name: "react.production.min.js",
        path: "react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    File {
        name: "react-dom.production.min.js",
        path: "react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    File {
        name: "graphiql.min.js",
        path: "graphiql@4.1.2/graphiql.min.js",
        integrity: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    },
];

/// The page and the files that it loads from us.
pub(crate) struct Page {
    html: Bytes,
    policy: HeaderValue,
    assets: Vec<(&'static str, Bytes)>,
}

impl Page {
    /// Reads the files of a folder; where there is none, or one is missing, uses the CDN.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        let files = folder.and_then(|folder| {
            read(folder)
                .inspect_err(|error| {
                    let folder = folder.display();
                    tracing::warn!(%folder, %error, "GraphiQL is loaded from a CDN instead");
                })
                .ok()
        });
        let cdn = files.is_none();
        let mut assets = files.unwrap_or_default();
        assets.push(("page.css", Bytes::from_static(include_bytes!("graphiql/page.css"))));
        assets.push(("page.js", Bytes::from_static(include_bytes!("graphiql/page.js"))));
        Self { html: html(cdn).into(), policy: policy(cdn), assets }
    }

    /// The page itself.
    pub(crate) fn respond(&self) -> Response<Bytes> {
        let mut response = Response::new(self.html.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, Media::Html.content_type());
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }

    /// A file that the page loads.
    pub(crate) fn asset(&self, name: &str) -> axum::response::Response {
        let Some((name, bytes)) = self.assets.iter().find(|(known, _)| *known == name) else {
            return Refusal::not_found().into_response();
        };
        let headers = [
            (CONTENT_TYPE, if is_style(name) { STYLE } else { SCRIPT }),
            (CACHE_CONTROL, "public, max-age=3600"),
        ];
        (headers, bytes.clone()).into_response()
    }
}

fn read(folder: &Path) -> std::io::Result<Vec<(&'static str, Bytes)>> {
    let read = |file: &File| Ok((file.name, Bytes::from(std::fs::read(folder.join(file.name))?)));
    FILES.iter().map(read).collect()
}

fn is_style(name: &str) -> bool {
    name.ends_with(".css")
}

fn html(cdn: bool) -> String {
    let (mut styles, mut scripts) = (String::new(), String::new());
    for File { name, path, integrity } in &FILES {
        let (address, check) = if cdn {
            (
                format!("{CDN}/{path}"),
                format!(" integrity=\"{integrity}\" crossorigin=\"anonymous\""),
            )
        } else {
            (format!("/graphql/assets/{name}"), String::new())
        };
        // Writing to a String cannot fail.
        let _ = if is_style(name) {
            write!(styles, "<link rel=\"stylesheet\" href=\"{address}\"{check}>")
        } else {
            write!(scripts, "<script src=\"{address}\"{check}></script>\n  ")
        };
    }
    let page = include_str!("graphiql/page.html");
    page.replace("{{styles}}", &styles).replace("{{scripts}}", scripts.trim_end())
}

/// What the page may load and do: these files, and requests to this server.
fn policy(cdn: bool) -> HeaderValue {
    let sources = |style: bool| {
        let mut sources = "'self'".to_owned();
        for file in FILES.iter().filter(|file| cdn && is_style(file.name) == style) {
            sources += &format!(" {CDN}/{}", file.path);
        }
        sources
    };
    let (scripts, styles) = (sources(false), sources(true));
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src {styles} 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // Only visible ASCII characters.
    HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}
