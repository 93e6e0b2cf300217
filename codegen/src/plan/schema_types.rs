//! Types of the plan as GraphQL writes them.

use super::model::{
    Argument, Cardinality, Column, Plan, Presence, Relation, Returns, RowType, Type,
};
use super::types::scalar_name;

impl Plan {
    /// The type of a value that leaves through the API, without the `!` of the whole.
    pub fn output_type(&self, ty: &Type) -> String {
        self.type_name(ty, false)
    }

    /// The type of a value that comes in, without the `!` of the whole.
    pub fn input_type(&self, ty: &Type) -> String {
        self.type_name(ty, true)
    }

    fn type_name(&self, ty: &Type, input: bool) -> String {
        match ty {
            Type::Enum(name) => {
                self.enums.get(name).map_or_else(String::new, |planned| planned.name.to_string())
            }
            Type::Composite(name) | Type::Range(name) if input => {
                let usage = self.composite_use(name);
                usage
                    .and_then(|usage| usage.input.as_ref())
                    .map_or_else(String::new, ToString::to_string)
            }
            Type::Composite(name) | Type::Range(name) => {
                self.object(name).map_or_else(String::new, |object| object.name.to_string())
            }
            Type::Multirange(range) => {
                format!("[{}!]", self.type_name(&Type::Range(range.clone()), input))
            }
            Type::Array(element) => format!("[{}]", self.type_name(element, input)),
            Type::MultiArray(element, dimensions) => {
                let list = format!("[{}]", self.type_name(element, input));
                (1..*dimensions).fold(list, |list, _| format!("[{list}!]"))
            }
            Type::Shaped(shape) => match shape.as_ref() {
                Type::Array(element) => format!("[{}!]", self.type_name(element, input)),
                shape => self.type_name(shape, input),
            },
            scalar => scalar_name(scalar).unwrap_or_default().to_owned(),
        }
    }

    /// The type of a field that is a column.
    pub fn column_type(&self, column: &Column) -> String {
        with_null(self.output_type(&column.ty), column.nullability.nullable)
    }

    /// The type of the same column as a field of an input object.
    pub fn input_column_type(&self, column: &Column) -> String {
        with_null(self.input_type(&column.ty), column.nullability.nullable)
    }

    /// The type of an argument.
    pub fn argument_type(&self, argument: &Argument) -> String {
        with_null(self.input_type(&argument.ty), argument.presence != Presence::Required)
    }

    /// The type of a relation.
    pub fn relation_type(&self, relation: &Relation) -> String {
        let target = self.output_type(&Type::Composite(relation.target.clone()));
        match relation.cardinality {
            Cardinality::One => format!("{target}!"),
            Cardinality::Optional => target,
            Cardinality::Many => format!("[{target}!]!"),
        }
    }

    /// The type of a field that calls a function.
    pub fn return_type(&self, returns: &Returns) -> String {
        match returns {
            Returns::Void => "Boolean!".to_owned(),
            Returns::Value { ty, not_null, .. } => with_null(self.output_type(ty), !not_null),
            Returns::Values(ty) => format!("[{}]!", self.output_type(ty)),
            Returns::Row { row, not_null } => with_null(self.row_type(row), !not_null),
            Returns::Rows(row) => format!("[{}!]!", self.row_type(row)),
        }
    }

    fn row_type(&self, row: &RowType) -> String {
        match row {
            RowType::Own(object) => object.name.to_string(),
            RowType::Named(name) => self.output_type(&Type::Composite(name.clone())),
        }
    }
}

fn with_null(name: String, nullable: bool) -> String {
    if nullable { name } else { name + "!" }
}
