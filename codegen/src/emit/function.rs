//! The file of a function: the root field that calls it.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{
    self, Holder, descriptor, graphql_attribute, graphql_name, ident, rust_type, struct_ident,
    struct_path, text, word,
};
use super::{docs, object};
use crate::plan::Plan;
use crate::plan::model::{Argument, Function, InputObject, Operation, Presence, Returns, RowType};

/// `functions/<name>.rs`
pub(super) fn file(plan: &Plan, function: &Function) -> String {
    let mut items = Vec::new();
    if let Returns::Row { row: RowType::Own(own), .. } | Returns::Rows(RowType::Own(own)) =
        &function.returns
    {
        items.extend(object::record(plan, own, false));
    }
    if let Some(input) = &function.input {
        items.extend(input_object(plan, function, input));
    }
    items.extend(root_field(plan, function));
    let kind = match function.operation {
        Operation::Query => "query",
        Operation::Mutation => "mutation",
    };
    File {
        source: Some(&function.origin.object),
        doc: format!("{} as the {kind} `{}`.", docs::code(&function.sql.name), function.field),
        attributes: TokenStream::new(),
        items,
    }
    .print()
}

fn root_field(plan: &Plan, function: &Function) -> Vec<TokenStream> {
    let part = ident(&function.part);
    let doc = format!("Root field that calls {}.", docs::code(&function.sql.name));
    let resolver = resolver(plan, function);
    let mut items = Vec::from(tokens::part(&function.part, &doc, &[&function.field]));
    items.push(quote! {
        #[Object]
        impl #part {
            #resolver
        }
    });
    items
}

fn resolver(plan: &Plan, function: &Function) -> TokenStream {
    let method = ident(&function.method);
    let doc = docs::resolver(&function.description);
    let deprecation = function.deprecated.as_ref().map(|reason| {
        let reason = text(reason);
        quote! { deprecation = #reason }
    });
    let members = graphql_name(&function.method, &function.field).into_iter().chain(deprecation);
    let attribute = graphql_attribute(&members.collect::<Vec<_>>());
    let start = word(match function.operation {
        Operation::Query => "query",
        Operation::Mutation => "command",
    });
    let (schema, name) = (text(&function.sql.schema), text(&function.sql.name));
    let (parameters, arguments) = match &function.input {
        Some(input) => {
            let ty = ident(&input.rust);
            (vec![quote! { input: Input<#ty> }], vec![quote! { .input(input) }])
        }
        None => {
            let parameters = function.arguments.iter().map(|item| parameter(plan, item));
            let arguments = function.arguments.iter().map(|item| argument(plan, item));
            (parameters.collect(), arguments.collect())
        }
    };
    let (output, finish) = result(plan, &function.returns);
    quote! {
        #doc
        #attribute
        async fn #method(&self, ctx: &Context<'_>, #(#parameters),*) -> Result<#output> {
            Call::#start(#schema, #name) #(#arguments)* #finish .await
        }
    }
}

fn parameter(plan: &Plan, argument: &Argument) -> TokenStream {
    let name = graphql_name(&argument.rust, &argument.name);
    let attribute = graphql_attribute(&Vec::from_iter(name));
    let rust = ident(&argument.rust);
    let ty = rust_type(plan, &argument.ty, Holder::Parameter);
    let ty = match argument.presence {
        Presence::Required => ty,
        Presence::Nullable => quote! { Option<#ty> },
        Presence::Defaulted(_) => quote! { MaybeUndefined<#ty> },
    };
    quote! { #attribute #rust: #ty }
}

fn argument(plan: &Plan, argument: &Argument) -> TokenStream {
    let pass = word(match argument.presence {
        Presence::Required | Presence::Nullable => "argument",
        Presence::Defaulted(_) => "optional",
    });
    let (sql, sql_type) = (text(&argument.sql), text(&argument.sql_type));
    let (ty, rust) = (descriptor(plan, &argument.ty), ident(&argument.rust));
    quote! { .#pass(#sql, #sql_type, #ty, #rust) }
}

/// The type of the result, and the call that fetches it.
fn result(plan: &Plan, returns: &Returns) -> (TokenStream, TokenStream) {
    match returns {
        Returns::Void => (quote! { bool }, quote! { .void(ctx) }),
        Returns::Value { ty, not_null } => {
            let (rust, table) = (rust_type(plan, ty, Holder::Result), descriptor(plan, ty));
            match not_null {
                true => (quote! { Cell<#rust> }, quote! { .required_cell(ctx, #table) }),
                false => (quote! { Option<Cell<#rust>> }, quote! { .cell(ctx, #table) }),
            }
        }
        Returns::Values(ty) => {
            let (rust, table) = (rust_type(plan, ty, Holder::Result), descriptor(plan, ty));
            (quote! { Cell<Vec<Option<#rust>>> }, quote! { .cells(ctx, #table) })
        }
        Returns::Row { row, not_null } => {
            let rust = row_type(plan, row);
            match not_null {
                true => (quote! { Row<#rust> }, quote! { .required_row(ctx) }),
                false => (quote! { Option<Row<#rust>> }, quote! { .row(ctx) }),
            }
        }
        Returns::Rows(row) => {
            let rust = row_type(plan, row);
            (quote! { Rows<#rust> }, quote! { .rows(ctx) })
        }
    }
}

fn row_type(plan: &Plan, row: &RowType) -> TokenStream {
    match row {
        RowType::Named(name) => struct_path(plan, name),
        RowType::Own(object) => {
            let name = struct_ident(object);
            quote! { #name }
        }
    }
}

/// The input object that wraps the arguments.
fn input_object(plan: &Plan, function: &Function, input: &InputObject) -> [TokenStream; 2] {
    let (rust, name) = (ident(&input.rust), text(input.name.as_str()));
    let description = format!("The arguments of `{}`.", function.field);
    let (doc, description) = (docs::item(&description), text(&description));
    let fields = function.arguments.iter().map(|argument| {
        let (field, sql) = (text(argument.name.as_str()), text(&argument.sql));
        let (ty, cast) = (descriptor(plan, &argument.ty), text(&argument.sql_type));
        let not_null = (argument.presence == Presence::Required).then(|| quote! { .not_null() });
        quote! { Column::new(#field, #sql, #ty) #not_null .cast(#cast) }
    });
    let structure = quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #rust;
    };
    let table = quote! {
        impl InputObject for #rust {
            const INPUT: &'static InputType =
                &InputType { name: #name, doc: #description, fields: &[#(#fields),*] };
        }
    };
    [structure, table]
}
