//! Where the expansion finds the runtime: one versioned path, imported once per expansion.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The contract's module under the name it has inside an expansion.
pub fn runtime() -> Ident {
    Ident::new("__halo", Span::mixed_site())
}

/// The import that an expansion opens with.
pub fn import() -> TokenStream {
    let runtime = runtime();
    quote!(use ::halo::__private::v1 as #runtime;)
}

/// The contract's module from outside the import.
pub fn absolute() -> TokenStream {
    quote!(::halo::__private::v1)
}
