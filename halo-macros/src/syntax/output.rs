//! What a kernel returns: one value per output, of the inputs' scalar.

use proc_macro2::Span;
use syn::{ItemFn, ReturnType, Type};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::argument::Shape;
use super::field_type::scalar_name;

/// What the kernel returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// `T`
    One,
    /// `(T, T)`, also of one element.
    Tuple(usize),
}

impl Output {
    /// `None`, and an error, where the function returns nothing.
    pub fn parse(function: &ItemFn, shape: Option<&Shape>, context: &Context) -> Option<Output> {
        let example = shape
            .and_then(|shape| scalar_name(&shape.scalar))
            .unwrap_or("f64");
        let ty = match &function.sig.output {
            ReturnType::Type(_, ty) => ty,
            ReturnType::Default => {
                let close: Span = function.sig.paren_token.span.close();
                let message = format!(
                    "a kernel returns the value at one grid point\nhelp: add `-> {example}`, or a tuple for several outputs"
                );
                context.error_at(Place::of(&function.sig.ident).to(Place::at(close)), message);
                return None;
            }
        };
        let mut written: &Type = ty;
        while let Type::Paren(_) | Type::Group(_) = written {
            written = match written {
                Type::Paren(paren) => &paren.elem,
                Type::Group(group) => &group.elem,
                other => other,
            };
        }
        let (elements, output): (Vec<&Type>, _) = match written {
            Type::Tuple(tuple) => (
                tuple.elems.iter().collect(),
                Output::Tuple(tuple.elems.len()),
            ),
            one => (vec![one], Output::One),
        };
        if elements.is_empty() {
            let message = format!(
                "a kernel returns the value at one grid point\nhelp: write `{example}` in place of `()`"
            );
            context.error_at(Place::of(ty), message);
            return None;
        }
        let shape = shape?;
        for element in elements {
            if scalar_name(element) != scalar_name(&shape.scalar) {
                let message = format!(
                    "an output holds the inputs' scalar\nhelp: write `{example}`, or a tuple of `{example}` for several outputs"
                );
                context.error_at(Place::of(element), message);
            }
        }
        Some(output)
    }

    pub fn count(self) -> usize {
        match self {
            Output::One => 1,
            Output::Tuple(count) => count,
        }
    }
}
