//! A kernel with its roles exchanged: one coefficient field becomes the input, and the inputs become coefficients.

use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;

use super::kind::Kind;
use super::name::upper_camel;
use super::signature::Origin;
use super::stencil::Stencil;

impl Stencil {
    /// The same function as the formula of an operator of `coefficient`, `LaplacianWrtK`. Claims are about the kernel as it was.
    pub fn with_respect_to(&self, coefficient: &Ident) -> Stencil {
        let mut exchanged = self.clone();
        exchanged.attr = self.attr.without_claims();
        let signature = &mut exchanged.signature;
        let name = upper_camel(&coefficient.unraw().to_string());
        signature.origin = Some(Origin {
            structure: signature.structure.clone(),
            frozen: (self.signature.arguments_of(Kind::Input))
                .map(|argument| argument.name.clone())
                .collect(),
        });
        signature.structure = format_ident!("{}Wrt{name}", signature.structure);
        for argument in &mut signature.arguments {
            argument.kind = match argument.kind {
                Kind::Input => Kind::Coefficient,
                _ if argument.name == *coefficient => Kind::Input,
                other => other,
            };
        }
        exchanged
    }

    /// Whether the elements of a coefficient are such numbers as the operator is applied to.
    pub fn holds_scalars(&self, coefficient: &Ident) -> bool {
        let scalar = self.signature.scalar.to_token_stream().to_string();
        let mut coefficients = self.signature.arguments_of(Kind::Coefficient);
        coefficients.any(|argument| {
            argument.name == *coefficient && argument.ty.to_token_stream().to_string() == scalar
        })
    }
}

/// The verb that makes the operator of a coefficient.
pub fn verb(coefficient: &Ident) -> Ident {
    format_ident!("wrt_{}", coefficient.unraw())
}
