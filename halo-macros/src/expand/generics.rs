//! The type parameters of a kernel where the expansion needs them: behind `impl`, behind the struct's name, in its fields.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, ItemConst, Type, parse_quote};

use crate::syntax::constants::arguments;
use crate::syntax::signature::Signature;

/// `impl #parameters Struct #arguments #clause`
pub struct Parts {
    pub parameters: TokenStream,
    pub arguments: TokenStream,
    pub clause: TokenStream,
}

impl Parts {
    /// Those of the struct's own implementations, for one choice of its generic constants or, without one, for all. What
    /// parameters other than the scalar have to be for a stencil to travel between threads is added here, so that users
    /// need not write it.
    pub fn of(signature: &Signature, choice: &[ItemConst]) -> Parts {
        let mut generics: Generics = signature.generics.clone();
        let others: Vec<Ident> = type_parameters(signature)
            .filter(|parameter| !mentions(signature.scalar.to_token_stream(), parameter))
            .cloned()
            .collect();
        if !others.is_empty() {
            let clause = generics.make_where_clause();
            for parameter in others {
                let travels = quote!(::core::marker::Send + ::core::marker::Sync + 'static);
                clause.predicates.push(parse_quote!(#parameter: #travels));
            }
        }
        let is_chosen = |parameter: &GenericParam| match parameter {
            GenericParam::Const(parameter) => {
                choice.iter().any(|chosen| chosen.ident == parameter.ident)
            }
            _ => false,
        };
        let parameters = generics.params.iter().cloned();
        generics.params = parameters
            .filter(|parameter| !is_chosen(parameter))
            .collect();
        let arguments = arguments(&signature.generics, choice);
        let (parameters, _, clause) = generics.split_for_impl();
        Parts {
            parameters: parameters.to_token_stream(),
            arguments: match arguments.as_slice() {
                [] => TokenStream::new(),
                arguments => quote!(<#(#arguments),*>),
            },
            clause: clause.to_token_stream(),
        }
    }
}

/// The type parameters that none of these types names.
pub fn unnamed<'a>(signature: &'a Signature, types: &[&Type]) -> Vec<&'a Ident> {
    let named =
        |parameter: &Ident| (types.iter()).any(|ty| mentions(ty.to_token_stream(), parameter));
    type_parameters(signature)
        .filter(|parameter| !named(parameter))
        .collect()
}

fn type_parameters(signature: &Signature) -> impl Iterator<Item = &Ident> {
    signature
        .generics
        .type_params()
        .map(|parameter| &parameter.ident)
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
