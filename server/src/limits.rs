//! What one request may cost, as settings.

use clap::Args;
use clap::builder::RangedU64ValueParser;
use runtime::Limits;

/// The settings that bound a request.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits of a request")]
pub struct RequestLimits {
    /// Bytes in the body of a request at the most
    #[arg(long, env = "MAX_BODY_BYTES", value_name = "N",
          default_value_t = Self::default().max_body_bytes)]
    pub max_body_bytes: usize,

    /// Operations in one batch at the most; 0 refuses batches
    #[arg(long, env = "BATCH_LIMIT", value_name = "N", default_value_t = Self::default().batch_limit)]
    pub batch_limit: usize,

    /// Bytes in a document at the most
    #[arg(long, env = "MAX_QUERY_BYTES", value_name = "N",
          default_value_t = Limits::default().max_query_bytes, value_parser = positive())]
    pub max_query_bytes: usize,

    /// Tokens in a document at the most, with its fragments put in wherever they are spread
    #[arg(long, env = "MAX_TOKENS", value_name = "N",
          default_value_t = Limits::default().max_tokens, value_parser = positive())]
    pub max_tokens: usize,

    /// How deep fields may be nested
    #[arg(long, env = "MAX_DEPTH", value_name = "N", default_value_t = Limits::default().max_depth,
          value_parser = RangedU64ValueParser::<usize>::new().range(1..=60))]
    pub max_depth: usize,

    /// Values that an operation may bring: a list counts for its `limit` times its fields
    #[arg(long, env = "MAX_COMPLEXITY", value_name = "N",
          default_value_t = Limits::default().max_complexity,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub max_complexity: u64,

    /// Aliases in an operation at the most
    #[arg(long, env = "MAX_ALIASES", value_name = "N",
          default_value_t = Limits::default().max_aliases)]
    pub max_aliases: usize,

    /// Aliases of root fields at the most
    #[arg(long, env = "MAX_ROOT_ALIASES", value_name = "N",
          default_value_t = Limits::default().max_root_aliases)]
    pub max_root_aliases: usize,

    /// Directives in an operation at the most
    #[arg(long, env = "MAX_DIRECTIVES", value_name = "N",
          default_value_t = Limits::default().max_directives)]
    pub max_directives: usize,

    /// Rows that one list may ask for at the most
    #[arg(long, env = "MAX_PAGE_SIZE", value_name = "N",
          default_value_t = Limits::default().max_page_size,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_page_size: u32,

    /// Rows that one operation may read, over all its lists
    #[arg(long, env = "MAX_ROWS", value_name = "N", default_value_t = Limits::default().max_rows,
          value_parser = positive())]
    pub max_rows: usize,

    /// Bytes that an answer may have, and an operation may read
    #[arg(long, env = "MAX_RESPONSE_BYTES", value_name = "N",
          default_value_t = Limits::default().max_response_bytes, value_parser = positive())]
    pub max_response_bytes: usize,

    /// Bytes of one SQL statement at the most: it grows with conditions and sort criteria
    #[arg(long, env = "MAX_STATEMENT_BYTES", value_name = "N",
          default_value_t = Limits::default().max_statement_bytes, value_parser = positive())]
    pub max_statement_bytes: usize,

    /// Bytes of what a filter may search texts for
    #[arg(long, env = "MAX_PATTERN_BYTES", value_name = "N",
          default_value_t = Limits::default().max_pattern_bytes, value_parser = positive())]
    pub max_pattern_bytes: usize,
}

fn positive() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

impl Default for RequestLimits {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            max_body_bytes: 1024 * 1024,
            batch_limit: 10,
            max_query_bytes: limits.max_query_bytes,
            max_tokens: limits.max_tokens,
            max_depth: limits.max_depth,
            max_complexity: limits.max_complexity,
            max_aliases: limits.max_aliases,
            max_root_aliases: limits.max_root_aliases,
            max_directives: limits.max_directives,
            max_page_size: limits.max_page_size,
            max_rows: limits.max_rows,
            max_response_bytes: limits.max_response_bytes,
            max_statement_bytes: limits.max_statement_bytes,
            max_pattern_bytes: limits.max_pattern_bytes,
        }
    }
}

impl RequestLimits {
    /// Those that the runtime keeps.
    pub(crate) fn runtime(&self) -> Limits {
        Limits {
            max_query_bytes: self.max_query_bytes,
            max_tokens: self.max_tokens,
            max_depth: self.max_depth,
            max_complexity: self.max_complexity,
            max_aliases: self.max_aliases,
            max_root_aliases: self.max_root_aliases,
            max_directives: self.max_directives,
            max_page_size: self.max_page_size,
            max_rows: self.max_rows,
            max_response_bytes: self.max_response_bytes,
            max_statement_bytes: self.max_statement_bytes,
            max_pattern_bytes: self.max_pattern_bytes,
        }
    }
}
