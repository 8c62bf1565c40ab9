//! What is emitted beside the errors: the user's function and, where its signature was understood, a stand-in for the
//! struct, so that one mistake in a kernel does not cascade into errors wherever the operator is used.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths;
use crate::syntax::{kind::Kind, signature::Signature, stencil::Stencil};

pub fn expand(stencil: &Stencil) -> TokenStream {
    let function = &stencil.function;
    let Signature {
        structure,
        visibility,
        arguments,
        scalar,
        output,
        ..
    } = &stencil.signature;
    let runtime = paths::absolute();
    let fields: Vec<_> = arguments
        .iter()
        .filter_map(|argument| {
            let (name, ty) = (&argument.name, &argument.ty);
            match argument.kind {
                Kind::Parameter => Some(quote!(#visibility #name: #ty)),
                Kind::Coefficient => Some(quote!(#visibility #name: #runtime::Coefficient<#ty>)),
                Kind::Input | Kind::Position => None,
            }
        })
        .collect();
    let body = match fields.is_empty() && *structure != stencil.signature.function {
        true => quote!(;),
        false => quote!({ #(#fields,)* }),
    };
    let set = |count: usize| match count {
        0 | 1 => quote!(#runtime::Field<S, D>),
        _ => {
            let fields = (0..count).map(|_| quote!(#runtime::Field<S, D>));
            quote!((#(#fields),*))
        }
    };
    let domain = set(stencil.signature.arguments_of(Kind::Input).count());
    let range = set(output.count());
    let bodies = ["forward_interior", "adjoint_interior", "adjoint_edge"].map(|name| {
        let name = quote::format_ident!("{name}");
        quote! {
            fn #name<S: #runtime::Lift<#scalar>>(
                &self,
                _: &#runtime::Row<'_, S, #scalar>,
                _: &mut [&mut [S]],
            ) {
            }
        }
    });
    quote! {
        #[allow(dead_code)]
        #function
        #[allow(missing_docs, dead_code)]
        #visibility struct #structure #body
        impl #runtime::Stencil for #structure {
            type Scalar = #scalar;
            type Domain<S: #runtime::Element, const D: usize> = #domain;
            type Range<S: #runtime::Element, const D: usize> = #range;
            const FACTS: #runtime::Facts = #runtime::Facts::UNKNOWN;
            #(#bodies)*
            fn pack<S: #runtime::Element>(_: &#runtime::Slab, _: &[S], _: &mut [S]) {}
        }
    }
}
