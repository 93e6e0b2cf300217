//! Pieces of Rust that all emitters share: identifiers, paths, types, tables of columns.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use crate::catalog::PgName;
use crate::plan::Plan;
use crate::plan::model::{Object, Type};
use crate::plan::names::RustName;

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
        Type::Range(name) => {
            let path = struct_path(plan, name);
            return quote! { Type::Range(#path::RANGE) };
        }
        Type::Multirange(name) => {
            let path = struct_path(plan, name);
            return quote! { Type::Multirange(#path::RANGE) };
        }
        Type::Array(element) => {
            let element = descriptor(plan, element);
            return quote! { Type::Array(&#element) };
        }
        Type::MultiArray(element, dimensions) => {
            let element = descriptor(plan, element);
            let dimensions = Literal::usize_unsuffixed(*dimensions);
            return quote! { Type::MultiArray(&#element, #dimensions) };
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

/// The Rust type of a value that is not null.
pub(super) fn rust_type(plan: &Plan, ty: &Type) -> TokenStream {
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
        Type::Enum(name) => enum_path(plan, name),
        Type::Composite(name) | Type::Range(name) => struct_path(plan, name),
        Type::Multirange(name) => {
            let range = struct_path(plan, name);
            quote! { runtime::Multirange<#range> }
        }
        Type::Array(element) => {
            let element = rust_type(plan, element);
            quote! { Vec<Option<#element>> }
        }
        Type::MultiArray(element, dimensions) => {
            let element = rust_type(plan, element);
            let list = quote! { Vec<Option<#element>> };
            (1..*dimensions).fold(list, |list, _| quote! { Vec<#list> })
        }
        Type::Shaped(_) => quote! { runtime::Json },
    }
}

/// `.doc("…")`, if there is anything to say.
pub(super) fn doc(description: &str) -> Option<TokenStream> {
    (!description.is_empty()).then(|| {
        let description = text(description);
        quote! { .doc(#description) }
    })
}

/// `.deprecated("…")`
pub(super) fn deprecated(reason: Option<&str>) -> Option<TokenStream> {
    reason.map(|reason| {
        let reason = text(reason);
        quote! { .deprecated(#reason) }
    })
}

/// The struct's name in its own file.
pub(super) fn struct_ident(object: &Object) -> syn::Ident {
    ident(&object.rust)
}
