//! `fuse!(pub Biharmonic = laplacian(laplacian));`, as it is written in a `#[stencils]` module.

use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Token, Visibility, parenthesized};

use crate::ir::place::Place;

pub struct Fusion {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    /// The kernel applied last.
    pub outer: Ident,
    /// The kernel applied first.
    pub inner: Ident,
}

impl Parse for Fusion {
    fn parse(input: ParseStream) -> syn::Result<Fusion> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        let outer = input.parse()?;
        let inside;
        parenthesized!(inside in input);
        let inner = inside.parse()?;
        if inside.peek(syn::token::Paren) {
            let message = "two kernels are fused at a time\nhelp: apply the others in turn, they are operators too";
            return Err(Place::of(&inner).error(message));
        }
        if !inside.is_empty() {
            return Err(inside.error("a fused kernel is applied to one other"));
        }
        input.parse::<Option<Token![;]>>()?;
        Ok(Fusion {
            attributes,
            visibility,
            name,
            outer,
            inner,
        })
    }
}
