//! What `@type` says about a value: the shape of its JSON, or the dimensions of its arrays.
//!
//! Neither is known to PostgreSQL. `int4[][]` is the same type as `int4[]` there, what
//! `pg_attribute.attndims` keeps of the declaration is zero for the columns of every view, and
//! arguments do not have it at all; so the author says it.

use super::Planner;
use super::model::Type;
use super::tags::Subject;
use crate::catalog::{PgName, TypeKind, TypeRef};
use crate::comment::{self, Place, Shape};
use crate::sql_name;

/// Why `@type` cannot be what it says.
pub(super) struct Refusal {
    /// One sentence.
    pub(super) reason: String,
    /// What would be right.
    pub(super) help: String,
}

/// Other names of PostgreSQL's types, as SQL has them.
const ALIASES: &[(&str, &str)] = &[
    ("bigint", "int8"),
    ("boolean", "bool"),
    ("character", "bpchar"),
    ("decimal", "numeric"),
    ("float", "float8"),
    ("int", "int4"),
    ("integer", "int4"),
    ("real", "float4"),
    ("smallint", "int2"),
];

impl Planner<'_> {
    /// The type of a value whose comment has a `@type`. `declared` is its SQL type, `resolved` what
    /// that is without the tag, `schema` where unqualified names are looked up.
    pub(super) fn tagged(
        &self,
        declared: &TypeRef,
        resolved: Type,
        shape: &Shape,
        schema: &str,
    ) -> Result<Type, Refusal> {
        match resolved {
            Type::Jsonb => self.shaped(shape, schema),
            Type::Array(element) => self.dimensioned(declared, *element, shape),
            _ => Err(Refusal {
                reason: "`@type` says the shape of jsonb or the dimensions of an array, and this \
                         is neither"
                    .to_owned(),
                help: format!("remove it: the type is {}", sql_name::short_type(declared)),
            }),
        }
    }

    fn shaped(&self, shape: &Shape, schema: &str) -> Result<Type, Refusal> {
        let name = shape.resolve(schema);
        let element = self.resolve_element(&name).map(|resolved| resolved.ty);
        let Ok(element @ Type::Composite(_)) = element else {
            return Err(Refusal {
                reason: format!(
                    "`@type` names `{name}`, which is no composite type, table or view"
                ),
                help: "jsonb can have the shape of one, or of a list of them".to_owned(),
            });
        };
        let inner = match shape.dimensions {
            0 => element,
            1 => Type::Array(Box::new(element)),
            _ => {
                return Err(Refusal {
                    reason: "the shape of jsonb is an object or a list of objects".to_owned(),
                    help: format!("say `@type {name}[]`, or leave it JSON"),
                });
            }
        };
        Ok(Type::Shaped(Box::new(inner)))
    }

    fn dimensioned(
        &self,
        declared: &TypeRef,
        element: Type,
        shape: &Shape,
    ) -> Result<Type, Refusal> {
        let sql = self.array_element(declared);
        let given = &shape.name;
        let alias = ALIASES.iter().find(|(alias, _)| *alias == given.name);
        let name = alias.map_or(given.name.as_str(), |(_, name)| name);
        let schema_fits = given.schema.as_ref().is_none_or(|schema| *schema == sql.schema);
        if name != sql.name || !schema_fits || shape.dimensions == 0 {
            let elements = TypeRef { name: sql.clone(), array: false };
            let elements = sql_name::short_type(&elements);
            return Err(Refusal {
                reason: format!("`@type` names another type than the array's, {elements}[]"),
                help: format!("for two dimensions, say `@type {elements}[][]`"),
            });
        }
        Ok(match shape.dimensions {
            1 => Type::Array(Box::new(element)),
            more => Type::MultiArray(Box::new(element), more),
        })
    }

    /// The element type of an array, or of a domain over one.
    fn array_element<'a>(&'a self, ty: &'a TypeRef) -> &'a PgName {
        match self.catalog.types.get(&ty.name).map(|definition| &definition.kind) {
            Some(TypeKind::Domain { base, .. }) if !ty.array => self.array_element(base),
            _ => &ty.name,
        }
    }

    /// What the comment of a domain says about its values.
    pub(super) fn domain_shape(&self, name: &PgName) -> Option<Shape> {
        let text = self.catalog.types.get(name)?.comment.as_deref();
        comment::parse(text, Place::Domain).0.shape
    }

    /// Reports what is wrong with the comments of the domains of the configured schemas.
    pub(super) fn check_domains(&mut self) {
        let catalog = self.catalog;
        for (name, definition) in &catalog.types {
            let TypeKind::Domain { base, .. } = &definition.kind else { continue };
            if !self.config.schemas.contains(&name.schema) {
                continue;
            }
            let object = format!("domain {}", sql_name::qualified(name));
            let subject = Subject { object, text: definition.comment.as_deref() };
            let Some(shape) = self.comment(&subject, Place::Domain).shape else { continue };
            let Ok(resolved) = self.resolve(base) else { continue };
            if let Err(refusal) = self.tagged(base, resolved.ty, &shape, &name.schema) {
                self.invalid_reference(&subject.object, refusal.reason, refusal.help);
            }
        }
    }
}
