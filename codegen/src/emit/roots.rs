//! `lib.rs` of the generated crate, and the files that only mount modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{ident, text, word};
use crate::plan::Plan;
use crate::plan::model::Operation;
use crate::plan::names::RustName;

/// `lib.rs`: modules, roots, `schema()`.
pub(super) fn library(plan: &Plan) -> String {
    let folders = [
        ("composites", plan.composites.is_empty()),
        ("enums", plan.enums.is_empty()),
        ("functions", plan.functions.is_empty()),
        ("views", plan.views.is_empty()),
    ];
    let modules = folders.iter().filter(|(_, empty)| !empty).map(|(name, _)| word(name));
    let mut items = vec![quote! { #(pub mod #modules;)* }];
    items.extend(root(
        "QueryRoot",
        "Query",
        "Root fields that read.",
        &parts(plan, Operation::Query),
    ));
    let mutations = parts(plan, Operation::Mutation);
    if !mutations.is_empty() {
        items.extend(root("MutationRoot", "Mutation", "Root fields that may write.", &mutations));
    }
    items.extend(schema(mutations.is_empty()));
    File {
        source: None,
        doc: "The GraphQL API of the SQL schema: one file per view and function.\n\n\
              `schema.graphql` beside this file shows all of it."
            .to_owned(),
        attributes: lints(),
        items,
    }
    .print()
}

/// A file that mounts the modules of a folder.
pub(super) fn folder(doc: &str, modules: &[&RustName]) -> String {
    let modules = modules.iter().map(|name| ident(name));
    File {
        source: None,
        doc: doc.to_owned(),
        attributes: TokenStream::new(),
        items: vec![quote! { #(pub mod #modules;)* }],
    }
    .print()
}

/// Lints about names and texts that only their authors in SQL could change.
fn lints() -> TokenStream {
    quote! {
        #![allow(missing_docs, reason = "not every SQL object has a comment")]
        #![allow(
            clippy::doc_lazy_continuation,
            clippy::doc_overindented_list_items,
            reason = "docs are SQL comments"
        )]
        #![allow(
            clippy::enum_variant_names,
            clippy::module_inception,
            clippy::new_ret_no_self,
            clippy::wrong_self_convention,
            reason = "names are SQL names"
        )]
        #![allow(clippy::too_many_arguments, reason = "a resolver has a parameter per argument")]
    }
}

/// The paths of the parts of a root.
fn parts(plan: &Plan, operation: Operation) -> Vec<TokenStream> {
    let views = plan.views.values().filter(|_| operation == Operation::Query).map(|view| {
        let module = ident(&view.module);
        quote! { views::#module::PART }
    });
    let functions = plan.functions.iter().filter(|item| item.operation == operation).map(|item| {
        let module = ident(&item.module);
        quote! { functions::#module::PART }
    });
    views.chain(functions).collect()
}

fn root(table: &str, name: &str, doc: &str, parts: &[TokenStream]) -> [TokenStream; 3] {
    let (table, alias, name) = (word(table), word(name), text(name));
    let table_doc = format!(" The parts of [`{alias}`].");
    let doc = format!(" {doc}");
    [
        quote! {
            #[doc = #table_doc]
            #[derive(Debug)]
            pub struct #table;
        },
        quote! {
            impl Roots for #table {
                const NAME: &'static str = #name;
                const PARTS: &'static [Part] = &[#(#parts),*];
            }
        },
        quote! {
            #[doc = #doc]
            pub type #alias = runtime::Merged<#table>;
        },
    ]
}

fn schema(read_only: bool) -> Vec<TokenStream> {
    let mutation = read_only.then(|| {
        quote! {
            #[doc = " Nothing writes."]
            pub type Mutation = async_graphql::EmptyMutation;
        }
    });
    let alias = quote! {
        #[doc = " The executable schema."]
        pub type Schema = runtime::Engine<Query, Mutation>;
    };
    let function = quote! {
        #[doc = " Builds the schema over a database."]
        pub fn schema(database: runtime::Database) -> Schema {
            runtime::schema(database, <Query>::default(), <Mutation>::default())
        }
    };
    mutation.into_iter().chain([alias, function]).collect()
}
