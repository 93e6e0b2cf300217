//! The file of a function: how it is called, and the root field that does so.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{self, descriptor, struct_ident, struct_path, text, word};
use super::{docs, object};
use crate::plan::Plan;
use crate::plan::model::{
    Argument, Function, Notation, Operation, Presence, Returns, RowType, Type,
};

/// `functions/<name>.rs`
pub(super) fn file(plan: &Plan, function: &Function) -> String {
    let mut items = Vec::new();
    if let Some(own) = function.own_object() {
        items.extend(object::record(plan, own, false, TokenStream::new()));
    }
    items.push(table(plan, function));
    items.extend(resolvers(function));
    let field = &function.field;
    let role = match &function.operation {
        Operation::Query => format!("the query `{field}`"),
        Operation::Mutation => format!("the mutation `{field}`"),
        Operation::Field(view) => {
            let object = plan.output_type(&Type::Composite(view.clone()));
            format!("the field `{field}` of `{object}`")
        }
    };
    File {
        source: Some(&function.origin.object),
        doc: format!("{} as {role}.", docs::code(&function.sql.name)),
        attributes: TokenStream::new(),
        items,
    }
    .print()
}

/// The table of the function.
fn table(plan: &Plan, function: &Function) -> TokenStream {
    let doc = format!(" How {} is called.", docs::code(&function.sql.name));
    let (schema, name) = (text(&function.sql.schema), text(&function.sql.name));
    let volatility = word(match function.operation {
        Operation::Query | Operation::Field(_) => "Stable",
        Operation::Mutation => "Volatile",
    });
    let notation = word(match function.notation {
        Notation::Named => "Named",
        Notation::Positional => "Positional",
    });
    let arguments = function.arguments.iter().map(|item| argument(plan, function.notation, item));
    let input = match &function.input {
        Some(input) => {
            let input = text(input.as_str());
            quote! { Some(#input) }
        }
        None => quote! { None },
    };
    let (returns, list) = (returns(plan, &function.returns), function.list);
    quote! {
        #[doc = #doc]
        pub const FUNCTION: Function = Function {
            schema: #schema,
            name: #name,
            volatility: Volatility::#volatility,
            notation: Notation::#notation,
            arguments: &[#(#arguments),*],
            input: #input,
            returns: #returns,
            list: #list,
        };
    }
}

/// The table of its root field, if it has one.
fn resolvers(function: &Function) -> Option<TokenStream> {
    if let Operation::Field(_) = function.operation {
        return None;
    }
    let (field, description) = (text(function.field.as_str()), tokens::doc(&function.description));
    let deprecated = tokens::deprecated(function.deprecated.as_deref());
    Some(quote! {
        #[doc = " The root field that calls it."]
        pub const RESOLVERS: &[Resolver] =
            &[Resolver::call(#field, &FUNCTION) #description #deprecated];
    })
}

/// The entry of a function in the table of the view's type that has it as a field.
pub(super) fn computed(function: &Function, row: &str, is_comparable: bool) -> TokenStream {
    let (field, module) = (text(function.field.as_str()), tokens::ident(&function.module));
    let (row, doc) = (text(row), tokens::doc(&function.description));
    let deprecated = tokens::deprecated(function.deprecated.as_deref());
    let comparable = is_comparable.then(|| quote! { .comparable() });
    quote! {
        Computed::new(#field, #row, || &crate::functions::#module::FUNCTION)
            #comparable #doc #deprecated
    }
}

fn argument(plan: &Plan, notation: Notation, argument: &Argument) -> TokenStream {
    let (field, sql) = (text(argument.name.as_str()), text(&argument.sql));
    let (ty, sql_type) = (descriptor(plan, &argument.ty), text(&argument.sql_type));
    let presence = match argument.presence {
        Presence::Required => None,
        Presence::Nullable => Some(quote! { .nullable() }),
        Presence::Defaulted(_) => Some(quote! { .defaulted() }),
        Presence::DefaultedNotNull(_) => Some(quote! { .defaulted_not_null() }),
    };
    let default = argument.presence.default().filter(|_| notation == Notation::Positional);
    let default = default.map(|default| {
        // The text of a default need not have the type of its argument: `5` for a `bigint`.
        let default = text(&format!("({default})::{}", argument.sql_type));
        quote! { .default(#default) }
    });
    let variadic = argument.variadic.then(|| quote! { .variadic() });
    quote! { Argument::new(#field, #sql, #ty, #sql_type) #presence #default #variadic }
}

fn returns(plan: &Plan, returns: &Returns) -> TokenStream {
    match returns {
        Returns::Void => quote! { Returns::Void },
        Returns::Value { ty, not_null, .. } => {
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
