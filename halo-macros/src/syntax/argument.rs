//! The arguments of a kernel, read one by one and then held against each other: all fields have the axes and the scalar
//! of the first input.

use proc_macro2::Ident;
use syn::{FnArg, ItemFn, Pat, PatType, Type};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::field_type::FieldType;
use super::kind::Kind;
use super::location::Location;
use super::scalar::{Scalars, real_part};

/// One argument of the kernel.
#[derive(Clone, Debug)]
pub struct Argument {
    pub kind: Kind,
    pub name: Ident,
    /// What is inside for inputs, coefficients and banks, else the type as written.
    pub ty: Type,
    /// Where the field lies, of inputs and coefficients.
    pub location: Location,
}

/// What all field types of a kernel must agree on.
pub struct Shape {
    pub axes: usize,
    pub scalar: Type,
    /// The input that decided.
    first: String,
}

impl Shape {
    /// The first input decides.
    pub fn infer(function: &ItemFn, written: &[Written], context: &Context) -> Option<Shape> {
        let mut inputs = written
            .iter()
            .filter(|written| written.kind == Kind::Input)
            .peekable();
        if inputs.peek().is_none() {
            context.error_at(
                Place::of(&function.sig.ident),
                "a stencil reads at least one input\nhelp: add an argument such as `u: Input<f64, 2>`",
            );
        }
        inputs.find_map(|input| {
            let field = input.field.as_ref()?;
            Some(Shape {
                axes: field.axes?,
                scalar: field.scalar.clone()?,
                first: input.name.to_string(),
            })
        })
    }
}

/// An argument before it is held against the others.
pub struct Written {
    kind: Kind,
    name: Ident,
    ty: Type,
    /// `None` for parameters.
    field: Option<FieldType>,
}

impl Written {
    /// `None`, and an error, where the argument has no name; `None` for `self`.
    pub fn parse(argument: &FnArg, scalars: &Scalars<'_>, context: &Context) -> Option<Written> {
        let PatType { pat, ty, .. } = match argument {
            FnArg::Receiver(_) => return None,
            FnArg::Typed(argument) => argument,
        };
        let name = argument_name(pat, context)?;
        let (kind, field) = match FieldType::recognise(owned(&name, ty, context)) {
            Some((kind, path)) => (kind, Some(FieldType::parse(kind, path, scalars, context))),
            None => {
                check_parameter(&name, ty, context);
                (Kind::Parameter, None)
            }
        };
        Some(Written {
            kind,
            name,
            ty: (**ty).clone(),
            field,
        })
    }

    /// `None` where every use of the argument would bring up the same error again.
    pub fn settle(
        self,
        shape: &Shape,
        scalars: &Scalars<'_>,
        context: &Context,
    ) -> Option<Argument> {
        let Some(field) = &self.field else {
            return Some(Argument {
                kind: self.kind,
                name: self.name,
                ty: self.ty,
                location: Location::default(),
            });
        };
        let place = Place::of(&self.ty);
        if let Some(axes) = field.axes
            && axes != shape.axes
        {
            let message = format!(
                "`{}` has {axes} stencil {} and `{}` has {}\nhelp: write {} here or there",
                self.name,
                if axes == 1 { "axis" } else { "axes" },
                shape.first,
                shape.axes,
                shape.axes
            );
            context.error_at(place, message);
            return None;
        }
        if let Some(scalar) = &field.scalar {
            let found = scalars.name_within(scalar).unwrap_or_default();
            let expected = scalars.name(&shape.scalar).unwrap_or_default();
            let real = real_part(&expected);
            // What multiplies an input may be real where the input is complex.
            let passive = matches!(self.kind, Kind::Coefficient | Kind::Bank);
            let fits = found == expected || passive && found == real;
            if !fits {
                let help = match (self.kind, expected == real) {
                    (Kind::Coefficient, false) => {
                        format!("a coefficient of this kernel holds {expected} or {real}")
                    }
                    _ => "all fields of a kernel hold one scalar type".into(),
                };
                let message = format!(
                    "`{}` holds {found} and `{}` holds {expected}\nhelp: {help}",
                    self.name, shape.first
                );
                context.error_at(place, message);
            }
        }
        Some(Argument {
            kind: self.kind,
            name: self.name,
            ty: field.scalar.clone().unwrap_or(self.ty),
            location: field.location.clone().unwrap_or_default(),
        })
    }
}

fn argument_name(pat: &Pat, context: &Context) -> Option<Ident> {
    match pat {
        Pat::Paren(paren) => argument_name(&paren.pat, context),
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        _ => {
            context.error_at(
                Place::of(pat),
                "every argument becomes a field or an input of the operator and needs one name\nhelp: take it apart with `let` in \
                 the body",
            );
            None
        }
    }
}

/// The type of a field that was taken by reference, with the `&` reported; any other type as it is.
fn owned<'a>(name: &Ident, ty: &'a Type, context: &Context) -> &'a Type {
    match ty {
        Type::Reference(reference) if FieldType::recognise(&reference.elem).is_some() => {
            let message = format!("fields are taken by value\nhelp: remove the `&` of `{name}`");
            context.error_at(Place::of(ty), message);
            &reference.elem
        }
        _ => ty,
    }
}

/// Whether the type is none that a parameter can have.
pub fn is_refused(ty: &Type) -> bool {
    match ty {
        Type::Paren(paren) => is_refused(&paren.elem),
        Type::Group(group) => is_refused(&group.elem),
        Type::Reference(_) | Type::Ptr(_) | Type::ImplTrait(_) | Type::Infer(_) => true,
        _ => false,
    }
}

fn check_parameter(name: &Ident, ty: &Type, context: &Context) {
    let message = match ty {
        Type::Reference(_) | Type::Ptr(_) => format!(
            "the operator owns its parameters, so `{name}` cannot be borrowed\nhelp: take it by value, a table as an array \
             such as `[f64; 5]`"
        ),
        Type::ImplTrait(_) | Type::Infer(_) => {
            format!(
                "`{name}` becomes a field of the operator and needs a type with a name\nhelp: write one, such as `f64`, or `fn(f64) -> f64`"
            )
        }
        Type::Paren(paren) => return check_parameter(name, &paren.elem, context),
        Type::Group(group) => return check_parameter(name, &group.elem, context),
        _ => return,
    };
    context.error_at(Place::of(ty), message);
}
