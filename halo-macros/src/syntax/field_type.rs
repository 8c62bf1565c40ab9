//! `Input<f64, 2>`, `Coef<f64, 2, Face<0>>`, `Bank<[f64; 5], 1>` and `Position<2>`: the argument types that the macro knows by name.

use quote::ToTokens;
use syn::{Expr, GenericArgument, Lit, Path, PathArguments, Type};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::kind::Kind;
use super::location::Location;
use super::scalar::Scalars;

/// The arguments of such a type, as far as they could be read.
pub struct FieldType {
    /// What it holds; `None` for `Position`, and where an error has been reported.
    pub scalar: Option<Type>,
    pub axes: Option<usize>,
    /// `None` where an error has been reported.
    pub location: Option<Location>,
}

impl FieldType {
    /// The kind that the type's last path segment names.
    pub fn recognise(ty: &Type) -> Option<(Kind, &Path)> {
        let path = match ty {
            Type::Path(ty) if ty.qself.is_none() => &ty.path,
            Type::Paren(paren) => return FieldType::recognise(&paren.elem),
            Type::Group(group) => return FieldType::recognise(&group.elem),
            _ => return None,
        };
        let name = path.segments.last()?.ident.to_string();
        let kind = match name.as_str() {
            "Input" => Kind::Input,
            "Coef" => Kind::Coefficient,
            "Bank" => Kind::Bank,
            "Position" => Kind::Position,
            _ => return None,
        };
        Some((kind, path))
    }

    /// Whether the type has as many arguments as rustc wants.
    pub fn is_complete(path: &Path) -> bool {
        let last = path.segments.last();
        let count = generic_arguments(path).len();
        match last.is_some_and(|last| last.ident == "Position") {
            true => count == 1,
            false => count == 2 || count == 3,
        }
    }

    pub fn parse(kind: Kind, path: &Path, scalars: &Scalars<'_>, context: &Context) -> FieldType {
        let example = match kind {
            Kind::Input => "Input<f64, 2>",
            Kind::Coefficient => "Coef<f64, 2>",
            Kind::Bank => "Bank<[f64; 5], 1>",
            Kind::Position | Kind::Parameter => "Position<2>",
        };
        let arguments = generic_arguments(path);
        let (scalar, axes, location) = match (kind, arguments.as_slice()) {
            (Kind::Position, [axes]) => (None, *axes, None),
            (Kind::Input | Kind::Coefficient | Kind::Bank, [scalar, axes]) => {
                (Some(*scalar), *axes, None)
            }
            (Kind::Input | Kind::Coefficient, [scalar, axes, location]) => {
                (Some(*scalar), *axes, Some(*location))
            }
            _ => {
                let message = format!(
                    "this type lacks {}the number of stencil axes\nhelp: write it out, such as `{example}`",
                    match kind {
                        Kind::Position => "",
                        Kind::Bank => "the type of a filter and ",
                        _ => "the scalar type and ",
                    }
                );
                context.error_at(Place::of(path), message);
                return FieldType {
                    scalar: None,
                    axes: None,
                    location: None,
                };
            }
        };
        FieldType {
            scalar: scalar.and_then(|scalar| parse_scalar(kind, scalar, scalars, context)),
            axes: parse_axes(axes, example, context),
            location: match location {
                None => Some(Location::default()),
                Some(written) => Location::parse(written, context),
            },
        }
    }
}

fn generic_arguments(path: &Path) -> Vec<&GenericArgument> {
    match path.segments.last().map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(arguments)) => arguments.args.iter().collect(),
        _ => Vec::new(),
    }
}

fn parse_scalar(
    kind: Kind,
    argument: &GenericArgument,
    scalars: &Scalars<'_>,
    context: &Context,
) -> Option<Type> {
    if let GenericArgument::Type(ty) = argument {
        let real = |name: &String| ["f32", "f64"].contains(&name.as_str());
        let known = match kind {
            Kind::Coefficient => scalars.name_within(ty),
            Kind::Bank if filter_axes(ty) == 0 => None,
            Kind::Bank => scalars.name_within(ty).filter(real),
            _ => scalars.name(ty),
        };
        if known.is_some() {
            return Some(ty.clone());
        }
    }
    let found = argument.to_token_stream();
    let message = match argument {
        GenericArgument::Type(Type::Array(_)) if kind == Kind::Input => format!(
            "an input holds one number per point, not `{found}`\nhelp: pass tables as coefficients, `Coef<{found}, _>`, or several \
             inputs"
        ),
        _ if kind == Kind::Bank => format!(
            "a bank holds filters that are arrays of f32 or f64, not `{found}`\nhelp: write the array out, for example \
             `Bank<[f64; 5], 1>`"
        ),
        _ => format!(
            "a kernel's fields hold f32, f64, Complex<f32> or Complex<f64>, not `{found}`\nhelp: write one of these, or a type \
             parameter for all of them, `fn name<T: Scalar>(..)`"
        ),
    };
    context.error_at(Place::of(argument), message);
    None
}

/// The axes of an array type.
pub fn filter_axes(ty: &Type) -> usize {
    match ty {
        Type::Array(array) => 1 + filter_axes(&array.elem),
        Type::Paren(paren) => filter_axes(&paren.elem),
        Type::Group(group) => filter_axes(&group.elem),
        _ => 0,
    }
}

fn parse_axes(argument: &GenericArgument, example: &str, context: &Context) -> Option<usize> {
    let axes = match argument {
        GenericArgument::Const(value) => literal(value),
        _ => None,
    };
    if let Some(axes @ 1..=4) = axes {
        return Some(axes);
    }
    let message = format!(
        "the number of stencil axes is a literal from 1 to 4\nhelp: write for example `{example}`"
    );
    context.error_at(Place::of(argument), message);
    None
}

/// The value of an integer literal, in braces or not.
pub fn literal(value: &Expr) -> Option<usize> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(value, None)] => literal(value),
            _ => None,
        },
        _ => None,
    }
}
