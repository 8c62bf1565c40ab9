//! What is emitted beside the errors: the user's function and, where its signature was understood, a stand-in for the
//! struct, so that one mistake in a kernel does not cascade into errors wherever the operator is used.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ItemFn, Pat, Type, parse_quote};

use super::structure::structure;
use super::{attributes, generics::Parts, location, names, paths, verb};
use crate::syntax::{
    argument::{Argument, is_refused},
    field_type::FieldType,
    kind::Kind,
    signature::Signature,
    stencil::Stencil,
};

/// The function, such that rustc does not find in it what has been said already.
///
/// In its body, fields and result, and parameters where it is their types that do not fit, are the value of a macro that failed, which agrees with everything. That macro repeats
/// what was said first; rustc shows equal errors once.
pub fn muted(function: &ItemFn, errors: &syn::Error, parameters: bool) -> TokenStream {
    let ItemFn {
        attrs,
        vis,
        sig,
        block,
        ..
    } = function;
    let mut sig = sig.clone();
    let failed = first(errors);
    let mut fields = Vec::new();
    for argument in &mut sig.inputs {
        let FnArg::Typed(argument) = argument else {
            continue;
        };
        let path = field(&argument.ty);
        if let (true, Pat::Ident(pat)) = (path.is_some() || parameters, &*argument.pat) {
            fields.push(pat.ident.clone());
        }
        if path.is_some_and(|path| !FieldType::is_complete(path)) {
            *argument.ty = parse_quote!(());
        }
    }
    quote! {
        #(#attrs)*
        #vis #sig {
            #(let #fields = #failed;)*
            let _ = #block;
            #failed
        }
    }
}

/// The error that was found first, as an expression or an item.
fn first(errors: &syn::Error) -> TokenStream {
    let first = errors.clone().into_iter().next();
    first.map_or_else(TokenStream::new, syn::Error::into_compile_error)
}

/// The type of a field, behind a reference or not.
fn field(ty: &Type) -> Option<&syn::Path> {
    match ty {
        Type::Reference(reference) => field(&reference.elem),
        ty => FieldType::recognise(ty).map(|(_, path)| path),
    }
}

/// The struct and its contract, without formulas.
pub fn stand_in(stencil: &Stencil) -> TokenStream {
    let Signature {
        structure: name,
        visibility,
        scalar,
        output,
        ..
    } = &stencil.signature;
    let runtime = paths::absolute(stencil);
    // What is refused as a parameter is no type of a field either.
    let held = |argument: &Argument| match &argument.ty {
        ty if is_refused(ty) => quote!(()),
        ty => quote!(#ty),
    };
    let own = attributes::of_implementations(stencil);
    let attributes = quote!(#own #[allow(missing_docs, dead_code)]);
    let definition = structure(stencil, &attributes, held);
    let Parts {
        parameters,
        arguments,
        clause,
    } = Parts::of(&stencil.signature, &[]);
    let inputs = stencil.signature.arguments_of(Kind::Input);
    let inputs: Vec<_> = inputs.map(|input| input.location.clone()).collect();
    let domain = location::fields(&inputs, &runtime);
    let range = location::fields(&output.locations, &runtime);
    let (element, rank) = (names::scalar(), names::rank());
    let bodies = ["forward_interior", "adjoint_interior", "adjoint_edge"].map(|name| {
        let name = quote::format_ident!("{name}");
        quote! {
            fn #name<__S: #runtime::Lift<#scalar>>(
                &self,
                _: &#runtime::Points<'_, __S>,
                _: &#runtime::Outputs<'_, __S>,
            ) {
            }
        }
    });
    // The operators of coefficients: which of them there are is not known.
    let coefficients = stencil.signature.arguments_of(Kind::Coefficient);
    let coefficients = coefficients
        .map(|argument| &argument.name)
        .filter(|name| stencil.signature.origin.is_none() && stencil.holds_scalars(name));
    let derivatives = coefficients.map(|name| {
        let exchanged = stencil.with_respect_to(name);
        let (verb, stand_in) = (
            verb::expand(stencil, name, &exchanged),
            stand_in(&exchanged),
        );
        quote!(#verb #stand_in)
    });
    quote! {
        #(#derivatives)*
        #definition
        #attributes
        impl #parameters #name #arguments #clause {
            #visibility const FACTS: #runtime::Facts = #runtime::Facts::UNKNOWN;
        }
        #own
        impl #parameters #runtime::Stencil for #name #arguments #clause {
            type Scalar = #scalar;
            type Domain<#element: #runtime::Element, const #rank: usize> = #domain;
            type Range<#element: #runtime::Element, const #rank: usize> = #range;
            const FACTS: #runtime::Facts = #runtime::Facts::UNKNOWN;
            #(#bodies)*
            fn pack<__S: #runtime::Element>(_: &#runtime::Slab, _: &[__S], _: &mut [__S]) {}
        }
    }
}
