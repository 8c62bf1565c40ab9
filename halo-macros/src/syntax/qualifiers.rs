//! What a function may be beside plain: a kernel is computed at one grid point, by an operator that owns what it holds, so
//! it has no qualifiers, no receiver and no lifetimes.

use syn::{ItemFn, Safety};

use crate::diagnostics::Context;
use crate::ir::place::Place;

/// Reports what a kernel's function cannot be.
pub fn check_qualifiers(function: &ItemFn, context: &Context) {
    let signature = &function.sig;
    let refuse = |place: Option<Place>, message: &str| {
        if let Some(place) = place {
            context.error_at(place, message);
        }
    };
    let remove = |what: &str| {
        format!("a kernel is a plain function of one grid point\nhelp: remove `{what}`")
    };
    refuse(
        signature.constness.as_ref().map(Place::of),
        &remove("const"),
    );
    refuse(
        signature.asyncness.as_ref().map(Place::of),
        &remove("async"),
    );
    if !matches!(signature.safety, Safety::Default) {
        refuse(Some(Place::of(&signature.safety)), &remove("unsafe"));
    }
    refuse(signature.abi.as_ref().map(Place::of), &remove("extern"));
    refuse(
        signature.receiver().map(Place::of),
        "a kernel is a free function, not a method\nhelp: write what it needs of `self` as arguments",
    );
    refuse(
        signature.variadic.as_ref().map(Place::of),
        "a kernel has a fixed list of arguments\nhelp: remove `...`",
    );
    for parameter in signature.generics.type_params() {
        if parameter.ident == "_" {
            refuse(
                Some(Place::of(&parameter.ident)),
                "a type parameter needs a name\nhelp: write for example `T: Scalar`",
            );
        }
    }
    for lifetime in signature.generics.lifetimes() {
        refuse(
            Some(Place::of(lifetime)),
            "the operator owns what it holds, so a kernel has no lifetimes\nhelp: take parameters by value",
        );
    }
    if signature.generics.params.is_empty()
        && let Some(clause) = &signature.generics.where_clause
    {
        refuse(
            Some(Place::of(clause)),
            "a kernel without generics needs no `where` clause\nhelp: remove it",
        );
    }
}
