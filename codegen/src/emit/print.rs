//! From tokens to the text of a file: one item at a time, with blank lines between them.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::docs;
use crate::output;
use crate::plan::names::IMPORTS;

/// A file about to be printed.
pub(super) struct File<'a> {
    /// What the file was made from, for its header: `view public.v_orders`.
    pub(super) source: Option<&'a str>,
    /// What the module is, as Markdown.
    pub(super) doc: String,
    /// Inner attributes.
    pub(super) attributes: TokenStream,
    /// Items in order; each may be several that belong together without a blank line.
    pub(super) items: Vec<TokenStream>,
}

impl File<'_> {
    /// Prints it.
    ///
    /// # Panics
    ///
    /// Panics if the tokens are no Rust, which is a fault of the emitter.
    pub(super) fn print(self) -> String {
        let source = self.source.unwrap_or("the schema");
        let mut sections = vec![output::header("//", self.source.map(docs::printable).as_deref())];
        sections.push(
            self.doc
                .lines()
                .map(|line| format!("//! {line}").trim_end().to_owned() + "\n")
                .collect(),
        );
        if !self.attributes.is_empty() {
            sections.push(unparse(source, self.attributes));
        }
        sections.extend(imports(&self.items).map(|imports| unparse(source, imports)));
        for item in self.items {
            sections.push(space_members(&unparse(source, item)));
        }
        sections.join("\n")
    }
}

/// Prints items without blank lines between them.
fn unparse(source: &str, tokens: TokenStream) -> String {
    match syn::parse2::<syn::File>(tokens.clone()) {
        // A file of nothing but attributes is printed without a line end.
        Ok(file) => prettyplease::unparse(&file).trim_end().to_owned() + "\n",
        Err(error) => panic!(
            "the code emitted for {source} is not Rust ({error}); please report this:\n{tokens}"
        ),
    }
}

/// Puts a blank line between the members of an item.
///
/// Works on lines, which is sound because no literal or comment of ours spans any: a member of an
/// `impl` is what is indented once and ends with a brace or a semicolon.
fn space_members(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_member = false;
    for line in text.lines() {
        if after_member && line != "}" {
            out.push('\n');
        }
        let indented_once = line.starts_with("    ") && !line.starts_with("     ");
        after_member = indented_once && line.ends_with(['}', ';']) && !line.contains("//");
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The `use` item for exactly those names that the items say without a path.
fn imports(items: &[TokenStream]) -> Option<TokenStream> {
    let mut used = BTreeSet::new();
    // The definition of an enum says only names of its own.
    let is_enum = |item: &TokenStream| {
        let is_keyword = |token| matches!(token, TokenTree::Ident(ident) if ident == "enum");
        item.clone().into_iter().any(is_keyword)
    };
    let items = items.iter().filter(|item| !is_enum(item));
    items.for_each(|item| collect(item.clone(), &mut used));
    let names = IMPORTS.iter().filter(|name| used.contains(**name));
    let names: Vec<syn::Ident> = names.map(|name| super::tokens::word(name)).collect();
    (!names.is_empty()).then(|| quote! { use runtime::{#(#names),*}; })
}

/// Constants of traits, which need their trait in scope.
const TRAIT_CONSTANTS: &[(&str, &str)] = &[
    ("COMPOSITE", "Composite"),
    ("ENUM", "EnumLabel"),
    ("OBJECT", "Record"),
    ("RANGE", "Range"),
    ("VIEW", "ViewRow"),
];

/// Collects identifiers that stand without a path, and traits whose constants stand with one.
fn collect(tokens: TokenStream, used: &mut BTreeSet<String>) {
    let mut previous: [Option<char>; 2] = [None, None];
    for token in tokens {
        let mut this = None;
        match token {
            TokenTree::Group(group) => collect(group.stream(), used),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                if previous == [Some(':'), Some(':')] {
                    let traits = TRAIT_CONSTANTS.iter().filter(|(constant, _)| *constant == name);
                    used.extend(traits.map(|(_, name)| (*name).to_owned()));
                } else {
                    used.insert(name);
                }
            }
            TokenTree::Punct(punct) => this = Some(punct.as_char()),
            TokenTree::Literal(_) => {}
        }
        previous = [previous[1], this];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pins the form of printed code, so that a change of the printer shows up alone.
    #[test]
    fn printer_prints_the_probe_as_ever() {
        let probe = quote! {
            #[doc = " A doc comment; it ends like a member;"]
            #[derive(Clone, Debug)]
            pub struct Probe {
                #[doc = " Field;"] pub r#type: Option<Vec<Option<runtime::Decimal>>>
            }
        };
        let implementation = quote! {
            impl Probe {
                const TABLE: &'static [Column] = &[
                    Column::new("someFieldOfTheTable", "some_field_of_the_table", Type::Text)
                        .not_null().doc("Quotes \" and\nlines.")
                ];
                fn one(cells: &mut Cells<'_>) -> Result<Self> {
                    Ok(Self { r#type: cells.next()?, number: cells.next()?, another: { cells.skip(); cells.next()? } })
                }
                fn two(&self) -> bool { true }
            }
        };
        let file = File {
            source: Some("view public.v_probe"),
            doc: "First.\n\nSecond.".into(),
            attributes: quote! { #![allow(missing_docs, reason = "none")] },
            items: vec![probe, implementation],
        };
        let expected = r##"// @generated by `cargo xtask codegen` from view public.v_probe. Do not edit.

//! First.
//!
//! Second.

#![allow(missing_docs, reason = "none")]

use runtime::{Cells, Column, Result, Type};

/// A doc comment; it ends like a member;
#[derive(Clone, Debug)]
pub struct Probe {
    /// Field;
    pub r#type: Option<Vec<Option<runtime::Decimal>>>,
}

impl Probe {
    const TABLE: &'static [Column] = &[
        Column::new("someFieldOfTheTable", "some_field_of_the_table", Type::Text)
            .not_null()
            .doc("Quotes \" and\nlines."),
    ];

    fn one(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            r#type: cells.next()?,
            number: cells.next()?,
            another: {
                cells.skip();
                cells.next()?
            },
        })
    }

    fn two(&self) -> bool {
        true
    }
}
"##;
        assert_eq!(file.print(), expected);
    }
}
