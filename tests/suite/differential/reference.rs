//! The API of the fixture, written by hand with async-graphql's macros over rows in memory, and
//! executed by async-graphql alone.

use std::sync::Arc;

use async_graphql::{
    Context, EmptySubscription, InputObject, MaybeUndefined, Object, Result, Schema, SimpleObject,
};

use super::data::{Author, Book, Data, Genre, Loan};
use super::filter::{
    self, AuthorsFilter, AuthorsOrderBy, BigInt, BooksFilter, BooksOrderBy, List, LoansFilter,
    LoansOrderBy, Row,
};

pub(super) type Reference = Schema<Query, Mutation, EmptySubscription>;

/// A schema; the rows are data of each request, as `Arc<Data>`.
pub(super) fn schema() -> Reference {
    Schema::new(Query, Mutation, EmptySubscription)
}

fn data<'a>(ctx: &Context<'a>) -> &'a Data {
    ctx.data_unchecked::<Arc<Data>>()
}

/// Whether a value is the one that is asked for, if any is.
fn is_asked<T: PartialEq>(asked: &MaybeUndefined<T>, value: Option<T>) -> bool {
    asked.is_undefined() || asked.value() == value.as_ref()
}

#[Object(name = "Authors")]
impl Author {
    async fn id(&self) -> i32 {
        self.id
    }

    async fn name(&self) -> &str {
        &self.name
    }

    async fn born(&self) -> Option<i32> {
        self.born
    }

    async fn mentor_id(&self) -> Option<i32> {
        self.mentor_id
    }

    async fn mentor(&self, ctx: &Context<'_>) -> Option<Author> {
        self.mentor_id.and_then(|id| data(ctx).author(id)).cloned()
    }

    async fn authors_by_mentor(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where")] filter: Option<AuthorsFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<AuthorsOrderBy>>,
        limit: Option<i32>,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Author>> {
        let rows = data(ctx).authors.iter().filter(|other| other.mentor_id == Some(self.id));
        Row::list(rows, List { filter, order, limit, offset }, data(ctx))
    }

    async fn books(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<BooksOrderBy>>,
        limit: Option<i32>,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Book>> {
        let rows = data(ctx).books.iter().filter(|book| book.author_id == self.id);
        Row::list(rows, List { filter, order, limit, offset }, data(ctx))
    }

    async fn books_aggregate(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
    ) -> Result<BooksAggregate> {
        let rows = data(ctx).books.iter().filter(|book| book.author_id == self.id);
        count(rows, filter, data(ctx))
    }

    async fn label(&self, prefix: MaybeUndefined<String>, year: MaybeUndefined<bool>) -> String {
        let prefix = given(prefix, "> ".to_owned()).unwrap_or("-".to_owned());
        let born = self.born.map_or("?".to_owned(), |born| born.to_string());
        let born = if given(year, false) == Some(true) { born } else { String::new() };
        format!("{prefix}{}{born}", self.name)
    }
}

#[Object(name = "Books")]
impl Book {
    async fn id(&self) -> BigInt {
        BigInt(self.id)
    }

    async fn author_id(&self) -> i32 {
        self.author_id
    }

    async fn genre(&self) -> Option<Genre> {
        self.genre
    }

    async fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    async fn price(&self) -> Option<f64> {
        self.price
    }

    async fn in_print(&self) -> bool {
        self.in_print
    }

    async fn author(&self, ctx: &Context<'_>) -> Result<Author> {
        data(ctx).author(self.author_id).cloned().ok_or_else(|| "no author".into())
    }

    async fn loans(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where")] filter: Option<LoansFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<LoansOrderBy>>,
        limit: Option<i32>,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Loan>> {
        let rows = data(ctx).loans.iter().filter(|loan| loan.book_id == self.id);
        Row::list(rows, List { filter, order, limit, offset }, data(ctx))
    }
}

#[Object(name = "Loans")]
impl Loan {
    async fn book_id(&self) -> BigInt {
        BigInt(self.book_id)
    }

    async fn day(&self) -> i32 {
        self.day
    }

    async fn reader(&self) -> Option<&str> {
        self.reader.as_deref()
    }

    async fn book(&self, ctx: &Context<'_>) -> Result<Book> {
        data(ctx).book(self.book_id).cloned().ok_or_else(|| "no book".into())
    }
}

#[derive(SimpleObject)]
pub(super) struct BooksAggregate {
    count: i32,
}

fn count<'a>(
    rows: impl Iterator<Item = &'a Book>,
    filter: Option<BooksFilter>,
    data: &Data,
) -> Result<BooksAggregate> {
    let rows = Row::list(rows, List { filter, order: None, limit: None, offset: 0 }, data)?;
    Ok(BooksAggregate { count: rows.len() as i32 })
}

/// A page, without its cursors.
#[derive(SimpleObject)]
pub(super) struct BooksConnection {
    edges: Vec<BooksEdge>,
    nodes: Vec<Book>,
    page_info: PageInfo,
    total_count: i32,
}

#[derive(SimpleObject)]
pub(super) struct BooksEdge {
    node: Book,
}

#[derive(SimpleObject)]
pub(super) struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
}

#[derive(InputObject)]
pub(super) struct SpanInput {
    first: Option<i32>,
    last: Option<i32>,
    genre: Option<Genre>,
}

/// What an argument of a function is: its default if it is left out.
fn given<T>(argument: MaybeUndefined<T>, default: T) -> Option<T> {
    match argument {
        MaybeUndefined::Undefined => Some(default),
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(value) => Some(value),
    }
}

pub(super) struct Query;

#[Object(name = "Query")]
impl Query {
    #[expect(clippy::too_many_arguments, reason = "they are those of the field")]
    async fn authors(
        &self,
        ctx: &Context<'_>,
        id: MaybeUndefined<i32>,
        mentor_id: MaybeUndefined<i32>,
        #[graphql(name = "where")] filter: Option<AuthorsFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<AuthorsOrderBy>>,
        #[graphql(default = 100)] limit: i32,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Author>> {
        let rows = data(ctx)
            .authors
            .iter()
            .filter(|row| is_asked(&id, Some(row.id)) && is_asked(&mentor_id, row.mentor_id));
        Row::list(rows, List { filter, order, limit: Some(limit), offset }, data(ctx))
    }

    async fn authors_by_id(&self, ctx: &Context<'_>, id: i32) -> Option<Author> {
        data(ctx).author(id).cloned()
    }

    #[expect(clippy::too_many_arguments, reason = "they are those of the field")]
    async fn books(
        &self,
        ctx: &Context<'_>,
        id: MaybeUndefined<BigInt>,
        author_id: MaybeUndefined<i32>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<BooksOrderBy>>,
        #[graphql(default = 100)] limit: i32,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Book>> {
        let rows = data(ctx).books.iter().filter(|row| {
            is_asked(&id, Some(BigInt(row.id))) && is_asked(&author_id, Some(row.author_id))
        });
        Row::list(rows, List { filter, order, limit: Some(limit), offset }, data(ctx))
    }

    async fn books_by_id(&self, ctx: &Context<'_>, id: BigInt) -> Option<Book> {
        data(ctx).book(id.0).cloned()
    }

    async fn books_aggregate(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
    ) -> Result<BooksAggregate> {
        count(data(ctx).books.iter(), filter, data(ctx))
    }

    async fn books_connection(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<BooksOrderBy>>,
    ) -> Result<BooksConnection> {
        let list = List { filter, order, limit: None, offset: 0 };
        let mut rows = Row::list(data(ctx).books.iter(), list, data(ctx))?;
        let (total, size) = (rows.len(), first.map_or(100, filter::size));
        rows.truncate(size);
        Ok(BooksConnection {
            edges: rows.iter().cloned().map(|node| BooksEdge { node }).collect(),
            page_info: PageInfo { has_next_page: total > size, has_previous_page: false },
            nodes: rows,
            total_count: total as i32,
        })
    }

    async fn loans_by_book_id_and_day(
        &self,
        ctx: &Context<'_>,
        book_id: BigInt,
        day: i32,
    ) -> Option<Loan> {
        let mut loans = data(ctx).loans.iter();
        loans.find(|loan| loan.book_id == book_id.0 && loan.day == day).cloned()
    }

    #[expect(clippy::too_many_arguments, reason = "they are those of the field")]
    async fn books_of(
        &self,
        ctx: &Context<'_>,
        author_id: i32,
        genre: MaybeUndefined<Genre>,
        #[graphql(name = "where")] filter: Option<BooksFilter>,
        #[graphql(name = "orderBy")] order: Option<Vec<BooksOrderBy>>,
        limit: Option<i32>,
        #[graphql(default)] offset: i32,
    ) -> Result<Vec<Book>> {
        let genre = given(genre, Genre::Novel);
        let rows = data(ctx).books.iter();
        let rows = rows.filter(|book| book.author_id == author_id && book.genre == genre);
        Row::list(rows, List { filter, order, limit, offset }, data(ctx))
    }

    async fn describe(
        &self,
        text: MaybeUndefined<String>,
        number: MaybeUndefined<i32>,
        genre: MaybeUndefined<Genre>,
        numbers: MaybeUndefined<Vec<Option<i32>>>,
        span: MaybeUndefined<SpanInput>,
    ) -> String {
        let number_or = |number: Option<i32>, null: &str| {
            number.map_or(null.to_owned(), |number| number.to_string())
        };
        let numbers = given(numbers, vec![Some(1), Some(2)]).map(|numbers| {
            let numbers = numbers.into_iter().map(|number| number_or(number, "-"));
            numbers.collect::<Vec<_>>().join(",")
        });
        let span_default = SpanInput { first: Some(1), last: Some(2), genre: Some(Genre::Novel) };
        let span = given(span, span_default).map(|SpanInput { first, last, genre }| {
            let genre = match genre {
                Some(Genre::TextBook) => "\"text book\"",
                Some(genre) => genre.label(),
                None => "",
            };
            format!("({},{},{genre})", number_or(first, ""), number_or(last, ""))
        });
        [
            given(text, "x".to_owned()).unwrap_or("-".to_owned()),
            number_or(given(number, 7), "-"),
            given(genre, Genre::Poem).map_or("-", Genre::label).to_owned(),
            numbers.unwrap_or("--".to_owned()),
            span.unwrap_or("--".to_owned()),
        ]
        .join("|")
    }
}

pub(super) struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    async fn author(&self, ctx: &Context<'_>, id: i32) -> Option<Author> {
        data(ctx).author(id).cloned()
    }
}
