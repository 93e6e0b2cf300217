//! Random rows: in the database, and in memory.

use std::fmt::Display;

use async_graphql::Enum;
use tokio_postgres::Client;

use super::choices::Choices;

#[derive(Clone, Copy, Debug, Enum, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Genre {
    Novel,
    Poem,
    TextBook,
}

impl Genre {
    const ALL: [Self; 3] = [Self::Novel, Self::Poem, Self::TextBook];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Novel => "novel",
            Self::Poem => "poem",
            Self::TextBook => "text book",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Author {
    pub(super) id: i32,
    pub(super) name: String,
    pub(super) born: Option<i32>,
    pub(super) mentor_id: Option<i32>,
}

#[derive(Clone, Debug)]
pub(super) struct Book {
    pub(super) id: i64,
    pub(super) author_id: i32,
    pub(super) genre: Option<Genre>,
    pub(super) title: Option<String>,
    pub(super) price: Option<f64>,
    pub(super) in_print: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Loan {
    pub(super) book_id: i64,
    pub(super) day: i32,
    pub(super) reader: Option<String>,
}

/// All rows, each kind in the order of its key.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) authors: Vec<Author>,
    pub(super) books: Vec<Book>,
    pub(super) loans: Vec<Loan>,
}

impl Data {
    pub(super) fn random(choices: &mut Choices) -> Self {
        let mut data = Self::default();
        for id in 0..choices.below(5) {
            data.authors.push(Author {
                id: id as i32,
                name: choices.of(&["", "a", "b", "B\"\\"]).to_string(),
                born: choices.of(&[None, Some(0), Some(1), Some(2)]),
                mentor_id: choices.maybe().then(|| choices.below(id + 1) as i32),
            });
        }
        for id in 0..if data.authors.is_empty() { 0 } else { choices.below(9) } {
            data.books.push(Book {
                id: id as i64,
                author_id: choices.below(data.authors.len()) as i32,
                genre: choices.maybe().then(|| choices.of(&Genre::ALL)),
                title: choices.of(&[None, Some(""), Some("a"), Some("b")]).map(str::to_owned),
                // Numbers that everyone writes in the same way.
                price: choices.of(&[None, Some(-0.5), Some(0.5), Some(1.25)]),
                in_print: choices.maybe(),
            });
        }
        for book_id in 0..data.books.len() as i64 {
            for day in 0..4 {
                if choices.below(3) != 1 {
                    continue;
                }
                let reader = choices.of(&[None, Some("a"), Some("b")]).map(str::to_owned);
                data.loans.push(Loan { book_id, day, reader });
            }
        }
        data
    }

    /// Makes them the rows of the database.
    pub(super) async fn store(&self, client: &Client) {
        let mut script = "truncate tb_authors, tb_books, tb_loans;".to_owned();
        for Author { id, name, born, mentor_id } in &self.authors {
            let (born, mentor_id) = (sql(*born), sql(*mentor_id));
            script +=
                &format!("insert into tb_authors values ({id}, '{name}', {born}, {mentor_id});");
        }
        for Book { id, author_id, genre, title, price, in_print } in &self.books {
            let genre = sql(genre.map(|genre| format!("'{}'", genre.label())));
            let title = sql(title.as_ref().map(|title| format!("'{title}'")));
            let price = sql(*price);
            script += &format!(
                "insert into tb_books values ({id}, {author_id}, {genre}, {title}, {price}, {in_print});"
            );
        }
        for Loan { book_id, day, reader } in &self.loans {
            let reader = sql(reader.as_ref().map(|reader| format!("'{reader}'")));
            script += &format!("insert into tb_loans values ({book_id}, {day}, {reader});");
        }
        client.batch_execute(&script).await.expect("rows");
    }

    pub(super) fn author(&self, id: i32) -> Option<&Author> {
        self.authors.iter().find(|author| author.id == id)
    }

    pub(super) fn book(&self, id: i64) -> Option<&Book> {
        self.books.iter().find(|book| book.id == id)
    }
}

fn sql(value: Option<impl Display>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}
