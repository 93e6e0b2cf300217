//! The file of enum types.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::print::File;
use super::tokens::{ident, text};
use crate::plan::Plan;
use crate::plan::model::Enum;
use crate::sql_name;

/// `enums.rs`
pub(super) fn file(plan: &Plan) -> String {
    File {
        source: Some("enum types"),
        doc: "Enum types.".to_owned(),
        attributes: Default::default(),
        items: plan.enums.values().flat_map(items).collect(),
    }
    .print()
}

fn items(planned: &Enum) -> [TokenStream; 3] {
    let name = ident(&planned.rust);
    let doc = docs::item(&planned.description);
    let variants: Vec<syn::Ident> = planned.values.iter().map(|value| ident(&value.rust)).collect();
    let labels = planned.values.iter().map(|value| {
        let (name, label) = (text(value.name.as_str()), text(&value.label));
        quote! { (#name, #label) }
    });
    let (graphql, description) = (text(planned.name.as_str()), text(&planned.description));
    let sql = text(&sql_name::qualified(&planned.sql));
    let definition = quote! {
        #doc
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum #name { #(#variants),* }
    };
    let table = quote! {
        impl EnumLabel for #name {
            const ENUM: &'static EnumType = &EnumType {
                name: #graphql,
                sql: #sql,
                doc: #description,
                values: &[#(#labels),*],
            };
            const VALUES: &'static [Self] = &[#(Self::#variants),*];

            fn index(self) -> usize {
                self as usize
            }
        }
    };
    let cell = quote! {
        impl FromCell for #name {
            fn from_cell(cell: RawCell<'_>) -> Result<Self> {
                cell.label()
            }
        }
    };
    [definition, table, cell]
}
