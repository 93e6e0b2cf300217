//! What one request may cost.
//!
//! Each limit is on by default, has a code and a setting of its own, and refuses a request as early
//! as what it looks at is known:
//!
//! 1. [`text`]: how long a document is and how deep its brackets are nested, before it is parsed.
//! 2. [`shape`]: how it is written, before it is validated.
//! 3. [`cost`]: how many values an operation may bring, before any SQL runs.
//! 4. [`budget`]: how many rows and bytes it does bring, while they are read.
//!
//! The size of an answer is looked at while it is written, and that of a page where its arguments
//! are read. The server has limits of its own on bodies and batches, with the same names.

pub(crate) mod budget;
pub(crate) mod cost;
pub(crate) mod shape;
pub(crate) mod text;

use crate::{Code, Error, Result};

/// What one request may cost. The settings of the server have the same names.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a document: one of a client has some hundred, an introspection query two thousand.
    pub max_query_bytes: usize,
    /// Tokens of a document, with its fragments put in wherever they are spread; an introspection
    /// query has less than a thousand.
    pub max_tokens: usize,
    /// How deep fields may be nested; introspection has a limit of its own.
    pub max_depth: usize,
    /// How many values an operation may bring.
    pub max_complexity: u64,
    /// How many aliases an operation may give.
    pub max_aliases: usize,
    /// How many aliases an operation may give to root fields: each takes a statement.
    pub max_root_aliases: usize,
    /// How many directives an operation may carry.
    pub max_directives: usize,
    /// Rows that one list may ask for.
    pub max_page_size: u32,
    /// Rows that one operation may read, over all its lists.
    pub max_rows: usize,
    /// Bytes that one operation may read, and an answer may have.
    pub max_response_bytes: usize,
    /// Bytes of one SQL statement, which grows with conditions and sort criteria.
    pub max_statement_bytes: usize,
    /// Bytes of what texts are searched for. While PostgreSQL compares a text with a pattern,
    /// which can take as many steps as the product of their lengths, no timeout ends it.
    pub max_pattern_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_query_bytes: 64 * 1024,
            max_tokens: 10_000,
            max_depth: 16,
            max_complexity: 250_000,
            max_aliases: 100,
            max_root_aliases: 50,
            max_directives: 100,
            max_page_size: 1_000,
            max_rows: 100_000,
            max_response_bytes: 8 * 1024 * 1024,
            max_statement_bytes: 128 * 1024,
            max_pattern_bytes: 1_000,
        }
    }
}

impl Limits {
    /// Refuses a document that must not even be parsed; [`crate::Engine`] does it by itself.
    pub fn check_text(&self, document: &str) -> Result<()> {
        text::check(document, self)
    }
}

/// A limit, as a client and whoever runs the server know it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Limit {
    /// Operations in a batch.
    Batch,
    /// Bytes of a document.
    QueryBytes,
    /// Tokens of a document.
    Tokens,
    /// How deep fields are nested.
    Depth,
    /// Values that an operation may bring.
    Complexity,
    /// Aliases of an operation.
    Aliases,
    /// Aliases of its root fields.
    RootAliases,
    /// Directives of an operation.
    Directives,
    /// Rows of a page.
    PageSize,
    /// Rows of an operation.
    Rows,
    /// Bytes of an answer.
    ResponseBytes,
    /// Bytes of an SQL statement.
    StatementBytes,
    /// Bytes of a pattern.
    PatternBytes,
}

impl Limit {
    /// The name in `extensions.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Batch => "BATCH_LIMIT_EXCEEDED",
            Self::QueryBytes => "QUERY_TOO_LONG",
            Self::Tokens => "TOKEN_LIMIT_EXCEEDED",
            Self::Depth => "DEPTH_LIMIT_EXCEEDED",
            Self::Complexity => "COMPLEXITY_LIMIT_EXCEEDED",
            Self::Aliases | Self::RootAliases => "ALIAS_LIMIT_EXCEEDED",
            Self::Directives => "DIRECTIVE_LIMIT_EXCEEDED",
            Self::PageSize => "PAGE_SIZE_EXCEEDED",
            Self::Rows => "ROW_LIMIT_EXCEEDED",
            Self::ResponseBytes => "RESPONSE_TOO_LARGE",
            Self::StatementBytes => "STATEMENT_TOO_LONG",
            Self::PatternBytes => "PATTERN_TOO_LONG",
        }
    }

    /// The setting of the server that moves it.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Batch => "BATCH_LIMIT",
            Self::QueryBytes => "MAX_QUERY_BYTES",
            Self::Tokens => "MAX_TOKENS",
            Self::Depth => "MAX_DEPTH",
            Self::Complexity => "MAX_COMPLEXITY",
            Self::Aliases => "MAX_ALIASES",
            Self::RootAliases => "MAX_ROOT_ALIASES",
            Self::Directives => "MAX_DIRECTIVES",
            Self::PageSize => "MAX_PAGE_SIZE",
            Self::Rows => "MAX_ROWS",
            Self::ResponseBytes => "MAX_RESPONSE_BYTES",
            Self::StatementBytes => "MAX_STATEMENT_BYTES",
            Self::PatternBytes => "MAX_PATTERN_BYTES",
        }
    }

    /// The error of a request that goes beyond; `what` says what was found, and what is allowed.
    pub fn exceeded(self, what: impl std::fmt::Display) -> Error {
        let message = format!("{what}; the server's setting {} allows more", self.setting());
        Error::new(Code::Limit(self), message)
    }

    /// The error of a request that goes beyond what no setting moves.
    pub fn exceeded_for_good(self, what: impl Into<String>) -> Error {
        Error::new(Code::Limit(self), what)
    }
}

impl Limits {
    /// The error of an answer that is too large.
    pub(crate) fn response_too_large(max_bytes: usize) -> Error {
        Limit::ResponseBytes.exceeded(format!(
            "the answer has more than {max_bytes} bytes; ask for fewer rows or fields"
        ))
    }
}
