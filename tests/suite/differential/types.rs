//! The part of the fixture's schema that documents are made of.

use std::fmt;

/// A type without its outermost `!`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty {
    Int,
    Float,
    String,
    Boolean,
    BigInt,
    Genre,
    Direction,
    Object(&'static str),
    /// Items, and whether they are not null.
    List(Box<Ty>, bool),
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(name) => f.write_str(name),
            Self::List(item, is_non_null) => {
                write!(f, "[{item}{}]", if *is_non_null { "!" } else { "" })
            }
            scalar => write!(f, "{scalar:?}"),
        }
    }
}

/// What may stand in a place for a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// Null or nothing, with a meaning.
    Nullable,
    /// Nothing, but not null, though the type allows it.
    Optional,
    /// A value, though the type allows null.
    Filled,
    /// A value.
    Required,
    /// A value or nothing; the type has a `!`.
    Defaulted,
}

/// An argument or a member of an input object.
pub(super) type Slot = (&'static str, Ty, Place);

fn list(item: Ty) -> Ty {
    Ty::List(Box::new(item), true)
}

fn comparison(ty: Ty) -> Vec<Slot> {
    // Only these two can be compared with null; to the others it is an error.
    let mut slots: Vec<Slot> =
        ["distinctFrom", "notDistinctFrom"].map(|name| (name, ty.clone(), Place::Nullable)).into();
    slots.push(("isNull", Ty::Boolean, Place::Optional));
    slots.extend(["eq", "neq"].map(|name| (name, ty.clone(), Place::Optional)));
    if ty != Ty::Boolean {
        slots.extend(["gt", "lte"].map(|name| (name, ty.clone(), Place::Optional)));
        slots.extend(["in", "notIn"].map(|name| (name, list(ty.clone()), Place::Optional)));
    }
    slots
}

/// The members of an input object; of one whose name ends with `OrderBy`, exactly one is given.
pub(super) fn members(object: &'static str) -> Vec<Slot> {
    use Ty::{BigInt, Boolean, Direction, Float, Genre, Int, Object, String};
    let filter = |columns: &[(&'static str, &'static str)]| {
        let all =
            [("and", list(Object(object))), ("or", list(Object(object))), ("not", Object(object))];
        let columns = columns.iter().map(|(name, filter)| (*name, Object(filter)));
        all.into_iter().chain(columns).map(|(name, ty)| (name, ty, Place::Optional)).collect()
    };
    let quantified = |filter| {
        ["some", "every", "none"].map(|name| (name, Object(filter), Place::Optional)).into()
    };
    let order = |columns: &[&'static str], relations: &[(&'static str, &'static str)]| {
        let columns = columns.iter().map(|name| (*name, Direction, Place::Filled));
        let relations = relations.iter().map(|(name, order)| (*name, Object(order), Place::Filled));
        columns.chain(relations).collect()
    };
    match object {
        "AuthorsFilter" => filter(&[
            ("id", "IntFilter"),
            ("name", "StringFilter"),
            ("born", "IntFilter"),
            ("mentorId", "IntFilter"),
            ("mentor", "AuthorsFilter"),
            ("authorsByMentor", "AuthorsListFilter"),
            ("books", "BooksListFilter"),
        ]),
        "BooksFilter" => filter(&[
            ("id", "BigIntFilter"),
            ("authorId", "IntFilter"),
            ("genre", "GenreFilter"),
            ("title", "StringFilter"),
            ("price", "FloatFilter"),
            ("inPrint", "BooleanFilter"),
            ("author", "AuthorsFilter"),
            ("loans", "LoansListFilter"),
        ]),
        "LoansFilter" => filter(&[
            ("bookId", "BigIntFilter"),
            ("day", "IntFilter"),
            ("reader", "StringFilter"),
            ("book", "BooksFilter"),
        ]),
        "AuthorsListFilter" => quantified("AuthorsFilter"),
        "BooksListFilter" => quantified("BooksFilter"),
        "LoansListFilter" => quantified("LoansFilter"),
        "IntFilter" => comparison(Int),
        "BigIntFilter" => comparison(BigInt),
        "StringFilter" => comparison(String),
        "FloatFilter" => comparison(Float),
        "BooleanFilter" => comparison(Boolean),
        "GenreFilter" => comparison(Genre),
        "AuthorsOrderBy" => {
            order(&["id", "name", "born", "mentorId"], &[("mentor", "AuthorsOrderBy")])
        }
        "BooksOrderBy" => order(
            &["id", "authorId", "genre", "title", "price", "inPrint"],
            &[("author", "AuthorsOrderBy")],
        ),
        "LoansOrderBy" => order(&["bookId", "day", "reader"], &[("book", "BooksOrderBy")]),
        "SpanInput" => vec![
            ("first", Int, Place::Nullable),
            ("last", Int, Place::Nullable),
            ("genre", Genre, Place::Nullable),
        ],
        other => unreachable!("{other}"),
    }
}

/// A field: its arguments, and the type of its selection set.
pub(super) type Field = (&'static str, Vec<Slot>, Option<&'static str>);

/// The arguments that choose rows; a root list has a limit of its own.
fn page(filter: &'static str, order: &'static str, is_root: bool) -> Vec<Slot> {
    vec![
        ("where", Ty::Object(filter), Place::Nullable),
        ("orderBy", list(Ty::Object(order)), Place::Nullable),
        ("limit", Ty::Int, if is_root { Place::Defaulted } else { Place::Nullable }),
        ("offset", Ty::Int, Place::Defaulted),
    ]
}

fn with(mut slots: Vec<Slot>, more: Vec<Slot>) -> Vec<Slot> {
    slots.extend(more);
    slots
}

/// The fields of a type, values first.
pub(super) fn fields(object: &str) -> Vec<Field> {
    use Place::{Nullable, Required};
    use Ty::{BigInt, Boolean, Genre, Int, Object, String};
    let leaf = |name: &'static str| (name, Vec::new(), None);
    let to_one = |name: &'static str, ty| (name, Vec::new(), Some(ty));
    let authors = |root| page("AuthorsFilter", "AuthorsOrderBy", root);
    let books = |root| page("BooksFilter", "BooksOrderBy", root);
    let loans = || page("LoansFilter", "LoansOrderBy", false);
    let count = || vec![("where", Object("BooksFilter"), Nullable)];
    match object {
        "Query" => vec![
            (
                "describe",
                vec![
                    ("text", String, Nullable),
                    ("number", Int, Nullable),
                    ("genre", Genre, Nullable),
                    ("numbers", Ty::List(Box::new(Int), false), Nullable),
                    ("span", Object("SpanInput"), Nullable),
                ],
                None,
            ),
            (
                "authors",
                with(vec![("id", Int, Nullable), ("mentorId", Int, Nullable)], authors(true)),
                Some("Authors"),
            ),
            (
                "books",
                with(vec![("id", BigInt, Nullable), ("authorId", Int, Nullable)], books(true)),
                Some("Books"),
            ),
            ("authorsById", vec![("id", Int, Required)], Some("Authors")),
            ("booksById", vec![("id", BigInt, Required)], Some("Books")),
            ("booksAggregate", count(), Some("BooksAggregate")),
            (
                "booksConnection",
                vec![
                    ("first", Int, Nullable),
                    ("where", Object("BooksFilter"), Nullable),
                    ("orderBy", list(Object("BooksOrderBy")), Nullable),
                ],
                Some("BooksConnection"),
            ),
            (
                "loansByBookIdAndDay",
                vec![("bookId", BigInt, Required), ("day", Int, Required)],
                Some("Loans"),
            ),
            (
                "booksOf",
                with(vec![("authorId", Int, Required), ("genre", Genre, Nullable)], books(false)),
                Some("Books"),
            ),
        ],
        "Mutation" => vec![("author", vec![("id", Int, Required)], Some("Authors"))],
        "Authors" => vec![
            leaf("id"),
            leaf("name"),
            leaf("born"),
            leaf("mentorId"),
            ("label", vec![("prefix", String, Nullable), ("year", Boolean, Nullable)], None),
            to_one("mentor", "Authors"),
            ("authorsByMentor", authors(false), Some("Authors")),
            ("books", books(false), Some("Books")),
            ("booksAggregate", count(), Some("BooksAggregate")),
        ],
        "Books" => vec![
            leaf("id"),
            leaf("authorId"),
            leaf("genre"),
            leaf("title"),
            leaf("price"),
            leaf("inPrint"),
            to_one("author", "Authors"),
            ("loans", loans(), Some("Loans")),
        ],
        "Loans" => vec![leaf("bookId"), leaf("day"), leaf("reader"), to_one("book", "Books")],
        "BooksAggregate" => vec![leaf("count")],
        "BooksConnection" => vec![
            leaf("totalCount"),
            to_one("edges", "BooksEdge"),
            to_one("nodes", "Books"),
            to_one("pageInfo", "PageInfo"),
        ],
        "BooksEdge" => vec![to_one("node", "Books")],
        "PageInfo" => vec![leaf("hasNextPage"), leaf("hasPreviousPage")],
        other => unreachable!("{other}"),
    }
}
