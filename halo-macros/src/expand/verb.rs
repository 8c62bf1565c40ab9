//! `wrt_k`: the method that makes the operator of a coefficient out of a kernel and the inputs that are held fixed.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{attributes, location, paths::absolute, structure::marker};
use crate::syntax::{kind::Kind, roles, stencil::Stencil};

/// The method of `stencil` that gives `exchanged`.
pub fn expand(stencil: &Stencil, coefficient: &Ident, exchanged: &Stencil) -> TokenStream {
    let (signature, runtime) = (&stencil.signature, absolute(stencil));
    let (structure, visibility) = (&signature.structure, &signature.visibility);
    let derived = &exchanged.signature.structure;
    let (implemented, named, clause) = signature.generics.split_for_impl();
    let verb = roles::verb(coefficient);
    let of_kind = |kind| signature.arguments_of(kind).map(|argument| &argument.name);
    let inputs: Vec<&Ident> = of_kind(Kind::Input).collect();
    let scalar = &signature.scalar;
    let locations = signature.arguments_of(Kind::Input);
    let locations = locations.map(|argument| location::argument(&argument.location, &runtime));
    let kept = of_kind(Kind::Coefficient).filter(|name| *name != coefficient);
    let kept = kept
        .chain(of_kind(Kind::Parameter))
        .chain(of_kind(Kind::Bank));
    let doc = format!(
        " The operator of the coefficient `{coefficient}`, for fixed inputs: what was given for `{coefficient}` does not matter."
    );
    let marker = marker(exchanged);
    let own = attributes::of_implementations(stencil);
    quote! {
        #own
        #[allow(dead_code, non_snake_case, clippy::too_many_arguments)]
        impl #implemented #structure #named #clause {
            #[doc = #doc]
            #visibility fn #verb(
                self,
                #(#inputs: impl ::core::convert::Into<#runtime::Coefficient<#scalar #locations>>,)*
            ) -> #derived #named {
                #derived {
                    #(#inputs: ::core::convert::Into::into(#inputs),)*
                    #(#kept: self.#kept,)*
                    #marker
                }
            }
        }
    }
}
