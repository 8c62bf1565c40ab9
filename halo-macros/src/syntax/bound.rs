//! The bound on the numbers of a generic kernel. Without one they have no arithmetic, which rustc would say of every operation
//! in the kernel and in what is made of it; here it is one mistake with one message.

use quote::{ToTokens, quote};
use syn::{Generics, Type, TypeParamBound, WherePredicate, parse_quote};

use crate::diagnostics::Context;
use crate::ir::place::Place;

use super::appearance::Appearance;

/// A type parameter of which nothing is said but what any type may be has no arithmetic.
pub fn check_bound(
    generics: &mut Generics,
    scalar: &Type,
    appearance: &Appearance,
    context: &Context,
) {
    let predicates = generics.where_clause.iter();
    let predicates = predicates.flat_map(|clause| &clause.predicates);
    let mut bounds = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) if same(&predicate.bounded_ty, scalar) => {
            Some(&predicate.bounds)
        }
        _ => None,
    });
    if bounds.any(|bounds| bounds.iter().any(may_be_scalar)) {
        return;
    }
    let mut unbound = None;
    for parameter in generics.type_params() {
        let name = &parameter.ident;
        let known = parameter.bounds.iter().any(may_be_scalar);
        if !known && same(&parse_quote!(#name), scalar) {
            let message =
                format!("nothing is known of the numbers `{name}`\nhelp: write `{name}: Scalar`");
            context.error_at(Place::of(parameter), message);
            unbound = Some(name.clone());
        }
    }
    // What stands in for the struct is to have no mistakes beside this one.
    if let Some(name) = unbound {
        let root = match &appearance.root {
            Some(root) => quote!(#root),
            None => quote!(::halo),
        };
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!(#name: #root::Scalar));
    }
}

/// Whether a bound may say that a type is a scalar: it is none of the traits that every number has and others have too.
fn may_be_scalar(bound: &TypeParamBound) -> bool {
    const OTHERS: [&str; 15] = [
        "Copy",
        "Clone",
        "Send",
        "Sync",
        "Sized",
        "Debug",
        "Display",
        "Default",
        "PartialEq",
        "PartialOrd",
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Neg",
    ];
    match bound {
        TypeParamBound::Trait(bound) => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| !OTHERS.iter().any(|other| last.ident == other))
        }
        _ => false,
    }
}

fn same(one: &Type, other: &Type) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}
