//! Which of the function's attributes the generated items have as well.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta, parse_quote};

use crate::syntax::stencil::Stencil;

/// What is said of the function and as much of the struct.
const SAID_OF_BOTH: [&str; 8] = [
    "doc",
    "cfg",
    "allow",
    "expect",
    "warn",
    "deprecated",
    "must_use",
    "derive",
];

/// The struct's.
pub fn of_struct(stencil: &Stencil) -> TokenStream {
    let own = stencil.signature.attributes.iter();
    let own = own
        .filter(|attribute| is_said_of_both(attribute))
        // What a coefficient's operator is, its own documentation says.
        .filter(|attribute| stencil.signature.origin.is_none() || !attribute.path().is_ident("doc"))
        .map(allowed);
    let derives = &stencil.attr.appearance.derives;
    let derive = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    quote!(#(#own)* #derive)
}

/// Those of every other item of the expansion: whether it is there, and what rustc is not to say of it.
pub fn of_implementations(stencil: &Stencil) -> TokenStream {
    let own = &stencil.signature.attributes;
    let is = |attribute: &&Attribute, names: &[&str]| {
        names.iter().any(|name| attribute.path().is_ident(name))
    };
    let carried = own
        .iter()
        .filter(|attribute| is(attribute, &["cfg", "allow", "expect"]));
    let carried = carried.map(allowed);
    let deprecated = own.iter().any(|attribute| is(&attribute, &["deprecated"]));
    let deprecated = deprecated.then(|| quote!(#[allow(deprecated)]));
    quote!(#(#carried)* #deprecated)
}

fn is_said_of_both(attribute: &Attribute) -> bool {
    SAID_OF_BOTH
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

/// What is expected of the function need not be so of the struct.
fn allowed(attribute: &Attribute) -> Attribute {
    match &attribute.meta {
        Meta::List(list) if attribute.path().is_ident("expect") => {
            let lints = &list.tokens;
            parse_quote!(#[allow(#lints)])
        }
        _ => attribute.clone(),
    }
}
