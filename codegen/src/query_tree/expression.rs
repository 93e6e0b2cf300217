//! Expressions of an analysed query.
//!
//! Two equal expressions of one query compute the same value, unless something in them is
//! volatile. That is why constants keep their bytes, and why [`Expr::Other`] is never relied on.

use serde::{Deserialize, Serialize};

use super::{Query, is_default};
use crate::catalog::TypeRef;

/// An expression.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "node", rename_all = "snake_case")]
pub enum Expr {
    /// A column of a range table entry.
    Column(Column),
    /// A literal.
    Constant(Constant),
    /// In the test of an `IN (SELECT …)`: the column of the subquery with this number.
    SubqueryColumn {
        /// The number, from 1.
        column: u32,
    },
    /// A call of a function, or of an operator's function.
    Call(Call),
    /// A call of an aggregate function.
    Aggregate(Aggregate),
    /// A call of a window function.
    Window(WindowCall),
    /// `GROUPING(…)`
    Grouping,
    /// `IS DISTINCT FROM`, with the equality operator in use.
    Distinct(Call),
    /// `NULLIF`, with the equality operator in use.
    NullIf(Call),
    /// `operand operator ANY (array)` and `… ALL (array)`; `arguments` are the two.
    AnyAll {
        /// The operator and its operands.
        call: Call,
        /// Whether it is `ANY`.
        any: bool,
    },
    /// `AND`
    And {
        /// Two or more conditions.
        arguments: Vec<Expr>,
    },
    /// `OR`
    Or {
        /// Two or more conditions.
        arguments: Vec<Expr>,
    },
    /// `NOT`
    Not {
        /// The condition.
        argument: Box<Expr>,
    },
    /// A subquery that is not in `FROM`.
    Subquery(Subquery),
    /// `(composite).field`
    Field {
        /// The composite.
        argument: Box<Expr>,
        /// The attribute's number.
        number: i16,
    },
    /// `array[1]`, `array[1:2]`, `json['key']`
    Subscript {
        /// What is subscripted.
        argument: Box<Expr>,
        /// The subscripts; a missing bound of a slice is left out.
        subscripts: Vec<Expr>,
    },
    /// A change of type or collation that is not a function call.
    Coercion {
        /// How it is done.
        how: Coercion,
        /// The type of the result.
        ty: TypeRef,
        /// The value.
        argument: Box<Expr>,
    },
    /// `CASE`
    Case(Case),
    /// In the arms of a `CASE value WHEN …`: that value.
    CaseValue,
    /// `ARRAY[…]`
    Array {
        /// The elements.
        elements: Vec<Expr>,
        /// Whether they are arrays themselves, and the result has one dimension more.
        #[serde(default, skip_serializing_if = "is_default")]
        nested: bool,
    },
    /// `ROW(…)`
    Row {
        /// The fields.
        fields: Vec<Expr>,
    },
    /// `(a, b) < (c, d)`
    RowComparison {
        /// The operators' functions, one for each pair.
        functions: Vec<String>,
        /// Both sides' values.
        arguments: Vec<Expr>,
    },
    /// `COALESCE`
    Coalesce {
        /// The candidates.
        arguments: Vec<Expr>,
    },
    /// `GREATEST`, `LEAST`
    GreatestLeast {
        /// The candidates.
        arguments: Vec<Expr>,
    },
    /// `CURRENT_DATE`, `CURRENT_USER` and their like.
    SessionValue(SessionValue),
    /// `IS NULL`, `IS NOT NULL`
    NullTest {
        /// The value.
        argument: Box<Expr>,
        /// Whether it is `IS NULL`.
        is_null: bool,
        /// Whether the value is a composite, and its fields are what is tested.
        row: bool,
    },
    /// `IS TRUE`, `IS NOT UNKNOWN` and their like.
    BooleanTest {
        /// The value.
        argument: Box<Expr>,
        /// What is tested: `None` for `UNKNOWN`.
        value: Option<bool>,
        /// Whether it is `IS NOT`.
        not: bool,
    },
    /// An argument that is left out before one that is passed by name.
    Default,
    /// Something else.
    Other {
        /// What it is, for messages.
        what: String,
    },
}

/// A reference to a column.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Column {
    /// The number of the range table entry, from 1.
    pub range: usize,
    /// The column's number: from 1; 0 for the whole row, negative for system columns.
    pub column: i16,
    /// How many queries further out the range table is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub levels_up: u32,
}

/// A literal.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Constant {
    /// Its type.
    pub ty: TypeRef,
    /// The bytes of its internal form, or of the label of an enum, in hexadecimal; `None` for
    /// NULL.
    #[serde(default, skip_serializing_if = "is_default")]
    pub value: Option<String>,
}

/// A call of a function, or of an operator's function.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Call {
    /// The signature, a key of [`Catalog::routines`](crate::catalog::Catalog::routines).
    pub function: String,
    /// The operator's symbol, if it was written as one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub operator: Option<String>,
    /// The type of the result.
    pub ty: TypeRef,
    /// Whether it returns a set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub set: bool,
    /// Whether the last argument is an array that was passed with `VARIADIC`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub variadic: bool,
    /// The arguments, defaults filled in.
    pub arguments: Vec<Expr>,
}

/// A call of an aggregate function.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Aggregate {
    /// The signature, a key of [`Catalog::routines`](crate::catalog::Catalog::routines).
    pub function: String,
    /// The type of the result.
    pub ty: TypeRef,
    /// The aggregated arguments; none for `count(*)`.
    pub arguments: Vec<Expr>,
    /// The direct arguments of an ordered-set aggregate, as in `percentile_cont(0.5)`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direct: Vec<Expr>,
    /// Whether there is a `FILTER`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub filtered: bool,
    /// How many queries further out the grouped rows are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub levels_up: u32,
}

/// A call of a window function.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct WindowCall {
    /// The signature, a key of [`Catalog::routines`](crate::catalog::Catalog::routines).
    pub function: String,
    /// The type of the result.
    pub ty: TypeRef,
    /// The arguments; none for `count(*)`.
    pub arguments: Vec<Expr>,
    /// Whether there is a `FILTER`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub filtered: bool,
    /// The window's reference.
    pub window: u32,
}

/// A subquery that is not in `FROM`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Subquery {
    /// What is asked of it.
    pub kind: SubqueryKind,
    /// For `IN` and the like: the condition between outer values and its columns.
    #[serde(default, skip_serializing_if = "is_default")]
    pub test: Option<Box<Expr>>,
    /// The query.
    pub query: Box<Query>,
}

/// What is asked of a subquery.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubqueryKind {
    /// `EXISTS`
    Exists,
    /// `IN`, `operator ANY`
    Any,
    /// `operator ALL`
    All,
    /// Its only value.
    Value,
    /// `ARRAY(…)`
    Array,
    /// Something else, for example a comparison with a row of it.
    Other,
}

/// How a value changes its type.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coercion {
    /// Nothing happens: the representation is the same.
    Relabel,
    /// Through its text form.
    Text,
    /// Element by element.
    Array,
    /// Element by element, by a function.
    ArrayByFunction,
    /// Between row types of an inheritance tree.
    Row,
    /// Into a domain, with a check of its constraints.
    Domain,
    /// `COLLATE`
    Collation,
}

/// `CASE`
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Case {
    /// The value that the arms are compared with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub value: Option<Box<Expr>>,
    /// The arms in order.
    pub arms: Vec<CaseArm>,
    /// `ELSE`; a NULL literal if none was written.
    pub otherwise: Box<Expr>,
}

/// `WHEN … THEN …`
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct CaseArm {
    /// The condition.
    pub when: Expr,
    /// The result.
    pub then: Expr,
}

/// A value of the session.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "value", rename_all = "snake_case")]
pub enum SessionValue {
    /// A date or time.
    Time,
    /// A user, a role or the database.
    Identity,
    /// `CURRENT_SCHEMA`, which is null without one.
    Schema,
}

impl Expr {
    /// An expression that is not understood.
    pub fn other(what: impl Into<String>) -> Self {
        Self::Other { what: what.into() }
    }

    /// Whether it is the literal `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Constant(constant) if constant.is_true())
    }

    /// Whether it is a literal number above zero.
    pub fn is_positive(&self) -> bool {
        match self {
            Self::Constant(constant) => constant.integer().is_some_and(|number| number > 0),
            Self::Call(call) if call.function == "pg_catalog.int8(integer)" => {
                call.arguments.iter().all(Self::is_positive)
            }
            _ => false,
        }
    }

    /// Whether it is the literal NULL, whatever its type.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Constant(constant) => constant.value.is_none(),
            Self::Coercion { argument, .. } => argument.is_null(),
            _ => false,
        }
    }

    /// The type of its result, where the tree says so in passing.
    pub fn ty(&self) -> Option<&TypeRef> {
        match self {
            Self::Constant(Constant { ty, .. })
            | Self::Call(Call { ty, .. })
            | Self::NullIf(Call { ty, .. })
            | Self::Aggregate(Aggregate { ty, .. })
            | Self::Window(WindowCall { ty, .. })
            | Self::Coercion { ty, .. } => Some(ty),
            _ => None,
        }
    }

    /// Calls a function for each subquery in it, but not for those within these.
    pub fn subqueries<'a>(&'a self, call: &mut impl FnMut(&'a Query)) {
        if let Self::Subquery(subquery) = self {
            call(&subquery.query);
        }
        self.children().into_iter().for_each(|child| child.subqueries(call));
    }
}

impl Constant {
    /// Whether it is the literal `true`.
    pub fn is_true(&self) -> bool {
        // One byte that is not zero, in whichever place of the word the server puts it.
        self.ty.name.name == "bool"
            && !self.ty.array
            && self.value.as_ref().is_some_and(|bytes| bytes.bytes().any(|digit| digit != b'0'))
    }

    /// The number of a literal of an integer type.
    pub fn integer(&self) -> Option<i64> {
        if !matches!(self.ty.name.name.as_str(), "int2" | "int4" | "int8") || self.ty.array {
            return None;
        }
        // The server's order of bytes is that of nearly all machines; another would be misread
        // as a large number, so what is larger than any literal is not trusted.
        let digits = self.value.as_ref()?;
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let bytes = (0..8).map(|index| byte(index * 2)).collect::<Option<Vec<_>>>()?;
        let number = i64::from_le_bytes(bytes.try_into().ok()?);
        (number.unsigned_abs() < 1 << 31).then_some(number)
    }

    /// The label of a literal of an enum.
    pub fn label(&self) -> Option<String> {
        text(self.value.as_ref()?)
    }

    /// Another literal of the same enum.
    pub fn with_label(&self, label: &str) -> Self {
        let digits = label.bytes().map(|byte| format!("{byte:02x}")).collect();
        Self { ty: self.ty.clone(), value: Some(digits) }
    }

    /// The text of a literal of type `text`.
    pub fn text(&self) -> Option<String> {
        if self.ty.name.name != "text" || self.ty.array {
            return None;
        }
        // The length comes first, in four bytes.
        text(self.value.as_ref()?.get(8..)?)
    }
}

/// A text of which the bytes are written in hexadecimal.
fn text(digits: &str) -> Option<String> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    String::from_utf8(digits.as_bytes().chunks(2).map(byte).collect::<Option<_>>()?).ok()
}
