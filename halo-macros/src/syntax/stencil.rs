//! What the user wrote, read but not yet understood: the attribute, the signature and the function itself.

use std::rc::Rc;

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::diagnostics::Context;

use super::attr::{Attr, WrittenAttr};
use super::conditional::check_conditional;
use super::constants::{Choice, choices};
use super::signature::Signature;

#[derive(Clone, Debug)]
pub struct Stencil {
    pub attr: Attr,
    pub signature: Signature,
    /// What the generic constants are, once for each kernel that is lowered.
    pub choices: Vec<Choice>,
    /// As written: re-emitted, and its body is what gets lowered. Shared, since a copy of a long sum would take a deep stack.
    pub function: Rc<ItemFn>,
}

/// The function itself where the errors leave nothing to lower.
pub fn parse(
    attr: TokenStream,
    mut function: ItemFn,
    context: &Context,
) -> Result<Stencil, Box<ItemFn>> {
    check_conditional(&function, context);
    let attr = WrittenAttr::parse(attr, context);
    let Some(signature) = Signature::parse(&function, attr.appearance(), context) else {
        return Err(Box::new(function));
    };
    let Some(choices) = choices(&signature.generics, attr.constants(), context) else {
        return Err(Box::new(function));
    };
    // What is derived is derived for the struct.
    (function.attrs).retain(|attribute| !attribute.path().is_ident("derive"));
    let attr = attr.settle(signature.axes, context);
    let fields = signature
        .arguments
        .iter()
        .map(|argument| &argument.location);
    for location in fields.chain(&signature.output.locations) {
        location.check(&attr.axes, context);
    }
    Ok(Stencil {
        choices,
        attr,
        signature,
        function: Rc::new(function),
    })
}
