//! Content negotiation: which of our media types a client wants, and whether it sends JSON.

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};

/// What an answer can be written as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status code tells the outcome.
    Response,
    /// `application/json`: every well-formed request is answered with 200.
    Json,
    /// `text/html`: GraphiQL.
    Html,
}

impl Media {
    /// The value of the `content-type` header.
    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Response => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        })
    }

    fn essence(self) -> (&'static str, &'static str) {
        match self {
            Self::Response => ("application", "graphql-response+json"),
            Self::Json => ("application", "json"),
            Self::Html => ("text", "html"),
        }
    }
}

/// The types of a JSON answer.
pub(crate) const ANSWERS: &[Media] = &[Media::Response, Media::Json];

/// The same, where a browser may also get a page.
pub(crate) const ANSWERS_OR_PAGE: &[Media] = &[Media::Response, Media::Json, Media::Html];

/// How much a client wants a type: its `q` in thousandths, and how exactly it named the type.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Wish {
    quality: u16,
    exactness: u8,
}

/// Chooses among the types on offer; nothing if the client accepts none of them.
///
/// Without an `Accept` header, or where only a wildcard speaks for us, JSON is the answer that any
/// client understands.
pub(crate) fn negotiate(headers: &HeaderMap, offer: &[Media]) -> Option<Media> {
    let mut wanted = headers.get_all(ACCEPT).iter();
    let wanted = (wanted.next().map(HeaderValue::as_bytes), wanted.next());
    // What nearly all programs send.
    if let (None | Some(b"application/json" | b"*/*"), None) = wanted {
        return Some(Media::Json);
    }
    let wishes = offer.iter().filter_map(|&media| Some((wish(headers, media)?, media)));
    let (_, media) = wishes.filter(|(wish, _)| wish.quality > 0).max_by_key(|&(wish, media)| {
        let rank = match media {
            Media::Response if wish.exactness == 2 => 3,
            Media::Json => 2,
            Media::Response => 1,
            Media::Html => 0,
        };
        (wish, rank)
    })?;
    Some(media)
}

/// What the most exact range that covers a type says of it.
fn wish(headers: &HeaderMap, media: Media) -> Option<Wish> {
    let (kind, subtype) = media.essence();
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(','));
    ranges
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let (k, s) = parts.next()?.split_once('/')?;
            let exactness = match (k, s) {
                ("*", "*") => 0,
                (k, "*") if k.eq_ignore_ascii_case(kind) => 1,
                (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => 2,
                _ => return None,
            };
            let mut quality = 1000;
            for (name, value) in parts.filter_map(|part| part.split_once('=')) {
                if name.eq_ignore_ascii_case("q") {
                    quality = thousandths(value);
                } else if name.eq_ignore_ascii_case("charset") && !is_utf8(value) {
                    return None;
                }
            }
            Some(Wish { quality, exactness })
        })
        .max_by_key(|wish| wish.exactness)
}

fn thousandths(quality: &str) -> u16 {
    // A weight that cannot be read is none, as RFC 9110 has it for a missing one.
    let quality = quality.trim().parse::<f32>().unwrap_or(1.0);
    (quality.clamp(0.0, 1.0) * 1000.0) as u16
}

/// Whether a body is declared as plain UTF-8 JSON. Nothing else is taken: a browser sends JSON to
/// another site only after asking it, which keeps forged requests out.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return false };
    (value == "application/json" || value.to_str().is_ok_and(is_json_type))
        && headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity")
}

fn is_json_type(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts
            .filter_map(|part| part.split_once('='))
            .all(|(name, value)| !name.eq_ignore_ascii_case("charset") || is_utf8(value))
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    ["utf-8", "utf8", "us-ascii"].iter().any(|name| charset.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> Option<Media> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_str(value).unwrap())]);
        negotiate(&headers, ANSWERS_OR_PAGE)
    }

    #[test]
    fn the_best_type_is_chosen() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (value, media) in [
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("Application/JSON; charset=UTF-8", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::Response)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Media::Response)),
            ("application/json, application/graphql-response+json", Some(Media::Response)),
            ("application/json, application/graphql-response+json;q=0.5", Some(Media::Json)),
            ("application/json, */*", Some(Media::Json)),
            ("application/graphql-response+json, */*;q=0.1", Some(Media::Response)),
            (browser, Some(Media::Html)),
            ("text/html;q=0.5, application/json", Some(Media::Json)),
            ("text/*", Some(Media::Html)),
            ("text/csv", None),
            ("application/json;q=0", None),
            ("application/json;q=0, */*", Some(Media::Response)),
            ("application/json; charset=latin1", None),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(accept(value), media, "{value}");
        }
        assert_eq!(negotiate(&HeaderMap::new(), ANSWERS), Some(Media::Json));
    }

    #[test]
    fn only_json_is_json() {
        let json = |value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            is_json(&HeaderMap::from_iter([(CONTENT_TYPE, value)]))
        };
        assert!(json("application/json") && json("APPLICATION/JSON;charset=\"utf-8\""));
        for other in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            assert!(!json(other), "{other}");
        }
        assert!(!json("application/json; charset=utf-16"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
