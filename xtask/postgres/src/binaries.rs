//! Finding a PostgreSQL server that is already on this machine.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    OLDEST_MAJOR, PROJECT,
    account::{self, Account},
    error::{Error, Result},
    fetch, place,
};

/// Where PostgreSQL servers are installed without being on PATH. The folder with a `*` is
/// expanded, newest version first.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("/usr/lib/postgresql/*", "bin"),
    ("/usr/pgsql-*", "bin"),
    ("/usr/libexec/postgresql*", ""),
    ("/usr/local/pgsql", "bin"),
    ("/opt/homebrew/opt/postgresql@*", "bin"),
    ("/usr/local/opt/postgresql@*", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt/postgresql@*", "bin"),
    ("/Applications/Postgres.app/Contents/Versions/*", "bin"),
];

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Only this major version will do.
    pub major: Option<u32>,
    /// This major version is taken if there is one, because a data folder of it exists.
    pub prefer: Option<u32>,
    /// Whether a pinned download may be used as a last resort; `PG_FETCH=never` forbids it too.
    pub fetch: bool,
    /// Told in one line before something slow happens.
    pub progress: fn(&str),
}

impl Default for Options {
    fn default() -> Self {
        Self { major: None, prefer: None, fetch: true, progress: crate::note }
    }
}

/// A folder with a usable `postgres` and `initdb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    dir: PathBuf,
    version: String,
    major: u32,
}

impl Binaries {
    /// Finds a server: `PG_BINDIR`, `PATH`, `pg_config`, well-known folders, our cache, and as a
    /// last resort a pinned and checked download.
    ///
    /// The versions are asked from the programs themselves, run as the account they will run as:
    /// what we can read, that account may not.
    pub fn find(options: &Options) -> Result<Self> {
        let account = Account::detect()?;
        Self::find_for(&account, options)
    }

    pub(crate) fn find_for(account: &Account, options: &Options) -> Result<Self> {
        let mut search = Search::new(account, options);
        if let Some(found) = search.named()? {
            return Ok(found);
        }
        search.everywhere();
        if let Some(found) = search.best() {
            return Ok(found);
        }
        match fetch_if_allowed(options) {
            Ok(dir) => probe(&dir, account)
                .map_err(|reason| Error::Unusable { place: dir.display().to_string(), reason }),
            Err(reason) => Err(Error::NotFound(search.explain(&reason))),
        }
    }

    /// Downloads the pinned build of a major version into the cache, unless it is there.
    pub fn fetch(major: u32) -> Result<Self> {
        let account = Account::detect()?;
        let dir = fetch::fetch(major, crate::note)?;
        probe(&dir, &account)
            .map_err(|reason| Error::Unusable { place: dir.display().to_string(), reason })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The full version as the server prints it, such as `15.18 (Debian 15.18-0+deb12u1)`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }
}

fn fetch_if_allowed(options: &Options) -> Result<PathBuf, String> {
    if !options.fetch || env::var_os("PG_FETCH").is_some_and(|value| value == "never") {
        return Err("fetching: switched off (PG_FETCH=never)".to_owned());
    }
    let major = options.major.or(options.prefer).unwrap_or(fetch::DEFAULT_MAJOR);
    fetch::fetch(major, options.progress).map_err(|error| error.to_string())
}

/// The places looked at so far, and what was there.
struct Search<'a> {
    account: &'a Account,
    options: &'a Options,
    seen: BTreeSet<PathBuf>,
    usable: Vec<Binaries>,
    places: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(account: &'a Account, options: &'a Options) -> Self {
        Self { account, options, seen: BTreeSet::new(), usable: Vec::new(), places: Vec::new() }
    }

    /// The folder that the user named must work: falling back would hide a mistake.
    fn named(&mut self) -> Result<Option<Binaries>> {
        let Some(dir) = env::var_os("PG_BINDIR").filter(|value| !value.is_empty()) else {
            self.places.push("PG_BINDIR (not set)".to_owned());
            return Ok(None);
        };
        let dir = PathBuf::from(dir);
        let found = probe(&dir, self.account).map_err(|reason| Error::Unusable {
            place: format!("PG_BINDIR ({})", dir.display()),
            reason,
        })?;
        let wanted = self.options.major.is_none_or(|major| major == found.major);
        self.places.push(format!("PG_BINDIR ({})", found.version));
        Ok(wanted.then_some(found))
    }

    fn everywhere(&mut self) {
        let path = env::var_os("PATH").unwrap_or_default();
        for dir in env::split_paths(&path) {
            // A link such as /usr/local/bin/postgres leads to the folder with its companions.
            let Ok(file) = dir.join("postgres").canonicalize() else { continue };
            if let Some(dir) = file.parent() {
                self.consider(dir, "PATH");
            }
        }
        self.places.push("PATH".to_owned());
        match account::text(Command::new("pg_config").arg("--bindir")) {
            Some(dir) => self.consider(Path::new(&dir), "`pg_config --bindir`"),
            None => self.places.push("`pg_config --bindir` (not installed)".to_owned()),
        }
        for (pattern, inner) in WELL_KNOWN {
            for dir in expand(pattern) {
                self.consider(&dir.join(inner), pattern);
            }
        }
        self.places.push("/usr/lib/postgresql/*/bin and other usual folders".to_owned());
        let cache = place::cache_dir().join("pg");
        let cached = expand(&cache.join("*").to_string_lossy());
        let state = if cached.is_empty() { " (empty)" } else { "" };
        self.places.push(format!("cache {}{state}", cache.display()));
        for dir in cached {
            self.consider(&dir.join("native/bin"), "cache");
        }
    }

    fn consider(&mut self, dir: &Path, place: &str) {
        // Asking a version starts two processes, so nobody is asked once the answer is there.
        if self.is_satisfied() || !dir.is_dir() || !self.seen.insert(dir.to_owned()) {
            return;
        }
        match probe(dir, self.account) {
            Ok(found) => self.usable.push(found),
            Err(reason) => self.places.push(format!("{place} ({}: {reason})", dir.display())),
        }
    }

    /// Whether no later place could have anything better.
    fn is_satisfied(&self) -> bool {
        match self.options.major.or(self.options.prefer) {
            Some(major) => self.usable.iter().any(|found| found.major == major),
            None => !self.usable.is_empty(),
        }
    }

    fn best(&self) -> Option<Binaries> {
        let of = |major: u32| self.usable.iter().find(|found| found.major == major);
        match (self.options.major, self.options.prefer) {
            (Some(major), _) => of(major).cloned(),
            (None, Some(major)) => of(major).or(self.usable.first()).cloned(),
            (None, None) => self.usable.first().cloned(),
        }
    }

    fn explain(&self, fetching: &str) -> String {
        let wanted = match self.options.major {
            Some(major) => format!("(version {major})"),
            None => format!("(>= {OLDEST_MAJOR})"),
        };
        let places = self.places.join(",\n    ");
        format!(
            "  DATABASE_URL is not set, and no usable `initdb` + `postgres` {wanted} in:\n    \
             {places}; {fetching}\n  \
             fix, one of:\n    \
             Debian/Ubuntu   apt-get install -y --no-install-recommends postgresql\n    \
             Fedora          dnf install postgresql-server        Alpine  apk add postgresql      \
             macOS  brew install postgresql@17\n    \
             own server      export DATABASE_URL=postgres://user:pw@host/db      (needs CREATEDB)\n    \
             other location  export PG_BINDIR=/path/to/bin\n  \
             ({PROJECT} uses it for development and tests only)"
        )
    }
}

/// Runs both programs of a folder and asks their versions.
fn probe(dir: &Path, account: &Account) -> Result<Binaries, String> {
    for program in ["initdb", "postgres"] {
        if !dir.join(program).is_file() {
            return Err(format!("no {program}"));
        }
    }
    let version = version_of(dir, "postgres", account)?;
    let initdb = version_of(dir, "initdb", account)?;
    if version != initdb {
        return Err(format!("postgres is {version}, but initdb is {initdb}"));
    }
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    let major = digits.parse().map_err(|_| format!("unknown version {version}"))?;
    if major < OLDEST_MAJOR {
        return Err(format!("version {major} is older than {OLDEST_MAJOR}"));
    }
    Ok(Binaries { dir: dir.to_owned(), version, major })
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` without the name.
fn version_of(dir: &Path, program: &str, account: &Account) -> Result<String, String> {
    let mut command = account.command(dir.join(program));
    let output = command.arg("--version").current_dir("/").output();
    let output = output.map_err(|error| format!("{program} cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().split_once("(PostgreSQL) ") {
        Some((_, version)) if output.status.success() => Ok(version.to_owned()),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().next().unwrap_or("no version printed").trim();
            Err(format!("{program} cannot be run: {first}"))
        }
    }
}

/// The folders that a pattern with at most one `*`, at the end of the last name, stands for.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some(prefix) = pattern.strip_suffix('*') else { return vec![PathBuf::from(pattern)] };
    let (parent, start) = prefix.rsplit_once('/').unwrap_or((".", prefix));
    let names = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut names: Vec<String> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.strip_prefix(start).is_some_and(starts_with_digit))
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(leading_number(&name[start.len()..])));
    names.into_iter().map(|name| Path::new(parent).join(name)).collect()
}

fn starts_with_digit(text: &str) -> bool {
    text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit())
}

fn leading_number(text: &str) -> u32 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}
