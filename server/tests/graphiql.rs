//! GraphiQL's page and files.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code)]

mod support;

use axum::http::StatusCode;
use support::{app, get};

const BROWSER: (&str, &str) =
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

#[tokio::test]
async fn browsers_get_the_page_from_the_cdn() {
    let app = app(|_| ());
    let page = get(&app, "/graphql", &[BROWSER]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("vary"), "accept");
    let html = page.text();
    assert_eq!(html.matches("integrity=\"sha384-").count(), 4, "{html}");
    assert_eq!(html.matches("crossorigin=\"anonymous\"").count(), 4);
    assert!(!html.contains("{{"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' https://cdn."), "{policy}");
    let script = get(&app, "/graphql/assets/page.js", &[]).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    let home = get(&app, "/", &[BROWSER]).await;
    assert_eq!(home.header("location"), "/graphql");
}

#[tokio::test]
async fn files_come_from_the_folder() {
    let folder = std::env::temp_dir().join(format!("graphiql-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files = [
        ("graphiql.min.css", "text/css; charset=utf-8"),
        ("graphiql.min.js", "text/javascript; charset=utf-8"),
        ("react.production.min.js", "text/javascript; charset=utf-8"),
        ("react-dom.production.min.js", "text/javascript; charset=utf-8"),
    ];
    for (name, _) in files {
        std::fs::write(folder.join(name), name).unwrap();
    }
    std::fs::write(folder.join("secret.txt"), "secret").unwrap();
    let local = app(|config| config.graphiql_dir = Some(folder.clone()));
    let page = get(&local, "/graphql", &[BROWSER]).await;
    assert!(!page.text().contains("https://"), "{}", page.text());
    assert!(!page.header("content-security-policy").contains("https://"));
    for (name, content_type) in files {
        let file = get(&local, &format!("/graphql/assets/{name}"), &[]).await;
        assert_eq!((file.text().as_str(), file.header("content-type")), (name, content_type));
    }
    for path in ["secret.txt", "..%2Fsecret.txt", "../secret.txt", "%2e%2e/%2e%2e/etc/passwd", ""] {
        let file = get(&local, &format!("/graphql/assets/{path}"), &[]).await;
        assert_eq!(file.status, StatusCode::NOT_FOUND, "{path}");
    }
    std::fs::remove_file(folder.join("graphiql.min.js")).unwrap();
    let fallback = app(|config| config.graphiql_dir = Some(folder.clone()));
    assert!(get(&fallback, "/graphql", &[BROWSER]).await.text().contains("https://"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let app = app(|config| config.graphiql = false);
    let answer = get(&app, "/graphql", &[BROWSER]).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "BAD_REQUEST".into()));
    assert_eq!(get(&app, "/graphql/assets/page.js", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&app, "/graphql", &[("accept", "text/html")]).await.status, 406);
}
