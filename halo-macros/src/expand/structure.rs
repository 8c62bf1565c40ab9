//! The struct that a kernel becomes: a field for every parameter and every coefficient. Where a type parameter is in none of
//! them, a marker holds it, and the struct is made by `new`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use super::attributes;
use super::generics::unnamed;
use super::location;
use super::paths::absolute;
use crate::syntax::argument::Argument;
use crate::syntax::kind::Kind;
use crate::syntax::stencil::Stencil;

/// The struct, its documentation in front; `held` is what a parameter's field holds.
pub fn structure(
    stencil: &Stencil,
    documentation: &TokenStream,
    held: impl Fn(&Argument) -> TokenStream,
) -> TokenStream {
    let signature = &stencil.signature;
    let (name, visibility, function) = (
        &signature.structure,
        &signature.visibility,
        &signature.function,
    );
    let runtime = absolute(stencil);
    let mut fields = Vec::new();
    for argument in &signature.arguments {
        let (field, ty) = (&argument.name, &argument.ty);
        match argument.kind {
            Kind::Parameter => {
                let doc = format!(" The parameter `{field}` of [`{function}()`].");
                let held = held(argument);
                fields.push(quote!(#[doc = #doc] #visibility #field: #held));
            }
            Kind::Bank => {
                let doc = format!(" The bank of filters `{field}` of [`{function}()`].");
                let held = bank(stencil, argument);
                fields.push(quote!(#[doc = #doc] #visibility #field: #held));
            }
            Kind::Coefficient => {
                let origin = signature.origin.as_ref();
                let frozen = origin.is_some_and(|origin| origin.frozen.contains(field));
                let what = if frozen { "input" } else { "coefficient field" };
                let doc = format!(" The {what} `{field}` of [`{function}()`].");
                let at = location::argument(&argument.location, &runtime);
                let held = quote!(#runtime::Coefficient<#ty #at>);
                fields.push(quote!(#[doc = #doc] #visibility #field: #held));
            }
            Kind::Input | Kind::Position => {}
        }
    }
    let marker = Marker::of(stencil);
    fields.extend(marker.as_ref().map(Marker::field));
    let new = marker.map(|marker| marker.new_function(stencil));
    let generics = &signature.generics;
    let clause = &generics.where_clause;
    // A unit struct is a value too, and there is one function of that name already if the user wrote it so.
    match fields.is_empty() && name != function {
        true => quote!(#documentation #visibility struct #name #generics #clause;),
        false => quote! {
            #documentation
            #visibility struct #name #generics #clause { #(#fields,)* }
            #new
        },
    }
}

/// What a struct that is written out has beside the fields of its arguments.
pub fn marker(stencil: &Stencil) -> Option<TokenStream> {
    let Marker { name, .. } = Marker::of(stencil)?;
    Some(quote!(#name: ::core::marker::PhantomData,))
}

/// What the struct holds of a bank of filters.
fn bank(stencil: &Stencil, argument: &Argument) -> TokenStream {
    let (runtime, filter) = (absolute(stencil), &argument.ty);
    let axes = Literal::usize_unsuffixed(stencil.signature.axes);
    quote!(#runtime::FilterBank<#filter, #axes>)
}

/// The field that holds type parameters which no other field names.
struct Marker<'a> {
    name: Ident,
    parameters: Vec<&'a Ident>,
}

impl<'a> Marker<'a> {
    fn of(stencil: &'a Stencil) -> Option<Self> {
        let held = stencil_fields(stencil);
        let types: Vec<&Type> = held.iter().map(|argument| &argument.ty).collect();
        let parameters = unnamed(&stencil.signature, &types);
        let mut name = format_ident!("marker");
        while held.iter().any(|argument| argument.name == name) {
            name = format_ident!("{name}_");
        }
        (!parameters.is_empty()).then_some(Marker { name, parameters })
    }

    fn field(&self) -> TokenStream {
        let (name, parameters) = (&self.name, &self.parameters);
        quote!(#name: ::core::marker::PhantomData<fn() -> (#(#parameters,)*)>)
    }

    /// The marker is private, so the struct cannot be written out.
    fn new_function(&self, stencil: &Stencil) -> TokenStream {
        let signature = &stencil.signature;
        let (structure, visibility) = (&signature.structure, &signature.visibility);
        let generics = &signature.generics;
        let (parameters, arguments, clause) = generics.split_for_impl();
        let (runtime, marker) = (absolute(stencil), &self.name);
        let held = stencil_fields(stencil);
        let names: Vec<&Ident> = held.iter().map(|argument| &argument.name).collect();
        let taken = held.iter().map(|argument| {
            let (name, ty) = (&argument.name, &argument.ty);
            match argument.kind {
                Kind::Coefficient => {
                    let at = location::argument(&argument.location, &runtime);
                    quote!(#name: impl ::core::convert::Into<#runtime::Coefficient<#ty #at>>)
                }
                Kind::Bank => {
                    let held = bank(stencil, argument);
                    quote!(#name: #held)
                }
                _ => quote!(#name: #ty),
            }
        });
        let values = held.iter().map(|argument| {
            let name = &argument.name;
            match argument.kind {
                Kind::Coefficient => quote!(#name: ::core::convert::Into::into(#name)),
                _ => quote!(#name),
            }
        });
        let own = attributes::of_implementations(stencil);
        let doc = match names.is_empty() {
            true => format!(" The stencil of [`{}()`].", signature.function),
            false => format!(
                " The stencil of [`{}()`] with these values.",
                signature.function
            ),
        };
        quote! {
            #own
            #[allow(dead_code, clippy::new_without_default, clippy::too_many_arguments)]
            impl #parameters #structure #arguments #clause {
                #[doc = #doc]
                #visibility fn new(#(#taken),*) -> Self {
                    #structure { #(#values,)* #marker: ::core::marker::PhantomData }
                }
            }
        }
    }
}

/// The arguments that are fields of the struct.
fn stencil_fields(stencil: &Stencil) -> Vec<&Argument> {
    let arguments = stencil.signature.arguments.iter();
    arguments
        .filter(|argument| {
            matches!(
                argument.kind,
                Kind::Parameter | Kind::Bank | Kind::Coefficient
            )
        })
        .collect()
}
