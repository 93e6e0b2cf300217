//! Object types: a struct with its table of columns.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::tokens::{self, descriptor, ident, rust_type, struct_ident, struct_path, text};
use crate::plan::Plan;
use crate::plan::model::{Cardinality, Column, CompositeUse, Object, Relation};

/// The struct of an object type, and its table.
///
/// A value of a row type has all its columns, so the table must list the hidden ones too where the
/// object is read as such a value. `computed` are the entries of fields that functions compute.
pub(super) fn record(
    plan: &Plan,
    object: &Object,
    as_value: bool,
    computed: TokenStream,
) -> Vec<TokenStream> {
    let name = struct_ident(object);
    let doc = docs::item(&object.description);
    let fields = object.columns.iter().map(|column| {
        let (doc, name) = (docs::item(&column.description), ident(&column.rust));
        let ty = rust_type(plan, &column.ty);
        let ty = if column.nullability.nullable {
            quote! { Option<#ty> }
        } else {
            ty
        };
        quote! { #doc pub #name: #ty }
    });
    let structure = quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name { #(#fields),* }
    };
    vec![structure, implementation(plan, object, as_value, computed)]
}

fn implementation(
    plan: &Plan,
    object: &Object,
    as_value: bool,
    computed: TokenStream,
) -> TokenStream {
    let name = struct_ident(object);
    let (graphql, doc) = (text(object.name.as_str()), text(&object.description));
    let origin = text(&object.origin.object);
    let relations = object.relations.iter().map(|item| relation(plan, item));
    let mut columns = Vec::new();
    let mut reads = Vec::new();
    let mut skips = TokenStream::new();
    for slot in slots(object, as_value) {
        match slot {
            Slot::Hidden(sql) => {
                let sql = text(sql);
                columns.push(quote! { Column::new("", #sql, Type::Text).hidden() });
                skips.extend(quote! { cells.skip(); });
            }
            Slot::Shown(column) => {
                columns.push(table_entry(plan, column));
                let member = ident(&column.rust);
                let skips = std::mem::take(&mut skips);
                reads.push(if skips.is_empty() {
                    quote! { #member: cells.next()? }
                } else {
                    quote! { #member: { #skips cells.next()? } }
                });
            }
        }
    }
    quote! {
        impl Record for #name {
            const OBJECT: &'static ObjectType = &ObjectType {
                name: #graphql,
                doc: #doc,
                origin: #origin,
                columns: &[#(#columns),*],
                relations: &[#(#relations),*],
                computed: &[#computed],
            };

            fn read(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(Self { #(#reads),* })
            }
        }
    }
}

enum Slot<'a> {
    Shown(&'a Column),
    Hidden(&'a str),
}

/// Columns in SQL order, the hidden ones at their places if they matter.
fn slots(object: &Object, as_value: bool) -> Vec<Slot<'_>> {
    let mut slots: Vec<Slot<'_>> = object.columns.iter().map(Slot::Shown).collect();
    if as_value {
        // Hidden columns are in order, so each finds those before it in place.
        for hidden in &object.hidden {
            slots.insert(hidden.position.min(slots.len()), Slot::Hidden(&hidden.sql));
        }
    }
    slots
}

/// `Column::new("paidAt", "paid_at", Type::Timestamptz).doc("…")`
fn table_entry(plan: &Plan, column: &Column) -> TokenStream {
    let (field, sql) = (text(column.field.as_str()), text(&column.sql));
    let ty = descriptor(plan, &column.ty);
    let not_null = (!column.nullability.nullable).then(|| quote! { .not_null() });
    let doc = tokens::doc(&column.description);
    let deprecated = tokens::deprecated(column.deprecated.as_deref());
    let cast = column.cast.as_ref().map(|cast| {
        let cast = text(cast);
        quote! { .cast(#cast) }
    });
    let nondeterministic = column.nondeterministic.then(|| quote! { .nondeterministic() });
    let default = column.input_default.map(|default| {
        let default = text(default);
        quote! { .input_default(#default) }
    });
    quote! { Column::new(#field, #sql, #ty) #not_null #default #doc #deprecated #cast #nondeterministic }
}

fn relation(plan: &Plan, relation: &Relation) -> TokenStream {
    let (field, doc) = (text(relation.field.as_str()), text(&relation.description));
    let target = struct_path(plan, &relation.target);
    let columns = relation.columns.iter().map(|(own, other)| {
        let (own, other) = (text(own), text(other));
        quote! { (#own, #other) }
    });
    let cardinality = tokens::word(match relation.cardinality {
        Cardinality::One => "One",
        Cardinality::Optional => "Optional",
        Cardinality::Many => "Many",
    });
    quote! {
        Relation {
            field: #field,
            target: || #target::VIEW,
            columns: &[#(#columns),*],
            cardinality: Cardinality::#cardinality,
            doc: #doc,
        }
    }
}

/// What makes the struct a value of a composite type.
pub(super) fn composite(object: &Object, usage: &CompositeUse, sql: &str) -> Vec<TokenStream> {
    let name = struct_ident(object);
    let (sql, input) = (text(sql), optional_input(usage));
    let table = quote! {
        impl Composite for #name {
            const COMPOSITE: &'static CompositeType =
                &CompositeType { object: Self::OBJECT, input: #input, sql: #sql };
        }
    };
    vec![table, from_cell(object, "record")]
}

/// What makes the struct a value of a range type.
pub(super) fn range(
    object: &Object,
    usage: &CompositeUse,
    sql: &str,
    multirange: &str,
) -> Vec<TokenStream> {
    let name = struct_ident(object);
    let (sql, multirange, input) = (text(sql), text(multirange), optional_input(usage));
    let table = quote! {
        impl Range for #name {
            const RANGE: &'static RangeType = &RangeType {
                object: Self::OBJECT,
                input: #input,
                sql: #sql,
                multirange: #multirange,
            };
        }
    };
    vec![table, from_cell(object, "range")]
}

fn optional_input(usage: &CompositeUse) -> TokenStream {
    match &usage.input {
        Some(input) => {
            let input = text(input.as_str());
            quote! { Some(#input) }
        }
        None => quote! { None },
    }
}

fn from_cell(object: &Object, read: &str) -> TokenStream {
    let (name, read) = (struct_ident(object), tokens::word(read));
    quote! {
        impl FromCell for #name {
            fn from_cell(cell: RawCell<'_>) -> Result<Self> {
                cell.#read()
            }
        }
    }
}
