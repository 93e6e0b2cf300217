//! Puts the rows of the introspection queries together, and replaces identifiers by names.

use std::collections::{BTreeMap, BTreeSet};

use super::IntrospectError;
use super::rows::{self, letter, unexpected};
use crate::catalog::{
    Argument, Catalog, Check, Equality, ForeignKey, Function, PgName, Table, TableColumn, TableKey,
    TypeDef, TypeKind, TypeRef, View, ViewColumn,
};
use crate::query_tree::Query;

/// The rows of all queries but those about types.
pub(super) struct Parts {
    pub(super) relations: Vec<rows::Relation>,
    pub(super) columns: Vec<rows::Column>,
    pub(super) keys: Vec<rows::Key>,
    pub(super) foreign_keys: Vec<rows::ForeignKey>,
    pub(super) functions: Vec<rows::Function>,
    /// By view.
    pub(super) queries: BTreeMap<u32, Query>,
    /// Views in whose queries a nondeterministic collation plays a part.
    pub(super) nondeterministic: BTreeSet<u32>,
    /// By table: what belongs to a constraint has no number.
    pub(super) expressions: BTreeMap<u32, Vec<(Option<i16>, Check)>>,
    /// Signatures by identifier.
    pub(super) functions_by_oid: BTreeMap<u32, String>,
}

/// The types by identifier.
pub(super) struct Types {
    types: BTreeMap<u32, rows::Type>,
    /// By the composite type's relation.
    attributes: BTreeMap<u32, Vec<rows::Column>>,
}

impl Parts {
    /// The catalog, except what only the session knows.
    pub(super) fn catalog(self, types: &Types) -> Result<Catalog, IntrospectError> {
        let mut catalog = Catalog { types: types.definitions()?, ..Catalog::default() };
        let names: BTreeMap<u32, PgName> =
            self.relations.iter().map(|relation| (relation.oid, relation.pg_name())).collect();
        let mut columns = grouped(self.columns, |column| column.relation);
        let mut keys = grouped(self.keys, |key| key.relation);
        let mut foreign_keys = grouped(self.foreign_keys, |key| key.relation);
        let mut queries = self.queries;
        let mut expressions = self.expressions;
        for relation in self.relations {
            let columns = columns.remove(&relation.oid).unwrap_or_default();
            let keys = keys.remove(&relation.oid).unwrap_or_default().into_iter().map(key);
            if relation.is_view() {
                let query = queries
                    .remove(&relation.oid)
                    .unwrap_or_else(|| Query::unreadable("PostgreSQL has no query for it"));
                let view = View {
                    materialized: letter(relation.kind) == 'm',
                    security_invoker: relation.security_invoker,
                    nondeterministic: self.nondeterministic.contains(&relation.oid),
                    columns: types.columns(columns)?,
                    keys: keys.collect(),
                    comment: relation.comment,
                    query,
                };
                catalog.views.insert(PgName::new(relation.schema, relation.name), view);
            } else {
                let foreign_keys = foreign_keys.remove(&relation.oid).unwrap_or_default();
                let expressions = expressions.remove(&relation.oid).unwrap_or_default();
                let mut columns = types.table_columns(columns)?;
                let mut checks = Vec::new();
                for (number, check) in expressions {
                    match columns.iter_mut().find(|column| Some(column.number) == number) {
                        Some(column) => column.generated = Some(check.condition),
                        None => checks.push(check),
                    }
                }
                let table = Table {
                    columns,
                    checks,
                    // A unique index of the parent says nothing about the rows of a child.
                    keys: if relation.inherited { Vec::new() } else { keys.collect() },
                    foreign_keys: foreign_keys
                        .into_iter()
                        .filter_map(|key| foreign_key(key, &names, &self.functions_by_oid))
                        .collect(),
                    row_security: relation.row_security,
                    comment: relation.comment,
                };
                catalog.tables.insert(PgName::new(relation.schema, relation.name), table);
            }
        }
        catalog.functions = self
            .functions
            .into_iter()
            .map(|function| types.function(function))
            .collect::<Result<_, _>>()?;
        Ok(catalog)
    }
}

fn grouped<T>(rows: Vec<T>, by: impl Fn(&T) -> u32) -> BTreeMap<u32, Vec<T>> {
    let mut groups = BTreeMap::<u32, Vec<T>>::new();
    for row in rows {
        groups.entry(by(&row)).or_default().push(row);
    }
    groups
}

fn key(row: rows::Key) -> TableKey {
    TableKey { columns: row.columns, primary: row.is_primary }
}

/// `None` if the target is a table that was created after the snapshot was taken.
fn foreign_key(
    row: rows::ForeignKey,
    names: &BTreeMap<u32, PgName>,
    functions: &BTreeMap<u32, String>,
) -> Option<ForeignKey> {
    let equality = |pair: &[u32]| {
        let [target_first, own_first] = pair else { return None };
        Some(Equality {
            target_first: functions.get(target_first)?.clone(),
            own_first: functions.get(own_first)?.clone(),
        })
    };
    let equalities = row.functions.chunks(2).map(equality).collect::<Option<_>>();
    Some(ForeignKey {
        equalities: equalities.unwrap_or_default(),
        name: row.name,
        columns: row.columns,
        target: names.get(&row.target)?.clone(),
        target_columns: row.target_columns,
        comment: row.comment,
    })
}

impl Types {
    pub(super) fn new(types: Vec<rows::Type>, attributes: Vec<rows::Column>) -> Self {
        Self {
            types: types.into_iter().map(|ty| (ty.oid, ty)).collect(),
            attributes: grouped(attributes, |attribute| attribute.relation),
        }
    }

    /// How a type is referred to, for all of them.
    pub(super) fn references(&self) -> impl Iterator<Item = (u32, TypeRef)> {
        self.types.keys().filter_map(|oid| Some((*oid, self.reference(*oid).ok()?)))
    }

    fn reference(&self, oid: u32) -> Result<TypeRef, IntrospectError> {
        let row = |oid: u32| {
            let row = self.types.get(&oid);
            row.ok_or_else(|| IntrospectError::Unexpected(format!("type {oid}")))
        };
        let ty = row(oid)?;
        let named = if ty.element == 0 { ty } else { row(ty.element)? };
        Ok(TypeRef { name: PgName::new(&named.schema, &named.name), array: ty.element != 0 })
    }

    /// All types of which there is more to say than their name.
    fn definitions(&self) -> Result<BTreeMap<PgName, TypeDef>, IntrospectError> {
        let mut definitions = BTreeMap::new();
        for ty in self.types.values().filter(|ty| ty.element == 0) {
            if let Some(kind) = self.kind(ty)? {
                let name = PgName::new(&ty.schema, &ty.name);
                definitions.insert(name, TypeDef { kind, comment: ty.comment.clone() });
            }
        }
        Ok(definitions)
    }

    fn kind(&self, ty: &rows::Type) -> Result<Option<TypeKind>, IntrospectError> {
        let built_in = ty.schema == "pg_catalog";
        Ok(Some(match letter(ty.kind) {
            'e' => TypeKind::Enum { labels: ty.labels.clone() },
            'd' => TypeKind::Domain { base: self.reference(ty.base)?, not_null: self.not_null(ty) },
            'r' => TypeKind::Range {
                subtype: self.reference(ty.subtype)?,
                multirange: self.reference(ty.multirange)?.name,
            },
            'm' => TypeKind::Multirange { range: self.reference(ty.range)?.name },
            // A view's row is described where the view is.
            'c' if matches!(ty.relation_kind.map(letter), Some('v' | 'm')) => return Ok(None),
            'c' => {
                let attributes = self.attributes.get(&ty.relation).map_or(&[][..], Vec::as_slice);
                let attributes = attributes.iter().map(|attribute| self.view_column(attribute));
                TypeKind::Composite { attributes: attributes.collect::<Result<_, _>>()? }
            }
            _ if built_in => return Ok(None),
            _ => TypeKind::Other,
        }))
    }

    /// Whether a domain, or one that it is made of, is NOT NULL.
    fn not_null(&self, domain: &rows::Type) -> bool {
        let below = self.types.get(&domain.base);
        domain.not_null
            || below.is_some_and(|below| letter(below.kind) == 'd' && self.not_null(below))
    }

    fn columns(&self, rows: Vec<rows::Column>) -> Result<Vec<ViewColumn>, IntrospectError> {
        rows.iter().map(|row| self.view_column(row)).collect()
    }

    fn view_column(&self, row: &rows::Column) -> Result<ViewColumn, IntrospectError> {
        Ok(ViewColumn {
            name: row.name.clone(),
            number: row.number,
            ty: self.reference(row.ty)?,
            nondeterministic: row.nondeterministic,
            comment: row.comment.clone(),
        })
    }

    fn table_columns(&self, rows: Vec<rows::Column>) -> Result<Vec<TableColumn>, IntrospectError> {
        rows.into_iter()
            .map(|row| {
                Ok(TableColumn {
                    ty: self.reference(row.ty)?,
                    name: row.name,
                    number: row.number,
                    not_null: row.not_null,
                    generated: None,
                    comment: row.comment,
                })
            })
            .collect()
    }

    fn function(&self, row: rows::Function) -> Result<Function, IntrospectError> {
        let name = PgName::new(row.schema, row.name);
        let odd = || unexpected(&name.to_string());
        let arguments = row
            .argument_types
            .into_iter()
            .zip(row.argument_modes)
            .zip(row.argument_names.into_iter().zip(row.argument_defaults))
            .map(|((ty, mode), (name, default))| {
                let mode = rows::argument_mode(mode).ok_or_else(odd)?;
                Ok(Argument { name, ty: self.reference(ty)?, mode, default })
            })
            .collect::<Result<_, IntrospectError>>()?;
        Ok(Function {
            arguments,
            returns: self.reference(row.returns)?,
            returns_set: row.returns_set,
            volatility: rows::volatility(row.volatility).ok_or_else(odd)?,
            strict: row.strict,
            kind: rows::function_kind(row.kind).ok_or_else(odd)?,
            language: row.language,
            comment: row.comment,
            name,
        })
    }
}
