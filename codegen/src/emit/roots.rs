//! `lib.rs` of the generated crate, and the files that only mount modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::File;
use super::tokens::{ident, word};
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
    items.extend(api(plan));
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
        #![allow(clippy::type_complexity, reason = "an array of arrays is a list of lists of lists")]
    }
}

/// The table of all root fields, and the schema over it.
fn api(plan: &Plan) -> [TokenStream; 4] {
    let queries = resolvers(plan, Operation::Query);
    let mutations = resolvers(plan, Operation::Mutation);
    [
        quote! {
            #[doc = " All root fields."]
            #[derive(Debug)]
            pub struct Api;
        },
        quote! {
            impl runtime::Api for Api {
                const QUERIES: &'static [&'static [Resolver]] = &[#(#queries),*];
                const MUTATIONS: &'static [&'static [Resolver]] = &[#(#mutations),*];
            }
        },
        quote! {
            #[doc = " The executable schema."]
            pub type Schema = runtime::Engine<Api>;
        },
        quote! {
            #[doc = " Builds the schema over a database."]
            pub fn schema(database: runtime::Database) -> Schema {
                runtime::Engine::new(database)
            }
        },
    ]
}

/// The paths of the tables of a root.
fn resolvers(plan: &Plan, operation: Operation) -> Vec<TokenStream> {
    let views = plan.views.values().filter(|_| operation == Operation::Query).map(|view| {
        let module = ident(&view.module);
        quote! { views::#module::RESOLVERS }
    });
    let functions = plan.functions.iter().filter(|item| item.operation == operation).map(|item| {
        let module = ident(&item.module);
        quote! { functions::#module::RESOLVERS }
    });
    views.chain(functions).collect()
}
