//! Pieces of Rust that all emitters share: identifiers, paths, types, tables of columns.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use crate::catalog::PgName;
use crate::plan::Plan;
use crate::plan::model::{Object, Type};
use crate::plan::names::{GraphqlName, RustName};

/// A planned name as an identifier.
pub(super) fn ident(name: &RustName) -> syn::Ident {
    match name.as_str().strip_prefix("r#") {
        Some(keyword) => syn::Ident::new_raw(keyword, Span::call_site()),
        None => word(name.as_str()),
    }
}

/// A word of ours as an identifier.
pub(super) fn word(name: &str) -> syn::Ident {
    syn::Ident::new(name, Span::call_site())
}

/// A string literal.
pub(super) fn text(text: &str) -> Literal {
    Literal::string(text)
}

/// The path of an enum.
pub(super) fn enum_path(plan: &Plan, name: &PgName) -> TokenStream {
    let Some(planned) = plan.enums.get(name) else { unplanned(name) };
    let rust = ident(&planned.rust);
    quote! { crate::enums::#rust }
}

/// The path of the struct of a composite or view.
pub(super) fn struct_path(plan: &Plan, name: &PgName) -> TokenStream {
    if let Some(view) = plan.views.get(name) {
        let (module, rust) = (ident(&view.module), ident(&view.object.rust));
        return quote! { crate::views::#module::#rust };
    }
    let Some(composite) = plan.composites.get(name) else { unplanned(name) };
    let rust = ident(&composite.object.rust);
    quote! { crate::composites::#rust }
}

/// A plan without the types that it uses cannot come from the planner.
fn unplanned(name: &PgName) -> ! {
    panic!("the type {name} is used but not planned; please report this")
}

/// The `runtime::Type` of a type.
pub(super) fn descriptor(plan: &Plan, ty: &Type) -> TokenStream {
    let variant = match ty {
        Type::Enum(name) => {
            let path = enum_path(plan, name);
            return quote! { Type::Enum(#path::ENUM) };
        }
        Type::Composite(name) => {
            let path = struct_path(plan, name);
            return quote! { Type::Composite(#path::COMPOSITE) };
        }
        Type::Array(element) => {
            let element = descriptor(plan, element);
            return quote! { Type::Array(&#element) };
        }
        Type::Shaped(shape) => {
            let shape = descriptor(plan, shape);
            return quote! { Type::Shaped(&#shape) };
        }
        Type::Bool => "Bool",
        Type::Int2 => "Int2",
        Type::Int4 => "Int4",
        Type::Int8 => "Int8",
        Type::Float4 => "Float4",
        Type::Float8 => "Float8",
        Type::Numeric => "Numeric",
        Type::Text => "Text",
        Type::Uuid => "Uuid",
        Type::Timestamptz => "Timestamptz",
        Type::Timestamp => "Timestamp",
        Type::Date => "Date",
        Type::Time => "Time",
        Type::Interval => "Interval",
        Type::Json => "Json",
        Type::Jsonb => "Jsonb",
        Type::Bytea => "Bytea",
        Type::Inet => "Inet",
        Type::Cidr => "Cidr",
        Type::Macaddr => "Macaddr",
    };
    let variant = word(variant);
    quote! { Type::#variant }
}

/// What holds a value, and so decides how enums and composites are wrapped.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    /// A field of a struct: the types themselves.
    Struct,
    /// A parameter of a resolver.
    Parameter,
    /// The result of a resolver.
    Result,
}

/// The Rust type of a value that is not null.
pub(super) fn rust_type(plan: &Plan, ty: &Type, holder: Holder) -> TokenStream {
    match ty {
        Type::Bool => quote! { bool },
        Type::Int2 => quote! { i16 },
        Type::Int4 => quote! { i32 },
        Type::Int8 => quote! { runtime::BigInt },
        Type::Float4 => quote! { f32 },
        Type::Float8 => quote! { f64 },
        Type::Numeric => quote! { runtime::Decimal },
        Type::Text => quote! { String },
        Type::Uuid => quote! { runtime::Uuid },
        Type::Timestamptz => quote! { runtime::DateTime },
        Type::Timestamp => quote! { runtime::LocalDateTime },
        Type::Date => quote! { runtime::Date },
        Type::Time => quote! { runtime::LocalTime },
        Type::Interval => quote! { runtime::Duration },
        Type::Json | Type::Jsonb => quote! { runtime::Json },
        Type::Bytea => quote! { runtime::Base64 },
        Type::Inet => quote! { runtime::Inet },
        Type::Cidr => quote! { runtime::Cidr },
        Type::Macaddr => quote! { runtime::MacAddr },
        Type::Enum(name) => {
            let path = enum_path(plan, name);
            match holder {
                Holder::Struct => path,
                Holder::Parameter | Holder::Result => quote! { Enum<#path> },
            }
        }
        Type::Composite(name) => {
            let path = struct_path(plan, name);
            match holder {
                Holder::Struct => path,
                Holder::Parameter => quote! { Input<#path> },
                Holder::Result => quote! { Row<#path> },
            }
        }
        Type::Array(element) => {
            let element = rust_type(plan, element, holder);
            quote! { Vec<Option<#element>> }
        }
        Type::Shaped(shape) => match (holder, shape.as_ref()) {
            (Holder::Struct, _) => quote! { runtime::Json },
            (_, Type::Array(element)) => {
                let element = rust_type(plan, element, holder);
                quote! { Vec<#element> }
            }
            (_, shape) => rust_type(plan, shape, holder),
        },
    }
}

/// `#[graphql(name = "…")]`, unless async-graphql derives the same name from the Rust name.
pub(super) fn graphql_name(rust: &RustName, name: &GraphqlName) -> Option<TokenStream> {
    if derived_name(rust.as_str()).as_deref() == Some(name.as_str()) {
        return None;
    }
    let name = text(name.as_str());
    Some(quote! { name = #name })
}

/// The camel case of a plain snake case name.
///
/// async-graphql has rules for digits and stray underscores too; a name with those is spelled out,
/// so that its rules need not be known here.
fn derived_name(rust: &str) -> Option<String> {
    let mut words = rust.trim_start_matches("r#").split('_');
    let mut name = words.next()?.to_owned();
    for word in words {
        name.extend(word.chars().take(1).flat_map(char::to_uppercase));
        name.extend(word.chars().skip(1));
    }
    let plain = rust
        .trim_start_matches("r#")
        .split('_')
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
    plain.then_some(name)
}

/// The struct that holds root fields, and the table entry that mounts them.
pub(super) fn part(part: &RustName, doc: &str, fields: &[&GraphqlName]) -> [TokenStream; 2] {
    let (part, doc) = (ident(part), super::docs::item(doc));
    let fields = fields.iter().map(|field| text(field.as_str()));
    let structure = quote! {
        #doc
        #[derive(Debug, Default)]
        pub struct #part;
    };
    let mount = quote! {
        #[doc = " Its entry in the root type."]
        pub const PART: Part = Part::new::<#part>(&[#(#fields),*]);
    };
    [structure, mount]
}

/// Wraps the members of a `#[graphql(…)]` attribute; none, no attribute.
pub(super) fn graphql_attribute(members: &[TokenStream]) -> Option<TokenStream> {
    (!members.is_empty()).then(|| quote! { #[graphql(#(#members),*)] })
}

/// The struct's name in its own file.
pub(super) fn struct_ident(object: &Object) -> syn::Ident {
    ident(&object.rust)
}

#[cfg(test)]
mod tests {
    use super::derived_name;

    #[test]
    fn only_plain_names_are_left_to_async_graphql() {
        assert_eq!(derived_name("orders_by_id").as_deref(), Some("ordersById"));
        assert_eq!(derived_name("r#type").as_deref(), Some("type"));
        for odd in ["url_2x", "line1", "self_", "_id", "a__b"] {
            assert_eq!(derived_name(odd), None, "{odd}");
        }
    }
}
