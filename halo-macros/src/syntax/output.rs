//! What a kernel returns: one value per output, of the inputs' scalar; `On<Face<0>, T>` for an output that does not lie at
//! cells.

use proc_macro2::Span;
use syn::{GenericArgument, ItemFn, PathArguments, ReturnType, Type};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::argument::Shape;
use super::location::Location;
use super::scalar::Scalars;

/// What the kernel returns.
#[derive(Clone, Debug)]
pub struct Output {
    pub shape: Returned,
    /// Where each output lies.
    pub locations: Vec<Location>,
}

/// One value or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Returned {
    /// `T`
    One,
    /// `(T, T)`, also of one element.
    Tuple(usize),
}

impl Output {
    /// `None`, and an error, where the function returns nothing.
    pub fn parse(
        function: &ItemFn,
        shape: Option<&Shape>,
        scalars: &Scalars<'_>,
        context: &Context,
    ) -> Option<Output> {
        let example = shape
            .and_then(|shape| scalars.name(&shape.scalar))
            .unwrap_or_else(|| "f64".into());
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
        let (elements, returned): (Vec<&Type>, _) = match written {
            Type::Tuple(tuple) => (
                tuple.elems.iter().collect(),
                Returned::Tuple(tuple.elems.len()),
            ),
            one => (vec![one], Returned::One),
        };
        if elements.is_empty() {
            let message = format!(
                "a kernel returns the value at one grid point\nhelp: write `{example}` in place of `()`"
            );
            context.error_at(Place::of(ty), message);
            return None;
        }
        let shape = shape?;
        let mut locations = Vec::new();
        for element in elements {
            let (location, element) = located(element, context);
            locations.push(location);
            if scalars.name(element) != scalars.name(&shape.scalar) {
                let message = format!(
                    "an output holds the inputs' scalar\nhelp: write `{example}`, or a tuple of `{example}` for several outputs"
                );
                context.error_at(Place::of(element), message);
            }
        }
        Some(Output {
            shape: returned,
            locations,
        })
    }

    /// One output at cells.
    pub fn one() -> Output {
        Output {
            shape: Returned::One,
            locations: vec![Location::default()],
        }
    }

    pub fn count(&self) -> usize {
        self.locations.len()
    }
}

/// The location and the value type of `On<L, T>`; any other type is a value at cells.
fn located<'a>(ty: &'a Type, context: &Context) -> (Location, &'a Type) {
    match ty {
        Type::Paren(paren) => return located(&paren.elem, context),
        Type::Group(group) => return located(&group.elem, context),
        _ => {}
    }
    let on = match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    };
    let Some(on) = on.filter(|last| last.ident == "On") else {
        return (Location::default(), ty);
    };
    if let PathArguments::AngleBracketed(arguments) = &on.arguments {
        let arguments: Vec<_> = arguments.args.iter().collect();
        if let [location, GenericArgument::Type(value)] = arguments.as_slice() {
            return (
                Location::parse(location, context).unwrap_or_default(),
                value,
            );
        }
    }
    (Location::default(), ty)
}
