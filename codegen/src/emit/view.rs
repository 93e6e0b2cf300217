//! The file of a view: its object type and the root fields that read it.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{self, struct_ident, text};
use super::{docs, function, object};
use crate::plan::Plan;
use crate::plan::model::{Key, View};
use crate::sql_name;

/// `views/<name>.rs`
pub(super) fn file(plan: &Plan, view: &View) -> String {
    let row = sql_name::qualified(&view.sql);
    let comparable: Vec<_> = plan.comparable_fields(&view.object).collect();
    let computed = plan
        .computed_fields(&view.object)
        .map(|item| function::computed(item, &row, comparable.contains(&item)));
    let computed = quote! { #(#computed),* };
    let mut items = object::record(plan, &view.object, view.composite.is_some(), computed);
    if let Some(usage) = &view.composite {
        items.extend(object::composite(&view.object, usage, &row));
    }
    items.push(view_table(view));
    items.push(resolvers(view));
    File {
        source: Some(&view.object.origin.object),
        doc: format!("{} as the GraphQL type `{}`.", docs::code(&view.sql.name), view.object.name),
        attributes: Default::default(),
        items,
    }
    .print()
}

fn view_table(view: &View) -> TokenStream {
    let name = struct_ident(&view.object);
    let (schema, sql) = (text(&view.sql.schema), text(&view.sql.name));
    let key = view.key.iter().flat_map(|key| key.columns(&view.object));
    let key = key.map(|column| text(&column.sql));
    quote! {
        impl ViewRow for #name {
            const VIEW: &'static View =
                &View { object: Self::OBJECT, schema: #schema, name: #sql, key: &[#(#key),*] };
        }
    }
}

/// The table of the root fields.
fn resolvers(view: &View) -> TokenStream {
    let doc = format!(" The root fields that read {}.", docs::code(&view.sql.name));
    let row = struct_ident(&view.object);
    let column = |place: usize| view.object.columns.get(place).map(|column| text(&column.sql));
    let deprecated = tokens::deprecated(view.deprecated.as_deref());
    let equal: Vec<_> =
        view.list.direct.iter().filter_map(|argument| column(argument.column)).collect();
    let list = {
        let (field, doc) = (text(view.list.field.as_str()), tokens::doc(&view.object.description));
        quote! { Resolver::list(#field, #row::VIEW, &[#(#equal),*]) #doc #deprecated }
    };
    let aggregate = {
        let (field, doc) = (text(view.aggregate.as_str()), tokens::doc(&view.object.description));
        quote! { Resolver::aggregate(#field, #row::VIEW, &[#(#equal),*]) #doc #deprecated }
    };
    let connection = view.connection.iter().map(|field| {
        let (field, doc) = (text(field.as_str()), tokens::doc(&view.object.description));
        quote! { Resolver::connection(#field, #row::VIEW) #doc #deprecated }
    });
    let lookup = view.lookups.iter().map(|lookup| {
        let field = text(lookup.field.as_str());
        let doc = tokens::doc(&key_description(view, &lookup.key));
        let columns = lookup.key.columns.iter().filter_map(|&place| column(place));
        quote! { Resolver::lookup(#field, #row::VIEW, &[#(#columns),*]) #doc #deprecated }
    });
    quote! {
        #[doc = #doc]
        pub const RESOLVERS: &[Resolver] = &[#list, #aggregate #(, #connection)* #(, #lookup)*];
    }
}

/// The description of the field that finds a row by its key.
pub(super) fn key_description(view: &View, key: &Key) -> String {
    let fields: Vec<String> = key.columns(&view.object).map(|c| format!("`{}`", c.field)).collect();
    format!("The `{}` with this {}, or null.", view.object.name, fields.join(" and "))
}
