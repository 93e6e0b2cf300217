//! Running one SQL file, and pointing at the place where it fails.

use std::{error::Error, fmt, fs, path::Path};

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use tokio_postgres::{
    Client, SimpleQueryMessage,
    error::{ErrorPosition, SqlState},
};

use super::statements;

/// An SQL file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// As messages name it: `sql/views/v_orders.sql`.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) text: String,
}

impl Script {
    /// Reads a file of the folder `sql`.
    pub(crate) fn read(sql_dir: &Path, file: &str) -> Result<Self> {
        let name = format!("sql/{file}");
        let text = fs::read_to_string(sql_dir.join(file))
            .with_context(|| format!("cannot read {name}"))?;
        Ok(Self { name, text })
    }

    /// The name of the file alone, which by convention is that of the object in it: `v_orders`.
    pub(crate) fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        file.strip_suffix(".sql").unwrap_or(file)
    }

    /// Runs all statements of the file.
    pub(crate) async fn run(&self, client: &Client) -> Result<(), ScriptError> {
        run(client, &self.text).await.map_err(|failure| ScriptError::new(self, failure))
    }
}

/// What went wrong, and how many statements had been done before.
#[derive(Debug)]
pub(crate) struct Failure {
    error: tokio_postgres::Error,
    done: usize,
}

/// Runs all statements of a text. What it says with SET holds to its end, not for the next one.
pub(crate) async fn run(client: &Client, text: &str) -> Result<(), Failure> {
    let mut done = 0;
    let result = async {
        let mut messages = std::pin::pin!(client.simple_query_raw(text).await?);
        while let Some(message) = messages.try_next().await? {
            done += usize::from(matches!(message, SimpleQueryMessage::CommandComplete(_)));
        }
        client.batch_execute("RESET ALL; RESET ROLE").await?;
        Ok(())
    };
    let result = result.await;
    result.map_err(|error| Failure { error, done })
}

/// A file that PostgreSQL refused, with the place and everything PostgreSQL said.
#[derive(Debug)]
pub(crate) struct ScriptError {
    text: String,
    message: String,
    code: Option<SqlState>,
}

impl ScriptError {
    pub(crate) fn new(script: &Script, Failure { error, done }: Failure) -> Self {
        let Some(db) = error.as_db_error() else {
            let reason = anyhow::Error::new(error);
            let message = format!("{reason:#}");
            return Self { text: format!("{}: {message}", script.name), message, code: None };
        };
        let place = match db.position() {
            Some(ErrorPosition::Original(position)) => Place::of(&script.text, *position),
            _ => Place::at(&script.text, statements::start(&script.text, done).unwrap_or_default()),
        };
        let Place { line, column, .. } = place;
        let mut text = format!("{}:{line}:{column}: {}\n", script.name, db.message());
        text += &place.excerpt();
        // In a statement inside a function that the file calls.
        if let Some(ErrorPosition::Internal { position, query }) = db.position() {
            text += &Place::of(query, *position).excerpt();
        }
        let more = [("detail", db.detail()), ("hint", db.hint()), ("where", db.where_())];
        for (name, more) in more {
            if let Some(more) = more {
                text += &format!("  {name}: {}\n", more.replace('\n', "\n    "));
            }
        }
        text.truncate(text.trim_end().len());
        Self { text, message: db.message().to_owned(), code: Some(db.code().clone()) }
    }

    /// What PostgreSQL said, alone.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The SQLSTATE, if the server answered at all.
    pub(crate) fn code(&self) -> Option<&SqlState> {
        self.code.as_ref()
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for ScriptError {}

/// A position in a text, for people.
struct Place<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

impl<'a> Place<'a> {
    /// `position` counts characters from 1, as PostgreSQL does.
    fn of(text: &'a str, position: u32) -> Self {
        let before = usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(1);
        // A statement that ends too early is reported at the end of the text.
        Self::at(text, text.char_indices().nth(before).map_or(text.len(), |(offset, _)| offset))
    }

    fn at(text: &'a str, offset: usize) -> Self {
        let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: text[..offset].matches('\n').count() + 1,
            column: text[start..offset].chars().count() + 1,
            text: text[start..].lines().next().unwrap_or_default(),
        }
    }

    /// The line with a mark below the place.
    fn excerpt(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs are kept, so that the mark stands below the place whatever their width.
        let keep_tab = |c: char| if c == '\t' { '\t' } else { ' ' };
        let indent: String = self.text.chars().take(self.column - 1).map(keep_tab).collect();
        format!(" {margin} |\n {number} | {}\n {margin} | {indent}^\n", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_counts_lines_and_characters() {
        let text = "SELECT 1;\nSELECT 'é', x;\n";
        let place = Place::of(text, 23);
        assert_eq!((place.line, place.column), (2, 13));
        assert_eq!(place.excerpt(), "   |\n 2 | SELECT 'é', x;\n   |             ^\n");
    }

    #[test]
    fn place_after_the_end_is_the_end() {
        let place = Place::of("SELECT (", 99);
        assert_eq!((place.line, place.column, place.text), (1, 9, "SELECT ("));
    }
}
