//! The application over HTTP, without a socket and without a database.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod support;

use axum::http::StatusCode;
use serde_json::json;
use support::{app, get, post, query, send};

const RESPONSE: (&str, &str) = ("accept", "application/graphql-response+json");
const LEGACY: (&str, &str) = ("accept", "application/json");

#[tokio::test]
async fn post_answers() {
    let app = app(|_| ());
    let body = r#"{"query":"query Q($n: String) { hello(name: $n) }","operationName":"Q","variables":{"n":"é"},"extensions":{"a":[1]},"other":1}"#;
    let answer = post(&app, body, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.text(), r#"{"data":{"hello":"hello é"}}"#);

    let answer = query(&app, "{ hello }").await;
    assert_eq!(answer.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(answer.json(), json!({"data": {"hello": "hello world"}}));

    let nulls = r#"{"query":"{ hello }","operationName":null,"variables":null,"extensions":null}"#;
    assert_eq!(post(&app, nulls, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn get_answers_queries_only() {
    let app = app(|_| ());
    let path = "/graphql?query=query%20Q($n:String){hello(name:$n)}&variables=%7B%22n%22:%22x+y%22%7D&operationName=";
    let answer = get(&app, path, &[RESPONSE]).await;
    assert_eq!(answer.json(), json!({"data": {"hello": "hello x y"}}));
    assert_eq!(answer.header("vary"), "accept");

    for (path, status, code) in [
        ("?query=mutation{count}", 405, "METHOD_NOT_ALLOWED"),
        ("?query=%23\nmutation{count}", 405, "METHOD_NOT_ALLOWED"),
        ("?query=subscription{x}", 405, "METHOD_NOT_ALLOWED"),
        ("?query=query%20A{hello}mutation%20B{count}&operationName=B", 405, "METHOD_NOT_ALLOWED"),
        ("?query=query%20A{hello}mutation%20B{count}", 405, "METHOD_NOT_ALLOWED"),
        ("?query=query%20A{hello}mutation%20B{count}&operationName=A", 200, ""),
        ("?query={hello(name:\"mutation\")}", 200, ""),
        ("?query={", 400, "GRAPHQL_PARSE_FAILED"),
        ("?query=mutation{", 400, "GRAPHQL_PARSE_FAILED"),
        ("", 400, "BAD_REQUEST"),
        ("?query={hello}&variables=[1]", 400, "BAD_REQUEST"),
        ("?query={hello}&variables=", 200, ""),
        ("?query={hello}&extensions=1", 400, "BAD_REQUEST"),
        ("?query={hello}&query={hello}", 400, "BAD_REQUEST"),
    ] {
        let path = format!("/graphql{}", path.replace('\n', "%0A").replace('"', "%22"));
        let answer = get(&app, &path, &[RESPONSE]).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{path}");
        assert_eq!(answer.header("allow"), if status == 405 { "POST" } else { "" });
    }
}

#[tokio::test]
async fn malformed_bodies_are_explained() {
    let app = app(|config| config.limits.max_body_bytes = 200);
    for (body, status, code, message) in [
        ("", 400, "BAD_REQUEST", "the body is empty"),
        ("  \n", 400, "BAD_REQUEST", "the body is empty"),
        ("{\"query\":", 400, "BAD_REQUEST", "the body is not valid JSON: EOF"),
        ("nonsense", 400, "BAD_REQUEST", "the body is not valid JSON: expected ident"),
        ("{} x", 400, "BAD_REQUEST", "the body is not valid JSON: trailing characters"),
        ("{}", 400, "BAD_REQUEST", "`query` is missing"),
        ("1", 400, "BAD_REQUEST", "a request must be a JSON object, not a number"),
        (r#"{"query":null}"#, 400, "BAD_REQUEST", "`query` is missing"),
        (r#"{"query":0}"#, 400, "BAD_REQUEST", "`query` must be a string, not a number"),
        (r#"{"query":["a"]}"#, 400, "BAD_REQUEST", "`query` must be a string, not an array"),
        (r#"{"query":"{a}","operationName":{}}"#, 400, "BAD_REQUEST", "`operationName` must be"),
        (r#"{"query":"{a}","variables":[7]}"#, 400, "BAD_REQUEST", "`variables` must be an object"),
        (r#"{"query":"{a}","variables":"x"}"#, 400, "BAD_REQUEST", "`variables` must be an object"),
        (r#"{"query":"{a}","extensions":1}"#, 400, "BAD_REQUEST", "`extensions` must be an object"),
        (r#"["{a}"]"#, 400, "BAD_REQUEST", "a request must be a JSON object, not a string"),
        (r#"[["{a}",null,null,null]]"#, 400, "BAD_REQUEST", "a request must be a JSON object"),
        ("[]", 400, "BAD_REQUEST", "the batch is empty"),
        (&"[".repeat(190), 400, "BAD_REQUEST", "the body is not valid JSON"),
        (&"x".repeat(201), 413, "PAYLOAD_TOO_LARGE", "the body is larger than 200 bytes"),
    ] {
        for accept in [RESPONSE, LEGACY] {
            let answer = post(&app, body.to_owned(), &[accept]).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
            assert!(answer.message().starts_with(message), "{body}: {}", answer.message());
            assert!(answer.header("content-type").starts_with(accept.1));
        }
    }
    let invalid = post(&app, b"{\"query\":\"{ \xff }\"}".to_vec(), &[]).await;
    assert_eq!((invalid.status, invalid.code()), (StatusCode::BAD_REQUEST, "BAD_REQUEST".into()));
}

#[tokio::test]
async fn headers_are_checked() {
    let app = app(|_| ());
    let body = r#"{"query":"{ hello }"}"#;
    for (name, value, status, code) in [
        ("content-type", "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-type", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-type", "multipart/form-data; boundary=x", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-type", "application/json; charset=utf-16", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-type", "application/graphql", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-encoding", "gzip", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("content-type", "Application/Json; charset=UTF-8", 200, ""),
        ("accept", "text/csv", 406, "NOT_ACCEPTABLE"),
        ("accept", "text/html", 406, "NOT_ACCEPTABLE"),
        ("accept", "text/html, */*;q=0.1", 200, ""),
    ] {
        let answer = post(&app, body, &[(name, value)]).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{value}");
    }
    let bare = axum::http::Request::post("/graphql").body(body.into()).unwrap();
    assert_eq!(send(&app, bare).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = axum::http::Request::builder().method(method).uri("/graphql");
        let answer = send(&app, request.body(body.into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.code(), "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_a_body() {
    let app = app(|_| ());
    let path = "/graphql?query=%7B%20hello%20%7D";
    let whole = get(&app, path, &[]).await;
    let request = axum::http::Request::head(path).body(axum::body::Body::empty()).unwrap();
    let head = send(&app, request).await;
    assert_eq!((head.status, head.body.len()), (whole.status, 0));
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
    for name in ["content-type", "vary", "x-content-type-options"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
}

#[tokio::test]
async fn every_error_has_a_code() {
    let app = app(|_| ());
    let deep = format!("{}hello{}", "{me".repeat(9), "}".repeat(9));
    let complex = format!("{{{}}}", "a: hello ".repeat(51).replace('a', "x"));
    for (document, status, code) in [
        ("{", 400, "GRAPHQL_PARSE_FAILED"),
        ("", 400, "GRAPHQL_PARSE_FAILED"),
        ("fragment F on Query { hello }", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello(name: 1) }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ half }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($id: ID!) { __typename }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", 400, "OPERATION_RESOLUTION_FAILURE"),
        (&deep, 400, "DEPTH_LIMIT_EXCEEDED"),
        (&complex, 400, "COMPLEXITY_LIMIT_EXCEEDED"),
        (
            "{ hello @skip(if: false) @skip(if: false) @skip(if: false) }",
            400,
            "DIRECTIVE_LIMIT_EXCEEDED",
        ),
        (&"{hello".repeat(60), 400, "GRAPHQL_PARSE_FAILED"),
        ("subscription { x }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ half(of: 100) }", 294, "BAD_USER_INPUT"),
        ("{ hello broken }", 294, "UNAVAILABLE"),
        ("{ required }", 294, "UNAVAILABLE"),
        ("{ panics }", 500, "INTERNAL"),
    ] {
        let answer = query(&app, document).await;
        let shown = &document[..document.len().min(60)];
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{shown}");
        assert_eq!(answer.json().get("data").is_some(), status == 294, "{shown}");

        let body = json!({ "query": document }).to_string();
        let legacy = post(&app, body, &[LEGACY]).await;
        assert_eq!(legacy.status.as_u16(), if status == 500 { 500 } else { 200 }, "{shown}");
        assert_eq!(legacy.body, answer.body, "{shown}");
    }
    let long = format!("{{ hello(name: \"{}\") ", "x".repeat(10_000));
    let answer = query(&app, &long).await;
    assert!(answer.message().starts_with("syntax error: expected "), "{}", answer.message());
    assert!(answer.body.len() < 300);
    let body = r#"{"query":"query A { hello }","operationName":"B"}"#;
    assert_eq!(post(&app, body, &[]).await.code(), "OPERATION_RESOLUTION_FAILURE");
    let body = r#"{"query":"query($of: Small!) { half(of: $of) }","variables":{"of":"x"}}"#;
    let answer = post(&app, body, &[]).await;
    assert!(!answer.code().is_empty(), "{}", answer.text());
}

#[tokio::test]
async fn batches_are_capped() {
    let app = app(|config| config.limits.batch_limit = 3);
    let batch = |documents: &[&str]| {
        let requests: Vec<_> = documents.iter().map(|query| json!({ "query": query })).collect();
        serde_json::Value::from(requests).to_string()
    };
    let body = batch(&["mutation { count }", "{", "mutation { count }"]);
    let answer = post(&app, body, &[RESPONSE]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answers = answer.json();
    assert_eq!(answers[0], json!({"data": {"count": 1}}));
    assert_eq!(answers[1]["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
    assert_eq!(answers[2], json!({"data": {"count": 2}}));

    let answer = post(&app, batch(&["{ hello }"; 4]), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.code(), "BATCH_LIMIT_EXCEEDED");
    let message =
        "the batch has 4 operations, more than 3; the server's setting BATCH_LIMIT allows more";
    assert_eq!(answer.message(), message);
    // Those beyond are counted, but not read.
    let many = format!("[{}]", vec!["{}"; 100_000].join(","));
    assert!(post(&app, many, &[]).await.message().contains("100000 operations"));

    let off = support::app(|config| config.limits.batch_limit = 0);
    let answer = post(&off, batch(&["{ hello }"]), &[]).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_REQUEST".into()));
}

#[tokio::test]
async fn large_answers_are_compressed() {
    let app = app(|_| ());
    let gzip = ("accept-encoding", "gzip, br");
    let answer = post(&app, r#"{"query":"{ list(length: 1000) }"}"#, &[gzip]).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.body.len() < 2_600, "{}", answer.body.len());
    let answer = post(&app, r#"{"query":"{ hello }"}"#, &[gzip]).await;
    assert_eq!(answer.header("content-encoding"), "");
    let answer = post(&app, r#"{"query":"{ list(length: 1000) }"}"#, &[]).await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn requests_have_ids() {
    let app = app(|_| ());
    let given = get(&app, "/healthz", &[("x-request-id", "abc-1")]).await;
    assert_eq!(given.header("x-request-id"), "abc-1");
    for strange in ["", "a b", &"x".repeat(65)] {
        let made = get(&app, "/healthz", &[("x-request-id", strange)]).await;
        assert_eq!(made.header("x-request-id").len(), 16);
    }
    let operation = post(&app, r#"{"query":"{ hello }"}"#, &[("x-request-id", "abc-2")]).await;
    assert_eq!(operation.header("x-request-id"), "abc-2");
}

#[tokio::test]
async fn health_and_readiness_differ() {
    let app = app(|config| config.acquire_timeout = std::time::Duration::from_millis(300));
    let healthy = get(&app, "/healthz", &[]).await;
    assert_eq!((healthy.status, healthy.json()), (StatusCode::OK, json!({"status": "ok"})));
    let ready = get(&app, "/readyz", &[]).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["status"], "unavailable");
    assert!(!ready.text().contains("hunter2") && !ready.text().contains("ann"), "{}", ready.text());
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json() {
    let app = app(|_| ());
    let answer = get(&app, "/nowhere", &[]).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "NOT_FOUND".into()));
    let post = axum::http::Request::post("/healthz").body(axum::body::Body::empty()).unwrap();
    let answer = send(&app, post).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET, HEAD");
}
