//! The file of a function: the root field that calls it.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{self, descriptor, struct_ident, struct_path, text, word};
use super::{docs, object};
use crate::plan::Plan;
use crate::plan::model::{Argument, Function, Operation, Presence, Returns, RowType};

/// `functions/<name>.rs`
pub(super) fn file(plan: &Plan, function: &Function) -> String {
    let mut items = Vec::new();
    if let Returns::Row { row: RowType::Own(own), .. } | Returns::Rows(RowType::Own(own)) =
        &function.returns
    {
        items.extend(object::record(plan, own, false));
    }
    items.extend(resolver(plan, function));
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

/// The tables of the function and of its root field.
fn resolver(plan: &Plan, function: &Function) -> [TokenStream; 2] {
    let doc = format!(" How {} is called.", docs::code(&function.sql.name));
    let (field, description) = (text(function.field.as_str()), tokens::doc(&function.description));
    let deprecated = tokens::deprecated(function.deprecated.as_deref());
    let (schema, name) = (text(&function.sql.schema), text(&function.sql.name));
    let volatility = word(match function.operation {
        Operation::Query => "Stable",
        Operation::Mutation => "Volatile",
    });
    let arguments = function.arguments.iter().map(|item| argument(plan, item));
    let input = match &function.input {
        Some(input) => {
            let input = text(input.as_str());
            quote! { Some(#input) }
        }
        None => quote! { None },
    };
    let returns = returns(plan, &function.returns);
    let table = quote! {
        #[doc = #doc]
        pub const FUNCTION: Function = Function {
            schema: #schema,
            name: #name,
            volatility: Volatility::#volatility,
            arguments: &[#(#arguments),*],
            input: #input,
            returns: #returns,
        };
    };
    let resolvers = quote! {
        #[doc = " The root field that calls it."]
        pub const RESOLVERS: &[Resolver] =
            &[Resolver::call(#field, &FUNCTION) #description #deprecated];
    };
    [table, resolvers]
}

fn argument(plan: &Plan, argument: &Argument) -> TokenStream {
    let (field, sql) = (text(argument.name.as_str()), text(&argument.sql));
    let (ty, sql_type) = (descriptor(plan, &argument.ty), text(&argument.sql_type));
    let presence = match argument.presence {
        Presence::Required => None,
        Presence::Nullable => Some(quote! { .nullable() }),
        Presence::Defaulted(_) => Some(quote! { .defaulted() }),
    };
    quote! { Argument::new(#field, #sql, #ty, #sql_type) #presence }
}

fn returns(plan: &Plan, returns: &Returns) -> TokenStream {
    match returns {
        Returns::Void => quote! { Returns::Void },
        Returns::Value { ty, not_null } => {
            let ty = descriptor(plan, ty);
            let variant = word(if *not_null { "RequiredValue" } else { "Value" });
            quote! { Returns::#variant(#ty) }
        }
        Returns::Values(ty) => {
            let ty = descriptor(plan, ty);
            quote! { Returns::Values(#ty) }
        }
        Returns::Row { row, not_null } => {
            let row = row_type(plan, row);
            let variant = word(if *not_null { "RequiredRow" } else { "Row" });
            quote! { Returns::#variant(#row::OBJECT) }
        }
        Returns::Rows(row) => {
            let row = row_type(plan, row);
            quote! { Returns::Rows(#row::OBJECT) }
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
