//! The file of a view: its object type and the root fields that read it.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{
    self, Holder, graphql_attribute, graphql_name, ident, rust_type, struct_ident, text,
};
use super::{docs, object};
use crate::plan::Plan;
use crate::plan::model::{Column, Key, View};
use crate::plan::names::{GraphqlName, RustName};
use crate::sql_name;

/// `views/<name>.rs`
pub(super) fn file(plan: &Plan, view: &View) -> String {
    let mut items = object::record(plan, &view.object, view.composite.is_some());
    if let Some(usage) = &view.composite {
        items.extend(object::composite(&view.object, usage, &sql_name::qualified(&view.sql)));
    }
    items.push(view_table(view));
    items.extend(root_fields(plan, view));
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
    let key =
        view.key.iter().flat_map(|key| key_columns(view, key)).map(|column| text(&column.sql));
    quote! {
        impl ViewRow for #name {
            const VIEW: &'static View =
                &View { object: Self::OBJECT, schema: #schema, name: #sql, key: &[#(#key),*] };
        }
    }
}

fn key_columns<'a>(view: &'a View, key: &'a Key) -> impl Iterator<Item = &'a Column> {
    key.columns.iter().filter_map(|&place| view.object.columns.get(place))
}

fn root_fields(plan: &Plan, view: &View) -> Vec<TokenStream> {
    let part = ident(&view.part);
    let doc = format!("Root fields that read {}.", docs::code(&view.sql.name));
    let list = list_field(plan, view);
    let lookup = view.key.as_ref().map(|key| key_field(plan, view, key));
    let key = view.key.as_ref().map(|key| &key.field);
    let fields: Vec<&GraphqlName> = std::iter::once(&view.list.field).chain(key).collect();
    let mut items = Vec::from(tokens::part(&view.part, &doc, &fields));
    items.push(quote! {
        #[Object]
        impl #part {
            #list
            #lookup
        }
    });
    items
}

fn list_field(plan: &Plan, view: &View) -> TokenStream {
    let (row, list) = (struct_ident(&view.object), &view.list);
    let method = ident(&list.method);
    let doc = docs::resolver(&view.object.description);
    let attribute = field_attribute(view, &list.method, &list.field);
    let direct: Vec<&Column> = list
        .direct
        .iter()
        .filter_map(|argument| view.object.columns.get(argument.column))
        .collect();
    let parameters = direct.iter().map(|column| {
        let ty = rust_type(plan, &column.ty, Holder::Parameter);
        parameter(column, &quote! { MaybeUndefined<#ty> })
    });
    let conditions = direct.iter().map(|column| {
        let (sql, name) = (text(&column.sql), ident(&RustName::of_parameter(&column.field)));
        quote! { .equal(#sql, #name) }
    });
    let filterable = view.object.is_filterable();
    let filter_parameters = filterable.then(|| {
        quote! { r#where: Option<Filter<#row>>, order_by: Option<Vec<OrderBy<#row>>>, }
    });
    let filter = filterable.then(|| quote! { .filter(r#where).order_by(order_by) });
    quote! {
        #doc
        #attribute
        async fn #method(
            &self,
            ctx: &Context<'_>,
            #(#parameters,)*
            #filter_parameters
            #[graphql(default = 100)] limit: i32,
            #[graphql(default = 0)] offset: i32,
        ) -> Result<Rows<#row>> {
            Select::new() #(#conditions)* #filter .page(limit, offset).rows(ctx).await
        }
    }
}

fn key_field(plan: &Plan, view: &View, key: &Key) -> TokenStream {
    let row = struct_ident(&view.object);
    let method = ident(&key.method);
    let doc = docs::resolver(&key_description(view, key));
    let attribute = field_attribute(view, &key.method, &key.field);
    let parameters = key_columns(view, key)
        .map(|column| parameter(column, &rust_type(plan, &column.ty, Holder::Parameter)));
    let conditions = key_columns(view, key).map(|column| {
        let (sql, name) = (text(&column.sql), ident(&RustName::of_parameter(&column.field)));
        quote! { .key(#sql, #name) }
    });
    quote! {
        #doc
        #attribute
        async fn #method(&self, ctx: &Context<'_>, #(#parameters),*) -> Result<Option<Row<#row>>> {
            Select::new() #(#conditions)* .row(ctx).await
        }
    }
}

/// The description of the field that finds a row by its key.
pub(super) fn key_description(view: &View, key: &Key) -> String {
    let fields: Vec<String> = key_columns(view, key).map(|c| format!("`{}`", c.field)).collect();
    format!("The `{}` with this {}, or null.", view.object.name, fields.join(" and "))
}

/// A column as parameter of a resolver.
fn parameter(column: &Column, ty: &TokenStream) -> TokenStream {
    let rust = RustName::of_parameter(&column.field);
    let name = graphql_name(&rust, &column.field);
    let attribute = graphql_attribute(&Vec::from_iter(name));
    let rust = ident(&rust);
    quote! { #attribute #rust: #ty }
}

fn field_attribute(view: &View, method: &RustName, field: &GraphqlName) -> Option<TokenStream> {
    let deprecation = view.deprecated.as_ref().map(|reason| {
        let reason = text(reason);
        quote! { deprecation = #reason }
    });
    graphql_attribute(
        &graphql_name(method, field).into_iter().chain(deprecation).collect::<Vec<_>>(),
    )
}
