//! Where the expansion finds the runtime: one versioned path, imported once per expansion.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::syntax::stencil::Stencil;

/// The contract's module under the name it has inside an expansion.
pub fn runtime() -> Ident {
    Ident::new("__halo", Span::mixed_site())
}

/// The import that an expansion opens with.
pub fn import(stencil: &Stencil) -> TokenStream {
    let (runtime, contract) = (runtime(), absolute(stencil));
    quote!(use #contract as #runtime;)
}

/// The contract's module from outside the import.
pub fn absolute(stencil: &Stencil) -> TokenStream {
    match &stencil.attr.appearance.root {
        Some(root) => quote!(#root::__private::v1),
        None => quote!(::halo::__private::v1),
    }
}
