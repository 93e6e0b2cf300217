//! What rows are filtered and sorted by: columns, and functions of the row.

use std::borrow::Cow;

use crate::model::{Column, CompositeType, Computed, ObjectType, Type};
use crate::operator::Argument;
use crate::resolver::{Function, Returns};
use crate::sql::Sql;

/// A value of a row that can be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    /// A column.
    Column(&'static Column),
    /// The value of a function of the row, which takes nothing else.
    Computed(&'static Function, &'static Type),
}

impl Operand {
    fn of_computed(computed: &'static Computed) -> Option<Self> {
        let function = (computed.function)();
        match &function.returns {
            Returns::Value(ty) | Returns::RequiredValue(ty) if computed.comparable => {
                Some(Self::Computed(function, ty))
            }
            _ => None,
        }
    }

    /// Its type.
    pub(crate) fn ty(self) -> &'static Type {
        match self {
            Self::Column(column) => &column.ty,
            Self::Computed(_, ty) => ty,
        }
    }

    /// The SQL type that values are cast to, to be compared with it.
    pub(crate) fn sql_type(self) -> Cow<'static, str> {
        match self {
            Self::Column(column) => column.sql_type(),
            Self::Computed(_, ty) => ty.sql_name(),
        }
    }

    /// The SQL type that what an operator is given is cast to.
    pub(crate) fn argument_type(self, argument: Argument) -> String {
        argument.sql_type(self.ty(), &self.sql_type()).into_owned()
    }

    /// The attribute of a composite that has a name.
    pub(crate) fn attribute(self, field: &str) -> Option<Self> {
        let Type::Composite(CompositeType { object, .. }) = self.ty() else { return None };
        let attribute = object.columns.iter().find(|item| item.field == field && !item.hidden);
        attribute.map(Self::Column)
    }

    /// Whether it has a collation that calls different texts equal.
    pub(crate) fn is_nondeterministic(self) -> bool {
        matches!(self, Self::Column(column) if column.nondeterministic)
    }

    /// Whether rows can be sorted by it.
    pub(crate) fn is_sortable(self) -> bool {
        self.ty().is_sortable()
    }

    /// Appends it, as a value of rows of a table alias.
    pub(crate) fn write(self, alias: impl Fn(&mut Sql), sql: &mut Sql) {
        match self {
            Self::Column(column) => {
                alias(sql);
                sql.push(".").name(column.column);
                // A domain over an enum has no operators of its own.
                if let (Type::Enum(_), Some(cast)) = (&column.ty, column.cast) {
                    sql.push("::").push(cast);
                }
            }
            Self::Computed(Function { schema, name, .. }, _) => {
                sql.qualified(schema, name).push("(");
                alias(sql);
                // Without the star it could be a column of the same name.
                sql.push(".*)");
            }
        }
    }

    /// Whether it may be null.
    pub(crate) fn nullable(self) -> bool {
        match self {
            Self::Column(column) => column.nullable,
            Self::Computed(function, _) => !function.is_non_null(),
        }
    }

    /// The SQL name of the column or function.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Column(column) => column.column,
            Self::Computed(function, _) => function.name,
        }
    }

    /// Whether both are the same column or function.
    pub(crate) fn is_same(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
            && self.name() == other.name()
    }
}

impl ObjectType {
    /// What its rows can be filtered by: field, description, operand.
    pub(crate) fn operands(
        &'static self,
    ) -> impl Iterator<Item = (&'static str, &'static str, Operand)> {
        let columns = self.columns.iter().filter(|item| !item.hidden);
        let columns = columns.map(|item| (item.field, item.doc, Operand::Column(item)));
        let computed = self.computed.iter();
        let computed =
            computed.filter_map(|item| Some((item.field, item.doc, Operand::of_computed(item)?)));
        columns.chain(computed)
    }

    /// Whether its rows can be sorted.
    pub(crate) fn is_sortable(&'static self) -> bool {
        self.operands().any(|(.., operand)| operand.is_sortable())
    }

    /// The operand of a field.
    pub(crate) fn operand(&'static self, field: &str) -> Option<Operand> {
        let mut operands = self.operands();
        operands.find(|(name, ..)| *name == field).map(|(.., operand)| operand)
    }
}
