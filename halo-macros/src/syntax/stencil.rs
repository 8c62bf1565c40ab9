//! What the user wrote, read but not yet understood: the attribute, the signature and the function itself.

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::diagnostics::Context;

use super::attr::{Attr, WrittenAttr};
use super::conditional::check_conditional;
use super::signature::Signature;

#[derive(Debug)]
pub struct Stencil {
    pub attr: Attr,
    pub signature: Signature,
    /// As written: re-emitted, and its body is what gets lowered.
    pub function: ItemFn,
}

/// The function itself where the errors leave nothing to lower.
pub fn parse(
    attr: TokenStream,
    function: ItemFn,
    context: &Context,
) -> Result<Stencil, Box<ItemFn>> {
    check_conditional(&function, context);
    let attr = WrittenAttr::parse(attr, context);
    let Some(signature) = Signature::parse(&function, attr.name(), context) else {
        return Err(Box::new(function));
    };
    Ok(Stencil {
        attr: attr.settle(signature.axes, context),
        signature,
        function,
    })
}
