//! The type table: which PostgreSQL type is what in the API.
//!
//! Names only. How a value travels is the runtime's business; which types a schema may use, and
//! what to do about the others, is decided here.

use super::Planner;
use super::model::Type;
use crate::catalog::{PgName, TypeKind, TypeRef, ViewColumn};
use crate::sql_name;

/// GraphQL scalars of the API; all names are taken, used or not, so that a new column never
/// renames a type.
pub(crate) const SCALARS: &[&str] = &[
    "Base64",
    "BigInt",
    "Boolean",
    "Cidr",
    "Date",
    "DateTime",
    "Decimal",
    "Duration",
    "Float",
    "Inet",
    "Int",
    "JSON",
    "LocalDateTime",
    "LocalTime",
    "MacAddr",
    "String",
    "UUID",
];

/// A type of the API, and the SQL type to cast to if it is not the obvious one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) ty: Type,
    pub(crate) cast: Option<String>,
}

/// A type that the API cannot carry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unsupported {
    /// The type as SQL says it.
    pub(crate) shown: String,
    /// Why not.
    pub(crate) reason: String,
    /// What to select instead, with `{}` for the column; empty when there is nothing general.
    pub(crate) instead: String,
}

/// The GraphQL scalar of a type that is a scalar.
pub(crate) const fn scalar_name(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Bool => "Boolean",
        Type::Int2 | Type::Int4 => "Int",
        Type::Int8 => "BigInt",
        Type::Float4 | Type::Float8 => "Float",
        Type::Numeric => "Decimal",
        Type::Text => "String",
        Type::Uuid => "UUID",
        Type::Timestamptz => "DateTime",
        Type::Timestamp => "LocalDateTime",
        Type::Date => "Date",
        Type::Time => "LocalTime",
        Type::Interval => "Duration",
        Type::Json | Type::Jsonb => "JSON",
        Type::Bytea => "Base64",
        Type::Inet => "Inet",
        Type::Cidr => "Cidr",
        Type::Macaddr => "MacAddr",
        Type::Enum(_)
        | Type::Composite(_)
        | Type::Range(_)
        | Type::Multirange(_)
        | Type::Array(_)
        | Type::MultiArray(..)
        | Type::Shaped(_) => return None,
    })
}

/// The types of `pg_catalog` that the API carries.
fn built_in(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "int2" => Type::Int2,
        "int4" => Type::Int4,
        "int8" => Type::Int8,
        "float4" => Type::Float4,
        "float8" => Type::Float8,
        "numeric" => Type::Numeric,
        "text" | "varchar" | "bpchar" | "name" | "char" => Type::Text,
        "uuid" => Type::Uuid,
        "timestamptz" => Type::Timestamptz,
        "timestamp" => Type::Timestamp,
        "date" => Type::Date,
        "time" => Type::Time,
        "interval" => Type::Interval,
        "json" => Type::Json,
        "jsonb" => Type::Jsonb,
        "bytea" => Type::Bytea,
        "inet" => Type::Inet,
        "cidr" => Type::Cidr,
        "macaddr" => Type::Macaddr,
        _ => return None,
    })
}

/// Why a type of `pg_catalog` is not carried, and what to select instead of it.
fn refused(name: &str) -> (&'static str, &'static str) {
    match name {
        "money" => ("its text depends on the server's locale", "{}::numeric"),
        "timetz" => ("a time of day with an offset but no date has no certain meaning", "{}::time"),
        "xml" | "bit" | "varbit" | "tsvector" | "tsquery" | "pg_lsn" | "macaddr8" => {
            ("there is no GraphQL type for it", "{}::text")
        }
        "oid" | "regclass" | "regproc" | "regtype" | "xid" | "xid8" | "cid" | "tid" => {
            ("it is an internal identifier", "{}::text")
        }
        "point" | "line" | "lseg" | "box" | "path" | "polygon" | "circle" => {
            ("geometric types are not supported", "{}::text")
        }
        "record" => ("its columns are not known", "row(…)::some_composite_type"),
        "trigger" | "event_trigger" => ("only a trigger can call it", ""),
        "refcursor" => ("a cursor ends with its transaction", "{}::text"),
        _ if name.starts_with("any") => ("it is polymorphic", "{}::text"),
        _ => ("there is no GraphQL type for it", "{}::text"),
    }
}

impl Planner<'_> {
    /// What a declared type is in the API.
    pub(crate) fn resolve(&self, ty: &TypeRef) -> Result<Resolved, Unsupported> {
        let element = self.resolve_element(&ty.name);
        if !ty.array {
            return element;
        }
        let element = element.map_err(|refused| {
            let instead = if refused.instead.is_empty() { "" } else { "[]" };
            let shown = sql_name::short_type(ty);
            Unsupported { shown, instead: refused.instead + instead, ..refused }
        })?;
        // Arrays of `varchar` have no operators with those of `text`.
        let cast = self.exact(&ty.name).map(|exact| format!("{exact}[]"));
        Ok(Resolved { ty: Type::Array(Box::new(element.ty)), cast })
    }

    /// The SQL name of a type, where the API carries it as another one: of a domain, or one of the
    /// text family. Polymorphic operators tell them apart.
    pub(super) fn exact(&self, name: &PgName) -> Option<String> {
        let differs = match self.catalog.types.get(name).map(|definition| &definition.kind) {
            Some(TypeKind::Domain { .. } | TypeKind::Other) => true,
            Some(_) => false,
            None => {
                let texts = ["varchar", "bpchar", "name", "char"];
                name.schema == "pg_catalog" && texts.contains(&name.name.as_str())
            }
        };
        differs.then(|| sql_name::qualified(name))
    }

    pub(super) fn resolve_element(&self, name: &PgName) -> Result<Resolved, Unsupported> {
        let shown = TypeRef { name: name.clone(), array: false };
        if name.schema == "pg_catalog"
            && let Some(ty) = built_in(&name.name)
        {
            // `bpchar` compares without trailing blanks, so values must be of that type too.
            let cast = (name.name == "bpchar").then(|| sql_name::qualified(name));
            return Ok(Resolved { ty, cast });
        }
        if self.row_columns(name).is_some() {
            return Ok(Resolved { ty: Type::Composite(name.clone()), cast: None });
        }
        match self.catalog.types.get(name).map(|definition| &definition.kind) {
            Some(TypeKind::Enum { .. }) => {
                Ok(Resolved { ty: Type::Enum(name.clone()), cast: None })
            }
            Some(TypeKind::Domain { base, .. }) => {
                let mut resolved = self.resolve(base)?;
                if matches!(resolved.ty, Type::Enum(_)) {
                    // A domain over an enum has no operators.
                    resolved.cast = resolved.ty.named().map(sql_name::qualified);
                }
                let Some(shape) = self.domain_shape(name) else { return Ok(resolved) };
                let ty = self.tagged(base, resolved.ty, &shape, &name.schema);
                let ty = ty.map_err(|refusal| unsupported(&shown, refusal.reason, ""))?;
                Ok(Resolved { ty, cast: resolved.cast })
            }
            Some(TypeKind::Range { subtype, .. }) => match self.resolve(subtype) {
                Ok(_) => Ok(Resolved { ty: Type::Range(name.clone()), cast: None }),
                Err(bound) => {
                    let reason = format!("its bounds have type {}: {}", bound.shown, bound.reason);
                    Err(unsupported(&shown, reason, "{}::text"))
                }
            },
            Some(TypeKind::Multirange { range }) => match self.resolve_element(range)?.ty {
                Type::Range(range) => Ok(Resolved { ty: Type::Multirange(range), cast: None }),
                _ => Err(unsupported(&shown, "its range type is not known", "{}::text")),
            },
            // An extension type: the schema is up to whoever installed it.
            _ if name.name == "citext" => {
                Ok(Resolved { ty: Type::Text, cast: Some(sql_name::qualified(name)) })
            }
            _ if name.schema == "pg_catalog" => {
                let (reason, instead) = refused(&name.name);
                Err(unsupported(&shown, reason, instead))
            }
            _ => Err(unsupported(&shown, "there is no GraphQL type for it", "{}::text")),
        }
    }

    /// The columns of a row type: of a view, a table or a composite type.
    pub(crate) fn row_columns(&self, name: &PgName) -> Option<&[ViewColumn]> {
        if let Some(view) = self.catalog.views.get(name) {
            return Some(&view.columns);
        }
        match &self.catalog.types.get(name)?.kind {
            TypeKind::Composite { attributes } => Some(attributes),
            _ => None,
        }
    }
}

fn unsupported(ty: &TypeRef, reason: impl Into<String>, instead: &'static str) -> Unsupported {
    let instead = instead.to_owned();
    Unsupported { shown: sql_name::short_type(ty), reason: reason.into(), instead }
}
