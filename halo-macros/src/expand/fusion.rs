//! The struct of a fused kernel, which holds both stencils, and the one stencil that they are.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Visibility;

use super::direction::Directions;
use super::instance::Instance;
use super::operator::{constants_of, contract, describe};
use super::paths::{absolute, import, runtime};
use crate::syntax::fusion::Fusion;
use crate::syntax::signature::Signature;
use crate::syntax::stencil::Stencil;

/// Everything that `fuse!` stands for.
pub fn fusion(fusion: &Fusion, [outer, inner]: [&Stencil; 2], instance: &Instance) -> TokenStream {
    let Fusion {
        attributes,
        visibility,
        name,
        ..
    } = fusion;
    let whole = whole(fusion, outer);
    let structures = [outer, inner].map(|stencil| &stencil.signature.structure);
    let [last, first] = structures;
    let formula = format!("{}({})", fusion.outer, fusion.inner);
    let directions = Directions::of(instance);
    let description = describe(&whole, &formula, &directions);
    let documentation = format!(
        " [`{first}`] and then [`{last}`], in one sweep where all axes that they act on are periodic, in turn elsewhere.\n{description}"
    );
    let (runtime, import, path) = (runtime(), import(&whole), absolute(&whole));
    let facts = quote!(<<Self as #path::Fusion>::Whole as #path::Stencil>::FACTS);
    let constants = constants_of(&quote!(impl #name), visibility, &facts, &whole, &directions);
    let contract = contract(&whole, &directions);
    let stencil = &whole.signature.structure;
    let unused = instance.kernel.dag.has_opaques().then(|| quote!(, unused));
    quote! {
        #(#attributes)*
        #[doc = #documentation]
        #visibility struct #name {
            /// What is applied last.
            #visibility outer: #last,
            /// What is applied first.
            #visibility inner: #first,
        }
        #constants
        #[allow(clippy::all #unused)]
        const _: () = {
            #import
            #[doc(hidden)]
            pub struct #stencil {
                outer: #last,
                inner: #first,
            }
            #contract
            #[automatically_derived]
            impl #runtime::Whole for #stencil {
                type Outer = #last;
                type Inner = #first;

                fn parts(&mut self) -> (&mut #last, &mut #first) {
                    (&mut self.outer, &mut self.inner)
                }
            }
            impl #runtime::FusionExt for #name {}
            #[automatically_derived]
            impl #runtime::Fusion for #name {
                type Outer = #last;
                type Inner = #first;
                type Whole = #stencil;

                fn split(self) -> (#last, #first) {
                    (self.outer, self.inner)
                }

                fn whole(self) -> #stencil {
                    #stencil { outer: self.outer, inner: self.inner }
                }
            }
        };
    }
}

/// The struct alone, beside an error.
pub fn stand_in(fusion: &Fusion, [outer, inner]: [&Stencil; 2]) -> TokenStream {
    let Fusion {
        visibility, name, ..
    } = fusion;
    let [last, first] = [outer, inner].map(|stencil| &stencil.signature.structure);
    quote! {
        #[allow(missing_docs, dead_code)]
        #visibility struct #name { #visibility outer: #last, #visibility inner: #first }
    }
}

/// The one stencil, as if a function of its own had been written for it.
fn whole(fusion: &Fusion, outer: &Stencil) -> Stencil {
    let signature = &outer.signature;
    Stencil {
        attr: outer.attr.without_claims(),
        signature: Signature {
            function: fusion.name.clone(),
            structure: Ident::new("__Whole", Span::mixed_site()),
            visibility: Visibility::Inherited,
            attributes: Vec::new(),
            arguments: Vec::new(),
            ..signature.clone()
        },
        choices: outer.choices.clone(),
        function: outer.function.clone(),
    }
}
