//! `Cell`, `Face<0>`, `(Face<0>, Face<1>)`: where a field lies, as the last argument of its type.
//!
//! Recognised by the last path segment, as all types are. Axes are those of the array.

use quote::ToTokens;
use syn::{GenericArgument, Path, PathArguments, Type};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::field_type::literal;

/// The location of a field.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// The array axes along which it is staggered, ascending.
    pub axes: Vec<usize>,
    /// `None` where nothing was written, which stands for `Cell`.
    pub place: Option<Place>,
}

impl Location {
    /// `None`, and an error, where the type is no location.
    pub fn parse(argument: &GenericArgument, context: &Context) -> Option<Location> {
        let place = Place::of(argument);
        let axes = match argument {
            GenericArgument::Type(ty) => axes_of(ty),
            _ => Err(unknown(argument)),
        };
        match axes {
            Ok(axes) => Some(Location {
                axes,
                place: Some(place),
            }),
            Err(message) => {
                context.error_at(place, message);
                None
            }
        }
    }

    /// A face names an axis of the array, so it takes one on which the stencil is placed.
    pub fn check(&self, axes: &[usize], context: &Context) {
        let strange = self.axes.iter().find(|axis| !axes.contains(axis));
        if let (Some(axis), Some(place)) = (strange, self.place) {
            let message = format!(
                "`Face<{axis}>` is staggered along axis {axis} of the array, but the stencil acts on {}\nhelp: name axis \
                 {axis} in `axes = (..)`, or write a face of an axis that stands there",
                named(axes)
            );
            context.error_at(place, message);
        }
    }

    pub fn is_cell(&self) -> bool {
        self.axes.is_empty()
    }

    /// Whether both are the same location, wherever they were written.
    pub fn is(&self, other: &Location) -> bool {
        self.axes == other.axes
    }

    /// As the type is written.
    pub fn name(&self) -> String {
        let faces: Vec<_> = self
            .axes
            .iter()
            .map(|axis| format!("Face<{axis}>"))
            .collect();
        match faces.as_slice() {
            [] => "Cell".into(),
            [face] => face.clone(),
            _ => format!("({})", faces.join(", ")),
        }
    }
}

fn axes_of(ty: &Type) -> Result<Vec<usize>, String> {
    match ty {
        Type::Paren(paren) => axes_of(&paren.elem),
        Type::Group(group) => axes_of(&group.elem),
        Type::Path(path) if path.qself.is_none() && is_cell(&path.path) => Ok(Vec::new()),
        Type::Path(path) if path.qself.is_none() => Ok(vec![face(&path.path, ty)?]),
        Type::Tuple(tuple) => {
            let face = |element: &Type| match element {
                Type::Path(path) if path.qself.is_none() => face(&path.path, element),
                _ => Err(unknown(element)),
            };
            let axes: Vec<usize> = tuple.elems.iter().map(face).collect::<Result<_, _>>()?;
            match axes.as_slice() {
                [] => Err(unknown(ty)),
                [axis] => Err(format!(
                    "a tuple of one face is no location\nhelp: write `Face<{axis}>`"
                )),
                _ => ascending(axes),
            }
        }
        _ => Err(unknown(ty)),
    }
}

fn ascending(axes: Vec<usize>) -> Result<Vec<usize>, String> {
    if axes.is_sorted_by(|a, b| a < b) {
        return Ok(axes);
    }
    let mut sorted = axes.clone();
    sorted.sort();
    sorted.dedup();
    let place = None;
    let written = Location {
        axes: sorted,
        place,
    };
    Err(format!(
        "a location names each axis once, in ascending order\nhelp: write `{}`",
        written.name()
    ))
}

fn is_cell(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == "Cell" && matches!(last.arguments, PathArguments::None))
}

/// The axis of `Face<A>`.
fn face(path: &Path, ty: &Type) -> Result<usize, String> {
    let last = path.segments.last().filter(|last| last.ident == "Face");
    let Some(PathArguments::AngleBracketed(arguments)) = last.map(|last| &last.arguments) else {
        return Err(unknown(ty));
    };
    let axis = match arguments.args.first() {
        Some(GenericArgument::Const(value)) if arguments.args.len() == 1 => literal(value),
        _ => None,
    };
    axis.filter(|axis| *axis < 4).ok_or_else(|| {
        "the axis of a face is a literal from 0 to 3\nhelp: write `Face<0>`, say".to_string()
    })
}

fn unknown(written: &impl ToTokens) -> String {
    format!(
        "`{}` is no location of a field\nhelp: write `Cell`, a face such as `Face<0>`, or faces such as `(Face<0>, Face<1>)`",
        written.to_token_stream()
    )
}

/// "axis 1", "axes 0 and 2".
fn named(axes: &[usize]) -> String {
    let mut names: Vec<String> = axes.iter().map(usize::to_string).collect();
    match (names.pop(), names.is_empty()) {
        (Some(last), false) => format!("axes {} and {last}", names.join(", ")),
        (last, _) => format!("axis {}", last.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn parsed(argument: GenericArgument) -> Result<Vec<usize>, String> {
        let context = Context::new();
        let location = Location::parse(&argument, &context);
        match context.check() {
            Ok(()) => Ok(location.unwrap().axes),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn locations_are_read() {
        assert_eq!(parsed(parse_quote!(Cell)), Ok(vec![]));
        assert_eq!(parsed(parse_quote!(halo::Face<2>)), Ok(vec![2]));
        assert_eq!(parsed(parse_quote!(Face<{ 0 }>)), Ok(vec![0]));
        assert_eq!(
            parsed(parse_quote!((Face<0>, grid::Face<3>))),
            Ok(vec![0, 3])
        );
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let cases: [(GenericArgument, &str); 9] = [
            (parse_quote!(Node), "`Node` is no location"),
            (parse_quote!(3), "`3` is no location"),
            (parse_quote!(()), "write `Cell`"),
            (parse_quote!(Face), "`Face` is no location"),
            (parse_quote!(Face<4>), "a literal from 0 to 3"),
            (parse_quote!(Face<A>), "a literal from 0 to 3"),
            (parse_quote!((Face<0>,)), "write `Face<0>`"),
            (
                parse_quote!((Face<2>, Face<0>)),
                "write `(Face<0>, Face<2>)`",
            ),
            (parse_quote!((Face<1>, Face<1>)), "write `Face<1>`"),
        ];
        for (argument, expected) in cases {
            let text = argument.to_token_stream().to_string();
            let message = parsed(argument).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
